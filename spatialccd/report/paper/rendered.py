"""Pictures as they are written, and as they were drawn: what a saved figure holds."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from spatialccd.errors import ParameterError
from spatialccd.report.paper.style import house_style

if TYPE_CHECKING:
    import matplotlib.figure as mpl

#: Drop the date: the same input gives the same file.
_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "spatialccd"},
    "pdf": {"CreationDate": None, "Creator": "spatialccd"},
    "png": {"Software": "spatialccd"},
    "eps": {"Creator": "spatialccd"},
}
#: Made from the dots of a PNG, without transparency, which presses do not take.
_FROM_PNG: dict[str, dict[str, Any]] = {
    "tif": {"format": "TIFF", "compression": "tiff_lzw"},
    "jpg": {"format": "JPEG", "quality": 95, "subsampling": 0},
}
_SAME = {"tiff": "tif", "jpeg": "jpg"}
_DATE = re.compile(rb"%%CreationDate:[^\n]*\n")
#: From here on characters are Chinese, Japanese or Korean, or full-width signs.
_WIDE = 0x2E80


class Style(NamedTuple):
    """How a picture is written: one of ``formats.FORMATS``, and dots an inch."""

    format: str
    dpi: int


#: Dots an inch of a picture for print.
DPI = 300
#: A figure on the page: WebP without loss is half the size of PNG; sharp on paper and on screens of
#: twice the usual density at column width.
ON_PAGE = Style("webp", 170)
#: What a figure is saved as: for print, for the page.
STYLES = (*(Style(form, DPI) for form in ("png", "svg", "pdf", "webp")), ON_PAGE)


def draw(figure: mpl.Figure | Rendered, file: Path | IO[bytes], style: Style) -> None:
    """Write a picture in one style."""
    style = _named(style)
    if isinstance(figure, Rendered):
        data = figure.picture(style)
    elif style.format in _FROM_PNG:
        data = _pressed(_drawn(figure, Style("png", style.dpi)), style)
    else:
        data = _drawn(figure, style)
    if isinstance(file, Path):
        file.write_bytes(data)
    else:
        file.write(data)


def _named(style: Style) -> Style:
    """Call a format by one name."""
    return Style(_SAME.get(style.format, style.format), style.dpi)


def _drawn(figure: mpl.Figure, style: Style) -> bytes:
    """Let matplotlib draw."""
    options: dict[str, Any] = {"metadata": _METADATA.get(style.format)}
    if style.format == "webp":
        options = {"pil_kwargs": {"lossless": True, "method": 4}}
    buffer = io.BytesIO()
    with house_style():
        if style.format == "eps":
            with _outlined(figure):
                figure.savefig(buffer, format="eps", dpi=style.dpi, **options)
            return _DATE.sub(b"", buffer.getvalue(), count=1)
        figure.savefig(buffer, format=style.format, dpi=style.dpi, **options)
    return buffer.getvalue()


@contextmanager
def _outlined(figure: mpl.Figure) -> Iterator[None]:
    """Draw Chinese as outlines: fonts with PostScript outlines do not fit into an EPS file."""
    from matplotlib.patheffects import Normal
    from matplotlib.text import Text

    changed = []
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if any(ord(c) >= _WIDE for c in text.get_text()) and not text.get_path_effects():
            text.set_path_effects([Normal()])
            changed.append(text)
    try:
        yield
    finally:
        for text in changed:
            text.set_path_effects([])


def _pressed(png: bytes, style: Style) -> bytes:
    """Give a picture made of the dots of a PNG."""
    from PIL import Image

    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        dots = (style.dpi, style.dpi)
        image.convert("RGB").save(buffer, dpi=dots, **_FROM_PNG[style.format])
    return buffer.getvalue()


def render(figure: mpl.Figure | Rendered, styles: Iterable[Style]) -> Rendered:
    """Draw a figure in several styles; one that was drawn before stays as it is."""
    if isinstance(figure, Rendered):
        return figure
    pictures = {}
    for style in map(_named, styles):
        buffer = io.BytesIO()
        draw(figure, buffer, style)
        pictures[style] = buffer.getvalue()
    width, height = figure.get_size_inches()
    return Rendered((float(width), float(height)), pictures)


@dataclass(frozen=True)
class Rendered:
    """A picture in the styles it was drawn in, in place of what it could be drawn anew from.

    Attributes
    ----------
    size : tuple of float
        Width and height in inches.
    pictures : mapping of Style to bytes
        Whole files.
    """

    size: tuple[float, float]
    pictures: Mapping[Style, bytes]

    def get_size_inches(self) -> tuple[float, float]:
        """Give the size, by the name that matplotlib has for it."""
        return self.size

    def picture(self, style: Style) -> bytes:
        """Give the picture in one style; TIFF and JPG are made of the PNG it holds.

        Raises
        ------
        ParameterError
            It was not drawn in that style.
        """
        if style in self.pictures:
            return self.pictures[style]
        dots = self.pictures.get(Style("png", style.dpi))
        if style.format in _FROM_PNG and dots is not None:
            return _pressed(dots, style)
        held = ", ".join(f"{one.format} at {one.dpi} dpi" for one in self.pictures)
        raise ParameterError(
            f"this figure was loaded from a file that holds it as {held}, not as "
            f"{style.format} at {style.dpi} dpi; draw it again from the data"
        )

    def as_png(self) -> bytes | None:
        """Give the picture as PNG, which a notebook shows; None where it is held as lines only."""
        found = {style.format: data for style, data in self.pictures.items()}
        if "png" in found or "webp" not in found:
            return found.get("png")
        from PIL import Image

        buffer = io.BytesIO()
        with Image.open(io.BytesIO(found["webp"])) as picture:
            picture.save(buffer, "png")
        return buffer.getvalue()
