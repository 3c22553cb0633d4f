"""A small study on disk: a grid of areas, three years, two subsystems."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toys import Toys

STUDY = """
[study]
title = "A toy study"
seed = 1

[panel]
path = "data/panel.csv"
unit = "unit"
time = "time"

[areas]
source = "data/areas.gpkg"
unit = "unit"

[systems.economy]
income = "benefit"
schools = "benefit"

[systems.ecology]
smoke = "cost"
forest = "benefit"

[neighbors]
method = "queen"

[global_moran]
y = "D"
n_permutations = 99

[[local_moran]]
y = "D"
n_permutations = 99
time = [2018, 2020]

[map_grades]
time = [2018, 2020]
"""


@pytest.fixture
def study(tmp_path: Path, toys: Toys) -> Path:
    """Write the study and its data; give the path of its study.toml."""
    folder = tmp_path / "toy"
    (folder / "data").mkdir(parents=True)
    toys.panel.to_csv(folder / "data" / "panel.csv")
    toys.areas.reset_index().to_file(folder / "data" / "areas.gpkg", engine="pyogrio")
    path = folder / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path
