"""The contact sheet: every map and chart with hard input, in both languages.

``CONTACT_SHEET=folder python -m pytest -m "" tests/report/test_contact_sheet.py`` writes
each as a PNG into that folder, to be looked at.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from matplotlib.text import Text

from spatialccd import catalog
from spatialccd.report.paper.style import house_style
from tests.report.contact import Hard, cases

CASES = dict(cases())
#: One of each stays in the quick suite; all are drawn where slow tests are.
QUICK = ("map_grades with gaps", "map_bivariate", "chart_interactions", "chart_obstacles radar")


@pytest.fixture(scope="module")
def hard() -> Hard:
    return Hard()


def _params():
    for name in CASES:
        marks = () if name in QUICK else (pytest.mark.slow,)
        for language in ("en", "zh"):
            yield pytest.param(name, language, marks=marks, id=f"{name}, {language}")


@pytest.mark.filterwarnings("ignore::spatialccd.errors.SpatialCCDWarning")
@pytest.mark.parametrize(("name", "language"), list(_params()))
def test_words_are_large_enough_whole_and_apart(hard, name, language):
    figure = CASES[name](hard, {"language": language}).figure
    folder = os.environ.get("CONTACT_SHEET")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with house_style():
            figure.savefig(Path(folder) / f"{name} {language}.png".replace(" ", "_"), dpi=150)
    for one in [part.figure for part in getattr(figure, "parts", ())] or [figure]:
        _check(one)


def _check(figure):
    """Look at the words of a figure, or of one that a panel is made of."""
    with house_style():
        figure.set_dpi(150)
        figure.draw_without_rendering()
        hidden = _hidden_ticks(figure)
        texts = [t for t in figure.findobj(Text) if _is_seen(t) and id(t) not in hidden]
        boxes = [(t, Text.get_window_extent(t)) for t in texts]
    small = [t.get_text() for t in texts if t.get_fontsize() < 6]
    assert not small, f"type below 6 points: {small}"
    width, height = figure.bbox.size
    cut = [
        t.get_text()
        for t, box in boxes
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    assert not cut, f"cut off by the edge: {cut}"
    assert not (over := _overlapping(boxes)), f"one on another: {over}"
    assert not any("\u25a1" in t.get_text() for t in texts)


def _is_seen(text):
    """Tell whether words are drawn at all."""
    axes = text.axes
    return bool(text.get_text().strip() and text.get_visible()) and (
        axes is None or axes.get_visible()
    )


def _hidden_ticks(figure):
    """List the words of ticks that are not drawn: outside the view, or of axes without axes."""
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis, getattr(axes, "zaxis", None)):
            if axis is None:
                continue
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                at = tick.get_loc()
                if not axes.axison or not low - 1e-9 <= at <= high + 1e-9:
                    hidden |= {id(tick.label1), id(tick.label2)}
            if not axes.axison:
                hidden.add(id(axis.label))
    return hidden


def _overlapping(boxes):
    """List pairs of words of which one covers the other by more than a hair."""
    flat = [(t, box) for t, box in boxes if not t.get_rotation() % 90]
    found = []
    for i, (one, a) in enumerate(flat):
        for other, b in flat[i + 1 :]:
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            upward = min(a.y1, b.y1) - max(a.y0, b.y0)
            if across > 2 and upward > 2.5:
                found.append((one.get_text(), other.get_text()))
    return found


def test_every_figure_is_on_the_sheet():
    drawn = {name.split(" ")[0] for name in CASES}
    known = {tool.name for tool in catalog.tools() if tool.returns in ("Figure", "Map")}
    assert drawn == known


def test_grays_keep_their_order_and_one_side_is_hatched(hard):
    from spatialccd.report.paper import palettes

    fills = [palettes.parted(fill) for fill in palettes.gray_grades(10)]
    light = [int(color[1:3], 16) for color, _ in fills]
    assert light == sorted(light, reverse=True)
    assert len(set(light)) == 10
    assert [bool(hatch) for _, hatch in fills] == [True] * 5 + [False] * 5
