"""How units move between classes: Markov chains, plain and given their neighbors."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, gap_note, record
from spatialccd.dynamics._chains import count, homogeneity, probabilities, sojourn, steady_state
from spatialccd.dynamics._samples import numbers, uneven_steps, wide
from spatialccd.errors import EstimationError, IslandWarning, ParameterError, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Graph, IntArray, Values


@dataclass(frozen=True, eq=False, kw_only=True)
class Markov(Result):
    """A Markov chain of classes.

    Attributes
    ----------
    counts : DataFrame
        Moves from the row's class to the column's, from one time to the next.
    probabilities : DataFrame
        The same as shares of the row; NaN for a class nobody leaves or stays in.
    steady_state : Series
        Share of units in each class in the long run; NaN when it hangs on the
        start (several closed sets of classes).
    sojourn : Series
        Expected number of times in a class before it is left.
    tests : DataFrame
        "order": a unit's next class is independent of its class now; "time":
        the matrix is the same at all times. ``Q`` (chi-square) and ``LR`` with
        ``df``, ``p_Q`` and ``p_LR``.
    classes : Series
        Class of each row, ordered categorical, on the caller's index.
    """

    counts: pd.DataFrame
    probabilities: pd.DataFrame
    steady_state: pd.Series
    sojourn: pd.Series
    tests: pd.DataFrame
    classes: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """Give the number of moves from each class and their shares."""
        table = self.probabilities.copy()
        table.insert(0, "n", self.counts.sum(axis=1))
        return table

    def further(self) -> dict[str, pd.DataFrame]:
        """Give counts, the steady state with times of stay, and the tests."""
        long_run = {"steady_state": self.steady_state, "sojourn": self.sojourn}
        return {
            "counts": self.counts.copy(),
            "long run": pd.DataFrame(long_run),
            "tests": self.tests,
        }

    def notes(self) -> list[str]:
        """Say which classes have no moves, and that moves span different years where they do."""
        return [
            *gap_note(
                self.probabilities, self.probabilities.columns, "nobody was ever in this class"
            ),
            *uneven_steps(self.classes.index),
        ]


@dataclass(frozen=True, eq=False, kw_only=True)
class SpatialMarkov(Result):
    """Markov chains by the class of the neighbors.

    Attributes
    ----------
    counts, probabilities : DataFrame
        As in ``Markov``, on (lag, from): the neighbors' class at the start of a
        move, and the unit's own.
    steady_state : DataFrame
        Class by lag class.
    tests : DataFrame
        "lag": moves do not depend on the neighbors. ``Q`` and ``LR`` as in ``Markov``.
    classes, lag_classes : Series
        Class of each row and of its spatial lag, on the caller's index.
    overall : DataFrame
        Probabilities over all lag classes together.
    islands : Index
        Units without neighbors: they have no lag and are in no move.
    dropped : Index
        Units that ``neighbors(islands="drop")`` took out: they are in no figure.
    """

    counts: pd.DataFrame
    probabilities: pd.DataFrame
    steady_state: pd.DataFrame
    tests: pd.DataFrame
    classes: pd.Series
    lag_classes: pd.Series
    overall: pd.DataFrame
    islands: pd.Index
    dropped: pd.Index

    def to_frame(self) -> pd.DataFrame:
        """Give the number of moves from each class and their shares, by lag class."""
        table = self.probabilities.copy()
        table.insert(0, "n", self.counts.sum(axis=1))
        return table

    def further(self) -> dict[str, pd.DataFrame]:
        """Give counts, the probabilities of all together, steady states, and the test."""
        return {
            "counts": self.counts.copy(),
            "overall": self.overall.copy(),
            "steady state": self.steady_state.copy(),
            "tests": self.tests.copy(),
        }

    def notes(self) -> list[str]:
        """Name units without moves and classes without any; say where spans differ."""
        alone = listed(self.islands)
        return [
            *_align.left_out(self.dropped),
            *([f"In no move, as units without a neighbor: {alone}."] if alone else []),
            *gap_note(
                self.probabilities, self.probabilities.columns, "nobody was ever in this class"
            ),
            *uneven_steps(self.classes.index),
        ]


def markov(
    y: Values, *, k: int = 4, bounds: Sequence[float] | None = None, relative: bool = False
) -> Markov:
    """Estimate how units move between classes from one time to the next.

    Parameters
    ----------
    y : Series
        Numbers on (unit, time), or an ordered categorical such as ``ccd.grade``,
        whose own classes are then used. Every unit must have every time.
    k : int, default 4
        Number of classes of numbers: quantiles over all units and times.
    bounds : sequence of float, optional
        Rising upper bounds of all classes but the last, instead of quantiles. A
        class holds its upper bound.
    relative : bool, default False
        Divide numbers by the mean of their time first.

    Returns
    -------
    Markov
        ``.probabilities``, ``.steady_state``, ``.tests``.

    Raises
    ------
    PanelError
        No times, one time, or a unit lacks one; ``cases`` lists each.
    ParameterError
        Bounds that do not rise, or too many equal values for `k` quantiles.

    Notes
    -----
    A class that is reached but never left is taken to be absorbing.

    References
    ----------
    Anderson and Goodman (1957), Ann. Math. Stat. 28, 89-110. Bickenbach and
    Bode (2003), Int. Reg. Sci. Rev. 26(3), 363-391.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([list("abc"), [1, 2, 3]], names=["unit", "time"])
    >>> y = pd.Series([1, 1, 2, 1, 2, 2, 2, 2, 1], index=index)
    >>> markov(y, bounds=[1]).counts.to_numpy().tolist()
    [[1, 2], [1, 2]]
    """
    settings = record("markov", locals())
    codes, names, caller = _classified(y, k, bounds, relative, "y")
    stacks = np.stack([count(codes[:, t : t + 2], len(names)) for t in range(codes.shape[1] - 1)])
    counts = stacks.sum(axis=0)
    tests = {"order": homogeneity(counts[:, None, :]), "time": homogeneity(stacks)}
    origin, to = pd.Index(names, name="from"), pd.Index(names, name="to")
    return Markov(
        settings=settings,
        counts=pd.DataFrame(counts, origin, to),
        probabilities=pd.DataFrame(probabilities(counts), origin, to),
        steady_state=pd.Series(steady_state(counts), pd.Index(names, name="class"), name="share"),
        sojourn=pd.Series(sojourn(counts), pd.Index(names, name="class"), name="times"),
        tests=pd.DataFrame.from_dict(tests, orient="index").rename_axis("test"),
        classes=_per_row(codes, names, caller, "class"),
    )


def spatial_markov(
    y: Values,
    graph: Graph,
    *,
    k: int = 4,
    lag_k: int | None = None,
    bounds: Sequence[float] | None = None,
    lag_bounds: Sequence[float] | None = None,
    relative: bool = False,
) -> SpatialMarkov:
    """Estimate how units move between classes given the class of their neighbors.

    Parameters
    ----------
    y : Series
        Numbers on (unit, time). Every unit must have every time.
    graph : Graph or Neighbors
        Who is whose neighbor, on the same units. Its rows are standardized. Units that
        ``neighbors(islands="drop")`` took out are left out and named.
    k : int, default 4
        Number of classes: quantiles over all units and times.
    lag_k : int, optional
        Number of classes of the spatial lag; `k` when omitted.
    bounds : sequence of float, optional
        Rising upper bounds of all classes but the last, instead of quantiles.
    lag_bounds : sequence of float, optional
        The same for the spatial lag; `bounds` when only these are given.
    relative : bool, default False
        Divide numbers by the mean of their time first.

    Returns
    -------
    SpatialMarkov
        ``.probabilities`` on (lag, from), ``.steady_state``, ``.tests``.

    Raises
    ------
    PanelError, ParameterError
        As ``markov``.
    AlignmentError
        Graph and values do not hold the same units.
    EstimationError
        No unit has a neighbor.

    Warns
    -----
    IslandWarning
        Units without neighbors have no lag and are left out.

    References
    ----------
    Rey (2001), Geogr. Anal. 33(3), 194-214.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> index = pd.MultiIndex.from_product([list("abcd"), [1, 2]], names=["unit", "time"])
    >>> y = pd.Series([1, 1, 2, 7, 7, 2, 9, 9], index=index)
    >>> ring = Graph.from_arrays(list("aabbccdd"), list("bdacbdca"), [1] * 8)
    >>> spatial_markov(y, ring, k=2).to_frame()
    to              n  <= 4.5  > 4.5
    lag     from
    <= 4.75 <= 4.5  1     0.0    1.0
            > 4.5   1     0.0    1.0
    > 4.75  <= 4.5  1     1.0    0.0
            > 4.5   1     1.0    0.0
    """
    settings = record("spatial_markov", locals())
    if isinstance(getattr(y, "dtype", None), pd.CategoricalDtype):
        raise ParameterError("y must hold numbers: the mean of neighbors' classes is no class")
    caller = y.index if isinstance(y, pd.Series) else None
    (y,), dropped = _align.without_dropped(graph, y=y)
    codes, names, own_rows = _classified(y, k, bounds, relative, "y")
    table = _table(y, relative)
    W = _align.graph_matrix(graph, table.index)
    alone = np.asarray(W.sum(axis=1)).ravel() == 0
    if alone.any() and not hasattr(graph, "islands"):  # neighbors() has named its own
        warnings.warn(
            f"units without neighbors have no spatial lag and are left out: "
            f"{listed(table.index[alone])}",
            IslandWarning,
            stacklevel=2,
        )
    if alone.all():
        raise EstimationError("no unit has a neighbor, so that there is no spatial lag")
    lag = pd.DataFrame(W @ table.to_numpy(), table.index, table.columns)[~alone]
    same = lag_bounds if lag_bounds is not None else bounds
    lag_codes, lag_names = _cut(lag, lag_k or k, same, "the spatial lag of y")
    own = codes[~alone]
    stacks = np.zeros((len(lag_names), len(names), len(names)), dtype=int)
    np.add.at(stacks, (lag_codes[:, :-1], own[:, :-1], own[:, 1:]), 1)
    rows = pd.MultiIndex.from_product([lag_names, names], names=["lag", "from"])
    to = pd.Index(names, name="to")
    flat = stacks.reshape(-1, len(names))
    lag_rows = _per_row(lag_codes, lag_names, lag.stack().index, "lag_class")
    return SpatialMarkov(
        settings=settings,
        counts=pd.DataFrame(flat, rows, to),
        probabilities=pd.DataFrame(probabilities(flat), rows, to),
        steady_state=pd.DataFrame(
            [steady_state(s) for s in stacks],
            pd.Index(lag_names, name="lag"),
            pd.Index(names, name="class"),
        ),
        tests=pd.DataFrame.from_dict({"lag": homogeneity(stacks)}, orient="index").rename_axis(
            "test"
        ),
        classes=_align.restore(_per_row(codes, names, own_rows, "class"), caller),
        lag_classes=_align.restore(lag_rows, caller),
        overall=pd.DataFrame(probabilities(stacks.sum(axis=0)), pd.Index(names, name="from"), to),
        islands=table.index[alone],
        dropped=dropped,
    )


def _classified(
    y: Any, k: int, bounds: Sequence[float] | None, relative: bool, role: str
) -> tuple[IntArray, list[str], pd.Index]:
    """Give class codes (n, t) in canonical order, the classes' names, and the caller's index."""
    if isinstance(getattr(y, "dtype", None), pd.CategoricalDtype):
        (ordered,) = _align.align(**{role: y})
        _align.check_complete(ordered, role, words=True)
        present = [c for c in ordered.cat.categories if (ordered == c).any()]
        codes = ordered.cat.set_categories(present).cat.codes
        table = wide(pd.Series(codes.to_numpy(dtype=float), ordered.index), 2, role)
        return table.to_numpy(dtype=int), [str(c) for c in present], y.index
    return *_cut(_table(y, relative), k, bounds, role), y.index


def _table(y: Any, relative: bool) -> pd.DataFrame:
    table = wide(numbers(y), 2)
    if not relative:
        return table
    means = table.mean()
    if not (means > 0).all():
        raise ParameterError("relative=True needs a positive mean at every time")
    return table / means


def _cut(
    table: pd.DataFrame, k: int, bounds: Sequence[float] | None, role: str
) -> tuple[IntArray, list[str]]:
    """Cut numbers into classes that hold their upper bound."""
    values = table.to_numpy(dtype=float)
    if bounds is None:
        check_range("k", k, 2)
        cuts = np.quantile(values, np.arange(1, k) / k)
        if (np.diff([*cuts, values.max()]) <= 0).any():
            raise ParameterError(
                f"{role} has too many equal values for {k} quantiles; pass fewer or bounds=..."
            )
    else:
        cuts = np.asarray(bounds, dtype=float)
        if cuts.ndim != 1 or len(cuts) == 0 or not (np.diff(cuts) > 0).all():
            raise ParameterError(f"bounds={list(bounds)!r} must be rising numbers")
    words = _distinct(cuts)
    names = [f"<= {words[0]}", *(f"({low}, {high}]" for low, high in pairwise(words))]
    return np.searchsorted(cuts, values, side="left"), [*names, f"> {words[-1]}"]


def _distinct(cuts: FloatArray) -> list[str]:
    """Write limits with as many digits as tell them apart, four at least."""
    for digits in range(4, 17):
        words = [f"{cut:.{digits}g}" for cut in cuts]
        if len(set(words)) == len(cuts):
            return words
    return [repr(float(cut)) for cut in cuts]


def _per_row(codes: IntArray, names: list[str], index: pd.Index, name: str) -> pd.Series:
    """Lay class codes (n, t) out on the rows of a panel."""
    flat = pd.Categorical.from_codes(codes.ravel(), names, ordered=True)
    return _align.restore(pd.Series(flat, index=_align.canonical(index), name=name), index)
