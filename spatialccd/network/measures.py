"""How dense a network is, and where each unit stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import csgraph, csr_array

from spatialccd import _align
from spatialccd._result import Result, gap_note, record
from spatialccd._types import FloatArray
from spatialccd.network._matrix import Network, UnitMatrix, binary, table_of

if TYPE_CHECKING:
    from spatialccd._types import UnitColumns


@dataclass(frozen=True, eq=False, kw_only=True)
class NetworkMeasures(Result):
    """The place of each unit in a network, and the network as a whole.

    Attributes
    ----------
    table : DataFrame
        On unit: ``out_degree``, ``in_degree``; ``degree_centrality`` = (out + in) / 2(n
        - 1); ``betweenness``, over (n - 1)(n - 2) ordered pairs; ``harmonic_out`` and
        ``harmonic_in``, mean of 1 / distance; ``closeness_out`` and ``closeness_in``,
        (n - 1) / sum of distances, NaN where a unit is out of reach.
    whole : DataFrame
        On figure: ``units``, ``ties``, ``density``, ``reciprocity`` (share of ties
        that are returned), ``connectedness``, ``hierarchy``, ``efficiency``.
    """

    table: pd.DataFrame
    whole: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the figures of the whole network."""
        return {"whole": self.whole.copy()}

    def notes(self) -> list[str]:
        """Say which closeness does not exist."""
        columns = ["closeness_out", "closeness_in"]
        why = "a unit is out of reach; harmonic closeness counts it as 0"
        return gap_note(self.table, columns, why)


def network_measures(network: UnitColumns | Network | UnitMatrix) -> NetworkMeasures:
    """Measure a network of ties: density, degree, betweenness, closeness.

    Ties have a direction; a symmetric table is a network whose ties all are returned, and
    its figures are those of the undirected one.

    Parameters
    ----------
    network : Network, UnitMatrix or DataFrame
        What ``gravity_network`` returns, or a table of 0 and 1 on units by units.

    Returns
    -------
    NetworkMeasures
        ``.table`` on unit, ``.whole``.

    Raises
    ------
    AlignmentError
        Rows and columns are not the same units.
    DataError
        Other numbers than 0 and 1, no ties, or all there can be.

    Notes
    -----
    Not for strengths, which have no density: say first which ties count. Papers print as
    betweenness 2 sum / (n^2 - 3n + 2), which counts unordered pairs and doubles that of a
    directed network; here ordered pairs are counted. connectedness is 1 less the share of
    pairs without a path, whatever its direction; hierarchy 1 less the share of linked
    pairs that reach each other; efficiency 1 less the share of ties, whatever their
    direction, that a tree in each component could do without.

    References
    ----------
    Freeman (1979), Soc. Netw. 1, 215-239. Krackhardt (1994), Graph theoretical
    dimensions of informal organizations.

    Examples
    --------
    >>> star = pd.DataFrame(0, list("abcd"), list("abcd"))
    >>> star.loc["a", ["b", "c", "d"]] = 1
    >>> network_measures(star + star.T).table.loc["a", ["out_degree", "betweenness"]].tolist()
    [3.0, 1.0]
    """
    settings = record("network_measures", locals())
    A, units = binary(network, "network")
    n = len(units)
    distance = csgraph.shortest_path(csr_array(A), unweighted=True)
    np.fill_diagonal(distance, np.inf)
    nearness = 1 / distance
    np.fill_diagonal(distance, 0.0)
    between = nx.betweenness_centrality(nx.from_numpy_array(A, create_using=nx.DiGraph))
    out_degree, in_degree = A.sum(axis=1), A.sum(axis=0)
    table = pd.DataFrame(
        {
            "out_degree": out_degree,
            "in_degree": in_degree,
            "degree_centrality": (out_degree + in_degree) / (2 * (n - 1)),
            "betweenness": [between[i] for i in range(n)],
            "harmonic_out": nearness.sum(axis=1) / (n - 1),
            "harmonic_in": nearness.sum(axis=0) / (n - 1),
            "closeness_out": _closeness(distance),
            "closeness_in": _closeness(distance.T),
        },
        index=units,
    )
    given = table_of(network)
    return NetworkMeasures(
        settings=settings,
        table=_align.restore(table, given.index),
        whole=_whole(A, np.isfinite(distance)),
    )


def _closeness(distance: FloatArray) -> FloatArray:
    """Freeman's closeness (n,) from distances (n, n); NaN where a unit is out of reach."""
    total = distance.sum(axis=1)
    return np.where(np.isfinite(total), (len(total) - 1) / total, np.nan)


def _whole(A: FloatArray, reached: FloatArray) -> pd.DataFrame:
    """Measure a network (n, n) as a whole."""
    n = len(A)
    pairs = n * (n - 1) / 2
    upper = np.triu_indices(n, 1)
    count, labels = csgraph.connected_components(csr_array(A), directed=True, connection="weak")
    sizes = np.bincount(labels, minlength=count)
    joined = (sizes * (sizes - 1) / 2).sum()
    trees = n - count
    lines = np.maximum(A, A.T)[upper].sum()
    either, both = ((f(reached, reached.T))[upper].sum() for f in (np.logical_or, np.logical_and))
    figures = {
        "units": n,
        "ties": A.sum(),
        "density": A.sum() / (2 * pairs),
        "reciprocity": (A * A.T).sum() / A.sum(),
        "connectedness": joined / pairs,
        "hierarchy": 1 - both / either,
        "efficiency": 1 - (lines - trees) / (joined - trees) if joined > trees else np.nan,
    }
    values = pd.Series(figures, dtype=float).to_frame("value")
    return values.rename_axis("figure")
