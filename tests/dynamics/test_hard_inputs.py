"""Values constant up to rounding, samples without rows, and years of different length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import DataError

UNITS, YEARS = list("abcdef"), [2010, 2011, 2012, 2013, 2014]
ROWS = pd.MultiIndex.from_product([UNITS, YEARS], names=["unit", "time"])
GROUPS = pd.Series(list("xxxyyy"), UNITS)
#: One value written in two ways.
ALIKE = pd.Series(np.where(np.arange(30) % 2, 0.3, 0.1 + 0.2), ROWS)


def test_a_spread_of_rounding_is_none() -> None:
    table = sc.variation(ALIKE, GROUPS).table
    assert (table[["sd", "cv", "sd_log", "gini", "range", "iqr"]] == 0).all(axis=None)
    for measure in ("cv", "sd", "sd_log"):
        result = sc.sigma_convergence(ALIKE, GROUPS, measure=measure)
        assert (result.trend["verdict"] == "no trend").all()
        assert any("do not differ" in note for note in result.notes())


def test_an_inequality_of_rounding_is_none() -> None:
    for index in ("T", "L"):
        result = sc.theil(ALIKE, GROUPS, index=index)
        assert (result.table[["theil", "within", "between"]] == 0).all(axis=None)
        assert "missing share_within, share_between in 1 of 1 rows" in result.notes()[0]


@pytest.mark.parametrize("rule", ["nrd0", "scott", "silverman", "sheather-jones"])
def test_a_density_of_rounding_is_refused(rule: str) -> None:
    with pytest.raises(DataError, match="two distinct values"):
        sc.kernel_density(ALIKE, bandwidth=rule)


def test_a_density_narrower_than_its_grid_has_a_peak() -> None:
    y = pd.Series([0.0, 1.0, 1.0, 3.0], list("abcd"))
    assert sc.kernel_density(y, bandwidth=1e-7).shape["modes"].iloc[0] >= 1


EMPTY = ALIKE.iloc[:0]


@pytest.mark.parametrize(
    "call",
    [
        lambda: sc.variation(EMPTY),
        lambda: sc.group_summary(EMPTY),
        lambda: sc.dagum_gini(EMPTY, GROUPS.iloc[:0]),
        lambda: sc.dagum_gini(EMPTY, GROUPS.iloc[:0], by="time"),
        lambda: sc.theil(EMPTY, GROUPS.iloc[:0]),
        lambda: sc.kernel_density(EMPTY),
        lambda: sc.forecast_gm11(EMPTY),
        lambda: sc.compare_variants(a=EMPTY, b=EMPTY),
        lambda: sc.coupling_coordination(a=EMPTY, b=EMPTY),
        lambda: sc.scissors_difference(EMPTY, EMPTY, trend="polynomial"),
    ],
)
def test_what_has_no_rows_is_refused(call: Callable[[], Any]) -> None:
    with pytest.raises(DataError, match="no rows"):
        call()


@pytest.mark.parametrize("factor", [1e-12, 1.0, 1e12])
def test_figures_without_a_unit_do_not_depend_on_it(factor: float) -> None:
    y = pd.Series(np.random.default_rng(1).lognormal(size=30), ROWS)
    plain, scaled = sc.variation(y, GROUPS).table, sc.variation(y * factor, GROUPS).table
    free = ["cv", "sd_log", "gini", "ratio"]
    np.testing.assert_allclose(scaled[free], plain[free], rtol=1e-9)


def test_moves_over_spans_that_differ_are_told_of() -> None:
    y = pd.Series(np.random.default_rng(2).normal(size=30), ROWS)
    assert sc.markov(y, k=2).notes() == []
    uneven = y.rename({2014: 2020}, level="time")
    assert "times are 1 to 7 years apart" in sc.markov(uneven, k=2).notes()[0]


def test_what_is_missing_is_told_of() -> None:
    zero = pd.Series(0.0, ROWS)
    relative = sc.relative_development(zero, zero)
    assert relative.notes() == [
        "missing ratio in 30 of 30 rows: both scores are 0, and the two are level"
    ]
    compared = sc.compare_variants(a=zero, b=zero)
    assert "values do not differ between units" in compared.notes()[0]
    assert "the mean is 0" in sc.group_summary(zero).notes()[0]
    different = sc.group_heterogeneity(zero, GROUPS.to_frame("g"))
    assert any(note.startswith("missing H, p") for note in different.notes())
    assert all(note in different.summary() for note in different.notes())
