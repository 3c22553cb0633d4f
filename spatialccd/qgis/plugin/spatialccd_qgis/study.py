"""A study file as a Processing algorithm."""

import os

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
)
from qgis.PyQt.QtGui import QIcon

from . import catalog
from .algorithm import ICON, ask

STUDY, FORCE, OUT, SUMMARY = "STUDY", "FORCE", "OUT", "SUMMARY"


class StudyAlgorithm(QgsProcessingAlgorithm):
    """Tables, maps, layers and one page from one file."""

    def createInstance(self):
        return StudyAlgorithm()

    def name(self):
        return "run_study"

    def displayName(self):
        return "Run a study"

    def group(self):
        return catalog.group("study")

    def groupId(self):
        return "study"

    def icon(self):
        return QIcon(ICON)

    def shortHelpString(self):
        return (
            "<p>Run a study.toml: tables, maps, layers and one page from one file.</p>"
            "<p>Only what changed since the last run into the same folder is made anew.</p>"
        )

    def initAlgorithm(self, configuration=None):
        file = QgsProcessingParameterFile.Behavior.File
        self.addParameter(QgsProcessingParameterFile(STUDY, "Study file", file, "toml"))
        self.addParameter(QgsProcessingParameterBoolean(FORCE, "Make everything anew", False))
        self.addParameter(QgsProcessingParameterFolderDestination(OUT, "Folder of the results"))
        self.addOutput(QgsProcessingOutputString(SUMMARY, "Summary"))

    def processAlgorithm(self, given, context, feedback):
        out = self.parameterAsString(given, OUT, context)
        os.makedirs(out, exist_ok=True)
        message = {
            "type": "study",
            "study": os.path.abspath(self.parameterAsFile(given, STUDY, context)),
            "out": os.path.abspath(out),
            "force": self.parameterAsBool(given, FORCE, context),
        }
        answer = ask(message, feedback)
        feedback.pushInfo(answer["summary"])
        return {OUT: out, SUMMARY: answer["summary"]}
