"""The columns of results that a map can show, and the classes it shows them in.

The page's map and the styles for QGIS ask here, so that both color a column alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from spatialccd._result import Result
from spatialccd.coupling.degree import GRADES
from spatialccd.report.paper import palettes
from spatialccd.report.paper.classes import classify
from spatialccd.report.words.spoken import Words

_MAX_KINDS = 12
#: How local regressions call a coefficient, and whether it is significant.
_COEFFICIENT, _VERDICT = "coef_", "significant_"
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
    muted : bool
        Whether the last class is of figures that are not significant, in grey.
    """

    codes: pd.Series
    words: list[str]
    edges: list[tuple[float, float]]
    labels: list[str]
    colors: list[str]
    muted: bool = False


class Column(NamedTuple):
    """A column of a result on units, and where each of its figures is significant.

    Attributes
    ----------
    among : list of str
        All columns of the table it stands in.
    verdict : str
        Of a local coefficient, the column of the same result that says whether it is
        significant; else "".
    significant : Series of bool or None
        That column.
    """

    result: str
    name: str
    values: pd.Series
    among: list[str]
    verdict: str = ""
    significant: pd.Series | None = None


def columns_on_units(
    results: Mapping[str, Result | pd.DataFrame], units: pd.Index
) -> Iterator[Column]:
    """Yield every column on unit or (unit, time)."""
    for name, item in results.items():
        frame = item.to_frame() if isinstance(item, Result) else item
        if _on_units(frame.index, units):
            frame = pd.DataFrame(frame).drop(columns="geometry", errors="ignore")
            for column in frame.columns:
                own = str(column)
                verdict = own.replace(_COEFFICIENT, _VERDICT, 1)
                among = [str(other) for other in frame.columns]
                if own.startswith(_COEFFICIENT) and verdict in frame:
                    yield Column(str(name), own, frame[column], among, verdict, frame[verdict])
                else:
                    yield Column(str(name), own, frame[column], among)


def classes(column: Column, words: Words) -> Key | None:
    """Cut a column into classes as the map and the QGIS styles show it; None if it cannot be."""
    values = column.values
    if pd.api.types.is_bool_dtype(values):
        return _kinds(values.map({True: "yes", False: "no"}), words)
    if not pd.api.types.is_numeric_dtype(values):
        return _kinds(values, words)
    figures = values.astype(float)
    known = figures[np.isfinite(figures)]
    if known.empty:
        return None
    if not column.name.startswith(_COEFFICIENT):
        return _numbers(known, 0.0 if known.min() < 0 else None)
    if column.significant is None:
        return _numbers(known, 0.0)
    sure = column.significant.reindex(known.index).astype(bool)
    return _verdicts(known, known[sure], words.say("Not significant"))


def _numbers(known: pd.Series, center: float | None) -> Key:
    """Cut figures into five quantile classes; with a center, colors part there."""
    palette = "YlGnBu" if center is None else "RdBu"
    cut = classify(known, "quantiles", 5 if center is None else 6, None, center)
    colors = palettes.class_colors(palette, cut.edges, center)
    return Key(cut.codes, [], list(pairwise(cut.edges)), cut.labels, colors)


def _verdicts(known: pd.Series, sure: pd.Series, words: str) -> Key:
    """Cut coefficients as their map does: about zero where significant, the others grey."""
    key = _numbers(sure, 0.0) if len(sure) else Key(sure, [], [], [], [])
    if len(sure) == len(known):
        return key
    codes = key.codes.reindex(known.index).fillna(len(key.labels)).astype(int)
    labels, colors = [*key.labels, words], [*key.colors, palettes.MUTED]
    return Key(codes, [], key.edges, labels, colors, muted=True)


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
