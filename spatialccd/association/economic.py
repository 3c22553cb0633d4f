"""Neighbors by likeness of a value, and two sets of weights made one."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd
from scipy import sparse

from spatialccd._align import align, as_graph, canonical, graph_matrix, labels
from spatialccd._result import record
from spatialccd._types import FloatArray
from spatialccd.association import _layer, _links
from spatialccd.association._graphs import to_graph
from spatialccd.association._links import Matrix, Points
from spatialccd.association._neighbors import Neighbors
from spatialccd.association._weights import standardized, unit_by_time
from spatialccd.errors import (
    DataError,
    IslandWarning,
    ParameterError,
    check_choice,
    check_range,
    listed,
)

if TYPE_CHECKING:
    from spatialccd._types import Graph, Values

Rule = Literal["product", "mixture"]


def economic_neighbors(
    values: Values,
    *,
    power: float = 1.0,
    k: int | None = None,
) -> Neighbors:
    """Weigh each pair of units by how near their values are.

    w_ij = |v_i - v_j| ** -power, where v is a unit's mean over the years.

    Parameters
    ----------
    values : Series
        A value such as product per head, on (unit, time) or unit.
    power : float, default 1.0
        Power of the inverse difference.
    k : int, optional
        Keep the links to the `k` units nearest in value; all pairs when None.

    Returns
    -------
    Neighbors
        Weights are not standardized: the functions that take them do that.

    Raises
    ------
    AlignmentError
        A value is missing.
    DataError
        Two units have the same value, where the weight is infinite; ``cases``
        lists them.
    ParameterError
        `k` is not below the number of units, or all pairs are too many.

    References
    ----------
    Case, A., Rosen, H. and Hines, J. (1993). Budget spillovers and fiscal policy
    interdependence. Journal of Public Economics 52, 285-307, section 3.

    Examples
    --------
    >>> import pandas as pd
    >>> product = pd.Series([1.0, 2.0, 4.0], index=["a", "b", "c"])
    >>> economic_neighbors(product).graph["a"].round(3).to_dict()
    {'b': 1.0, 'c': 0.333}
    """
    settings = record("economic_neighbors", locals())
    check_range("power", power, 0, open_low=True)
    wide = unit_by_time(values, "values")
    mean = wide.mean(axis=1)
    n = len(mean)
    if n < 2:
        raise ParameterError(f"values hold {n} unit; neighbors need at least 2")
    if k is not None:
        check_range("k", k, 1, n - 1)
    else:
        _layer.check_size(n)
    _check_distinct(mean)
    matrix = _inverse_difference(mean.to_numpy(), power, k)
    index = labels(values, "values")
    units = index.get_level_values(0).unique() if index.nlevels > 1 else index
    return _neighbors(settings, matrix, wide.index, units)


def combine_neighbors(
    first: Graph,
    second: Graph,
    *,
    rule: Rule = "product",
    share: float = 0.5,
) -> Neighbors:
    """Make one set of weights of two, such as nearness in space and in income.

    Parameters
    ----------
    first : Neighbors or libpysal Graph
        Gives the order of units.
    second : Neighbors or libpysal Graph
        On the same units.
    rule : {"product", "mixture"}
        product: w_ij = first_ij * second_ij, so a link needs both; with a
        binary `first`, its links weighted by `second`. mixture: share *
        first_ij + (1 - share) * second_ij, each row-standardized before.
    share : float, default 0.5
        Share of `first` in a mixture, 0 to 1.

    Returns
    -------
    Neighbors
        ``islands`` are the units that the product leaves without a neighbor.

    Raises
    ------
    AlignmentError
        The graphs do not hold the same units. A unit that one of them dropped
        as an island is dropped from the result.

    Warns
    -----
    IslandWarning
        A product leaves units without a neighbor; they are kept as they are.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> line = Graph.from_dicts({"a": {"b": 1}, "b": {"a": 1, "c": 1}, "c": {"b": 1}})
    >>> income = economic_neighbors(pd.Series([1.0, 2.0, 4.0], index=["a", "b", "c"]))
    >>> combine_neighbors(line, income).graph["b"].to_dict()
    {'a': 1.0, 'c': 0.5}
    """
    settings = record("combine_neighbors", locals())
    check_choice("rule", rule, get_args(Rule))
    check_range("share", share, 0, 1)
    if rule == "product" and share != 0.5:
        raise ParameterError("rule='product' does not read share; it is for rule='mixture'")
    index = _all_units(first, "first")
    align(first=pd.Series(0, index), second=pd.Series(0, _all_units(second, "second")))
    gone = [unit for graph in (first, second) for unit in getattr(graph, "dropped", ())]
    units = canonical(index[~index.isin(gone)])
    one, other = _matrix(first, units, "first"), _matrix(second, units, "second")
    if rule == "product":
        matrix = sparse.csr_array(one.multiply(other))
    else:
        matrix = sparse.csr_array(share * standardized(one) + (1 - share) * standardized(other))
    matrix.eliminate_zeros()
    return _neighbors(settings, matrix, units, index)


def _all_units(graph: Any, role: str) -> pd.Index:
    """Give a graph's units and those that were dropped from it."""
    held = labels(as_graph(graph, role), role)
    return held.append(getattr(graph, "dropped", held[:0]))


def _matrix(graph: Any, units: pd.Index, role: str) -> Matrix:
    """Take the weights among some units of a graph."""
    own = canonical(labels(as_graph(graph, role), role))
    at = own.get_indexer(units)
    return sparse.csr_array(graph_matrix(graph, own, row_standardize=False, role=role)[at][:, at])


def _inverse_difference(values: FloatArray, power: float, k: int | None) -> Matrix:
    """Weights of all pairs or of the k nearest in value, values shape (n,)."""
    line = Points.on_plane(values[:, None])
    if k is None:
        return _links.inverse_distance(line, power, None)
    found, distance = line.nearest(k)
    return _links.from_rows(found, distance**-power)


def _check_distinct(values: pd.Series) -> None:
    same = values[values.duplicated(keep=False)].sort_values(kind="stable")
    if len(same):
        groups = [", ".join(map(str, rows.index)) for _, rows in same.groupby(same)]
        raise DataError(
            f"units have the same value, so their weight would be infinite: "
            f"{'; '.join(groups)}; use a finer value",
            pd.DataFrame({"unit": same.index, "value": same.to_numpy()}),
        )


def _neighbors(settings: Any, matrix: Matrix, units: pd.Index, index: pd.Index) -> Neighbors:
    """Label a matrix; units of `index` that are not in it were dropped before."""
    alone = units[_links.islands(matrix)]
    if len(alone):
        warnings.warn(
            f"units without a neighbor in both sets of weights: {listed(alone)}",
            IslandWarning,
            stacklevel=3,
        )
    held = index[index.isin(units)]
    return Neighbors(
        settings=settings,
        graph=to_graph(matrix, held, units.get_indexer(held)),
        islands=index[index.isin(alone)],
        attached=pd.DataFrame({"focal": [], "neighbor": [], "weight": []}),
        dropped=index[~index.isin(units)],
        units=index,
        distance_unit="unit of the values",
    )
