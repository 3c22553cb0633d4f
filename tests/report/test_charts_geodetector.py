from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import spatialccd as sc
from spatialccd.errors import ParameterError
from spatialccd.report.paper import palettes
from tests.toys import Toys


@pytest.fixture
def inputs(toys: Toys) -> tuple[pd.Series, sc.Strata]:
    return toys.scores["economy"], sc.stratify(toys.panel, method="quantile", k=3)


def _words(drawn: sc.Figure) -> set[str]:
    from matplotlib.text import Text

    return {text.get_text() for text in drawn.figure.findobj(Text)}


def test_bars_have_the_height_of_q_and_say_what_is_significant(inputs: Any) -> None:
    y, strata = inputs
    found = sc.factor_detector(y, strata, by="time", n_bootstrap=49, seed=1)
    drawn = sc.chart_factors(found)
    (ax,) = drawn.figure.axes
    bars = [patch for container in ax.containers for patch in container]
    figures = found.to_frame()
    order = figures.groupby("factor")["q"].mean().sort_values(ascending=False).index
    assert [tick.get_text() for tick in ax.get_yticklabels()] == list(order)
    assert ax.get_ylim() == (len(order) - 0.5, -0.5)  # the strongest on top
    figures = figures.set_index(["time", "factor"]).reindex(order, level="factor").reset_index()
    figures = figures.sort_values("time", kind="stable")
    np.testing.assert_allclose([bar.get_width() for bar in bars], figures["q"])
    pale = np.array([min(bar.get_facecolor()[:3]) > 0.7 for bar in bars])
    assert (pale == (figures["p_permutation"] > 0.05).to_numpy()).all()
    assert pale.any()
    assert not pale.all()
    whiskers = [
        (low[0], high[0])
        for lines in ax.collections
        for low, high in lines.get_segments()
        if low[1] == high[1]
    ]
    np.testing.assert_allclose(whiskers, figures[["q_low", "q_high"]])
    assert {"2018", "2019", "2020", "q expected without effect", "interval"} <= _words(drawn)


def test_groups_are_panels_on_one_scale(inputs: Any, toys: Toys) -> None:
    y, strata = inputs
    with pytest.warns(sc.errors.ThinStrataWarning):
        found = sc.factor_detector(y, strata, toys.regions, by=["region", "time"], n_permutations=0)
    drawn = sc.chart_factors(found)
    assert [ax.get_title() for ax in drawn.figure.axes] == ["All", "Central", "East", "West"]
    assert {ax.get_xlim() for ax in drawn.figure.axes} == {(0.0, 1.18)}
    assert not any("pale" in words for words in _words(drawn))


def test_pairs_have_the_color_of_q_and_the_mark_of_their_type(toys: Toys) -> None:
    """Exclusive or: an upright triangle; its p is small, so it is filled."""
    a, b = np.repeat([0, 0, 1, 1], 8), np.tile(np.repeat([0, 1], 8), 2)
    y = pd.Series((a ^ b) + 0.01 * np.arange(32))
    found = sc.interaction_detector(y, pd.DataFrame({"a": a, "b": b}), seed=1)
    drawn = sc.chart_interactions(found)
    panel = drawn.figure.axes[0]
    grid = panel.images[0].get_array().filled(np.nan)
    row = found.to_frame()[["q", "q_a", "q_b"]].loc[0]
    np.testing.assert_allclose([grid[1, 0], grid[0, 0], grid[1, 1]], row)
    assert np.isnan(grid[0, 1])
    (mark,) = panel.lines
    assert (mark.get_marker(), mark.get_fillstyle()) == ("^", "full")
    color = panel.images[0].cmap(panel.images[0].norm(row["q"]))
    assert to_hex(color) == to_hex(palettes.scheme("YlGnBu")(row["q"]))
    assert "Nonlinear enhance" in _words(drawn)


def test_times_can_be_chosen_and_too_many_panels_are_refused(inputs: Any, toys: Toys) -> None:
    y, strata = inputs
    found = sc.interaction_detector(y, strata, by="time", n_permutations=0)
    drawn = sc.chart_interactions(found, time=[2018, 2020])
    assert [ax.get_title() for ax in drawn.figure.axes][:2] == ["2018", "2020"]
    assert set(drawn.table["time"]) == {2018, 2020}
    with pytest.raises(ParameterError, match="time='2017' is not known"):
        sc.chart_interactions(found, time=2017)
    many = toys.panel.index.get_level_values("unit").astype(str).str[-1]
    groups = pd.Series(many, toys.panel.index, name="digit")
    with pytest.warns(sc.errors.ThinStrataWarning):
        split = sc.interaction_detector(y, strata, groups, by=["digit", "time"], n_permutations=0)
    with pytest.raises(ParameterError, match="panels do not fit"):
        sc.chart_interactions(split)
    shown = [ax for ax in sc.chart_interactions(split, time=2018).figure.axes if ax.get_visible()]
    assert len(shown) == 11 + 1  # ten digits, all together, and the scale


def test_a_chart_of_another_result_is_refused(inputs: Any) -> None:
    y, strata = inputs
    found = sc.ecological_detector(y, strata)
    for chart in (sc.chart_factors, sc.chart_interactions):
        with pytest.raises(ParameterError, match="must be a"):
            chart(found)


def test_a_risk_map_shows_the_mean_of_each_stratum(inputs: Any, toys: Toys) -> None:
    y, strata = inputs
    risk = sc.risk_detector(y, strata, by="time")
    drawn = sc.map_risk(risk, toys.areas, factors="income")
    assert len([ax for ax in drawn.figure.axes if ax.get_label().startswith("map ")]) == 3
    one = drawn.table["value"].xs(2019, level="time")
    labels = strata.labels["income"].xs(2019, level="time")
    expected = y.xs(2019, level="time").groupby(labels, observed=True).transform("mean")
    np.testing.assert_allclose(one.reindex(expected.index), expected)
    several = sc.map_risk(risk, toys.areas, time=2020)
    assert set(several.table.index.get_level_values("factor")) == set(strata.labels)
    with pytest.raises(ParameterError, match="draw one of"):
        sc.map_risk(risk, toys.areas)
    with pytest.raises(ParameterError, match="did you mean 'income'"):
        sc.map_risk(risk, toys.areas, factors="incom")


def test_a_risk_map_of_groups_shows_each_groups_own_means(toys: Toys) -> None:
    y = toys.year["income"]
    labels = pd.DataFrame({"half": np.arange(36) % 2}, toys.units)
    risk = sc.risk_detector(y, labels, toys.regions, by="region")
    own = y.groupby([toys.regions, labels["half"]]).transform("mean")
    np.testing.assert_allclose(risk.fitted["half"], own)


def test_charts_speak_chinese(inputs: Any) -> None:
    from spatialccd.report.paper.fonts import typeface

    if not typeface().chinese:
        pytest.skip("no Chinese font on this machine")
    y, strata = inputs
    drawn = sc.chart_interactions(sc.interaction_detector(y, strata, seed=1), language="zh")
    assert "双因子增强" in _words(drawn)


def test_the_tables_of_the_study_are_written(inputs: Any, toys: Toys, tmp_path: Any) -> None:
    """Tables 5 and 6 of the 31 provinces: to a workbook and to LaTeX."""
    from openpyxl import load_workbook

    y, strata = inputs
    settings: dict[str, Any] = {"by": ["region", "time"], "total": "National", "n_permutations": 0}
    with pytest.warns(sc.errors.ThinStrataWarning):
        factors = sc.factor_detector(y, strata, toys.regions, **settings)
    with pytest.warns(sc.errors.ThinStrataWarning):
        pairs = sc.interaction_detector(y, strata, toys.regions, **settings)
    tables = {"Table 5": factors.wide(), "Table 6": pairs.wide()}
    book = load_workbook(sc.write_tables(tables, tmp_path / "tables.xlsx"))
    five = [[cell.value for cell in row] for row in book["Table 5"].iter_rows()]
    head = next(i for i, row in enumerate(five) if row[:2] == ["region", "time"])
    assert five[head + 1][:2] == ["National", 2018]
    assert five[head + 1][2] == pytest.approx(factors.q["income", "National", 2018])
    assert len(five) - head - 1 >= 12
    latex = sc.write_tables(tables, tmp_path / "tables.tex").read_text(encoding="utf-8")
    assert "National 2018" in latex
    assert r"income & schools" in latex
