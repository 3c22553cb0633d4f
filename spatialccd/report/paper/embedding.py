"""Fonts in PDF and EPS files: as TrueType, whatever outlines the installed font has.

The free Chinese fonts (Noto, Source Han) have PostScript outlines. matplotlib embeds them
as if they were TrueType, which strict readers refuse: poppler warns of a mismatch, presses
replace the font. The subset that goes into the file is turned into TrueType on its way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: How far a curve may be moved, in units of a thousandth of the type's size.
_TOLERANCE = 0.5


@contextmanager
def truetype_only() -> Iterator[None]:
    """Let matplotlib embed TrueType alone while this lasts; one thread at a time."""
    from matplotlib.backends import _backend_pdf_ps as backend

    original: Any = getattr(backend, "get_glyphs_subset", None)
    if original is None:  # a matplotlib that does it in another way
        yield
        return

    @contextmanager
    def subset(*args: Any, **kwargs: Any) -> Iterator[Any]:
        with original(*args, **kwargs) as found:
            font = getattr(found, "font", found)
            if "CFF " in font:
                to_truetype(font)
            yield found

    backend.get_glyphs_subset = subset
    try:
        yield
    finally:
        backend.get_glyphs_subset = original


def to_truetype(font: Any) -> None:
    """Turn the PostScript outlines of a fontTools font into TrueType ones, in place."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import newTable

    outlines, order = font.getGlyphSet(), font.getGlyphOrder()
    tolerance = _TOLERANCE * font["head"].unitsPerEm / 1000
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, tolerance, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = table = newTable("glyf")
    table.glyphOrder, table.glyphs = order, glyphs
    del font["CFF "]
    if "VORG" in font:
        del font["VORG"]
    for name, glyph in table.glyphs.items():
        glyph.recalcBounds(table)
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))
    table.compile(font)
    _count_glyphs(font)
    post = font["post"]
    post.formatType, post.extraNames, post.mapping, post.glyphOrder = 2.0, [], {}, order
    font.sfntVersion = "\x00\x01\x00\x00"


def _count_glyphs(font: Any) -> None:
    """Write the table of maxima that TrueType asks for."""
    from fontTools.ttLib import newTable

    font["maxp"] = maxp = newTable("maxp")
    maxp.tableVersion = 0x00010000
    maxp.maxZones = 1
    for name in (
        "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
        "maxStackElements", "maxSizeOfInstructions", "maxComponentElements",
    ):  # fmt: skip
        setattr(maxp, name, 0)
    maxp.recalc(font)  # the subset is told not to do it by itself
