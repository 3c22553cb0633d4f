"""Matrices of units by units from files, in all doors that have files in place of objects."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import cli
from spatialccd.errors import AlignmentError, DataError, ParameterError
from spatialccd.study import run_study


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(1)
    units = pd.Index([110000, 120000, 130000, 140000, 150000, 210000])
    trade = pd.DataFrame(rng.integers(1, 9, (6, 6)), units, units)
    road = pd.DataFrame(rng.uniform(1, 9, (6, 6)), units, units)
    return {"trade": trade, "road": (road + road.T) / 2}


def _long(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename_axis(index="from", columns="to").stack().rename("tons").reset_index()


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_square_table_and_one_of_pairs_are_the_same(
    tables: dict[str, pd.DataFrame], tmp_path: Path, suffix: str
) -> None:
    trade = tables["trade"]
    path, pairs = tmp_path / f"square{suffix}", tmp_path / f"pairs{suffix}"
    if suffix == ".csv":
        trade.rename_axis("省").to_csv(path, encoding="gb18030")
        _long(trade).sample(frac=1, random_state=1).to_csv(pairs, index=False)
    else:
        trade.rename_axis("省").to_excel(path)
        _long(trade).to_excel(pairs, index=False)
    found = sc.read_matrix(path)
    wanted = trade.astype(float)
    np.fill_diagonal(values := wanted.to_numpy().copy(), 0)
    np.testing.assert_array_equal(found.table, values)
    assert list(found.table.index) == list(trade.index)
    long = sc.read_matrix(pairs, origin="from", destination="to", numbers="tons")
    pd.testing.assert_frame_equal(long.table, found.table, check_names=False)
    own = sc.qap_correlation(trade, tables["road"], n_permutations=99, seed=1)
    read = sc.qap_correlation(found, tables["road"], n_permutations=99, seed=1)
    pd.testing.assert_frame_equal(read.table, own.table)


def test_pairs_without_a_row_are_zero_and_codes_keep_their_zeros(tmp_path: Path) -> None:
    path = tmp_path / "ties.csv"
    path.write_text('a,b,n\n01,02,5\n02,03,"1,200"\n03,04,1\n', encoding="utf-8")
    found = sc.read_matrix(path, origin="a", destination="b", numbers="n").table
    assert list(found.index) == ["01", "02", "03", "04"]
    assert found.loc["02", "03"] == 1200
    assert found.loc["04", "01"] == 0


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("u,a,b,c,d\na,0,1,1,1\nb,1,0,1,1\nc,1,1,0,1\n", AlignmentError, "d is missing from rows"),
        ("u,a,b,c,d\na,0,x,1,1\nb,1,0,1,1\nc,1,1,0,1\nd,1,1,1,0\n", DataError, "no number: x"),
        ("u,a,b,c,d\na,0,,1,1\nb,1,0,1,1\nc,1,1,0,1\nd,1,1,1,0\n", DataError, "a to b"),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, text: str, error: type[Exception], words: str
) -> None:
    path = tmp_path / "m.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=words):
        sc.read_matrix(path)


def test_half_a_question_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("a,b,n\nx,y,1\nx,y,2\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="destination="):
        sc.read_matrix(path, origin="a")
    with pytest.raises(DataError, match="x to y"):
        sc.read_matrix(path, origin="a", destination="b", numbers="n")
    with pytest.raises(ParameterError, match="did you mean 'n'"):
        sc.read_matrix(path, origin="a", destination="b", numbers="nn")


def test_a_study_and_a_command_line_run_mrqap_on_files(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    for name, table in tables.items():
        table.rename_axis("unit").to_csv(tmp_path / f"{name}.csv")
    panel = pd.DataFrame({"unit": tables["trade"].index, "time": 2020, "x": range(6)})
    panel.to_csv(tmp_path / "panel.csv", index=False)
    (tmp_path / "study.toml").write_text(
        '[study]\ntitle = "Ties"\nseed = 1\n'
        '[panel]\npath = "panel.csv"\nunit = "unit"\ntime = "time"\n'
        '[[read_matrix]]\nname = "trade"\npath = "trade.csv"\n'
        '[[read_matrix]]\nname = "road"\npath = "road.csv"\n'
        '[mrqap]\ny = "trade"\nnetworks = ["road"]\nn_permutations = 99\n'
        '[outputs]\ntables = ["xlsx"]\nfigures = []\ngeopackage = false\n',
        encoding="utf-8",
    )
    run_study(tmp_path / "study.toml", tmp_path / "out")
    wanted = sc.mrqap(tables["trade"], road=tables["road"], n_permutations=99, seed=1).table
    steps = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["steps"]
    assert [step["tool"] for step in steps][-1] == "mrqap"
    for name in tables:
        file, saved = (str(tmp_path / f"{name}{suffix}") for suffix in (".csv", ".scc"))
        with pytest.raises(SystemExit):
            cli.main(["read_matrix", "--path", file, "--out", saved])
    inputs = ["--y", str(tmp_path / "trade.scc"), "--networks", str(tmp_path / "road.scc")]
    settings = ["--n-permutations", "99", "--seed", "1", "--out", str(tmp_path / "mrqap.scc")]
    with pytest.raises(SystemExit) as left:
        cli.main(["mrqap", *inputs, *settings])
    assert left.value.code in (0, None)
    pd.testing.assert_frame_equal(sc.load(tmp_path / "mrqap.scc").table, wanted)
