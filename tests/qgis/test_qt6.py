"""The plugin's names exist in Qt 6 as well, spelled as both PyQt5 and PyQt6 have them.

QGIS 4 runs on PyQt6, where enums have no short names (``Qt.AlignLeft``), methods lost
their ``exec_``, and classes moved. PyQt6 is installed for these tests only. That the
names exist in PyQt5 and in QGIS's own modules is seen by ``desktop/inside/test_names.py``.
"""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from spatialccd.qgis import forms, install
from tests.qgis.desktop.inside.names import chains, imported

#: ``qgis.PyQt`` puts what Qt 6 moved back in its old place, so that one spelling serves both.
MOVED_BACK = {("QtWidgets", "QAction"): "QtGui"}
#: Methods that PyQt6 has only without the underscore.
GONE = ("exec_", "print_")
FILES = [*sorted(forms.PLUGIN.glob("*.py")), Path(install.__file__).with_name("layers.py")]


def qt6(module: str, name: str) -> Any:
    """Give a class of PyQt6 that is imported as ``from qgis.PyQt.module import name``."""
    if (module, name) == ("PyQt", "sip"):
        return pytest.importorskip("PyQt6.sip", reason="PyQt6 is not installed")
    module = MOVED_BACK.get((module, name), module)
    found: ModuleType = pytest.importorskip(
        f"PyQt6.{module}",
        reason="PyQt6 is not installed: the plugin's Qt names were not looked up",
        exc_type=ImportError,
    )
    return getattr(found, name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_name_of_qt_is_in_qt_6(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = imported(tree, "qgis.PyQt")
    for module, name in names.values():
        assert qt6(module.split(".")[-1], name) is not None
    for name, parts, line in chains(tree, names):
        module, original = names[name]
        found = qt6(module.split(".")[-1], original)
        for part in parts:
            assert hasattr(found, part), f"{path.name}, line {line}: {name} has no {part} in Qt 6"
            found = getattr(found, part)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_called_that_qt_6_dropped(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            assert node.attr not in GONE, f"{path.name}, line {node.lineno}: {node.attr}"


def test_the_metadata_say_which_versions_it_runs_on() -> None:
    lines = (forms.PLUGIN / "metadata.txt").read_text(encoding="utf-8").splitlines()
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    assert fields["qgisMinimumVersion"] == "3.22"
    assert fields["qgisMaximumVersion"] == "4.99"  # else it is hidden from QGIS 4
    assert fields["supportsQt6"] == "True"
