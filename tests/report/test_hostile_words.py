"""Names and texts that try to be formulas, options or orders are printed as the text they are."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.report.paper.chart import paper
from spatialccd.report.tables.separated import write_csv
from spatialccd.report.tables.workbook import sheet_names
from tests.toys import Toys

_HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "+1+cmd|'/c calc'!A0",
    "-2+3",
    "@SUM(1)",
    "[2cm] cost",
    "*",
    "a\x00b\x07\x1b[31m",
    "\u202egnp.exe",
    "$x$ and $y_$",
    r"\input{/etc/passwd}",
    "</script><script>alert(1)</script>",
    "a\n\nb",
    "#N/A",
]


@pytest.fixture
def frame() -> pd.DataFrame:
    """A table whose labels, headings and cells are all hostile."""
    cells = pd.DataFrame(dict.fromkeys(_HOSTILE[:4], _HOSTILE))
    return cells.assign(x=range(len(_HOSTILE))).set_index(pd.Index(_HOSTILE, name="=1+1"))


def test_a_workbook_holds_no_formula(frame: pd.DataFrame, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = sc.write_tables(dict.fromkeys(_HOSTILE, frame), tmp_path / "tables.xlsx")
    book = load_workbook(path)
    assert len(book.sheetnames) == len(_HOSTILE) + 2
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    begun = [cell for cell in cells if isinstance(cell.value, str) and cell.value[:1] in "=+@"]
    assert begun
    assert all(cell.quotePrefix for cell in begun)
    with zipfile.ZipFile(path) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_a_word_document_and_latex_hold_what_they_can(frame: pd.DataFrame, tmp_path: Path) -> None:
    from docx import Document

    named = dict.fromkeys(_HOSTILE, frame)
    document = Document(str(sc.write_tables(named, tmp_path / "tables.docx")))
    assert len(document.tables) >= len(_HOSTILE)
    text = sc.write_tables(named, tmp_path / "tables.tex").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert not [line for line in lines if line.lstrip().startswith(("[", "*"))]
    assert r"\input" not in text
    assert "\\textbackslash{}input" in text
    assert not set(text) & set("\x00\x07\x1b\u202e")


def test_csv_is_no_formula_and_reads_back(frame: pd.DataFrame, tmp_path: Path) -> None:
    plain = frame
    path = tmp_path / "out.csv"
    assert write_csv(plain, path) == 4 * 4 + 4 + 4 + 1
    rows = path.read_text(encoding="utf-8")
    assert not [cell for cell in rows.replace("\n", ",").split(",") if cell[:1] in ("=", "@")]
    numbers = pd.DataFrame({"a": ["-1.5", "+2"], "b": [-1, 2.5]}, index=[-1, 2])
    assert write_csv(numbers, path) == 0
    assert path.read_text(encoding="utf-8").splitlines() == [",a,b", "-1,-1.5,-1.0", "2,+2,2.5"]
    table = pd.DataFrame({"unit": ["=A1", "b"], "time": [2020, 2020], "x": [1, 2]})
    write_csv(table.set_index("unit"), path)
    assert list(sc.read_panel(path, unit="unit", time="time").index.get_level_values(0)) == [
        "=A1",
        "b",
    ]


def test_sheets_of_names_that_excel_takes_for_one() -> None:
    names = ["D 2020", "d 2020", "History", "'quoted'", "", "   ", "x" * 40, "x" * 41, "a/b", "a:b"]
    found = sheet_names(names)
    assert len({name.lower() for name in found}) == len(names)
    assert all(0 < len(name) <= 31 and name.strip("'") == name for name in found)
    assert "history" not in {name.lower() for name in found}


@pytest.mark.parametrize("title", ["cost $5 and $6", r"$\frac$", "a$", "[x] *"])
def test_a_dollar_in_a_title_is_a_dollar(toys: Toys, title: str, tmp_path: Path) -> None:
    values = toys.panel["income"].xs(2020, level="time").rename(title)
    picture = sc.map_values(values, toys.areas, title=title)
    assert picture.save(tmp_path / "map.png").stat().st_size > 1000
    chart = paper("en", "middle", 60.0)
    axes = chart.figure.subplots()
    axes.set_xscale("log")
    axes.set_xlim(1e-3, 1e3)
    axes.set_yticks([0, 1], labels=[title, r"$\b$"])
    chart.finished(title).savefig(tmp_path / "chart.png")
    powers = [text for text in axes.get_xticklabels() if text.get_text()]
    assert any("mathdefault" in text.get_text() for text in powers)
    assert all(text.get_parse_math() for text in powers)
