"""What holds for all data, and must hold for any."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spatialccd.drivers.geodetector import _kernels as kernels
from spatialccd.drivers.geodetector.risk import holm

# The kernels themselves: 10,000 cases of the labeled functions would take minutes
# and test pandas. The public functions call nothing else for q.
EPSILON = 1e-12


@st.composite
def cases(draw: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values with ties and wild scales, two factors with strata of one unit among them."""
    n = draw(st.integers(3, 40))
    strata = draw(st.tuples(st.integers(1, n), st.integers(1, n)))
    decimals, scale = draw(st.integers(0, 6)), 10.0 ** draw(st.integers(-6, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    y = scale * (rng.normal(size=n).round(decimals) + draw(st.sampled_from([0.0, 1.0, 1e3])))
    return y, rng.integers(0, strata[0], n), rng.integers(0, strata[1], n)


def _q(y: np.ndarray, *factors: np.ndarray) -> np.ndarray:
    stack = kernels.stack([kernels.compact(codes) for codes in factors])
    return kernels.q_statistics(stack, kernels.standardize(y)[:, None])[:, 0]


@settings(max_examples=1_000, deadline=None, derandomize=True, database=None)
@given(cases(), st.integers(0, 2**32 - 1))
def test_two_factors_never_explain_less_than_one(case: Any, seed: int) -> None:
    """A thousand pairs of factors with ten y each, the drawn one shuffled: 10,000 cases."""
    y, a, b = case
    z = kernels.standardize(y)
    if not z.any():
        return
    draws = np.random.default_rng(seed).permuted(np.tile(z, (10, 1)), axis=1)
    overlay = a * (b.max() + 1) + b
    stack = kernels.stack([kernels.compact(codes) for codes in (a, b, overlay)])
    q_a, q_b, both = kernels.q_statistics(stack, draws.T)
    assert min(q_a.min(), q_b.min()) >= 0.0
    assert both.max() <= 1.0
    assert (both >= np.maximum(q_a, q_b) - EPSILON).all()


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(cases(), st.floats(-1e3, 1e3), st.floats(0.01, 1e3), st.booleans())
def test_q_knows_neither_origin_nor_unit(case: Any, a: float, b: float, turned: bool) -> None:
    y, codes, _ = case
    if not kernels.standardize(y).any():
        return
    moved = a + (-b if turned else b) * y
    spread = np.ptp(y) * b
    if spread < 1e-6 * (abs(a) + b * np.abs(y).max()):
        return  # adding `a` has rounded y away: not a matter of q
    np.testing.assert_allclose(_q(moved, codes), _q(y, codes), atol=1e-7)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(cases())
def test_q_is_that_of_its_definition(case: Any) -> None:
    y, codes, _ = case
    z = kernels.standardize(y)
    if not z.any():
        return
    within = sum(((z[codes == c] - z[codes == c].mean()) ** 2).sum() for c in np.unique(codes))
    total = ((z - z.mean()) ** 2).sum()
    np.testing.assert_allclose(_q(y, codes), 1 - within / total, atol=1e-9)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_never_lowers_a_p_value_nor_passes_one(p: list[float]) -> None:
    raw = np.array(p)
    adjusted = holm(raw)
    assert (adjusted >= raw).all()
    assert (adjusted <= 1).all()
    assert adjusted[raw.argmin()] == min(1.0, raw.min() * raw.size)
    order = np.argsort(raw, kind="stable")
    assert (np.diff(adjusted[order]) >= 0).all()
