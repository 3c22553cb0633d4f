"""Keeps calls on QGIS's main thread: a widget made on another one ends QGIS."""

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QThread

from .texts import say


def check_main():
    """Raise where a call comes from a thread that is not QGIS's own.

    Raises
    ------
    RuntimeError
        It does; the message says what to do instead.
    """
    if QThread.currentThread() != QgsApplication.instance().thread():
        raise RuntimeError(
            say(
                "Calls of spatialccd_qgis belong to QGIS's main thread. With wait=False a call "
                "does not stop it; in a task or a thread of your own use processing.run(...)."
            )
        )
