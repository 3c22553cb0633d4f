"""What QGIS loads: the provider, and one menu entry to choose the Python."""

from qgis.core import QgsApplication
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction, QInputDialog

from . import client, environment
from .algorithm import ICON
from .provider import SpatialCCDProvider

_MENU = "spatialccd"


class SpatialCCDPlugin:
    """Registers the provider, with or without a desktop."""

    def __init__(self, iface):
        self._iface = iface
        self._provider = None
        self._action = None

    def initProcessing(self):
        """Add the provider; qgis_process calls this alone."""
        self._provider = SpatialCCDProvider()
        QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self):
        """Add the provider and the menu entry."""
        self.initProcessing()
        self._action = QAction(QIcon(ICON), "Python of spatialccd…", self._iface.mainWindow())
        self._action.triggered.connect(self._choose)
        self._iface.addPluginToMenu(_MENU, self._action)

    def unload(self):
        """Take everything back, the worker too."""
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        if self._action is not None:
            self._iface.removePluginMenu(_MENU, self._action)
            self._action = None
        client.close()

    def _choose(self):
        """Ask for the Python that has spatialccd."""
        text, agreed = QInputDialog.getText(
            self._iface.mainWindow(),
            "spatialccd",
            "Python that has spatialccd (empty: the one that installed the plugin)",
            text=environment.python() or "",
        )
        if agreed:
            environment.choose_python(text.strip())
            client.close()
