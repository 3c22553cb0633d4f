"""Between weight matrices in canonical order and labeled graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from spatialccd._align import canonical
from spatialccd._types import IntArray
from spatialccd.association import _links
from spatialccd.association._links import Matrix

if TYPE_CHECKING:
    from libpysal.graph import Graph as LibpysalGraph


def to_graph(
    matrix: Matrix, index: pd.Index, order: IntArray, drop: IntArray | None = None
) -> LibpysalGraph:
    """Label a weight matrix as a graph.

    Parameters
    ----------
    matrix : sparse array, shape (n, n)
        Weights in canonical order.
    index : Index
        The caller's units.
    order : array of int
        Where each of the caller's units stands in `matrix`.
    drop : array of int, optional
        Positions in `matrix` to leave out.
    """
    from libpysal.graph import Graph

    if drop is not None and len(drop):
        kept = ~np.isin(order, drop)
        index, order = index[kept], order[kept]
    coo = sparse.csr_array(matrix[order][:, order]).tocoo()
    alone = _links.islands(coo.tocsr())  # libpysal writes an island as a link to itself
    rows = np.concatenate([coo.row, alone])
    columns = np.concatenate([coo.col, alone])
    weights = np.concatenate([coo.data, np.zeros(len(alone))])
    by_row = np.lexsort((columns, rows))
    links = pd.MultiIndex(
        levels=[index, index],
        codes=[rows[by_row], columns[by_row]],
        names=["focal", "neighbor"],
    )
    return Graph(pd.Series(weights[by_row], index=links, name="weight"), is_sorted=True)


def links_of(graph: LibpysalGraph) -> Matrix:
    """Take a graph's weights in its own order, without the zeros that stand for islands."""
    matrix = sparse.csr_array(graph.sparse)
    matrix.eliminate_zeros()
    return matrix


def components(graph: LibpysalGraph) -> IntArray:
    """Give each unit the number of its connected part, from 0 in the order of sorted labels."""
    part = csgraph.connected_components(links_of(graph), directed=False)[1]
    units = graph.unique_ids
    met = part[units.get_indexer(canonical(units))]
    number = np.empty(part.max() + 1, dtype=np.int64)
    number[pd.unique(met)] = np.arange(len(number))
    return np.asarray(number[part])
