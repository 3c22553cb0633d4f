from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.text import Text

import spatialccd as sc
from spatialccd.errors import AlignmentError, ParameterError


@pytest.fixture
def scatterplot(toys):
    return sc.moran_scatterplot(toys.panel["income"], toys.graph)


def test_the_line_has_the_slope_of_moran(scatterplot, toys):
    drawn = sc.chart_moran(scatterplot, time=2020)
    ax = drawn.figure.axes[0]
    x, y = next(
        line for line in ax.lines if len(set(line.get_ydata())) > 1 and line.get_xdata()[0] < -1
    ).get_data()
    moran = sc.global_moran(toys.panel["income"], toys.graph, n_permutations=9, seed=1)
    assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(moran.to_frame().loc[2020, "I"])


def test_every_unit_is_a_point_of_its_quadrant(scatterplot):
    drawn = sc.chart_moran(scatterplot, time=2020)
    counts = drawn.table["quadrant"].value_counts()
    points = {c.get_label(): len(c.get_offsets()) for c in drawn.figure.axes[0].collections}
    assert points == {kind: counts.get(kind, 0) for kind in points}
    assert sum(points.values()) == 36


def test_years_share_their_axes_and_the_farthest_are_named(scatterplot):
    drawn = sc.chart_moran(scatterplot, n_labels=2)
    limits = {ax.get_xlim() for ax in drawn.figure.axes}
    assert len(limits) == 1
    last = drawn.table.xs(2020, level="time")
    far = np.hypot(last["z"], last["lag"]).nlargest(2).index
    named = {text.get_text() for text in drawn.figure.axes[2].texts}
    assert named == set(far)


def _boxes(drawn, dpi):
    """The extents of the names in each panel, in pixels at a resolution."""
    drawn.figure.set_dpi(dpi)
    drawn.figure.draw_without_rendering()
    return [
        (ax, [(name, Text.get_window_extent(name)) for name in ax.texts])
        for ax in drawn.figure.axes
    ]


@pytest.mark.parametrize("dpi", [100, 300])
def test_no_name_lies_on_another_or_outside_the_panel(scatterplot, dpi):
    drawn = sc.chart_moran(scatterplot, time=[2018, 2020], n_labels=36, width="double")
    for ax, boxes in _boxes(drawn, dpi):
        assert len(boxes) > 25  # the others found no room
        pairs = itertools.combinations([box for _, box in boxes], 2)
        assert not any(one.overlaps(other) for one, other in pairs)
        panel = ax.get_window_extent()
        assert all(panel.contains(*box.min) and panel.contains(*box.max) for _, box in boxes)


def test_each_name_lies_beside_its_point(scatterplot):
    drawn = sc.chart_moran(scatterplot, time=2020, n_labels=12)
    points = drawn.table.xs(2020, level="time")
    ((ax, boxes),) = _boxes(drawn, 72)
    assert len(boxes) == 12
    for name, box in boxes:
        x, y = ax.transData.transform(points.loc[name.get_text(), ["z", "lag"]].astype(float))
        beside = np.hypot(max(box.x0 - x, x - box.x1, 0.0), max(box.y0 - y, y - box.y1, 0.0))
        assert 2 < beside < 31  # points of type
        assert name.arrow_patch.get_visible() == (beside > 5)


def test_units_are_called_by_names_given(scatterplot, toys):
    names = toys.regions.astype(str) + " of " + toys.units
    drawn = sc.chart_moran(scatterplot, names[::-1], time=2020, n_labels=3)
    last = drawn.table.xs(2020, level="time")
    far = np.hypot(last["z"], last["lag"]).nlargest(3).index
    assert {text.get_text() for text in drawn.figure.axes[0].texts} == set(names[far])
    with pytest.raises(AlignmentError, match=f"1 of the points missing from names: {far[0]}"):
        sc.chart_moran(scatterplot, names.drop(far[0]))


def test_bad_requests(scatterplot, toys):
    with pytest.raises(ParameterError, match="MoranScatterplot"):
        sc.chart_moran(toys.year)
    with pytest.raises(ParameterError, match="1999"):
        sc.chart_moran(scatterplot, time=1999)
