"""Kernel density by year and group, and the numbers that say what its picture shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd
from scipy.signal import find_peaks
from scipy.special import ndtr

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result, gap_note, record
from spatialccd.dynamics._bandwidth import Rule, choose
from spatialccd.dynamics._samples import By, group_labels, numbers, times_of
from spatialccd.errors import DataError, ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Groups, Values

#: The curve is drawn this many bandwidths beyond the data: it leaves out 3 in 100,000.
_BEYOND = 4.0
#: Bandwidths from a value beyond which its density is nothing (1e-14 of its peak).
_REACH = 8
_POINTS = 512
_MOST_POINTS = 8192
#: Points around each value where so many evenly spaced ones would be too coarse.
_AROUND = 33
#: A bump that rises less than this share of the highest peak above its valley is no mode.
_BUMP = 0.01


@dataclass(frozen=True, eq=False, kw_only=True)
class KernelDensity(Result):
    """Densities on one grid, their bandwidths, and their shape in numbers.

    Attributes
    ----------
    density : DataFrame
        On x, the grid; one column a year, a group, or (group, time).
    bandwidth : Series
        By column of `density`, in the unit of the values.
    shape : DataFrame
        By column of `density`: ``n``; ``mean`` of the values; ``modes``;
        ``peak_at`` and ``peak_height`` of the highest; ``second_at`` and
        ``second_ratio``, place of the second peak and its height over the
        first's (NaN when there is one); ``p05``, ``p50``, ``p95`` of the
        density; ``width`` = p95 - p05; ``left_tail`` = peak_at - p05,
        ``right_tail`` = p95 - peak_at.
    """

    density: pd.DataFrame
    bandwidth: pd.Series
    shape: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the shape, one row a year (and group); the curves are in ``density``."""
        return self.shape.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the bandwidth of each curve."""
        return {"bandwidths": self.bandwidth.to_frame("bandwidth")}

    def notes(self) -> list[str]:
        """Say where there is no second peak."""
        return gap_note(self.shape, ["second_at", "second_ratio"], "one peak only")


def kernel_density(
    y: Values,
    group: Groups | None = None,
    *,
    by: By | None = "time",
    bandwidth: Rule | float = "nrd0",
    at: Sequence[float] | None = None,
) -> KernelDensity:
    """Estimate the distribution of a value by year and group, with a Gaussian kernel.

    Parameters
    ----------
    y : Series
        Values on unit or on (unit, time), such as D.
    group : Series, optional
        Group of each unit (or row); each gets its own density.
    by : {"time"}, optional, default "time"
        One density a year where there are years. None takes all years at once.
    bandwidth : {"nrd0", "scott", "silverman", "sheather-jones"} or float, default "nrd0"
        Rule, applied to each sample by itself, or a number in the unit of the
        values. nrd0: 0.9 min(sd, IQR/1.34) n^-0.2 (Silverman 1986, eq 3.31,
        the default of R). scott: the same with 1.06 (R's bw.nrd). silverman:
        (4/3)^0.2 sd n^-0.2 (eq 3.28). sheather-jones: solves their equation.
    at : sequence of float, optional
        Where to evaluate; 512 points or more from 4 bandwidths below the data
        to 4 above when omitted.

    Returns
    -------
    KernelDensity
        ``.density`` (x by group), ``.bandwidth``, ``.shape``.

    Raises
    ------
    DataError
        A sample has fewer than two distinct values; all of them are named.
    ParameterError
        The rule is unknown, or the number is not positive.
    AlignmentError
        A value is missing, or a unit has no group.
    ConvergenceError
        The Sheather-Jones equation has no solution.

    Notes
    -----
    Shape is measured on a grid of its own and does not depend on `at`. A mode
    is a peak that rises 1% of the highest peak's height above its valley. The
    curve may reach beyond the values' bounds, as that of D beyond [0, 1].

    References
    ----------
    Silverman (1986), Density Estimation, sec. 3.4. Sheather and Jones (1991),
    J. R. Stat. Soc. B 53, 683-690.

    Examples
    --------
    >>> import pandas as pd
    >>> y = pd.Series([0.30, 0.33, 0.35, 0.36, 0.40, 0.62, 0.65, 0.66])
    >>> shape = kernel_density(y, bandwidth=0.04).shape
    >>> shape[["modes", "peak_at", "second_at"]].round(2)
         modes  peak_at  second_at
    all      2     0.35       0.64
    """
    settings = record("kernel_density", locals())
    values = numbers(y)
    if by is not None:
        check_choice("by", by, get_args(By))
    if isinstance(bandwidth, str):
        check_choice("bandwidth", bandwidth, get_args(Rule))
    else:
        check_range("bandwidth", bandwidth, 0, open_low=True)
    samples = _samples(values, group, by)
    labels = _columns(list(samples))
    h = _bandwidths(samples, bandwidth)
    grid = _grid(samples, h) if at is None else _given(at)
    density = np.column_stack(
        [_density(grid, x, width) for x, width in zip(samples.values(), h, strict=True)]
    )
    return KernelDensity(
        settings=settings,
        density=pd.DataFrame(density, index=pd.Index(grid, name="x"), columns=labels),
        bandwidth=pd.Series(h, index=labels, name="bandwidth"),
        shape=pd.DataFrame(
            [_shape(x, width) for x, width in zip(samples.values(), h, strict=True)], index=labels
        ),
    )


def _samples(y: pd.Series, group: Any, by: str | None) -> dict[Any, FloatArray]:
    """Split values by year and group; keys are year, group or (group, year)."""
    x = y.to_numpy()
    found: dict[Any, FloatArray] = {}
    if group is None:
        for time, rows in times_of(y.index, by):
            found["all" if time is None else time] = x[rows]
        return found
    labels = group_labels(group, y.index, "group")
    for name in _align.class_order(labels):
        own = (labels == name).to_numpy()
        for time, rows in times_of(y.index, by):
            found[name if time is None else (name, time)] = x[rows[own[rows]]]
    return found


def _columns(keys: list[Any]) -> pd.Index:
    if isinstance(keys[0], tuple):
        return pd.MultiIndex.from_tuples(keys, names=["group", "time"])
    return pd.Index(keys)


def _bandwidths(samples: dict[Any, FloatArray], bandwidth: Rule | float) -> FloatArray:
    cases = [(key, len(x)) for key, x in samples.items() if is_constant(x)]
    if cases:
        names = [
            f"{' '.join(map(str, key)) if isinstance(key, tuple) else key} (n = {n})"
            for key, n in cases
        ]
        raise DataError(
            f"a density needs two distinct values (beyond rounding); these samples lack them: "
            f"{listed(names)}. "
            "Merge or drop these groups",
            pd.DataFrame(cases, columns=["sample", "n"]),
        )
    if not isinstance(bandwidth, str):
        return np.full(len(samples), float(bandwidth))
    return np.array([choose(x, bandwidth) for x in samples.values()])


def _grid(samples: dict[Any, FloatArray], h: FloatArray) -> FloatArray:
    """Make one grid wide enough for every sample and fine enough for the narrowest."""
    low = min(x.min() - _BEYOND * w for x, w in zip(samples.values(), h, strict=True))
    high = max(x.max() + _BEYOND * w for x, w in zip(samples.values(), h, strict=True))
    points = int(np.ceil(4 * (high - low) / h.min()))
    if points > _MOST_POINTS:  # fewer would cut peaks off, or miss them
        spots = [_spots(x, w) for x, w in zip(samples.values(), h, strict=True)]
        return np.unique(np.concatenate([np.linspace(low, high, _POINTS), *spots]))
    return np.linspace(low, high, max(points, _POINTS))


def _spots(x: FloatArray, h: float) -> FloatArray:
    """Give points a quarter of a bandwidth apart, wherever a sample has any density."""
    step = h / 4
    around = np.arange(-_REACH * 4, _REACH * 4 + 1)
    return np.asarray(step * np.unique(np.unique(np.round(x / step))[:, None] + around))


def _given(at: Sequence[float]) -> FloatArray:
    grid = np.asarray(at, dtype=float)
    if grid.ndim != 1 or len(grid) == 0 or not np.isfinite(grid).all():
        raise ParameterError("at must be one row of finite numbers")
    return grid


def _density(grid: FloatArray, x: FloatArray, h: float) -> FloatArray:
    """Density (g,) of sample `x` (n,) at `grid` (g,)."""
    total = np.zeros(len(grid))
    for part in np.array_split(x, max(1, len(x) * len(grid) // 2_000_000)):
        total += np.exp(-0.5 * ((grid[:, None] - part[None, :]) / h) ** 2).sum(axis=1)
    return np.asarray(total / (len(x) * h * np.sqrt(2 * np.pi)))


def _shape(x: FloatArray, h: float) -> dict[str, float]:
    low, high = x.min() - _BEYOND * h, x.max() + _BEYOND * h
    grid = _fine_grid(x, h)
    curve = _density(grid, x, h)
    peaks, _ = find_peaks(curve, prominence=_BUMP * curve.max())
    if not peaks.size:  # narrower than the grid can show
        peaks = np.array([int(curve.argmax())])
    order = peaks[np.argsort(-curve[peaks], kind="stable")]
    first = order[0]
    second = order[1] if len(order) > 1 else None
    p05, p50, p95 = (_quantile(share, x, h, low, high) for share in (0.05, 0.5, 0.95))
    return {
        "n": len(x),
        "mean": float(x.mean()),
        "modes": len(peaks),
        "peak_at": float(grid[first]),
        "peak_height": float(curve[first]),
        "second_at": float(grid[second]) if second is not None else np.nan,
        "second_ratio": float(curve[second] / curve[first]) if second is not None else np.nan,
        "p05": p05,
        "p50": p50,
        "p95": p95,
        "width": p95 - p05,
        "left_tail": float(grid[first]) - p05,
        "right_tail": p95 - float(grid[first]),
    }


def _fine_grid(x: FloatArray, h: float) -> FloatArray:
    """Make a grid on which no peak of one sample is lost, however far its values lie apart."""
    low, high = x.min() - _BEYOND * h, x.max() + _BEYOND * h
    points = 64 * (high - low) / h
    if points <= _MOST_POINTS:
        return np.linspace(low, high, max(_POINTS, int(np.ceil(points))))
    around = np.linspace(-_BEYOND, _BEYOND, _AROUND)  # elsewhere the density is next to nothing
    return np.unique(np.unique(x)[:, None] + h * around)


def _quantile(share: float, x: FloatArray, h: float, low: float, high: float) -> float:
    """Where the estimated distribution reaches `share`, by bisection of its smooth CDF."""
    for _ in range(60):
        middle = (low + high) / 2
        if ndtr((middle - x) / h).mean() < share:
            low = middle
        else:
            high = middle
    return float((low + high) / 2)
