"""Spatial strata: regions whose units are alike and hang together on the map."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import record
from spatialccd.data.layers.borders import layer_borders, prepared
from spatialccd.drivers._codes import warn_distances
from spatialccd.drivers._places import coordinates
from spatialccd.drivers.strata import Strata, check_factors, count_rows, is_categorical, numbered
from spatialccd.errors import (
    DataError,
    GeometryError,
    IslandWarning,
    ParameterError,
    check_choice,
    check_range,
    listed,
    require,
)

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Graph, IntArray, Places, UnitColumns

Method = Literal["ward", "skater"]
Islands = Literal["nearest", "apart", "error"]


def spatial_strata(
    X: UnitColumns,
    geometry: Places | None = None,
    graph: Graph | None = None,
    *,
    k: int = 5,
    method: Method = "ward",
    islands: Islands = "nearest",
    standardize: bool = True,
    name: str = "region",
) -> Strata:
    """Cluster units into regions that are connected on the map.

    Cluster covariates, or the coordinates of the units for compact regions, but
    not the value that a detector is to explain: regions drawn from y explain y
    whatever it is.

    Parameters
    ----------
    X : DataFrame (n, p)
        What units of a region should have in common, one row a unit.
    geometry : GeoDataFrame, GeoSeries or DataFrame, optional
        Areas on unit: neighbors are those that touch, at a corner too, as
        ``neighbors(method="queen")`` finds them. Needed by
        ``islands="nearest"`` and where no graph is given.
    graph : Graph, optional
        Who is whose neighbor, on the same units. It takes the place of touching. Units
        that ``neighbors(islands="drop")`` took out are in no region and named.
    k : int, default 5
        Number of regions.
    method : {"ward", "skater"}, default "ward"
        ward: join neighbors where that adds least to the sum of squares within
        regions, from single units up; skater: cut the minimum spanning tree
        where that takes most from the distance within, from the whole down
        (needs the extra ``skater``, and is slow beyond some hundred units).
    islands : {"nearest", "apart", "error"}, default "nearest"
        What to do with parts of the map that touch no other. nearest: link each
        to the unit nearest to it, with a warning that names the links; apart:
        each part is a region by itself, and the largest is cut into `k`; error:
        name them and stop.
    standardize : bool, default True
        Give all columns of X a standard deviation of 1 first. Leave it off for
        coordinates.
    name : str, default "region"
        Of the one column of labels.

    Returns
    -------
    Strata
        One factor; its strata 1, 2, ... are numbered by their first unit.

    Raises
    ------
    AlignmentError
        X, geometry and graph do not carry the same units, or a value is missing.
    GeometryError
        The map has separate parts and ``islands="error"``; the same polygon
        stands more than once; coordinates cannot be in the system stated.
    DataError
        A column of X is not numeric or has one value only.
    ParameterError
        A setting is not known, k >= n, or there is neither geometry nor graph.

    Warns
    -----
    IslandWarning
        Separate parts of the map were linked, or made regions of their own.
    GeometryWarning
        Areas lie a hair apart without touching, or were drawn across the 180th
        meridian and cut there.
    CodesWarning
        A column of whole numbers with few distinct values, such as soil types, is
        compared as an amount.

    References
    ----------
    Ward, J. H. (1963). Hierarchical grouping to optimize an objective function.
    JASA 58, 236-244. Assuncao, R. M. et al. (2006). Efficient regionalization
    techniques for socio-economic geographical units using minimum spanning
    trees. IJGIS 20, 797-811.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> row = gpd.GeoSeries([box(i, 0, i + 1, 1) for i in range(6)], index=list("abcdef"))
    >>> X = pd.DataFrame({"height": [1.5, 2, 9, 9, 1, 1]}, index=list("abcdef"))
    >>> spatial_strata(X, row, k=3).to_frame()["region"].tolist()
    [1, 1, 2, 2, 3, 3]
    """
    settings = record("spatial_strata", locals())
    check_choice("method", method, get_args(Method))
    check_choice("islands", islands, get_args(Islands))
    check_range("k", k, 2)
    if method == "skater":
        require("spopt", "skater")
    _align.cross_section(X, "X")
    (kept,), dropped = _align.without_dropped(graph, X=X)
    frame = check_factors(kept)
    values = _values(frame, standardize=standardize)
    if standardize:  # else columns are amounts on one scale, such as coordinates
        warn_distances(frame)
    if k >= len(frame):
        raise ParameterError(f"k={k} regions of {len(frame)} units leave nothing to cluster")
    if geometry is not None:
        (geometry,), _ = _align.without_dropped(graph, geometry=geometry)
    placed = _placed(geometry, frame.index)
    linked = _links(placed, graph, frame.index)
    linked, part = _connect(linked, placed, frame.index, islands)
    codes = _cluster(values, linked, part, k, method)
    labels = pd.DataFrame({name: numbered(codes, frame.index)})
    return Strata(
        settings=settings,
        labels=_align.restore(labels, X.index),
        breaks=pd.DataFrame(columns=["factor", "stratum", "lower", "upper"]),
        counts=count_rows(labels),
        basis=f"{int(codes.max()) + 1} connected regions by {method} of {listed(frame.columns)}",
        dropped=dropped,
    )


def _values(frame: pd.DataFrame, *, standardize: bool) -> FloatArray:
    words = [c for c in frame if is_categorical(frame[c])]
    flat = [c for c in frame if c not in words and is_constant(frame[c])]
    problems = []
    if words:
        problems.append(f"{listed(words)} does not hold numbers")
    if flat:
        problems.append(f"{listed(flat)} has one value only")
    if problems:
        raise DataError(
            f"X cannot be clustered: {'; '.join(problems)}",
            pd.DataFrame({"column": [*words, *flat]}),
        )
    values: FloatArray = frame.to_numpy(dtype=float)
    # Less their mean always: a clustering by differences would lose the digits of small ones.
    values = values - values.mean(axis=0)
    return values / values.std(axis=0) if standardize else values


def _placed(geometry: Any, units: pd.Index) -> Any:
    """Put geometry into the order of `units`."""
    if geometry is None:
        return None
    (placed, _) = _align.align(geometry=geometry, X=pd.Series(0, units))
    return prepared(placed, "geometry")


def _links(placed: Any, graph: Any, units: pd.Index) -> Any:
    """Give who is linked to whom: symmetric, of ones, in the order of `units`."""
    if graph is None:
        shapes = getattr(placed, "geometry", None)
        if shapes is None or not shapes.geom_type.str.contains("Polygon").all():
            raise ParameterError("there are no areas that touch").advise(
                "neighbors", "say who is whose neighbor: graph=neighbors(...)"
            )
        i, j = layer_borders(placed)[0].touching
        matrix = sparse.coo_array((np.ones(len(i)), (i, j)), shape=(len(units), len(units)))
    else:
        matrix = _align.graph_matrix(graph, units, row_standardize=False)
    return sparse.csr_array((matrix + matrix.T) != 0).astype(float)


def _connect(linked: Any, placed: Any, units: pd.Index, islands: Islands) -> tuple[Any, IntArray]:
    """Deal with separate parts; give the links, and the part of each unit (0: to be cut)."""
    count, part = csgraph.connected_components(linked, directed=False)
    if count == 1:
        return linked, part
    largest = int(np.bincount(part).argmax())
    outside = units[part != largest]
    if islands == "error":
        raise GeometryError(
            f"{len(outside)} units are not connected with the rest: {listed(outside)}; "
            "use islands='nearest' or 'apart', or another graph",
            pd.DataFrame({"unit": outside, "part": part[part != largest]}),
        )
    if islands == "apart":
        warnings.warn(
            f"{count - 1} parts of the map are regions by themselves: {listed(outside)}",
            IslandWarning,
            stacklevel=3,
        )
        order = np.append(largest, np.delete(np.arange(count), largest))
        return linked, np.argsort(order)[part]
    if placed is None:
        raise ParameterError(f"{listed(outside)} are not connected with the rest").advise(
            "take places", "islands='nearest' needs geometry="
        )
    links = _nearest_links(part, coordinates(placed, "geometry"))
    named = listed(f"{units[a]} to {units[b]}" for a, b in links)
    warnings.warn(f"separate parts of the map were linked: {named}", IslandWarning, stacklevel=3)
    a, b = np.array(links).T
    added = sparse.coo_array((np.ones(len(a)), (a, b)), shape=linked.shape)
    joined = sparse.csr_array((linked + added + added.T) != 0).astype(float)
    return joined, np.zeros_like(part)


def _nearest_links(part: IntArray, centers: FloatArray) -> list[tuple[int, int]]:
    """Link the smallest part to the nearest unit of another, until one part is left."""
    from scipy.spatial import KDTree

    part = part.copy()
    links = []
    while len(sizes := np.unique(part, return_counts=True)[1]) > 1:
        smallest = np.unique(part)[sizes.argmin()]
        inside, others = np.flatnonzero(part == smallest), np.flatnonzero(part != smallest)
        distance, nearest = KDTree(centers[others]).query(centers[inside])
        a, b = int(inside[distance.argmin()]), int(others[nearest[distance.argmin()]])
        links.append((a, b))
        part[inside] = part[b]
    return links


def _cluster(values: FloatArray, linked: Any, part: IntArray, k: int, method: Method) -> IntArray:
    """Cut part 0 into `k` regions, let the other parts be, number all by their first unit."""
    codes = k + part
    main = np.flatnonzero(part == 0)
    if k >= main.size:
        raise ParameterError(f"k={k} regions of {main.size} connected units leave nothing to cut")
    cut = _ward if method == "ward" else _skater
    codes[main] = cut(values[main], linked[main][:, main], k)
    first = np.unique(codes, return_index=True)[1]
    rank = {code: i for i, code in enumerate(codes[np.sort(first)])}
    return np.array([rank[c] for c in codes], dtype=np.int64)


def _ward(values: FloatArray, linked: Any, k: int) -> IntArray:
    from sklearn.cluster import AgglomerativeClustering

    # scikit-learn reads the old matrix type with 32-bit indices.
    connectivity = sparse.csr_matrix(linked)
    found = AgglomerativeClustering(k, linkage="ward", connectivity=connectivity).fit(values)
    return np.asarray(found.labels_, dtype=np.int64)


def _skater(values: FloatArray, linked: Any, k: int) -> IntArray:
    from libpysal.weights import WSP
    from scipy.spatial.distance import cdist
    from spopt.region.skater import SpanningForest

    def distance(a: FloatArray, b: FloatArray | None) -> FloatArray:
        # A distance of 0 would be taken for no link, and alike neighbors torn apart. Not
        # scikit-learn's: asked for tens of thousands of pairs it mostly checks its arguments.
        return np.asarray(cdist(a, a if b is None else b, "cityblock") + 1e-12)

    forest = SpanningForest(dissimilarity=distance, verbose=0)
    weights = WSP(sparse.csr_matrix(linked)).to_W(silence_warnings=True)
    forest.fit(k, weights, data=values, quorum=1)
    return np.asarray(forest.current_labels_, dtype=np.int64)
