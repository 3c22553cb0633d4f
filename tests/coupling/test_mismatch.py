"""The mismatch of two amounts' shares."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import DataError
from spatialccd.report.words.sentences import retell


@pytest.mark.compares("mismatch_index", against="every set of units")
def test_it_is_the_largest_lead_that_any_set_of_units_has() -> None:
    """Half the sum of differences is the largest difference over all subsets."""
    rng = np.random.default_rng(1)
    a, b = pd.Series(rng.uniform(size=7)), pd.Series(rng.uniform(size=7))
    p, q = a / a.sum(), b / b.sum()
    subsets = chain.from_iterable(combinations(range(7), k) for k in range(8))
    leads = [p[list(s)].sum() - q[list(s)].sum() for s in subsets]
    found = sc.mismatch_index(a, b)
    assert found.index["all"] == pytest.approx(max(leads))
    assert sc.mismatch_index(b, a * 1e300).index["all"] == pytest.approx(max(leads))


def test_its_ends_and_its_years() -> None:
    index = pd.MultiIndex.from_product([list("xy"), [1, 2]], names=["unit", "time"])
    a, b = pd.Series([2.0, 1, 4, 0], index), pd.Series([1.0, 0, 2, 5], index)
    found = sc.mismatch_index(a, b)
    assert found.index.to_dict() == {1: 0.0, 2: 1.0}
    assert found.table.loc[("x", 2), "ratio"] == np.inf
    assert found.table.groupby(level="time")["excess"].sum().abs().max() < 1e-15


def test_a_unit_with_nothing_has_no_ratio() -> None:
    found = sc.mismatch_index(pd.Series([1.0, 0, 3]), pd.Series([1.0, 0, 1]))
    assert found.notes() == ["missing ratio in 1 of 3 rows: both shares are 0"]
    assert "两项份额均为 0" in retell(found.notes()[0], "zh")


def test_what_has_no_shares_is_refused() -> None:
    good = pd.Series([1.0, 2], list("xy"))
    with pytest.raises(DataError, match="b has 1 amount below 0: y: -1") as raised:
        sc.mismatch_index(good, pd.Series([1.0, -1], list("xy")))
    assert raised.value.cases is not None
    with pytest.raises(DataError, match="all amounts of a are 0: there are no shares"):
        sc.mismatch_index(good * 0, good)
    years = pd.concat({1: good, 2: good * 0}, names=["time", "unit"]).swaplevel()
    with pytest.raises(DataError, match="all amounts of a are 0 in 2"):
        sc.mismatch_index(years, years + 1)
