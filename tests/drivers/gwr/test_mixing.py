"""Mixed rounds against the limit that plain rounds have."""

from __future__ import annotations

import numpy as np
import pytest

from spatialccd.drivers.gwr._mixing import Mixture


def _iterate(rate: float, mixture: Mixture | None, rounds: int) -> tuple[float, float]:
    """Iterate s -> T s + c, whose largest eigenvalue is `rate`; give errors of both columns."""
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(40, 40)))[0]
    T = basis @ np.diag(np.linspace(0, rate, 40)) @ basis.T
    c = rng.normal(size=(1, 40, 2))
    limit = np.linalg.solve(np.eye(40) - T, c[0])
    state = np.zeros_like(c)
    for _ in range(rounds):
        image = T @ state + c
        state = image if mixture is None else mixture.next(state, image)
    errors = np.linalg.norm(image[0] - limit, axis=0) / np.linalg.norm(limit, axis=0)
    return float(errors[0]), float(errors[1])


def test_mixed_rounds_come_to_the_same_limit_far_sooner() -> None:
    plain = _iterate(0.97, None, 60)
    mixed = _iterate(0.97, Mixture(3), 60)
    assert max(mixed) < 0.01 * min(plain)
    assert max(_iterate(0.97, Mixture(3), 150)) < 1e-6


@pytest.mark.parametrize("depth", [1, 3])
def test_the_first_round_goes_on_as_plain_iteration_does(depth: int) -> None:
    state, image = np.zeros((1, 3, 1)), np.ones((1, 3, 1))
    np.testing.assert_array_equal(Mixture(depth).next(state, image), image)


def test_rounds_that_stand_still_stay_where_they_are() -> None:
    mixture = Mixture(2)
    state = np.ones((1, 3, 2))
    for _ in range(4):
        state = mixture.next(state, np.ones((1, 3, 2)))
    np.testing.assert_allclose(state, 1.0)
