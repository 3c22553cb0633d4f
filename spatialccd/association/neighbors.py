"""Who is whose neighbor: spatial weights with a stated policy for islands."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from spatialccd._align import align, labels
from spatialccd._result import record
from spatialccd._types import IntArray
from spatialccd.association import _layer, _links
from spatialccd.association._file_links import FileWeights, matched, read_links
from spatialccd.association._graphs import to_graph
from spatialccd.association._links import Matrix
from spatialccd.association._neighbors import Neighbors as Neighbors
from spatialccd.association._neighbors import no_gaps
from spatialccd.data.layers.borders import layer_borders, prepared
from spatialccd.data.layers.contiguity import Borders
from spatialccd.errors import IslandWarning, ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
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
    "snap": None,
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
    snap: float | None = None,
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
    snap : float, optional
        For queen and rook: gap up to which borders count as touching, in the
        layer's unit. By default a hair that no map shows: a ten-millionth of the
        layer's extent, but at most a ten-thousandth of its narrowest area's
        width; the result states it. 0 asks for coordinates that meet exactly.
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
        coordinate reference system although distances are needed, or one that
        its coordinates cannot be in. The same polygon stands more than once, as
        in a layer of a panel.
    ParameterError
        A setting is out of range, is missing, or is not read by `method`.

    Warns
    -----
    IslandWarning
        Units have no neighbor; it names them and what was done.
    RepeatedLocationWarning
        Several units share one place, for the methods by distance.
    GeometryWarning
        Areas lie a hair apart without touching (less than a hundred times the
        default of `snap`); it names the pairs. Areas were drawn across the
        180th meridian and were cut there.

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
    arguments = locals()
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
    ordered = prepared(ordered)

    touch, gaps = None, no_gaps()
    if method in _CONTIGUITY:
        touch, gaps = layer_borders(ordered, rook=method == "rook", snap=snap)
        matrix = _by_border(touch, len(ordered), order)
    elif method == "file":
        matrix = _by_file(ordered, given)
    else:
        matrix = _by_distance(ordered, given, method)
    snap = touch.tolerance if touch else None
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
        settings=record("neighbors", arguments, snap=snap),
        graph=to_graph(attached, index, to_caller, drop=alone if islands == "drop" else None),
        islands=_picked(index, ordered.index[alone]),
        attached=_new_links(matrix, attached, ordered.index, alone),
        dropped=_picked(index, ordered.index[alone]) if islands == "drop" else index[:0],
        units=index,
        distance_unit=_layer.distance_unit(ordered),
        snap=snap,
        gaps=gaps,
    )


def _by_border(touch: Borders, n: int, order: int) -> Matrix:
    i, j = touch.touching
    return _links.higher_order(_links.symmetric(i, j, np.ones(len(i)), n), order)


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
    if given["snap"] is not None:
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
