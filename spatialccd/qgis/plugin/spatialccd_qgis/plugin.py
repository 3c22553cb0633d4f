"""What QGIS loads: the provider, and one menu entry to set up the Python."""

from qgis.core import Qgis, QgsApplication
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction, QPushButton

from . import client, environment
from .algorithm import ICON
from .provider import SpatialCCDProvider
from .texts import say

_MENU = "spatialccd"


class SpatialCCDPlugin:
    """Registers the provider, with or without a desktop."""

    def __init__(self, iface):
        self._iface = iface
        self._provider = None
        self._action = None
        self._dialog = None

    def initProcessing(self):
        """Add the provider; qgis_process calls this alone."""
        self._provider = SpatialCCDProvider()
        QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self):
        """Add the provider and the menu entry; offer to set up where no Python is known."""
        self.initProcessing()
        self._action = QAction(QIcon(ICON), say("Set up…"), self._iface.mainWindow())
        self._action.triggered.connect(self.set_up)
        self._iface.addPluginToMenu(_MENU, self._action)
        if not environment.python():
            self._offer()

    def unload(self):
        """Take everything back, the worker too."""
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        if self._action is not None:
            self._iface.removePluginMenu(_MENU, self._action)
            self._action = None
        if self._dialog is not None:
            self._dialog.close()
            self._dialog = None
        client.close()

    def set_up(self):
        """Open the dialog of the Python."""
        from .set_up import SetUp

        self._dialog = SetUp(self._iface.mainWindow())
        self._dialog.show()

    def _offer(self):
        """Say in the message bar that a Python is wanted, with a button that sets one up."""
        bar = self._iface.messageBar()
        message = bar.createMessage("spatialccd", say(environment.UNKNOWN))
        button = QPushButton(say("Set up…"))
        button.clicked.connect(self.set_up)
        message.layout().addWidget(button)
        bar.pushWidget(message, Qgis.MessageLevel.Warning)
