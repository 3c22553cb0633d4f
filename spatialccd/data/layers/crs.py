"""What a layer's coordinates mean: the stated system, and whether the figures can be in it.

A system that is stated wrongly is not noticed by anything that computes with
the coordinates: degrees declared as meters make a country a speck off the coast of
Africa, with neighbors and distances that look like any others. So the bounds
are taken back to degrees and compared with the area that the system is for.
"""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from spatialccd.errors import GeometryError

if TYPE_CHECKING:
    from spatialccd._types import Places

#: National systems are in use beyond the area they were made for (all of Norway, 4 to 31 degrees
#: east, lies in zone 33, which is for 12 to 18), by up to so many degrees.
_BEYOND = 15.0
#: Pictures are drawn in units of up to five digits, from an origin that is rarely near: that of a
#: zone of UTM lies 1.5 degrees beside it. Layers made up from there on are not refused.
_PICTURE = 1e5
_PICTURE_BEYOND = 3.0
#: Room for rounding at the ends of the scale, in degrees.
_ROUNDING = 1e-4
#: So many vertices tell where a layer lies.
_SAMPLE = 2000
#: What to do where one axis stands for the other.
SWAP = "swap the axes"
_PIXELS = "they look like the pixels or units of a picture, not like a map's"


class Box(NamedTuple):
    """Bounds of a layer."""

    west: float
    south: float
    east: float
    north: float

    @property
    def swapped(self) -> Box:
        """The bounds if the first axis were the second."""
        return Box(self.south, self.west, self.north, self.east)

    @property
    def is_degrees(self) -> bool:
        """Whether the figures can be longitude and latitude."""
        most = 360 + _ROUNDING
        return (
            self.west >= -180 - _ROUNDING
            and self.east <= most
            and max(-self.south, self.north) <= 90 + _ROUNDING
        )

    @property
    def is_small(self) -> bool:
        """Whether the figures can be units of a picture."""
        return max(map(abs, self)) < _PICTURE

    def __str__(self) -> str:
        """Write the corners for a message."""
        return f"({self.west:g}, {self.south:g}) to ({self.east:g}, {self.north:g})"


def check_crs(places: Places, role: str = "areas") -> None:
    """Raise ``GeometryError`` unless the layer says what its coordinates mean, and they can.

    Parameters
    ----------
    places : GeoDataFrame or GeoSeries
        The layer.
    role : str, default "areas"
        The argument's name, for the message.
    """
    if places.crs is None:
        raise GeometryError(
            f"{role} has no coordinate reference system, so distances have no meaning"
        ).advise("set crs", f"say which it is: {role}.set_crs('EPSG:...')")
    check_fit(places, role)


def check_fit(places: Places, role: str = "areas") -> None:
    """Raise ``GeometryError`` if the coordinates cannot be in the system stated, if one is."""
    crs = getattr(places, "crs", None)
    if crs is None:
        return
    problem = misfit(crs, places.geometry.to_numpy())
    if SWAP in problem:
        raise GeometryError(f"{role}: {problem}").advise(
            "swap axes",
            f"by {role}.set_geometry(shapely.transform({role}.geometry.to_numpy(), "
            f"lambda xy: xy[:, ::-1]), crs={role}.crs)",
        )
    if problem:
        raise GeometryError(f"{role}: {problem}").advise(
            "state crs",
            f"state the right one: {role}.set_crs('EPSG:...', allow_override=True)",
        )


def is_degrees(crs: Any) -> bool:
    """Tell whether a system, if any is stated, counts in degrees."""
    return crs is not None and bool(crs.is_geographic)


def unit_of(crs: Any) -> str:
    """Name the unit of a system's coordinates; "m" for the meter."""
    name = str(crs.axis_info[0].unit_name)
    return "m" if name == "metre" else name


def misfit(crs: Any, shapes: Any) -> str:
    """Say why coordinates cannot be in a reference system; empty where they can.

    Parameters
    ----------
    crs : pyproj.CRS
    shapes : array of geometries
        Of which the bounds count.

    Returns
    -------
    str
        What the bounds are, what they look like, and what is declared.

    Examples
    --------
    >>> from pyproj import CRS
    >>> misfit(CRS("EPSG:32648"), [shapely.box(100, 30, 102, 31)])[:59]
    'coordinates reach from (100, 30) to (102, 31), which lie at'
    >>> misfit(CRS("EPSG:4326"), [shapely.box(100, 30, 102, 31)])
    ''
    """
    shapes = np.asarray(shapes, dtype=object)
    bounds = Box(*map(float, shapely.total_bounds(shapes)))
    if not np.isfinite(bounds).all():
        return ""  # nothing is drawn, or infinity, which is reported as such
    if crs.is_geographic:
        return _misfit_of_degrees(crs, bounds)
    return _misfit_on_plane(crs, bounds, shapes) if crs.is_projected else ""


def strays(crs: Any, shapes: Any) -> str:
    """Say that a layer lies outside the area its system is for, though it may be in it."""
    shapes = np.asarray(shapes, dtype=object)
    bounds = Box(*map(float, shapely.total_bounds(shapes)))
    if crs is None or not np.isfinite(bounds).all():
        return ""
    away = _beyond(crs, _in_degrees(crs, bounds, shapes))
    if not away:
        return ""
    return (
        f"the areas lie {away:.3g} degrees outside the area that {_named(crs)} is for "
        f"({_use(crs)}){f'; {_PIXELS}' if bounds.is_small and crs.is_projected else ''}; check "
        "that it is the right system"
    )


def _misfit_of_degrees(crs: Any, bounds: Box) -> str:
    reach = f"coordinates reach from {bounds}"
    swapped = bounds.swapped
    if not bounds.is_degrees:
        if swapped.is_degrees:
            look = f"they look like latitude before longitude: {SWAP}"
        elif bounds.is_small:
            look = _PIXELS
        else:
            look = "they look like meters: state the projected system"
        return f"{reach}, which are not degrees, though {_named(crs)} is declared; {look}"
    if _beyond(crs, bounds) and swapped.is_degrees and _beyond(crs, swapped) == 0:
        return (
            f"{reach}, which lie outside the area of use of {_named(crs)} ({_use(crs)}); "
            f"they look like latitude before longitude: {SWAP}"
        )
    return ""


def _misfit_on_plane(crs: Any, bounds: Box, shapes: Any) -> str:
    found = _in_degrees(crs, bounds, shapes)
    away = _beyond(crs, found)
    if away is None:
        return ""
    swapped = _in_degrees(crs, bounds.swapped, None)
    if bounds.is_degrees and (away or _is_off_origin(crs, bounds)):
        look = "they look like degrees (such as EPSG:4326)"
    elif not away:
        return ""
    elif swapped is not None and _beyond(crs, swapped) == 0:
        look = f"they look like northing before easting: {SWAP}"
    elif away > _PICTURE_BEYOND and bounds.is_small:
        look = _PIXELS
    elif away > _BEYOND:
        look = "they are of another system"
    else:
        return ""
    outside = f", outside the area of use of {_named(crs)} ({_use(crs)})" if away else ""
    return (
        f"coordinates reach from {bounds}, which lie {_place(found)}{outside}, "
        f"though {_named(crs)} is declared; {look}"
    )


def _is_off_origin(crs: Any, bounds: Box) -> bool:
    """Tell degrees from a made-up layer of a few meters, which is drawn from the origin on."""
    use = crs.area_of_use
    if (use.east - use.west) % 360 and use.east - use.west < 350:
        return True
    return bounds.west * bounds.east > 0 and bounds.south * bounds.north > 0


def _beyond(crs: Any, found: Box | None) -> float | None:
    """Give how many degrees a box in degrees lies outside a system's area; None without one."""
    use = crs.area_of_use
    if use is None:
        return None
    if found is None:
        return float("inf")
    width = use.east - use.west + (360 if use.east < use.west else 0)
    own = found.east - found.west
    # How far east of the area's western edge the box begins, and what is left round the globe.
    start = (found.west - use.west) % 360
    aside = 0.0 if start <= width or start + own >= 360 else min(start - width, 360 - start - own)
    above = max(use.south - found.north, found.south - use.north, 0.0)
    away = max(aside, above)
    return away if away > _ROUNDING else 0.0


def _in_degrees(crs: Any, bounds: Box, shapes: Any) -> Box | None:
    """Take bounds back to degrees; None where they are nowhere on the globe.

    The corners of a map of the world may lie beside the globe: then its
    vertices tell.
    """
    if crs.is_geographic:
        return bounds
    back = _to_degrees(crs)
    found = np.asarray(back.transform_bounds(*bounds, densify_pts=21), dtype=float)
    if not np.isfinite(found).all():
        if shapes is None:
            return None
        xy = shapely.get_coordinates(shapes)
        lonlat = np.column_stack(back.transform(*xy[:: len(xy) // _SAMPLE + 1].T))
        lonlat = lonlat[np.isfinite(lonlat).all(axis=1)]
        if not len(lonlat):
            return None
        found = np.concatenate([lonlat.min(axis=0), lonlat.max(axis=0)])
    west, south, east, north = map(float, found)
    return Box(west, south, east + (360 if east < west else 0), north)


def _place(found: Box | None) -> str:
    """Say where on the globe a box lies."""
    if found is None:
        return "nowhere on the globe"
    lon = ((found.west + found.east) / 2 + 180) % 360 - 180
    lat = (found.south + found.north) / 2
    return (
        f"at {abs(lon):.3g}° {'E' if lon >= 0 else 'W'}, {abs(lat):.3g}° {'N' if lat >= 0 else 'S'}"
    )


def _use(crs: Any) -> str:
    """Say what area a system is for, in the first words of its register."""
    return textwrap.shorten(str(crs.area_of_use.name).rstrip("."), 70, placeholder=" ...")


@lru_cache(maxsize=32)
def _to_degrees(crs: Any) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)


def _named(crs: Any) -> str:
    """Name a system as its owner would look it up."""
    code = crs.to_authority(min_confidence=100)
    return ":".join(code) if code else str(crs.name)
