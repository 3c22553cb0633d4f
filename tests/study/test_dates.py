"""The year that a step is made for stands in sheets, layers and titles; it is never guessed."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest

from spatialccd.errors import StudyError
from spatialccd.study.runner import run_study

_GWR = """
[gwr]
y = "D"
X = ["income"]
{time}

[map_coefficients]
"""


def test_one_year_stands_wherever_its_figures_do(study: Path, tmp_path: Path) -> None:
    text = study.read_text(encoding="utf-8")
    study.write_text(text + _GWR.format(time="time = 2019"), encoding="utf-8")
    manifest = run_study(study, tmp_path / "out")
    sheets = openpyxl.load_workbook(tmp_path / "out" / "tables.xlsx").sheetnames
    assert any(sheet.startswith("gwr 2019") for sheet in sheets)
    fields = gpd.read_file(tmp_path / "out" / "study.gpkg", layer="results").columns
    assert "gwr 2019_coef_income" in fields
    drawn = next(s for s in manifest["steps"] if s["name"] == "map_coefficients")
    assert drawn["settings"]["title"] == "2019"
    page = (tmp_path / "out" / "page.html").read_text(encoding="utf-8")
    assert "Geographically weighted regression 2019" in page


def test_a_year_is_asked_for(study: Path, tmp_path: Path) -> None:
    text = study.read_text(encoding="utf-8")
    study.write_text(text + _GWR.format(time=""), encoding="utf-8")
    with pytest.raises(StudyError, match=r"\[gwr\] gwr takes one time of y and X.*say time = 2020"):
        run_study(study, tmp_path / "out")
