"""Mediation against regressions written out, and against statsmodels' equations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import PanelError, ParameterError, SingularDesignError


def _made(n: int = 40, times: int = 5) -> dict[str, pd.Series | pd.DataFrame]:
    rng = np.random.default_rng(3)
    rows = pd.MultiIndex.from_product([range(n), range(times)], names=["unit", "time"])
    unit, year = np.repeat(rng.normal(size=n), times), np.tile(rng.normal(size=times), n)
    x, z = rng.normal(size=(2, n * times)) + unit
    M = 0.6 * x + 0.3 * z + unit + year + 0.5 * rng.normal(size=n * times)
    N = -0.4 * x + unit + 0.5 * rng.normal(size=n * times)
    y = 0.5 * M + 0.8 * N + 0.2 * x - z + unit - year + 0.5 * rng.normal(size=n * times)
    frame = pd.DataFrame({"x": x, "z": z, "M": M, "N": N, "y": y}, rows)
    return {
        "y": frame["y"],
        "x": frame["x"],
        "mediators": frame[["M", "N"]],
        "controls": frame[["z"]],
    }


def _slopes(left: pd.Series, right: pd.DataFrame, effects: str) -> pd.Series:
    index = left.index
    parts = [right.to_numpy(), np.ones((len(index), 1))]
    for level, name in enumerate(("unit", "time")):
        if effects in (name, "two-way"):
            parts.append(pd.get_dummies(index.get_level_values(level)).to_numpy(float)[:, 1:])
    b = np.linalg.lstsq(np.column_stack(parts), left.to_numpy(), rcond=None)[0]
    return pd.Series(b[: right.shape[1]], right.columns)


@pytest.mark.compares("mediation", against="the equations, by least squares")
@pytest.mark.parametrize("unbalanced", [False, True])
@pytest.mark.parametrize("effects", ["none", "unit", "time", "two-way"])
def test_effects_are_those_of_the_equations(effects: str, unbalanced: bool) -> None:
    data = _made()
    if unbalanced:
        gone = [(3, 1), (7, 4), (20, 0)]
        data = {name: part.drop(gone) for name, part in data.items()}
    found = sc.mediation(**data, effects=effects, n_bootstrap=199, seed=1)
    xz = data["x"].to_frame().join(data["controls"])
    outcome = _slopes(data["y"], xz.join(data["mediators"]), effects)
    for name in ("M", "N"):
        a = _slopes(data["mediators"][name], xz, effects)["x"]
        assert found.paths.loc[f"x to {name}", "value"] == pytest.approx(a)
        assert found.paths.loc[f"{name} to y", "value"] == pytest.approx(outcome[name])
        assert found.table.loc[f"through {name}", "value"] == pytest.approx(a * outcome[name])
    total = _slopes(data["y"], xz, effects)["x"]
    assert found.table.loc["total", "value"] == pytest.approx(total)
    assert found.table.loc["direct", "value"] == pytest.approx(outcome["x"])
    parts = found.table.loc[["indirect", "direct"], "value"].sum()
    assert parts == pytest.approx(total)
    assert (found.table["low"] < found.table["value"]).all()
    assert (found.table["value"] < found.table["high"]).all()


def test_errors_are_those_of_clusters() -> None:
    """The bootstrap of units against the sandwich clustered by unit, for the total effect."""
    data = _made(150)
    found = sc.mediation(**data, n_bootstrap=1000, seed=1)
    X = data["x"].to_frame().join(data["controls"])
    fitted = sc.panel_regression(data["y"], X, effects="unit", cov="cluster")
    assert found.table.loc["total", "se"] == pytest.approx(fitted.se["x"], rel=0.1)
    assert found.table.loc["total", "value"] == pytest.approx(fitted.coef["x"])
    assert found.table.loc["through M", "p"] == pytest.approx(2 / 1001)


def test_a_cross_section_and_what_is_refused() -> None:
    data = {name: part.xs(2, level="time") for name, part in _made(80).items()}
    found = sc.mediation(**data, effects="none", n_bootstrap=199, seed=1)
    assert found.table.loc["total", "share"] == 1
    with pytest.raises(PanelError, match="effects='none'"):
        sc.mediation(**data)
    with pytest.raises(ParameterError, match="z stands in more than one place"):
        sc.mediation(**{**data, "mediators": data["controls"]}, effects="none")
    panel = _made()
    fixed = panel["x"].groupby(level=0).transform("mean")
    with pytest.raises(SingularDesignError, match="x is taken up by the unit"):
        sc.mediation(**{**panel, "x": fixed})
    weak = sc.mediation(
        **{**data, "x": data["x"] * 0 + np.random.default_rng(0).normal(size=80)},
        effects="none",
        n_bootstrap=199,
        seed=1,
    )
    assert any("shares" in note for note in weak.notes())
