from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import spatialccd as sc
from spatialccd.errors import DataError, ParameterError
from tests.toys import Toys


def test_exact_laws_are_found() -> None:
    rank = np.arange(1, 41)
    shifted = sc.rank_size(pd.Series(7 * (rank - 0.5) ** (-1 / 1.3))).table.loc["all"]
    assert shifted["pareto"] == pytest.approx(1.3)
    assert shifted["se"] == pytest.approx(1.3 * np.sqrt(2 / 40))
    assert shifted["r2"] == pytest.approx(1)
    plain = sc.rank_size(pd.Series(7.0 * rank**-0.8)).table.loc["all"]
    assert plain["zipf"] == pytest.approx(0.8)
    assert plain["zipf_r2"] == pytest.approx(1)
    assert plain["primacy"] == pytest.approx(2**0.8)


@pytest.mark.compares("rank_size", against="statsmodels")
def test_the_line_is_that_of_statsmodels() -> None:
    api = pytest.importorskip("statsmodels.api")
    x = pd.Series(np.random.default_rng(1).lognormal(size=50))
    row = sc.rank_size(x, top=30).table.loc["all"]
    top = x.sort_values(ascending=False).iloc[:30]
    fit = api.OLS(np.log(np.arange(1, 31) - 0.5), api.add_constant(np.log(top.to_numpy()))).fit()
    assert row["pareto"] == pytest.approx(-fit.params[1])
    assert row["r2"] == pytest.approx(fit.rsquared)
    assert row["n"] == 30
    assert row["se"] > 3 * fit.bse[1]  # ranks are not independent


def test_years_are_fitted_by_themselves(toys: Toys) -> None:
    table = sc.rank_size(toys.panel["income"]).table
    assert list(table.index) == toys.years
    alone = sc.rank_size(toys.year["income"]).table
    np.testing.assert_allclose(alone.loc["all"], table.loc[2020])


def test_the_level_is_kept_where_the_law_holds() -> None:
    x = 1 / np.random.default_rng(31).random((31, 1500))
    y = pd.DataFrame(x).rename_axis(index="unit", columns="time").stack()
    table = sc.rank_size(y).table
    assert (table["p"] <= 0.05).mean() == pytest.approx(0.056, abs=0.015)
    within = (table["pareto_low"] <= 1) & (table["pareto_high"] >= 1)
    assert within.mean() == pytest.approx(0.944, abs=0.015)
    np.testing.assert_allclose(
        table["p"], 2 * stats.norm.sf(np.abs(table["pareto"] - 1) / table["se"])
    )


def test_what_has_no_law_is_said() -> None:
    flat = sc.rank_size(pd.Series([0.3, 0.1 + 0.2] * 4))
    assert flat.table.loc["all"].drop("n").isna().all()
    assert any("do not differ" in note for note in flat.notes())
    with pytest.raises(DataError, match="2 sizes are not positive") as raised:
        sc.rank_size(pd.Series([1.0, 0, 3, -1, 5, 6]))
    assert len(raised.value.cases) == 2
    with pytest.raises(ParameterError, match="fewer than 5"):
        sc.rank_size(pd.Series([1.0, 2, 3, 4]))
    with pytest.raises(ParameterError, match="fewer than 9"):
        sc.rank_size(pd.Series(np.arange(1.0, 9)), top=9)
