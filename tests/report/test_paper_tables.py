"""The tables that papers print: wide, with means, stars and words, alike in every file."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from docx import Document

import spatialccd as sc
from spatialccd.report.tables.gathered import lay_out_all
from spatialccd.report.words import headings
from spatialccd.report.words.spoken import Words
from tests.saved.test_round_trip import _GIVERS, _made


@pytest.fixture(scope="module")
def results():
    return {
        name: _made(name)
        for name in (
            "composite_index", "coupling_coordination", "factor_detector", "interaction_detector",
            "mgwr", "dagum_gini", "malmquist", "spatial_regression", "spatial_panel",
            "global_moran",
        )
    }  # fmt: skip


def _figure(text: str) -> float | None:
    """Read what a cell prints: a figure with its stars, brackets, sign and power of ten."""
    plain = text.replace("−", "-").replace(",", "").strip("()* ")  # "<0.001" is no figure
    found = re.fullmatch(r"(-?[\d.]+)(?:×10(-?\d+))?", plain)
    return float(found[1]) * 10.0 ** int(found[2] or 0) if found else None


def _tex_cell(cell: str) -> str:
    cell = re.sub(r"\$\^\{[^$]*\}\$", "", cell)
    cell = re.sub(r"\$\\times10\^\{(-?\d+)\}\$", r"×10\1", cell)
    return cell.replace("$-$", "-").replace("$<$", "<").strip()


def _docx_rows(path):
    for table in Document(path).tables:
        yield from ([cell.text for cell in row.cells] for row in table.rows[1:])


def _tex_rows(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.endswith(r"\\") and "&" in line:
            yield [_tex_cell(cell) for cell in line.removesuffix(r"\\").split("&")]


def _numbers(rows):
    return [n for row in rows for n in map(_figure, row) if n is not None]


def test_word_latex_and_workbook_carry_the_same_numbers(results, tmp_path):
    # Few columns at a time, so that neither Word nor LaTeX has to continue a table beside itself.
    narrow = {name: results[name] for name in ("coupling_coordination", "dagum_gini", "malmquist")}
    narrow |= {"q": results["factor_detector"], "panel": results["spatial_panel"]}
    docx = sc.write_tables(narrow, tmp_path / "t.docx", digits=4)
    tex = sc.write_tables(narrow, tmp_path / "t.tex", digits=4)
    words = _numbers(_docx_rows(docx))
    heads = {"Unit", "Group", "Time", "Factor", "Term", "Region", "Statistic", "Grade"}
    latex = _numbers(row for row in _tex_rows(tex) if row[0] not in heads)
    assert len(words) > 300
    assert set(words) == set(latex)  # Word repeats the labels of a table that it continues
    book = openpyxl.load_workbook(sc.write_tables(narrow, tmp_path / "t.xlsx"))
    figures = [
        float(cell)
        for sheet in book.worksheets[1:-1]
        for row in sheet.iter_rows(min_row=5, values_only=True)
        for cell in row
        if isinstance(cell, int | float)
    ]
    known = np.sort(figures)
    at = np.searchsorted(known, words).clip(1, len(known) - 1)
    nearest = np.minimum(abs(known[at] - words), abs(known[at - 1] - words))
    # A figure that rounds to 0.0000 is written with a power of ten, of as many digits.
    assert np.array(words)[nearest > 0.500001 * 10.0**-4].tolist() == []


def test_d_stands_by_unit_and_year_with_means_of_groups(toys):
    ccd = sc.coupling_coordination(economy=toys.scores["economy"], ecology=toys.scores["ecology"])
    tables = {t.name: t for t in lay_out_all({"ccd": ccd}, Words(), groups=toys.regions)}
    wide = tables["ccd D"].frame
    assert list(wide.columns) == ["group", "unit", "2018", "2019", "2020"]
    for group in toys.regions.unique():
        units = toys.regions.index[toys.regions == group]
        row = wide[(wide["group"] == group) & (wide["unit"] == "Mean of the group")]
        expected = ccd.D.xs(2019, level="time")[units].mean()
        assert row["2019"].iloc[0] == pytest.approx(expected, rel=1e-12)
    last = wide.iloc[-1]
    assert last["unit"] == "Mean of all"
    assert last["2020"] == pytest.approx(ccd.D.xs(2020, level="time").mean(), rel=1e-12)
    assert not tables["ccd"].on_paper  # its rows are those of the wide table
    assert "n = 36 units" in tables["ccd D"].caption


@pytest.mark.parametrize(
    ("method", "words"), [("queen", "Queen contiguity;"), ("kernel", "Gaussian kernel;")]
)
def test_a_kernel_is_told_of_neighbors_that_have_one(toys, method, words):
    graph = sc.neighbors(toys.areas, method=method, k=4 if method == "kernel" else None)
    (table,) = [t for t in lay_out_all({"neighbors": graph}, Words()) if t.name == "neighbors"]
    assert words in table.caption
    assert ("kernel" in table.caption) == (method == "kernel")


def test_q_stands_by_region_and_year_with_stars(results):
    found = results["factor_detector"]
    tables = {t.name: t for t in lay_out_all({"q": found}, Words())}
    wide = tables["q q"]
    figures = found.figures.set_index(["region", "time", "factor"])
    for at, row in wide.frame.iterrows():
        for factor in ("smoke", "forest", "schools"):
            own = figures.loc[(row["region"], row["time"], factor)]
            assert row[factor] == pytest.approx(own["q"], nan_ok=True)
            p = own["p_permutation"]
            assert (wide.stars.loc[at, factor] != "") == bool(p < 0.1)
    assert not tables["q"].on_paper


def test_indicator_system_holds_directions_and_weights(toys):
    economy = sc.composite_index(toys.panel, {"income": "benefit", "schools": "benefit"})
    ecology = sc.composite_index(
        toys.panel, {"smoke": "cost", "forest": "moderate"}, targets={"forest": [30.0, 40.0]}
    )
    tables = list(lay_out_all({"economy": economy, "ecology": ecology}, Words("zh")))
    system = tables[0]
    assert system.title == "评价指标体系"
    assert system.frame["direction"].tolist() == ["+（正向）"] * 2 + ["−（负向）", "适度"]
    assert system.frame["target"].tolist()[-1] == "30–40"
    assert system.frame.groupby("subsystem")["weight"].sum().tolist() == pytest.approx([1, 1])
    assert not any(t.on_paper for t in tables if t.name.endswith(" indicators"))


def test_productivity_by_group_and_year_says_how_many(results):
    found = results["malmquist"]
    table = {t.name: t for t in lay_out_all({"m": found}, Words())}["m tfpch"].frame
    row = table.set_index("group").loc["All"]
    assert row["2020"] == pytest.approx(found.means.loc[("All", 2020), "tfpch"])
    assert row["n"] == found.means.loc[("All", 2020), "n"]


def test_parameters_of_scale_have_no_stars(results):
    tables = {t.name: t for t in lay_out_all({"sdm": results["spatial_panel"]}, Words())}
    main = tables["sdm"]
    scale = main.frame["term"] == "σ²"
    assert scale.sum() == 1
    assert (main.stars[scale] == "").all(axis=None)
    cells = sc.regression_table(results["spatial_panel"]).table.loc["terms", "(1)"]
    assert "*" not in cells["sigma2"]


def test_many_units_are_in_the_workbook_and_in_short_on_paper(tmp_path):
    units = pd.MultiIndex.from_product([range(100), [2019, 2020]], names=["unit", "time"])
    rng = np.random.default_rng(1)
    a, b = (pd.Series(rng.uniform(0.1, 0.9, 200), units) for _ in range(2))
    found = {"lead": sc.relative_development(a, b)}
    paper = Document(sc.write_tables(found, tmp_path / "t.docx"))
    assert max(len(table.rows) for table in paper.tables) < 20
    assert paper.tables[0].rows[0].cells[0].text == "Variable"
    book = openpyxl.load_workbook(sc.write_tables(found, tmp_path / "t.xlsx"))
    assert book["lead"].max_row == 204


def test_captions_are_sentences_in_both_languages(results):
    named = {"global_moran": results["global_moran"], "mgwr": results["mgwr"]}
    english = {t.name: t.caption for t in lay_out_all(named, Words(), place="Toyland")}
    assert english["global_moran"] == (
        "Global Moran's I of income, Toyland, 2018–2020. 99 permutations; n = 36."
    )
    chinese = {t.name: t.caption for t in lay_out_all(named, Words("zh"), place="玩具国")}
    assert chinese["global_moran"] == "玩具国2018—2020年income的全局莫兰指数（99次置换；n = 36）"
    assert chinese["mgwr bandwidths"].startswith("玩具国income的多尺度地理加权回归：带宽")
    assert not any("(" in c or ":" in c for c in chinese.values())


_DATA = {"income", "schools", "smoke", "forest", "economy", "ecology"}
#: What users call their own kinds and groups, which no language of ours covers.
_OWN = {"Central", "East", "West", "Central - East", "Central - West", "East - West"}
#: Schemes and models that results of these cases are called by, as the field writes them.
_CALLED = {"standard", "wang", "fan", "equal", "critic", "topsis", "vikor", "entropy"}


@pytest.mark.parametrize("name", _GIVERS)
def test_every_heading_is_words_in_both_languages(name):
    """No identifier reaches a reader: columns and parts of every result have words."""
    result = _made(name)
    if not hasattr(result, "further") or hasattr(result, "save"):
        pytest.skip("no tables of its own")
    plain: list[str] = []
    for language in ("en", "zh"):
        for table in lay_out_all({name: result}, Words(language)):
            for column, said in zip(table.frame.columns, table.headings, strict=True):
                own = re.sub(
                    r"^(coef|se|t|low|high|significant|slack|target|vif|vdp|c|shap|effect)_",
                    "",
                    column,
                )
                kept = {*_DATA, *_OWN, *_CALLED, "none", "Intercept"} & {column, own}
                if language == "en" and "_" in said.replace("_" + own, "") and not kept:
                    plain.append(f"{table.name}: {column} -> {said}")
                known = re.search("[一-鿿]", said) or kept or len(column) < 3
                symbol = re.fullmatch(r"[\W\dA-Z]+|.*\d{4}|kmo|aicc?|bic|GM.*|\(\d\)", said)
                if language == "zh" and not known and not symbol and said == column:
                    plain.append(f"{table.name}: {column}")
    assert not plain
    parts = {part for part in result.further() if part not in headings.PARTS}
    assert not {part for part in parts if Words("zh").part(part) == part}


#: Table 3 of the 31-province study: means of the regions and of all, as printed.
_PUBLISHED = {
    "East": "0.457 0.475 0.484 0.496 0.496 0.505 0.541 0.543 0.557 0.552",
    "Mean of all": "0.385 . . . . . . . . 0.508",
}


def test_table_3_of_the_study_comes_back():
    """D by province and year with means of regions, from the published degrees."""
    path = Path(__file__).parents[2] / "examples/china_provinces/data"
    panel = sc.read_panel(path / "china_province_ccd_2011_2020.csv", unit="adcode", time="year")
    grades = sc.coordination_grades(panel["D"])
    groups = panel["region"].groupby(level=0).last()
    tables = {t.name: t for t in lay_out_all({"D": grades}, Words(), groups=groups)}
    wide = tables["D D"].frame
    means = wide[wide["unit"] == "Mean of the group"].set_index("group")
    east = next(group for group in means.index if "east" in group.lower())
    rows = {"East": means.loc[east], "Mean of all": wide.iloc[-1]}
    years = [str(year) for year in range(2011, 2021)]
    for name, printed in _PUBLISHED.items():
        for year, figure in zip(years, printed.split(), strict=True):
            if figure != ".":
                assert float(rows[name][year]) == pytest.approx(float(figure), abs=0.0011), year
