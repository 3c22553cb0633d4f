"""The only place where labels are matched.

PySAL, scikit-learn and every array kernel match by position. Here labeled
inputs are checked against each other and put into one canonical (sorted)
order; results go back onto the caller's index with ``restore``. A function
that takes its rows through this gate gives the same figures for shuffled rows,
permutations included, and names every label that one of its inputs lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd.errors import AlignmentError, ParameterError, listed

if TYPE_CHECKING:
    from scipy import sparse


def labels(data: Any, role: str) -> pd.Index:
    """Give the labels of one input, checked: unique and without gaps.

    Parameters
    ----------
    data : Series, DataFrame, GeoDataFrame, GeoSeries or libpysal Graph
        A labeled input.
    role : str
        The argument's name, for the message.

    Raises
    ------
    AlignmentError
        A label stands twice or is missing; ``cases`` lists every one.
    """
    index = data.unique_ids if _is_graph(data) else getattr(data, "index", None)
    if not isinstance(index, pd.Index):
        raise ParameterError(
            f"{role} must be a labeled Series, frame, layer or graph, not {type(data).__name__}"
        )
    blank = _blank(index)
    if blank.any():
        where = np.flatnonzero(blank)
        raise AlignmentError(
            f"{role} has rows without a label: positions {listed(where)}; drop or label them",
            pd.DataFrame({"position": where, "input": role}),
        )
    repeated = index.duplicated(keep=False)
    if repeated.any():
        twice = index[repeated].unique()
        raise AlignmentError(
            f"{role} has labels that stand more than once: {_listed(twice)}; keep one row for each",
            pd.DataFrame({"label": list(index[repeated]), "input": role}),
        )
    return index


def align(**inputs: Any) -> tuple[Any, ...]:
    """Put labeled inputs into one canonical order of labels.

    Parameters
    ----------
    **inputs : Series, DataFrame, GeoDataFrame or GeoSeries
        By argument name. All must carry the same labels, in any order.

    Returns
    -------
    tuple
        The inputs in the order given, their rows in canonical order. They are
        copies: what the caller passed is never changed.

    Raises
    ------
    AlignmentError
        An input lacks a label another has; ``cases`` names each.

    Examples
    --------
    >>> y = pd.Series([1.0, 2.0], index=["b", "a"])
    >>> x = pd.Series([10.0, 20.0], index=["a", "b"])
    >>> [list(v) for v in align(y=y, x=x)]
    [[2.0, 1.0], [10.0, 20.0]]
    """
    found = {role: labels(data, role) for role, data in inputs.items()}
    _check_same(found)
    order = canonical(next(iter(found.values())))
    return tuple(data.reindex(order) for data in inputs.values())


def canonical(index: pd.Index) -> pd.Index:
    """Sort labels; labels of mixed type are sorted as text."""
    try:
        return index.sort_values()
    except TypeError:
        return index[np.argsort(index.map(str).to_numpy(), kind="stable")]


def class_order(column: pd.Series) -> list[Any]:
    """List the classes in a column: in the order of its categories, or sorted.

    Examples
    --------
    >>> size = pd.Series(["big", "small", "big"])
    >>> class_order(size), class_order(size.astype(pd.CategoricalDtype(["small", "big"])))
    (['big', 'small'], ['small', 'big'])
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        present = set(column)
        return [label for label in column.cat.categories if label in present]
    return list(canonical(pd.Index(column.unique())))


def restore(frame: Any, index: pd.Index) -> Any:
    """Put a result in canonical order back onto the caller's index."""
    restored = frame.reindex(index)
    restored.index.names = index.names
    return restored


def broadcast(values: Any, index: pd.Index, role: str) -> Any:
    """Spread what is known per unit over the rows of a panel.

    Parameters
    ----------
    values : Series or DataFrame
        On unit, or already on `index`.
    index : Index
        Labels of the panel, (unit, time) or unit.
    role : str
        The argument's name, for the message.

    Raises
    ------
    AlignmentError
        A unit of the panel has no value, or the other way round.
    """
    own = labels(values, role)
    if own.nlevels == index.nlevels:
        _check_same({"the panel": index, role: own})
        return values.reindex(index)
    units = index.get_level_values(0)
    _check_same({"the panel": units.unique(), role: own})
    spread = values.reindex(units)
    spread.index = index
    return spread


def graph_matrix(
    graph: Any,
    units: pd.Index,
    *,
    row_standardize: bool = True,
    role: str = "graph",
) -> sparse.csr_array[np.float64]:
    """Give a graph's weights as a sparse matrix whose rows and columns are `units`.

    Parameters
    ----------
    graph : libpysal Graph, or a result that holds one as ``graph``
        On the same units, in any order.
    units : Index
        The order wanted.
    row_standardize : bool, default True
        Divide each row by its sum; the row of an island stays zero.
    role : str
        The argument's name, for the message.

    Raises
    ------
    AlignmentError
        Graph and units do not hold the same labels.
    """
    from scipy import sparse

    graph = as_graph(graph, role)
    _check_same({"the values": units, role: labels(graph, role)})
    links = graph.adjacency
    rows = units.get_indexer(links.index.get_level_values("focal"))
    columns = units.get_indexer(links.index.get_level_values("neighbor"))
    weights = links.to_numpy(dtype=float)
    n = len(units)
    matrix = sparse.csr_array((weights, (rows, columns)), shape=(n, n))
    matrix.eliminate_zeros()  # libpysal notes an island as a link to itself of weight 0
    if row_standardize:
        sums = np.asarray(matrix.sum(axis=1)).ravel()
        scale = np.divide(1.0, sums, out=np.zeros(n), where=sums != 0)
        matrix = sparse.csr_array(sparse.diags_array(scale) @ matrix)
    matrix.sort_indices()
    return matrix


def without_dropped(graph: Any, **inputs: Any) -> tuple[tuple[Any, ...], pd.Index]:
    """Leave out the units that ``neighbors(islands="drop")`` took out of a graph.

    The one policy of every function that takes a graph: what was dropped is in no
    figure, and the result names it (`left_out`).

    Parameters
    ----------
    graph : Neighbors or libpysal Graph
        A libpysal Graph has dropped nothing.
    **inputs : Series or DataFrame
        By argument name, on unit or (unit, time); None stays None.

    Returns
    -------
    tuple
        The inputs without these units.
    Index
        The units left out, those that an input holds.
    """
    gone = getattr(graph, "dropped", None)
    kept: list[Any] = []
    left: list[pd.Index] = []
    for role, data in inputs.items():
        if data is None:
            kept.append(None)
            continue
        units = labels(data, role).get_level_values(0)
        out = np.zeros(len(units), dtype=bool) if gone is None else units.isin(gone)
        kept.append(data[~out] if out.any() else data)
        left.append(units[out].unique())
    dropped = left[0].append(left[1:]).unique() if left else pd.Index([])
    return tuple(kept), canonical(dropped)


def left_out(dropped: pd.Index) -> list[str]:
    """Say in the notes of a result which units a graph had dropped; nothing where it had none."""
    if not len(dropped):
        return []
    return [f"Left out of every figure, as units without a neighbor: {_listed(dropped)}."]


def as_graph(graph: Any, role: str = "graph") -> Any:
    """Give the libpysal Graph itself, out of a result that holds one or as it is."""
    inner = getattr(graph, "graph", graph)
    if not _is_graph(inner):
        raise ParameterError(
            f"{role} must be what neighbors() returns or a libpysal Graph, "
            f"not {type(graph).__name__}"
        )
    return inner


def cross_section(values: Any, role: str) -> Any:
    """Check that an input is one row a unit, not a panel."""
    index = labels(values, role)
    if index.nlevels > 1:
        raise ParameterError(f"{role} is a panel on {tuple(index.names)}").advise(
            "one time", f"take one time first: {role}.xs(time, level={index.names[-1]!r})"
        )
    return values


def by_time(values: Any, role: str) -> Iterator[tuple[Any, Any]]:
    """Yield (time, values on unit) in order of time; a cross-section comes once, as None."""
    index = labels(values, role)
    if index.nlevels == 1:
        yield None, values
        return
    for time in canonical(index.get_level_values(1).unique()):
        yield time, values.xs(time, level=1)


def check_within(own: pd.Index, whole: pd.Index, owner: str, lacking: str) -> None:
    """Raise ``AlignmentError`` naming every unit of `own` that `whole` lacks.

    For inputs of which one may hold more units than the other, such as a map's
    areas: what is not in `own` is drawn as "no data".
    """
    absent = own.difference(whole, sort=False)
    if len(absent):
        raise AlignmentError(
            f"{len(absent)} of {owner} missing from {lacking}: {_listed(absent)}. "
            "Join them first, or drop these units",
            pd.DataFrame({"label": list(absent), "missing_from": lacking}),
        )


def time_values(times: pd.Index, role: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give times as numbers of years, so that spans and slopes are per year.

    Examples
    --------
    >>> time_values(pd.PeriodIndex(["2019Q1", "2019Q3"], freq="Q"), "y").tolist()
    [2019.0, 2019.5]
    """
    if isinstance(times, pd.PeriodIndex):
        times = times.to_timestamp()
    if isinstance(times, pd.DatetimeIndex):
        return np.asarray(times.year + (times.month - 1) / 12, dtype=float)
    try:
        return np.asarray(times, dtype=float)
    except (TypeError, ValueError):
        raise ParameterError(
            f"the times of {role} are no numbers: {listed(times.unique())}; a span or a speed "
            "needs years"
        ) from None


def check_kinds(values: Any, role: str, *, words: bool = False) -> None:
    """Raise ``ParameterError`` naming every column that no figure can be made of.

    Dates, spans of time and complex numbers are never taken: numpy makes numbers
    of them without a word (days since 1970, the real part). Text is taken where
    `words` may stand, as in groups.
    """
    dtypes = {values.name: values.dtype} if isinstance(values, pd.Series) else dict(values.dtypes)
    wrong = [
        f"{role if name is None else name} ({dtype})"
        for name, dtype in dtypes.items()
        if _is_no_number(dtype) or not (words or pd.api.types.is_numeric_dtype(dtype))
    ]
    if wrong:
        remedy = "plain numbers or text" if words else "numbers: .astype(float) where it holds such"
        raise ParameterError(f"{role} is not numeric: {listed(wrong)}; give {remedy}")


def _is_no_number(dtype: Any) -> bool:
    kind = getattr(dtype, "kind", "")  # that of Arrow's dates and spans is as numpy's
    return kind in "cmM" or isinstance(dtype, pd.PeriodDtype | pd.DatetimeTZDtype)


def check_complete(values: Any, role: str, *, words: bool = False) -> None:
    """Raise ``AlignmentError`` naming every row with a missing or infinite value.

    Raises
    ------
    ParameterError
        The values are no numbers, nor words where these may stand; see `check_kinds`.
    """
    check_kinds(values, role, words=words)
    frame = values.to_frame(values.name or role) if isinstance(values, pd.Series) else values
    numeric = frame.select_dtypes("number")
    whole = numeric.shape[1] == frame.shape[1]
    if whole and np.isfinite(frame.to_numpy(dtype=float, na_value=np.nan)).all():
        return
    gaps = frame.isna()
    gaps[numeric.columns] |= np.isinf(numeric)
    if not gaps.to_numpy().any():
        return
    row, column = np.nonzero(gaps.to_numpy())
    places = [
        f"{_label(frame.index[r])} ({frame.columns[c]})" for r, c in zip(row, column, strict=True)
    ]
    raise AlignmentError(
        f"{role} has {len(places)} missing or infinite values: {listed(places)}",
        pd.DataFrame({"label": list(frame.index[row]), "column": list(frame.columns[column])}),
    ).advise("fill", "fill or drop them first")


def _check_same(found: dict[str, pd.Index]) -> None:
    """Raise unless all indexes hold the same labels, naming every one that differs."""
    (first, reference), *others = found.items()
    problems: list[str] = []
    cases: list[tuple[Any, str]] = []
    for role, index in others:
        if index.nlevels != reference.nlevels:
            raise AlignmentError(
                f"{first} is on {tuple(reference.names)} but {role} is on {tuple(index.names)}; "
                "bring both to the same index"
            )
        for owner, own, other, lacking in (
            (first, reference, index, role),
            (role, index, reference, first),
        ):
            absent = own.difference(other, sort=False)
            if len(absent):
                problems.append(
                    f"{len(absent)} of {owner} missing from {lacking}: {_listed(absent)}"
                )
                cases += [(label, lacking) for label in absent]
    if problems:
        raise AlignmentError(
            f"labels differ: {'; '.join(problems)}. Join or select the same units first",
            pd.DataFrame(cases, columns=["label", "missing_from"]),
        )


def _blank(index: pd.Index) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if index.nlevels > 1:
        return np.asarray(index.to_frame(index=False).isna().any(axis=1), dtype=bool)
    return np.asarray(index.isna(), dtype=bool)


def _is_graph(data: Any) -> bool:
    """Tell a libpysal Graph without importing libpysal."""
    return hasattr(data, "adjacency") and hasattr(data, "unique_ids")


def _listed(index: pd.Index) -> str:
    return listed(_label(label) for label in index)


def _label(label: Any) -> str:
    return ", ".join(str(part) for part in label) if isinstance(label, tuple) else str(label)
