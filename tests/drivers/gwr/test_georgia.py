"""Published figures: GWR and MGWR of Georgia's counties (mgwr's own examples and tests)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from tests.parity import mgwr_cases

COVARIATES = ["PctFB", "PctBlack", "PctRural"]


@pytest.fixture(scope="module")
def golden(shared: Path) -> dict[str, Any]:
    case = shared / "verify" / "mgwr_georgia"
    figures = json.loads((case / "expected.json").read_text())["expected"]
    return {
        **figures,
        "data": pd.read_csv(case / "data.csv", dtype={"AreaKey": str}).set_index("AreaKey"),
        "local": pd.read_csv(case / "mgwr_local_results.csv"),
    }


@pytest.fixture(scope="module")
def fit(golden: dict[str, Any]) -> sc.MGWR:
    data = golden["data"]
    # mgwr's example searches from 2 neighbors on.
    return sc.mgwr(data["PctBach"], data[COVARIATES], data[["X", "Y"]], min_bandwidth=2)


@pytest.mark.compares("gwr", against="GWR4: Georgia")
def test_gwr_equals_the_published_figures(golden: dict[str, Any]) -> None:
    data, expected = golden["data"], golden["gwr"]
    fit = sc.gwr(data["PctBach"], data[COVARIATES], data[["X", "Y"]])
    assert set(fit.bandwidth) == {expected["bw"]}
    figures = {
        "aicc": fit.aicc,
        "rss": fit.rss,
        "trS": fit.enp.sum(),
        "aic": fit.aic,
        "bic": fit.bic,
        "R2": fit.r2,
        "adjR2": fit.adj_r2,
        "sigma": fit.sigma2**0.5,
        "ll": fit.log_likelihood,
        "crit_t": fit.critical_t.loc["Intercept", 0.05],
    }
    assert figures == pytest.approx({key: expected[key] for key in figures}, abs=6e-4)
    np.testing.assert_allclose(fit.coef.mean(), expected["mean_coef"], atol=6e-4)
    np.testing.assert_allclose(fit.coef.iloc[:5], expected["first5_params"], atol=1e-7)


def test_global_regression_equals_the_published_one(golden: dict[str, Any], fit: sc.MGWR) -> None:
    expected = golden["global_ols"]
    np.testing.assert_allclose(fit.ols["coef"], expected["coef"], atol=6e-4)
    np.testing.assert_allclose(fit.ols["se"], expected["se"], atol=6e-4)
    assert fit.ols_fit["rss"] == pytest.approx(expected["rss"], abs=6e-4)
    # mgwr counts the variance as a parameter in the AIC of GWR but not in that of OLS.
    assert fit.ols_fit["aic"] == pytest.approx(expected["aic"] + 2, abs=6e-4)
    assert fit.ols_fit["aicc"] == pytest.approx(expected["aicc"], abs=6e-4)


@pytest.mark.compares("mgwr", against="mgwr 2.2.1: Georgia")
def test_mgwr_equals_the_published_figures(golden: dict[str, Any], fit: sc.MGWR) -> None:
    expected = golden["mgwr"]
    assert list(fit.bandwidth) == expected["bw"]
    assert fit.rss == pytest.approx(expected["rss"], rel=1e-10)
    # mgwr stops its replay of the projections where the backfitting stopped; ours
    # are those of the limit. They differ as far as the rounds were cut short.
    np.testing.assert_allclose(fit.enp, expected["ENP_j"], rtol=2e-4)
    assert fit.aicc == pytest.approx(expected["aicc"], abs=1e-3)


@pytest.mark.compares("mgwr", against="mgwr 2.2.1: Georgia, local results")
def test_mgwr_equals_the_published_local_results(golden: dict[str, Any], fit: sc.MGWR) -> None:
    local = golden["local"]
    order = [f"X{j}" for j in range(4)]
    np.testing.assert_allclose(fit.coef, local[order], atol=1e-10)
    np.testing.assert_allclose(fit.se, local[[f"{x}_bse" for x in order]], rtol=2e-4)
    np.testing.assert_allclose(fit.t, local[[f"{x}_tvalues" for x in order]], rtol=5e-4)
    marked = local[[f"{x}_filter_tvalues" for x in order]].to_numpy() != 0
    np.testing.assert_array_equal(fit.significant.to_numpy(), marked)
    y = golden["data"]["PctBach"]
    np.testing.assert_allclose((fit.fitted - y.mean()) / y.std(ddof=0), local["predy"], atol=1e-10)


def test_original_scale_gives_the_same_fit(fit: sc.MGWR) -> None:
    case = mgwr_cases.georgia()
    X = case.X.set_axis(fit.coef.index).assign(Intercept=1.0)[fit.coef.columns]
    np.testing.assert_allclose((fit.coef_original * X).sum(axis=1), fit.fitted, rtol=1e-10)
