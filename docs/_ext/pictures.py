"""Pictures of the gallery: every figure of ours that an example's last lines show."""

from __future__ import annotations

from typing import Any

from matplotlib import pyplot as plt
from sphinx_gallery.scrapers import figure_rst

from spatialccd.report.paper.figure import Figure


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
            value.save(path)
            made.append(path)
    plt.close("all")
    return figure_rst(made, gallery_conf["src_dir"])


def reset(gallery_conf: dict[str, Any], fname: str) -> None:
    """Leave nothing of one example to the next."""
    plt.close("all")
