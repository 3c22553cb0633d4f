"""Permutation p-values: of all rows where these are few, else from a random sample of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd.drivers.geodetector import _kernels as kernels
from spatialccd.drivers.geodetector._many_rows import exceedances, joint_cells, members
from spatialccd.drivers.geodetector._permutations import p_value
from spatialccd.drivers.geodetector.cells import _loops as loops
from spatialccd.drivers.geodetector.factor import factor_detector
from spatialccd.drivers.geodetector.interaction import interaction_detector
from spatialccd.errors import ThinStrataWarning

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray
    from spatialccd.drivers.geodetector.cells._figures import Measured

#: Rows that are permuted at most.
PERMUTED = 50_000


def permute_all(
    y: FloatArray, codes: Any, m: int, seed: int | None, *, pairs: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the p-values of the detectors for tables: of the factors, and of the pairs."""
    values = pd.Series(y, name="y")
    labels = pd.DataFrame(np.asarray(codes, dtype=np.int64).T).add_prefix("x")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ThinStrataWarning)  # told already
        single = factor_detector(values, labels, n_permutations=m, seed=seed).figures
        both = (
            interaction_detector(values, labels, n_permutations=m, seed=seed).figures
            if pairs
            else pd.DataFrame()
        )
    p = single["p_permutation"].to_numpy()
    found = {"p_permutation": p, "p_error": error(p, m)}
    if not pairs:
        return found, {}
    gain = both["p_gain"].to_numpy()
    synergy = both["p_synergy"].to_numpy()
    return found, {"p_gain": gain, "p_gain_error": error(gain, m), "p_synergy": synergy}


def permute_sample(
    y: FloatArray,
    codes: Any,
    measured: Measured,
    m: int,
    seed: int | None,
    step: Callable[[int], None],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the p-values of all rows from permutations of a sample of them.

    What is compared is F, whose distribution under no effect hardly depends on the number of rows
    once each stratum has many: F = [q / (L - 1)] / [(1 - q) / (n - L)] of a factor, and
    [gain / (L_ab - L_a)] / [(1 - q_ab) / (n - L_ab)] of a pair beside its stronger factor a.
    q itself falls as 1/n and could not be compared.
    """
    rng = np.random.default_rng(seed)
    factors = [kernels.compact(np.asarray(row, dtype=np.int64)) for row in codes]
    z = kernels.standardize(y)
    stacked = kernels.stack(factors)
    n = y.size
    F = measured.singles["F"]
    ratio = F * (stacked.counts - 1) / (n - stacked.counts)  # of what lies between to within
    exceeded = exceedances(z, factors, stacked, ratio / (1 + ratio), m, rng, step)
    p = np.where(np.isnan(F), np.nan, p_value(exceeded, m))
    found = {"p_permutation": p, "p_error": error(p, m)}
    if not measured.which.size:
        return found, {}
    gain = _gains(z, factors, measured, m, rng, step)
    return found, {"p_gain": gain, "p_gain_error": error(gain, m)}


def _gains(
    z: FloatArray,
    factors: list[tuple[IntArray, int]],
    measured: Measured,
    m: int,
    rng: np.random.Generator,
    step: Callable[[int], None],
) -> FloatArray:
    """Give p of the gain of each pair: y changes places within the strata of the stronger."""
    pairs = measured.which
    q_a, q_b = measured.pairs["q_a"], measured.pairs["q_b"]
    stronger = np.where(q_a >= q_b, pairs[:, 0], pairs[:, 1])
    p = np.full(len(pairs), np.nan)
    for a in range(len(factors)):
        chosen = np.flatnonzero((stronger == a) & ~np.isnan(measured.pairs["q"]))
        if chosen.size:
            p[chosen] = p_value(_exceeded(z, factors, a, measured, chosen, m, rng, step), m)
        else:
            step(m)
    return p


def _exceeded(
    z: FloatArray,
    factors: list[tuple[IntArray, int]],
    a: int,
    measured: Measured,
    chosen: IntArray,
    m: int,
    rng: np.random.Generator,
    step: Callable[[int], None],
) -> FloatArray:
    """Count the draws in which factor `a` and another gain as much, for each pair chosen."""
    kept, strata = factors[a]
    order = np.argsort(kept, kind="stable")
    edges = np.append(0, np.cumsum(np.bincount(kept, minlength=strata)))
    overlaid = [
        kernels.compact(factors[i][0] * factors[j][1] + factors[j][0])
        for i, j in measured.which[chosen].tolist()
    ]
    both = kernels.stack(overlaid)
    alone = kernels.q_statistics(kernels.stack([factors[a]]), z[:, None])[0, 0]
    cells, of_cell = joint_cells(overlaid)
    member = members(both, of_cell)
    threshold = _threshold(alone, both.counts, strata, z.size, a, measured, chosen)
    cells, sorted_z = cells[order], z[order]
    sums, exceeded = np.empty(of_cell.shape[1]), np.zeros(chosen.size)
    square_of_sum, total = z.sum() ** 2 / z.size, z @ z - z.sum() ** 2 / z.size
    for _ in range(m):
        loops.shuffle_within(cells, edges, sorted_z, rng.random(z.size), sums)
        q = kernels.q_of_sums(both, (member @ sums)[:, None], square_of_sum, total)[:, 0]
        exceeded += q >= threshold - kernels.TOLERANCE
        step(1)
    return exceeded


def _threshold(
    alone: float,
    strata: IntArray,
    own: int,
    n: int,
    a: int,
    measured: Measured,
    chosen: IntArray,
) -> FloatArray:
    """Give q of each pair in the sample that is worth the F of its gain in all rows."""
    pairs, all_own = measured.pairs, measured.singles["strata"][a]
    q, gain = pairs["q"][chosen], pairs["gain"][chosen]
    more = pairs["strata"][chosen] - all_own
    with np.errstate(invalid="ignore", divide="ignore"):
        F = gain / more / ((1 - q) / (measured.n - pairs["strata"][chosen]))
        ratio = np.where(more > 0, F * (strata - own) / (n - strata), 0.0)
        return np.asarray(np.where(np.isinf(ratio), 1.0, (alone + ratio) / (1 + ratio)))


def error(p: FloatArray, m: int) -> FloatArray:
    """Give the standard error of a p-value by `m` random draws."""
    return np.sqrt(p * (1 - p) / m)
