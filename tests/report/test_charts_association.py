from __future__ import annotations

import numpy as np
import pytest

import spatialccd as sc
from spatialccd.errors import ParameterError


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


def test_bad_requests(scatterplot, toys):
    with pytest.raises(ParameterError, match="MoranScatterplot"):
        sc.chart_moran(toys.year)
    with pytest.raises(ParameterError, match="1999"):
        sc.chart_moran(scatterplot, time=1999)
