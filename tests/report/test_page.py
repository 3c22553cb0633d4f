from __future__ import annotations

import base64
import gzip
import json
import re
import warnings
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
import shapely

import spatialccd as sc
from spatialccd.errors import FontWarning, GeometryWarning, ParameterError
from spatialccd.report.page.layers import drawing, layers
from spatialccd.report.words.spoken import Words


@pytest.fixture
def study(toys):
    economy, ecology = toys.scores["economy"], toys.scores["ecology"]
    ccd = sc.coupling_coordination(economy=economy, ecology=ecology)
    lisa = sc.local_moran(ccd.D.xs(2020, level="time"), toys.graph, n_permutations=99, seed=1)
    return {"ccd": ccd, "lisa": lisa}


@pytest.fixture
def page(study, toys, tmp_path):
    path = sc.write_page(
        study,
        tmp_path / "page.html",
        title="Growth & <green>",
        areas=toys.areas,
        figures={"grades": sc.map_grades(study["ccd"], toys.areas, time=2020)},
        notes="Made for a test.",
        warnings=[{"step": "ccd", "message": "a <b>warning</b>"}],
    )
    return path.read_text(encoding="utf-8")


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if "id" in found:
            self.ids.add(found["id"])
        self.links += [found[key] for key in ("href", "src") if key in found]
        if tag not in ("meta", "link", "img", "br", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def _unpacked(text):
    return json.loads(gzip.decompress(base64.b64decode(text)))


def _data(page):
    """What the map's script reads, and the areas as they stand in the page."""
    found = re.search(r'<script type="application/gzip" id="atlas-data">(.*?)</script>', page)
    paths = re.findall(r'<path d="([^"]*)" data-unit', page)
    return {**_unpacked(found.group(1)), "paths": paths}


def _rows(page):
    """All rows of each table, as their script reads them."""
    found = re.findall(r'<script type="application/gzip" class="rows">(.*?)</script>', page)
    return [_unpacked(text) for text in found]


def test_the_page_is_whole_and_needs_nothing_else(page):
    outline = _Outline()
    outline.feed(page)
    assert outline.open == []
    assert {"study", "map", "figures", "tables", "methods", "settings"} <= outline.ids
    for link in outline.links:
        assert link.startswith(("#", "data:"))
        assert not link.startswith("#") or link[1:] in outline.ids
    assert "Growth &amp; &lt;green&gt;" in page
    assert "<b>warning</b>" not in page


def test_it_says_how_every_result_was_made(page):
    assert "coupling_coordination" in page
    assert "D = √(C T)" in page
    assert "Anselin" in page
    assert "numpy" in page
    assert "ISC" in page or "Permission to use" in page


def test_the_map_holds_every_figure(page, study, toys):
    data = _data(page)
    layer = data["layers"][data["first"]]
    assert layer["column"] == "D"
    assert layer["times"] == ["2018", "2019", "2020"]
    for t, year in enumerate(toys.years):
        expected = study["ccd"].D.xs(year, level="time").reindex(data["units"])
        np.testing.assert_allclose(layer["values"][t], expected, rtol=1e-3)
    grade = next(each for each in data["layers"] if each["column"] == "grade")
    first = study["ccd"].grade.xs(2018, level="time").reindex(data["units"])
    assert [grade["labels"][code] for code in grade["classes"][0]] == first.to_list()


def test_units_without_a_figure_are_blank(study, toys):
    frame = study["lisa"].to_frame().iloc[1:]
    for layer in layers({"lisa": frame}, toys.units, toys.units, Words()):
        assert layer.classes[0][0] == -1
        assert len(layer.classes[0]) == 36


def test_what_is_not_on_units_is_no_layer(toys):
    other = pd.DataFrame({"q": [0.1]}, index=["income"])
    assert layers({"q": other}, toys.units, toys.units, Words()) == []


def test_signed_figures_part_at_zero(toys):
    values = pd.DataFrame({"coef": np.linspace(-1, 2, 36)}, toys.units)
    (layer,) = layers({"gwr": values}, toys.units, toys.units, Words())
    below = [
        code for code, value in zip(layer.classes[0], layer.values[0], strict=True) if value < 0
    ]
    above = [
        code for code, value in zip(layer.classes[0], layer.values[0], strict=True) if value >= 0
    ]
    assert max(below) < min(above)


def test_drawing_keeps_areas_and_their_places(toys):
    paths, size, units, _ = drawing(toys.areas)
    assert size == (1000.0, 1000.0)
    assert list(units) == list(toys.units)
    x, y, steps = re.match(r"M([\d.]+) ([\d.]+)l(.*)z", paths[0]).groups()
    numbers = [float(n) for n in re.findall(r"-?\d*\.?\d+", steps)]
    moves = np.array(numbers).reshape(-1, 2)
    ring = np.array([float(x), float(y)]) + np.r_[[[0, 0]], np.cumsum(moves, axis=0)]
    assert shapely.Polygon(ring).area == pytest.approx((1000 / 6) ** 2, rel=0.01)
    assert ring[:, 1].min() > 800  # A00 stands in the south: at the foot of the drawing


def test_31_provinces_in_10_years_stay_small(shared, tmp_path):
    frame = pd.read_csv(shared / "data/china_province_ccd_2011_2020.csv", dtype={"adcode": str})
    D = frame.rename(columns={"adcode": "unit", "year": "time"}).set_index(["unit", "time"])["D"]
    areas = sc.read_boundaries("china_provinces")
    grades = sc.coordination_grades(D)
    path = sc.write_page(
        {"grades": grades},
        tmp_path / "page.html",
        title="31 provinces",
        areas=areas,
        figures={"all": sc.map_grades(grades, areas)},
    )
    assert path.stat().st_size < 6e6
    assert "Shandong" in path.read_text(encoding="utf-8")


def test_chinese(study, toys, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FontWarning)  # the page's own words need no font here
        path = sc.write_page(
            study, tmp_path / "p.html", title="耦合协调", areas=toys.areas, language="zh"
        )
    text = path.read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in text
    assert "交互地图" in text
    grade = next(each for each in _data(text)["layers"] if each["column"] == "grade")
    assert "勉强协调" in grade["labels"]


def test_odd_geometry_stays_on_the_map(toys, tmp_path):
    shapes = toys.areas.geometry.to_list()
    shapes[0] = shapely.Polygon([(0, 0), (1e4, 1e4), (1e4, 0), (0, 1e4)])  # crosses itself
    shapes[1] = shapely.Point(15_000, 5_000)
    shapes[2] = shapely.GeometryCollection([shapes[2], shapely.LineString([(0, 0), (1, 1)])])
    shapes[4] = shapely.Polygon()
    areas = toys.areas.set_geometry(shapes, crs=3857)
    with pytest.warns(GeometryWarning, match="A04"):
        path = sc.write_page({"year": toys.year}, tmp_path / "p.html", title="Odd", areas=areas)
    data = _data(path.read_text(encoding="utf-8"))
    drawn = dict(zip(data["units"], data["paths"], strict=True))
    assert set(drawn) == set(toys.units) - {"A04"}
    assert all(path.startswith("M") for path in drawn.values())
    income = next(each for each in data["layers"] if each["column"] == "income")
    assert income["values"][0][0] == pytest.approx(toys.year["income"].iloc[0], rel=1e-3)


def test_a_page_of_figures_has_no_script(tmp_path, toys, study):
    figures = {"grades": sc.map_grades(study["ccd"], toys.areas, time=2020)}
    path = sc.write_page({}, tmp_path / "p.html", title="Figures", figures=figures)
    assert "<script" not in path.read_text(encoding="utf-8")


def test_a_page_of_tables_has_no_map(tmp_path, toys):
    path = sc.write_page({"panel": toys.panel}, tmp_path / "p.html", title="Tables")
    text = path.read_text(encoding="utf-8")
    assert 'id="map"' not in text
    assert "var d3=" not in text
    assert "var fflate=" in text


def test_a_long_table_shows_its_first_rows_and_holds_all(tmp_path, toys):
    path = sc.write_page({"panel": toys.panel}, tmp_path / "p.html", title="T", max_rows=7)
    text = path.read_text(encoding="utf-8")
    assert text.count("<tr>") == 1 + 7 + 2  # the head, the rows, and the table of steps
    assert "The first 7 of 108 rows." in text
    (rows,) = _rows(text)
    held = dict(zip(rows["headings"], rows["columns"], strict=True))
    income = toys.panel["income"].to_numpy()
    np.testing.assert_allclose(next(c for h, c in held.items() if "ncome" in h), income, rtol=1e-7)


def test_the_workbook_is_linked_from_where_the_page_is(tmp_path, study):
    folder = tmp_path / "a b"
    folder.mkdir()
    book = sc.write_tables(study, folder / "ta#bles.xlsx")
    page = sc.write_page(study, tmp_path / "p.html", title="T", workbook=book)
    assert 'href="a%20b/ta%23bles.xlsx"' in page.read_text(encoding="utf-8")


def test_names_of_the_data_are_no_markup(tmp_path, toys):
    """Labels, columns, steps and titles with all that could end an element or a script."""
    evil = '</script><!--<b>"x"\'&\u2028😀{{ 7*7 }}'
    frame = toys.year[["income"]].rename(columns={"income": evil}).assign(kind=evil)
    areas = toys.areas.assign(name=evil)
    path = sc.write_page(
        {evil: frame},
        tmp_path / "p.html",
        title=evil,
        areas=areas,
        notes=evil,
        warnings=[{"step": evil, "message": evil}],
    )
    text = path.read_text(encoding="utf-8")
    outline = _Outline()
    outline.feed(text)
    assert outline.open == []
    assert evil not in text
    assert "49" not in text.split("</h1>")[0].split("<h1>")[1]
    assert _data(text)["names"][0] == evil
    assert _rows(text)[0]["headings"][-1] == "kind"


def test_words_that_are_no_text_of_any_language_are_written(tmp_path, toys):
    """Half a character, as a broken file may hold."""
    path = sc.write_page({"f": toys.year}, tmp_path / "p.html", title="\ud83d", notes="a\udc80b")
    assert "<h1>?</h1>" in path.read_text(encoding="utf-8")


def test_bad_requests_leave_no_file(toys, tmp_path):
    with pytest.raises(ParameterError, match=r"\.html"):
        sc.write_page({"panel": toys.panel}, tmp_path / "p.pdf", title="x")
    with pytest.raises(ParameterError, match="nothing to show"):
        sc.write_page({}, tmp_path / "p.html", title="x")
    with pytest.raises(ParameterError, match="names"):
        sc.write_page(
            {"p": toys.panel}, tmp_path / "p.html", title="x", areas=toys.areas, names="nom"
        )
    assert list(tmp_path.iterdir()) == []


def test_a_time_without_any_figure_is_blank(toys):
    """Such as the first year of a rate of change."""
    speed = toys.panel["income"].groupby(level="unit").diff().to_frame("speed")
    (layer,) = layers({"speeds": speed}, toys.units, toys.units, Words())
    assert layer.times == [str(year) for year in toys.years]
    assert set(layer.classes[0]) == {-1}
    assert -1 not in layer.classes[1]
