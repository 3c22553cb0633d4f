"""Errors that tell what to do in Python tell a QGIS user what to do in QGIS."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import GeometryError, PanelError
from spatialccd.qgis.advice import ADVICE, message

PACKAGE = Path(sc.__file__).parent


def remedies() -> dict[str, set[str]]:
    """Collect the remedies that the package names, and the words it gives each."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "advise":
                name = node.args[0]
                assert isinstance(name, ast.Constant), f"{path}:{node.lineno}"
                words = {str(k.arg) for k in node.keywords}
                assert found.setdefault(str(name.value), words) == words, name.value
    return found


def test_every_remedy_has_its_words_for_qgis_and_each_is_used() -> None:
    found = remedies()
    assert set(found) == set(ADVICE)
    for name, text in ADVICE.items():
        assert {part[1] for part in Formatter().parse(text) if part[1]} <= found[name]


def test_python_and_qgis_are_told_the_same_problem_in_their_own_words() -> None:
    areas = sc.read_boundaries("china_provinces")
    with pytest.raises(GeometryError) as caught:
        sc.standard_deviational_ellipse(pd.Series(1.0, areas.index), areas)
    assert "places.to_crs('+proj=aea" in str(caught.value)
    told = message(caught.value)
    assert told.startswith("a standard deviational ellipse needs meters but the unit of places")
    assert "to_crs" not in told
    assert "Reproject Layer) to a plane in meters, such as Albers equal-area conic" in told


def test_what_stands_before_a_message_stays() -> None:
    error = PanelError("a panel needs two times or more").advise("no panel", "take it with .xs()")
    error.args = (f"[spatial_regression] {error}",)
    assert message(error).startswith("[spatial_regression] a panel needs two times or more; leave")
