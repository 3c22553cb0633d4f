"""Between weight matrices in canonical order and labelled graphs."""

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


def components(graph: LibpysalGraph, units: pd.Index) -> IntArray:
    """Give each unit the number of its connected part, from 0 in sorted order."""
    links = graph.adjacency
    ordered = canonical(units)
    rows = ordered.get_indexer(links.index.get_level_values("focal"))
    columns = ordered.get_indexer(links.index.get_level_values("neighbor"))
    shape = (len(units), len(units))
    joined = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    part = csgraph.connected_components(joined, directed=False)[1]
    return np.asarray(part[ordered.get_indexer(units)], dtype=np.int64)
