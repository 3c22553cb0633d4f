"""Panel regression against Baltagi's printed figures, by hand, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import PanelError, ParameterError, SingularDesignError
from tests.toys import Toys

pytest.importorskip("linearmodels")

#: Baltagi, Econometric Analysis of Panel Data, table 3.1 (Munnell's data, 48 states, 1970-86).
_PRINTED = {
    "unit": [-0.026, 0.292, 0.768, -0.005],
    "random": [0.004, 0.311, 0.730, -0.006],
    "none": [0.155, 0.309, 0.594, -0.007],
}
_PRINTED_ERRORS = {
    "unit": [0.029, 0.025, 0.030, 0.001],
    "random": [0.023, 0.020, 0.025, 0.001],
    "none": [0.017, 0.010, 0.014, 0.001],
}


@pytest.fixture(scope="module")
def production(root: Path) -> tuple[pd.Series, pd.DataFrame]:
    path = root / "examples" / "us_states" / "data" / "production.csv"
    data = pd.read_csv(path, dtype={"fips": str}).set_index(["fips", "year"])
    data.index.names = ["unit", "time"]
    public = data["highways"] + data["water"] + data["other_public"]
    X = pd.DataFrame(
        {
            "public": np.log(public),
            "private": np.log(data["private_capital"]),
            "workers": np.log(data["workers"]),
            "unemployment": data["unemployment_rate"],
        }
    )
    return np.log(data["product"]), X


@pytest.mark.compares("panel_regression", against="Baltagi (2021): Grunfeld")
@pytest.mark.parametrize("effects", ["unit", "random", "none"])
def test_figures_are_those_of_baltagi(
    production: tuple[pd.Series, pd.DataFrame], effects: str
) -> None:
    fitted = sc.panel_regression(*production, effects=effects, cov="nonrobust")
    np.testing.assert_allclose(fitted.coef.iloc[1:], _PRINTED[effects], atol=6e-4)
    np.testing.assert_allclose(fitted.se.iloc[1:], _PRINTED_ERRORS[effects], atol=6e-4)


def test_two_way_effects_are_dummies(toys: Toys) -> None:
    y, X = toys.scores["economy"], toys.panel[["smoke", "forest"]]
    fitted = sc.panel_regression(y, X, effects="two-way", cov="nonrobust")
    dummies = [
        pd.get_dummies(y.index.get_level_values(level), drop_first=True).to_numpy(float)
        for level in ("unit", "time")
    ]
    design = np.column_stack([np.ones(len(y)), X, *dummies])
    coef, rss, *_ = np.linalg.lstsq(design, y, rcond=None)
    np.testing.assert_allclose(fitted.coef.iloc[1:], coef[1:3], rtol=1e-8)
    spread = rss[0] / (len(y) - design.shape[1]) * np.linalg.inv(design.T @ design)
    np.testing.assert_allclose(fitted.se.iloc[1:], np.sqrt(np.diag(spread)[1:3]), rtol=1e-8)
    left = y - fitted.coef["Intercept"] - X @ fitted.coef[["smoke", "forest"]] - fitted.effects
    assert (left**2).sum() == pytest.approx(rss[0])


def test_errors_differ_and_coefficients_do_not(
    production: tuple[pd.Series, pd.DataFrame],
) -> None:
    kinds = ["nonrobust", "robust", "cluster", "driscoll-kraay"]
    fitted = [sc.panel_regression(*production, cov=cov) for cov in kinds]
    for other in fitted[1:]:
        np.testing.assert_allclose(other.coef, fitted[0].coef, rtol=1e-10)
    assert len({round(one.se["public"], 6) for one in fitted}) == len(kinds)


def test_effects_that_go_with_x_are_found() -> None:
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product([range(60), range(8)], names=["unit", "time"])
    own = np.repeat(rng.normal(size=60), 8)
    found = []
    for share in (0.0, 1.0):
        X = pd.DataFrame({"x": rng.normal(size=480) + share * own}, rows)
        y = X["x"] + own + rng.normal(size=480)
        found.append(sc.panel_regression(y, X, effects="random").statistics["mundlak_p"])
    assert found[0] > 0.05
    assert found[1] < 1e-6


def test_what_effects_take_up_is_named(toys: Toys) -> None:
    y, X = toys.scores["economy"], toys.panel[["smoke"]]
    fixed = toys.year["forest"].reindex(y.index.get_level_values("unit")).to_numpy()
    with pytest.raises(SingularDesignError, match="still is taken up by the unit effects"):
        sc.panel_regression(y, X.assign(still=fixed))
    year = y.index.get_level_values("time").astype(float)
    with pytest.raises(SingularDesignError, match="trend is taken up by the two-way effects"):
        sc.panel_regression(y, X.assign(trend=year), effects="two-way")
    random = sc.panel_regression(y, X.assign(still=fixed), effects="random")
    assert random.statistics[["mundlak", "mundlak_p"]].notna().all()


def test_a_single_time_and_clusters_without_use_are_refused(toys: Toys) -> None:
    with pytest.raises(PanelError, match="unit, time"):
        sc.panel_regression(toys.year["income"], toys.year[["smoke"]])
    y, X = toys.scores["economy"], toys.panel[["smoke"]]
    with pytest.raises(ParameterError, match="cov='cluster'"):
        sc.panel_regression(y, X, toys.regions, cov="robust")
