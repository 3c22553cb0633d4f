"""The figures of the sums: q of each factor and pair, and the means of the strata."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd._constant import is_constant
from spatialccd.drivers.geodetector import _kernels as kernels
from spatialccd.drivers.geodetector.interaction import pair_figures
from spatialccd.errors import DataError, ThinStrataWarning, warn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spatialccd._types import BoolArray, FloatArray, IntArray
    from spatialccd.drivers.geodetector.cells._survey import Moments
    from spatialccd.drivers.geodetector.cells._tally import Sums, Tally
    from spatialccd.drivers.geodetector.factor import Variance


@dataclass(frozen=True)
class Measured:
    """q of each factor and pair, and what it was made of.

    Attributes
    ----------
    n : int
        Rows.
    singles, pairs : dict
        Figures of the factors (D,) and of the pairs; no pairs where none were wanted.
    which : ndarray (P, 2)
        The factors of each pair.
    """

    n: int
    singles: dict[str, Any]
    pairs: dict[str, Any]
    which: IntArray


def measure(
    tally: Tally, found: Sums, y: Moments, variance: Variance, tolerance: float, *, pairs: bool
) -> Measured:
    """Make the figures of one factor and of two."""
    factors = tally.plan.factors
    parts = [tally.margin(found, (d,)) for d in range(len(factors))]
    first = parts[0]
    n, total = int(first.counts.sum()), float(first.sums.sum())
    square_of_sum = total**2 / n
    spread = float(first.squares.sum()) - square_of_sum
    stacked, sums = _stacked(parts)
    _check(factors, stacked.counts, n, y)
    usable = (stacked.counts > 1) & (stacked.counts < n)
    means = tally.center + tally.scale * sums / stacked.sizes
    q = kernels.q_of_sums(stacked, sums[:, None], square_of_sum, spread)[:, 0]
    singles = kernels.single_figures(stacked, q, n, usable)
    dof = n - 1 if variance == "sample" else n
    singles["p_ncf"] = kernels.p_noncentral(stacked, means, n, y.m2 / dof, singles["F"], usable)
    which = np.array(list(combinations(range(len(factors)), 2)) if pairs else [], dtype=np.int64)
    if not which.size:
        return Measured(n, singles, {}, which.reshape(0, 2))
    overlaid, sums = _stacked([tally.margin(found, (a, b)) for a, b in which.tolist()])
    together = kernels.q_of_sums(overlaid, sums[:, None], square_of_sum, spread)[:, 0]
    q_a, q_b = singles["q"][which[:, 0]], singles["q"][which[:, 1]]
    return Measured(
        n, singles, pair_figures(q_a, q_b, together, overlaid.counts, n, tolerance), which
    )


def _stacked(parts: Sequence[Sums]) -> tuple[kernels.Stack, FloatArray]:
    """Put the strata of several factors below each other, those without rows left out."""
    filled = [part.counts > 0 for part in parts]
    counts = np.array([int(some.sum()) for some in filled])
    sizes = np.concatenate([p.counts[f] for p, f in zip(parts, filled, strict=True)])
    sums = np.concatenate([p.sums[f] for p, f in zip(parts, filled, strict=True)])
    return kernels.Stack(None, sizes.astype(float), np.cumsum(counts) - counts), sums


def _check(factors: Sequence[str], strata: IntArray, n: int, y: Moments) -> None:
    """Raise unless y varies and each factor has between 2 and n - 1 strata."""
    if is_constant([y.low, y.high]):
        raise DataError(f"y is constant ({y.low:g}): there is nothing to explain")
    reasons = {
        factor: "one stratum only" if count < 2 else f"{count} strata of one row each"
        for factor, count in zip(factors, strata, strict=True)
        if not 1 < count < n
    }
    if reasons:
        raise DataError(
            "no q exists for "
            + "; ".join(f"{factor} ({reason})" for factor, reason in reasons.items())
            + "; cut it into fewer or other strata, or drop it",
            pd.DataFrame({"factor": list(reasons), "reason": list(reasons.values())}),
        )


def warn_thin(strata: pd.DataFrame, n: int) -> None:
    """Warn once of strata too thin, over all factors."""
    thin = []
    for factor, sizes in strata.groupby("factor", sort=False)["n"]:
        lone = int((sizes < 2).sum())
        if lone or len(sizes) > n / 3:
            alone = f", {lone} of one unit" if lone else ""
            thin.append(f"{factor}: {len(sizes)} strata for {n} rows{alone}")
    if thin:
        warn(
            f"thin strata make q large by themselves (see expected_q): {'; '.join(thin)}",
            ThinStrataWarning,
        )


def strata_frame(
    tally: Tally, found: Sums, levels: Mapping[str, Sequence[Any]], low: Mapping[str, float]
) -> pd.DataFrame:
    """Describe each stratum: factor, stratum, lower and upper limit, n, mean and sd of y."""
    frames = []
    for d, factor in enumerate(tally.plan.factors):
        part = tally.margin(found, (d,))
        filled: BoolArray = part.counts > 0
        n, sums, squares = part.counts[filled], part.sums[filled], part.squares[filled]
        within = np.maximum(squares - sums**2 / n, 0.0)
        lower = upper = np.full(n.size, np.nan)
        names = [x for x, some in zip(levels[factor], filled, strict=True) if some]
        if factor in tally.limits:
            upper = tally.limits[factor]
            lower, upper = np.append(low[factor], upper[:-1])[filled], upper[filled]
        with np.errstate(invalid="ignore", divide="ignore"):
            sd = np.where(n > 1, np.sqrt(within / (n - 1)), np.nan) * tally.scale
        columns = {
            "factor": factor,
            "stratum": pd.Series(names, dtype=object),
            "lower": lower,
            "upper": upper,
            "n": n,
            "mean": tally.center + tally.scale * sums / n,
            "sd": sd,
        }
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)
