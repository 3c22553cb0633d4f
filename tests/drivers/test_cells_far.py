"""The detector on cells over rasters, and over the workers of a cluster, one of which is lost."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import cli
from spatialccd.drivers.geodetector.cells import _sources as sources
from spatialccd.errors import GeometryError, ParameterError
from spatialccd.study import run_study
from tests.drivers.test_cells import _asked, _cells, _same
from tests.toys import Toys

SHAPE = (40, 75)


# --- rasters -------------------------------------------------------------------------------------


def _write(path: Path, values: np.ndarray, **changed: Any) -> Path:
    rasterio = pytest.importorskip("rasterio", reason="the extra 'raster' is not installed")
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": values.dtype,
        "crs": "EPSG:32650",
        "transform": rasterio.Affine(30, 0, 500_000, 0, -30, 4_000_000),
    }
    with rasterio.open(path, "w", **profile | changed) as file:
        file.write(values, 1)
    return path


@pytest.fixture(scope="module")
def grids() -> dict[str, np.ndarray]:
    cells = _cells(SHAPE[0] * SHAPE[1])
    cells["soil"] = cells["soil"].map({"clay": 1, "loam": 2, "sand": 3}).astype("uint8")
    cells["y"] -= 1e6
    return {name: cells[name].to_numpy().reshape(SHAPE) for name in cells}


@pytest.mark.parametrize("tiles", [{}, {"tiled": True, "blockxsize": 16, "blockysize": 16}])
@pytest.mark.parametrize("held", [1000, 200_000])
def test_rasters_give_what_a_frame_gives(
    grids: dict[str, np.ndarray],
    tiles: dict[str, Any],
    held: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In windows of 300 cells, numbers of three types; a cell without data is left out."""
    monkeypatch.setattr(sources, "PIECE", 900)
    rain = grids["rain"].astype("float32")
    rain[3, 4:9] = -9999
    soil = grids["soil"].copy()
    soil[5, 5] = 255
    files = {
        "y": _write(tmp_path / "ndvi.tif", grids["y"], **tiles),
        "rain": _write(tmp_path / "r.tif", rain, nodata=-9999, **tiles),
        "slope": _write(tmp_path / "s.tif", grids["slope"], **tiles),
        "soil": _write(tmp_path / "soil.tif", soil, nodata=255, **tiles),
    }
    frame = pd.DataFrame(
        {
            "y": grids["y"].ravel(),
            "rain": np.where(rain == -9999, np.nan, rain).ravel().astype(float),
            "slope": grids["slope"].ravel(),
            "soil": pd.Series(np.where(soil == 255, 0, soil).ravel()).replace(0, np.nan),
        }
    )
    settings: dict[str, Any] = {"categorical": ["soil"], "max_rows": held}
    found = _asked(files, block_rows=300, **settings)
    _same(found, _asked(frame, **settings))
    assert (found.read, found.used) == (3000, 2994)
    assert found.rows["missing"].tolist() == [0, 5, 0, 1]
    assert "6 of 3,000 rows are left out" in found.notes()[0]


def test_rasters_in_a_list_are_called_as_their_files(
    grids: dict[str, np.ndarray], tmp_path: Path
) -> None:
    files = [_write(tmp_path / f"{name}.tif", grid) for name, grid in grids.items()]
    named = {name: tmp_path / f"{name}.tif" for name in grids}
    settings: dict[str, Any] = {"categorical": ["soil"]}
    _same(_asked(files, **settings), _asked(named, **settings))


def test_grids_that_differ_are_both_named(grids: dict[str, np.ndarray], tmp_path: Path) -> None:
    rasterio = pytest.importorskip("rasterio", reason="the extra 'raster' is not installed")
    y = _write(tmp_path / "y.tif", grids["y"])

    def ask(values: np.ndarray, **changed: Any) -> sc.CellDetector:
        other = _write(tmp_path / "rain.tif", values, **changed)
        return sc.cell_detector({"y": y, "rain": other}, "y", ["rain"])

    rain = grids["rain"]
    shifted = rasterio.Affine(30, 0, 500_015, 0, -30, 4_000_000)
    coarse = rasterio.Affine(30.1, 0, 500_000, 0, -30, 4_000_000)
    with pytest.raises(GeometryError, match=r"y.tif and rain.tif differ in their coordinate sys"):
        ask(rain, crs="EPSG:4326")
    with pytest.raises(GeometryError, match=r"y.tif and rain.tif differ in their cells \(40 x 75"):
        ask(rain[:-1])
    for transform in (shifted, coarse):
        with pytest.raises(GeometryError, match=r"y.tif and rain.tif differ in the place or the"):
            ask(rain, transform=transform)
    almost = rasterio.Affine(30, 0, 500_000 + 1e-6, 0, -30, 4_000_000)
    assert ask(rain, transform=almost).read == 3000
    with pytest.raises(ParameterError, match=r"band=2 is not in y.tif, which has 1"):
        sc.cell_detector({"y": y, "rain": y}, "y", ["rain"], band=2)
    with pytest.raises(ParameterError, match=r"no raster at .*lost.tif"):
        sc.cell_detector({"y": y, "rain": tmp_path / "lost.tif"}, "y", ["rain"])


# --- the other doors -----------------------------------------------------------------------------

STUDY = """
[study]
title = "Cells"

[panel]
path = "panel.csv"
unit = "unit"
time = "time"

[[cell_detector]]
name = "folder"
source = "parts"
y = "y"
X = ["rain", "soil"]
method = "quantile"
n_permutations = 19
seed = 1

[[cell_detector]]
name = "query"
y = "y"
X = ["rain", "soil"]
n_permutations = 0
[cell_detector.source]
path = "cells.duckdb"
sql = "SELECT * FROM cells WHERE rain > 100"
"""


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = _cells(2_000)
    cells.to_parquet(tmp_path / "cells.parquet")
    out = tmp_path / "out.csv"
    with pytest.raises(SystemExit) as stopped:
        cli.main(
            [
                *("cell_detector", "--source", str(tmp_path / "*.parquet"), "--y", "y"),
                *("--X", "rain,slope,soil", "--method", "quantile", "--n-permutations", "19"),
                *("--seed", "1", "--out", str(out)),
            ]
        )
    assert stopped.value.code in (0, None), capsys.readouterr().err
    np.testing.assert_allclose(pd.read_csv(out)["q"], _asked(cells).q, rtol=1e-12)


def test_a_study(tmp_path: Path, toys: Toys) -> None:
    """A folder of Parquet and a query, both relative to the study; other data make it anew."""
    duckdb = pytest.importorskip("duckdb", reason="the extra 'db' is not installed")
    cells = _cells(2_000)
    toys.panel.to_csv(tmp_path / "panel.csv")
    (tmp_path / "parts").mkdir()
    cells[:900].to_parquet(tmp_path / "parts" / "a.parquet")
    cells[900:].to_parquet(tmp_path / "parts" / "b.parquet")
    with duckdb.connect(str(tmp_path / "cells.duckdb")) as connection:
        sql = f"SELECT * FROM read_parquet('{tmp_path / 'parts' / '*.parquet'}')"
        connection.execute(f"CREATE TABLE cells AS {sql}")
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    study, out = tmp_path / "study.toml", tmp_path / "out"
    manifest = run_study(study, out)
    assert {"parts/a.parquet", "parts/b.parquet", "cells.duckdb"} <= set(manifest["inputs"])
    wanted = sc.cell_detector(
        cells, "y", ["rain", "soil"], method="quantile", n_permutations=19, seed=1
    )
    kept = [v for p in (out / ".steps").glob("*.scc") for v in sc.load(p).values()]
    whole, some = sorted(
        (found for found in kept if isinstance(found, sc.CellDetector)), key=lambda f: -f.read
    )
    _same(whole, wanted)
    assert some.read == (cells["rain"] > 100).sum()
    assert all(step["reused"] for step in run_study(study, out)["steps"])
    (tmp_path / "parts" / "b.parquet").unlink()
    again = {step["name"]: step["reused"] for step in run_study(study, out)["steps"]}
    assert again == {"folder": False, "query": True}


def test_a_saved_result_comes_back(tmp_path: Path) -> None:
    found = _asked(_cells(2_000))
    again = sc.load(sc.save(found, tmp_path / "cells.scc"))
    _same(again, found)
    assert again.summary() == found.summary()


# --- a cluster -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # distributed's own, at start and at shutdown
def test_a_cluster_that_loses_a_worker_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of two processes is killed in the first pass, and another in the last."""
    distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    dd = pytest.importorskip("dask.dataframe")
    monkeypatch.setattr(sources, "PIECE", 200)
    cells = _cells(2_000)
    file = tmp_path / "cells.parquet"
    cells.to_parquet(file, row_group_size=200)
    settings: dict[str, Any] = {"max_rows": 1000, "block_rows": 100}
    alone = _asked(file, **settings)
    killed: list[int] = []
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):

        def kill(done: int, total: int) -> None:
            """At the first piece of the first pass, and of the last (of at least three)."""
            if len(killed) < (1 if done < 4_500 else 2):
                pid = min(client.run(os.getpid).values())
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

        together = _asked(file, client=client, progress=kill, **settings)
        whole = _asked(cells, client=client, **settings)
        frame = dd.from_pandas(cells, npartitions=3)
        partitions = _asked(frame, client=client, **settings)
        duckdb = pytest.importorskip("duckdb", reason="the extra 'db' is not installed")
        with pytest.raises(ParameterError, match=r"cannot be read on a cluster.*write it to Parq"):
            _asked(duckdb.sql("SELECT 1.0 AS y, 1 AS rain, 2 AS slope, 3 AS soil"), client=client)
    assert len(set(killed)) == 2
    for found in (together, whole, partitions):
        _same(found, alone)
