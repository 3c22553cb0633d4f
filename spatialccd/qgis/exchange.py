"""What goes between QGIS and the worker: layers in, columns by feature id out.

In: GeoPackages whose fields ``_row``, ``_unit`` and ``_time`` say which feature
a row is; NULL becomes a missing value. Out: one JSON file, whose floats come
back bit for bit, with the feature each row belongs to. QGIS keeps geometry.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio

from spatialccd.data.layers.crs import check_crs
from spatialccd.errors import GeometryError, PanelError, ParameterError, listed
from spatialccd.report.layers.drawn import Drawn, drawn

if TYPE_CHECKING:
    import geopandas as gpd

    from spatialccd.workspace import Workspace

#: Fields of an exchange file that are not the user's.
ROW, UNIT, TIME = "_row", "_unit", "_time"


def read_rows(path: Path) -> pd.DataFrame:
    """Read the rows of a layer on unit, or on (unit, time), with the geometry it has.

    Raises
    ------
    PanelError
        There is no row, a row has no unit, or two rows are of the same unit
        (and time); ``cases`` names each.
    """
    frame = pyogrio.read_dataframe(path)
    if frame.empty:
        raise PanelError("there is no feature to work on: the layer or its selection is empty")
    keys = [UNIT, TIME] if TIME in frame.columns else [UNIT]
    frame[UNIT] = _codes(frame[UNIT])
    if TIME in frame.columns:
        frame[TIME] = _numbers(frame[TIME])
    _check_keys(frame, keys)
    frame = frame.set_index(keys)
    frame.index.names = ["unit", "time"][: len(keys)]
    return frame


def read_table(
    path: Path, order: list[str], keys: list[str], columns: Mapping[str, str]
) -> pd.DataFrame:
    """Read the rows of a layer as a table to print.

    Parameters
    ----------
    path : Path
        An exchange file.
    order : list of str
        Its fields.
    keys : list of str
        Those that name the rows.
    columns : mapping
        What the fields of a result are called in it.
    """
    frame = pd.DataFrame(pyogrio.read_dataframe(path, read_geometry=False))[order]
    frame = frame.rename(columns=dict(columns))
    return frame.set_index(keys) if keys else frame


def take_numbers(rows: pd.DataFrame, strict: Iterable[str], others: Iterable[str]) -> None:
    """Read figures out of text fields, which is what QGIS makes of every CSV column.

    Parameters
    ----------
    rows : DataFrame
        Changed in place.
    strict : iterable of str
        Columns that must be numbers.
    others : iterable of str
        Columns that may hold labels too; they are numbers only if all can be.

    Raises
    ------
    ParameterError
        A value is no number; the message has the column and the values.
    """
    problems = []
    for name in dict.fromkeys([*strict, *others]):
        if name not in rows.columns or pd.api.types.is_numeric_dtype(rows[name]):
            continue
        figures = _numbers(rows[name])
        if pd.api.types.is_numeric_dtype(figures):
            rows[name] = figures
        elif name in strict:
            values = rows[name].dropna()
            wrong = values[pd.to_numeric(values, errors="coerce").isna()].unique()
            problems.append(f"the field {name!r} must hold numbers, not {listed(wrong, 3)}")
    if problems:
        raise ParameterError("; ".join(problems))


def place(space: Workspace, rows: pd.DataFrame, boundaries: Path | None) -> None:
    """Give a workspace its panel and its areas: those of `rows`, or a layer of their own."""
    from spatialccd import join

    drawn = "geometry" in rows.columns and bool(rows.geometry.notna().any())
    space.panel = pd.DataFrame(rows.drop(columns="geometry", errors="ignore"))
    if boundaries is not None:
        areas = read_rows(boundaries)
        _check_areas(areas, "the boundaries")
        joined = join(space.panel, areas)
        space.panel, space.areas = joined.panel, joined.areas
    elif drawn:
        first = ~rows.index.get_level_values(0).duplicated()
        areas = rows.loc[first, [ROW, "geometry"]]
        if areas.index.nlevels > 1:
            areas = areas.droplevel(1)
        _check_areas(areas, "the layer")
        space.areas = areas


def areas_of(units: pd.Index, boundaries: Path) -> gpd.GeoDataFrame:
    """Read the areas of units whose labels may be numbers where a layer's codes are text.

    Raises
    ------
    ParameterError
        A unit has no area.
    """
    areas = read_rows(boundaries)
    _check_areas(areas, "the boundaries")
    own = {str(unit): unit for unit in units}
    areas.index = pd.Index([own.get(str(code), code) for code in areas.index], name="unit")
    absent = [unit for unit in units if unit not in areas.index]
    if absent:
        raise ParameterError(
            f"the boundaries have no area of {listed(absent)}; choose the field of their codes "
            "as the code of the boundaries"
        )
    return areas


def write_result(result: Any, space: Workspace, time: Any, path: Path) -> None:
    """Write a result's columns, and the features that its rows belong to.

    Parameters
    ----------
    result : Result or DataFrame
        The figures; or what draws them itself, such as centers and ellipses.
    space : Workspace
        Where the units came from.
    time : scalar or None
        The time a cross-section was taken at.
    path : Path
        The JSON file.
    """
    own = drawn(result, None).get("")
    if own is not None:
        _write_drawn(own, path)
        return
    frame = result.to_frame() if hasattr(result, "to_frame") else result
    frame = pd.DataFrame(frame).drop(columns=["geometry", ROW], errors="ignore")
    if frame.index.names == [None] and _holds(space, frame.index):
        frame = frame.rename_axis("unit")
    rows = _features(frame, space, time)
    columns = frame if rows is not None else _with_index(frame)
    _write(path, columns, rows=rows, areas=_areas(frame, space))


def write_part(part: str, result: Any, space: Workspace, path: Path) -> None:
    """Write what a result draws beside its own table.

    Raises
    ------
    ParameterError
        It draws nothing of the kind: there is one time only, or no geometry.
    """
    found = drawn(result, space.areas).get(part)
    if found is None:
        raise ParameterError(f"there are no {part}: they take geometry, and two times or units")
    _write_drawn(found, path)


def _write_drawn(layer: Drawn, path: Path) -> None:
    """Write rows with geometry of their own, and their style."""
    frame = layer.frame
    shapes = {
        "kind": str(frame.geom_type.iloc[0]),
        "wkb": [shape.wkb_hex for shape in frame.geometry],
    }
    columns = pd.DataFrame(frame).drop(columns=frame.geometry.name)
    _write(path, columns, rows=None, areas=None, shapes=shapes, style=layer.qml)


def _write(path: Path, columns: pd.DataFrame, **content: Any) -> None:
    names = [
        {"name": str(name), **_column(columns.iloc[:, i])} for i, name in enumerate(columns.columns)
    ]
    text = json.dumps({**content, "columns": names}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def _holds(space: Workspace, index: pd.Index) -> bool:
    """Whether the labels of rows are units of a workspace; where it has none, any that are told."""
    if space.panel is None:
        return not isinstance(index, pd.RangeIndex)
    return bool(index.isin(space.panel.index.get_level_values(0)).all())


def _codes(values: pd.Series) -> pd.Series:
    """Give codes as text, whole numbers without a point; feature ids stay numbers."""
    if pd.api.types.is_integer_dtype(values):
        return values
    if pd.api.types.is_float_dtype(values):
        whole = values.dropna().mod(1).eq(0).all()
        return values.map(lambda v: v if pd.isna(v) else str(int(v)) if whole else str(v))
    return values.astype(object)


def _numbers(values: pd.Series) -> pd.Series:
    """Give text as numbers where every value of it is one; else as it was."""
    if pd.api.types.is_numeric_dtype(values):
        return values
    figures = pd.to_numeric(values.replace("", None), errors="coerce")
    return figures if figures.notna().sum() == values.replace("", None).notna().sum() else values


def _check_keys(frame: pd.DataFrame, keys: list[str]) -> None:
    blank = frame[keys].isna().any(axis=1)
    if blank.any():
        raise PanelError(
            f"{int(blank.sum())} features have no code in the unit or time field; "
            "fill the field, select others, or leave them out by a filter",
            frame.loc[blank, [ROW, *keys]],
        )
    twice = frame.duplicated(keys, keep=False)
    if twice.any():
        words = [", ".join(str(v) for v in key) for key in frame.loc[twice, keys].to_numpy()]
        advice = "choose the time field too" if len(keys) == 1 else "keep one row for each"
        raise PanelError(
            f"the unit field holds the same unit more than once: {listed(dict.fromkeys(words))}; "
            f"{advice}, or a field whose codes are unique",
            frame.loc[twice, [ROW, *keys]],
        )


def _check_areas(areas: gpd.GeoDataFrame, role: str) -> None:
    check_crs(areas, role)
    absent = areas.geometry.isna() | areas.geometry.is_empty
    if absent.any():
        raise GeometryError(
            f"{role}: {int(absent.sum())} features have no geometry: "
            f"{listed(areas.index[absent])}; delete them or leave them out by a filter",
            pd.DataFrame({"unit": areas.index[absent], "row": areas.loc[absent, ROW].to_numpy()}),
        )


def _features(frame: pd.DataFrame, space: Workspace, time: Any) -> list[int] | None:
    """Give the feature of the input that each row of a result is; None where rows are others."""
    if space.panel is None or frame.index.names[0] != "unit" or ROW not in space.panel:
        return None
    own = space.panel[ROW]
    if frame.index.nlevels < own.index.nlevels and time is not None:
        own = own.xs(time, level=1)
    same = frame.index.nlevels == own.index.nlevels and len(frame) == len(own)
    if not same or frame.index.has_duplicates or not frame.index.isin(own.index).all():
        return None
    return [int(row) for row in own.reindex(frame.index)]


def _areas(frame: pd.DataFrame, space: Workspace) -> list[int] | None:
    """Give the area that each row of a result lies in, where its rows are of units."""
    if space.areas is None or frame.index.names[0] != "unit":
        return None
    units = frame.index.get_level_values(0)
    if not units.isin(space.areas.index).all():
        return None
    return [int(row) for row in space.areas[ROW].reindex(units)]


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Put what names the rows in front, unless they are only counted."""
    if isinstance(frame.index, pd.RangeIndex) and frame.index.name is None:
        return frame
    names = [str(n) if n is not None else f"row{i or ''}" for i, n in enumerate(frame.index.names)]
    index = frame.index.to_frame(index=False)
    index.columns = names
    keep = [name for name in names if name not in frame.columns]
    return pd.concat([index[keep], frame.reset_index(drop=True)], axis=1)


def _column(values: pd.Series) -> dict[str, Any]:
    """Give a column's type and values in the words of JSON."""
    if pd.api.types.is_bool_dtype(values):
        return {"type": "boolean", "values": [_plain(v) for v in values]}
    if pd.api.types.is_integer_dtype(values):
        return {"type": "integer", "values": [_plain(v) for v in values]}
    if pd.api.types.is_float_dtype(values):
        return {"type": "number", "values": [_plain(v) for v in values]}
    return {"type": "text", "values": [None if _blank(v) else str(v) for v in values]}


def _blank(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def _plain(value: Any) -> Any:
    """Give a number as JSON has it; what is missing or infinite is null."""
    if _blank(value):
        return None
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain
