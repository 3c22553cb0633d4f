from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import PanelError, ParameterError
from tests.dynamics.sizes import series
from tests.dynamics.test_trends import panel
from tests.toys import Toys


def test_flow_of_the_nile(shared: Path) -> None:
    folder = shared / "verify/mann_kendall_nile"
    data = pd.read_csv(folder / "data.csv")
    expected = json.loads((folder / "expected.json").read_text())["expected"]
    y = panel(data["flow"], data["year"])
    prefix = sc.hurst(y, seed=1).table.iloc[0]
    assert prefix["H"] == pytest.approx(expected["hurst_rs_prefix"], rel=1e-9)
    own = expected["hurst_rs_blocks"]
    blocks = sc.hurst(y, method="blocks", sizes=own["sizes"], seed=1).table.iloc[0]
    assert blocks["H"] == pytest.approx(own["H"], rel=1e-9)
    assert blocks["memory"] == prefix["memory"] == "persistent"


@pytest.mark.compares("hurst", against="the definition, by hand")
@pytest.mark.parametrize("method", ["prefix", "blocks"])
@pytest.mark.parametrize("differences", [False, True])
def test_h_is_that_of_the_definition(method: str, differences: bool) -> None:
    x = np.random.default_rng(3).normal(size=(2, 40)).cumsum(axis=1)
    found = sc.hurst(panel(x), method=method, differences=differences, seed=1).table["H"]
    for H, row in zip(found, np.diff(x, axis=1) if differences else x, strict=True):
        n = len(row)
        sizes = range(3, n + 1) if method == "prefix" else sorted({n // k for k in range(1, 6)})
        sizes = [size for size in sizes if method == "prefix" or size >= 8]
        points = []
        for size in sizes:
            ends = [size] if method == "prefix" else range(size, n + 1, size)
            ratios = []
            for end in ends:
                part = row[end - size : end]
                walk = np.cumsum(part - part.mean())
                ratios.append((walk.max() - walk.min()) / part.std())
            points.append((np.log(size), np.log(np.mean(ratios))))
        assert pytest.approx(np.polyfit(*np.array(points).T, 1)[0]) == H


def test_a_unit_does_not_hang_on_scale_or_company() -> None:
    x = np.random.default_rng(2).normal(size=(3, 20))
    whole = sc.hurst(panel(x), seed=1).table
    moved = sc.hurst(panel(x[1:2] * 1e-6 + 7, units=["u001"]), seed=1).table
    pd.testing.assert_frame_equal(moved, whole.loc[["u001"]], rtol=1e-6)


def test_noise_is_no_sign_of_persistence() -> None:
    """The whole table: python -m tests.dynamics.sizes."""
    noise = sc.hurst(series(0.0, 15, 1000), seed=1)
    assert (noise.table["H"] > 0.5).mean() == pytest.approx(0.8, abs=0.04)
    assert (noise.table["memory"] == "persistent").mean() == pytest.approx(0.05, abs=0.025)
    assert any("H above .5 is no sign" in note for note in noise.notes())
    drift = sc.hurst(series(0.5, 30, 1000), seed=1).table
    assert (drift["memory"] == "persistent").mean() == pytest.approx(0.35, abs=0.05)


def test_a_series_that_starts_or_stays_level_is_measured_where_it_moves() -> None:
    x = np.stack([np.r_[np.full(4, 0.3), np.arange(8.0)], np.full(12, 0.1 + 0.2)])
    result = sc.hurst(panel(x), seed=1)
    assert np.isfinite(result.table["H"].iloc[0])
    assert result.table["memory"].iloc[1] == "not tested"
    assert result.table[["H", "p"]].iloc[1].isna().all()
    assert any("one value at all times" in note for note in result.notes())


def test_what_cannot_be_measured_is_refused(toys: Toys) -> None:
    with pytest.raises(PanelError, match="needs 10"):
        sc.hurst(toys.panel["income"])
    with pytest.raises(PanelError, match="needs 11"):
        sc.hurst(panel(np.arange(10.0)), differences=True)
    y = panel(np.sin(range(30)))
    for settings in ({"sizes": [8, 9, 10]}, {"method": "blocks", "sizes": [8, 9]}):
        with pytest.raises(ParameterError, match="blocks"):
            sc.hurst(y, **settings)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="sizes"):
        sc.hurst(y, method="blocks", sizes=[8, 9, 31])
    with pytest.raises(ParameterError, match="use method='prefix'"):
        sc.hurst(panel(np.sin(range(20))), method="blocks")
    with pytest.raises(ParameterError, match="even steps"):
        sc.hurst(panel(np.sin(range(12)), [*range(11), 20]))
