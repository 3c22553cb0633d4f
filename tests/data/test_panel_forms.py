"""The forms that tables have: containers, sheets, headers of two rows, layouts."""

from __future__ import annotations

import bz2
import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook

import spatialccd as sc
from spatialccd.errors import PanelError, ParameterError, ReadingWarning

ROWS = "u,year,x\na,2020,1\nb,2020,2\n"
READ = {("a", 2020): 1.0, ("b", 2020): 2.0}


def _csv(tmp_path: Path, text: str, name: str = "t.csv") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def _book(path: Path, sheets: dict[str, list[list[Any]]], merges: tuple[str, ...] = ()) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cells in merges:
            sheet.merge_cells(cells)
    book.save(path)
    return path


def _zipped(parts: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("t.csv.gz", gzip.compress(ROWS.encode(), mtime=0)),
        ("t.csv.bz2", bz2.compress(ROWS.encode())),
        ("t.zip", _zipped({"folder/t.csv": ROWS, "__MACOSX/folder/._t.csv": "x"})),
        ("t.zip", _zipped({"t.csv": ROWS, "Metadata.csv": "Country,Note\nA,b\n"})),
    ],
)
def test_packed_files(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    panel = sc.read_panel(tmp_path / name, unit="u", time="year")
    assert panel["x"].to_dict() == READ


def test_archives_without_a_table_are_named_as_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "t.zip").write_bytes(_zipped({"readme.pdf": "x"}))
    with pytest.raises(PanelError, match=r"archive without a table \(readme\.pdf\)"):
        sc.read_panel(tmp_path / "t.zip", unit="u")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(ROWS.encode(), mtime=0)[:-9])
    with pytest.raises(PanelError, match="cannot be unpacked"):
        sc.read_panel(tmp_path / "t.csv.gz", unit="u")


def test_open_document_sheets(tmp_path: Path) -> None:
    """The least that an .ods file holds."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
            if cell.isdigit()
            else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row.split(",")
        )
        + "</table:table-row>"
        for row in ROWS.split()
    )
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="s">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>'
    )
    parts = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    (tmp_path / "t.ods").write_bytes(_zipped(parts))
    panel = sc.read_panel(tmp_path / "t.ods", unit="u", time="year")
    assert panel["x"].to_dict() == READ


def test_spss_files(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({"u": ["a", "b"], "year": [2020.0, 2020.0], "x": [1.0, 2.0]})
    pyreadstat.write_sav(frame.assign(r=[1.0, 2.0]), tmp_path / "t.sav",
                         variable_value_labels={"r": {1.0: "East", 2.0: "West"}})  # fmt: skip
    panel = sc.read_panel(tmp_path / "t.sav", unit="u", time="year")
    assert panel["x"].to_dict() == READ
    assert list(panel["r"]) == ["East", "West"]
    (tmp_path / "bad.sav").write_bytes(b"$FL2garbage")
    with pytest.raises(PanelError, match="cannot be read as SPSS"):
        sc.read_panel(tmp_path / "bad.sav", unit="u")


def test_errors_in_cells_of_a_workbook_are_seen(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["u", "x"], ["a", "#REF!"], ["b", 2], ["c", 3]):
        book.active.append(row)
    book.active["B2"].data_type = "e"
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(PanelError, match=r"formula that failed \(.*row 2 x: '#REF!'\)"):
        sc.read_panel(tmp_path / "t.xlsx", unit="u")


TOP = ["省份", "产值（亿元）", None, "人数", None]
SUB = [None, "2019年", "2020年", "2019年", "2020年"]
SWAPPED = (["省份", 2019, None, 2020, None], [None, "产值", "人数", "产值", "人数"])


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ((TOP, SUB), ["甲", 1, 2, 10, 20]),
        (SWAPPED, ["甲", 1, 10, 2, 20]),
        ((["", "产值（亿元）", "", "人数", ""], ["省份", "2019", "2020", "2019", "2020"]),
         ["甲", 1, 2, 10, 20]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_header_of_two_levels(
    header: tuple[list[Any], list[Any]], body: list[Any], kind: str, tmp_path: Path
) -> None:
    rows = [["表 3", None, None, None, None], *header, body]
    if kind == "csv":
        file = tmp_path / "t.csv"
        pd.DataFrame(rows).to_csv(file, index=False, header=False)
    else:
        file = _book(tmp_path / "t.xlsx", {"表": rows})
    panel = sc.read_panel(file, unit="省份", layout="wide")
    assert list(panel.columns) == ["产值", "人数"]
    assert panel.loc[("甲", 2019)].to_list() == [1, 10]
    assert panel.loc[("甲", 2020)].to_list() == [2, 20]
    if "产值（亿元）" in header[0]:
        assert panel.attrs["units"] == {"产值": "亿元"}


def test_a_row_of_units_is_kept(tmp_path: Path) -> None:
    file = _csv(tmp_path, "u,year,x,y\n单位,,万吨,%\na,2020,1,2\nb,2020,3,4\n")
    panel = sc.read_panel(file, unit="u", time="year")
    assert panel.attrs["units"] == {"x": "万吨", "y": "%"}
    assert list(panel["y"]) == [2, 4]


def test_merged_units_are_filled_down_and_figures_are_not(tmp_path: Path) -> None:
    rows = [["u", "year", "x"], ["a", 2019, 5], [None, 2020, None], ["b", 2019, 6], [None, 2020, 7]]
    file = _book(tmp_path / "t.xlsx", {"s": rows}, ("A2:A3", "A4:A5", "C2:C3"))
    panel = sc.read_panel(file, unit="u", time="year", gaps="ignore")
    assert list(panel.index.get_level_values(0)) == ["a", "a", "b", "b"]
    assert panel["x"].isna().tolist() == [False, True, False, False]


def _one_a_year(write: Callable[[str, list[list[Any]]], None], stem: str) -> None:
    for year in (2019, 2020):
        write(f"{stem}{year}", [["u", "x"], ["a", year - 2000], ["b", year]])


@pytest.mark.parametrize("stem", ["", "city ", "人口"])
def test_one_sheet_a_year(stem: str, tmp_path: Path) -> None:
    sheets: dict[str, list[list[Any]]] = {"说明": [["这是说明"]]}
    _one_a_year(sheets.__setitem__, stem)
    panel = sc.read_panel(_book(tmp_path / "t.xlsx", sheets), unit="u")
    assert panel["x"].to_dict() == {("a", 2019): 19, ("b", 2019): 2019,
                                    ("a", 2020): 20, ("b", 2020): 2020}  # fmt: skip


def test_sheets_named_after_years_of_account_tell_their_rule(tmp_path: Path) -> None:
    sheets = {year: [["u", "x"], ["a", 1]] for year in ("2009-10", "2010-11")}
    with pytest.warns(ReadingWarning, match="named by the year in which they begin"):
        panel = sc.read_panel(_book(tmp_path / "t.xlsx", sheets), unit="u")
    assert list(panel.index) == [("a", 2009), ("a", 2010)]


@pytest.mark.parametrize("by", ["list", "pattern"])
def test_one_file_a_year(by: str, tmp_path: Path) -> None:
    def write(name: str, rows: list[list[Any]]) -> None:
        _csv(tmp_path, "\n".join(",".join(map(str, row)) for row in rows), f"{name}.csv")

    _one_a_year(write, "city_")
    files = sorted(tmp_path.glob("*.csv"))
    panel = sc.read_panel(files if by == "list" else tmp_path / "city_*.csv", unit="u")
    assert panel.loc[("a", 2020), "x"] == 20
    with pytest.raises(ParameterError, match=r"no file .* is named like town_\*\.csv"):
        sc.read_panel(tmp_path / "town_*.csv", unit="u")


def test_files_whose_rows_have_their_time_are_put_below_each_other(tmp_path: Path) -> None:
    one = _csv(tmp_path, "u,year,x\na,2019,1\n", "north.csv")
    two = _csv(tmp_path, "u,year,x\nb,2019,2\n", "south.csv")
    assert len(sc.read_panel([one, two], unit="u", time="year")) == 2
    three = _csv(tmp_path, "u,year,x\na,2019,3\n", "more.csv")
    with pytest.raises(PanelError, match=r"stand in several tables \(a 2019\)"):
        sc.read_panel([one, two, three], unit="u", time="year")


def test_years_down_and_units_across(tmp_path: Path) -> None:
    file = _csv(tmp_path, "年份,甲省,乙省\n2019,1,3\n2020,2,4*\n")
    with pytest.warns(ReadingWarning):
        panel = sc.read_panel(file, time="年份", layout="wide", value="gdp")
    assert panel["gdp"].to_dict() == {("甲省", 2019): 1, ("甲省", 2020): 2,
                                      ("乙省", 2019): 3, ("乙省", 2020): 4}  # fmt: skip
    assert pd.DataFrame(panel.attrs["flags"]).to_dict("records") == [
        {"unit": "乙省", "time": 2020, "column": "gdp", "flag": "*"}
    ]
    with pytest.raises(ParameterError, match="say with value="):
        sc.read_panel(file, time="年份", layout="wide")
    with pytest.raises(ParameterError, match="say unit="):
        sc.read_panel(file)
    sheets = {name: [["年份", "甲", "乙"], [2019, i, 2]] for i, name in enumerate(("gdp", "pop"))}
    several = sc.read_panel(_book(tmp_path / "t.xlsx", sheets), time="年份", layout="wide")
    assert several.loc[("甲", 2019)].to_list() == [0, 1]


TIDY = "prov,year,项目,单位,数额\na,2020,gdp,亿元,1\na,2020,pop,万人,2\nb,2020,gdp,亿元,3\n"


def test_the_tidy_layout(tmp_path: Path) -> None:
    file = _csv(tmp_path, TIDY + "b,2020,pop,万人,4\n")
    panel = sc.read_panel(file, unit="prov", time="year", layout="tidy")
    assert panel.to_dict("index") == {
        ("a", 2020): {"gdp": 1, "pop": 2},
        ("b", 2020): {"gdp": 3, "pop": 4},
    }
    assert panel.attrs["units"] == {"gdp": "亿元", "pop": "万人"}
    with pytest.raises(ParameterError, match="did you mean '项目'"):
        sc.read_panel(file, unit="prov", time="year", layout="tidy", indicator="项 目")
    twice = _csv(tmp_path, TIDY + "b,2020,gdp,亿元,4\n")
    with pytest.raises(PanelError, match="b 2020 in rows 4 and 5"):
        sc.read_panel(twice, unit="prov", time="year", layout="tidy", indicator="项目")


def test_the_tidy_layout_over_years(tmp_path: Path) -> None:
    text = (
        "Country Name,Country Code,Series Name,Series Code,2019 [YR2019],2020 [YR2020]\n"
        "Peru,PER,GDP,NY,1,2\nPeru,PER,Pop,SP,10,..\nMali,MLI,GDP,NY,3,4\nMali,MLI,Pop,SP,30,40\n"
        ",,,,,\nData from database: WDI,,,,,\nLast Updated: 2024,,,,,\n"
    )
    with pytest.warns(ReadingWarning, match="2 rows of notes"):
        panel = sc.read_panel(
            _csv(tmp_path, text), unit="Country Code", layout="tidy", gaps="ignore"
        )
    assert list(panel.columns) == ["Country Name", "GDP", "Pop"]
    assert panel["GDP"].to_list() == [1, 2, 3, 4]
    assert panel["Pop"].fillna(-1).to_list() == [10, -1, 30, 40]


def test_several_columns_are_one_unit(tmp_path: Path) -> None:
    names = _csv(tmp_path, "市,区,year,x\n甲,东区,2020,1\n乙,东区,2020,2\n")
    panel = sc.read_panel(names, unit=["市", "区"], time="year")
    assert panel["x"].to_dict() == {("甲 东区", 2020): 1, ("乙 东区", 2020): 2}
    assert list(panel["市"]) == ["甲", "乙"]
    codes = _csv(tmp_path, "st,cty,x\n01,001,1\n02,013,2\n")
    assert list(sc.read_panel(codes, unit=["st", "cty"]).index) == ["01001", "02013"]


def test_eurostats_own_form(tmp_path: Path) -> None:
    file = _csv(
        tmp_path,
        "freq,sex,geo\\TIME_PERIOD\t2019 \t2020 \nA,T,AT1\t5.5 \t6.5 e\nA,T,AT2\t: \t: c\n",
        "t.tsv",
    )
    for unit in ("geo", "freq,sex,geo\\TIME_PERIOD", "geo\\TIME_PERIOD"):
        with pytest.warns(ReadingWarning):
            panel = sc.read_panel(file, unit=unit, layout="wide", value="x", gaps="ignore")
        assert panel["x"].fillna(-1).to_list() == [5.5, 6.5, -1, -1]
    assert set(pd.DataFrame(panel.attrs["flags"])["flag"]) == {"e", "c"}


@pytest.mark.parametrize("first", ["", "Unnamed: 0"])
@pytest.mark.parametrize("start", [0, 1])
def test_a_counter_without_a_name_is_left_out(first: str, start: int, tmp_path: Path) -> None:
    file = _csv(tmp_path, f"{first},u,x\n{start},a,1\n{start + 1},b,2\n")
    panel = sc.read_panel(file, unit="u")
    assert list(panel.columns) == ["x"]
    assert "left out" in panel.attrs["notes"]["text"][0]
    with pytest.raises(PanelError, match="an index that another program wrote"):
        sc.read_panel(_csv(tmp_path, ",u,x\n7,a,1\n3,b,2\n"), unit="u")


def test_quotes_after_blanks(tmp_path: Path) -> None:
    file = _csv(tmp_path, 'u,name,x\n "01", "Lake, OH", 5\n "02", "Clay, IN", 6\n')
    panel = sc.read_panel(file, unit="u")
    assert list(panel["name"]) == ["Lake, OH", "Clay, IN"]


def test_a_wrong_name_is_answered_with_the_likely_header(tmp_path: Path) -> None:
    file = _csv(tmp_path, "年鉴\n单位：万人\n城市,2019年,2020年\n甲,1,2\n乙,3,4\n")
    with pytest.raises(ParameterError, match=r"looks to be row 3: 城市, 2019年, 2020年.*header="):
        sc.read_panel(file, unit="市", layout="wide", value="x")


def test_a_second_header_is_named(tmp_path: Path) -> None:
    file = _csv(tmp_path, "城市,年份,产值\nCity,Year,Output\n甲,2020,1\n乙,2020,3\n")
    with pytest.raises(PanelError, match=r"second header \(row 2: .*say header=2.*header=\[1, 2\]"):
        sc.read_panel(file, unit="城市", time="年份")
    below = sc.read_panel(file, unit="City", time="Year", header=2)
    assert list(below.columns) == ["Output"]
    both = sc.read_panel(file, unit="城市", time="年份", header=[1, 2])
    assert list(both.columns) == ["产值_Output"]


def test_merged_cells_written_to_text(tmp_path: Path) -> None:
    file = _csv(tmp_path, "u,year,x\na,2019,1\n,2020,2\nb,2019,3\n,2020,4\n")
    with pytest.warns(ReadingWarning, match="take that of the row above"):
        panel = sc.read_panel(file, unit="u", time="year")
    assert panel["x"].to_dict() == {("a", 2019): 1, ("a", 2020): 2, ("b", 2019): 3, ("b", 2020): 4}
    parts = _csv(tmp_path, "p,c,x\nP,a,1\n,b,2\nQ,a,3\n")
    with pytest.warns(ReadingWarning, match="row 3"):
        panel = sc.read_panel(parts, unit=["p", "c"])
    assert list(panel.index) == ["P a", "P b", "Q a"]


@pytest.mark.parametrize(
    "rows",
    [
        "a,2019,1\n,2020,2\nb,2019,3\n",  # blocks of different lengths
        "a,2019,1\na,2020,2\n,2019,3\nb,2020,4\n",  # a label stands twice
        "a,2019,1\n,2019,2\nb,2019,3\n,2020,4\n",  # filled, a key stands twice
        ",2019,1\na,2020,2\nb,2019,3\n,2020,4\n",  # the first has none
    ],
)
def test_blank_labels_of_another_pattern_are_faults(rows: str, tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="no unit"):
        sc.read_panel(_csv(tmp_path, f"u,year,x\n{rows}"), unit="u", time="year")


def test_flags_in_a_column_of_their_own(tmp_path: Path) -> None:
    text = (
        "geo,TIME,item,OBS_VALUE,OBS_FLAG\nA,2019,x,1,p\nA,2019,y,2,\nB,2019,x,3,\nB,2019,y,4,e\n"
    )
    file = _csv(tmp_path, text)
    panel = sc.read_panel(file, unit="geo", time="TIME", layout="tidy")
    assert list(panel.columns) == ["x", "y"]
    assert pd.DataFrame(panel.attrs["flags"]).to_dict("records") == [
        {"unit": "A", "time": 2019, "column": "x", "flag": "p"},
        {"unit": "B", "time": 2019, "column": "y", "flag": "e"},
    ]


@pytest.mark.parametrize("names", [("值", "值"), ("产值", "人数")])
def test_one_sheet_an_indicator_with_a_column_of_times(
    names: tuple[str, str], tmp_path: Path
) -> None:
    sheets = {
        sheet: [["u", "label", "year", name], ["a", "A", 2019, i], ["b", "B", 2019, i + 5]]
        for i, (sheet, name) in enumerate(zip(("gdp", "pop"), names, strict=True))
    }
    panel = sc.read_panel(_book(tmp_path / "t.xlsx", sheets), unit="u", time="year")
    expected = ["gdp", "pop"] if names[0] == names[1] else [*names]
    assert list(panel.columns) == ["label", *expected]
    assert panel[expected].to_numpy().tolist() == [[0, 1], [5, 6]]


def test_sheets_of_which_some_are_years_are_asked_about(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Any]]] = {"汇总": [["u", "x"], ["a", 3]]}
    _one_a_year(sheets.__setitem__, "")
    with pytest.raises(ParameterError, match="3 sheets have these columns"):
        sc.read_panel(_book(tmp_path / "t.xlsx", sheets), unit="u")
    panel = sc.read_panel(tmp_path / "t.xlsx", unit="u", sheet=["2019", "2020"])
    assert list(panel.loc["a"].index) == [2019, 2020]
