"""Optimal strata: the cut of each factor that explains most, and what that is worth.

The search of the optimal-parameters geographical detector (OPGD). The largest q
of many tries is large in pure noise too, so its p-value repeats the whole
search for every permutation of y.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._progress import counter
from spatialccd._result import record
from spatialccd.drivers._codes import warn_merged
from spatialccd.drivers.breaks import Method, classes, upper_limits
from spatialccd.drivers.geodetector import _kernels as kernels
from spatialccd.drivers.geodetector._design import check_y
from spatialccd.drivers.geodetector._permutations import (
    Restrict,
    draw_values,
    p_value,
    restriction,
)
from spatialccd.drivers.strata import (
    Strata,
    as_classes,
    check_classes,
    check_columns,
    check_factors,
    count_rows,
    is_categorical,
    limits_frame,
    numbered,
)
from spatialccd.errors import DataError, ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Groups, IntArray, Places, Progress, Values
    from spatialccd.drivers.geodetector._permutations import Draw

_AS_GIVEN = "as given"


@dataclass(frozen=True, eq=False, kw_only=True)
class OptimalStrata(Strata):
    """Strata found by a search, with the search and its p-values.

    Attributes
    ----------
    best : DataFrame
        One row a factor: factor, method, k (asked for), strata (found),
        smallest, q, expected_q (mean of the searched q over permutations),
        p_search.
    search : DataFrame
        One row a try: factor, method, k, strata, smallest, q (NaN where the
        try does not count), chosen.
    """

    best: pd.DataFrame
    search: pd.DataFrame

    def summary(self) -> str:
        """Write the best try of each factor and what the search is worth."""
        return f"{self.settings!r}\n\n{self.best.to_string()}\n\nStrata: {self.basis}."

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the best try of each factor, then limits, counts and every try."""
        return {"best": self.best, **super().further(), "search": self.search}


@dataclass(frozen=True)
class _Try:
    """One way to cut one factor."""

    factor: str
    method: str
    k: int
    codes: IntArray
    limits: FloatArray | None


def optimal_strata(
    y: Values,
    X: Columns,
    blocks: Groups | None = None,
    places: Places | None = None,
    *,
    methods: Sequence[Method] = (
        "equal_interval",
        "natural_breaks",
        "quantile",
        "geometric",
        "standard_deviation",
    ),
    k_range: Sequence[int] = (3, 6),
    min_size: int = 2,
    categorical: Sequence[str] = (),
    n_permutations: int = 999,
    restrict: Restrict | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> OptimalStrata:
    """Cut each factor in the way that explains most of a value.

    Every method is tried with every number of strata, and the try with the
    largest q is kept (among equals the one with fewer strata, then the method
    named first). ``p_search`` is the share of permutations of y in which the
    best of all tries does as well. A detector run on these strata and the same
    y does not know of the search: its p-values are too small, and its q too
    large; judge by ``p_search`` and ``expected_q``.

    Parameters
    ----------
    y : Series (n,)
        The value to explain, on unit or on (unit, time).
    X : DataFrame (n, p)
        Factors on the index of y; what is on unit holds at all times. A column
        that is categorical, text or true/false is kept as it is.
    blocks : Series, optional
        A label for each unit or row; with ``restrict="blocks"`` y changes
        places within a block only.
    places : GeoDataFrame, GeoSeries or DataFrame, optional
        Where the units are; needed by ``restrict="shift"``.
    methods : sequence of str
        Methods to try, as in ``stratify``. A method that cannot cut a factor
        (geometric, where it has values of 0 or less) is left out for it.
    k_range : sequence of two int, default (3, 6)
        The least and the largest number of strata to try.
    min_size : int, default 2
        A try with a stratum of fewer rows does not count.
    categorical : sequence of str
        Columns of numbers that are codes of classes and must not be cut.
    n_permutations : int, default 999
        Number of permutations of y, each with the whole search; 0 for none.
    restrict : {"blocks", "units", "shift"}, optional
        What a permutation must respect, as in ``factor_detector``.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told (done, total) as draws are done.

    Returns
    -------
    OptimalStrata
        Strata for any detector, the search, and p_search.

    Raises
    ------
    AlignmentError
        y and X do not carry the same labels, or a value is missing.
    DataError
        y is constant, a factor holds numbers as text, or no try counts for one.
    ParameterError
        A setting is not known or out of range.

    Warns
    -----
    CodesWarning
        A column of whole numbers with few distinct values, such as soil types, was
        cut into fewer strata than it has values.

    References
    ----------
    Song, Y. et al. (2020). An optimal parameters-based geographical detector
    model. GIScience & Remote Sensing 57, 593-610. Westfall, P. H., Young, S. S.
    (1993). Resampling-based multiple testing, section 2 (maximum statistics).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"rain": rng.normal(size=40), "noise": rng.normal(size=40)})
    >>> y = (X["rain"] > 0) + 0.3 * pd.Series(rng.normal(size=40))
    >>> optimal_strata(y, X, k_range=(2, 4), seed=1).best[["factor", "q", "p_search"]].round(3)
      factor      q  p_search
    0   rain  0.809     0.001
    1  noise  0.233     0.064
    """
    settings = record("optimal_strata", locals())
    low, high = _check_settings(methods, k_range, min_size, n_permutations)
    values = check_y(y)
    frame = _align.broadcast(check_factors(X), values.index, "X")
    check_columns(frame, {}, categorical)
    plain = [c for c in frame if is_categorical(frame[c], categorical) and c not in categorical]
    check_classes(frame[plain])
    kept = restriction(values.index, restrict, blocks, places)
    z = kernels.standardize(values.to_numpy(dtype=float))
    if not z.any():
        raise DataError("y is constant: there is nothing to explain")

    tries = [t for f in frame for t in _tries(frame[f], methods, range(low, high + 1), categorical)]
    search = _evaluate(tries, z, min_size)
    counts = search["q"].notna()
    _check_all_found(search, list(frame), min_size)
    best = _choose(search)
    search["chosen"] = search.index.isin(best)
    table = search.loc[best].drop(columns="chosen").reset_index(drop=True)
    if n_permutations:
        alive = [t for t, count in zip(tries, counts, strict=True) if count]
        draw = kept.within(np.arange(z.size), "the data")
        rng = np.random.default_rng(seed)
        step = counter(progress, n_permutations)
        table["expected_q"], table["p_search"] = _p_search(
            alive, table["q"].to_numpy(), z, draw, n_permutations, rng, step
        )
    labels, breaks = _label([tries[i] for i in best], frame)
    cut = [tries[i] for i in best if tries[i].limits is not None]
    warn_merged(frame, {one.factor: int(one.codes.max()) + 1 for one in cut})
    return OptimalStrata(
        settings=settings,
        labels=_align.restore(labels, y.index),
        breaks=breaks,
        counts=count_rows(labels),
        basis=(
            f"chosen for the largest q among {int(counts.sum())} tries on all rows together, so "
            "that q and p-values of a detector on the same y are too favorable; see p_search"
        ),
        best=table,
        search=search,
    )


def _check_settings(
    methods: Sequence[Method], k_range: Sequence[int], min_size: int, n_permutations: int
) -> tuple[int, int]:
    if isinstance(methods, str) or not len(methods):
        raise ParameterError(f"methods must be a list of methods, not {methods!r}")
    for method in methods:
        check_choice("methods", method, get_args(Method))
    if len(k_range) != 2 or k_range[0] > k_range[1]:
        raise ParameterError(f"k_range must be (least, largest), not {tuple(k_range)!r}")
    check_range("k_range", k_range[0], 2)
    check_range("min_size", min_size, 1)
    check_range("n_permutations", n_permutations, 0)
    return int(k_range[0]), int(k_range[1])


def _tries(
    column: pd.Series, methods: Sequence[Method], ks: range, categorical: Sequence[str]
) -> list[_Try]:
    """Cut one factor in every way; a categorical one in its own way only."""
    factor = str(column.name)
    if is_categorical(column, categorical):
        codes, count = kernels.compact(as_classes(column).cat.codes.to_numpy(dtype=np.int64))
        return [_Try(factor, _AS_GIVEN, count, codes, None)]
    x = column.to_numpy(dtype=float)
    if is_constant(x):
        return []
    found = []
    for method in methods:
        if method == "geometric" and x.min() <= 0:
            continue
        for k in [0] if method == "head_tail" else ks:  # head/tail finds its own number
            limits = upper_limits(x, method, k)
            # A method may leave a class empty: it is no stratum.
            codes, count = kernels.compact(classes(x, limits))
            uppers = np.append(limits[np.unique(classes(x, limits))[:-1]], limits[-1])
            found.append(_Try(factor, method, k or count, codes, uppers))
    return found


def _evaluate(tries: Sequence[_Try], z: FloatArray, min_size: int) -> pd.DataFrame:
    """Give strata, smallest stratum and q of each try; q is NaN where it does not count."""
    rows: list[dict[str, Any]] = []
    for one in tries:
        sizes = np.bincount(one.codes)
        rows.append(
            {
                "factor": one.factor,
                "method": one.method,
                "k": one.k,
                "strata": sizes.size,
                "smallest": int(sizes.min()),
            }
        )
    columns = ["factor", "method", "k", "strata", "smallest"]
    search = pd.DataFrame(rows, columns=columns)
    if not tries:
        return search.assign(q=np.nan)
    q = kernels.q_statistics(_stack(tries), z[:, None])[:, 0]
    strata, given = search["strata"], search["method"] == _AS_GIVEN
    counted = (strata > 1) & (strata < z.size) & (given | (search["smallest"] >= min_size))
    return search.assign(q=np.where(counted, q, np.nan))


def _check_all_found(search: pd.DataFrame, factors: Sequence[str], min_size: int) -> None:
    found = set(search.loc[search["q"].notna(), "factor"])
    lost = [str(f) for f in factors if str(f) not in found]
    if lost:
        raise DataError(
            f"no cut of {listed(lost)} gives two or more strata of at least {min_size} rows; "
            "lower min_size or k_range, or drop it",
            search[search["factor"].isin(lost)],
        )


def _choose(search: pd.DataFrame) -> list[int]:
    """Give the row of the best try of each factor, factors in their order."""
    best = []
    for _, tries in search[search["q"].notna()].groupby("factor", sort=False):
        top = tries[tries["q"] >= tries["q"].max() - kernels.TOLERANCE]
        best.append(int(top["strata"].idxmin()))  # the first among equals
    return best


def _p_search(
    tries: Sequence[_Try],
    q: FloatArray,
    z: FloatArray,
    draw: Draw,
    m: int,
    rng: np.random.Generator,
    step: Callable[[int], None],
) -> tuple[FloatArray, FloatArray]:
    """Repeat the search for `m` draws of y.

    Returns the mean of the largest q of each factor, and the share of draws in
    which it is as large as `q`, both (factors,).
    """
    stacked = _stack(tries)
    factors = [t.factor for t in tries]
    first = np.array([i for i, f in enumerate(factors) if i == 0 or factors[i - 1] != f])
    exceeded, total = np.zeros(q.size), np.zeros(q.size)
    for drawn in draw_values(z, draw, m, rng, stacked.sizes.size, step):
        largest = np.maximum.reduceat(kernels.q_statistics(stacked, drawn), first, axis=0)
        exceeded += (largest >= q[:, None] - kernels.TOLERANCE).sum(axis=1)
        total += largest.sum(axis=1)
    return total / m, p_value(exceeded, m)


def _stack(tries: Sequence[_Try]) -> kernels.Stack:
    return kernels.stack([(t.codes, int(t.codes.max()) + 1) for t in tries])


def _label(best: Sequence[_Try], frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the labels of the chosen tries, and the limits of those that were cut."""
    labels, limits = {}, []
    for one, factor in zip(best, frame, strict=True):
        if one.limits is None:
            labels[factor] = as_classes(frame[factor])
            continue
        labels[factor] = numbered(one.codes, frame.index)
        limits.append(limits_frame(one.factor, None, frame[factor].min(), one.limits))
    columns = ["factor", "stratum", "lower", "upper"]
    table = pd.concat(limits, ignore_index=True) if limits else pd.DataFrame(columns=columns)
    return pd.DataFrame(labels, index=frame.index), table
