"""Results and figures show themselves in a notebook."""

from __future__ import annotations

from html.parser import HTMLParser

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd._notebook import as_html
from spatialccd._result import Result
from spatialccd.errors import ParameterError
from tests.test_alignment import CASES, _run
from tests.toys import Toys

_TOYS = Toys()


class _Reader(HTMLParser):
    """Collects the words of a page and sees that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows = 0
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.rows += tag == "tr"
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def _read(text):
    reader = _Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


@pytest.mark.parametrize(
    "name", ["coupling_coordination", "global_moran", "neighbors", "mgwr", "dagum_gini", "markov"]
)
def test_a_result_shows_a_short_table_and_its_notes(name):
    result = _run(name, CASES[name](_TOYS))
    assert isinstance(result, Result)
    reader = _read(result._repr_html_())
    assert reader.rows <= 14
    words = "".join(reader.words)
    assert repr(result.settings) in words
    for note in result.notes():
        assert note in words
    for part in result.further():
        assert part in words


def test_figures_are_those_of_the_table():
    result = _run("global_moran", CASES["global_moran"](_TOYS))
    words = "".join(_read(result._repr_html_()).words)
    for value in result.to_frame()["I"]:
        assert f"{value:.4g}" in words


def test_names_of_the_data_are_no_markup():
    frame = pd.DataFrame({"<b>x</b>": ["<script>alert(1)</script>"]}, index=["a & b"])
    text = as_html("f(<b>)", frame, ["<i>note</i>"], ["<u>"])
    assert not {"<b>", "<script>", "<i>", "<u>"} & set(text.replace(">", "> ").split(" "))
    assert "<script>" not in text
    assert "&lt;i&gt;note" in text


def test_a_long_table_says_how_long_it_is():
    text = as_html("f()", pd.DataFrame({"x": range(5000)}), [], [])
    assert "5000 rows" in text
    assert len(text) < 5000


def test_areas_are_shown_without_their_outlines():
    text = as_html("f()", _TOYS.areas, [], [])
    assert "POLYGON" not in text


def test_a_figure_shows_its_picture(tmp_path):
    ccd = sc.coupling_coordination(economy=_TOYS.scores["economy"], ecology=_TOYS.scores["ecology"])
    figure = sc.map_grades(ccd, _TOYS.areas, time=2020)
    assert figure._repr_html_() is None
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert "</svg>" in figure._repr_svg_()
    figure.ax.text(0.5, 0.5, "drawn on")
    assert "drawn on" in figure._repr_svg_()
    loaded = sc.load(sc.save(figure, tmp_path / "map.scc"))
    assert loaded._repr_png_().startswith(b"\x89PNG")
    assert "</svg>" in loaded._repr_svg_()
    with pytest.raises(ParameterError, match="draw it again"):
        _ = loaded.ax


def test_a_picture_held_for_the_page_only_is_shown_all_the_same():
    from spatialccd.report.paper.rendered import ON_PAGE, Rendered, Style, render

    figure = sc.map_values(_TOYS.year["income"], _TOYS.areas).figure
    assert render(figure, [ON_PAGE]).as_png().startswith(b"\x89PNG")
    assert Rendered((1, 1), {Style("svg", 300): b"<svg/>"}).as_png() is None


def test_a_map_of_many_points_leaves_lines_out(shared):
    areas = sc.read_boundaries("us_states")
    values = pd.Series(range(len(areas)), areas.index, dtype=float, name="x")
    figure = sc.map_values(values, areas)
    assert figure._repr_svg_() is None
    assert figure._repr_png_().startswith(b"\x89PNG")
