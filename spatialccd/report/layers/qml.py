"""Layer styles as QGIS writes them (QML), for the table ``layer_styles``.

Written as QGIS 3.22 reads it; later versions read it too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from xml.etree import ElementTree as ET

from matplotlib.colors import to_rgb

from spatialccd.report.layers.keys import Key
from spatialccd.report.paper import palettes

Geometry = Literal["fill", "marker"]
#: How the rows of a layer of times are drawn.
Shape = Literal["marker", "outline", "line"]
_VERSION = "3.22.0"
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_OUTLINE = "90,90,90,255"
#: Signs that no XML can hold.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def style(
    field: str,
    key: Key,
    geometry: Geometry,
    aliases: Mapping[str, str] | None = None,
    *,
    verdict: str = "",
    blank: str = "",
) -> str:
    """Write the style of one column: a color a class, and its words in the legend.

    Rules say what a class alone cannot: that a figure is not significant, or is not there.

    Parameters
    ----------
    field : str
        The column of the layer.
    key : Key
        Its classes.
    geometry : {"fill", "marker"}
        Polygons or points.
    aliases : mapping of str to str, optional
        Words that QGIS shows in place of the names of columns.
    verdict : str, default ""
        The column that says whether a figure is significant ("yes" or "no"), where the
        key has a class for those that are not.
    blank : str, default ""
        What the legend calls rows without a value; "" where there are none.
    """
    categories = "Symbology|Fields" if aliases else "Symbology"
    root = ET.Element("qgis", version=_VERSION, styleCategories=categories)
    if blank or key.muted:
        renderer = _ruled(root, field, key, verdict, blank)
    else:
        renderer = (_graduated if key.edges else _categorized)(root, field, key)
    symbols = ET.SubElement(renderer, "symbols")
    for number, color in enumerate(key.colors):
        _SYMBOLS[geometry](symbols, str(number), color)
    if blank:
        _BLANK[geometry](symbols, str(len(key.colors)))
    ET.SubElement(root, "layerGeometryType").text = "2" if geometry == "fill" else "0"
    if aliases:
        listed = ET.SubElement(root, "aliases")
        for column, words in aliases.items():
            ET.SubElement(listed, "alias", field=column, name=words)
    return _xml(root)


def _xml(root: ET.Element) -> str:
    return _DOCTYPE + _UNFIT.sub("\ufffd", ET.tostring(root, encoding="unicode"))


def by_time(field: str, times: Sequence[Any], shape: Shape) -> str:
    """Write the style of rows that are times: from dark to light, points with their time.

    Parameters
    ----------
    field : str
        The column of the times.
    times : sequence
        In their order.
    shape : {"marker", "outline", "line"}
        Points, rings, or lines with an arrowhead.
    """
    labeled = shape == "marker"
    root = ET.Element(
        "qgis", version=_VERSION, styleCategories="Symbology|Labeling", labelsEnabled=str(+labeled)
    )
    renderer = _renderer(root, "categorizedSymbol", field)
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    numeric = all(isinstance(time, int) for time in times)
    colors = palettes.ramp("viridis", len(times) + 1)[:-1]  # without the pale end
    for number, (time, color) in enumerate(zip(times, colors, strict=True)):
        ET.SubElement(
            categories, "category", symbol=str(number), label=str(time), render="true",
            value=str(time), type="long" if numeric else "string",
        )  # fmt: skip
        _SYMBOLS[shape](symbols, str(number), color)
    if labeled:
        labeling = ET.SubElement(root, "labeling", type="simple")
        settings = ET.SubElement(labeling, "settings", calloutType="simple")
        text = ET.SubElement(settings, "text-style", fieldName=field, fontSize="8")
        ET.SubElement(text, "text-buffer", bufferDraw="1", bufferSize="0.7")
        ET.SubElement(settings, "placement", placement="6", dist="1")
    return _xml(root)


def plain_line() -> str:
    """Write the style of lines that are all alike, thin enough for thousands."""
    root = ET.Element("qgis", version=_VERSION, styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", type="singleSymbol", symbollevels="0")
    symbols = ET.SubElement(renderer, "symbols")
    _layer(_empty(symbols, "line", "0"), "SimpleLine", line_color=_OUTLINE, line_width="0.2")
    return _xml(root)


def _graduated(root: ET.Element, field: str, key: Key) -> ET.Element:
    renderer = _renderer(root, "graduatedSymbol", field)
    renderer.set("graduatedMethod", "GraduatedColor")
    ranges = ET.SubElement(renderer, "ranges")
    for number, ((lower, upper), label) in enumerate(zip(key.edges, key.labels, strict=True)):
        ET.SubElement(
            ranges, "range", symbol=str(number), label=label, render="true",
            lower=repr(float(lower)), upper=repr(float(upper)),  # as they are: none falls out
        )  # fmt: skip
    return renderer


def _categorized(root: ET.Element, field: str, key: Key) -> ET.Element:
    renderer = _renderer(root, "categorizedSymbol", field)
    categories = ET.SubElement(renderer, "categories")
    for number, (word, label) in enumerate(zip(key.words, key.labels, strict=True)):
        ET.SubElement(
            categories, "category", symbol=str(number), label=label, render="true",
            value=word, type="string",
        )  # fmt: skip
    return renderer


def _ruled(root: ET.Element, field: str, key: Key, verdict: str, blank: str) -> ET.Element:
    """Write a rule a class; a figure belongs to the first whose limits hold it."""
    renderer = ET.SubElement(
        root, "renderer-v2", type="RuleRenderer", symbollevels="0", enableorderby="0",
        forceraster="0",
    )  # fmt: skip
    rules = ET.SubElement(renderer, "rules", key="{all}")
    name = _quoted(field, '"')
    known = f"{name} IS NOT NULL"
    sure = f"{_quoted(verdict, chr(34))} = 'yes' AND " if key.muted and verdict else ""
    filters = [f"{name} = {_quoted(word, chr(39))}" for word in key.words]
    for number, (low, high) in enumerate(key.edges):
        above = ">=" if number == 0 else ">"
        filters.append(f"{sure}{name} {above} {float(low)!r} AND {name} <= {float(high)!r}")
    if key.muted:
        filters.append(f"{known} AND {_quoted(verdict, chr(34))} = 'no'" if verdict else known)
    if blank:
        filters.append(f"{name} IS NULL")
    labels = [*key.labels, blank] if blank else key.labels
    for number, (words, label) in enumerate(zip(filters, labels, strict=True)):
        ET.SubElement(
            rules, "rule", key=f"{{{number}}}", symbol=str(number), label=label, filter=words
        )
    return renderer


def _quoted(words: str, mark: str) -> str:
    """Write a name or a text as the expressions of QGIS do."""
    return mark + words.replace(mark, 2 * mark) + mark


def _renderer(root: ET.Element, kind: str, field: str) -> ET.Element:
    return ET.SubElement(
        root, "renderer-v2", type=kind, attr=f'"{field}"', symbollevels="0",
        enableorderby="0", forceraster="0",
    )  # fmt: skip


def _fill(symbols: ET.Element, name: str, color: str) -> None:
    _layer(
        _empty(symbols, "fill", name),
        "SimpleFill",
        color=_rgba(color),
        outline_color=_OUTLINE,
        outline_style="solid",
        outline_width="0.1",
        style="solid",
    )


def _marker(symbols: ET.Element, name: str, color: str) -> None:
    _layer(
        _empty(symbols, "marker", name),
        "SimpleMarker",
        color=_rgba(color),
        outline_color=_OUTLINE,
        outline_style="solid",
        outline_width="0.1",
        name="circle",
        size="2.4",
    )


def _outline(symbols: ET.Element, name: str, color: str) -> None:
    _layer(
        _empty(symbols, "fill", name),
        "SimpleFill",
        outline_color=_rgba(color),
        outline_style="solid",
        outline_width="0.5",
        style="no",
    )


def _arrow(symbols: ET.Element, name: str, color: str) -> None:
    """Draw a line with an arrowhead in its middle, where no point hides it."""
    line = _empty(symbols, "line", name)
    _layer(line, "SimpleLine", line_color=_rgba(color), line_width="0.5", capstyle="flat")
    middle = _layer(line, "MarkerLine", placement="centralpoint", rotate="1")
    head = _empty(middle, "marker", f"@{name}@1")
    _layer(head, "SimpleMarker", name="arrowhead", size="2.4", outline_color=_rgba(color),
           outline_width="0.5", outline_style="solid")  # fmt: skip


def _hatched(symbols: ET.Element, name: str) -> None:
    """Draw an area without data: hatched, as in the figures."""
    symbol = _empty(symbols, "fill", name)
    _layer(symbol, "SimpleFill", color=_rgba(palettes.NO_DATA), outline_color=_OUTLINE,
           outline_style="solid", outline_width="0.1", style="solid")  # fmt: skip
    _layer(symbol, "SimpleFill", color=_rgba(palettes.NO_DATA_HATCH), outline_style="no",
           style="b_diagonal")  # fmt: skip


def _empty_marker(symbols: ET.Element, name: str) -> None:
    _marker(symbols, name, palettes.NO_DATA)


_BLANK = {"fill": _hatched, "marker": _empty_marker}
_SYMBOLS = {"fill": _fill, "marker": _marker, "outline": _outline, "line": _arrow}


def _empty(parent: ET.Element, kind: str, name: str) -> ET.Element:
    return ET.SubElement(
        parent, "symbol", type=kind, name=name, alpha="1", clip_to_extent="1", force_rhr="0"
    )


def _layer(symbol: ET.Element, kind: str, **properties: str) -> ET.Element:
    """Add a layer to a symbol; lengths are in millimeters."""
    layer = ET.SubElement(symbol, "layer", {"class": kind, "pass": "0"}, enabled="1", locked="0")
    for name, value in properties.items():
        ET.SubElement(layer, "prop", k=name, v=value)
    return layer


def _rgba(color: str) -> str:
    return ",".join(str(round(part * 255)) for part in to_rgb(color)) + ",255"
