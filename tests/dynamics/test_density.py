from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from scipy.stats import gaussian_kde

import spatialccd as sc
from spatialccd.dynamics._bandwidth import choose
from spatialccd.errors import AlignmentError, DataError, ParameterError
from tests.toys import Toys

#: R's data set "precip": yearly precipitation of 70 US cities, in inches.
PRECIP = np.fromstring(
    """67 54.7 7 48.5 14 17.2 20.7 13 43.4 40.2 38.9 54.5 59.8 48.3 22.9 11.5 34.4 35.1 38.7 30.8
    30.6 43.1 56.8 40.8 41.8 42.5 31 31.7 30.2 25.9 49.2 37 35.9 15 30.2 7.2 36.2 45.5 7.8 33.4
    36.1 40.2 42.7 42.5 16.2 39 35 37 31.4 37.6 39.9 36.2 42.8 46.4 24.7 49.1 46 35.9 7.8 48.2
    15.2 32.5 44.7 42.6 38.8 17.4 40.8 29.1 14.6 59.2""",
    sep=" ",
)


@pytest.fixture
def provinces(shared: Path) -> pd.DataFrame:
    table = pd.read_csv(shared / "data" / "china_province_ccd_2011_2020.csv")
    return table.set_index(["adcode", "year"]).rename_axis(["unit", "time"])


@pytest.mark.compares("kernel_density", against="R: bw.nrd0, bw.nrd, bw.SJ")
def test_bandwidths_agree_with_r() -> None:
    """R 4.2.2: bw.nrd0, bw.nrd, bw.SJ(nb = 40000, tol = 1e-12), which bins nearly nothing."""
    assert choose(PRECIP, "nrd0") == pytest.approx(3.84789224258969, rel=1e-12)
    assert choose(PRECIP, "scott") == pytest.approx(4.53196197460563, rel=1e-12)
    assert choose(PRECIP, "sheather-jones") == pytest.approx(3.94201730523115, rel=1e-5)
    # As R prints it by default, with 1000 bins and a tolerance of a tenth of the lower bound.
    assert choose(PRECIP, "sheather-jones") == pytest.approx(3.93176845869291, rel=5e-3)


def test_silverman_agrees_with_scipy() -> None:
    kde = gaussian_kde(PRECIP, "silverman")
    assert choose(PRECIP, "silverman") == pytest.approx(np.sqrt(kde.covariance[0, 0]), rel=1e-12)


def test_bandwidth_and_peak_of_the_provinces_agree_with_r(provinces: pd.DataFrame) -> None:
    """R 4.2.2: density(bw = "nrd0", n = 2^14, cut = 4) of the years 2011 and 2020."""
    result = sc.kernel_density(provinces["D"])
    np.testing.assert_allclose(
        result.bandwidth[[2011, 2020]], [0.0431735940108366, 0.0327821253493808], rtol=1e-12
    )
    shape = result.shape.loc[[2011, 2020]]
    np.testing.assert_allclose(shape["peak_height"], [3.5175965149914, 5.24093301813355], rtol=1e-4)
    np.testing.assert_allclose(shape["peak_at"], [0.38132, 0.52237], atol=5e-4)
    rule = sc.kernel_density(provinces["D"], bandwidth="sheather-jones").bandwidth
    np.testing.assert_allclose(
        rule[[2011, 2020]], [0.0616427268422035, 0.0349460025612789], rtol=1e-4
    )


@given(
    x=st.lists(st.floats(-1e3, 1e3).map(lambda v: round(v, 3)), min_size=2, max_size=50),
    rule=st.sampled_from(["nrd0", "scott", "silverman"]),
)
@settings(max_examples=80, deadline=None)
def test_a_density_integrates_to_one(x: list[float], rule: str) -> None:
    if len(set(x)) < 2:
        return
    result = sc.kernel_density(pd.Series(x), bandwidth=rule)
    grid = result.density.index.to_numpy()
    assert np.trapezoid(result.density["all"], grid) == pytest.approx(1, abs=1e-3)
    assert (result.density >= 0).all(axis=None)
    row = result.shape.loc["all"]
    assert row["p05"] < row["p50"] < row["p95"]
    assert row["modes"] >= 1


def test_no_peak_is_lost_between_values_that_lie_far_apart() -> None:
    """Of bandwidths a thousandth of a step of 8,192 points there was nothing left to see."""
    for x in ([0.0, 0.0, 0.0, 201.0, 0.031], [0.0, 0.0, 0.0, 1000.0, 0.001, 0.002]):
        result = sc.kernel_density(pd.Series(x))
        curve = result.density["all"]
        assert np.trapezoid(curve, curve.index.to_numpy()) == pytest.approx(1, abs=1e-4)
        assert curve.max() == pytest.approx(result.shape.loc["all", "peak_height"], rel=0.02)


@pytest.mark.compares("kernel_density", against="scipy")
def test_the_curve_agrees_with_scipy() -> None:
    at = np.linspace(0, 70, 15)
    ours = sc.kernel_density(pd.Series(PRECIP), bandwidth="silverman", at=at).density["all"]
    np.testing.assert_allclose(ours, gaussian_kde(PRECIP, "silverman")(at), rtol=1e-10)


def test_shape_tells_two_camps_from_one() -> None:
    rng = np.random.default_rng(1)
    two = np.concatenate([rng.normal(0.3, 0.03, 60), rng.normal(0.7, 0.03, 30)])
    row = sc.kernel_density(pd.Series(two)).shape.loc["all"]
    assert row["modes"] == 2
    assert row["peak_at"] == pytest.approx(0.3, abs=0.02)
    assert row["second_at"] == pytest.approx(0.7, abs=0.02)
    assert 0.3 < row["second_ratio"] < 0.7
    one = sc.kernel_density(pd.Series(rng.normal(0.5, 0.05, 200))).shape.loc["all"]
    assert one["modes"] == 1
    assert np.isnan(one["second_ratio"])
    # A normal sample smoothed by h: its 5 to 95% width is 2 x 1.645 sqrt(sd^2 + h^2), nearly.
    assert one["width"] == pytest.approx(2 * 1.645 * 0.05, rel=0.15)
    assert one["width"] == pytest.approx(one["left_tail"] + one["right_tail"])


def test_shape_does_not_hang_on_where_the_curve_is_evaluated() -> None:
    x = pd.Series(PRECIP)
    pd.testing.assert_frame_equal(
        sc.kernel_density(x).shape, sc.kernel_density(x, at=[10.0, 20.0]).shape
    )


def test_years_and_groups(toys: Toys) -> None:
    y = toys.panel["income"]
    by_both = sc.kernel_density(y, toys.regions)
    assert by_both.density.columns.names == ["group", "time"]
    assert list(by_both.shape.index.get_level_values("group").unique()) == [
        "Central",
        "East",
        "West",
    ]
    east = y[(toys.regions.reindex(y.index.get_level_values(0)) == "East").to_numpy()]
    alone = sc.kernel_density(east.xs(2019, level="time"))
    assert by_both.bandwidth[("East", 2019)] == pytest.approx(alone.bandwidth["all"])
    np.testing.assert_allclose(
        by_both.shape.loc[("East", 2019)].astype(float), alone.shape.loc["all"].astype(float)
    )
    pooled = sc.kernel_density(y, toys.regions, by=None)
    assert list(pooled.density.columns) == ["Central", "East", "West"]
    assert pooled.shape["n"].to_list() == [36, 36, 36]


def test_groups_keep_the_order_of_their_categories(toys: Toys) -> None:
    order = ["West", "Central", "East"]
    regions = toys.regions.astype(pd.CategoricalDtype(order))
    result = sc.kernel_density(toys.year["income"], regions)
    assert list(result.density.columns) == order


def test_a_sample_without_spread_is_named() -> None:
    y, group = pd.Series([1.0, 1, 2, 3, 7]), pd.Series(list("aabbc"))
    with pytest.raises(DataError, match=r"a \(n = 2\), c \(n = 1\)") as raised:
        sc.kernel_density(y, group)
    assert raised.value.cases is not None
    assert len(raised.value.cases) == 2


def test_what_is_refused() -> None:
    y = pd.Series([1.0, 2, 3, 7])
    with pytest.raises(ParameterError, match="did you mean 'nrd0'"):
        sc.kernel_density(y, bandwidth="nrd")
    with pytest.raises(ParameterError, match="bandwidth=0"):
        sc.kernel_density(y, bandwidth=0)
    with pytest.raises(ParameterError, match="finite numbers"):
        sc.kernel_density(y, at=[np.nan])
    with pytest.raises(AlignmentError, match="missing"):
        sc.kernel_density(y.where(y > 1))
