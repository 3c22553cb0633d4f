"""The columns of results that a map can show, and the classes it shows them in.

The page's map and the styles for QGIS ask here, so that both color a column alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from spatialccd._result import Result
from spatialccd.coupling.degree import GRADES
from spatialccd.report.paper import palettes
from spatialccd.report.paper.classes import classify
from spatialccd.report.words.spoken import Words

_MAX_KINDS = 12
#: Okabe and Ito's colors: kinds without an order stay apart for everyone.
KINDS = (
    "#56b4e9", "#e69f00", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999",
    "#44aa99", "#882255", "#ddcc77", "#332288",
)  # fmt: skip


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


def columns_on_units(
    results: Mapping[str, Result | pd.DataFrame], units: pd.Index
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield result, column and table of every column on unit or (unit, time)."""
    for name, item in results.items():
        frame = item.to_frame() if isinstance(item, Result) else item
        if _on_units(frame.index, units):
            frame = pd.DataFrame(frame).drop(columns="geometry", errors="ignore")
            for column in frame.columns:
                yield str(name), str(column), frame.set_axis(frame.columns.map(str), axis=1)


def classes(values: pd.Series, words: Words) -> Key | None:
    """Cut a column into classes as the map and the QGIS styles show it; None if it cannot be."""
    if pd.api.types.is_bool_dtype(values):
        return _kinds(values.map({True: "yes", False: "no"}), words)
    if pd.api.types.is_numeric_dtype(values):
        return _numbers(values)
    return _kinds(values, words)


def _numbers(values: pd.Series) -> Key | None:
    """Cut figures into five quantile classes; about zero where they straddle it."""
    figures = values.astype(float)
    known = figures[np.isfinite(figures)]
    if known.empty:
        return None
    palette = "RdBu" if known.min() < 0 < known.max() else "YlGnBu"
    parted = palettes.middle(palette, None, known.min(), known.max())
    cut = classify(known, "quantiles", 6 if palette == "RdBu" else 5, None, parted)
    colors = palettes.class_colors(palette, cut.edges, parted)
    return Key(cut.codes, [], list(pairwise(cut.edges)), cut.labels, colors)


def _kinds(values: pd.Series, words: Words) -> Key | None:
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
    spoken = [words.cell(str(values.name), kind) for kind in order]
    place = {kind: i for i, kind in enumerate(order)}
    return Key(known.map(place), order, [], spoken, colors)


def _on_units(index: pd.Index, units: pd.Index) -> bool:
    """Tell whether rows are labeled by unit, or by unit and time."""
    if index.nlevels > 2 or not len(index) or not index.is_unique:
        return False
    if index.nlevels == 2 and index.names[1] not in (None, "time"):
        return False
    return bool(index.get_level_values(0).isin(units).all())
