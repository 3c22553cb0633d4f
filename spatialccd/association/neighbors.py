"""Who is whose neighbor: spatial weights with a stated policy for islands."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from spatialccd._align import align, labels, restore
from spatialccd._result import Result, record
from spatialccd._types import IntArray
from spatialccd.association import _layer, _links
from spatialccd.association._file_links import FileWeights, matched, read_links
from spatialccd.association._graphs import components, links_of, to_graph
from spatialccd.association._links import Matrix
from spatialccd.errors import IslandWarning, ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    from libpysal.graph import Graph as LibpysalGraph

    from spatialccd._types import Places

Method = Literal["queen", "rook", "knn", "distance_band", "kernel", "inverse_distance", "file"]
Kernel = Literal["gaussian", "exponential", "bisquare", "triangular", "epanechnikov", "uniform"]
Islands = Literal["nearest", "drop", "keep"]

_CONTIGUITY = ("queen", "rook")
_UNSET = {
    "k": None,
    "threshold": None,
    "bandwidth": None,
    "kernel": "gaussian",
    "power": 1.0,
    "order": 1,
    "snap": 0.0,
    "path": None,
    "weights": None,
}
#: Which settings each method reads; another one that is given is an error, not ignored.
_READS = {
    "queen": ("order", "snap"),
    "rook": ("order", "snap"),
    "knn": ("k",),
    "distance_band": ("threshold",),
    "kernel": ("kernel", "bandwidth", "k"),
    "inverse_distance": ("power", "threshold"),
    "file": ("path", "weights"),
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Neighbors(Result):
    """Spatial weights and what was done about units without neighbors.

    Attributes
    ----------
    graph : libpysal.graph.Graph
        The weights, not standardized, on the units in the caller's order.
        Units dropped as islands are not in it.
    islands : Index
        Units that the method left without a neighbor, whatever was done next.
    attached : DataFrame
        Links given to islands: focal, neighbor, weight.
    dropped : Index
        Islands taken out of the graph. Functions of this station leave
        exactly these units out of their figures and say so.
    units : Index
        All units, those dropped too, in the caller's order.
    distance_unit : str
        Unit of `threshold` and `bandwidth`: "m" for layers in degrees.
    """

    graph: LibpysalGraph
    islands: pd.Index
    attached: pd.DataFrame
    dropped: pd.Index
    units: pd.Index
    distance_unit: str

    @property
    def links(self) -> pd.DataFrame:
        """Every link: focal, neighbor, weight."""
        adjacency = self.graph.adjacency
        return adjacency[adjacency != 0].reset_index()

    def to_frame(self) -> pd.DataFrame:
        """One row a unit: neighbors, weight_sum, component, island, dropped.

        A dropped unit has no component, written as -1.
        """
        matrix = links_of(self.graph)
        frame = pd.DataFrame(
            {
                "neighbors": np.diff(matrix.indptr),
                "weight_sum": np.asarray(matrix.sum(axis=1)).ravel(),
                "component": components(self.graph),
            },
            index=self.graph.unique_ids,
        )
        frame = restore(frame, self.units)
        frame["dropped"] = frame["component"].isna()
        frame = frame.fillna({"neighbors": 0, "weight_sum": 0.0, "component": -1})
        frame = frame.astype({"neighbors": "int64", "component": "int64"})
        frame.insert(3, "island", frame.index.isin(self.islands))
        return frame

    def summary(self) -> str:
        """Say how many units, links, neighbors a unit, components and islands."""
        frame = self.to_frame()
        kept = frame[~frame["dropped"]]
        count, n = kept["neighbors"], len(kept)
        lines = [
            repr(self.settings),
            "",
            f"units          {n}",
            f"links          {count.sum()} ({100 * count.sum() / max(n * n, 1):.2f}% of all pairs)",
            f"neighbors      mean {count.mean():.2f}, min {count.min()}, max {count.max()}",
            f"components     {kept['component'].nunique()}",
            f"islands        {len(self.islands)}{_named(self.islands)}",
        ]
        if len(self.attached):
            pairs = self.attached.itertuples(index=False)
            lines.append(f"attached       {listed(f'{p.focal} to {p.neighbor}' for p in pairs)}")
        if len(self.dropped):
            lines.append(f"dropped        {len(self.dropped)}{_named(self.dropped)}")
        return "\n".join(lines)


def neighbors(
    areas: Places,
    *,
    method: Method = "queen",
    k: int | None = None,
    threshold: float | None = None,
    kernel: Kernel = "gaussian",
    bandwidth: float | None = None,
    power: float = 1.0,
    order: int = 1,
    snap: float = 0.0,
    path: str | Path | None = None,
    weights: FileWeights | None = None,
    islands: Islands = "nearest",
    n_attach: int = 1,
) -> Neighbors:
    """Find each area's neighbors by border or by distance.

    Distances run between centroids, but from border to border where queen
    and rook seek the area nearest to an island. In a projected layer they are
    straight and in the unit of its coordinates; in a geographic layer they run
    along the great circle (sphere of radius 6,371,008.8 m) and are in meters.

    Parameters
    ----------
    areas : GeoDataFrame
        Polygons on unit. For the methods by distance points will do, or a
        table with columns lon and lat.
    method : {"queen", "rook", "knn", "distance_band", "kernel", "inverse_distance", "file"}
        queen: areas that share at least a point. rook: areas that share a
        line. knn: the `k` nearest. distance_band: all within `threshold`.
        kernel: weights fall with distance over `bandwidth`, or over the
        distance to the nearest beyond `k`. inverse_distance: weight
        distance ** -power, for all pairs or those within `threshold`. file: as
        the weights file at `path` says, matched by label (see read_neighbors).
    k : int, optional
        Number of nearest neighbors, for knn and for kernel with a bandwidth
        that adapts to each place. A tie goes the same way whatever the order
        of rows.
    threshold : float, optional
        Largest distance of a link, in meters for a geographic layer and in
        the layer's unit otherwise. distance_band without it takes the
        largest distance of any unit to its nearest, so that none is alone.
    kernel : {"gaussian", "exponential", "bisquare", "triangular", "epanechnikov", "uniform"}
        Shape for method="kernel": exp(-u^2/2), exp(-u), (1-u^2)^2, 1-u,
        1-u^2, 1, where u is the distance in bandwidths; all but the first
        two are zero beyond u = 1.
    bandwidth : float, optional
        Fixed bandwidth for method="kernel", in the same unit as `threshold`.
    power : float, default 1.0
        Power of inverse_distance; 1 and 2 are usual.
    order : int, default 1
        For queen and rook: how many borders may be crossed. Nearer orders
        are included.
    snap : float, default 0.0
        For queen and rook: gap up to which borders count as touching, in the
        layer's unit.
    path : str or Path, optional
        For file: a .gal, .gwt, .swm, or a matrix (.csv, .xlsx).
    weights : {"as_given", "binary", "inverse"}, optional
        For file: what becomes of its numbers; a .gwt needs it said.
    islands : {"nearest", "drop", "keep"}
        What becomes of a unit without neighbors. nearest: linked both ways to
        its `n_attach` nearest, with the smallest weight in the graph (or the
        inverse distance). drop: taken out of the graph, and out of the
        figures of every function of this station. keep: stays without a
        neighbor; its value still counts in mean and variance, it gets no test.
    n_attach : int, default 1
        How many nearest units an island is linked to.

    Returns
    -------
    Neighbors
        ``graph`` goes into every function that takes a graph.

    Raises
    ------
    GeometryError
        Geometry is missing, empty or invalid, of the wrong type, or has no
        coordinate reference system although distances are needed.
    ParameterError
        A setting is out of range, is missing, or is not read by `method`.

    Warns
    -----
    IslandWarning
        Units have no neighbor; it names them and what was done.
    RepeatedLocationWarning
        Several units share one place, for the methods by distance.

    References
    ----------
    Anselin, L. and Rey, S. (2014). Modern Spatial Econometrics in Practice,
    chapters 3 and 4.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> row = gpd.GeoDataFrame(
    ...     geometry=[box(i, 0, i + 1, 1) for i in range(4)], index=list("abcd"), crs=3857
    ... )
    >>> neighbors(row).to_frame()["neighbors"].tolist()
    [1, 2, 2, 1]
    """
    settings = record("neighbors", locals())
    given = {
        "k": k,
        "threshold": threshold,
        "kernel": kernel,
        "bandwidth": bandwidth,
        "power": power,
        "order": order,
        "snap": snap,
        "path": path,
        "weights": weights,
    }
    _check_settings(method, given, islands)
    index = labels(areas, "areas")
    (ordered,) = align(areas=areas)
    if method in _CONTIGUITY:
        _layer.check_polygons(ordered)
    _check_counts(len(ordered), k, n_attach, method)

    find = _by_border if method in _CONTIGUITY else _by_distance
    matrix = _by_file(ordered, given) if method == "file" else find(ordered, given, method)
    alone = _links.islands(matrix)
    attached = matrix
    if len(alone) and islands == "nearest":
        if method in _CONTIGUITY:
            found, distance = _layer.nearest_by_border(ordered, alone, n_attach)
        else:
            found, distance = _layer.points(ordered).nearest(n_attach, alone)
        weight = distance**-power if method == "inverse_distance" else None
        attached = _links.attach(matrix, alone, found, weight)
    _warn_islands(ordered.index[alone], islands)

    to_caller = ordered.index.get_indexer(index)
    return Neighbors(
        settings=settings,
        graph=to_graph(attached, index, to_caller, drop=alone if islands == "drop" else None),
        islands=_picked(index, ordered.index[alone]),
        attached=_new_links(matrix, attached, ordered.index, alone),
        dropped=_picked(index, ordered.index[alone]) if islands == "drop" else index[:0],
        units=index,
        distance_unit=_layer.distance_unit(ordered),
    )


def _by_border(areas: Any, given: dict[str, Any], method: str) -> Matrix:
    shapes = areas.geometry.to_numpy()
    first = _links.contiguity(shapes, rook=method == "rook", snap=given["snap"])
    return _links.higher_order(first, given["order"])


def _by_file(areas: Any, given: dict[str, Any]) -> Matrix:
    path = Path(given["path"])
    return matched(read_links(path, None, given["weights"]), areas.index, path, given["weights"])


def _by_distance(areas: Any, given: dict[str, Any], method: str) -> Matrix:
    places, unit = _layer.points(areas), _layer.distance_unit(areas)
    threshold, bandwidth = given["threshold"], given["bandwidth"]
    if method == "inverse_distance":
        _layer.check_apart(places, areas.index)
    else:
        _layer.warn_repeated(places, areas.index)
    if method == "knn":
        return _links.knn(places, given["k"])
    if method == "kernel":
        if given["k"] is not None:
            return _links.kernel_adaptive(places, given["kernel"], given["k"])
        if given["kernel"] not in _links.COMPACT:
            _layer.check_size(len(places))
        matrix = _links.kernel_fixed(places, given["kernel"], bandwidth)
        _layer.check_reach(matrix, places, "bandwidth", bandwidth, unit)
        return matrix
    if method == "distance_band":
        if threshold is None:
            threshold = float(places.nearest(1)[1].max())
        matrix = _links.distance_band(places, threshold)
    else:
        if threshold is None:
            _layer.check_size(len(places))
        matrix = _links.inverse_distance(places, given["power"], threshold)
    _layer.check_reach(matrix, places, "threshold", threshold, unit)
    return matrix


def _check_settings(method: str, given: dict[str, Any], islands: str) -> None:
    """Check what can be checked without the layer."""
    check_choice("method", method, get_args(Method))
    check_choice("kernel", given["kernel"], get_args(Kernel))
    check_choice("islands", islands, get_args(Islands))
    foreign = [
        name
        for name, value in given.items()
        if name not in _READS[method] and value != _UNSET[name]
    ]
    if foreign:
        raise ParameterError(
            f"method={method!r} does not read {', '.join(foreign)}; "
            f"it reads {', '.join(_READS[method])}"
        )
    if method == "file" and given["path"] is None:
        raise ParameterError("method='file' needs path, the weights file")
    if method == "knn" and given["k"] is None:
        raise ParameterError("method='knn' needs k, the number of nearest neighbors")
    if method == "kernel" and (given["k"] is None) == (given["bandwidth"] is None):
        raise ParameterError("method='kernel' needs either k or bandwidth, and not both")
    for name in ("threshold", "bandwidth", "power"):
        if given[name] is not None:
            check_range(name, given[name], 0, open_low=True)
    check_range("order", given["order"], 1)
    check_range("snap", given["snap"], 0)


def _check_counts(n: int, k: int | None, n_attach: int, method: str) -> None:
    """Check counts of neighbors against the number of units."""
    if n < 2:
        raise ParameterError(f"areas hold {n} unit; neighbors need at least 2")
    check_range("n_attach", n_attach, 1, n - 1)
    if k is None:
        return
    # An adaptive kernel reaches to the place after the k-th.
    most = n - 2 if method == "kernel" else n - 1
    if not 1 <= k <= most:
        raise ParameterError(f"k={k} is out of range; with {n} units it must be 1 to {most}")


def _warn_islands(alone: pd.Index, policy: str) -> None:
    if not len(alone):
        return
    done = {
        "nearest": "linked to the nearest",
        "drop": "dropped from the graph and from every figure",
        "keep": "kept without a neighbor and without a test",
    }[policy]
    warnings.warn(
        f"units without a neighbor were {done}: {listed(alone)}",
        IslandWarning,
        stacklevel=3,
    )


def _new_links(before: Matrix, after: Matrix, units: pd.Index, alone: IntArray) -> pd.DataFrame:
    """List the links that islands were given."""
    new = sparse.csr_array(after - before).tocoo()
    own = np.isin(new.row, alone)
    return pd.DataFrame(
        {
            "focal": units[new.row[own]],
            "neighbor": units[new.col[own]],
            "weight": new.data[own],
        }
    )


def _picked(index: pd.Index, chosen: pd.Index) -> pd.Index:
    """Give the chosen labels in the order of `index`."""
    return index[index.isin(chosen)]


def _named(units: pd.Index) -> str:
    return f": {listed(units)}" if len(units) else ""
