"""Whether what a unit did goes on: Hurst's exponent, beside that of noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result, gap_note, record
from spatialccd.dynamics._samples import numbers, uneven_steps, wide
from spatialccd.errors import ParameterError, check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Values

Method = Literal["prefix", "blocks"]

#: Fewer times than this leave an exponent nothing to rest on.
_FEWEST = 10
#: Blocks are not shorter than this; and three sizes are the fewest a slope is fitted to.
_SHORTEST, _SIZES = 8, 3
#: The prefix form begins with as many times.
_FIRST = 3
_TAIL = 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class Hurst(Result):
    """Hurst's exponent of each unit.

    Attributes
    ----------
    table : DataFrame
        On unit: ``n`` values that enter; ``H``; ``noise_mean``, ``noise_p05`` and
        ``noise_p95`` of H under independent noise of that length; two-sided ``p``
        of H among them; ``memory``: "persistent" above the 95% of noise,
        "antipersistent" below its 5%, "like noise" between.
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit."""
        return self.table.copy()

    def notes(self) -> list[str]:
        """Say what H is beside noise, and where there is none."""
        mean, high = (float(self.table[name].iloc[0]) for name in ("noise_mean", "noise_p95"))
        return [
            f"independent noise of this length has H {mean:.2f} in the mean and above {high:.2f} "
            "in 5% of cases: H above .5 is no sign of persistence",
            "a trend, or years that depend on the year before, make H large without long memory",
            *gap_note(self.table, ["H"], "one value at all times"),
        ]


def hurst(
    y: Values,
    *,
    method: Method = "prefix",
    differences: bool = False,
    sizes: Sequence[int] | None = None,
    n_simulations: int = 2000,
    seed: int | None = None,
) -> Hurst:
    """Measure Hurst's exponent of each unit by the rescaled range, beside that of noise.

    R is the range of cumulated deviations from the mean, S the standard deviation
    (divisor n), and H the slope of ln(R/S) on the logarithm of the length.

    Parameters
    ----------
    y : Series
        Values on (unit, time), ten times or more; every unit has every time.
    method : {"prefix", "blocks"}
        prefix: R/S of the first 3, 4, ... values, as papers on vegetation and on
        coupling compute it. blocks: mean R/S over disjoint blocks of each size; it
        takes 24 values or more.
    differences : bool, default False
        Take the changes from each time to the next instead of the values. Papers
        do either, and H is another.
    sizes : sequence of int, optional
        Sizes of blocks, three or more of at least 8; the values' number over 1, 2, 3,
        ... when omitted.
    n_simulations : int, default 2000
        Series of Gaussian noise that H is compared with.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.

    Returns
    -------
    Hurst
        ``.table`` on unit.

    Raises
    ------
    PanelError
        `y` is on unit only, has too few times, or a unit lacks one.
    ParameterError
        Sizes that are too small, too large or too few, or given for prefix; times
        that are not in even steps.

    Notes
    -----
    Not for short panels, which most are: of white noise of 15 years 80% have H > .5,
    the field's mark of persistence. Not to forecast from: H says nothing of which
    way. Against the 95% of noise .05 to .07 of independent Gaussian series are called
    persistent (lognormal ones .03 to .04), and of series with an autocorrelation of .5
    and no long memory .25 with 15 years and .35 with 30 (4,000 series each,
    tests/dynamics/sizes.py).
    H can lie outside 0 to 1: it is a slope.

    References
    ----------
    Hurst (1951), Trans. Am. Soc. Civ. Eng. 116, 770-799. Mandelbrot and Wallis
    (1969), Water Resour. Res. 5, 967-988. Anis and Lloyd (1976), Biometrika 63, 111-116.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([["a"], range(2001, 2013)], names=["unit", "time"])
    >>> y = pd.Series([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8], index=index)
    >>> hurst(y, seed=1).table[["H", "memory"]].round(3)
             H      memory
    unit
    a     0.77  like noise
    """
    settings = record("hurst", locals())
    check_choice("method", method, get_args(Method))
    check_range("n_simulations", n_simulations, 99)
    panel = wide(numbers(y), _FEWEST + bool(differences))
    if uneven_steps(y.index):
        raise ParameterError(
            "the times of y are not in even steps, which the lengths of R/S count; fill the gaps "
            "(fill_missing) or take a run of even ones"
        )
    x = panel.to_numpy()
    if differences:
        x = np.diff(x, axis=1)
    n = x.shape[1]
    used = _sizes(n, method, sizes)
    exponents = np.full(len(x), np.nan)
    varies = ~is_constant(x.T)
    exponents[varies] = _exponents(x[varies], used, method)
    noise = np.random.default_rng(seed).normal(size=(n_simulations, n))
    simulated = np.sort(_exponents(noise, used, method))
    low, high = np.quantile(simulated, [_TAIL, 1 - _TAIL])
    table = pd.DataFrame({"n": n, "H": exponents}, index=panel.index)
    table["noise_mean"], table["noise_p05"], table["noise_p95"] = simulated.mean(), low, high
    below = np.searchsorted(simulated, exponents)
    smaller = np.minimum(below, n_simulations - below)
    p = np.minimum(1.0, 2 * (smaller + 1) / (n_simulations + 1))
    table["p"] = np.where(varies, p, np.nan)
    table["memory"] = np.select(
        [~varies, exponents > high, exponents < low],
        ["not tested", "persistent", "antipersistent"],
        default="like noise",
    )
    return Hurst(
        settings=settings,
        table=_align.restore(table, y.index.get_level_values(0).unique()),
    )


def _sizes(n: int, method: str, sizes: Sequence[int] | None) -> list[int]:
    """List the lengths at which R/S is taken, checked."""
    if method == "prefix":
        if sizes is not None:
            raise ParameterError(f"sizes={list(sizes)} are used by method='blocks' only")
        return list(range(_FIRST, n + 1))
    if sizes is None:
        found = sorted({n // k for k in range(1, n // _SHORTEST + 1)})
    else:
        found = sorted(set(sizes))
        for size in found:
            check_range("sizes", size, _SHORTEST, n)
    if len(found) < _SIZES:
        raise ParameterError(
            f"method='blocks' needs three sizes of blocks of {_SHORTEST} values or more, which "
            f"{n} values do not give ({found}); use method='prefix'"
        )
    return found


def _exponents(x: FloatArray, sizes: list[int], method: str) -> FloatArray:
    """Slopes of ln(R/S) on ln size of series (m, n), (m,); sizes without variation are left out."""
    m, n = x.shape
    logs = np.full((m, len(sizes)), np.nan)
    for k, size in enumerate(sizes):
        blocks = 1 if method == "prefix" else n // size
        parts = x[:, : blocks * size].reshape(m * blocks, size)
        ratio = _rescaled_range(parts).reshape(m, blocks)
        known = np.isfinite(ratio)
        total = np.where(known, ratio, 0.0).sum(axis=1)
        mean = np.divide(total, known.sum(axis=1), out=np.full(m, np.nan), where=known.any(axis=1))
        logs[:, k] = np.log(mean)
    length = np.where(np.isnan(logs), np.nan, np.log(sizes))
    length = length - np.nanmean(length, axis=1, keepdims=True)
    return np.asarray(np.nansum(length * logs, axis=1) / np.nansum(length**2, axis=1), dtype=float)


def _rescaled_range(x: FloatArray) -> FloatArray:
    """R/S of series (m, n), (m,); NaN for a series without variation."""
    sums = np.cumsum(x - x.mean(axis=1, keepdims=True), axis=1)
    spread = x.std(axis=1)
    found: FloatArray = np.full(len(x), np.nan)
    np.divide(np.ptp(sums, axis=1), spread, out=found, where=~is_constant(x.T))
    return found
