"""Hard but lawful inputs give the rescaled right answer or an error of ours; bad ones are named."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import DataError, ParameterError, SpatialCCDError, SpatialCCDWarning
from tests.drivers.gwr.conftest import Field, make_field

_SCALES = [
    ("X x 1e9", lambda y, X: (y, X * 1e9)),
    ("X x 1e-12", lambda y, X: (y, X * 1e-12)),
    ("X + 1e6", lambda y, X: (y, X + 1e6)),
    ("y x 1e12", lambda y, X: (y * 1e12, X)),
    ("y x 1e-12", lambda y, X: (y * 1e-12, X)),
    ("y + 1e6", lambda y, X: (y + 1e6, X)),
    ("mixed", lambda y, X: (y * 1e12, X * [1e9, 1e-9] + [1e15, 0])),
]


def _fit(model: str, y: Any, X: Any, places: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpatialCCDWarning)
        return getattr(sc, model)(y, X, places, **options)


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("model", ["gwr", "mgwr"])
@pytest.mark.parametrize(("name", "change"), _SCALES)
def test_units_do_not_matter(name: str, change: Any, model: str, standardize: bool) -> None:
    small = make_field(70)
    y, X = change(small.y, small.X)
    plain = _fit(model, small.y, small.X, small.places, standardize=standardize)
    try:
        fit = _fit(model, y, X, small.places, standardize=standardize)
    except SpatialCCDError as error:
        assert not standardize, f"{name}: {error}"  # noqa: PT017 - raw columns may be too far off
        return
    ratio = float(y.std() / small.y.std())
    if "+" in name and not standardize and model == "mgwr":
        return  # MGWR smooths raw columns one by one: their origin counts
    np.testing.assert_allclose(fit.bandwidth, plain.bandwidth)
    np.testing.assert_allclose(
        (fit.fitted - y.mean()) / ratio, plain.fitted - small.y.mean(), atol=1e-5
    )


@pytest.mark.parametrize("dtype", ["Int64", "int64[pyarrow]", "int32", "Float64", "float32"])
@pytest.mark.parametrize("model", ["gwr", "mgwr"])
def test_dtypes_do_not_matter(dtype: str, model: str) -> None:
    small = make_field(60)
    y, X = (small.y * 100).round().astype("int64"), (small.X * 100).round().astype("int64")
    plain = _fit(model, y, X, small.places)
    fit = _fit(model, y.astype(dtype), X.astype(dtype), small.places)
    pd.testing.assert_frame_equal(fit.coef, plain.coef, rtol=1e-6)


@pytest.mark.parametrize("model", ["gwr", "mgwr"])
@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-6, 1e-8, 1e-10])
def test_near_twins_are_fitted_or_named(field: Field, gap: float, model: str) -> None:
    small = field.take(80)
    twin = small.X["roads"] + gap * np.random.default_rng(0).normal(size=80)
    try:
        fit = _fit(model, small.y, small.X.assign(twin=twin), small.places)
    except SpatialCCDError as error:
        assert "twin" in str(error) or "confounded" in str(error)  # noqa: PT017
        return
    assert np.isfinite(fit.coef.to_numpy()).all()
    assert np.isfinite(fit.se.to_numpy()).all()
    found = sc.local_collinearity(fit)
    assert np.isfinite(found.condition_number).all()
    assert found.vif.min(axis=None) >= 1 - 1e-9


@pytest.mark.parametrize("model", ["gwr", "mgwr"])
def test_what_y_follows_exactly_is_fitted_or_refused(field: Field, model: str) -> None:
    small = field.take(60)
    exact = 2 + 3 * small.X["roads"] - small.X["schools"]
    try:
        fit = _fit(model, exact, small.X, small.places)
    except SpatialCCDError:
        return
    np.testing.assert_allclose(fit.fitted, exact, atol=1e-6)
    assert np.isfinite(fit.aicc)


@pytest.mark.parametrize("kernel", ["bisquare", "gaussian", "exponential"])
@pytest.mark.parametrize("fixed", [True, False])
def test_places_far_from_the_origin_are_as_good(field: Field, kernel: str, fixed: bool) -> None:
    small = field.take(60)
    options = {"kernel": kernel, "fixed": fixed}
    here = _fit("gwr", small.y, small.X, small.places, **options)
    there = _fit("gwr", small.y, small.X, small.places + 1e6, **options)
    np.testing.assert_allclose(there.coef, here.coef, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("family", "wrong"),
    [("poisson", [-1.0, 2.5]), ("binomial", [2.0, -0.1])],
)
def test_y_that_cannot_come_from_the_family_is_named(
    field: Field, family: str, wrong: list[float]
) -> None:
    y = pd.Series(np.random.default_rng(0).integers(0, 2, 150), field.y.index, dtype=float)
    y.iloc[[3, 7]] = wrong
    with pytest.raises(DataError, match=r"u0003 .*u0007") as caught:
        sc.gwr(y, field.X, field.places, family=family, engine="pysal", bandwidth=60)
    assert caught.value.cases is not None
    assert caught.value.cases["unit"].tolist() == ["u0003", "u0007"]
    many = pd.Series(-3.0, field.y.index).where(y > 0, 1.0)
    with pytest.raises(DataError) as caught:
        sc.gwr(many, field.X, field.places, family=family, engine="pysal", bandwidth=60)
    assert len(caught.value.cases) == (many < 0).sum()


def test_what_goes_on_from_counts_is_refused(field: Field) -> None:
    small = field.take(90)
    y = pd.Series(np.random.default_rng(0).poisson(2, 90), small.y.index)
    fit = _fit(
        "gwr", y, small.X, small.places, family="poisson", engine="pysal", bandwidth=70, n_jobs=1
    )
    for tool in (
        lambda: sc.predict_gwr(fit, small.X, small.places),
        lambda: sc.spatial_variability(fit),
        lambda: sc.coefficient_intervals(fit),
    ):
        with pytest.raises(ParameterError, match="poisson"):
            tool()


@pytest.mark.parametrize("family", ["poisson", "binomial"])
def test_counts_and_shares_that_separate_end_in_words(field: Field, family: str) -> None:
    """All ones on one side of the map, all zeros on the other: no finite logit there."""
    small = field.take(80)
    y = (small.places["x"] > 500).astype(float)
    try:
        fit = _fit(
            "gwr", y, small.X, small.places, family=family, engine="pysal", bandwidth=20, n_jobs=1
        )
    except SpatialCCDError:
        return
    assert np.isfinite(fit.coef.to_numpy()).all()
