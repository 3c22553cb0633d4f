"""Where the pages of help stand: beside the plugin, so that they open without a network."""

from pathlib import Path

from qgis.PyQt.QtCore import QUrl

from .texts import language

_FOLDER = Path(__file__).parent / "help"


def address(name):
    """Give the address of a tool's page in QGIS's language; empty where there is none."""
    for folder in (language(), "en"):
        page = _FOLDER / folder / f"{name}.html"
        if page.is_file():
            return QUrl.fromLocalFile(str(page)).toString()
    return ""
