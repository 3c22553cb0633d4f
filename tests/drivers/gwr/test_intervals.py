"""Intervals of local coefficients hold surfaces that are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.errors import ParameterError
from tests.drivers.gwr.conftest import Field
from tests.drivers.gwr.coverage import covered


@pytest.mark.slow
@pytest.mark.parametrize("surfaces", ["wave", "slopes"])
def test_multiscale_intervals_hold_the_truth(surfaces: str) -> None:
    held, plain = np.mean(
        [covered("mgwr", s, surfaces=surfaces, n=225, noise=1.0, low=15) for s in range(25)], axis=0
    )
    assert 0.90 <= held.mean() <= 0.97, held
    assert plain.mean() < held.mean()


def test_intervals_hold_the_truth_where_noise_alone_does_not() -> None:
    """A small part of the above: six samples, whose places go together."""
    held, plain = np.mean(
        [covered("mgwr", s, surfaces="slopes", n=150, noise=0.7, low=15) for s in range(6)], axis=0
    )
    assert held.mean() > 0.87
    assert held.mean() > plain.mean()


@pytest.mark.compares("coefficient_intervals", against="dense matrices")
def test_intervals_equal_the_same_by_dense_matrices(field: Field) -> None:
    small = field.take(90)
    fit = sc.gwr(small.y, small.X, small.places, bandwidth=40)
    found = sc.coefficient_intervals(fit, n_draws=4000, seed=2)
    X, y = fit.design.X, fit.design.y
    W = Neighbors(fit.design.space).weights(40.0)
    weighted = X.T[None] * W[:, None, :]
    C = np.linalg.solve(weighted @ X, weighted)
    G = np.eye(90) - np.einsum("ik,ikj->ij", X, C)
    twice = C + C @ G
    np.testing.assert_allclose(found.coef, twice @ y, atol=1e-9)
    left = G @ G @ y
    sigma2 = left @ left / np.trace(G @ G @ (G @ G).T)
    ratio = (W.sum(axis=1) / (W**2).sum(axis=1))[:, None]
    half = np.sqrt(sigma2 * ratio * (twice**2).sum(axis=2)) * 1.99
    np.testing.assert_allclose((found.high - found.low) / 2, half, rtol=0.08)


def test_intervals_in_units_of_the_data(field: Field) -> None:
    fitted = sc.gwr(field.y, field.X, field.places, bandwidth=60)
    plain = sc.gwr(field.y, field.X, field.places, bandwidth=60, standardize=False)
    ours = sc.coefficient_intervals(fitted, scale="data", seed=1)
    theirs = sc.coefficient_intervals(plain, seed=1)
    pd.testing.assert_frame_equal(ours.to_frame(), theirs.to_frame(), rtol=1e-6, atol=1e-9)


def test_settings_of_intervals_are_checked(field: Field) -> None:
    fit = sc.gwr(field.y, field.X, field.places, bandwidth=60)
    with pytest.raises(ParameterError, match="level=1"):
        sc.coefficient_intervals(fit, level=1)
    with pytest.raises(ParameterError, match="n_draws"):
        sc.coefficient_intervals(fit, n_draws=3)
