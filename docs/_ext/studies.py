"""The example studies, run when the documentation is built, and their pages put beside it."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

from pictures import slim
from sphinx.application import Sphinx

from spatialccd.study import run_study

#: What each study shows, and the figure that stands for it.
STUDIES = {
    "us_states": ("From raw indicators to MGWR and efficiency.", "map_grades.png"),
    "china_provinces": ("Published coordination degrees of 31 provinces.", "map_grades.png"),
    "us_counties": ("MGWR of 3,102 counties.", "map_coefficients.png"),
    "us_haze": ("Indicators from rasters, by county.", "map_values.png"),
    "us_space_time": ("Coefficients that move over space and time (GTWR).", "map_values.png"),
    "us_efficiency": ("DEA, Malmquist, groups and a panel Tobit.", "map_values.png"),
    "us_spatial_panel": ("What a referee asks of a spatial panel.", "chart_effects.png"),
}


def make(app: Sphinx, config: Any) -> None:
    """Run every study (only what changed is redone), and write the page that lists them."""
    source = Path(app.srcdir)
    examples, made = source.parent / "examples", source / "made"
    pages = made / "extra" / "studies"
    shutil.rmtree(pages, ignore_errors=True)
    pages.mkdir(parents=True)
    cards = []
    for name, (text, picture) in STUDIES.items():
        results, own = made / "results" / name, pages / name
        run_study(examples / name / "study.toml", results)
        own.mkdir(exist_ok=True)
        for file in ("page.html", "tables.xlsx"):  # the page links to the workbook
            shutil.copy(results / file, own)
        slim(results / "figures" / picture, made / "pictures" / f"{name}.png")
        study = tomllib.loads((examples / name / "study.toml").read_text(encoding="utf-8"))
        cards.append(_card(name, study["study"]["title"], text))
    content = (
        "# Studies\n\nWhole studies, each from one file, run when this documentation was built. "
        "The page of each is what `spatialccd run` writes: figures, tables, methods, settings.\n\n"
        + "\n".join(cards)
    )
    path = source / "made" / "studies.md"
    if not path.is_file() or path.read_text(encoding="utf-8") != content:
        path.write_text(content, encoding="utf-8")


def _card(name: str, title: str, text: str) -> str:
    link = f'<p><a href="../studies/{name}/page.html">Open the page of the study</a></p>'
    return (
        f"## {title}\n\n{text}\n\n```{{image}} pictures/{name}.png\n:alt: {title}\n"
        f":width: 75%\n```\n\n```{{raw}} html\n{link}\n```\n\n"
        f":::{{dropdown}} Its study file\n```{{literalinclude}} ../../examples/{name}/study.toml\n"
        ":language: toml\n```\n:::\n"
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Run the studies before Sphinx reads."""
    app.connect("config-inited", make, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
