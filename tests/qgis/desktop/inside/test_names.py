"""What the plugin takes from QGIS is there, and its enums are spelled as all versions have them."""

import ast
import enum
import importlib
from pathlib import Path

import pytest
from conftest import PLUGINS
from names import chains, imported

FILES = sorted(Path(PLUGINS, "spatialccd_qgis").glob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_names_are_there_and_enums_stand_in_their_class(path):
    """``QgsWkbTypes.Type.NoGeometry``; the short ``QgsWkbTypes.NoGeometry`` is an older way."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        name: getattr(importlib.import_module(module), original)
        for name, (module, original) in imported(tree, "qgis.").items()
    }
    for name, parts, line in chains(tree, names):
        owner, found = None, names[name]
        for part in parts:
            assert hasattr(found, part), f"line {line}: {name} has no {'.'.join(parts)}"
            owner, found = found, getattr(found, part)
        if isinstance(found, enum.Enum) or (isinstance(found, int) and type(found) is not int):
            assert isinstance(found, owner), f"line {line}: {name}.{'.'.join(parts)} is short"
