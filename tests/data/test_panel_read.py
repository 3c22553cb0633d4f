"""Files of every kind become the same panel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

import spatialccd as sc
from spatialccd.errors import GapWarning, PanelError, ParameterError, ReadingWarning

ROWS = [
    ("010100", 2011, 1234.5, "East"),
    ("010100", 2012, 1300.0, "East"),
    ("020200", 2011, 0.25, "West"),
    ("020200", 2012, -7.0, "West"),
]
FRAME = pd.DataFrame(ROWS, columns=["code", "year", "gdp", "region"])


@pytest.fixture
def expected() -> pd.DataFrame:
    index = pd.MultiIndex.from_frame(
        FRAME[["code", "year"]].astype({"code": "str"}), names=["unit", "time"]
    )
    return pd.DataFrame(
        {"gdp": FRAME["gdp"].to_numpy(), "region": pd.array(FRAME["region"], dtype="str")},
        index=index,
    )


def _write(path: Path, kind: str) -> Path:
    file = path / f"panel.{kind}"
    if kind in ("csv", "txt", "tsv"):
        FRAME.to_csv(file, index=False, sep={"csv": ",", "txt": ";", "tsv": "\t"}[kind])
    elif kind == "xlsx":
        FRAME.to_excel(file, index=False)
    elif kind == "parquet":
        FRAME.to_parquet(file)
    else:
        FRAME.to_stata(file, write_index=False, version=118)
    return file


@pytest.mark.parametrize("kind", ["csv", "txt", "tsv", "xlsx", "parquet", "dta"])
def test_every_kind_of_file_gives_the_same_panel(
    kind: str, tmp_path: Path, expected: pd.DataFrame
) -> None:
    panel = sc.read_panel(_write(tmp_path, kind), unit="code", time="year")
    pd.testing.assert_frame_equal(panel, expected)


def test_the_kind_is_told_from_the_content_not_the_name(
    tmp_path: Path, expected: pd.DataFrame
) -> None:
    file = _write(tmp_path, "xlsx").rename(tmp_path / "panel.csv")
    pd.testing.assert_frame_equal(sc.read_panel(file, unit="code", time="year"), expected)


def test_stata_before_release_118_holds_chinese_in_gbk(tmp_path: Path) -> None:
    """Old Stata wrote the bytes of the user's locale; pandas reads them as Latin-1."""
    names = ["北京市", "内蒙古自治区"]
    mojibake = [name.encode("gbk").decode("latin-1") for name in names]
    file = tmp_path / "old.dta"
    frame = pd.DataFrame({"code": ["11", "15"], "name": mojibake, "gdp": [1.0, 2.0]})
    frame.to_stata(file, write_index=False, version=114)
    assert list(sc.read_panel(file, unit="code")["name"]) == names


def _csv(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ('"1,234"', 1234.0),
        ('"1,234,567.5"', 1234567.5),
        ("1 234", 1234.0),
        ("1\u00a0234.5", 1234.5),
        ("\u3000 12 \u00a0", 12.0),
        ("１２，３４５．６", 12345.6),
        ("−3.5", -3.5),
        ("－3.5", -3.5),
        ("+2", 2.0),
        ("1.5E3", 1500.0),
        (".5", 0.5),
    ],
)
def test_numbers_as_yearbooks_print_them(cell: str, number: float, tmp_path: Path) -> None:
    panel = sc.read_panel(_csv(tmp_path, f"code,x\nA,{cell}\nB,2\n"), unit="code")
    assert panel.loc["A", "x"] == number


@pytest.mark.parametrize(
    "cell", ["", "NA", "n/a", "NaN", "-", "--", "—", "－", "…", "……", "...", "#N/A", "无", "缺失"]
)
def test_marks_of_a_missing_value(cell: str, tmp_path: Path) -> None:
    file = _csv(tmp_path, f"code,x\nA,{cell}\nB,2\n")
    with pytest.warns(GapWarning, match=r"1 value is missing \(x 1\)") as caught:
        panel = sc.read_panel(file, unit="code")
    assert np.isnan(panel.loc["A", "x"])
    assert caught[0].message.cases.to_dict("records") == [  # type: ignore[union-attr]
        {"unit": "A", "column": "x", "problem": "missing value"}
    ]


@pytest.mark.parametrize(
    "cell", ["1,23", "12,34,567", "1_000", "0x10", "inf", "12①", "12²", "1.2.3"]
)
def test_what_only_looks_like_a_number_is_refused(cell: str, tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="1 cell is not a number"):
        sc.read_panel(_csv(tmp_path, f'code,x\nA,"{cell}"\nB,2\n'), unit="code")


def test_decimal_commas_are_asked_about_and_then_read(tmp_path: Path) -> None:
    file = _csv(tmp_path, "code;x\nA;3,14\nB;1.234,5\n")
    with pytest.raises(PanelError, match="say decimal=','"):
        sc.read_panel(file, unit="code")
    assert list(sc.read_panel(file, unit="code", decimal=",")["x"]) == [3.14, 1234.5]


def test_a_column_in_percent_keeps_its_figures_and_a_mixed_one_is_refused(tmp_path: Path) -> None:
    panel = sc.read_panel(_csv(tmp_path, "code,x\nA,12.5%\nB,8％\n"), unit="code")
    assert list(panel["x"]) == [12.5, 8.0]
    with pytest.raises(PanelError, match="percent sign, or none: \\['x'\\]"):
        sc.read_panel(_csv(tmp_path, "code,x\nA,12.5%\nB,0.08\n"), unit="code")


def test_codes_keep_their_zeros_and_lose_the_point_of_excel(tmp_path: Path) -> None:
    file = _csv(tmp_path, 'code,id,x\n01001.0,007,1\n="02002",010,2\n\'110000\t,100,3\n')
    panel = sc.read_panel(file, unit="code")
    assert list(panel.index) == ["01001", "02002", "110000"]
    assert list(panel["id"]) == ["007", "010", "100"]


def test_a_unit_may_be_called_na(tmp_path: Path) -> None:
    """NA is Namibia."""
    panel = sc.read_panel(_csv(tmp_path, "iso,x\nNA,1\nZA,2\n"), unit="iso")
    assert list(panel.index) == ["NA", "ZA"]


@pytest.mark.parametrize(
    ("cells", "times"),
    [
        (["2011", "2012"], [2011, 2012]),
        (["2011.0", "2012.0"], [2011, 2012]),
        (["2011年", "２０１２年"], [2011, 2012]),
        (["2011-12-31", "2012-12-31"], [2011, 2012]),
        (["2011-01", "2011-02"], [pd.Timestamp("2011-01-01"), pd.Timestamp("2011-02-01")]),
        (["2011年5月", "2011年6月"], [pd.Timestamp("2011-05-01"), pd.Timestamp("2011-06-01")]),
        (["2011-2015", "2016-2020"], ["2011-2015", "2016-2020"]),
    ],
)
def test_times(cells: list[str], times: list[Any], tmp_path: Path) -> None:
    text = "code,t,x\n" + "".join(f"A,{cell},1\n" for cell in cells)
    panel = sc.read_panel(_csv(tmp_path, text), unit="code", time="t")
    assert list(panel.index.get_level_values("time")) == times


def test_titles_above_the_header_and_blank_rows_do_no_harm(tmp_path: Path) -> None:
    text = "表1 地区生产总值,,\n单位：亿元,,\n\ncode,year,gdp\nA,2011,1\n,,\nA,2012,2\n"
    panel = sc.read_panel(_csv(tmp_path, text), unit="code", time="year")
    assert list(panel["gdp"]) == [1.0, 2.0]


def test_the_separator_line_of_excel_does_no_harm(tmp_path: Path) -> None:
    panel = sc.read_panel(_csv(tmp_path, "sep=;\ncode;x\nA;1\nB;2\n"), unit="code")
    assert list(panel["x"]) == [1.0, 2.0]


def test_more_marks_of_a_missing_value_may_be_said(tmp_path: Path) -> None:
    file = _csv(tmp_path, "code,x\nA,9999\nB,2\nC,*\n")
    panel = sc.read_panel(file, unit="code", missing=["9999", "*"], gaps="ignore")
    assert panel["x"].isna().tolist() == [True, False, True]
    one = sc.read_panel(file, unit="code", missing="*", text="x", gaps="ignore")
    assert one["x"].tolist()[:2] == ["9999", "2"]


def test_numbers_of_a_workbook_are_exact(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["code", "year", "x"])
    book.active.append([110000.0, 2011.0, 0.1234567890123456])
    book.active.append([" 120000 ", "2011", 1e-17])
    book.save(tmp_path / "b.xlsx")
    panel = sc.read_panel(tmp_path / "b.xlsx", unit="code", time="year")
    assert list(panel.index) == [("110000", 2011), ("120000", 2011)]
    assert list(panel["x"]) == [0.1234567890123456, 1e-17]


def test_the_sheet_with_the_columns_is_taken_and_two_are_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "b.xlsx"
    with pd.ExcelWriter(file) as writer:
        pd.DataFrame({"about": ["a yearbook"]}).to_excel(writer, sheet_name="notes", index=False)
        FRAME.to_excel(writer, sheet_name="data", index=False)
    assert len(sc.read_panel(file, unit="code", time="year")) == 4
    with pd.ExcelWriter(file, mode="a") as writer:
        FRAME.to_excel(writer, sheet_name="more", index=False)
    with pytest.raises(ParameterError, match="2 sheets have these columns: 'data', 'more'"):
        sc.read_panel(file, unit="code", time="year")
    assert len(sc.read_panel(file, unit="code", time="year", sheet="more")) == 4
    with pytest.raises(ParameterError, match="no sheet 'Data'; did you mean 'data'"):
        sc.read_panel(file, unit="code", time="year", sheet="Data")


def test_the_county_census(shared: Path) -> None:
    file = shared / "data/china_county_census2020/county_census2020.csv"
    # A share of nothing: one of the usual marks of a missing value, and named nonetheless.
    with pytest.warns(ReadingWarning, match="31 cells are formulas that failed") as warned:
        told = sc.read_panel(file, unit="CODE", gaps="ignore")
    cases = warned[0].message.cases  # type: ignore[union-attr]
    assert len(cases) == 31
    assert set(cases["value"]) == {"#DIV/0!"}
    with pytest.warns(GapWarning, match="48 values are missing"):
        panel = sc.read_panel(file, unit="CODE", missing=["#DIV/0!"])
    assert panel.shape == (2990, 25)
    pd.testing.assert_frame_equal(told, panel)
    assert panel.loc["110101", "NAME"] == "东城区"
    raw = pd.read_csv(file, dtype={"CODE": str}, na_values=["#DIV/0!"]).set_index("CODE")
    pd.testing.assert_frame_equal(
        panel.drop(columns="NAME"), raw.drop(columns="NAME"), check_names=False, check_dtype=False
    )
