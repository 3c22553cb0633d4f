"""Maps of local association: LISA clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.errors import DataError, ParameterError, listed
from spatialccd.report import palettes
from spatialccd.report._choropleth import Heading, class_map
from spatialccd.report._classes import pick_times
from spatialccd.report._figure import Map
from spatialccd.report._layout import Width
from spatialccd.report._sheet import Sheet
from spatialccd.report.language import Language, say

if TYPE_CHECKING:
    from spatialccd._types import Areas, Columns, Places
    from spatialccd.association.moran import LocalMoran


def map_lisa(
    lisa: Columns | LocalMoran,
    areas: Areas,
    *,
    time: int | str | Sequence[int] | None = None,
    title: str | None = None,
    language: Language = "en",
    width: Width | None = None,
    labels: str | None = None,
    source: str | None = None,
    extent: Sequence[float] | None = None,
    inset: Sequence[float] | None = None,
    overlay: Places | None = None,
) -> Map:
    """Map the clusters and outliers of a local Moran analysis.

    Only significant units are colored; the small print says at which level and
    with which correction.

    Parameters
    ----------
    lisa : LocalMoran or DataFrame
        The result, or a frame with the column ``cluster``, on unit or on
        (unit, time).
    areas : GeoDataFrame
        Polygons (or points) on unit. Units without a cluster are "no data".
    time : int, str or sequence, optional
        The time to draw, or several; all times of a panel when omitted.
    title : str, optional
        Stands above the maps.
    language : {"en", "zh"}, default "en"
        Of legend and notes.
    width : {"single", "middle", "double"}, optional
        90, 140 or 190 mm; single for one map and double for several when omitted.
    labels : str, optional
        Column of `areas` with names to write on the map, or "unit".
    source : str, optional
        Where the data come from, in the small print.
    extent : sequence of float, optional
        West, south, east, north in degrees: draw this part only.
    inset : sequence of float, optional
        West, south, east, north in degrees of a part to show in a frame at
        the lower right.
    overlay : GeoDataFrame, optional
        Lines or outlines to draw on top.

    Returns
    -------
    Map
        ``.save(path)``; ``.table`` has each unit's local I and cluster.

    Raises
    ------
    AlignmentError
        Units without an area; ``cases`` names each.
    DataError
        A cluster is none of those that ``local_moran`` gives.

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
    wishes = Sheet(title, language, width, labels, source, extent, inset, overlay)
    sheet, face = wishes.faced()
    frame = lisa.to_frame() if isinstance(lisa, Result) else lisa
    _align.labels(frame, "lisa")
    if "cluster" not in frame:
        raise ParameterError(
            f"lisa has no column 'cluster' (it has {listed(frame.columns)}); "
            "give what local_moran returns"
        )
    shown = pd.DataFrame({"class": frame["cluster"].astype(object)})
    shown.insert(0, "value", frame["I"] if "I" in frame else float("nan"))
    _check_clusters(shown["class"])
    kinds = [k for k in palettes.CLUSTERS if k != "No neighbors" or (shown["class"] == k).any()]
    heading = Heading(
        say("Local Moran cluster", sheet.language),
        {kind: palettes.CLUSTERS[kind] for kind in kinds},
        {kind: say(kind, sheet.language) for kind in kinds},
    )
    notes = [_level(lisa, sheet.language)] if isinstance(lisa, Result) else []
    return class_map(
        pick_times(shown, time, "lisa"), heading, areas, sheet, face, settings, notes=notes
    )


def _check_clusters(clusters: pd.Series) -> None:
    strange = clusters[clusters.notna() & ~clusters.isin(list(palettes.CLUSTERS))]
    if len(strange):
        raise DataError(
            f"cluster holds {listed(strange.unique())}; it must be {listed(palettes.CLUSTERS)}",
            strange.to_frame(),
        )


def _level(lisa: Result, language: Language) -> str:
    """Say at which level, and with which correction, a unit counts as significant."""
    made = lisa.settings
    words = [f"p ≤ {made['alpha']:g}" if "alpha" in made else ""]
    if made.get("correction") not in (None, "none"):
        words.append(f"{say('correction', language)}: {str(made['correction']).upper()}")
    if "n_permutations" in made:
        words.append(f"{made['n_permutations']} {say('permutations', language)}")
    return ", ".join(word for word in words if word) + "."
