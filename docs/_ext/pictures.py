"""Pictures of the gallery: every figure of ours that an example's last lines show.

A site that is installed with the package must be small: pictures for the screen have fewer
dots than those for print, and a palette in place of 16 million colors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib import pyplot as plt
from PIL import Image
from sphinx_gallery.scrapers import figure_rst

from spatialccd.report.paper.figure import Figure

#: Dots an inch of a page 190 mm wide, about 1,350 dots; no picture is wider.
_DPI, _WIDEST = 180, 1350


def slim(source: Path, target: Path) -> None:
    """Write a picture with no more dots than a screen shows, and at most 256 colors."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(source) as picture:
        flat = picture.convert("RGB")
    if flat.width > _WIDEST:
        flat = flat.resize((_WIDEST, round(flat.height * _WIDEST / flat.width)), Image.LANCZOS)
    flat.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)


def scraper(
    block: tuple[Any, ...], block_vars: dict[str, Any], gallery_conf: dict[str, Any]
) -> str:
    """Save the figures that a block made, in the order of their names in it."""
    kept = block_vars["example_globals"]
    shown = kept.setdefault("_shown", set())
    made = []
    for name, value in list(kept.items()):
        if isinstance(value, Figure) and id(value) not in shown and not name.startswith("_"):
            shown.add(id(value))
            path = next(block_vars["image_path_iterator"])
            value.save(path, dpi=_DPI)
            slim(Path(path), Path(path))
            made.append(path)
    plt.close("all")
    return figure_rst(made, gallery_conf["src_dir"])


def reset(gallery_conf: dict[str, Any], fname: str) -> None:
    """Leave nothing of one example to the next."""
    plt.close("all")
