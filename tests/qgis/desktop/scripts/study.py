"""Runs in QGIS's desktop (``qgis.bin --code``): the whole study of an example from the console.

``EXAMPLE`` is the folder of the study; figures and pictures go to ``PICTURES``.
"""

import os
import sys

from desk import PICTURES, settle, tell
from qgis.utils import iface

EXAMPLE = os.environ["EXAMPLE"]


def session():
    sys.path.insert(0, EXAMPLE)
    from qgis_console import study

    made = study(EXAMPLE, os.path.join(PICTURES, "us_states"))
    iface.mainWindow().resize(1400, 900)
    iface.mapCanvas().setExtent(made["coordination"].extent())
    settle(2)
    iface.mainWindow().grab().save(os.path.join(PICTURES, "us_states.png"))
    return {
        "D": by(made["coordination"], ("fips", "year"), "D"),
        "moran": by(made["moran"], ("time",), "I"),
        "I": by(made["lisa"], ("fips",), "I"),
        "cluster": by(made["lisa"], ("fips",), "cluster"),
        "q": sorted(by(made["factors"], ("factor",), "q").values()),
        "coef": by(made["mgwr"], ("fips",), "coef_log_workers"),
        "names": {key: layer.name() for key, layer in made.items() if hasattr(layer, "name")},
        "files": sorted(os.listdir(os.path.join(PICTURES, "us_states"))),
        "fields": [field.name() for field in made["coordination"].fields()],
    }


def by(layer, keys, column):
    """Give a column of a layer by the labels of its rows."""
    return {" ".join(str(f[key]) for key in keys): f[column] for f in layer.getFeatures()}


tell(session, "study.json")
