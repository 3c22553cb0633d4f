"""Word documents: three rules, numbered captions, the figures of the other forms."""

from __future__ import annotations

import re
import shutil
import subprocess

import pandas as pd
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

import spatialccd as sc


@pytest.fixture
def regression():
    return pd.DataFrame(
        {"coef": [1.5, -0.25, 1.2e-7], "se": [0.5, 0.1, 0.2], "p": [0.003, 0.04, 0.9]},
        index=pd.Index(["Intercept", "income", "a_b%"], name="variable"),
    )


def _cells(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def _borders(row):
    return [
        {side.tag.split("}")[1]: int(side.get(qn("w:sz"))) for side in borders}
        for cell in row.cells
        for borders in cell._tc.iter(qn("w:tcBorders"))
    ]


def test_figures_are_printed_as_in_the_other_forms(regression, tmp_path):
    path = sc.write_tables({"ols": regression}, tmp_path / "t.docx")
    (table,) = Document(path).tables
    assert _cells(table) == [
        ["variable", "coef", "p"],
        ["Intercept", "1.500***", "0.003"],
        ["", "(0.500)", ""],
        ["income", "−0.250**", "0.040"],
        ["", "(0.100)", ""],
        ["a_b%", "1.20×10−7", "0.900"],
        ["", "(0.200)", ""],
    ]
    raised = [run.text for row in table.rows for cell in row.cells
              for run in cell.paragraphs[0].runs if run.font.superscript]  # fmt: skip
    assert raised == ["***", "**", "−7"]
    page = sc.write_tables({"ols": regression}, tmp_path / "t.html").read_text()
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    for figure in ("1.500", "0.003", "(0.500)", "0.040", "0.900"):
        assert figure in words


def test_tables_have_three_rules_and_no_other(regression, tmp_path):
    (table,) = Document(sc.write_tables({"ols": regression}, tmp_path / "t.docx")).tables
    assert all(found == {"top": 12, "bottom": 6} for found in _borders(table.rows[0]))
    assert all(found == {"bottom": 12} for found in _borders(table.rows[-1]))
    assert not any(_borders(row) for row in list(table.rows)[1:-1])
    assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None


def test_captions_are_numbered_and_chinese_has_its_typeface(regression, tmp_path):
    results = {"local_moran 2020": regression, "global_moran": regression}
    document = Document(sc.write_tables(results, tmp_path / "t.docx", language="zh"))
    captions = [p for p in document.paragraphs if p.style.name == "Caption"]
    fields = [p._p.find(qn("w:fldSimple")).get(qn("w:instr")) for p in captions]
    assert all("SEQ Table" in field for field in fields)
    assert "局部莫兰指数 2020" in captions[0].text
    fonts = document.element.body.iter(qn("w:rFonts"))
    assert {font.get(qn("w:eastAsia")) for font in fonts} == {"SimSun"}
    assert "括号内为标准误" in "".join(p.text for p in document.paragraphs)


def test_wide_tables_lie_across_and_wider_ones_are_continued(regression, tmp_path):
    wide = pd.DataFrame(
        {f"indicator {i}": [1.0, 2.0] for i in range(9)}, pd.Index(["a", "b"], name="unit")
    )
    wider = pd.concat([wide.add_suffix(f" of {part}") for part in range(4)], axis=1)
    document = Document(
        sc.write_tables({"ols": regression, "wide": wide, "wider": wider}, tmp_path / "t.docx")
    )
    assert [s.orientation for s in document.sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
    ]
    parts = document.tables[2:]
    assert len(parts) > 1
    assert all(_cells(part)[1][0] == "a" for part in parts)  # what a row is stands in each
    shown = [heading for part in parts for heading in _cells(part)[0][1:]]
    assert shown == list(wider.columns)
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert sum("continued" in caption for caption in captions) == len(parts) - 1
    room = document.sections[1].page_width - 2 * document.sections[1].left_margin
    for table in document.tables:
        assert sum(column.width for column in table.columns) <= room


def test_signs_that_no_document_can_hold_are_written_out(tmp_path):
    frame = pd.DataFrame({"name": ["a\x07b", "=1+1"]}, pd.RangeIndex(2))
    (table,) = Document(sc.write_tables({"names": frame}, tmp_path / "t.docx")).tables
    assert [row[0] for row in _cells(table)[1:]] == ["a\\x07b", "=1+1"]


def test_libreoffice_opens_it(regression, toys, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: the document was not opened")
    path = sc.write_tables({"ols": regression, "panel": toys.panel}, tmp_path / "t.docx")
    home = tmp_path / "profile"
    command = [office, f"-env:UserInstallation=file://{home}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", tmp_path, path], check=True, capture_output=True)
    assert (tmp_path / "t.pdf").read_bytes().startswith(b"%PDF")


def test_every_page_begins_with_the_label_of_its_group(toys, tmp_path):
    years = pd.Series([f"long group {i % 2}" for i in range(36)], toys.units, name="region")
    found = sc.malmquist(toys.panel[["forest"]], toys.panel[["income"]])
    many = sc.group_summary(toys.of(years=30).panel["income"], years)
    path = sc.write_tables({"means": many, "tfp": found}, tmp_path / "t.docx")
    for table in Document(path).tables:
        rows = list(table.rows)[1:]
        held = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in rows]
        run = 0
        for above, row in zip([None, *held], rows, strict=False):
            run = run + 1 if above else 0
            assert above or row.cells[0].text, "a page could begin without a label"
            assert run < 25
    said = [row.cells[0].text for table in Document(path).tables for row in table.rows]
    assert "" in said  # labels are not repeated on every row
