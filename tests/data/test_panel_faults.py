"""Every fault of a file is told at once, with its row and column, in one line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

import spatialccd as sc
from spatialccd.errors import DataError, GapWarning, PanelError, ParameterError, SpatialCCDError


def _csv(tmp_path: Path, text: str, name: str = "t.csv") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def test_all_faults_come_together_with_their_places(tmp_path: Path) -> None:
    text = (
        "code,year,gdp,pop\n"
        "A,2011,1,10\n"
        "A,2011,2,11\n"
        "B,2011,abc,12\n"
        ",2012,4,13\n"
        "B,,5,x1\n"
        "C,2012,6,14\n"
        "C,mean,7,15\n"
    )
    with pytest.raises(PanelError) as raised:
        sc.read_panel(_csv(tmp_path, text), unit="code", time="year")
    message = str(raised.value)
    assert "\n" not in message
    for part in (
        "t.csv has faults",
        "2 cells are not numbers (row 4 gdp: 'abc', row 6 pop: 'x1')",
        "1 (unit, time) stands more than once (A 2011 in rows 2 and 3)",
        "1 row has no unit (row 5)",
        "1 row has no time (row 6)",
        "1 time does not read like the others (row 8 year: 'mean')",
        "text=['gdp', 'pop']",
    ):
        assert part in message
    cases = raised.value.cases
    assert cases is not None
    assert sorted(cases["row"]) == [2, 3, 4, 5, 6, 6, 8]
    assert set(cases[cases["row"] == 4]["column"]) == {"gdp"}


def test_the_studys_two_shanxi_are_explained(shared: Path, tmp_path: Path) -> None:
    """Table 3 of the study prints Shanxi for 140000 and for 610000."""
    table = pd.read_csv(shared / "data/china_province_ccd_2011_2020.csv")
    table["name"] = table["name"].replace("Shaanxi", "Shanxi")
    file = tmp_path / "table3.csv"
    table.to_csv(file, index=False)
    with pytest.raises(PanelError, match="stand more than once") as raised:
        sc.read_panel(file, unit="name", time="year")
    assert "'Shanxi' may be 山西省 (140000) or 陕西省 (610000): use codes" in str(raised.value)
    assert raised.value.cases is not None
    assert len(raised.value.cases) == 20


def test_numbers_in_a_column_of_text_are_named_and_text_keeps_them(tmp_path: Path) -> None:
    file = _csv(tmp_path, "code,note,x\nA,good,1\nB,bad,2\nC,3,3\n")
    with pytest.raises(PanelError, match=r"1 number in a column of text \(row 4 note: '3'\)"):
        sc.read_panel(file, unit="code")
    panel = sc.read_panel(file, unit="code", text=["note"])
    assert list(panel["note"]) == ["good", "bad", "3"]


def test_rows_longer_than_the_header_are_named(tmp_path: Path) -> None:
    """An unquoted thousands comma shifts all that follows it."""
    with pytest.raises(PanelError, match=r"columns without a name.*C3 '300'") as raised:
        sc.read_panel(_csv(tmp_path, "code,x\nA,1\nB,1,300\n"), unit="code")
    assert raised.value.cases is not None
    assert raised.value.cases.to_dict("records") == [{"row": 3, "column": "C", "value": "300"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.csv is empty"),
        ("  \n\n", "t.csv is empty"),
        ("code,x\n", "no rows below its header"),
        ("code,x,x\nA,1,2\n", "several columns named x"),
        ('code,x\nA,"1\n', "look for a quote that is not closed"),
        ("code\nA\n", "no column beside 'code'"),
    ],
)
def test_files_that_are_no_table(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(PanelError, match=message):
        sc.read_panel(_csv(tmp_path, text), unit="code")


def test_a_missing_file_column_or_folder_is_answered_with_the_nearest(tmp_path: Path) -> None:
    file = _csv(tmp_path, "Code,Year,x\nA,2011,1\n", "indicators.csv")
    with pytest.raises(ParameterError, match=r"did you mean 'indicators\.csv'"):
        sc.read_panel(tmp_path / "indicator.csv", unit="code")
    with pytest.raises(ParameterError, match="no folder"):
        sc.read_panel(tmp_path / "nowhere" / "indicators.csv", unit="code")
    with pytest.raises(ParameterError, match="is a folder"):
        sc.read_panel(tmp_path, unit="code")
    with pytest.raises(ParameterError) as raised:
        sc.read_panel(file, unit="code", time="years")
    assert str(raised.value) == (
        "indicators.csv has no column 'code' (did you mean 'Code'?) and no column 'years' "
        "(did you mean 'Year'?); its columns are Code, Year, x"
    )
    with pytest.raises(ParameterError, match="text= names columns"):
        sc.read_panel(file, unit="Code", text=["name"])


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "save it as .xlsx"),
        ("broken.xlsx", b"PK\x03\x04garbage", "not a sound .xlsx workbook"),
        ("data.json", b'{"a": 1}', "of a kind that is not read"),
        ("broken.parquet", b"PAR1garbage", "not a sound Parquet file"),
        ("broken.dta", b"<stata_dta>garbage", "cannot be read as Stata"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "is not text"),
    ],
)
def test_files_of_other_kinds_are_refused(
    name: str, data: bytes, message: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SpatialCCDError, match=message) as raised:
        sc.read_panel(tmp_path / name, unit="code")
    assert isinstance(raised.value, ParameterError | DataError)
    assert "\n" not in str(raised.value)


def test_formulas_that_were_never_calculated_are_not_taken_for_blanks(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["code", "x", "y"], ["A", 1, "=B2*2"], ["B", 2, 3]):
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(PanelError, match=r"1 formulas without a result \(Sheet!C2\)") as raised:
        sc.read_panel(tmp_path / "b.xlsx", unit="code")
    assert raised.value.cases is not None
    assert list(raised.value.cases["value"]) == ["=B2*2"]


def test_gaps_are_told_raised_or_let_be(tmp_path: Path) -> None:
    file = _csv(tmp_path, "code,year,x\nA,2011,1\nA,2012,\nB,2011,3\n")
    message = r"1 value is missing \(x 1\) and 1 of 4 rows unit x time are absent \(B 2012\)"
    with pytest.warns(GapWarning, match=message) as caught:
        panel = sc.read_panel(file, unit="code", time="year")
    assert len(panel) == 3
    cases = caught[0].message.cases.fillna("")  # type: ignore[union-attr]
    assert cases.to_dict("records") == [
        {"unit": "A", "time": 2012, "column": "x", "problem": "missing value"},
        {"unit": "B", "time": 2012, "column": "", "problem": "missing row"},
    ]
    with pytest.raises(PanelError, match=message):
        sc.read_panel(file, unit="code", time="year", gaps="error")
    pd.testing.assert_frame_equal(
        sc.read_panel(file, unit="code", time="year", gaps="ignore"), panel
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"layout": "tall"}, "layout='tall' is not known"),
        ({"gaps": "warm"}, "did you mean 'warn'"),
        ({"decimal": ";"}, "decimal=';'"),
        ({"layout": "wide", "time": "year"}, "years are columns"),
        ({"value": "gdp"}, "belongs to layout='wide'"),
        ({"sheet": "a"}, "is not a workbook"),
        ({"header": 9}, "no row 9"),
        ({"header": 0}, "header=0 is out of range"),
    ],
)
def test_settings_are_checked(settings: dict[str, object], message: str, tmp_path: Path) -> None:
    file = _csv(tmp_path, "code,year,x\nA,2011,1\n")
    with pytest.raises(SpatialCCDError, match=message):
        sc.read_panel(file, unit="code", **settings)


@pytest.mark.parametrize("mark", ["'", '=""', '""', " "])
def test_rows_of_nothing_but_marks_are_no_rows(mark: str, tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(f"unit,time,x\n{mark}\n{mark},{mark}\n", encoding="utf-8")
    with pytest.raises(PanelError, match="no rows below its header"):
        sc.read_panel(path, unit="unit", time="time")
