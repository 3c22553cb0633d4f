"""Layer styles as QGIS writes them (QML), for the table ``layer_styles``.

Written as QGIS 3.22 reads it; later versions read it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from xml.etree import ElementTree as ET

from matplotlib.colors import to_rgb

from spatialccd.report._layers import Key

Geometry = Literal["fill", "marker"]
_VERSION = "3.22.0"
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_OUTLINE = "90,90,90,255"


def style(field: str, key: Key, geometry: Geometry) -> str:
    """Write the style of one column: a color a class, and its words in the legend.

    Parameters
    ----------
    field : str
        The column of the layer.
    key : Key
        Its classes.
    geometry : {"fill", "marker"}
        Polygons or points.
    """
    root = ET.Element("qgis", version=_VERSION, styleCategories="Symbology")
    renderer = (_graduated if key.edges else _categorized)(root, field, key)
    symbols = ET.SubElement(renderer, "symbols")
    for number, color in enumerate(key.colors):
        _symbol(symbols, str(number), color, geometry)
    ET.SubElement(root, "layerGeometryType").text = "2" if geometry == "fill" else "0"
    return _DOCTYPE + ET.tostring(root, encoding="unicode")


def _graduated(root: ET.Element, field: str, key: Key) -> ET.Element:
    renderer = _renderer(root, "graduatedSymbol", field)
    renderer.set("graduatedMethod", "GraduatedColor")
    ranges = ET.SubElement(renderer, "ranges")
    for number, ((lower, upper), label) in enumerate(zip(key.edges, key.labels, strict=True)):
        ET.SubElement(
            ranges, "range", symbol=str(number), label=label, render="true",
            lower=f"{lower:.15g}", upper=f"{upper:.15g}",
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


def _renderer(root: ET.Element, kind: str, field: str) -> ET.Element:
    return ET.SubElement(
        root, "renderer-v2", type=kind, attr=f'"{field}"', symbollevels="0",
        enableorderby="0", forceraster="0",
    )  # fmt: skip


def _symbol(symbols: ET.Element, name: str, color: str, geometry: Geometry) -> None:
    symbol = ET.SubElement(
        symbols, "symbol", type=geometry, name=name, alpha="1", clip_to_extent="1", force_rhr="0"
    )
    kind = "SimpleFill" if geometry == "fill" else "SimpleMarker"
    layer = ET.SubElement(symbol, "layer", {"class": kind}, enabled="1", locked="0")
    layer.set("pass", "0")
    properties = {
        "color": _rgba(color),
        "outline_color": _OUTLINE,
        "outline_style": "solid",
        "outline_width": "0.1",
        "outline_width_unit": "MM",
    }
    own: Sequence[tuple[str, str]] = (
        [("style", "solid")] if geometry == "fill" else [("name", "circle"), ("size", "2.4")]
    )
    for name_of, value in [*properties.items(), *own]:
        ET.SubElement(layer, "prop", k=name_of, v=value)


def _rgba(color: str) -> str:
    return ",".join(str(round(part * 255)) for part in to_rgb(color)) + ",255"
