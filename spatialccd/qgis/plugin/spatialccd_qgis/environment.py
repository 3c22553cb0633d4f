"""Which Python does the sums, and the environment it gets."""

import json
import os
from pathlib import Path

from qgis.core import QgsSettings

_KEY = "spatialccd/python"
_NOTED = Path(__file__).parent / "python.json"
#: QGIS points these at its own libraries; another Python breaks on them.
_FOREIGN = ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH", "GDAL_PAM_ENABLED")

ADVICE = (
    "Install it in any Python from 3.11 on with: pip install spatialccd; "
    "then tell QGIS with: spatialccd qgis install"
)


def python():
    """Give the Python to run: the user's choice, the installer's note, or None."""
    chosen = os.environ.get("SPATIALCCD_PYTHON") or QgsSettings().value(_KEY, "")
    return chosen or _noted().get("python")


def choose_python(path):
    """Keep the user's choice of Python; an empty one goes back to the installer's note."""
    QgsSettings().setValue(_KEY, path or "")


def variables():
    """Give the environment of the worker: ours, without what QGIS set for itself."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTHON") and name not in _FOREIGN
    }
    noted = _noted()
    if noted.get("path") and python() == noted["python"]:  # a checkout that is not installed
        kept["PYTHONPATH"] = noted["path"]
    kept["PYTHONIOENCODING"] = "utf-8"
    return kept


def _noted():
    try:
        return json.loads(_NOTED.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
