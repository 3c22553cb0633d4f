"""Figures as the page holds them."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping

from PIL import Image

from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.rendered import ON_PAGE, draw
from spatialccd.report.words.spoken import Words

_COLORS = 256
#: A picture in fewer colors is taken where it is that much smaller, in parts of 1.
_WORTH = 0.9


def pictures(figures: Mapping[str, Figure], words: Words, place: str = "") -> list[dict[str, str]]:
    """Draw each figure for the page: its name, title, source and shape."""
    return [_picture(str(name), figure, words, place) for name, figure in figures.items()]


def _picture(name: str, figure: Figure, words: Words, place: str) -> dict[str, str]:
    buffer = io.BytesIO()
    draw(figure.figure, buffer, ON_PAGE)
    data = base64.b64encode(lighter(buffer.getvalue())).decode("ascii")
    width, height = figure.figure.get_size_inches()
    return {
        "name": name,
        "title": figure.settings.get("title") or _placed(words.title(name), words, place),
        "source": f"data:image/webp;base64,{data}",
        # Said beforehand, so that the page does not move under a reader who follows a link.
        "shape": f"width:{width * 25.4 / 190 * 60:.1f}rem;aspect-ratio:{width:.3f}/{height:.3f}",
    }


def _placed(title: str, words: Words, place: str) -> str:
    """Say where, as captions of tables do."""
    if not place or place in title:
        return title
    return f"{place}{title}" if words.language == "zh" else f"{title}, {place}"


def lighter(picture: bytes) -> bytes:
    """Give a WebP in 256 colors where that saves room.

    Figures are drawn in few colors; what goes are shades at the edges of lines and
    letters that no eye tells apart.
    """
    with Image.open(io.BytesIO(picture)) as image:
        full = image.convert("RGB")
    reduced = full.quantize(_COLORS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    reduced.convert("RGB").save(buffer, "webp", lossless=True, method=4)
    return buffer.getvalue() if len(buffer.getvalue()) < _WORTH * len(picture) else picture
