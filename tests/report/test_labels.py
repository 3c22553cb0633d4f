"""One table of labels names variables wherever they are printed."""

from __future__ import annotations

import inspect
import sqlite3
from contextlib import closing

import geopandas as gpd
import matplotlib.text
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import catalog
from spatialccd.errors import ParameterError
from spatialccd.report.words.spoken import Words

LABELS = {
    "income": {"en": "Income per head", "zh": "人均收入", "unit": "1,000 yuan", "unit_zh": "千元"},
    "smoke": {"en": "Smoke (log)", "zh": "烟尘（对数）", "unit": "t"},
}


def _texts(figure):
    return " | ".join(t.get_text() for t in figure.figure.findobj(matplotlib.text.Text))


def _draws(tool):
    """Whether it draws words of its own, and not figures that were drawn before."""
    drawn = tool.returns in ("Figure", "Map") and tool.station == "report"
    return drawn and any(p.name == "language" for p in tool.parameters)


@pytest.mark.parametrize("tool", [t.name for t in catalog.tools() if _draws(t)])
def test_every_figure_takes_labels(tool):
    assert "labels" in inspect.signature(getattr(sc, tool)).parameters


def test_a_name_stands_for_both_languages_and_units_come_from_the_file():
    plain = Words.of("zh", {"gdp": "GDP"})
    assert plain.measure("gdp") == "GDP"
    frame = pd.DataFrame({"gdp": [1.0]})
    frame.attrs = {"units": {"gdp": "yuan", "jobs": "10,000"}}
    words = Words.of("en", {"gdp": "GDP", "jobs": {"unit": "1,000"}}).measured(frame)
    assert [words.measure(name) for name in ("gdp", "jobs")] == ["GDP (yuan)", "jobs (1,000)"]


def test_chinese_without_a_label_of_its_own_keeps_the_usual_word():
    words = Words.of("zh", {"rank": {"en": "Place"}, "x": {"en": "Ex"}})
    assert words.say("rank") == "排名"
    assert words.say("x") == "Ex"


def test_all_faults_of_labels_are_told_at_once():
    with pytest.raises(ParameterError) as told:
        Words.of("en", {"a": 3, "b": {"unti": "m"}, "c": {"en": 2}})
    message = str(told.value)
    assert "a = 3" in message
    assert "did you mean 'unit'" in message
    assert "c.en = 2" in message
    with pytest.raises(ParameterError, match="table of variables"):
        Words.of("en", ["gdp"])


def test_a_map_says_name_and_unit(toys):
    drawn = sc.map_values(toys.panel["income"], toys.areas, time=2020, labels=LABELS)
    assert "Income per head (1,000 yuan), quantiles, 5 classes" in _texts(drawn).replace("\n", " ")
    titled = sc.map_bivariate(
        toys.year["income"], toys.year["smoke"], toys.areas, labels=LABELS, names="name"
    )
    texts = _texts(titled)
    assert "Income per head" in texts
    assert "Smoke (log)" in texts


def test_text_for_labels_is_the_names_of_units(toys):
    texts = _texts(sc.map_values(toys.year["income"], toys.areas, labels="name", width="double"))
    assert "Area 3" in texts


@pytest.mark.parametrize(("language", "word"), [("en", "Smoke (log)"), ("zh", "烟尘（对数）")])
def test_every_file_says_the_same_words(toys, tmp_path, language, word):
    q = sc.factor_detector(
        toys.year["forest"], sc.stratify(toys.year[["income", "smoke"]], k=3), seed=1,
        n_permutations=99,
    )  # fmt: skip
    results = {"panel": toys.panel, "q": q}
    words = {"language": language, "labels": LABELS}
    text = sc.write_tables(results, tmp_path / "t.html", **words).read_text(encoding="utf-8")
    assert f'<td class="t">{word}</td>' in text
    page = sc.write_page(results, tmp_path / "p.html", title="t", areas=toys.areas, **words)
    assert word in page.read_text(encoding="utf-8")
    package = sc.write_geopackage(results, toys.areas, tmp_path / "t.gpkg", **words)
    with closing(sqlite3.connect(package)) as database:
        titles = [row[0] for row in database.execute("SELECT title FROM gpkg_data_columns")]
    assert any(word in title for title in titles)
    layer = gpd.read_file(package, layer="results")
    assert "panel_smoke_2020" in layer  # the columns keep their names


def test_headings_of_results_are_words_and_those_of_own_frames_stay(toys, tmp_path):
    lisa = sc.local_moran(toys.year["income"], toys.graph, n_permutations=99, seed=1)
    text = sc.write_tables({"lisa": lisa}, tmp_path / "a.html").read_text(encoding="utf-8")
    heads = text[text.index("<thead>") : text.index("</thead>")]
    assert "Spatial lag" in heads
    assert "p (permutation)" in heads
    assert "_" not in heads
    own = sc.write_tables({"own": toys.panel}, tmp_path / "b.html").read_text(encoding="utf-8")
    assert ">income</th>" in own


def test_a_prefix_is_no_part_of_a_variable_of_that_name():
    """A column low_income of a user's own is no lower end of anything."""
    assert Words("zh").heading("low_income", ["income_group"]) == "low_income"
    assert Words("zh").heading("low_income", ["high_income"]) == "下限：income"


@pytest.mark.parametrize(("language", "name"), [("en", "Area 3"), ("zh", "三区")])
def test_names_stand_beside_the_codes_of_units(toys, tmp_path, language, name):
    areas = toys.areas.assign(name_zh=[f"{'一二三四五'[i % 5]}区" for i in range(len(toys.areas))])
    areas.loc["A03", "name_zh"] = "三区"
    results = {"links": sc.neighbors(toys.areas), "panel": toys.panel}
    path = tmp_path / "t.html"
    text = sc.write_tables(results, path, areas=areas, language=language).read_text("utf-8")
    assert f'<td class="t">A03</td><td class="t">{name}</td>' in text
    with pytest.raises(ParameterError, match="nam"):
        sc.write_tables(results, path, areas=areas, names="nam")


def test_sheets_have_chinese_names(toys, tmp_path):
    moran = sc.global_moran(toys.year["income"], toys.graph, n_permutations=99, seed=1)
    import openpyxl

    path = sc.write_tables({"global_moran": moran}, tmp_path / "t.xlsx", language="zh")
    assert openpyxl.load_workbook(path).sheetnames == ["目录", "全局莫兰指数", "版本"]
