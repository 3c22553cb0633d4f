"""Neighbors from and to files: every form there and back, labels matched, and words."""

from __future__ import annotations

import struct
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import spatialccd as sc
from spatialccd.cli import main
from spatialccd.errors import (
    AlignmentError,
    DataError,
    DataWarning,
    IslandWarning,
    ParameterError,
    StudyError,
)
from spatialccd.study import run_study
from tests.toys import Toys


def _weighted(toys: Toys) -> Graph:
    """Neighbors by distance, on codes with leading zeros."""
    links = sc.neighbors(toys.areas, method="distance_band", threshold=14_500).graph.adjacency
    links = links + np.arange(len(links)) / 7
    codes = {unit: f"{100 * i:05d}" for i, unit in enumerate(toys.units, start=1)}
    return Graph(links.rename(index=codes))


def _areas(toys: Toys) -> pd.Series:
    index = pd.Index([f"{100 * i:05d}" for i in range(1, 37)], name="unit")
    return pd.Series(0, index).sample(frac=1, random_state=1)


@pytest.mark.parametrize("suffix", [".gwt", ".swm", ".csv", ".xlsx"])
def test_weights_there_and_back(toys: Toys, tmp_path: Path, suffix: str) -> None:
    graph, areas = _weighted(toys), _areas(toys)
    path = sc.write_neighbors(graph, tmp_path / f"w{suffix}", unit="code")
    back = sc.read_neighbors(path, areas, weights="as_given")
    assert back.units.tolist() == areas.index.tolist()
    ours, theirs = back.graph.adjacency, graph.adjacency
    pd.testing.assert_series_equal(ours.sort_index(), theirs.sort_index(), check_names=False)
    binary = sc.read_neighbors(path, areas, weights="binary").graph.adjacency
    assert set(binary) == {1.0}
    inverse = sc.read_neighbors(path, areas, weights="inverse").graph.adjacency
    np.testing.assert_allclose(inverse.sort_index(), 1 / theirs.sort_index())


def test_a_gal_there_and_back_and_what_it_cannot_hold(toys: Toys, tmp_path: Path) -> None:
    path = sc.write_neighbors(toys.graph, tmp_path / "w.gal", unit="unit", layer_name="my towns")
    assert path.read_text(encoding="utf-8").startswith("0 36 my_towns unit\n")
    back = sc.read_neighbors(path, toys.areas, unit="unit")
    assert back.graph.adjacency.equals(toys.graph.adjacency.astype(float))
    alone = sc.read_neighbors(path)
    assert alone.units.tolist() == toys.units.tolist()
    with pytest.raises(ParameterError, match="holds no weights"):
        sc.write_neighbors(_weighted(toys), path)
    assert sc.read_neighbors(path).graph.adjacency.equals(toys.graph.adjacency.astype(float))
    with pytest.raises(ParameterError, match="whole numbers"):
        sc.write_neighbors(toys.graph, tmp_path / "w.swm")
    spaced = Graph(toys.graph.adjacency.rename(index=lambda unit: f"town {unit}"))
    with pytest.raises(ParameterError, match="spaces"):
        sc.write_neighbors(spaced, tmp_path / "w.gwt")
    with pytest.raises(ParameterError, match=r"not .txt"):
        sc.write_neighbors(toys.graph, tmp_path / "w.txt")
    with pytest.raises(ParameterError, match="'unit', not 'code'"):
        sc.read_neighbors(path, unit="code")


def test_libpysal_reads_what_is_written(toys: Toys, tmp_path: Path) -> None:
    from libpysal.io import open as read

    graph = _weighted(toys)
    numbers = Graph(graph.adjacency.rename(index=int))
    gal = sc.write_neighbors(toys.graph, tmp_path / "w.gal")
    with closing(read(str(gal), "r")) as file:
        assert file.read().neighbors["A00"] == list(toys.graph["A00"].index)
    swm = sc.write_neighbors(numbers, tmp_path / "w.swm")
    with closing(read(str(swm), "r")) as file:
        theirs = file.read()
    assert theirs.weights[100] == pytest.approx(numbers[100].tolist())


def test_the_older_forms_of_files(tmp_path: Path) -> None:
    (tmp_path / "old.gal").write_text("3\n1 1\n2\n2 2\n1 3\n3 1\n2\n")
    found = sc.read_neighbors(tmp_path / "old.gal", pd.Series(0, [3, 1, 2]))
    assert found.graph[2].to_dict() == {3: 1.0, 1: 1.0}
    parts = [b"code;srs\n", struct.pack("<ll", 2, 1)]
    for unit, other in ((7, 8), (8, 7)):
        parts.append(struct.pack("<ll", unit, 1) + struct.pack("<l", other))
        parts.append(struct.pack("<dd", 1.0, 3.0))
    (tmp_path / "old.swm").write_bytes(b"".join(parts))
    found = sc.read_neighbors(tmp_path / "old.swm", unit="code")
    assert found.graph["7"].to_dict() == {"8": 1.0}
    fixed = [b"VERSION@10.1;UNIQUEID@id;SPATIALREFNAME@x;FIXEDWEIGHTS@TRUE;\n"]
    fixed.append(struct.pack("<ll", 2, 0))
    for unit, other in ((7, 8), (8, 7)):
        fixed.append(struct.pack("<ll", unit, 1) + struct.pack("<l", other))
        fixed.append(struct.pack("<dd", 0.5, 0.5))
    (tmp_path / "fixed.swm").write_bytes(b"".join(fixed))
    assert sc.read_neighbors(tmp_path / "fixed.swm").graph["7"].to_dict() == {"8": 0.5}


@pytest.mark.compares("read_neighbors", against="spdep (R): North Carolina")
def test_north_carolina_of_spdep(shared: Path) -> None:
    folder = shared / "verify" / "spatial_panel_rates_ncsids"
    counties = pd.read_csv(folder / "data.csv").set_index("FIPS")
    found = sc.read_neighbors(folder / "nc.gal", counties, unit="FIPS")
    assert found.units.tolist() == counties.index.tolist()
    assert sorted(found.graph[37009].index) == [37005, 37189, 37193]


def test_labels_that_do_not_match_are_listed(toys: Toys, tmp_path: Path) -> None:
    path = sc.write_neighbors(toys.graph, tmp_path / "w.gal")
    renamed = toys.areas.rename(index={"A00": "Z00"})
    with pytest.raises(AlignmentError, match=r"A00.*Z00") as raised:
        sc.read_neighbors(path, renamed)
    assert raised.value.cases["missing_from"].tolist() == ["units", "file"]
    rows = Graph(toys.graph.adjacency.rename(index={u: i for i, u in enumerate(toys.units)}))
    by_row = sc.write_neighbors(rows, tmp_path / "rows.gal")
    with pytest.raises(AlignmentError, match="row numbers"):
        sc.read_neighbors(by_row, toys.areas)
    both = pd.Series(0, ["1", "01", "2"])
    (tmp_path / "two.gal").write_text("0 3 x y\n1 1\n2\n01 1\n2\n2 2\n1 01\n")
    assert sc.read_neighbors(tmp_path / "two.gal", both).graph["01"].to_dict() == {"2": 1.0}


def test_a_gwt_must_be_told_and_units_without_lines_are_islands(toys: Toys, tmp_path: Path) -> None:
    (tmp_path / "d.gwt").write_text("0 3 towns id\n1 2 120.5\n2 1 120.5\n")
    with pytest.raises(ParameterError, match="distances or weights"):
        sc.read_neighbors(tmp_path / "d.gwt")
    with pytest.raises(DataError, match="does not say who they are"):
        sc.read_neighbors(tmp_path / "d.gwt", weights="binary")
    with pytest.warns(IslandWarning, match="kept so: 3"):
        found = sc.read_neighbors(tmp_path / "d.gwt", pd.Series(0, [1, 2, 3]), weights="inverse")
    assert found.graph[1].to_dict() == {2: 1 / 120.5}
    assert found.islands.tolist() == [3]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.gal", "x y z\n", "first line must be"),
        ("a.gal", "0 2 a b\n1 2\n2\n2 1\n1\n", "line 3: 1 should have 2 neighbors, and 1"),
        ("a.gal", "0 2 a b\n1 1\n2\n1 1\n2\n", "more than once: 1"),
        ("a.gal", "0 3 a b\n1 1\n2\n2 1\n1\n", "says 3 units and names 2"),
        ("a.gwt", "0 2 a b\n1 2 near\n", "line 2"),
        ("a.csv", "unit,a,b\na,0,1\nb,x,0\n", "b to a: 'x'"),
        ("a.csv", "unit,a,b\na,0,1\nb,,0\n", "b to a: ''"),
        ("a.csv", "unit,a,c\na,0,1\nb,1,0\n", "no unit: c; units without a column: b"),
        ("a.csv", "unit,a,b\na,0,-1\nb,1,0\n", "below 0"),
        ("a.swm", "VERSION@1;UNIQUEID@a;\nxx", "not a whole .swm"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    weights = "as_given" if name.endswith("gwt") else None
    with pytest.raises(DataError, match=words):
        sc.read_neighbors(tmp_path / name, weights=weights)


def test_links_to_itself_are_left_out_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("code,a,b\na,1,2\nb,3,0\n")
    with pytest.warns(DataWarning, match="themselves were left out: a"):
        found = sc.read_neighbors(tmp_path / "a.csv", unit="code")
    assert found.graph["a"].to_dict() == {"b": 2.0}
    with pytest.raises(ParameterError, match="no column 'id'"):
        sc.read_neighbors(tmp_path / "a.csv", unit="id")


def test_neighbors_by_file_serve_every_door(
    toys: Toys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    areas = toys.areas.to_crs("EPSG:4326")
    areas.reset_index().to_file(tmp_path / "areas.gpkg")
    toys.scores.reset_index().to_csv(tmp_path / "panel.csv", index=False)
    path = sc.write_neighbors(toys.graph, tmp_path / "w.gal")
    ours = sc.neighbors(toys.areas, method="file", path=path)
    assert ours.graph.adjacency.equals(toys.graph.adjacency.astype(float))
    with pytest.raises(ParameterError, match="needs path"):
        sc.neighbors(toys.areas, method="file")
    with pytest.raises(ParameterError, match="does not read path"):
        sc.neighbors(toys.areas, path=path)
    line = [
        "global_moran", "--data", str(tmp_path / "panel.csv"), "--unit-column", "unit",
        "--time-column", "time", "--layer", str(tmp_path / "areas.gpkg"), "--layer-unit", "unit",
        "--y", "economy", "--n-permutations", "19", "--seed", "1",
        "--graph-method", "file", "--graph-path", str(path),
    ]  # fmt: skip
    with pytest.raises(SystemExit) as stopped:
        main(line)
    assert stopped.value.code == 0
    known = sc.global_moran(toys.scores["economy"], toys.graph, n_permutations=19, seed=1)
    assert f"{known.to_frame()['I'].iloc[0]:.6f}" in capsys.readouterr().out
    written = tmp_path / "queen.gal"
    line = [
        "write_neighbors", "--layer", str(tmp_path / "areas.gpkg"), "--layer-unit", "unit",
        "--path", str(written),
    ]  # fmt: skip
    with pytest.raises(SystemExit) as stopped:
        main(line)
    assert stopped.value.code == 0
    assert sc.read_neighbors(written).to_frame()["neighbors"].sum() == len(toys.graph.adjacency)
    line = [
        "read_neighbors", "--layer", str(tmp_path / "areas.gpkg"), "--layer-unit", "unit",
        "--path", str(written), "--unit", "unit",
    ]  # fmt: skip
    with pytest.raises(SystemExit) as stopped:
        main(line)
    assert stopped.value.code == 0
    assert "units          36" in capsys.readouterr().out
    study = (
        '[study]\ntitle = "W"\nseed = 1\n[panel]\npath = "panel.csv"\nunit = "unit"\n'
        'time = "time"\n[areas]\nsource = "areas.gpkg"\nunit = "unit"\n'
        '[read_neighbors]\npath = "w.gal"\nareas = "areas"\n'
        '[global_moran]\ny = "economy"\nn_permutations = 19\n'
        "[outputs]\nfigures = []\ntables = []\ngeopackage = false\n"
    )
    (tmp_path / "study.toml").write_text(study)
    manifest = run_study(tmp_path / "study.toml", tmp_path / "out")
    assert [step["name"] for step in manifest["steps"]] == ["read_neighbors", "global_moran"]
    again = run_study(tmp_path / "study.toml", tmp_path / "out")
    assert all(step["reused"] for step in again["steps"])
    path.write_text(path.read_text().replace("A00 3\nA01 A06 A07", "A00 2\nA01 A06"))
    changed = run_study(tmp_path / "study.toml", tmp_path / "out")
    assert not any(step["reused"] for step in changed["steps"])
    path.unlink()
    with pytest.raises(StudyError, match="no file at"):
        run_study(tmp_path / "study.toml", tmp_path / "out")
