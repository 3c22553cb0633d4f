"""Areas without data: what maps draw beside the areas of an analysis, so that none is a hole.

An analysis goes on with the areas that a panel has figures for. Those of the layer that
it has none for travel with them in ``areas.attrs``, and every map, page and layer takes
them from there. A subset of the areas is another layer, and leaves them behind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
import shapely

from spatialccd.data.names.folding import plain
from spatialccd.data.names.places import china_names
from spatialccd.errors import check_choice

if TYPE_CHECKING:
    import geopandas as gpd

#: Which areas without data maps draw.
Blank = Literal["auto", "joined", "all"]

_KEY = "without data"
#: Of the two digits of provinces: so many in a layer make it one of all China, and of a
#: panel, a study of the whole of it.
_PROVINCES, _NATIONAL = 31, 16


def keep_blank(
    joined: gpd.GeoDataFrame, layer: gpd.GeoDataFrame, which: Blank = "auto"
) -> gpd.GeoDataFrame:
    """Let the areas of a study carry those of their layer that have no data.

    Parameters
    ----------
    joined : GeoDataFrame
        The areas with data.
    layer : GeoDataFrame
        All areas, those with data among them.
    which : {"auto", "joined", "all"}, default "auto"
        joined: none without data. all: every one of the layer. auto: all where the layer
        is one of China's provinces, or a study of the whole country; else those that lie
        among the areas with data, and where these are half of the layer or more, those
        that border on them too.

    Returns
    -------
    GeoDataFrame
        `joined`, with what ``with_blank`` reads.
    """
    check_choice("areas", which, get_args(Blank))
    rest = layer.loc[~layer.index.isin(joined.index)]
    rest = rest[~(rest.geometry.isna() | rest.geometry.is_empty)]
    if which == "joined":
        rest = rest.iloc[:0]
    elif which == "auto" and len(rest) and not _is_china(joined, layer):
        rest = rest[_among(joined, rest, half=2 * len(joined) >= len(layer))]
    kept = joined.copy()
    kept.attrs.pop(_KEY, None)
    if len(rest):
        kept.attrs[_KEY] = _packed(rest, joined.index)
    return kept


def with_blank(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give areas with those without data after them, in the areas' reference system."""
    packed = areas.attrs.get(_KEY)
    if packed is None or packed["of"] != _mark(areas.index):
        return areas
    import geopandas as gpd

    shapes = gpd.GeoSeries(shapely.from_wkb(packed["shapes"]), crs=packed["crs"])
    if areas.crs is not None and shapes.crs is not None and areas.crs != shapes.crs:
        fine = shapes.segmentize(0.5) if shapes.crs.is_geographic else shapes
        shapes = fine.to_crs(areas.crs)
    name = areas.geometry.name
    known = {c: v for c, v in packed["columns"].items() if c in areas.columns}
    blank = gpd.GeoDataFrame(
        {**known, name: shapes.to_numpy()},
        index=pd.Index(packed["units"], dtype=areas.index.dtype, name=areas.index.name),
        geometry=name,
        crs=areas.crs,
    )
    both = pd.concat([areas, blank.reindex(columns=areas.columns)])
    both.attrs = {key: value for key, value in areas.attrs.items() if key != _KEY}
    return both


def _packed(rest: gpd.GeoDataFrame, joined: pd.Index) -> dict[str, Any]:
    """Write areas as what attrs may hold: text alone, which copies cheaply and is saved."""
    table = rest.drop(columns=rest.geometry.name)
    named = {
        str(column): [None if pd.isna(v) else str(v) for v in table[column]]
        for column in table.columns
        if _is_text(table[column])
    }
    return {
        "of": _mark(joined),
        "units": rest.index.tolist(),
        "columns": named,
        "shapes": shapely.to_wkb(rest.geometry.to_numpy(), hex=True).tolist(),
        "crs": None if rest.crs is None else rest.crs.to_wkt(),
    }


def _mark(units: Iterable[Any]) -> str:
    """Give a mark of a set of units: of a subset it is another."""
    return hashlib.sha256("\n".join(sorted(map(str, units))).encode()).hexdigest()[:16]


def _is_china(joined: gpd.GeoDataFrame, layer: gpd.GeoDataFrame) -> bool:
    """Tell whether a layer is of China's provinces, or the areas spread over all of them."""
    codes = layer.index.astype(str)
    if not codes.str.fullmatch(r"\d{6}").mean() > 0.9:
        return _named_china(layer)
    if codes.str[:2].nunique() < _PROVINCES:
        return False
    provincial = codes.str.endswith("0000").sum() >= 0.9 * len(layer)
    spread = joined.index.astype(str).str[:2].nunique() >= _NATIONAL
    return bool(provincial or spread)


def _named_china(layer: gpd.GeoDataFrame) -> bool:
    """Tell a layer of China's provinces by the names in one of its columns."""
    known = {plain(name): code for code, _, name in china_names()}
    for values in (layer.index.to_series(), *(layer[c] for c in layer.columns)):
        if _is_text(values):
            found = {known.get(plain(str(name))) for name in values.dropna().unique()}
            if len(found - {None}) >= _PROVINCES:
                return True
    return False


def _is_text(values: pd.Series) -> bool:
    return bool(pd.api.types.is_string_dtype(values) or values.dtype == object)


def _among(joined: gpd.GeoDataFrame, rest: gpd.GeoDataFrame, *, half: bool) -> Any:
    """Tell which areas lie among others, or border on them through any number of areas."""
    shapes, inner = joined.geometry.to_numpy(), rest.geometry.to_numpy()
    hull = shapely.convex_hull(shapely.geometrycollections(shapes))
    among = shapely.intersects(shapely.point_on_surface(inner), hull)
    if not half:
        return among
    tree = shapely.STRtree(inner)
    reached = among.copy()
    reached[tree.query(shapes, predicate="intersects")[1]] = True
    front = np.flatnonzero(reached)
    while len(front):
        near = np.unique(tree.query(inner[front], predicate="intersects")[1])
        front = near[~reached[near]]
        reached[front] = True
    return reached
