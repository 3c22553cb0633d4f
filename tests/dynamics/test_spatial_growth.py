"""Convergence with neighbors against spatial_panel, the speeds of a known process, and words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import EstimationError, ParameterError
from tests.toys import Toys


def _levels(toys: Toys, times: int = 11, seed: int = 4) -> pd.Series:
    """Make levels that close 2% of their gap to a common path each year."""
    rng = np.random.default_rng(seed)
    log = rng.normal(size=len(toys.units))
    rows = {}
    for t in range(times):
        rows[2000 + t] = np.exp(log + 0.02 * t)
        log = log * np.exp(-0.02) + 0.002 * rng.normal(size=len(log))
    frame = pd.DataFrame(rows, toys.units).rename_axis("time", axis=1)
    return frame.stack()


@pytest.mark.parametrize("model", ["sar", "sem", "sdm", "slx"])
def test_the_whole_span_is_a_cross_section_of_growth(toys: Toys, model: str) -> None:
    y = _levels(toys)
    found = sc.beta_convergence(y, graph=toys.graph, model=model)
    logs = np.log(y.unstack())
    growth, start = logs[2010] - logs[2000], logs[[2000]].set_axis(["beta"], axis=1)
    fitted = sc.spatial_panel(growth, start, toys.graph, model=model, effects="none", seed=1)
    terms = found.coefficients.loc["All"]
    pd.testing.assert_series_equal(terms["coef"], fitted.coef, check_names=False, rtol=1e-8)
    pd.testing.assert_series_equal(terms["se"], fitted.se, check_names=False, rtol=1e-6)
    line = found.table.loc["All"]
    total = fitted.effects.loc[("beta", "total")]
    assert line["beta_total"] == pytest.approx(total["value"], rel=1e-8)
    assert line["se_total"] == pytest.approx(total["se"], rel=1e-6)
    direct = fitted.effects.loc[("beta", "direct"), "value"]
    assert line["beta_direct"] == pytest.approx(direct, rel=1e-8)
    assert line["speed"] == pytest.approx(-np.log1p(total["value"]) / 10, rel=1e-8)
    assert line["speed_direct"] == pytest.approx(-np.log1p(direct) / 10, rel=1e-8)
    assert line["speed_direct"] == pytest.approx(0.02, abs=0.003)
    assert line["half_life"] == pytest.approx(np.log(2) / line["speed"])


@pytest.mark.parametrize("effects", ["none", "unit", "two-way"])
def test_annual_spans_are_a_panel_of_growth(toys: Toys, effects: str) -> None:
    y = _levels(toys, 6)
    control = pd.Series(np.random.default_rng(1).normal(size=len(y)), y.index, name="open")
    found = sc.beta_convergence(
        y, control.to_frame(), graph=toys.graph, model="sdm", span="annual", effects=effects
    )
    logs = np.log(y.unstack())
    growth = logs.diff(axis=1).drop(columns=2000).rename(columns=lambda t: t - 1).stack()
    X = pd.DataFrame({"beta": np.log(y), "open": control}).loc[growth.index]
    fitted = sc.spatial_panel(growth, X, toys.graph, model="sdm", effects=effects, seed=1)
    terms = found.coefficients.loc["All"]
    pd.testing.assert_series_equal(terms["coef"], fitted.coef, check_names=False, rtol=1e-7)


def test_ols_with_a_graph_tests_which_lag_is_called_for(toys: Toys) -> None:
    y = _levels(toys)
    plain, tested = sc.beta_convergence(y), sc.beta_convergence(y, graph=toys.graph)
    assert tested.table.loc["All", "beta"] == plain.table.loc["All", "beta"]
    assert 0 <= tested.table.loc["All", "lm_lag_p"] <= 1
    grouped = sc.beta_convergence(y, groups=toys.regions, graph=toys.graph)
    assert grouped.table["lm_error"].notna().tolist() == [False, False, False, True]


def test_what_cannot_be_asked_for(toys: Toys) -> None:
    y = _levels(toys, 5)
    with pytest.raises(ParameterError, match="needs a graph"):
        sc.beta_convergence(y, model="sar")
    with pytest.raises(ParameterError, match="groups are not fitted"):
        sc.beta_convergence(y, groups=toys.regions, graph=toys.graph, model="sar")
    with pytest.raises(EstimationError, match="do not add up to 1"):
        sc.beta_convergence(
            y,
            graph=toys.graph,
            model="sar",
            span="annual",
            effects="two-way",
            row_standardize=False,
        )


@pytest.mark.parametrize("model", ["sar", "sem", "sdm", "slx"])
@pytest.mark.parametrize("effects", ["none", "unit", "two-way"])
def test_a_unit_of_controls_moves_nothing(toys: Toys, model: str, effects: str) -> None:
    """Nor does a far zero: beside it the information had no inverse."""
    rng = np.random.default_rng(1)
    rows = pd.MultiIndex.from_product([toys.units, range(2000, 2008)], names=["unit", "time"])
    walk = rng.normal(size=(len(toys.units), 8)).cumsum(axis=1)
    y = pd.Series(np.exp(0.02 * walk + 2).ravel(), rows)
    controls = pd.DataFrame(rng.normal(size=(len(rows), 2)), rows, ["a", "b"])
    span = "whole" if effects == "none" else "annual"
    settings = {"graph": toys.graph, "model": model, "effects": effects, "span": span}
    plain = sc.beta_convergence(y, controls=controls, **settings)
    names = [name for name in plain.coefficients.index.unique(-1) if name != "Intercept"]
    for unit, added in ((1e9, 0.0), (1e-9, 0.0), (1e4, 1e9)):
        moved = sc.beta_convergence(y, controls=controls * unit + added, **settings)
        for column in ("t", "p"):
            one, two = (
                found.coefficients[column].unstack()[names].iloc[0] for found in (plain, moved)
            )
            np.testing.assert_allclose(two, one, rtol=1e-5, atol=1e-8)
        pd.testing.assert_frame_equal(
            moved.table.select_dtypes("number"), plain.table.select_dtypes("number"), rtol=1e-5
        )
