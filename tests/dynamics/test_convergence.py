from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import spatialccd as sc
from spatialccd.dynamics._least_squares import t_statistics
from spatialccd.errors import (
    AlignmentError,
    DataError,
    PanelError,
    ParameterError,
    ShortPanelWarning,
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


@pytest.mark.compares("variation", against="the definitions")
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


@pytest.mark.compares("sigma_convergence", against="least squares")
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


@pytest.mark.filterwarnings("ignore:the spread of y:spatialccd.errors.ShortPanelWarning")
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


def test_a_spread_that_stays_has_no_trend_and_no_t() -> None:
    index = pd.MultiIndex.from_product([range(5), range(2000, 2005)], names=["unit", "time"])
    still = pd.Series(np.repeat(np.arange(1.0, 6), 5), index)
    row = sc.sigma_convergence(still, measure="sd").trend.loc["All"]
    assert row["slope"] == 0
    assert row["verdict"] == "no trend"
    assert np.isnan(row["t"])


def test_exact_fits_have_an_endless_t_with_its_sign_and_zeros_none() -> None:
    coef, se = np.array([2.0, 3, -3, 0, 0, -0.0]), np.array([4.0, 0, 0, 0, 2, 0])
    np.testing.assert_array_equal(t_statistics(coef, se), [0.5, np.inf, -np.inf, np.nan, 0, np.nan])


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


@pytest.mark.compares("beta_convergence", against="statsmodels")
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


@pytest.mark.compares("beta_convergence", against="statsmodels: conditional, annual")
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
    # Seven spans: of random walks beta would be -.375, and here it is -.10.
    with pytest.warns(ShortPanelWarning, match=r"7 spans a unit.*about -0\.375.*All \(-0\.1"):
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
    for name in ("rho", "lambda", "sigma2", "lag of beta", "_growth", "_years"):
        with pytest.raises(ParameterError, match=f"called {name}, names of the model"):
            sc.beta_convergence(y, panel[["x"]].rename(columns={"x": name}))
    with pytest.raises(ParameterError, match="twice the same"):
        sc.beta_convergence(y, pd.concat([panel[["x"]], panel[["x"]] ** 2], axis=1))
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


def _exact(years: list[int], speed: float = 0.05, units: int = 20) -> pd.Series:
    """Units that all close their distance to 1 at one speed."""
    rng = np.random.default_rng(9)
    start = rng.normal(size=units)[:, None]
    y = np.exp(start * np.exp(-speed * (np.array(years) - years[0])))
    index = pd.MultiIndex.from_product([range(units), years], names=["unit", "time"])
    return pd.Series(y.ravel(), index)


@pytest.mark.parametrize("effects", ["none", "unit", "two-way"])
@pytest.mark.parametrize("years", [[2000, 2001, 2002, 2010], [1990, 1995, 2000, 2003, 2004]])
def test_one_speed_is_found_in_spans_that_differ(years: list[int], effects: str) -> None:
    result = sc.beta_convergence(_exact(years), span="annual", effects=effects)
    row = result.table.loc["All"]
    assert row["speed"] == pytest.approx(0.05, rel=1e-6)
    assert row["beta"] == pytest.approx(np.expm1(-0.05), rel=1e-6)
    assert row["half_life"] == pytest.approx(np.log(2) / 0.05, rel=1e-6)
    assert any("growth is per year" in note for note in result.notes())
    assert "growth is per year" in result.summary()


def test_values_that_part_have_a_negative_speed_in_spans_that_differ() -> None:
    result = sc.beta_convergence(_exact([2000, 2001, 2005], -0.1), span="annual")
    row = result.table.loc["All"]
    assert "missing speed, half_life in 1 of 1 rows" in result.notes()[0]
    assert row["beta"] == pytest.approx(np.expm1(0.1), rel=1e-6)
    assert np.isnan(row["speed"])


def test_spans_that_differ_agree_with_nonlinear_least_squares() -> None:
    """Of scipy's curve_fit; its errors are not clustered, so that ours are made by hand."""
    from scipy import optimize

    rng = np.random.default_rng(4)
    years = np.array([2000, 2002, 2003, 2008, 2009])
    logs = rng.normal(size=(25, 1)) + rng.normal(0, 0.3, (25, 5)).cumsum(axis=1)
    control = rng.normal(size=(25, 5))
    index = pd.MultiIndex.from_product([range(25), years], names=["unit", "time"])
    y = pd.Series(np.exp(logs).ravel(), index)
    x = pd.DataFrame({"x": control.ravel()}, index)
    T = np.tile(np.diff(years), 25)
    level, growth = logs[:, :-1].ravel(), np.diff(logs, axis=1).ravel() / T
    at = control[:, :-1].ravel()

    def model(_: None, v: float, a: float, c: float) -> np.ndarray:
        return a - (1 - np.exp(-v * T)) / T * level + c * at

    (v, a, c), _ = optimize.curve_fit(model, None, growth, [0.1, 0.0, 0.0], xtol=1e-12, ftol=1e-12)
    result = sc.beta_convergence(y, x, span="annual")
    terms = result.coefficients.loc["All"]
    assert result.table.loc["All", "speed"] == pytest.approx(v, rel=1e-6)
    np.testing.assert_allclose(terms.loc[["Intercept", "x"], "coef"], [a, c], atol=1e-7)
    J = np.column_stack([-np.exp(-v * T) * level, np.ones(100), at])
    scores = (J * (growth - model(None, v, a, c))[:, None]).reshape(25, 4, 3).sum(axis=1)
    bread = np.linalg.inv(J.T @ J)
    cov = bread @ scores.T @ scores @ bread * (25 / 24 * 99 / 97)
    assert terms.loc["beta", "se"] == pytest.approx(np.exp(-v) * np.sqrt(cov[0, 0]), rel=1e-5)
    assert terms.loc["x", "se"] == pytest.approx(np.sqrt(cov[2, 2]), rel=1e-5)


def test_spans_of_one_length_keep_the_beta_of_a_span() -> None:
    y = _exact([2000, 2005, 2010])
    result = sc.beta_convergence(y, span="annual")
    row = result.table.loc["All"]
    assert row["beta"] == pytest.approx(np.expm1(-0.25), rel=1e-9)
    assert row["speed"] == pytest.approx(0.05, rel=1e-9)
    (note,) = result.notes()
    assert "clusters" in note  # and nothing of spans


def test_random_walks_with_unit_effects_draw_the_warning() -> None:
    """Nothing converges, and p says that all does: 20 of 20 are told so."""
    index = pd.MultiIndex.from_product([range(40), range(8)], names=["unit", "time"])
    betas = []
    for seed in range(20):
        walks = np.random.default_rng(seed).normal(0, 0.1, (40, 8)).cumsum(axis=1)
        y = pd.Series(np.exp(walks).ravel(), index)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            result = sc.beta_convergence(y, span="annual", effects="unit")
        row = result.table.loc["All"]
        assert row["p"] < 0.05
        # One-sided at 5%: a walk in twenty looks like more than the bias.
        betas.append((row["beta"], any(c.category is ShortPanelWarning for c in caught)))
        assert any("Nickell" in note and "-0.375" in note for note in result.notes())
        assert "Nickell" in result.summary()
    assert np.mean([beta for beta, _ in betas]) == pytest.approx(-3 / 8, abs=0.03)
    assert sum(told for _, told in betas) >= 18


def test_fast_convergence_with_unit_effects_draws_no_warning() -> None:
    index = pd.MultiIndex.from_product([range(40), range(12)], names=["unit", "time"])
    noise = np.random.default_rng(1).normal(0, 0.1, 480)  # all distance is gone in a year
    sc.beta_convergence(pd.Series(np.exp(noise), index), span="annual", effects="unit")


@pytest.mark.parametrize("factor", [1e-12, 1e12])
def test_beta_does_not_depend_on_units_of_measurement(panel: pd.DataFrame, factor: float) -> None:
    """Nor on where zero lies: a control of mean/sd 1e6 keeps its coefficient."""
    plain = sc.beta_convergence(panel["y"], panel[["x"]], span="annual")
    moved = sc.beta_convergence(panel["y"] * factor, (panel[["x"]] + 1e6) * factor, span="annual")
    ours, theirs = moved.coefficients.loc["All"], plain.coefficients.loc["All"]
    np.testing.assert_allclose(ours.loc["x"] * [factor, factor, 1, 1], theirs.loc["x"], rtol=1e-6)
    np.testing.assert_allclose(ours.loc["beta"], theirs.loc["beta"], rtol=1e-6)


def test_a_spread_that_drifts_draws_the_warning() -> None:
    """Ten units whose order stays, and whose spread swings slowly: no trend, and p below .001."""
    t = np.arange(16)
    swing = 1 + 0.3 * np.sin(t / 8)
    y = 10 + np.linspace(-1, 1, 10)[:, None] * swing
    index = pd.MultiIndex.from_product([range(10), t], names=["unit", "time"])
    with pytest.warns(ShortPanelWarning, match=r"spread of All \(0\.\d\d\) depends on the year"):
        result = sc.sigma_convergence(pd.Series(y.ravel(), index))
    row = result.trend.loc["All"]
    assert row["p"] < 0.05
    assert row["p_durbin_watson"] < 0.001
    assert "take years as independent" in result.summary()
