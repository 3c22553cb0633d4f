"""Results as the layers of the page's interactive map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from spatialccd import _align
from spatialccd._result import Result
from spatialccd.coupling.degree import GRADES
from spatialccd.report import palettes
from spatialccd.report._carto import Plane, lay_out
from spatialccd.report._classes import classify
from spatialccd.report.cells import say_cell
from spatialccd.report.language import Language, say, title

if TYPE_CHECKING:
    from spatialccd._types import Areas

#: Width of the drawing in units of its own; a tenth of one is the finest detail kept.
_WIDTH = 1000.0
_MAX_KINDS = 12
#: Okabe and Ito's colors: kinds without an order stay apart for everyone.
KINDS = (
    "#56b4e9", "#e69f00", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999",
    "#44aa99", "#882255", "#ddcc77", "#332288",
)  # fmt: skip
_FIRST = ("D", "grade", "score")


@dataclass(frozen=True)
class Key:
    """The classes of a column: which one each row is in, and how a class looks.

    Attributes
    ----------
    codes : Series of int
        On the labels of the rows that have a class.
    words : list
        Of a kind: the text in the column; empty for figures.
    edges : list of pairs of float
        Of a class of figures: where it begins and ends; empty for kinds.
    labels, colors : list of str
        Of the classes.
    """

    codes: pd.Series
    words: list[str]
    edges: list[tuple[float, float]]
    labels: list[str]
    colors: list[str]


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
    language: Language,
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
    language : {"en", "zh"}
        Of the words for classes.
    """
    found = []
    for name, column, values in columns_on_units(results, areas):
        layer = _layer(name, column, values, units, language)
        if layer is not None:
            found.append(layer)
    return found


def columns_on_units(
    results: Mapping[str, Result | pd.DataFrame], units: pd.Index
) -> Iterator[tuple[str, str, pd.Series]]:
    """Yield result, column and values of every column on unit or (unit, time)."""
    for name, item in results.items():
        frame = item.to_frame() if isinstance(item, Result) else item
        if _on_units(frame.index, units):
            frame = pd.DataFrame(frame).drop(columns="geometry", errors="ignore")
            for column in frame.columns:
                yield str(name), str(column), frame[column]


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


def _on_units(index: pd.Index, units: pd.Index) -> bool:
    """Tell whether rows are labeled by unit, or by unit and time."""
    if index.nlevels > 2 or not len(index) or not index.is_unique:
        return False
    if index.nlevels == 2 and index.names[1] not in (None, "time"):
        return False
    return bool(index.get_level_values(0).isin(units).all())


def _layer(
    result: str, column: str, values: pd.Series, units: pd.Index, language: Language
) -> Layer | None:
    key = classes(values, language)
    if key is None:
        return None
    times = [] if values.index.nlevels == 1 else _times(values.index)
    return Layer(
        result=result,
        column=column,
        group=title(result, language),
        heading=say(column, language),
        times=[str(time) for time in times],
        # A time without any figure has no code: the first year of a rate of change, say.
        classes=_grid(key.codes.reindex(values.index), times, units, -1, int),
        values=_grid(values.map(_rounded), times, units, None, None) if key.edges else [],
        labels=key.labels,
        colors=key.colors,
    )


def _times(index: pd.Index) -> list[Any]:
    return list(_align.canonical(index.get_level_values(1).unique()))


def classes(values: pd.Series, language: Language) -> Key | None:
    """Cut a column into classes as the map and the QGIS styles show it; None if it cannot be."""
    if pd.api.types.is_bool_dtype(values):
        return _kinds(values.map({True: "yes", False: "no"}), language)
    if pd.api.types.is_numeric_dtype(values):
        return _numbers(values)
    return _kinds(values, language)


def _numbers(values: pd.Series) -> Key | None:
    """Cut figures into five quantile classes; about zero where they straddle it."""
    figures = values.astype(float)
    known = figures[np.isfinite(figures)]
    if known.empty:
        return None
    if known.min() < 0 < known.max():
        sides = known < 0, known >= 0
        low, high = (classify(known[side], "quantiles", 3, None) for side in sides)
        reds = palettes.ramp("RdBu", 7)
        below, above = len(low.labels), len(high.labels)
        return Key(
            codes=pd.concat([low.codes, high.codes + below]),
            words=[],
            edges=[*pairwise(low.edges), *pairwise(high.edges)],
            labels=[*low.labels, *high.labels],
            colors=[*reds[3 - below : 3], *reds[4 : 4 + above]],
        )
    cut = classify(known, "quantiles", 5, None)
    colors = palettes.ramp("YlGnBu", len(cut.labels))
    return Key(cut.codes, [], list(pairwise(cut.edges)), cut.labels, colors)


def _kinds(values: pd.Series, language: Language) -> Key | None:
    """Give kinds their usual colors; a column of names is no layer."""
    known = values.dropna().astype(str)
    found = list(dict.fromkeys(known))
    grades = [grade.label for grade in GRADES]
    if known.empty:
        return None
    if set(found) <= set(grades):
        order, colors = grades, palettes.grade_colors(len(grades))
    elif set(found) <= set(palettes.CLUSTERS):
        order = [kind for kind in palettes.CLUSTERS if kind in found]
        colors = [palettes.CLUSTERS[kind] for kind in order]
    elif len(found) > _MAX_KINDS:
        return None
    else:
        ordered = isinstance(values.dtype, pd.CategoricalDtype)
        order = [str(c) for c in values.cat.categories] if ordered else sorted(found)
        order = [kind for kind in order if kind in found]
        colors = list(KINDS[: len(order)])
    spoken = [say_cell(str(values.name), kind, language) for kind in order]
    place = {kind: i for i, kind in enumerate(order)}
    return Key(known.map(place), order, [], spoken, colors)


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
