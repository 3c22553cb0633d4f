"""Where a Markov chain leads: classes in years to come, and in the long run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, gap_note, record
from spatialccd._types import FloatArray, IntArray
from spatialccd.dynamics._chains import closed_sets, probabilities, steady_state, with_absorbing
from spatialccd.dynamics.transitions import Markov, SpatialMarkov
from spatialccd.errors import EstimationError, ParameterError, check_range, listed

#: What is added to each count of moves when probabilities are drawn (Jeffreys' prior).
_PRIOR = 0.5
#: A class with fewer moves than this says little about where its units go.
_THIN = 5
#: Below this p a chain is said to change over the years.
_LEVEL = 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class MarkovProjection(Result):
    """Shares of the classes in years to come.

    Attributes
    ----------
    table : DataFrame
        On (step, class): ``share`` of the units, ``share_low`` and ``share_high``.
        Step 0 is the last time of the data.
    limit : DataFrame
        On class: the same in the long run; NaN where it hangs on the start.
    cautions : tuple of str
        What in the data speaks against projecting.
    """

    table: pd.DataFrame
    limit: pd.DataFrame
    cautions: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a step and class."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the long run."""
        return {"limit": self.limit.copy()}

    def notes(self) -> list[str]:
        """Say what a projection takes for granted, and what speaks against it."""
        return [
            "shares are those expected if units go on moving as they did, each by itself; "
            "intervals are of the probabilities alone, not of what so many units will do",
            *self.cautions,
            *gap_note(self.limit, ["share"], "the long run hangs on the start"),
        ]


def project_markov(
    chain: Markov | SpatialMarkov,
    *,
    horizon: int = 5,
    confidence: float = 0.95,
    n_draws: int = 999,
    seed: int | None = None,
) -> MarkovProjection:
    """Project the shares of classes into years to come, and into the long run.

    p_h = p_0 P^h, p_0 being the shares at the last time. In a spatial chain each unit
    moves by the matrix of its neighbors' class at the last time, which is held: the
    spatial lag of years to come is not known.

    Parameters
    ----------
    chain : Markov or SpatialMarkov
        What ``markov`` or ``spatial_markov`` returns.
    horizon : int, default 5
        Number of steps, each as long as those between the times of the data.
    confidence : float, default 0.95
        Level of the intervals.
    n_draws : int, default 999
        Draws of the matrix: rows from a Dirichlet distribution of the counts of
        moves plus 1/2.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.

    Returns
    -------
    MarkovProjection
        ``.table`` on (step, class), ``.limit``.

    Raises
    ------
    ParameterError
        `chain` is no chain, or a setting is out of range.
    EstimationError
        No unit of the last time has a class and neighbors to move by.

    Notes
    -----
    Not where the matrix changes over the years (``chain.tests``, "time"), nor far
    beyond half of the years of the data; both are said in the notes. Intervals
    hold the expected shares at the stated level where units move independently: in
    panels of 31 units, 10 years and 4 classes .93 to .97 of them did at 95%, 1 and 5
    steps ahead (300 panels, tests/dynamics/projection_coverage.py). Where a class has
    few moves the half that is added to each count moves the interval towards equal
    shares, and the share may lie at its end or beyond. Shocks that all
    units share, and units that differ for good, are in no interval. A class that is
    reached but never left keeps its units; under one class of neighbors, a class that
    has no moves moves as it does under all.

    References
    ----------
    Quah (1993), Eur. Econ. Rev. 37, 426-434. Rey (2001), Geogr. Anal. 33(3), 194-214.
    Anderson and Goodman (1957), Ann. Math. Stat. 28, 89-110.

    Examples
    --------
    >>> import pandas as pd
    >>> from spatialccd import markov
    >>> index = pd.MultiIndex.from_product([list("abc"), [1, 2, 3]], names=["unit", "time"])
    >>> y = pd.Series([1, 1, 2, 1, 2, 2, 2, 2, 1], index=index)
    >>> project_markov(markov(y, bounds=[1]), horizon=1, seed=1).table["share"].round(3).unstack()
    class   <= 1    > 1
    step
    0      0.333  0.667
    1      0.333  0.667
    """
    settings = record("project_markov", locals())
    if not isinstance(chain, Markov | SpatialMarkov):
        raise ParameterError(
            f"chain must be what markov() or spatial_markov() returns, not {type(chain).__name__}"
        )
    check_range("horizon", horizon, 1)
    check_range("n_draws", n_draws, 99)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    names = pd.Index(chain.counts.columns.to_numpy(), name="class")
    k = len(names)
    counts = chain.counts.to_numpy().reshape(-1, k, k)
    start = _start(chain, counts.shape[0], names)
    pooled = counts.sum(axis=0)
    estimate = np.stack([_filled(own, pooled) for own in counts])
    drawn = _drawn(counts, n_draws, seed)
    path = _path(start, estimate[None], horizon)[0]
    ends = _ends(_path(start, drawn, horizon), confidence)
    ends[:, 0] = path[0]  # what is known has no interval
    limit = _limit(start, counts, drawn, confidence)
    rows = pd.MultiIndex.from_product([range(horizon + 1), names], names=["step", "class"])
    columns = ("share", "share_low", "share_high")
    figures = np.stack([path, *ends], axis=-1).reshape(-1, 3)
    return MarkovProjection(
        settings=settings,
        table=pd.DataFrame(figures, rows, list(columns)),
        limit=pd.DataFrame(limit, names, list(columns)),
        cautions=(
            *_cautions(chain, counts, start, names, horizon),
            *_left_out(np.vstack([figures, limit]), names),
        ),
    )


def _start(chain: Markov | SpatialMarkov, lags: int, names: pd.Index) -> FloatArray:
    """Shares at the last time by class of the neighbors and own class, (lags, k), sum 1."""
    classes = chain.classes
    last = _align.canonical(classes.index.get_level_values(1).unique())[-1]
    now = classes.xs(last, level=1)
    found = np.zeros((lags, len(names)))
    own = names.get_indexer(pd.Index(now.astype(object)))
    around = np.zeros(len(now), dtype=int)
    if isinstance(chain, SpatialMarkov):
        around = chain.lag_classes.xs(last, level=1).reindex(now.index).cat.codes.to_numpy()
    known = (own >= 0) & (around >= 0)
    if not known.any():
        raise EstimationError("no unit of the last time has a class and neighbors to move by")
    np.add.at(found, (around[known], own[known]), 1.0 / known.sum())
    return found


def _filled(own: IntArray, pooled: IntArray) -> FloatArray:
    """Probabilities (k, k) of one lag class; rows without moves as in all lag classes."""
    empty = own.sum(axis=1) == 0
    P = probabilities(own)
    P[empty] = with_absorbing(pooled)[empty]
    return P


def _drawn(counts: IntArray, n_draws: int, seed: int | None) -> FloatArray:
    """Draw probabilities (n_draws, lags, k, k) about counts (lags, k, k).

    A class that nobody was ever in has no row to draw: it keeps what it does not have.
    """
    rng = np.random.default_rng(seed)
    pooled = counts.sum(axis=0)
    seen = pooled.sum(axis=0) + pooled.sum(axis=1) > 0
    moved = np.where(counts.sum(axis=2, keepdims=True) > 0, counts, pooled)
    weights = rng.gamma(np.where(seen, moved + _PRIOR, 1.0), size=(n_draws, *counts.shape))
    weights = weights * seen  # nobody moves to where nobody ever was
    kept = pooled.sum(axis=1) == 0  # absorbing, or never seen
    drawn = weights / weights.sum(axis=-1, keepdims=True)
    drawn[..., kept, :] = np.eye(len(pooled))[kept]
    return np.asarray(drawn, dtype=float)


def _path(start: FloatArray, P: FloatArray, horizon: int) -> FloatArray:
    """Shares (m, horizon + 1, k) from a start (lags, k) by matrices (m, lags, k, k)."""
    now = np.broadcast_to(start, (len(P), *start.shape))
    steps = [now.sum(axis=1)]
    for _ in range(horizon):
        now = np.einsum("mlk,mlkj->mlj", now, P)
        steps.append(now.sum(axis=1))
    return np.stack(steps, axis=1)


def _ends(draws: FloatArray, confidence: float) -> FloatArray:
    """Give the ends of the interval over the first axis, (2, ...)."""
    tail = (1 - confidence) / 2
    return np.asarray(np.quantile(draws, [tail, 1 - tail], axis=0), dtype=float)


def _limit(start: FloatArray, counts: IntArray, drawn: FloatArray, confidence: float) -> FloatArray:
    """Share in the long run with the ends of its interval, (k, 3); NaN where there is none."""
    weight = start.sum(axis=1)
    in_use = weight > 0
    pooled = counts.sum(axis=0)
    found = np.full((len(pooled), 3), np.nan)
    filled = [np.where(own.sum(axis=1, keepdims=True) > 0, own, pooled) for own in counts]
    own_limits = np.stack([steady_state(own) for own in filled])[in_use]
    if np.isnan(own_limits).any():
        return found
    found[:, 0] = weight[in_use] @ own_limits
    powers = drawn[:, in_use]
    for _ in range(40):  # P^(2^40): drawn matrices have one closed set, and none is periodic
        powers = powers @ powers
        powers = powers / powers.sum(axis=-1, keepdims=True)
    shares = (start[in_use][None, :, None, :] @ powers)[:, :, 0].sum(axis=1)
    found[:, 1:] = _ends(shares, confidence).T
    return found


def _cautions(
    chain: Markov | SpatialMarkov,
    counts: IntArray,
    start: FloatArray,
    names: pd.Index,
    horizon: int,
) -> list[str]:
    """Say what speaks against projecting a chain."""
    found = []
    times = chain.classes.index.get_level_values(1).nunique()
    if horizon > times / 2:
        found.append(
            f"{horizon} steps ahead is more than half of the {times} times of the data: what the "
            "probabilities do not know grows with every step"
        )
    if isinstance(chain, Markov) and chain.tests.loc["time", "p_LR"] < _LEVEL:
        found.append(
            "the matrix is not the same at all times "
            f"(LR test, p = {chain.tests.loc['time', 'p_LR']:.2g}), as a projection takes it to be"
        )
    rows = chain.counts.sum(axis=1)
    thin = rows[rows < _THIN]
    if len(thin):
        words = (f"{_name(row)} ({n})" for row, n in thin.items())
        found.append(f"classes with fewer than {_THIN} moves: {listed(words)}")
    if isinstance(chain, SpatialMarkov):
        found.append("each unit's class of neighbors is held as at the last time")
    pooled = counts.sum(axis=0)
    seen = int((pooled.sum(axis=0) + pooled.sum(axis=1) > 0).sum())
    for own in counts[start.sum(axis=1) > 0]:
        closed = closed_sets(np.where(own.sum(axis=1, keepdims=True) > 0, own, pooled))
        if len(closed) > 1 or len(closed[0]) < seen:
            sets = "; ".join(", ".join(names[inside]) for inside in closed)
            found.append(f"classes that are never left once entered: {sets}")
    return list(dict.fromkeys(found))


def _left_out(figures: FloatArray, names: pd.Index) -> list[str]:
    """Name classes one of whose intervals does not hold its own share: few moves made it.

    `figures` has share, low and high in its columns, all classes at one step after another.
    """
    share, low, high = figures.reshape(-1, len(names), 3).transpose(2, 0, 1)
    slack = 1e-12  # what rounding may do to an interval of no width
    beyond = names[((share < low - slack) | (share > high + slack)).any(axis=0)]
    if not len(beyond):
        return []
    return [
        "intervals that leave out the share itself, as the half move that is added to each count "
        f"weighs more than the moves there are: {listed(beyond)}"
    ]


def _name(row: object) -> str:
    """Write a row of counts: its class, under a class of neighbors where there is one."""
    return " / ".join(map(str, row)) if isinstance(row, tuple) else str(row)
