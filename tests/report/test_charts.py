"""Charts hold the numbers of their result, and words that fit their language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import spatialccd as sc
from spatialccd.errors import ParameterError
from spatialccd.report.paper.fonts import typeface
from tests.toys import Toys

ECONOMY = {"income": "benefit", "schools": "benefit"}
ECOLOGY = {"smoke": "cost", "forest": "benefit"}


def words(figure: sc.Figure) -> set[str]:
    return {text.get_text() for text in figure.figure.findobj(Text)}


def heights(figure: sc.Figure, axis: int = 0) -> list[float]:
    return [patch.get_height() for patch in figure.figure.axes[axis].patches]


@pytest.fixture
def ccd(toys: Toys) -> sc.CouplingCoordination:
    return sc.coupling_coordination(toys.scores["economy"], toys.scores["ecology"])


@pytest.fixture
def systems(toys: Toys) -> dict[str, sc.CompositeIndex]:
    return {
        "economy": sc.composite_index(toys.panel, ECONOMY),
        "ecology": sc.composite_index(toys.panel, ECOLOGY),
    }


@pytest.mark.parametrize("style", ["ridgeline", "surface"])
def test_density_has_a_panel_a_group(toys: Toys, style: str) -> None:
    density = sc.kernel_density(toys.panel["income"], toys.regions)
    drawn = sc.chart_density(density, style=style, label="Income")
    assert len(drawn.figure.axes) == 3
    assert "Income" in words(drawn)
    pd.testing.assert_frame_equal(drawn.table, density.shape)


def test_ridges_are_as_high_as_their_peaks(toys: Toys) -> None:
    density = sc.kernel_density(toys.panel["income"])
    drawn = sc.chart_density(density)
    ridges = drawn.figure.axes[0].lines[::2]
    tops = [line.get_ydata().max() - line.get_ydata().min() for line in ridges]
    peaks = density.density.max()
    np.testing.assert_allclose(np.array(tops) / tops[0], peaks / peaks.iloc[0], rtol=1e-3)


def test_a_surface_needs_years(toys: Toys) -> None:
    density = sc.kernel_density(toys.year["income"])
    with pytest.raises(ParameterError, match="two or more years"):
        sc.chart_density(density, style="surface")


def test_dagum_bars_are_the_parts_and_stack_to_g(toys: Toys) -> None:
    dagum = sc.dagum_gini(toys.panel["income"], toys.regions, by="time", n_bootstrap=9, seed=0)
    drawn = sc.chart_dagum(dagum)
    parts = np.array(heights(drawn)).reshape(3, 3)
    np.testing.assert_allclose(parts, dagum.table[["Gw", "Gnb", "Gt"]].T)
    np.testing.assert_allclose(parts.sum(axis=0), dagum.G)
    assert f"{dagum.table['share_nb'].iloc[0]:.0f}%" in words(drawn)


def test_grades_stack_to_all_units(ccd: sc.CouplingCoordination) -> None:
    drawn = sc.chart_grades(ccd)
    assert (drawn.table.sum(axis=1) == 36).all()
    shown = drawn.table.loc[:, drawn.table.any()]
    np.testing.assert_array_equal(np.array(heights(drawn)).reshape(-1, 3), shown.T)


def test_chinese_labels_where_a_font_has_them(ccd: sc.CouplingCoordination) -> None:
    if not typeface().chinese:
        pytest.skip("no Chinese font is installed")
    drawn = sc.chart_grades(ccd, language="zh", title="协调等级")
    assert {"单元数", "协调等级", "勉强协调"} <= words(drawn)


@pytest.mark.parametrize("kind", ["bar", "radar"])
def test_obstacles_are_the_means_of_the_years(
    systems: dict[str, sc.CompositeIndex], kind: str
) -> None:
    obstacles = sc.obstacle_degree(**systems)
    drawn = sc.chart_obstacles(obstacles, kind=kind, top=3)
    assert drawn.table.shape == (3, 3)
    assert drawn.table.mean().is_monotonic_decreasing
    name = drawn.table.columns[0]
    mean = 100 * obstacles.indicators.droplevel(0, axis=1)[name].xs(2019, level="time").mean()
    assert drawn.table.loc[2019, name] == pytest.approx(mean)
    assert set(drawn.table.columns) <= words(drawn)


def test_scissors_of_all_units_and_of_one(systems: dict[str, sc.CompositeIndex]) -> None:
    scissors = sc.scissors_difference(systems["economy"], systems["ecology"])
    drawn = sc.chart_scissors(scissors)
    assert list(drawn.table.index) == [2019, 2020]
    np.testing.assert_allclose(heights(drawn, 1), drawn.table["degrees"])
    # The bars are of the lines above them: arctan |(v1 - v2) / (1 + v1 v2)|.
    above, below = drawn.figure.axes
    v1, v2 = (line.get_ydata() for line in above.lines[:2])
    mean = scissors.speeds.dropna().groupby(level="time").mean()
    np.testing.assert_allclose([v1, v2], mean.to_numpy().T)
    np.testing.assert_allclose(
        drawn.table["degrees"], np.degrees(np.arctan(np.abs((v1 - v2) / (1 + v1 * v2))))
    )
    assert above.get_ylabel().replace("\n", " ") == "Mean speed (score per year)"
    assert below.get_ylabel().replace("\n", " ") == "Angle between mean speeds (degrees)"
    one = sc.chart_scissors(scissors, unit="A07")
    np.testing.assert_allclose(one.table["degrees"], scissors.degrees.loc["A07"].dropna())
    with pytest.raises(ParameterError, match="no unit 'A77'"):
        sc.chart_scissors(scissors, unit="A77")


def test_scissors_whose_lines_coincide_have_no_bars() -> None:
    """Half of the units part one way and half the other: their mean speeds are one."""
    index = pd.MultiIndex.from_product([list("abcd"), range(2000, 2006)], names=["unit", "time"])
    slope = np.repeat([0.02, -0.02, 0.05, -0.05], 6) * np.tile(np.arange(6), 4)
    drawn = sc.chart_scissors(
        sc.scissors_difference(pd.Series(0.5 + slope, index), pd.Series(0.5 - slope, index))
    )
    np.testing.assert_allclose(heights(drawn, 1), 0, atol=1e-9)


def test_transitions_write_each_share(toys: Toys) -> None:
    chain = sc.markov(toys.panel["income"])
    drawn = sc.chart_transitions(chain)
    expected = {f"{p:.2f}" for p in chain.probabilities.to_numpy().ravel() if p > 0}
    assert expected <= words(drawn)
    spatial = sc.spatial_markov(toys.panel["income"], toys.graph, k=3)
    panels = [
        ax for ax in sc.chart_transitions(spatial).figure.axes if ax.images and ax.get_title()
    ]
    assert len(panels) == 3


def test_centers_and_ellipses_are_mapped(toys: Toys, tmp_path: Path) -> None:
    centers = sc.mean_center(toys.panel["income"], toys.areas)
    drawn = sc.map_centers(centers, toys.areas)
    assert len(drawn.figure.axes) == 2
    assert {"2018", "2020"} <= words(drawn)
    ellipse = sc.standard_deviational_ellipse(toys.panel["income"], toys.areas)
    drawn = sc.map_centers(ellipse, toys.areas, title="Spread")
    assert len(drawn.figure.axes[0].lines) == len(toys.years) + 1  # rings, and a bar of length
    assert drawn.save(tmp_path / "ellipse.png", dpi=60).stat().st_size > 1000


def test_charts_can_be_kept_by_a_study(
    toys: Toys, tmp_path: Path, ccd: sc.CouplingCoordination, systems: dict[str, sc.CompositeIndex]
) -> None:
    """A study saves each step, to resume where it was stopped."""
    y = toys.panel["income"]
    density = sc.kernel_density(y)
    obstacles = sc.obstacle_degree(**systems)
    for drawn in (
        sc.chart_grades(ccd),
        sc.chart_obstacles(obstacles),
        sc.chart_obstacles(obstacles, kind="radar"),
        sc.chart_scissors(sc.scissors_difference(*systems.values())),
        sc.chart_density(density),
        sc.chart_density(density, style="surface"),
        sc.chart_dagum(sc.dagum_gini(y, toys.regions, by="time")),
        sc.chart_transitions(sc.markov(y)),
        sc.map_centers(sc.mean_center(y, toys.areas), toys.areas),
        sc.map_centers(sc.standard_deviational_ellipse(y, toys.areas), toys.areas),
    ):
        again = sc.load(sc.save(drawn, tmp_path / "chart.scc"))
        pd.testing.assert_frame_equal(again.table, drawn.table)


@pytest.mark.parametrize(
    ("chart", "extra"),
    [
        ("chart_density", {}),
        ("chart_dagum", {}),
        ("chart_grades", {}),
        ("chart_obstacles", {}),
        ("chart_scissors", {}),
        ("chart_transitions", {}),
        ("map_centers", {"areas": None}),
    ],
)
def test_another_result_is_refused(toys: Toys, chart: str, extra: dict[str, Any]) -> None:
    other = sc.variation(toys.panel["income"])
    with pytest.raises(ParameterError, match="not Variation"):
        getattr(sc, chart)(other, **extra)


def test_a_study_of_counties_runs_from_weights_to_charts() -> None:
    """186 counties, 9 zones, 12 years, two subsystems; timed in tests/benchmarks."""
    rng = np.random.default_rng(1)
    units = [f"c{i:03d}" for i in range(186)]
    index = pd.MultiIndex.from_product([units, range(2009, 2021)], names=["unit", "time"])
    level = rng.gamma(3.0, size=(186, 1)) * (1 + 0.03 * np.arange(12))
    columns = {f"x{j}": (level + rng.gamma(2.0, size=(186, 12))).ravel() for j in range(16)}
    panel = pd.DataFrame(columns, index=index)
    zone = pd.Series([f"Z{i % 9 + 1}" for i in range(186)], index=units)
    industry = sc.composite_index(panel, {f"x{j}": "benefit" for j in range(8)})
    ecology = sc.composite_index(panel, {f"x{j}": "cost" for j in range(8, 16)})
    ccd = sc.coupling_coordination(industry=industry, ecology=ecology)
    scissors = sc.scissors_difference(industry, ecology)
    dagum = sc.dagum_gini(ccd.D, zone, by="time")
    sc.chart_grades(ccd)
    sc.chart_scissors(scissors)
    sc.chart_dagum(dagum)
    sc.chart_density(sc.kernel_density(ccd.D, zone))
    sc.chart_density(sc.kernel_density(ccd.D), style="surface")
    sc.chart_obstacles(sc.obstacle_degree(industry=industry, ecology=ecology))
    sc.chart_transitions(sc.markov(ccd.grade))
    assert dagum.to_frame().shape[0] == 12
