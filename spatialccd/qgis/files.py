"""The plugin's files as they are installed and packed: code, catalog, addresses, help."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata

from spatialccd import __version__
from spatialccd.qgis.forms import PLUGIN, to_json
from spatialccd.qgis.help_pages import pages

NAME = "spatialccd_qgis"
#: Says which Python has spatialccd; made by ``install`` only.
NOTE = "python.json"


def files() -> dict[str, str]:
    """Give the plugin's files: its code, the catalog made anew, and the pages of help."""
    found = {}
    for file in sorted(PLUGIN.rglob("*")):
        inside = file.relative_to(PLUGIN)
        hidden = any(p.startswith(".") or p == "__pycache__" for p in inside.parts)
        if hidden or not file.is_file() or file.suffix == ".pyc" or file.name == NOTE:
            continue
        found[inside.as_posix()] = file.read_text(encoding="utf-8")
    found["catalog.json"] = to_json()
    found["metadata.txt"] = _with_addresses(found["metadata.txt"])
    return {**found, **pages()}


def _with_addresses(text: str) -> str:
    """Fill in the addresses that the package itself states, and no others."""
    try:
        stated = metadata("spatialccd").get_all("Project-URL") or []
    except PackageNotFoundError:
        stated = []
    known = {
        label.strip().lower(): url.strip() for label, _, url in (s.partition(",") for s in stated)
    }
    asked = {
        "homepage": known.get("documentation") or known.get("homepage"),
        "repository": known.get("repository") or known.get("source"),
        "tracker": known.get("issues") or known.get("tracker"),
    }
    for name, url in asked.items():
        if url:
            text = re.sub(rf"(?m)^{name}=.*$", f"{name}={url}", text)
    return re.sub(r"(?m)^version=.*$", f"version={__version__}", text)
