"""What the scripts that run in QGIS's desktop share; imported there, by its Python."""

import json
import os
import time
import traceback

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QTimer

PICTURES = os.environ["PICTURES"]


def settle(seconds, done=lambda: False):
    """Let the desktop work for some time, or until it is done."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not done():
        QgsApplication.processEvents()
        time.sleep(0.02)


def tell(script, name, wait=2000):
    """Once the desktop stands, write what a script finds, or its failure, and close."""

    def run():
        try:
            found = script()
        except BaseException:
            found = {"traceback": traceback.format_exc()}
        with open(os.path.join(PICTURES, name), "w", encoding="utf-8") as file:
            json.dump(found, file, ensure_ascii=False, indent=1)
        os._exit(0)

    QTimer.singleShot(wait, run)
