from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.drivers.breaks import Method, classes, upper_limits
from spatialccd.errors import AlignmentError, DataError, ParameterError
from tests.toys import Toys

# mapclassify's exact Fisher-Jenks is compiled on first use: numba warns of nothing, but is slow.
METHODS = ("natural_breaks", "quantile", "equal_interval", "standard_deviation", "k_means")


def _within(x: np.ndarray, limits: np.ndarray) -> float:
    found = classes(x, limits)
    return sum(((x[found == c] - x[found == c].mean()) ** 2).sum() for c in np.unique(found))


@pytest.mark.parametrize("k", [2, 3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_natural_breaks_are_the_best_of_all_cuts(seed: int, k: int) -> None:
    """Against every possible cut of twelve values, ties among them."""
    x = np.round(np.random.default_rng(seed).gamma(2, size=12), 1)
    values = np.unique(x)
    best = min(_within(x, np.append(cut, x.max())) for cut in combinations(values[:-1], k - 1))
    assert _within(x, upper_limits(x, "natural_breaks", k)) == pytest.approx(best, abs=1e-12)


@pytest.mark.compares("stratify", against="mapclassify")
@pytest.mark.parametrize(
    ("method", "theirs"),
    [
        ("natural_breaks", "FisherJenks"),
        ("quantile", "Quantiles"),
        ("equal_interval", "EqualInterval"),
        ("head_tail", "HeadTailBreaks"),
    ],
)
def test_limits_agree_with_mapclassify(method: Method, theirs: str) -> None:
    import mapclassify

    x = np.random.default_rng(2).gamma(2, size=200)
    classify = getattr(mapclassify, theirs)
    peer = classify(x) if method == "head_tail" else classify(x, k=6)
    np.testing.assert_allclose(upper_limits(x, method, 6), peer.bins, rtol=1e-12)


def test_geometric_limits_have_a_constant_ratio() -> None:
    limits = upper_limits(np.array([1.0, 2.0, 5.0, 16.0]), "geometric", 4)
    np.testing.assert_allclose(limits, [2, 4, 8, 16])


def test_standard_deviation_classes_stand_around_the_mean() -> None:
    x = np.random.default_rng(1).normal(10, 2, size=400)
    limits = upper_limits(x, "standard_deviation", 6)
    expected = x.mean() + x.std(ddof=1) * np.arange(-2, 3)
    np.testing.assert_allclose(limits, [*expected, x.max()])


def test_k_means_reaches_a_local_optimum_no_better_than_natural_breaks() -> None:
    x = np.random.default_rng(4).gamma(2, size=120)
    limits = upper_limits(x, "k_means", 5)
    found = classes(x, limits)
    centers = np.array([x[found == c].mean() for c in range(5)])
    nearest = np.abs(x[:, None] - centers).argmin(axis=1)
    np.testing.assert_array_equal(found, nearest)
    assert _within(x, limits) >= _within(x, upper_limits(x, "natural_breaks", 5)) - 1e-12


@pytest.mark.parametrize("method", METHODS)
def test_each_value_lies_in_its_class(method: Method, toys: Toys) -> None:
    strata = sc.stratify(toys.panel, method=method, k=4)
    for factor in toys.panel:
        x, label = toys.panel[factor], strata.labels[factor].astype(int)
        limits = strata.breaks[strata.breaks["factor"] == factor].set_index("stratum")
        lower, upper = limits["lower"].reindex(label), limits["upper"].reindex(label)
        assert (x.to_numpy() <= upper.to_numpy()).all()
        above = x.to_numpy() > lower.to_numpy()
        assert (above | (label.to_numpy() == 1)).all()
    totals = strata.counts.groupby("factor")["n"].sum()
    assert (totals == len(toys.panel)).all()


def test_a_categorical_factor_is_never_cut() -> None:
    """A peer merged the six classes of a factor of 31 provinces to four without a word."""
    zone = pd.Series(np.arange(31) % 6, name="zone")
    X = pd.DataFrame({"zone": zone.astype("category"), "code": zone, "name": zone.astype(str)})
    strata = sc.stratify(X, k=4, categorical=["code"])
    assert (strata.labels.nunique() == 6).all()
    pd.testing.assert_series_equal(strata.labels["zone"], X["zone"])
    assert strata.labels["code"].astype(int).tolist() == zone.tolist()
    assert strata.breaks.empty
    assert "zone, code, name as given" in strata.basis


def test_breaks_set_by_hand_are_kept() -> None:
    X = pd.DataFrame({"gdp": [1.0, 10.0, 11.0, 20.0, 25.0], "other": [1.0, 2, 3, 4, 5]})
    strata = sc.stratify(X, k=2, breaks={"gdp": [20, 10]})
    assert strata.labels["gdp"].tolist() == [1, 1, 2, 2, 3]
    assert strata.labels["other"].nunique() == 2
    assert "gdp by breaks set by hand" in strata.basis


def test_pooled_limits_hold_at_all_times_and_others_do_not(toys: Toys) -> None:
    pooled = sc.stratify(toys.panel, k=3)
    apart = sc.stratify(toys.panel, k=3, pooled=False)
    assert "time" not in pooled.breaks
    assert len(apart.breaks) == len(toys.years) * len(pooled.breaks)
    one = sc.stratify(toys.year, k=3)
    last = apart.labels.xs(toys.years[-1], level="time")
    pd.testing.assert_frame_equal(last, one.labels)
    assert "all times together" in pooled.basis
    assert "by itself" in apart.basis


def test_every_bad_factor_is_named() -> None:
    X = pd.DataFrame({"flat": [1.0, 1, 1], "good": [1.0, 2, 3], "low": [0.0, 1, 2]})
    with pytest.raises(DataError, match="flat has one value only") as raised:
        sc.stratify(X, k=2, method="geometric", breaks={"good": [7]})
    assert set(raised.value.cases["factor"]) == {"flat", "good", "low"}
    X.loc[1, "low"] = np.nan
    with pytest.raises(AlignmentError, match=r"1 \(low\)"):
        sc.stratify(X)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "jenks"}, "method='jenks' is not known"),
        ({"k": 1}, "k=1 is out of range"),
        ({"categorical": ["zone"]}, "X has no column zone"),
        ({"breaks": {"name": [1]}}, "name holds classes"),
        ({"categorical": "name"}, "must be a list"),
    ],
)
def test_settings_are_checked(arguments: dict, message: str) -> None:
    X = pd.DataFrame({"gdp": [1.0, 2, 3], "name": list("abc")})
    with pytest.raises(ParameterError, match=message):
        sc.stratify(X, **arguments)


def test_numbers_read_as_text_are_not_taken_for_classes() -> None:
    """One "-" in a column of a census makes all of it text: 31 strata, and q = 1."""
    share = pd.Series(np.arange(31) / 31).astype(str)
    share.iloc[7] = "-"
    X = pd.DataFrame({"share": share, "code": (np.arange(31) % 4).astype(str)})
    with pytest.raises(DataError, match=r"share holds numbers as text \(but for -\)") as raised:
        sc.stratify(X)
    assert raised.value.cases["value"].tolist() == ["-"]
    as_text = sc.stratify(X, categorical=["share"]).labels
    assert as_text.nunique().tolist() == [31, 4]
