"""Results as the layers of the page's interactive map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from spatialccd import _align
from spatialccd._result import Result
from spatialccd.report.layers.keys import Column, classes, columns_on_units
from spatialccd.report.paper.projection import Plane, lay_out
from spatialccd.report.words.spoken import Words

if TYPE_CHECKING:
    from spatialccd._types import Areas

#: Width of the drawing in units of its own; a tenth of one is the finest detail kept.
_WIDTH = 1000.0
_FIRST = ("D", "grade", "score")


@dataclass(frozen=True)
class Layer:
    """One column of a result, ready for the script.

    Attributes
    ----------
    result, column : str
        Where it comes from.
    group, heading : str
        The same in words.
    times : list of str
        Empty for a cross-section.
    classes : list of int
        Class of each unit at each time, (times, units); -1 is no data.
    values : list
        Figures rounded to four digits, in the same shape; empty for kinds.
    labels, colors : list of str
        Of the classes.
    """

    result: str
    column: str
    group: str
    heading: str
    times: list[str]
    classes: list[list[int]]
    values: list[list[float | None]]
    labels: list[str]
    colors: list[str]

    @property
    def priority(self) -> int:
        """How early it should be shown: D before anything else."""
        return _FIRST.index(self.column) if self.column in _FIRST else len(_FIRST)


def layers(
    results: Mapping[str, Result | pd.DataFrame],
    areas: pd.Index,
    units: pd.Index,
    words: Words,
) -> list[Layer]:
    """Make a layer of every column of every result on unit or (unit, time).

    Parameters
    ----------
    results : mapping
        By name; what is not on units is passed over.
    areas : Index
        All units that may have figures.
    units : Index
        Those that are drawn, in their order.
    words : Words
        Of variables and classes.
    """
    found = []
    for column in columns_on_units(results, areas):
        layer = _layer(column, units, words)
        if layer is not None:
            found.append(layer)
    return found


def drawing(areas: Areas) -> tuple[list[str], tuple[float, float], pd.Index, str]:
    """Draw areas as SVG paths, simplified together so that borders still meet.

    Returns
    -------
    paths : list of str
        Path data, in the order of the units.
    size : tuple of float
        Width and height of the drawing.
    units : Index
        The units drawn.
    projection : str
        In words.
    """
    plane = lay_out(areas)
    left, bottom, right, top = plane.bounds
    scale = _WIDTH / max(right - left, top - bottom, 1e-9)
    shapes = _simplified(plane, 0.35 / scale)
    paths = [_path(shape, left, top, scale) for shape in shapes]
    return paths, ((right - left) * scale, (top - bottom) * scale), plane.units, plane.description


def _layer(column: Column, units: pd.Index, words: Words) -> Layer | None:
    key = classes(column, words)
    if key is None:
        return None
    values = column.values
    numeric = bool(key.edges) or key.muted
    times = [] if values.index.nlevels == 1 else _times(values.index)
    return Layer(
        result=column.result,
        column=column.name,
        group=words.title(column.result),
        heading=words.heading(column.name, column.among),
        times=[str(time) for time in times],
        # A time without any figure has no code: the first year of a rate of change, say.
        classes=_grid(key.codes.reindex(values.index), times, units, -1, int),
        values=_grid(values.map(_rounded), times, units, None, None) if numeric else [],
        labels=key.labels,
        colors=key.colors,
    )


def _times(index: pd.Index) -> list[Any]:
    return list(_align.canonical(index.get_level_values(1).unique()))


def _grid(
    values: pd.Series, times: Sequence[Any], units: pd.Index, blank: Any, kind: Any
) -> list[list[Any]]:
    """Lay values out by time (rows) and unit (columns)."""
    rows = [values.xs(time, level=1) for time in times] if times else [values]
    grid = []
    for row in rows:
        known = row.to_dict()
        cells = [known.get(unit, blank) for unit in units]
        grid.append(
            [blank if c is None or c != c else c if kind is None else kind(c) for c in cells]
        )
    return grid


def _rounded(value: Any) -> float | None:
    number = float(value)
    return float(f"{number:.4g}") if np.isfinite(number) else None


def _simplified(plane: Plane, tolerance: float) -> Any:
    """Simplify areas without opening gaps between neighbors."""
    shapes = plane.shapes.copy()
    areal = np.isin(shapely.get_type_id(shapes), (3, 6))
    if areal.any():
        # The tolerance is the root of the area that a vertex may span.
        shapes[areal] = shapely.coverage_simplify(shapes[areal], tolerance)
    return shapes


def _path(shape: Any, left: float, top: float, scale: float) -> str:
    """Write a shape as SVG path data in steps from point to point; a point as a small disk."""
    parts = []
    for part in shapely.get_parts(shapely.get_parts(shape)):
        kind = shapely.get_type_id(part)
        if kind == 3:
            for ring in shapely.get_rings(part):
                parts.append(_ring(shapely.get_coordinates(ring), left, top, scale))
        elif kind == 0:
            x, y = (shapely.get_x(part) - left) * scale, (top - shapely.get_y(part)) * scale
            parts.append(f"M{x - 5:.1f} {y:.1f}a5 5 0 1 0 10 0a5 5 0 1 0-10 0z")
    return "".join(parts)


def _ring(xy: Any, left: float, top: float, scale: float) -> str:
    points = np.column_stack([(xy[:-1, 0] - left) * scale, (top - xy[:-1, 1]) * scale])
    tenths = np.rint(points * 10).astype(np.int64)
    steps = np.diff(tenths, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    words = "".join(f"{_short(dx)}{_short(dy, after=True)} " for dx, dy in steps).rstrip()
    x, y = tenths[0] / 10
    return f"M{x:g} {y:g}l{words}z" if words else f"M{x:g} {y:g}h.2z"


def _short(tenths: int, *, after: bool = False) -> str:
    """Write tenths in as few signs as SVG allows; a minus sign parts two figures."""
    words = f"{tenths / 10:g}"
    words = words.replace("0.", ".", 1) if words.startswith(("0.", "-0.")) else words
    return words if not after or words.startswith("-") else f" {words}"
