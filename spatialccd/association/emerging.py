"""Emerging hot spots: what hot and cold spots do over the years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse, stats

from spatialccd import _trend
from spatialccd._align import left_out, restore
from spatialccd._periods import counts_by_time
from spatialccd._result import Result, record
from spatialccd._types import BoolArray, FloatArray, IntArray
from spatialccd.association._permutation import Correction, adjusted
from spatialccd.association._results import NO_NEIGHBORS
from spatialccd.association._weights import Lattice, lattice, warn_alone
from spatialccd.association.hotspots import own_weight
from spatialccd.errors import (
    ParameterError,
    ShortPanelWarning,
    check_choice,
    check_range,
    warn,
)

if TYPE_CHECKING:
    from spatialccd._types import Graph, Values

Reference = Literal["step", "all"]
StrArray: TypeAlias = npt.NDArray[np.object_]

_KINDS = (
    "New",
    "Consecutive",
    "Intensifying",
    "Persistent",
    "Diminishing",
    "Sporadic",
    "Oscillating",
    "Historical",
)
NO_PATTERN = "No pattern"
#: What a unit can be, in the order of a legend.
PATTERNS = tuple(f"{kind} {sort} spot" for sort in ("hot", "cold") for kind in _KINDS)

#: A spot for at least this share of the steps is one nearly always.
_NEARLY_ALWAYS = 0.9
#: Below so many steps that share means every step, and trends are hardly seen.
_ENOUGH = 10


@dataclass(frozen=True, eq=False, kw_only=True)
class EmergingHotSpots(Result):
    """What hot and cold spots do over the years.

    Attributes
    ----------
    table : DataFrame
        On unit: ``hot`` and ``cold``, the steps at which it is one; ``G_last``;
        ``trend_z`` and ``trend_p`` of Mann and Kendall's test of its scores;
        ``cluster``: one of 16 patterns, "No pattern" or "No neighbors".
    steps : DataFrame
        On the rows of `y`: ``G``, the score of G*; ``p_norm``; ``p_adjusted``;
        ``state``: "hot", "cold" or "neither", missing without neighbors.
    islands : Index
        Units without neighbors: cluster "No neighbors".
    dropped : Index
        Units that the graph left out: they carry no figure, cluster "No neighbors".
    """

    table: pd.DataFrame
    steps: pd.DataFrame
    islands: pd.Index
    dropped: pd.Index

    @property
    def cluster(self) -> pd.Series:
        """Pattern of each unit, a categorical in the order of a legend."""
        return self.table["cluster"]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit. The figures by step are in ``steps``."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give how many units show each pattern, and how many are hot or cold by time."""
        patterns = counts_by_time(self.cluster).loc["all"]
        shown = patterns[patterns > 0].rename_axis("cluster").to_frame("n")
        return {"patterns": shown, "states": counts_by_time(self.steps["state"])}

    def notes(self) -> list[str]:
        """Say how scores were made, and name the units that carry no figure."""
        found = [
            "each step's values are compared with those of the same steps"
            if self.settings["reference"] == "step"
            else "each step's values are compared with those of all steps, so that a rise "
            "everywhere makes late steps hot everywhere"
        ]
        lost = int((self.table["hot"].notna() & self.table["trend_z"].isna()).sum())
        if lost:
            found.append(f"{lost} units are linked to all others, and have no score in some step")
        return [*left_out(self.dropped), *found]


def emerging_hot_spots(
    y: Values,
    graph: Graph,
    *,
    steps_back: int = 0,
    reference: Reference = "step",
    alpha: float = 0.05,
    correction: Correction = "fdr",
) -> EmergingHotSpots:
    """Sort units by what their hot and cold spots do over the years.

    G* of each unit and step, hot or cold where its normal p is significant; and Mann
    and Kendall's test of the scores of each unit. The first class that fits, for hot
    (cold likewise, with the trend turned): new: hot at the last step, never before.
    consecutive: one run of hot steps, two or more, at the end, and hot in less than
    90% of steps. intensifying, persistent, diminishing: hot in 90% of steps and the
    last, with scores that rise, have no trend, or fall. sporadic: hot at the last step,
    on and off, never cold. oscillating: hot at the last step, cold at an earlier one.
    historical: not hot at the last step, hot in 90% (and not a spot of the other sort).

    Parameters
    ----------
    y : Series
        Values on (unit, time), three times or more; every time needs the same units.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. It is the same at every time.
    steps_back : int, default 0
        Neighbors at so many earlier steps count as well. ArcGIS's default is 1.
    reference : {"step", "all"}
        What the neighbors' sum is compared with. step: the values of the same steps,
        so that a hot spot is a place above others of its time. all: those of all
        steps, ArcGIS's default ("entire cube"): a rise everywhere is then hot.
    alpha : float, default 0.05
        Level of hot and cold spots, by corrected p, and of trends, by their own.
    correction : {"fdr", "bonferroni", "none"}
        For the number of units at each step. fdr: Benjamini and Hochberg.

    Returns
    -------
    EmergingHotSpots

    Raises
    ------
    AlignmentError
        Units differ between `y` and `graph` or between times, or values are missing.
    EstimationError
        `y` is constant at some time, or there are too few units or links.
    ParameterError
        Fewer than three times, or more `steps_back` than there are.

    Warns
    -----
    ShortPanelWarning
        Fewer than ten times: 90% of steps is then every step.

    Notes
    -----
    Not for a handful of years: with three or four no trend can be significant, and
    intensifying and diminishing do not occur. Not for values whose neighbors are
    alike because they were made so (interpolated, or shared by a county's parts).

    Of 100 units over 12 years whose values are independent of their neighbors', .001
    get a pattern, and .05 with correction="none", which by itself is what chance gives
    at the last step; where three quarters of the variance is a lasting level of the
    unit, .02 with one step back. Where values rise everywhere by .2 standard deviations
    a year, reference="all" with one step back calls .90 of the units new or consecutive
    hot spots; reference="step" .002 (100 panels each,
    tests/association/emerging_sizes.py).

    Where ArcGIS's text allows two classes (new or consecutive, with a cold step
    earlier) the first is taken; R's sfdep takes oscillating.

    References
    ----------
    Ord and Getis (1995), Geographical Analysis 27, 286-306, equation 15. Esri, How
    Emerging Hot Spot Analysis works (ArcGIS Pro). Mann (1945), Econometrica 13.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 12: 1, (i + 1) % 12: 1} for i in range(12)})
    >>> rows = pd.MultiIndex.from_product([range(12), range(2001, 2011)])
    >>> y = pd.Series([9.0 if unit < 3 and year > 2006 else (5 * unit + year) % 3
    ...                for unit, year in rows], rows)
    >>> emerging_hot_spots(y, ring).table.loc[1, ["hot", "trend_p", "cluster"]]
    hot                         4.0
    trend_p                0.014214
    cluster    Consecutive hot spot
    Name: 1, dtype: object
    """
    settings = record("emerging_hot_spots", locals())
    check_choice("reference", reference, get_args(Reference))
    check_choice("correction", correction, get_args(Correction))
    check_range("alpha", alpha, 0, 1, open_low=True, open_high=True)
    data = lattice(y, graph, row_standardize=False)
    count = len(data.times)
    if count < 3:
        raise ParameterError(
            f"y holds {count} times; patterns need at least three, on (unit, time)"
        )
    check_range("steps_back", steps_back, 0, count - 1)
    if count < _ENOUGH:
        warn(
            f"{count} times: hot in 90% of steps is then hot in every one, no unit can be a "
            "historical spot, and trends are hardly seen",
            ShortPanelWarning,
        )
    warn_alone(data.weights, graph)
    scores = _scores(data, steps_back, whole=reference == "all")
    p = 2 * stats.norm.sf(np.abs(scores))
    p_adjusted = np.column_stack([adjusted(column, correction) for column in p.T])
    sure = p_adjusted <= alpha
    hot, cold = sure & (scores > 0), sure & (scores < 0)
    trend_z, trend_p = _trends(scores)
    sign = np.where(trend_p <= alpha, np.sign(trend_z), 0).astype(int)
    alone = data.weights.alone
    table = pd.DataFrame(
        {
            "hot": np.where(alone, np.nan, hot.sum(axis=1)),
            "cold": np.where(alone, np.nan, cold.sum(axis=1)),
            "G_last": scores[:, -1],
            "trend_z": trend_z,
            "trend_p": trend_p,
            "cluster": np.where(alone, NO_NEIGHBORS, patterns(hot, cold, sign)),
        },
        index=data.weights.units,
    )
    table = restore(table, y.index.get_level_values(0).unique())
    table["cluster"] = pd.Categorical(
        table["cluster"].fillna(NO_NEIGHBORS), [*PATTERNS, NO_PATTERN, NO_NEIGHBORS]
    )
    state = np.where(hot, "hot", np.where(cold, "cold", "neither")).astype(object)
    state[alone] = None
    by_step = {"G": scores, "p_norm": p, "p_adjusted": p_adjusted, "state": state}
    rows = pd.MultiIndex.from_product([data.weights.units, data.times])
    steps = pd.DataFrame({name: figures.ravel() for name, figures in by_step.items()}, rows)
    return EmergingHotSpots(
        settings=settings,
        table=table,
        steps=restore(steps, y.index),
        islands=data.weights.islands,
        dropped=data.weights.dropped,
    )


def patterns(hot: BoolArray, cold: BoolArray, trend: IntArray) -> StrArray:
    """Name what each unit's spots do.

    Parameters
    ----------
    hot, cold : array of bool, shape (n, T)
    trend : array of int, shape (n,)
        1 for scores that rise, -1 for scores that fall, 0 for neither.

    Returns
    -------
    array of str, shape (n,)

    Examples
    --------
    >>> hot = np.array([[0, 0, 1], [0, 1, 1], [0, 0, 0]], dtype=bool)
    >>> patterns(hot, np.zeros_like(hot), np.zeros(3, dtype=int)).tolist()
    ['New hot spot', 'Consecutive hot spot', 'No pattern']
    """
    kinds = {"hot": _kind(hot, cold, trend), "cold": _kind(cold, hot, -trend)}
    names = np.full(len(hot), NO_PATTERN, dtype=object)
    # What a unit is at the last step goes before what it was: no unit is both hot and cold then.
    for was in (True, False):
        for sort, kind in kinds.items():
            fits = (kind != "") & ((kind == "Historical") == was)
            names[fits] = np.char.add(kind[fits].astype(str), f" {sort} spot")
    return names


def _kind(spot: BoolArray, other: BoolArray, trend: IntArray) -> StrArray:
    """Give the first class that fits each unit's spots of one sort (n, T); "" for none."""
    count = spot.sum(axis=1)
    last = spot[:, -1]
    run = np.where(spot.all(axis=1), spot.shape[1], np.argmin(spot[:, ::-1], axis=1))
    always = count >= _NEARLY_ALWAYS * spot.shape[1] - 1e-9
    conditions = {
        "New": last & (count == 1),
        "Consecutive": last & (run >= 2) & (count == run) & ~always,
        "Intensifying": last & always & (trend > 0),
        "Persistent": last & always & (trend == 0),
        "Diminishing": last & always & (trend < 0),
        "Sporadic": last & ~always & ~other.any(axis=1),
        "Oscillating": last & ~always & other.any(axis=1),
        "Historical": ~last & always,
    }
    return np.select(list(conditions.values()), list(conditions), default="")


def _trends(scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Test scores (n, T) for a trend: z and p (n,), NaN where a score is."""
    z, p = np.full(len(scores), np.nan), np.full(len(scores), np.nan)
    known = np.isfinite(scores).all(axis=1)
    if known.any():
        found = _trend.mann_kendall(scores[known])
        z[known], p[known] = found.z, found.p
    return z, p


def _scores(data: Lattice, steps_back: int, *, whole: bool) -> FloatArray:
    """Standardize G* of each unit and step (Ord and Getis, 1995, equation 15), (n, T)."""
    matrix, x = data.weights.matrix, data.values
    n, T = x.shape
    star = sparse.csr_array(matrix + sparse.diags_array(own_weight(matrix)))
    sums = star @ x
    total = np.asarray(star.sum(axis=1)).ravel()
    squares = np.asarray(star.multiply(star).sum(axis=1)).ravel()
    scores = np.full((n, T), np.nan)
    for t in range(T):
        first = max(0, t - steps_back)
        steps = t + 1 - first
        compared = x if whole else x[:, first : t + 1]
        N, mean = compared.size, compared.mean()
        expected = mean * steps * total
        spread = N * steps * squares - (steps * total) ** 2
        scale = compared.std() * np.sqrt(np.maximum(spread, 0) / (N - 1))
        known = (scale > 1e-12 * np.abs(expected)) & ~data.weights.alone
        local = sums[:, first : t + 1].sum(axis=1)
        np.divide(local - expected, scale, out=scores[:, t], where=known)
    return scores
