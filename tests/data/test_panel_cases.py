"""The small files of the verification cases come out right, or say what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import SpatialCCDError, SpatialCCDWarning

CN = {"unit": "地区", "time": "年份"}
U = {"unit": "u", "time": "year"}
WIDE = {"layout": "wide"}
NAN = float("nan")

#: File, settings, column, its figures in the order of the file, and what a warning says.
RIGHT: list[tuple[str, dict[str, Any], str, list[float], str]] = [
    ("10d_fiscal_0910.csv", {"unit": "state", "time": "year"}, "gsdp", [1, 2, 3], "2009-10"),
    ("10b_fiscal_wide.csv", {"unit": "state", **WIDE, "value": "gsdp"}, "gsdp",
     [1, 2, 3, 4, 5, 6], "2010-11"),
    ("21f_month.csv", {"unit": "code", **WIDE, "value": "x"}, "x", [3, 4, 5, 7, 8, 9], ""),
    ("23h_2digityears.csv", {"unit": "u", "time": "t"}, "x", [1, 2, 3, 4], "1998 to 2001"),
    ("21b_fixed_pop1564.csv", {"unit": "code", **WIDE}, "gdp", [3, 4, 7, 8], "elev1500m"),
    ("21d_base_price_only.csv", {"unit": "code", **WIDE}, "人口",
     [4, 5, 8, 9], "GDP(2010年不变价)"),
    ("14b_superscript_all.csv", U, "x", [12, 13], "12*"),
    ("11b_paren_all.csv", U, "x", [-1234, -12], "(1234)"),
    ("12c_apos.csv", U, "x", [1234567, 2500], ""),
    ("14c_eurostat_all.csv", U, "x", [17.7, NAN, 6.6], "17.7 e"),
    ("35_currency.csv", U, "x", [1234, 12], ""),
    ("32_leading_zero_value.csv", U, "x", [12, 15, 100], "'012'"),
    ("01_wide_footnote.csv", {"unit": "地区", **WIDE, "value": "gdp"}, "gdp",
     [1, 2, 3, 4], "row 6"),
    ("02_total_row.csv", {**CN, "drop_units": ["全国", "东部地区", "合计"]}, "gdp", [1, 3], ""),
    ("02_total_row.csv", CN, "gdp", [4, 1, 1, 3, 4], "全国, 东部地区, 合计"),
    ("16d_cp1252.csv", {"unit": "region", "time": "year"}, "gdp", [1, 2, 3], "cp1252"),
    ("16h_euckr.csv", {"unit": "시도", "time": "연도"}, "gdp", [1, 2], "euc_kr"),
    ("04_multilevel_header.xlsx", {"unit": "地区", **WIDE}, "GDP", [1, 2, 5, 6], ""),
    ("04_multilevel_header.xlsx", {"unit": "地区", **WIDE}, "人口", [3, 4, 7, 8], ""),
    ("05_merged_unit.xlsx", CN, "gdp", [1, 2, 3, 4], ""),
    ("06_sheet_per_year.xlsx", {"unit": "地区"}, "gdp", [20, 10, 21, 11, 22, 12], ""),
    ("03_units_row.csv", CN, "pop", [2, 4], ""),
    ("17b_unnamed_index.csv", CN, "gdp", [1, 2], ""),
    ("69_longlong.csv", {**CN, "layout": "tidy"}, "pop", [2, 4], ""),
    ("70_dup_names.csv", {"unit": ["省", "区县"], "time": "年份"}, "gdp", [1, 2], ""),
    ("15_marks.csv", U, "x", [1, *[NAN] * 32, -9999, *[NAN] * 3], "'-9999'"),
    ("19b_databank.csv", {"unit": "Country Code", "layout": "tidy"}, "Pop",
     [10, NAN, 30, 40], "row 7"),
    ("20_bea.csv", {"unit": "GeoFIPS", **WIDE, "value": "gdp"}, "gdp",
     [1500, 1600, 2500, NAN], "row 4"),
    ("41_csv.zip", U, "x", [1, 2], ""),
    ("42.ods", U, "x", [1, 2], ""),
    ("42b.xls", U, "x", [1, 2], ""),
    ("12g_indian.csv", U, "x", [1234567, 100000, 45000], "lakh"),
    ("14_notemarks.csv", U, "x", [12, 13, 14], "12①"),
    ("81_eurostat.tsv", {"unit": "freq,unit,geo\\TIME_PERIOD", **WIDE, "value": "x"}, "x",
     [5.1, 5.6, NAN, 7.25, 6, NAN], "5.6 u"),
    ("07_hidden_sheet.xlsx", {**CN, "sheet": "数据"}, "gdp", [1], ""),
    ("09_excel_date_years.xlsx", CN, "gdp", [1, 2], ""),
    ("12e_nbsp.csv", {**U, "decimal": ","}, "x", [1234.5, 12500], ""),
    ("16_utf16.txt", CN, "gdp", [1, 2], ""),
    ("16c_big5.csv", {"unit": "地區", "time": "年份"}, "gdp", [1, 2, 3], "big5"),
    ("22_fullwidth.csv", CN, "ｇｄｐ", [1234.5, NAN], ""),
    ("24c_12digit_codes.csv", {"unit": "code", "time": "year"}, "x", [1, 2], ""),
    ("25_quotes.csv", U, "x", [1, 2, 3], ""),
    ("66_sheet_per_indicator.xlsx", {"unit": "code", **WIDE}, "pop", [10, 20, 30, 40, 50, 60], ""),
]  # fmt: skip

MESSAGES: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    ("80_titles_above.csv", {"unit": "省份", **WIDE, "value": "x"},
     ["row 4: 地区, 2024年, 2023年", "header="], ["数据库"]),
    ("13_percent_mixed.csv", U, ["0.3", "percent sign, or none"], ["12.5%"]),
    ("69_longlong.csv", CN, ["'指标' tells the rows apart", "layout='tidy'"], ["keep one row"]),
    ("19b_databank.csv", {"unit": "Country Code", **WIDE, "value": "x"},
     ["'Series Name' tells the rows apart", "layout='tidy'"], ["keep one row"]),
    ("70_dup_names.csv", {"unit": "区县", "time": "年份"},
     ["'省' tells the rows apart", "unit=['省', '区县']"], ["keep one row"]),
    ("64_zh_en_header.csv", CN, ["row 2", "second header", "header=2"], []),
    ("84_na_codes.csv", {"unit": "code", "time": "year"},
     ["rows 3 and 4", "may be a missing code"], ["keep one row"]),
    ("20b_acs.csv", {"unit": "GEO_ID"},
     ["second header (row 2", "header=2", "'250,000+'", "missing=['-666666666']"], []),
]  # fmt: skip


@pytest.mark.filterwarnings("always")
@pytest.mark.parametrize(("name", "settings", "column", "figures", "told"), RIGHT)
def test_the_right_figures(
    name: str,
    settings: dict[str, Any],
    column: str,
    figures: list[float],
    told: str,
    shared: Path,
    recwarn: pytest.WarningsRecorder,
) -> None:
    panel = sc.read_panel(shared / "cases/files" / name, gaps="ignore", **settings)
    np.testing.assert_array_equal(panel[column].to_numpy(dtype=float), figures)
    said = [str(w.message) for w in recwarn if issubclass(w.category, SpatialCCDWarning)]
    assert told in " ".join(said)


@pytest.mark.parametrize(("name", "settings", "parts", "never"), MESSAGES)
def test_the_right_messages(
    name: str, settings: dict[str, Any], parts: list[str], never: list[str], shared: Path
) -> None:
    with pytest.raises(SpatialCCDError) as raised:
        sc.read_panel(shared / "cases/files" / name, **settings)
    message = str(raised.value)
    assert [part for part in parts if part not in message] == []
    assert [part for part in never if part in message] == []


def test_what_the_cases_carry_beside_their_figures(shared: Path) -> None:
    files = shared / "cases/files"
    units = sc.read_panel(files / "03_units_row.csv", **CN).attrs["units"]
    assert units == {"gdp": "亿元", "pop": "万人"}
    with pytest.warns(SpatialCCDWarning):
        panel = sc.read_panel(files / "14c_eurostat_all.csv", gaps="ignore", **U)
    assert pd.DataFrame(panel.attrs["flags"]).to_dict("records") == [
        {"unit": "a", "time": 2020, "column": "x", "flag": "e"},
        {"unit": "c", "time": 2020, "column": "x", "flag": "e"},
    ]
