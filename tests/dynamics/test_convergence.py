from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import spatialccd as sc
from spatialccd.errors import (
    AlignmentError,
    DataError,
    PanelError,
    ParameterError,
    SingularDesignError,
)
from tests.toys import Toys


@pytest.fixture
def panel() -> pd.DataFrame:
    """Thirty units over eight years that converge by 10% a year, and a control."""
    rng = np.random.default_rng(5)
    level, control = rng.normal(0, 1, 30), rng.normal(0, 1, 30)
    rows = []
    for year in range(2010, 2018):
        rows.append(pd.DataFrame({"y": np.exp(level), "x": control, "u": rng.normal(size=30)}))
        level = level + 0.2 - 0.1 * level + 0.05 * control + rng.normal(0, 0.05, 30)
        rows[-1].index = pd.MultiIndex.from_product(
            [[f"u{i:02d}" for i in range(30)], [year]], names=["unit", "time"]
        )
    return pd.concat(rows)


def test_variation_by_definition(toys: Toys) -> None:
    y = toys.panel["income"]
    table = sc.variation(y, toys.regions).table
    assert list(table.index.get_level_values("group")[:4]) == ["Central", "East", "West", "All"]
    x = y.xs(2019, level="time")
    x = x[toys.regions == "East"]
    row = table.loc[(2019, "East")]
    assert row["n"] == 12
    assert row["cv"] == pytest.approx(x.std(ddof=0) / x.mean())
    assert row["sd_log"] == pytest.approx(np.log(x).std(ddof=0))
    assert row["iqr"] == pytest.approx(stats.iqr(x))
    assert row["ratio"] == pytest.approx(x.max() / x.min())
    assert row["gini"] == pytest.approx(sc.dagum_gini(x, toys.regions[x.index]).G)


def test_variation_leaves_out_what_does_not_exist() -> None:
    row = sc.variation(pd.Series([-1.0, 0.0, 1.0])).table.loc["All"]
    assert row[["cv", "sd_log", "gini", "ratio"]].isna().all()
    assert row["range"] == 2


@pytest.mark.parametrize("measure", ["cv", "sd", "sd_log"])
def test_sigma_is_a_regression_of_the_spread(toys: Toys, measure: str) -> None:
    y = toys.panel["income"]
    result = sc.sigma_convergence(y, toys.regions, measure=measure)
    table = sc.variation(y, toys.regions).table[measure]
    for group in ("West", "All"):
        spread = table.xs(group, level="group")
        np.testing.assert_allclose(result.spread[group], spread)
        fit = stats.linregress(toys.years, spread)
        row = result.trend.loc[group]
        assert row["slope"] == pytest.approx(fit.slope)
        assert row["p"] == pytest.approx(fit.pvalue)
        assert row["change"] == pytest.approx(100 * (spread.iloc[-1] / spread.iloc[0] - 1))


def test_sigma_verdicts() -> None:
    index = pd.MultiIndex.from_product([list("abc"), range(2000, 2010)], names=["unit", "time"])
    t = np.tile(np.arange(10.0), 3)
    side = np.repeat([-1.0, 0.0, 1.0], 10)
    narrow, widen = 10 + side * (5 - 0.4 * t), 10 + side * (1 + 0.4 * t)
    assert sc.sigma_convergence(pd.Series(narrow, index)).trend.loc["All", "verdict"] == "converges"
    assert sc.sigma_convergence(pd.Series(widen, index)).trend.loc["All", "verdict"] == "diverges"
    one_each = pd.Series(["x", "y", "y"], index=list("abc"))
    trend = sc.sigma_convergence(pd.Series(narrow, index), one_each).trend
    assert trend.loc["x", "verdict"] == "no trend"
    assert np.isnan(trend.loc["x", "slope"])


def test_sigma_refuses(toys: Toys) -> None:
    y = toys.panel["income"]
    with pytest.raises(PanelError, match="has 2 years"):
        sc.sigma_convergence(y[y.index.get_level_values("time") < 2020])
    with pytest.raises(PanelError, match="lacks 1 years: A00 2018") as raised:
        sc.sigma_convergence(y.iloc[1:])
    assert raised.value.cases is not None
    with pytest.raises(PanelError, match="no years"):
        sc.sigma_convergence(toys.year["income"])
    with pytest.raises(ParameterError, match="measure='sd'"):
        sc.sigma_convergence(y - 100)
    with pytest.raises(ParameterError, match='called "All"'):
        sc.sigma_convergence(y, toys.regions.replace("East", "All"))


def test_absolute_beta_agrees_with_statsmodels(panel: pd.DataFrame) -> None:
    sm = pytest.importorskip("statsmodels.api")
    logs = np.log(panel["y"].unstack("time"))
    fit = sm.OLS(logs[2017] - logs[2010], sm.add_constant(logs[2010])).fit(
        cov_type="HC1", use_t=True
    )
    row = sc.beta_convergence(panel["y"]).table.loc["All"]
    assert row["beta"] == pytest.approx(fit.params[2010], rel=1e-10)
    assert row["se"] == pytest.approx(fit.bse[2010], rel=1e-10)
    assert row["p"] == pytest.approx(fit.pvalues[2010], rel=1e-8)
    assert row["r2"] == pytest.approx(fit.rsquared)
    assert row["speed"] == pytest.approx(-np.log(1 + fit.params[2010]) / 7)
    assert row["half_life"] == pytest.approx(np.log(2) / row["speed"])


def test_conditional_annual_beta_agrees_with_statsmodels(panel: pd.DataFrame) -> None:
    sm = pytest.importorskip("statsmodels.api")
    logs = np.log(panel["y"]).unstack("time")
    growth = logs.diff(axis=1).shift(-1, axis=1).stack().dropna().rename("growth")
    X = pd.concat([np.log(panel["y"]), panel["x"]], axis=1).loc[growth.index]
    units = pd.factorize(growth.index.get_level_values("unit"))[0]
    fit = sm.OLS(growth, sm.add_constant(X)).fit(
        cov_type="cluster", cov_kwds={"groups": units}, use_t=True
    )
    result = sc.beta_convergence(panel["y"], panel[["x"]], span="annual")
    terms = result.coefficients.loc["All"]
    np.testing.assert_allclose(terms["coef"], fit.params, rtol=1e-9)
    np.testing.assert_allclose(terms["se"], fit.bse, rtol=1e-9)
    np.testing.assert_allclose(terms["p"], fit.pvalues, rtol=1e-7)
    assert result.table.loc["All", "n"] == 210


@pytest.mark.parametrize("effects", ["unit", "two-way"])
def test_effects_are_those_of_dummies(panel: pd.DataFrame, effects: str) -> None:
    sm = pytest.importorskip("statsmodels.api")
    logs = np.log(panel["y"]).unstack("time")
    growth = logs.diff(axis=1).shift(-1, axis=1).stack().dropna()
    X = pd.concat([np.log(panel["y"]), panel["u"]], axis=1).loc[growth.index]
    unit = pd.get_dummies(growth.index.get_level_values("unit"), dtype=float)
    year = pd.get_dummies(growth.index.get_level_values("time"), dtype=float, drop_first=True)
    dummies = [unit.to_numpy()] + ([year.to_numpy()] if effects == "two-way" else [])
    full = np.column_stack([X.to_numpy(), *dummies])
    codes = pd.factorize(growth.index.get_level_values("unit"))[0]
    fit = sm.OLS(growth.to_numpy(), full).fit(cov_type="cluster", cov_kwds={"groups": codes})
    result = sc.beta_convergence(panel["y"], panel[["u"]], span="annual", effects=effects)
    terms = result.coefficients.loc["All"]
    np.testing.assert_allclose(terms["coef"], fit.params[:2], rtol=1e-8)
    # statsmodels counts the unit effects, which are nested in the clusters, as terms.
    years = 6 if effects == "two-way" else 0
    # Stata (xtreg, fe vce(cluster); reghdfe) counts one intercept for all of them.
    factor = np.sqrt((210 - full.shape[1]) / (210 - 3 - years))
    np.testing.assert_allclose(terms["se"], fit.bse[:2] * factor, rtol=1e-8)


def test_beta_by_group_is_the_group_alone(toys: Toys) -> None:
    y = toys.panel["income"]
    table = sc.beta_convergence(y, groups=toys.regions).table
    assert list(table.index) == ["Central", "East", "West", "All"]
    west = y[(toys.regions.reindex(y.index.get_level_values(0)) == "West").to_numpy()]
    alone = sc.beta_convergence(west).table.loc["All"]
    np.testing.assert_allclose(table.loc["West"].astype(float), alone.astype(float))


def test_beta_refuses(panel: pd.DataFrame, toys: Toys) -> None:
    y = panel["y"]
    with pytest.raises(DataError, match="positive values; 2 are not") as raised:
        sc.beta_convergence(y.where(y.index.get_level_values("unit") != "u00", -1.0).iloc[::7])
    assert raised.value.cases is not None
    with pytest.raises(ParameterError, match="span='annual'"):
        sc.beta_convergence(y, effects="unit")
    with pytest.raises(SingularDesignError, match="linearly dependent"):
        sc.beta_convergence(y, panel[["x"]].assign(x=1.0))
    with pytest.raises(SingularDesignError, match="linearly dependent"):
        sc.beta_convergence(y, panel[["x"]], span="annual", effects="unit")
    with pytest.raises(ParameterError, match="names of the model"):
        sc.beta_convergence(y, panel[["x"]].rename(columns={"x": "beta"}))
    lonely = pd.Series("rest", index=y.index.get_level_values(0).unique())
    lonely.iloc[0] = "one"
    with pytest.raises(PanelError, match="'one' has 1 observations for 2 terms"):
        sc.beta_convergence(y, groups=lonely)
    with pytest.raises(PanelError, match="one unit"):
        sc.beta_convergence(y, groups=lonely, span="annual")
    with pytest.raises(AlignmentError, match="A00"):
        sc.beta_convergence(toys.panel["income"], groups=toys.regions.iloc[1:])


def test_provinces_lag_and_catch_up(shared: Path) -> None:
    """The published D: beta below zero in each region, 31 provinces, 2011 to 2020."""
    table = pd.read_csv(shared / "data" / "china_province_ccd_2011_2020.csv")
    table = table.set_index(["adcode", "year"])
    result = sc.beta_convergence(table["D"], groups=table["region"])
    assert list(result.table["units"]) == [8, 11, 12, 31]
    assert result.table.loc["All", "beta"] < 0
