"""What the README shows runs as it stands."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import catalog
from spatialccd.errors import SpatialCCDWarning


def test_the_python_of_the_readme_runs(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```python\n(.*?)```", text, re.S)
    assert block is not None
    units = sc.read_boundaries("china_provinces").index[:31]
    index = pd.MultiIndex.from_product([units, [2018, 2019, 2020]], names=["adcode", "year"])
    columns = ["gdp_pc", "unemployment", "forest", "so2", "income", "patents", "trade"]
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.gamma(4.0, size=(len(index), 7)), index=index, columns=columns)
    table.to_csv(tmp_path / "indicators.csv")
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpatialCCDWarning)
        exec(block.group(1), {})
    assert (tmp_path / "ccd_2020.png").stat().st_size > 10_000
    assert (tmp_path / "tables.xlsx").exists()


def test_the_tools_it_names_on_the_command_line_exist(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^spatialccd (\w+)", text, re.M)) - {
        "run",
        "catalog",
        "qgis",
        "new",
        "check",
    }
    assert named
    assert named <= {tool.name for tool in catalog.tools()}
