"""The kinds of files that pictures are written to."""

from __future__ import annotations

from typing import Literal, get_args

Format = Literal["png", "svg", "pdf", "webp", "tif", "tiff", "jpg", "jpeg", "eps"]
#: How journals ask for figures: lines as PDF, SVG or EPS, dots as PNG, TIFF (LZW), JPG or WebP.
FORMATS: tuple[str, ...] = get_args(Format)
SUFFIXES = tuple(f".{form}" for form in FORMATS)
