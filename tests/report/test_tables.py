from __future__ import annotations

import shutil
import subprocess

import numpy as np
import openpyxl
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import ParameterError


@pytest.fixture
def moran(toys):
    return sc.global_moran(toys.panel["income"], toys.graph, n_permutations=99, seed=1)


@pytest.fixture
def regression():
    return pd.DataFrame(
        {"coef": [1.5, -0.25, 0.01], "se": [0.5, 0.1, 0.2], "p": [0.003, 0.04, 0.9]},
        index=pd.Index(["Intercept", "income", "a_b%"], name="variable"),
    )


def _book(path):
    return openpyxl.load_workbook(path)


def test_workbook_gives_back_every_figure(toys, moran, tmp_path):
    path = sc.write_tables({"moran": moran, "panel": toys.panel}, tmp_path / "t.xlsx")
    assert _book(path).sheetnames == ["Contents", "moran", "panel", "Versions"]
    back = pd.read_excel(path, sheet_name="panel", header=3, engine="openpyxl").set_index(
        ["unit", "time"]
    )
    pd.testing.assert_frame_equal(back, toys.panel, check_names=False)


def test_stars_and_brackets_are_number_formats(regression, tmp_path):
    sheet = _book(sc.write_tables({"ols": regression}, tmp_path / "t.xlsx"))["ols"]
    assert [sheet.cell(row, 2).number_format for row in (5, 6, 7)] == [
        '0.000"***"',
        '0.000"**"',
        "0.000",
    ]
    assert sheet.cell(5, 2).value == 1.5
    assert sheet.cell(5, 3).number_format == "(0.000)"


def test_the_sheet_says_how_the_result_was_made(moran, tmp_path):
    sheet = _book(sc.write_tables({"moran": moran}, tmp_path / "t.xlsx"))["moran"]
    assert sheet.cell(2, 1).value.startswith("global_moran(")
    assert "seed=1" in sheet.cell(2, 1).value


def test_names_of_sheets_are_made_fit_for_excel(toys, tmp_path):
    long = "a" * 40
    names = {f"{long}1": toys.year, f"{long}2": toys.year, "q: [a/b]": toys.year}
    sheets = _book(sc.write_tables(names, tmp_path / "t.xlsx")).sheetnames
    assert len(set(sheets)) == 5
    assert all(len(name) <= 31 for name in sheets)


def test_text_is_never_a_formula(tmp_path):
    frame = pd.DataFrame({"name": ["=1+1"]})
    sheet = _book(sc.write_tables({"x": frame}, tmp_path / "t.xlsx"))["x"]
    assert sheet.cell(5, 1).data_type == "s"


def test_latex_escapes_stars_and_puts_errors_below(regression, tmp_path):
    text = sc.write_tables({"my_ols": regression}, tmp_path / "t.tex").read_text()
    assert r"Intercept & 1.500$^{***}$ & 0.003 \\" in text
    assert r" & (0.500)$^{\phantom{***}}$ &  \\" in text
    assert r"income & $-$0.250$^{**\phantom{*}}$ & 0.040 \\" in text
    assert r"a\_b\% & 0.010$^{\phantom{***}}$ & 0.900 \\" in text
    assert r"\caption{my ols}\label{tab:my-ols}" in text
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 1
    assert "Standard errors in brackets" in text


def test_long_tables_break_over_pages_and_wide_ones_in_parts(tmp_path):
    long = pd.DataFrame({"x": np.arange(90.0)})
    both = pd.DataFrame(np.arange(90.0 * 14).reshape(90, 14)).add_prefix("column")
    text = sc.write_tables({"long": long, "both": both}, tmp_path / "t.tex").read_text()
    assert text.count(r"\begin{longtable}{r}") == text.count(r"\endfirsthead") == 1
    assert text.count(r"\label{tab:both}") == 1
    assert text.count(r"\caption[]{both (continued)}") == text.count(r"\begin{table}") - 1 >= 1
    body = text[text.index(r"\label{tab:both}") :]
    assert [f"{at * 14:,}.000 &" in body for at in range(90)] == [True] * 90


def _compiled(engine, document, folder):
    """Compile a document twice, so that references settle; give the log."""
    (folder / "paper.tex").write_text(document, encoding="utf-8")
    for _ in range(2):
        subprocess.run(
            [engine, "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
    return (folder / "paper.log").read_text(encoding="utf-8", errors="replace")


def _paper(kind):
    packages = "".join(rf"\usepackage{{{p}}}" for p in ("booktabs", "longtable", "graphicx"))
    return rf"\documentclass{{{kind}}}{packages}\begin{{document}}\input{{t}}\end{{document}}"


def _has(engine, package):
    if shutil.which(engine) is None or shutil.which("kpsewhich") is None:
        return False
    return subprocess.run(["kpsewhich", package], capture_output=True).returncode == 0


@pytest.fixture
def everything(toys, moran, regression):
    awkward = pd.DataFrame({r"50% & #1_{a}^b~$\x": ["<σ>", "β ≤ 1°", "−2 × 10²"], "n": [1, -2, 3]})
    both = pd.DataFrame(np.logspace(-9, 12, 90 * 14).reshape(90, 14)).add_prefix("column")
    return {
        "moran": moran, "ols": regression, "panel": toys.panel, "awkward": awkward,
        "both": both, "none": toys.panel.iloc[:0],
    }  # fmt: skip


_FAULTS = ("Overfull", "Float too large", "Missing character", "LaTeX Warning")


@pytest.mark.skipif(not _has("pdflatex", "booktabs.sty"), reason="no LaTeX here")
def test_latex_compiles_within_the_page(everything, tmp_path):
    sc.write_tables(everything, tmp_path / "t.tex")
    log = _compiled("pdflatex", _paper("article"), tmp_path)
    assert [line for line in log.splitlines() if any(fault in line for fault in _FAULTS)] == []


@pytest.mark.skipif(not _has("xelatex", "ctex.sty"), reason="no LaTeX for Chinese here")
def test_chinese_latex_compiles_within_the_page(everything, tmp_path):
    sc.write_tables(
        {"β收敛": everything.pop("ols"), **everything}, tmp_path / "t.tex", language="zh"
    )
    log = _compiled("xelatex", _paper("ctexart"), tmp_path)
    assert [line for line in log.splitlines() if any(fault in line for fault in _FAULTS)] == []


def test_shortened_tables_say_so(toys, tmp_path):
    text = sc.write_tables({"p": toys.panel}, tmp_path / "t.html", max_rows=5).read_text()
    assert text.count("<tr>") == 6
    assert "The first 5 of 108 rows." in text


def test_html_escapes(tmp_path):
    frame = pd.DataFrame({"<b>": ["<script>"]})
    text = sc.write_tables({"x & y": frame}, tmp_path / "t.html").read_text()
    assert "<script>" not in text
    assert "x &amp; y" in text


def test_chinese_headings(moran, tmp_path):
    path = sc.write_tables({"莫兰": moran}, tmp_path / "t.xlsx", language="zh")
    book = _book(path)
    assert book.sheetnames[:2] == ["目录", "莫兰"]
    assert book["莫兰"].cell(4, 1).value == "时间"


def test_awkward_cells(tmp_path):
    frame = pd.DataFrame(
        {
            "flag": [True, False],
            "list": [["a", "b"], []],
            "figure": [np.nan, np.inf],
            "kind": pd.Categorical(["x", None]),
            "when": pd.to_datetime(["2020-01-01", None]),
        },
        index=pd.Index(["u", "v"]),
    )
    for suffix in ("xlsx", "tex", "html"):
        path = sc.write_tables({"odd": frame}, tmp_path / f"t.{suffix}")
        assert path.stat().st_size > 0
    sheet = _book(tmp_path / "t.xlsx")["odd"]
    assert [cell.value for cell in sheet[5]] == [
        "u",
        "yes",
        "a, b",
        None,
        "x",
        "2020-01-01 00:00:00",
    ]
    assert sheet.cell(6, 4).value == "∞"


def test_bad_requests_leave_no_file(toys, tmp_path):
    with pytest.raises(ParameterError, match="empty"):
        sc.write_tables({}, tmp_path / "t.xlsx")
    with pytest.raises(ParameterError, match="suffix"):
        sc.write_tables({"a": toys.panel}, tmp_path / "t.doc")
    with pytest.raises(ParameterError, match="language"):
        sc.write_tables({"a": toys.panel}, tmp_path / "t.tex", language="fr")
    assert list(tmp_path.iterdir()) == []


def test_a_result_prints_what_belongs_to_it_after_itself(toys, tmp_path):
    """Tests of groups, and means by group, are no part of the main table but of the report."""
    found = sc.group_heterogeneity(toys.panel["income"], toys.regions.to_frame())
    path = sc.write_tables({"heterogeneity": found}, tmp_path / "tables.xlsx")
    book = _book(path)
    assert book.sheetnames[1:4] == ["heterogeneity", "heterogeneity tests", "heterogeneity pairs"]
    rows = list(book["heterogeneity tests"].iter_rows(values_only=True))
    head = next(i for i, row in enumerate(rows) if row[0] == "Grouping")
    written = [row[2] for row in rows[head + 1 :]]
    assert written == pytest.approx(found.tests["H"].to_list(), abs=1e-12)
    page = sc.write_page({"heterogeneity": found}, tmp_path / "page.html", title="Toys")
    assert "heterogeneity: pairs" in page.read_text(encoding="utf-8")
