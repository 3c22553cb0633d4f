"""Which Python does the sums, and the environment it gets."""

import json
import os
from pathlib import Path

from qgis.core import QgsApplication, QgsSettings

from . import client, own_python

_KEY = "spatialccd/python"
_NOTED = Path(__file__).parent / "python.json"
#: QGIS points these at its own libraries; another Python breaks on them.
_FOREIGN = ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH", "GDAL_PAM_ENABLED")

UNKNOWN = "QGIS does not know which Python has spatialccd."
ADVICE = (
    "Choose Plugins > spatialccd > Set up, which makes one; or install it in any Python from "
    "3.11 on with: pip install spatialccd; then tell QGIS with: spatialccd qgis install"
)


def python():
    """Give the Python to run: the user's choice, the installer's note, our own, or None."""
    chosen = os.environ.get("SPATIALCCD_PYTHON") or QgsSettings().value(_KEY, "")
    own = own_python.program(own_folder())
    return chosen or _noted().get("python") or (own if os.path.isfile(own) else None)


def own_folder():
    """Give the folder of the environment that ``Set up`` makes, in the user's profile."""
    return os.path.join(QgsApplication.qgisSettingsDirPath(), "spatialccd", "python")


def choose_python(path):
    """Keep the user's choice of Python once it has answered; an empty one takes it back.

    Raises
    ------
    WorkerError
        It does not run, or has no spatialccd; the choice before it stands.
    """
    if path:
        test(path)
    QgsSettings().setValue(_KEY, path or "")
    client.close()


def test(path):
    """Start a worker with a Python and give the version of spatialccd that answers.

    Raises
    ------
    WorkerError
        It does not run, or has no spatialccd.
    """
    worker = client.Worker(path, variables(path), ADVICE)
    worker.end()
    return worker.version


def outside():
    """Give the environment of any other Python: ours, without what QGIS set for itself."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTHON") and name not in _FOREIGN
    }
    kept["PYTHONIOENCODING"] = "utf-8"
    return kept


def variables(path=None):
    """Give the environment of the worker."""
    kept, noted = outside(), _noted()
    # A checkout that is not installed.
    if noted.get("path") and (path or python()) == noted["python"]:
        kept["PYTHONPATH"] = noted["path"]
    return kept


def _noted():
    try:
        return json.loads(_NOTED.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
