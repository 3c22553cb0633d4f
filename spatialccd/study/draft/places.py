"""Finds the boundaries of a table's units: bundled ones by codes and names, or those of a file."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spatialccd.data.boundaries import read_boundaries
from spatialccd.data.join import join
from spatialccd.data.layers import bundled
from spatialccd.data.names.places import Place, country_of, places_called
from spatialccd.errors import (
    GeometryError,
    JoinError,
    MissingDependencyError,
    ParameterError,
    SpatialCCDWarning,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

#: The share of a table's units that must have an area for a layer to be theirs.
_MOST = 0.5
_LAYERS = {
    ("cn", "province"): "china_provinces",
    ("cn", "prefecture"): "china_prefectures",
    ("cn", "county"): "china_counties",
    ("us", "state"): "us_states",
    ("us", "county"): "us_counties",
}


@dataclass(frozen=True)
class Places:
    """Boundaries, and how the table is joined to them.

    Attributes
    ----------
    areas : GeoDataFrame
        The areas that joined.
    panel : DataFrame
        The rows that joined.
    source : dict
        Settings of ``read_boundaries``.
    on : {"code", "name"}
    said : list of str
        What reading and joining told.
    """

    areas: gpd.GeoDataFrame
    panel: pd.DataFrame
    source: dict[str, Any]
    on: str
    said: list[str] = field(default_factory=list)


def find_places(panel: pd.DataFrame, source: str | None) -> tuple[Places | None, str]:
    """Find the boundaries of a panel's units.

    Parameters
    ----------
    panel : DataFrame
    source : str, optional
        A file or a bundled name; the bundled layer of the units' codes or names when not given.

    Returns
    -------
    Places or None
        None where no layer holds most of the units.
    str
        Why there is none.

    Raises
    ------
    ParameterError
        The layer that was named holds none of the units.
    """
    name = source or _bundled(panel)
    if name is None:
        return None, "no bundled boundaries go with these units; give yours with --areas"
    try:
        found = max(_candidates(panel, name), key=lambda places: len(places.areas), default=None)
    except MissingDependencyError as error:
        if source is not None:
            raise
        return None, f"their boundaries ({name}) are not installed: {error}"
    enough = found is not None and _share(found, panel) >= _MOST
    if not enough and source is not None:
        raise ParameterError(
            f"{source}: no column of it holds most of the table's units; see --unit, and "
            "spatialccd join --help"
        )
    return (found, "") if enough else (None, f"fewer than half of the units are in {name}")


def _share(found: Places, panel: pd.DataFrame) -> float:
    return float(len(found.areas) / panel.index.get_level_values(0).nunique())


def _bundled(panel: pd.DataFrame) -> str | None:
    """Tell the layer from the codes, or from the names, of most units."""
    units = [str(unit) for unit in panel.index.get_level_values(0).unique()]
    country = country_of(units)
    if country is not None:
        levels = Counter(Place(country, unit).level for unit in units)
        return _LAYERS[country, levels.most_common(1)[0][0]]
    found = Counter(
        (place.country, place.level) for unit in units for place in _first(places_called(unit))
    )
    if found and found.most_common(1)[0][1] >= _MOST * len(units):
        return _LAYERS.get(found.most_common(1)[0][0])
    states = [unit for unit in units if unit.isdigit() and Place("us", unit.zfill(2)).name]
    return "us_states" if units and len(states) > 0.8 * len(units) else None


def _first(places: list[Place]) -> list[Place]:
    """Take the largest place of a name: a province before a prefecture of the same name."""
    return sorted(places, key=lambda place: len(place.code.rstrip("0")))[:1]


def _candidates(panel: pd.DataFrame, name: str) -> Iterator[Places]:
    """Yield each way in which the table joins to the layer."""
    for settings in _readings(name):
        areas, read = _told(lambda settings=settings: read_boundaries(**settings))
        for on in ("code", "name"):
            try:
                joined, said = _told(lambda areas=areas, on=on: join(panel, areas, on=on))
            except (JoinError, ParameterError):
                continue
            yield Places(joined.areas, joined.panel, settings, on, [*read, *said])
            if len(joined.areas) >= _MOST * panel.index.get_level_values(0).nunique():
                break


def _readings(name: str) -> Iterator[dict[str, Any]]:
    """Yield the settings to read a layer with: a file has a column of codes that must be named."""
    if name in bundled.NAMES:
        yield {"source": name}
        return
    import pyogrio

    path = Path(name)
    if not path.exists():
        raise ParameterError(f"--areas {name}: no such file, nor one of {', '.join(bundled.NAMES)}")
    table = pyogrio.read_dataframe(path, read_geometry=False)
    whole = [str(c) for c in table if table[c].notna().all() and table[c].is_unique]
    if "unit" in whole:
        whole = ["unit"]
    if not whole:
        raise GeometryError(f"{path.name}: no column has one value an area; add one of codes")
    for column in whole[:6]:
        yield {"source": name, "unit": column}


def _told(call: Any) -> tuple[Any, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SpatialCCDWarning)
        found = call()
    return found, [
        str(item.message) for item in caught if issubclass(item.category, SpatialCCDWarning)
    ]
