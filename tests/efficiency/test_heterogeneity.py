"""Groups against scipy and scikit-posthocs, over time, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import spatialccd as sc
from spatialccd.errors import AlignmentError, DataError, ParameterError
from tests.toys import Toys

_VALUES = [
    [2.0, -2.6, 0.4, -0.6, -0.5, -0.2, -2.0, -0.2, -0.9, 3.3],
    [0.7, 0.1, 0.2, -0.2, -0.6, 0.1, 1.0, 0.3, 1.5, 0.3],
    [1.4, 2.9, 1.9, 0.9, 1.2, 1.9, 3.3, 1.1, 1.2, 2.4],
]
#: scikit_posthocs.posthoc_dunn of scikit-posthocs 0.17.1, plain and with p_adjust="holm".
_DUNN = {
    ("a", "b"): (0.5004062720685536, 0.5004062720685536),
    ("a", "c"): (0.0009913566803220167, 0.00297407004096605),
    ("b", "c"): (0.008815754880252562, 0.017631509760505124),
}


def _sample() -> tuple[pd.Series, pd.DataFrame]:
    """Give thirty values with ties in three groups."""
    return pd.Series(np.concatenate(_VALUES)), pd.DataFrame({"kind": np.repeat(list("abc"), 10)})


@pytest.mark.compares("group_heterogeneity", against="scipy: Kruskal-Wallis")
def test_the_test_of_all_groups_is_scipys() -> None:
    y, groups = _sample()
    row = sc.group_heterogeneity(y, groups).tests.loc[("kind", "all")]
    expected = stats.kruskal(*_VALUES)
    assert row["H"] == pytest.approx(expected.statistic, rel=1e-12)
    assert row["p"] == pytest.approx(expected.pvalue, rel=1e-10)
    assert row["epsilon2"] == pytest.approx(expected.statistic / 29)


@pytest.mark.compares("group_heterogeneity", against="scikit-posthocs: Dunn")
def test_the_tests_of_pairs_are_those_of_scikit_posthocs() -> None:
    y, groups = _sample()
    pairs = sc.group_heterogeneity(y, groups).pairs
    for pair, (plain, holm) in _DUNN.items():
        row = pairs.loc[("kind", "all", *pair)]
        assert row["p"] == pytest.approx(plain, rel=1e-9)
        assert row["p_adjusted"] == pytest.approx(holm, rel=1e-9)
    assert pairs["z"].iloc[1] < 0  # a ranks below c
    three = sc.group_heterogeneity(y, groups, correction="bonferroni").pairs
    np.testing.assert_allclose(three["p_adjusted"], np.minimum(3 * three["p"], 1))


def test_figures_by_time_and_of_the_units_means(toys: Toys) -> None:
    y = toys.scores["economy"]
    table = sc.group_heterogeneity(y, toys.regions.to_frame()).table
    east = y[y.index.get_level_values("unit").map(toys.regions) == "East"]
    row = table.loc[("region", "East", 2019)]
    of_year = east.xs(2019, level="time")
    assert row["n"] == len(of_year)
    assert row["sd"] == pytest.approx(of_year.std(ddof=0))
    assert row["cv"] == pytest.approx(of_year.std(ddof=0) / of_year.mean())
    assert row["median"] == pytest.approx(of_year.median())
    means = y.groupby(level="unit").mean()
    assert table.loc[("region", "All", "mean"), "sd"] == pytest.approx(means.std(ddof=0))
    order = table.loc["region"].index.get_level_values("group").unique()
    assert list(order) == ["Central", "East", "West", "All"]


def test_means_over_time_are_tested_as_one_value_a_unit(toys: Toys) -> None:
    y = toys.scores["economy"]
    row = sc.group_heterogeneity(y, toys.regions.to_frame()).tests.loc[("region", "mean")]
    means = y.groupby(level="unit").mean()
    expected = stats.kruskal(*[means[toys.regions == name] for name in toys.regions.unique()])
    assert row["H"] == pytest.approx(expected.statistic)


def test_correlation_with_structure_is_by_rank(toys: Toys) -> None:
    y = toys.scores["economy"]
    result = sc.group_heterogeneity(y, toys.regions.to_frame(), toys.panel[["smoke"]])
    for time in toys.years:
        row = result.correlation.loc[("smoke", time)]
        expected = stats.spearmanr(y.xs(time, level="time"), toys.panel["smoke"].xs(time, level=1))
        assert row["rho"] == pytest.approx(expected.statistic)
        assert row["rho_p"] == pytest.approx(expected.pvalue)
    curved = sc.group_heterogeneity(y, toys.regions.to_frame(), np.exp(toys.panel[["smoke"]] / 10))
    pd.testing.assert_frame_equal(
        curved.correlation.drop(index="mean", level="time"),
        result.correlation.drop(index="mean", level="time"),
    )


def test_values_that_are_all_one_have_no_test() -> None:
    groups = pd.DataFrame({"kind": list("aabb")})
    tests = sc.group_heterogeneity(pd.Series([1.0] * 4), groups).tests
    assert tests["p"].isna().all()


def test_what_cannot_be_compared_is_refused() -> None:
    y, groups = _sample()
    with pytest.raises(DataError, match="kind has one group"):
        sc.group_heterogeneity(y, groups.assign(kind="a"))
    with pytest.raises(ParameterError, match="rename it"):
        sc.group_heterogeneity(y, groups.replace("a", "All"))
    with pytest.raises(AlignmentError, match="29"):
        sc.group_heterogeneity(y, groups.iloc[:-1])
    with pytest.raises(ParameterError, match="did you mean 'holm'"):
        sc.group_heterogeneity(y, groups, correction="hol")
