"""The interactive map: what its script reads, and what stands there without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spatialccd._result import Result
from spatialccd.report.page.layers import Layer, drawing, layers
from spatialccd.report.page.packed import pack
from spatialccd.report.words.language import Language, say
from spatialccd.report.words.sentences import retell
from spatialccd.report.words.spoken import Words

if TYPE_CHECKING:
    from spatialccd._types import Areas, Columns

#: Words that the script prints.
_WORDS = ("No data", "Play", "Pause", "Median of all units")


@dataclass(frozen=True)
class Shape:
    """One area as it is drawn before any script runs."""

    unit: str
    path: str
    color: str | None
    title: str


@dataclass(frozen=True)
class Entry:
    """One line of the legend: a class, its color (None: no data), and how many units it has."""

    label: str
    color: str | None
    count: int


@dataclass(frozen=True)
class Atlas:
    """The map of a page.

    Attributes
    ----------
    size : tuple of float
        Width and height of the drawing.
    shapes : list of Shape
        The areas, colored by the first layer at its last time.
    heading : str
        What they show.
    legend : list of Entry
        Of the same.
    projection : str
        In words.
    groups : list of (str, list of (int, str))
        The layers to choose from: their numbers and headings, by step.
    first : int
        The number of the layer shown first.
    data : str
        All that the script reads, packed.
    """

    size: tuple[float, float]
    shapes: list[Shape]
    heading: str
    legend: list[Entry]
    projection: str
    groups: list[tuple[str, list[tuple[int, str]]]]
    first: int
    data: str


def atlas(
    results: Mapping[str, Result | Columns], areas: Areas | None, words: Words
) -> Atlas | None:
    """Draw the areas, and lay out what can be shown on them; None where there is nothing."""
    if areas is None:
        return None
    paths, size, units, projection = drawing(areas)
    shown = layers(results, areas.index, units, words)
    if not shown:
        return None
    first = min(range(len(shown)), key=lambda i: (shown[i].priority, i))
    language = words.language
    called = [str(words.names.get(unit, unit)) for unit in units]
    data = {
        "size": [round(side, 1) for side in size],
        "units": [str(unit) for unit in units],
        "names": called,
        "layers": [vars(layer) for layer in shown],
        "first": first,
        "words": {word: say(word, language) for word in _WORDS},
    }
    layer = shown[first]
    codes = layer.classes[-1]
    return Atlas(
        size=size,
        shapes=[
            Shape(str(unit), path, _color(layer, code), f"{name}: {_value(layer, i, language)}")
            for i, (unit, path, code, name) in enumerate(
                zip(units, paths, codes, called, strict=True)
            )
        ],
        heading=", ".join([layer.heading, *layer.times[-1:]]),
        legend=_legend(layer, language),
        projection=retell(projection, language),
        groups=_groups(shown),
        first=first,
        data=pack(data),
    )


def _groups(shown: list[Layer]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Gather the layers of each step, whatever stands between them."""
    steps: dict[str, list[tuple[int, str]]] = {}
    for number, layer in enumerate(shown):
        steps.setdefault(layer.group, []).append((number, layer.heading))
    return list(steps.items())


def _color(layer: Layer, code: int) -> str | None:
    return None if code < 0 else layer.colors[code]


def _value(layer: Layer, unit: int, language: Language) -> str:
    """Write what a unit has at the last time."""
    code = layer.classes[-1][unit]
    if code < 0:
        return say("No data", language)
    return f"{layer.values[-1][unit]:g}" if layer.values else layer.labels[code]


def _legend(layer: Layer, language: Language) -> list[Entry]:
    """List the classes at the last time: high figures on top, no data at the foot."""
    codes = layer.classes[-1]
    entries = [
        Entry(label, color, codes.count(i))
        for i, (label, color) in enumerate(zip(layer.labels, layer.colors, strict=True))
    ]
    if layer.values:
        entries.reverse()
    gaps = codes.count(-1)
    return [*entries, *([Entry(say("No data", language), None, gaps)] if gaps else [])]
