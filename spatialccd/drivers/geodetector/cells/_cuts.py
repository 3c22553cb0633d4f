"""The limits of the strata: of what the first pass found, and of quantiles selected in more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from spatialccd.drivers.breaks import Method, class_limits, finished_limits, upper_limits
from spatialccd.drivers.geodetector.cells import _loops as loops
from spatialccd.drivers.geodetector.cells._survey import (
    FIRST_BITS,
    Plan,
    Survey,
    as_bits,
    taken,
    whole_rows,
)

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray
    from spatialccd.drivers.geodetector.cells._sources import Block

#: Methods whose limits depend on each value, and are found from a sample where rows are many.
SAMPLED = ("natural_breaks", "k_means", "head_tail")
#: Bits still unknown of a key after each narrowing of its bin.
_SHIFTS = (64 - FIRST_BITS, 28, 12, 0)
#: Keys of a factor that are gathered rather than counted once more.
GATHERED = 2**20


@dataclass
class Bins:
    """The bins of one factor in which the order statistics wanted lie.

    Attributes
    ----------
    level : int
        How far they are narrowed, in `_SHIFTS`.
    heads : ndarray (B,)
        The leading bits of the keys in each, ascending.
    sizes : ndarray (B,)
        Rows in each.
    below : ndarray (B,)
        Rows of the whole that lie below each.
    """

    level: int
    heads: IntArray
    sizes: IntArray
    below: IntArray

    @property
    def gathers(self) -> bool:
        """Whether few enough keys are left to be gathered."""
        return int(self.sizes.sum()) <= GATHERED

    @property
    def known(self) -> bool:
        """Whether a bin is one number."""
        return _SHIFTS[self.level] == 0


@dataclass
class Narrowed:
    """What one more pass finds in the bins of each factor: their keys, or counts."""

    keys: dict[str, list[IntArray]] = field(default_factory=dict)
    counts: dict[str, IntArray] = field(default_factory=dict)

    def merge(self, other: Narrowed) -> None:
        """Take in what was found in other rows."""
        for name, keys in other.keys.items():
            self.keys.setdefault(name, []).extend(keys)
        for name, counts in other.counts.items():
            self.counts[name] = self.counts[name] + counts if name in self.counts else counts


class Narrow:
    """The pass itself, as it is sent to the pieces."""

    def __init__(self, plan: Plan, bins: Mapping[str, Bins], *, gaps: bool) -> None:
        self.plan, self.bins = plan, dict(bins)
        self.names = plan.names if gaps else tuple(bins)

    def empty(self) -> Narrowed:
        """Begin with nothing found."""
        found = Narrowed(keys={name: [] for name, one in self.bins.items() if one.gathers})
        for name, one in self.bins.items():
            if not one.gathers:
                bits = _SHIFTS[one.level] - _SHIFTS[one.level + 1]
                found.counts[name] = np.zeros((one.heads.size, 2**bits), dtype=np.int64)
        return found

    def add(self, found: Narrowed, block: Block) -> None:
        """Take a block in."""
        known = whole_rows(block.columns)
        block = block if known.all() else taken(block, known)
        for name, one in self.bins.items():
            bits, upper = as_bits(block.columns[name]), _SHIFTS[one.level]
            if one.gathers:
                keys = np.empty(bits.size, dtype=np.int64)
                count = loops.keys_within(bits, one.heads, upper, keys)
                found.keys[name].append(keys[:count].copy())
            else:
                lower = _SHIFTS[one.level + 1]
                loops.count_within(bits, one.heads, upper, lower, found.counts[name])


def quantiles(
    survey: Survey, factors: Sequence[str], k: int, run: Callable[[Narrow], Narrowed]
) -> dict[str, FloatArray]:
    """Select the quantiles 1/k, 2/k, ... of some factors, exactly, in memory that does not grow.

    The order statistics on both sides of each quantile are sought by the leading bits of the
    numbers, as a radix sort would order them: each pass counts within the bins that hold them,
    until so few rows are left that they are gathered. One to three passes serve all factors.

    Parameters
    ----------
    survey : Survey
        With `counts` of each factor.
    factors : sequence of str
        Which.
    k : int
        Number of strata.
    run : callable
        Makes one pass over the rows.
    """
    spots = np.arange(1, k + 1) / k * (survey.kept - 1)
    left = np.floor(spots).astype(np.int64)
    wanted = np.unique(np.concatenate([left, np.minimum(left + 1, survey.kept - 1)]))
    bins = {
        f: _opened(survey.counts[f][None], wanted, np.zeros(1, np.int64), np.zeros(1, np.int64), 0)
        for f in factors
    }
    values: dict[str, FloatArray] = {}
    while bins:
        found = run(Narrow(survey.plan, bins, gaps=survey.kept < survey.read))
        for name in list(bins):
            one = bins[name]
            if one.gathers:
                values[name] = _picked(np.concatenate(found.keys[name]), one, wanted)
            else:
                bins[name] = _opened(
                    found.counts[name], wanted, one.heads, one.below, one.level + 1
                )
                if not bins[name].known:
                    continue
                values[name] = _as_numbers(bins[name].heads[_bin_of(bins[name], wanted)])
            del bins[name]
    places = np.searchsorted(wanted, left)
    nexts = np.searchsorted(wanted, np.minimum(left + 1, survey.kept - 1))
    return {
        # numpy's own interpolation between two neighbors, so that not one bit differs.
        f: np.array(
            [
                np.quantile(np.array([v[a], v[b]]), spot - at)
                for a, b, spot, at in zip(places, nexts, spots, left, strict=True)
            ]
        )
        for f, v in values.items()
    }


def _opened(
    counts: IntArray, wanted: IntArray, heads: IntArray, below: IntArray, level: int
) -> Bins:
    """Find the narrower bins in which the ranks wanted lie.

    `counts` (B, 2^bits) are those of the parts of the bins `heads`, which begin after `below`.
    """
    width = counts.shape[1]
    # At the first level there is one bin, of all keys, and these are signed.
    base = heads * width if level else np.array([-(width // 2)])
    starts = below[:, None] + np.cumsum(counts, axis=1) - counts
    sizes, first = counts.ravel(), starts.ravel()
    filled = np.flatnonzero(sizes)
    hit = filled[np.unique(np.searchsorted(first[filled], wanted, side="right") - 1)]
    keys = base[hit // width] + hit % width
    return Bins(level, keys, sizes[hit], first[hit])


def _bin_of(bins: Bins, wanted: IntArray) -> IntArray:
    return np.searchsorted(bins.below, wanted, side="right") - 1


def _picked(keys: IntArray, bins: Bins, wanted: IntArray) -> FloatArray:
    """Give the order statistics of the ranks wanted, from all keys in the bins."""
    keys = np.sort(keys)
    before = np.cumsum(bins.sizes) - bins.sizes
    chosen = _bin_of(bins, wanted)
    return _as_numbers(keys[before[chosen] + wanted - bins.below[chosen]])


def _as_numbers(keys: IntArray) -> FloatArray:
    """Undo what made keys of numbers."""
    return (keys ^ ((keys >> 63) & 0x7FFFFFFFFFFFFFFF)).view(np.float64)


def limits(
    survey: Survey,
    method: Method,
    k: int,
    own: Mapping[str, FloatArray],
    selected: Mapping[str, FloatArray],
) -> dict[str, FloatArray]:
    """Give the upper limits of the strata of each factor that is cut."""
    plan, found = survey.plan, {}
    for name in plan.numbers:
        range_ = survey.moments[name]
        if name in own:
            found[name] = np.append(own[name], max(range_.high, own[name][-1]))
            continue
        if name in selected:
            inner = selected[name]
        elif survey.sample.whole or method in SAMPLED:
            x = survey.sample.first(survey.sample.most)[:, plan.names.index(name)]
            # The last stratum ends at the maximum of all rows, not at that of a sample.
            inner = upper_limits(x, method, k)[:-1]
        elif method == "standard_deviation":
            spread = np.sqrt(range_.m2 / (range_.n - 1))
            inner = range_.mean + spread * (np.arange(1, k) - k / 2)
        else:  # equal_interval and geometric stand on the range alone
            inner = class_limits(np.array([range_.low, range_.high]), method, k)
        found[name] = finished_limits(inner, range_.high)
    return found
