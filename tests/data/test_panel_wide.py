"""The wide layout holds the same panel as the long one."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spatialccd as sc
from spatialccd.errors import GapWarning, PanelError, ParameterError, ReadingWarning


def _csv(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("gdp_2011", ("gdp", 2011)),
        ("gdp 2011", ("gdp", 2011)),
        ("gdp2011", ("gdp", 2011)),
        ("2011年gdp", ("gdp", 2011)),
        ("2011年度 人均GDP", ("人均GDP", 2011)),
        ("gdp（2011年）", ("gdp", 2011)),
        ("gdp.2011", ("gdp", 2011)),
        ("gdp_2000_prices_2011", ("gdp_2000_prices", 2011)),
        ("2011 gdp, prices of 2000 (yuan)", ("gdp, prices of 2000 (yuan)", 2011)),
        ("2011", ("value", 2011)),
        ("2011年", ("value", 2011)),
        ("X2011", ("value", 2011)),
        ("2011-12-31T00:00:00", ("value", 2011)),
        ("region", None),
        ("code_123456", None),
        ("share_60_plus", None),
    ],
)
def test_years_in_column_names(header: str, found: tuple[str, int] | None, tmp_path: Path) -> None:
    file = _csv(tmp_path, f'code,"{header}"\n01,1\n')
    value = "value" if found and found[0] == "value" else None
    if found is None:
        with pytest.raises(ParameterError, match="no years in its column names"):
            sc.read_panel(file, unit="code", layout="wide", value=value)
        return
    panel = sc.read_panel(file, unit="code", layout="wide", value=value)
    assert list(panel.columns) == [found[0]]
    assert list(panel.index) == [("01", found[1])]


# Without -99, 9999 and their like, of which the reader asks whether they are missing values.
number = st.floats(-1e12, 1e12, allow_subnormal=False).filter(
    lambda x: not re.fullmatch(r"-?(\d)\1+", f"{x:.0f}")
)


@settings(max_examples=20, deadline=None)
@given(
    data=st.data(),
    units=st.lists(st.from_regex(r"[0-9]{6}", fullmatch=True), min_size=1, max_size=5, unique=True),
    years=st.lists(st.integers(1950, 2030), min_size=1, max_size=4, unique=True),
    names=st.lists(st.sampled_from(["gdp", "人口", "co2 tons", "rate"]), min_size=1, unique=True),
)
def test_long_and_wide_read_alike(
    data: st.DataObject, units: list[str], years: list[int], names: list[str]
) -> None:
    index = pd.MultiIndex.from_product([units, sorted(years)], names=["unit", "time"])
    cells = st.lists(number, min_size=len(index), max_size=len(index))
    panel = pd.DataFrame({name: data.draw(cells) for name in names}, index=index)
    wide = panel.unstack("time", sort=False)
    wide.columns = [f"{name}_{year}" for name, year in wide.columns]
    with tempfile.TemporaryDirectory() as folder:
        panel.to_csv(f"{folder}/long.csv")
        wide.to_csv(f"{folder}/wide.csv")
        long = sc.read_panel(f"{folder}/long.csv", unit="unit", time="time")
        again = sc.read_panel(f"{folder}/wide.csv", unit="unit", layout="wide")
    pd.testing.assert_frame_equal(long, panel, check_index_type=False)
    pd.testing.assert_frame_equal(again, long)


def test_columns_without_a_year_go_to_every_year(tmp_path: Path) -> None:
    text = 'code,name,area,gdp_2011,gdp_2012,pop_2012\n01,甲,5,"1,000",2,3\n02,乙,6,4,5,6\n'
    with pytest.warns(GapWarning, match=r"2 values are missing \(pop 2\)"):
        panel = sc.read_panel(_csv(tmp_path, text), unit="code", layout="wide")
    assert list(panel.index) == [("01", 2011), ("01", 2012), ("02", 2011), ("02", 2012)]
    assert list(panel["gdp"]) == [1000, 2, 4, 5]
    assert list(panel["name"]) == ["甲", "甲", "乙", "乙"]
    assert list(panel["area"]) == [5, 5, 6, 6]


def test_one_sheet_an_indicator(tmp_path: Path) -> None:
    file = tmp_path / "yearbook.xlsx"
    wide = pd.DataFrame(
        {"code": ["01", "02"], "name": ["甲", "乙"], "2011": [1, 2], "2012": [3, 4]}
    )
    with pd.ExcelWriter(file) as writer:
        pd.DataFrame({"": ["说明"]}).to_excel(writer, sheet_name="说明", index=False)
        wide.to_excel(writer, sheet_name="gdp", index=False)
        wide.iloc[::-1].to_excel(writer, sheet_name="pop", index=False)
    panel = sc.read_panel(file, unit="code", layout="wide")
    assert list(panel.columns) == ["name", "gdp", "pop"]
    assert (panel["gdp"] == panel["pop"]).all()
    assert panel.loc[("02", 2012), "gdp"] == 4
    only = sc.read_panel(file, unit="code", layout="wide", sheet="pop", value="people")
    assert list(only.columns) == ["name", "people"]
    with pytest.raises(ParameterError, match="named by their sheets"):
        sc.read_panel(file, unit="code", layout="wide", value="x")


def test_sheets_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "yearbook.xlsx"
    with pd.ExcelWriter(file) as writer:
        for sheet, name in (("gdp", "甲"), ("pop", "乙")):
            frame = pd.DataFrame({"code": ["01"], "name": [name], "2011": [1]})
            frame.to_excel(writer, sheet_name=sheet, index=False)
    with pytest.raises(PanelError, match="two sheets differ in 'name' for 01 2011"):
        sc.read_panel(file, unit="code", layout="wide")


def test_faults_name_the_row_and_the_column_of_the_file(tmp_path: Path) -> None:
    text = "code,gdp_2011,gdp_2012\n01,1,x\n02,3,4\n02,5,6\n"
    with pytest.raises(PanelError) as raised:
        sc.read_panel(_csv(tmp_path, text), unit="code", layout="wide")
    assert "row 2 gdp_2012: 'x'" in str(raised.value)
    assert "02 in rows 3 and 4" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,gdp\n01,1\n", "no years in its column names"),
        ("code,2011,2012\n01,1,2\n", "say what they hold with value="),
        ("code,gdp_2011,2011年gdp\n01,1,2\n", "two columns for 'gdp' in 2011"),
        ("code,gdp,gdp_2011\n01,1,2\n", "gdp with and without a year"),
    ],
)
def test_headers_that_cannot_be_read(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises((ParameterError, PanelError), match=message):
        sc.read_panel(_csv(tmp_path, text), unit="code", layout="wide")


@pytest.mark.parametrize(
    "header", ["98,99,00,01", "gdp98,gdp99,gdp00", "98年,99年,00年", "x90,x95,x00"]
)
def test_years_of_two_digits_in_the_header_are_told(header: str, tmp_path: Path) -> None:
    cells = ",".join("1" for _ in header.split(","))
    with pytest.warns(ReadingWarning, match="years of two digits.*write years with four digits"):
        panel = sc.read_panel(_csv(tmp_path, f"code,{header}\n01,{cells}\n"), unit="code")
    assert list(panel.columns) == header.split(",")


@pytest.mark.parametrize("header", ["v01,v02,v03", "pm10,pm25", "x1,x2,x97,x98,x99", "age65,age70"])
def test_other_numbers_in_the_header_are_no_years(header: str, tmp_path: Path) -> None:
    cells = ",".join("1" for _ in header.split(","))
    panel = sc.read_panel(_csv(tmp_path, f"code,{header}\n01,{cells}\n"), unit="code")
    assert list(panel.columns) == header.split(",")
