"""From figures with classes, or on a scale, to a finished :class:`Map`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.colors import Colormap, Normalize, TwoSlopeNorm, to_hex

from spatialccd import _align
from spatialccd._result import Settings
from spatialccd.data.blank import with_blank
from spatialccd.errors import DataError
from spatialccd.report.paper import palettes
from spatialccd.report.paper.classes import stack
from spatialccd.report.paper.figure import Map
from spatialccd.report.paper.legends import Entry, Ramp, Square, Swatches, no_data
from spatialccd.report.paper.numbers import number
from spatialccd.report.paper.palettes import MUTED
from spatialccd.report.paper.sheet import Panel, compose
from spatialccd.report.paper.windows import in_view as sheet_view
from spatialccd.report.paper.wishes import Sheet
from spatialccd.report.words.language import Language, say
from spatialccd.report.words.marks import COLON, STOP

if TYPE_CHECKING:
    from spatialccd._types import Areas

Picked = Sequence[tuple[Any, pd.DataFrame]]


@dataclass(frozen=True)
class Heading:
    """What the legend of classes says.

    Attributes
    ----------
    title : str
        Its heading.
    colors : mapping
        Class to color, in the order of the legend.
    spoken : mapping
        Class to the words of its entry.
    """

    title: str
    colors: Mapping[str, str]
    spoken: Mapping[str, str]


def in_view(values: Any, areas: Areas, sheet: Sheet) -> tuple[Any, Areas]:
    """Keep the units that the sheet shows, so that classes and counts are of these alone.

    Areas without data that a study's areas carry are among them.

    Raises
    ------
    AlignmentError
        A unit has no area, in view or not.
    """
    areas = with_blank(areas)
    units = pd.Index(values.index.get_level_values(0).unique())
    _align.check_within(units, _align.labels(areas, "areas"), "the values", "areas")
    shown = sheet_view(areas, sheet)
    if len(shown) == len(areas):
        return values, areas
    return values[values.index.get_level_values(0).isin(shown)], areas.loc[shown]


def class_map(
    picked: Picked,
    heading: Heading,
    areas: Areas,
    sheet: Sheet,
    settings: Settings,
    *,
    notes: Sequence[str] = (),
    legend: Square | None = None,
) -> Map:
    """Draw classes, one panel a time.

    Parameters
    ----------
    picked : pairs of time and frame
        Frames on unit with the columns ``value`` and ``class``.
    heading : Heading
        Of the legend; its classes are listed whether or not a unit has them.
    notes : sequence of str
        Small print.
    legend : Square, optional
        Stands in place of the list of classes.
    """
    _check(picked, areas)
    if not any(frame["class"].notna().any() for _, frame in picked):
        raise DataError("there is no figure to draw: every unit lacks its class")
    panels = [
        Panel(_title(at), frame["class"].dropna().map(heading.colors), frame["class"].dropna())
        for at, frame in picked
    ]
    counts = _counts(panels, list(heading.colors), len(areas))
    single = len(panels) == 1
    blank = say("No data", sheet.language)
    lacking = counts.loc["No data"]
    extra = [no_data(_counted(blank, lacking, single))] if lacking.any() else []
    entries = [
        Entry(_counted(heading.spoken[name], counts.loc[name], single), color)
        for name, color in heading.colors.items()
    ]
    swatches = Swatches(heading.title, [*entries, *extra])
    note = "In brackets: number of units." if single else "Bars: number of units per class."
    drawn = compose(
        panels,
        swatches if legend is None else replace(legend, extra=Swatches("", extra)),
        areas,
        sheet,
        bar_colors=heading.colors,
        notes=[*notes, *([say(note, sheet.language)] if legend is None or not single else [])],
    )
    listing = counts.rename_axis("class").reset_index()
    listing.insert(1, "label", [*heading.spoken.values(), blank])
    listing.insert(
        2, "color", [*(palettes.parted(c)[0] for c in heading.colors.values()), palettes.NO_DATA]
    )
    return Map(
        settings=settings,
        figure=drawn.figure,
        table=stack(picked),
        legend=listing,
        projection=drawn.projection,
        scale_bar=drawn.scale_bar,
    )


@dataclass(frozen=True)
class Scale:
    """A continuous scale of color."""

    colormap: Colormap
    norm: Normalize

    def colors(self, figures: pd.Series) -> pd.Series:
        """Give the color of each figure."""
        shades = self.colormap(self.norm(figures.to_numpy(dtype=float)))
        return pd.Series([to_hex(shade) for shade in shades], index=figures.index, dtype=object)

    def ramp(self, heading: str, extra: Sequence[Entry]) -> Ramp:
        """Give its legend."""
        return Ramp(heading, self.colormap, self.norm, Swatches("", extra))


def continuous_scale(figures: pd.Series, palette: str, center: float | None) -> Scale:
    """Span a scale over finite figures, with the middle color at `center` if it is given."""
    low, high = float(figures.min()), float(figures.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    colormap = palettes.scheme(palette)
    center = palettes.middle(palette, center, low, high)
    if center is None:
        return Scale(colormap, Normalize(low, high))
    reach = max(high - center, center - low)
    return Scale(colormap, TwoSlopeNorm(center, center - reach, center + reach))


def scale_map(
    picked: Picked,
    scale: Scale | Mapping[Any, Scale | None],
    heading: str,
    areas: Areas,
    sheet: Sheet,
    settings: Settings,
    *,
    notes: Sequence[str] = (),
    muted: str | None = None,
    titles: Mapping[Any, str] | None = None,
    level: str = "time",
) -> Map:
    """Draw figures on a continuous scale, one panel a time or column.

    Parameters
    ----------
    picked : pairs of time (or column) and frame
        Frames on unit with the column ``value``, and ``muted`` (bool) if asked for.
    scale : Scale, or mapping of time (or column) to Scale
        One for all panels, or one for each, drawn below it; None where nothing is colored.
    notes : sequence of str
        Small print.
    muted : str, optional
        Words of the entry of units drawn in grey in spite of their figure.
    titles : mapping, optional
        Time or column to the title of its panel.
    level : str, default "time"
        What the panels are, for the index of the table.
    """
    _check(picked, areas)
    language = sheet.language
    own = {} if isinstance(scale, Scale) else scale
    panels = [
        _scaled(_title(at, titles), frame, own[at] if own else scale, below=bool(own))
        for at, frame in picked
    ]
    extra = [] if muted is None else [Entry(muted, MUTED)]
    if any(len(panel.colors) < len(areas) for panel in panels):
        extra.append(no_data(say("No data", language)))
    if own:
        own_scale = say("each map has its own scale", language)
        notes = [f"{heading}{COLON[language]}{own_scale}{STOP[language]}", *notes]
    drawn = compose(
        panels,
        scale.ramp(heading, extra) if isinstance(scale, Scale) else Swatches("", extra),
        areas,
        sheet,
        bar_colors={},
        notes=notes,
    )
    greyed = [] if muted is None else [muted]
    counts = _counts(panels, ["shown", *(["muted"] if muted else [])], len(areas))
    legend = counts.rename_axis("class").reset_index()
    legend.insert(1, "label", [heading, *greyed, say("No data", language)])
    legend.insert(2, "color", ["", *[MUTED for _ in greyed], palettes.NO_DATA])
    return Map(
        settings=settings,
        figure=drawn.figure,
        table=stack(picked, level),
        legend=legend,
        projection=drawn.projection,
        scale_bar=drawn.scale_bar,
    )


def _scaled(title: str, frame: pd.DataFrame, scale: Any, *, below: bool) -> Panel:
    """Color the figures of a panel; without a scale all of them are muted."""
    known = frame[np.isfinite(frame["value"].to_numpy(dtype=float, na_value=np.nan))]
    colors = pd.Series(MUTED, known.index) if scale is None else scale.colors(known["value"])
    classes = pd.Series("shown", index=known.index, dtype=object)
    if "muted" in frame:
        grey = known["muted"].to_numpy(dtype=bool)
        colors[grey] = MUTED
        classes[grey] = "muted"
    return Panel(title, colors, classes, scale.ramp("", ()) if below and scale else None)


def _check(picked: Picked, areas: Areas) -> None:
    units = _align.labels(areas, "areas")
    for _, frame in picked:
        _align.check_within(frame.index, units, "the values", "areas")


def _counts(panels: Sequence[Panel], classes: Sequence[str], n: int) -> pd.DataFrame:
    """Count units per class (rows) and panel (columns); the last row is "No data"."""
    counted = {
        panel.title or "n": panel.classes.value_counts().reindex(classes, fill_value=0)
        for panel in panels
    }
    counts = pd.DataFrame(counted, index=list(classes))
    counts.loc["No data"] = [n - len(panel.classes) for panel in panels]
    return counts.astype(int)


def _counted(words: str, counts: pd.Series, single: bool) -> str:
    return f"{words} ({int(counts.iloc[0])})" if single else words


def _title(at: Any, titles: Mapping[Any, str] | None = None) -> str:
    if at is None:
        return ""
    return str(at) if titles is None else titles[at]


def parting(value: float, language: Language) -> str:
    """Say in the small print where the colors part."""
    between = "" if language == "zh" else " "
    return f"{say('Colors part at', language)}{between}{number(value)}{STOP[language]}"
