"""What is constant up to rounding is refused, or known for a constant, in every station."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd._constant import is_constant
from spatialccd.errors import SpatialCCDError

_N = 60
_ROWS = pd.MultiIndex.from_product(
    [[f"u{i:02d}" for i in range(15)], range(4)], names=["unit", "time"]
)
_PLACES = pd.DataFrame(np.random.default_rng(0).uniform(0, 100, (_N, 2)), columns=["x", "y"])


def _flat(kind: str) -> np.ndarray:
    """One value written in several ways."""
    rng = np.random.default_rng(1)
    return {
        "sum": np.where(np.arange(_N) < 5, 0.3, 0.1 + 0.2),
        "noise": -7e11 * (1 + 1e-13 * rng.normal(size=_N)),
        "small": 3e-12 + 1e-26 * rng.normal(size=_N),
    }[kind]


def _y() -> pd.Series:
    return pd.Series(np.random.default_rng(2).normal(size=_N))


def _x(flat: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"a": np.random.default_rng(3).normal(size=_N), "steady": flat})


def _panel(values: Any) -> Any:
    return values.set_axis(_ROWS)


def _strata() -> sc.Strata:
    return sc.stratify(_x(_flat("sum"))[["a"]], k=3)


_CONSTANT_COVARIATE: dict[str, Callable[[np.ndarray], Any]] = {
    "gwr": lambda flat: sc.gwr(_y(), _x(flat), _PLACES),
    "mgwr": lambda flat: sc.mgwr(_y(), _x(flat), _PLACES),
    "gtwr": lambda flat: sc.gtwr(
        _panel(_y()), _panel(_x(flat)), _PLACES[:15].set_axis(_ROWS.levels[0])
    ),
    **{
        f"stratify {method}": lambda flat, method=method: sc.stratify(  # type: ignore[misc]
            _x(np.abs(flat)), method=method, k=3
        )
        for method in ("natural_breaks", "quantile", "k_means", "head_tail", "geometric")
    },
    "spatial_strata": lambda flat: sc.spatial_strata(
        _x(flat), graph=sc.neighbors(_PLACES, method="knn", k=4), k=3
    ),
    "optimal_strata": lambda flat: sc.optimal_strata(_y(), _x(flat), n_permutations=0),
    "tobit": lambda flat: sc.tobit(_y().clip(lower=-1), _x(flat), lower=-1.0),
    "panel_regression": lambda flat: sc.panel_regression(
        _panel(_y()), _panel(_x(flat)), effects="random"
    ),
}

_CONSTANT_Y: dict[str, Callable[[pd.Series], Any]] = {
    "gwr": lambda y: sc.gwr(y, _x(_flat("sum"))[["a"]], _PLACES),
    "mgwr": lambda y: sc.mgwr(y, _x(_flat("sum"))[["a"]], _PLACES),
    "factor_detector": lambda y: sc.factor_detector(y, _strata(), n_permutations=0),
    "risk_detector": lambda y: sc.risk_detector(y, _strata()),
    "optimal_strata": lambda y: sc.optimal_strata(y, _x(_flat("sum"))[["a"]], n_permutations=0),
    "panel_regression": lambda y: sc.panel_regression(_panel(y), _panel(_x(_flat("sum"))[["a"]])),
    **{
        f"kernel_density {rule}": lambda y, rule=rule: sc.kernel_density(y, bandwidth=rule)  # type: ignore[misc]
        for rule in ("nrd0", "scott", "silverman", "sheather-jones", 0.1)
    },
}


@pytest.mark.parametrize("kind", ["sum", "noise", "small"])
@pytest.mark.parametrize("name", _CONSTANT_COVARIATE)
def test_a_constant_covariate_is_named(name: str, kind: str) -> None:
    with pytest.raises(SpatialCCDError, match="steady"):
        _CONSTANT_COVARIATE[name](_flat(kind))


@pytest.mark.parametrize("kind", ["sum", "noise", "small"])
@pytest.mark.parametrize("name", _CONSTANT_Y)
def test_a_constant_y_is_refused(name: str, kind: str) -> None:
    with pytest.raises(SpatialCCDError, match=r"y is|two distinct values"):
        _CONSTANT_Y[name](pd.Series(_flat(kind)))


def test_what_varies_beside_a_large_mean_is_no_constant() -> None:
    for scale, mean in [(1.0, 1e6), (1e-12, 1e-6), (1e12, 1e18)]:
        assert not is_constant(mean + scale * np.arange(10.0))


def test_a_factor_constant_in_one_year_has_one_stratum_there() -> None:
    varies = np.random.default_rng(4).normal(size=_N)
    first = _ROWS.get_level_values(1) == 0
    varies[first] = np.where(np.arange(first.sum()) % 2, 0.3, 0.1 + 0.2)
    strata = sc.stratify(_panel(pd.DataFrame({"a": varies})), k=3, pooled=False)
    assert strata.counts.query("time == 0")["n"].tolist() == [15]
    assert len(strata.counts.query("time == 1")) == 3


def test_quartiles_that_differ_by_rounding_give_no_bandwidth_of_rounding() -> None:
    rng = np.random.default_rng(5)
    tied = pd.Series(np.r_[[0.3] * 30, [0.1 + 0.2] * 30, rng.normal(size=20)])
    same = pd.Series(np.r_[[0.3] * 60, tied[60:]])
    for rule in ("nrd0", "scott", "sheather-jones"):
        found, expected = (sc.kernel_density(y, bandwidth=rule).bandwidth for y in (tied, same))
        pd.testing.assert_series_equal(found, expected, rtol=1e-9)


def test_a_density_with_values_far_apart_keeps_its_peaks() -> None:
    """A grid of even steps passes between them, or finds none and fails."""
    base = np.random.default_rng(6).normal(size=60)
    shape = sc.kernel_density(pd.Series(np.r_[base, 1e9])).shape.loc["all"]
    assert shape["modes"] == 2
    assert abs(shape["peak_at"]) < 1
    assert shape["second_at"] == pytest.approx(1e9)
    assert sc.kernel_density(pd.Series(base), bandwidth=1e-7).shape.loc["all", "modes"] == 60
