"""The toolbox's branch: every tool of the catalog, in the order of a study."""

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from . import catalog
from .algorithm import ICON, ToolAlgorithm
from .study import StudyAlgorithm


class SpatialCCDProvider(QgsProcessingProvider):
    """Gives Processing its algorithms."""

    def id(self):
        return "spatialccd"

    def name(self):
        return "spatialccd"

    def longName(self):
        return "spatialccd: spatial econometrics"

    def icon(self):
        return QIcon(ICON)

    def loadAlgorithms(self):
        for tool in catalog.tools():
            self.addAlgorithm(ToolAlgorithm(tool))
        self.addAlgorithm(StudyAlgorithm())
