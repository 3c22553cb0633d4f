"""What a border is: when two areas touch, and what lies so near that it may be a fault.

Boundaries that were digitized area by area, reprojected or rounded have gaps
of a hair where areas touch on the ground. Strict geometry then loses borders, here
and there, and nothing looks wrong. So a gap counts as touching up to a
tolerance far below anything a map shows, and what gapes a little more is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from spatialccd._types import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    import numpy.typing as npt

    Shapes = npt.NDArray[np.object_]

#: The tolerance as a share of the layer's extent: .5 m for China, 1 cm for a city.
_OF_EXTENT = 1e-7
#: ... and at most this share of the narrowest area's width, so that no area is bridged.
_OF_WIDTH = 1e-4
#: Gaps up to so many tolerances are named.
_NEAR = 100
#: A border that gapes must run along the other for so many tolerances to be a line. Two areas
#: that part at a corner are near each other for 2 to 6 of them; borders run for 10,000.
_RUN = 100
#: ... and for so many stated tolerances, which are a length on the ground.
_STATED_RUN = 4
_WHOLE = 360.0


class Pairs(NamedTuple):
    """Pairs of areas, each once.

    Attributes
    ----------
    i, j : array of int, shape (m,)
        Positions, i < j, in the order of i and j.
    """

    i: IntArray
    j: IntArray


class Faults(NamedTuple):
    """Where the areas of a layer do not fit together.

    Attributes
    ----------
    overlapping : Pairs
        Areas that lie over each other.
    overlap : array of float, shape (len(overlapping.i),)
        How wide the overlap is, in the layer's unit.
    slivers : array of float, shape (s,)
        Widths of the narrow gaps that areas enclose, in the layer's unit.
    """

    overlapping: Pairs
    overlap: FloatArray
    slivers: FloatArray


class Borders(NamedTuple):
    """Which areas touch, and which nearly do.

    Attributes
    ----------
    touching : Pairs
        Areas that share a border.
    apart : Pairs
        Areas that do not, though the gap is less than a hundred tolerances.
    gap : array of float, shape (len(apart.i),)
        How wide it is, in the layer's unit.
    tolerance : float
        Gap up to which areas count as touching, in the layer's unit.
    """

    touching: Pairs
    apart: Pairs
    gap: FloatArray
    tolerance: float


def borders(
    shapes: Shapes, *, rook: bool = False, tolerance: float | None = None, degrees: bool = False
) -> Borders:
    """Find the areas that touch (queen), or that share a line (rook).

    Parameters
    ----------
    shapes : array of polygons, shape (n,)
        Valid, and none missing.
    rook : bool, default False
        Ask for a shared line, not only a point.
    tolerance : float, optional
        Gap up to which areas count as touching; `safe_tolerance` when None.
        One that is stated is taken at its word: nothing is then named as near.
    degrees : bool, default False
        The shapes are in degrees of longitude and latitude, so that those at
        180 degrees east touch those at 180 degrees west.

    Returns
    -------
    Borders

    Examples
    --------
    >>> row = np.array([shapely.box(0, 0, 1, 1), shapely.box(1 + 1e-9, 0, 2, 1)])
    >>> found = borders(row)
    >>> found.touching, found.tolerance
    (Pairs(i=array([0]), j=array([1])), 2e-07)
    """
    chosen = safe_tolerance(shapes, degrees=degrees) if tolerance is None else tolerance
    own, around = _around(shapes, chosen, degrees)
    tree = shapely.STRtree(around)
    i, j = _query(tree, shapes, chosen)
    touching = _once(i, own[j], len(shapes))
    apart = Pairs(touching.i[:0], touching.j[:0])
    gap: FloatArray = np.empty(0)
    if tolerance is None:
        apart, gap = _near(tree, shapes, around, own, touching, chosen)
    if rook:
        run = (_RUN if tolerance is None else _STATED_RUN) * chosen
        line = _shares_line((shapes, around), own, (i, j), chosen, run)
        touching = _once(i[line], own[j[line]], len(shapes))
    return Borders(touching, apart, gap, chosen)


def safe_tolerance(shapes: Shapes, *, degrees: bool = False) -> float:
    """Give a gap that is no gap, whatever the layer's unit.

    A ten-millionth of the extent, but at most a ten-thousandth of the width of the
    narrowest area (twice its area over its circumference).
    """
    west, south, east, north = shapely.total_bounds(shapes)
    width = min(east - west, _WHOLE / 2) if degrees else east - west
    narrow = _width(shapes)
    extent = max(width, north - south)
    return float(min(_OF_EXTENT * extent, _OF_WIDTH * narrow[narrow > 0].min(initial=extent)))


def faults(shapes: Shapes, *, degrees: bool = False) -> Faults:
    """Find areas that overlap, and slivers between areas, by more than the tolerance.

    Parameters
    ----------
    shapes : array of polygons, shape (n,)
        Valid, and none missing.
    degrees : bool, default False
        The shapes are in degrees of longitude and latitude.

    Examples
    --------
    >>> found = faults(np.array([shapely.box(0, 0, 2, 1), shapely.box(1.9, 0, 3, 1)]))
    >>> found.overlapping, found.overlap.round(2)
    (Pairs(i=array([0]), j=array([1])), array([0.09]))
    """
    tolerance = safe_tolerance(shapes, degrees=degrees)
    none: IntArray = np.empty(0, dtype=np.int64)
    if shapely.coverage_is_valid(shapes, gap_width=_NEAR * tolerance):
        return Faults(Pairs(none, none), np.empty(0), np.empty(0))
    edges = shapely.coverage_invalid_edges(shapes, gap_width=_NEAR * tolerance)
    at = np.flatnonzero(~shapely.is_empty(edges))
    i, j = shapely.STRtree(shapes[at]).query(shapes[at], predicate="intersects")
    i, j = at[i[i < j]], at[j[i < j]]
    width = _width(shapely.intersection(shapes[i], shapes[j]))
    over = width > tolerance
    united = shapely.get_parts(shapely.union_all(shapes[at]))
    gaps = [shapely.Polygon(hole) for part in united for hole in part.interiors]
    gap = _width(np.array(gaps, dtype=object))
    narrow = (gap > tolerance) & (gap < _NEAR * tolerance)
    return Faults(Pairs(i[over], j[over]), width[over], gap[narrow])


def _width(shapes: Shapes) -> FloatArray:
    """Give the width of a narrow shape: twice its area over its circumference."""
    length = shapely.length(shapes)
    width = np.zeros(len(shapes))
    np.divide(2 * shapely.area(shapes), length, out=width, where=length > 0)
    return width


def _around(shapes: Shapes, tolerance: float, degrees: bool) -> tuple[IntArray, Shapes]:
    """Add copies of the areas at the western end of the globe at its eastern end.

    Gives whose copy each is, and all shapes.
    """
    every = np.arange(len(shapes))
    if not degrees:
        return every, shapes
    bounds = shapely.bounds(shapes)
    west = np.flatnonzero(bounds[:, 0] + _WHOLE <= bounds[:, 2].max() + _NEAR * tolerance)
    if not len(west):
        return every, shapes
    copies = shapely.transform(shapes[west], lambda xy: xy + np.array([_WHOLE, 0.0]))
    return np.concatenate([every, west]), np.concatenate([shapes, copies])


def _query(tree: shapely.STRtree, shapes: Shapes, tolerance: float) -> tuple[IntArray, IntArray]:
    if tolerance > 0:
        return tuple(tree.query(shapes, predicate="dwithin", distance=tolerance))
    return tuple(tree.query(shapes, predicate="intersects"))


def _near(
    tree: shapely.STRtree,
    shapes: Shapes,
    around: Shapes,
    own: IntArray,
    touching: Pairs,
    tolerance: float,
) -> tuple[Pairs, FloatArray]:
    """Find the pairs that do not touch but lie within a hundred tolerances."""
    reach = _NEAR * tolerance
    bounds = shapely.bounds(shapes) + np.array([-reach, -reach, reach, reach])
    i, j = tree.query(shapely.box(*bounds.T))
    n = np.int64(len(shapes))
    first, second = np.minimum(i, own[j]), np.maximum(i, own[j])
    new = (first < second) & ~np.isin(first * n + second, touching.i * n + touching.j)
    i, j = i[new], j[new]
    # Each pair comes from both sides, but a copy at the other end of the globe from one.
    once = np.unique(np.minimum(i, j) * 2 * n + np.maximum(i, j), return_index=True)[1]
    i, j = i[once], j[once]
    shapely.prepare(shapes[i])  # many are asked about more than once
    close = shapely.dwithin(shapes[i], around[j], reach)
    shapely.destroy_prepared(shapes[i])
    i, j = i[close], j[close]
    gap = shapely.distance(shapes[i], around[j])
    flat, at = np.unique(np.minimum(i, own[j]) * n + np.maximum(i, own[j]), return_inverse=True)
    least = np.full(len(flat), np.inf)
    np.minimum.at(least, at, gap)
    return Pairs(flat // n, flat % n), least


def _shares_line(
    sides: tuple[Shapes, Shapes],
    own: IntArray,
    pairs: tuple[IntArray, IntArray],
    tolerance: float,
    run: float,
) -> BoolArray:
    """Tell which pairs share a line, or run along one within the tolerance for `run`."""
    i, j = pairs
    line = np.zeros(len(i), dtype=bool)
    # Each pair once; that with a copy at the other end of the globe comes from one side only.
    ask = np.flatnonzero((i < own[j]) | ((j >= len(sides[0])) & (i != own[j])))
    one, other = sides[0][i[ask]], sides[1][j[ask]]
    shared = shapely.intersection(shapely.boundary(one), shapely.boundary(other))
    line[ask] = shapely.length(shared) > 0
    gaping = ~line[ask]
    if tolerance > 0 and gaping.any():
        line[ask[gaping]] = _runs_along(one[gaping], other[gaping], tolerance) > run
    return line


def _runs_along(one: Shapes, other: Shapes, tolerance: float) -> FloatArray:
    """For how long borders that do not coincide run along each other, or areas overlap."""
    # Only where they meet: the whole border of an area may be long.
    room = 2 * _RUN * tolerance
    meet = shapely.box(*_common(shapely.bounds(one), shapely.bounds(other), room).T)
    near = shapely.buffer(shapely.intersection(shapely.boundary(one), meet), tolerance)
    beside = shapely.intersection(near, shapely.intersection(shapely.boundary(other), meet))
    overlap = shapely.length(shapely.intersection(one, other)) / 2
    return np.asarray(np.maximum(shapely.length(beside), overlap), dtype=float)


def _common(one: FloatArray, other: FloatArray, room: float) -> FloatArray:
    """Give the bounds that two bounds share, with some room around."""
    low = np.maximum(one[:, :2], other[:, :2]) - room
    high = np.minimum(one[:, 2:], other[:, 2:]) + room
    return np.hstack([low, high])


def _once(i: IntArray, j: IntArray, n: int) -> Pairs:
    """List each pair once, and none of an area with itself."""
    first, second = np.minimum(i, j), np.maximum(i, j)
    flat = np.unique((first * np.int64(n) + second)[first < second])
    return Pairs(flat // n, flat % n)
