"""Stochastic kernels: where a distribution goes, given where units, neighbors or groups were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result, record
from spatialccd.dynamics._bandwidth import Rule, choose
from spatialccd.dynamics._samples import group_labels, numbers, uneven_steps, wide
from spatialccd.errors import DataError, EstimationError, ParameterError, check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Graph, Groups, Values

Given = Literal["own", "neighbors", "group"]

#: Where the density of the condition is below this share of its peak nothing is said.
_THIN = 0.01
#: The grid runs this many bandwidths beyond the data; across, where rows integrate to 1, more.
_BEYOND, _ACROSS = 1.0, 4.0


@dataclass(frozen=True, eq=False, kw_only=True)
class StochasticKernel(Result):
    """The distribution of a value given a condition.

    Attributes
    ----------
    conditional : DataFrame
        Density of the later value (columns) given the condition (rows): each row integrates
        to 1; NaN where the condition is too rare to say.
    ridge : DataFrame
        One row a value of the condition: the columns of ``to_frame``.
    bandwidth : Series
        Of the condition (x) and of the value (y), in their units.
    ergodic : Series
        Density that the kernel would lead to if it went on (given="own" only, else empty).
    n : int
        Pairs of condition and value.
    flags : tuple of str
        What the times mean for the figures.
    dropped : Index
        Units that a graph had dropped as islands.
    """

    conditional: pd.DataFrame
    ridge: pd.DataFrame
    bandwidth: pd.Series
    ergodic: pd.Series
    n: int
    flags: tuple[str, ...]
    dropped: pd.Index

    def to_frame(self) -> pd.DataFrame:
        """Give one row a value of the condition.

        Columns: x; density (of the condition); mode, mean, p05 and p95 of the value there, NaN
        where the density is below 1% of its peak.
        """
        return self.ridge.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the distribution in the long run, where there is one."""
        return {"ergodic": self.ergodic.to_frame()} if len(self.ergodic) else {}

    def notes(self) -> list[str]:
        """Say what was left blank, and what the bandwidths are."""
        thin = int(self.ridge["mode"].isna().sum())
        said = [
            f"Bandwidths: x {self.bandwidth['x']:.4g}, y {self.bandwidth['y']:.4g}; {self.n} pairs."
        ]
        if thin:
            said.append(
                f"Blank in {thin} of {len(self.ridge)} rows, where the condition is rarer than 1% "
                "of its peak."
            )
        return [*said, *self.flags, *_align.left_out(self.dropped)]


def stochastic_kernel(
    y: Values,
    graph: Graph | None = None,
    groups: Groups | None = None,
    *,
    given: Given = "own",
    step: int = 1,
    relative: bool = True,
    bandwidth: Rule | float = "nrd0",
    points: int = 81,
) -> StochasticKernel:
    """Estimate the distribution of a value given the unit's, its neighbors' or its group's.

    f(y | x) = f(x, y) / f(x), with f(x, y) a bivariate Gaussian kernel density and f(x) its own
    marginal, so that every row integrates to 1. x is the unit's own value `step` times before,
    the mean of its neighbors, or the mean of the other units of its group, at that time. Mass
    on the 45-degree line is persistence (given own), or likeness to the surroundings; a ridge
    parallel to the axis of x says that the condition does not matter.

    It has no test: `markov`, `spatial_markov` and `global_moran` have. With fewer than some 100
    pairs the ridge is that of the bandwidth; pairs of one unit are not independent.

    Parameters
    ----------
    y : Series
        Numbers on (unit, time). Every unit must have every time.
    graph : Graph or Neighbors, optional
        Who is whose neighbor, on the same units, for ``given="neighbors"``. Its rows are
        standardized. Units that ``neighbors(islands="drop")`` took out are left out and named.
    groups : Series, optional
        A label for each unit, such as its region, for ``given="group"``.
    given : {"own", "neighbors", "group"}, default "own"
        What the condition is.
    step : int, default 1
        Times from the condition to the value; 0 for the same time (not with own).
    relative : bool, default True
        Divide numbers by the mean of their time first.
    bandwidth : {"nrd0", "scott", "silverman", "sheather-jones"} or float, default "nrd0"
        Rule, applied to x and y by themselves, or a number for both.
    points : int, default 81
        Points of the grid, on each axis.

    Returns
    -------
    StochasticKernel
        The kernel on a grid, its ridge, and its long run.

    Raises
    ------
    PanelError
        No times, too few, or a unit lacks one; ``cases`` lists each.
    AlignmentError
        Labels differ, or a value is missing.
    DataError
        x or y has one value only, or no unit has a neighbor or another of its group.
    ParameterError
        A setting is not known, or what `given` needs is not there.

    References
    ----------
    Quah, D. (1997). Empirics for growth and distribution: stratification, polarization, and
    convergence clubs. Journal of Economic Growth 2, 27-59. Magrini, S. (2009). Why should we
    analyse convergence using the distribution dynamics approach? Scienze Regionali 8, 5-34.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([range(60), [2019, 2020]], names=["unit", "time"])
    >>> start = np.repeat(np.random.default_rng(0).uniform(1, 2, 60), 2)
    >>> found = stochastic_kernel(pd.Series(start, rows))
    >>> inside = found.ridge[found.ridge["x"].between(0.8, 1.2)]
    >>> bool((inside["mean"] - inside["x"]).abs().max() < 0.05)
    True
    """
    settings = record("stochastic_kernel", locals())
    check_choice("given", given, get_args(Given))
    check_range("step", step, 1 if given == "own" else 0)
    check_range("points", points, 11)
    if isinstance(bandwidth, str):
        check_choice("bandwidth", bandwidth, get_args(Rule))
    else:
        check_range("bandwidth", bandwidth, 0, open_low=True)
    _check_given(given, graph, groups)
    (y, groups), dropped = _align.without_dropped(graph, y=y, groups=groups)
    values = numbers(y)
    table = wide(values, max(step + 1, 1 if step == 0 else 2))
    x_table = _condition(table, given, graph, groups)
    scale = _means(table) if relative else np.ones(table.shape[1])
    later = table.to_numpy(dtype=float) / scale
    before = x_table / scale
    last = table.shape[1] - step
    x, v = before[:, :last].ravel(), later[:, step:].ravel()
    known = np.isfinite(x)
    x, v = x[known], v[known]
    _check_spread(x, v)
    h = [choose(a, bandwidth) if isinstance(bandwidth, str) else float(bandwidth) for a in (x, v)]
    grid_x = np.linspace(x.min() - _BEYOND * h[0], x.max() + _BEYOND * h[0], points)
    grid_y = np.linspace(v.min() - _ACROSS * h[1], v.max() + _ACROSS * h[1], points)
    marginal = _kernel(grid_x, x, h[0]).mean(axis=1)
    conditional = _conditional(grid_x, grid_y, x, v, h)
    blank = marginal < _THIN * marginal.max()
    return StochasticKernel(
        settings=settings,
        conditional=pd.DataFrame(
            np.where(blank[:, None], np.nan, conditional),
            pd.Index(grid_x, name="x"),
            pd.Index(grid_y, name="y"),
        ),
        ridge=_ridge(grid_x, marginal, x, v, h, blank),
        bandwidth=pd.Series({"x": h[0], "y": h[1]}, name="bandwidth"),
        ergodic=_ergodic(x, v, h, points)
        if given == "own"
        else pd.Series(dtype=float, name="density"),
        n=x.size,
        flags=tuple(uneven_steps(values.index)) if step else (),
        dropped=dropped,
    )


def _check_given(given: Given, graph: Any, groups: Any) -> None:
    if given == "neighbors" and graph is None:
        raise ParameterError("given='neighbors' needs graph=: who is whose neighbor")
    if given == "group" and groups is None:
        raise ParameterError("given='group' needs groups=: a label for each unit")
    if groups is not None and given != "group":
        raise ParameterError("groups were given but not used; add given='group'")
    if graph is not None and given != "neighbors":
        raise ParameterError("graph was given but not used; add given='neighbors'")


def _means(table: pd.DataFrame) -> FloatArray:
    means = table.mean().to_numpy(dtype=float)
    if not (means > 0).all():
        raise ParameterError("relative=True needs a positive mean at every time")
    return np.asarray(means)


def _condition(table: pd.DataFrame, given: Given, graph: Any, groups: Any) -> FloatArray:
    """Give the condition of each unit and time (n, T); NaN where a unit has none."""
    values = table.to_numpy(dtype=float)
    if given == "own":
        return np.asarray(values)
    if given == "neighbors":
        matrix = _align.graph_matrix(graph, table.index).tolil()
        matrix.setdiag(0)  # a unit is no neighbor of itself
        matrix = matrix.tocsr()
        sums = np.asarray(matrix.sum(axis=1)).ravel()
        lag = np.asarray(matrix @ values)
        found = np.divide(
            lag, sums[:, None], out=np.full_like(values, np.nan), where=sums[:, None] != 0
        )
    else:
        codes = pd.factorize(group_labels(groups, table.index))[0]
        sizes = np.bincount(codes)[codes][:, None].astype(float)
        sums = np.array([np.bincount(codes, column) for column in values.T]).T[codes]
        found = np.divide(
            sums - values, sizes - 1, out=np.full_like(values, np.nan), where=sizes > 1
        )
    if not np.isfinite(found).any():
        raise DataError(f"no unit has another to be conditioned on (given={given!r})")
    return np.asarray(found)


def _check_spread(x: FloatArray, v: FloatArray) -> None:
    flat = [name for name, a in (("the condition", x), ("y", v)) if is_constant(a)]
    if flat:
        raise DataError(f"{' and '.join(flat)} has one value only (beyond rounding): no density")


def _kernel(grid: FloatArray, x: FloatArray, h: float) -> FloatArray:
    """Gaussian kernel of each value at each point, (g, n)."""
    z = (grid[:, None] - x) / h
    return np.asarray(np.exp(-0.5 * z**2) / (h * np.sqrt(2 * np.pi)))


def _shares(grid: FloatArray, x: FloatArray, h: float) -> FloatArray:
    """Weight of each pair at each value of the condition, (g, n); rows sum to 1."""
    z = -0.5 * ((grid[:, None] - x) / h) ** 2
    weight = np.exp(z - z.max(axis=1, keepdims=True))  # far from all data the nearest counts
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _conditional(
    grid_x: FloatArray, grid_y: FloatArray, x: FloatArray, v: FloatArray, h: list[float]
) -> FloatArray:
    """Density of y given x on the grid, (g, g)."""
    return np.asarray(_shares(grid_x, x, h[0]) @ _kernel(grid_y, v, h[1]).T)


def _ridge(
    grid: FloatArray,
    marginal: FloatArray,
    x: FloatArray,
    v: FloatArray,
    h: list[float],
    blank: FloatArray,
) -> pd.DataFrame:
    """Follow mode, mean and both 5% ends of y over the condition."""
    fine = np.linspace(v.min() - _ACROSS * h[1], v.max() + _ACROSS * h[1], 801)
    density = _conditional(grid, fine, x, v, h)
    below = np.cumsum(density, axis=1) * (fine[1] - fine[0])
    below /= below[:, -1:]
    ends = {
        name: fine[(below >= share).argmax(axis=1)]
        for name, share in (("p05", 0.05), ("p95", 0.95))
    }
    table = pd.DataFrame(
        {
            "x": grid,
            "density": marginal,
            "mode": fine[density.argmax(axis=1)],
            "mean": _shares(grid, x, h[0]) @ v,
            **ends,
        }
    )
    table.loc[np.asarray(blank, dtype=bool), ["mode", "mean", "p05", "p95"]] = np.nan
    return table


def _ergodic(x: FloatArray, v: FloatArray, h: list[float], points: int) -> pd.Series:
    """Give the density that the kernel keeps: the left eigenvector on one grid for both."""
    low, high = min(x.min(), v.min()) - h[1], max(x.max(), v.max()) + h[1]
    grid = np.linspace(low, high, points)
    step = grid[1] - grid[0]
    moves = _conditional(grid, grid, x, v, h)
    moves /= moves.sum(axis=1, keepdims=True)
    if not np.isfinite(moves).all():
        raise EstimationError("the bandwidth is too small for the grid; take more points")
    values, vectors = np.linalg.eig(moves.T)
    own = np.real(vectors[:, int(np.argmin(np.abs(values - 1)))])
    density = np.abs(own) / (np.abs(own).sum() * step)
    return pd.Series(density, pd.Index(grid, name="y"), name="density")
