"""A study file as a Processing algorithm."""

import os

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
)
from qgis.PyQt.QtGui import QIcon

from . import catalog, helps
from .algorithm import ICON, ask
from .texts import language, say

STUDY, FORCE, OUT = "STUDY", "FORCE", "OUT"


class StudyAlgorithm(QgsProcessingAlgorithm):
    """Tables, maps, layers and one page from one file."""

    def createInstance(self):
        return StudyAlgorithm()

    def name(self):
        return "run_study"

    def displayName(self):
        return say("Run a study")

    def group(self):
        return catalog.group("study")

    def groupId(self):
        return "study"

    def icon(self):
        return QIcon(ICON)

    def shortHelpString(self):
        first = say("Run a study.toml: tables, maps, layers and one page from one file.")
        rest = say("Only what changed since the last run into the same folder is made anew.")
        return f"<p>{first}</p><p>{rest}</p>"

    def helpUrl(self):
        return helps.address("run_study")

    def initAlgorithm(self, configuration=None):
        file = QgsProcessingParameterFile.Behavior.File
        self.addParameter(QgsProcessingParameterFile(STUDY, say("Study file"), file, "toml"))
        self.addParameter(QgsProcessingParameterBoolean(FORCE, say("Make everything anew"), False))
        self.addParameter(
            QgsProcessingParameterFolderDestination(OUT, say("Folder of the results"))
        )

    def processAlgorithm(self, given, context, feedback):
        out = self.parameterAsString(given, OUT, context)
        os.makedirs(out, exist_ok=True)
        message = {
            "type": "study",
            "language": language(),
            "study": os.path.abspath(self.parameterAsFile(given, STUDY, context)),
            "out": os.path.abspath(out),
            "force": self.parameterAsBool(given, FORCE, context),
        }
        answer = ask(message, feedback)
        feedback.pushConsoleInfo(answer["summary"])
        return {OUT: out}
