"""Pictures as they were drawn: what a saved figure holds in place of matplotlib's own objects."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    import matplotlib.figure as mpl

#: Drop the date: the same input gives the same file.
_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "spatialccd"},
    "pdf": {"CreationDate": None, "Creator": "spatialccd"},
    "png": {"Software": "spatialccd"},
}


class Style(NamedTuple):
    """How a picture is written: png, svg, pdf or webp, and dots an inch."""

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
    if isinstance(figure, Rendered):
        data = figure.picture(style)
        if isinstance(file, Path):
            file.write_bytes(data)
        else:
            file.write(data)
        return
    options: dict[str, Any] = {"metadata": _METADATA.get(style.format)}
    if style.format == "webp":
        options = {"pil_kwargs": {"lossless": True, "method": 4}}
    figure.savefig(file, format=style.format, dpi=style.dpi, **options)


def render(figure: mpl.Figure | Rendered, styles: Iterable[Style]) -> Rendered:
    """Draw a figure in several styles; one that was drawn before stays as it is."""
    if isinstance(figure, Rendered):
        return figure
    pictures = {}
    for style in styles:
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
        """Give the picture in one style.

        Raises
        ------
        ParameterError
            It was not drawn in that style.
        """
        if style not in self.pictures:
            held = ", ".join(f"{one.format} at {one.dpi} dpi" for one in self.pictures)
            raise ParameterError(
                f"this figure was loaded from a file that holds it as {held}, not as "
                f"{style.format} at {style.dpi} dpi; draw it again from the data"
            )
        return self.pictures[style]
