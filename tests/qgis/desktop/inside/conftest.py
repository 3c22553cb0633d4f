"""QGIS with the plugin's provider, as pytest-qgis starts it, and the cases to run."""

import json
import os
import sys
from pathlib import Path

import pytest

PLUGINS, MATERIAL = os.environ["PLUGINS"], Path(os.environ["MATERIAL"])
sys.path.insert(0, PLUGINS)
CASES = json.loads((MATERIAL / "cases.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def plugin(qgis_processing):
    """The plugin, its provider registered."""
    import spatialccd_qgis

    made = spatialccd_qgis.classFactory(None)
    made.initProcessing()
    yield made
    made.unload()


@pytest.fixture(scope="session")
def material():
    """The folder of layers."""
    return MATERIAL


@pytest.fixture
def feedback(plugin):
    """Keeps what an algorithm says."""
    from qgis.core import QgsProcessingFeedback

    class Feedback(QgsProcessingFeedback):
        def __init__(self):
            super().__init__(False)
            self.errors, self.warnings = [], []

        def reportError(self, error, fatalError=False):  # noqa: N802
            self.errors.append(error)

        def pushWarning(self, warning):  # noqa: N802
            self.warnings.append(warning)

    return Feedback()


@pytest.fixture
def run(plugin, feedback):
    """Run an algorithm; give its results, or raise what it said."""
    import processing
    from qgis.core import QgsProcessingException

    def call(name, values, **more):
        try:
            return processing.run(name, values, feedback=feedback, **more)
        except QgsProcessingException as error:
            raise AssertionError(f"{name}: {feedback.errors or error}") from error

    return call
