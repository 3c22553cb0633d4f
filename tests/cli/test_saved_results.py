"""A result saved by one call is what the next call goes on from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import catalog, cli
from spatialccd.cli.tools import _suffixes
from tests.saved.same import assert_same
from tests.toys import Toys

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, toys: Toys, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The toys on disk, as a table and a layer, in the working folder."""
    toys.panel.join(toys.scores).to_csv(tmp_path / "panel.csv")
    toys.areas.reset_index().to_file(tmp_path / "areas.gpkg", engine="pyogrio")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            cli.main(list(arguments))
        return (int(stopped.value.code or 0), *capsys.readouterr())

    return run


_TABLE = ("--data", "panel.csv", "--unit-column", "unit", "--time-column", "time")
_LAYER = ("--layer", "areas.gpkg", "--layer-unit", "unit")
_FIT = ("--y", "income", "--X", "schools,forest", "--bandwidth", "20", *_TABLE, *_LAYER)


def test_what_goes_on_from_a_fit_takes_the_saved_one(folder: Path, call: Call, toys: Toys) -> None:
    code, _, told = call("gwr", *_FIT, "--out", "gwr.scc")  # of which year?
    assert code == 2
    assert "--at-time 2020" in told
    assert call("gwr", *_FIT, "--at-time", "2020", "--out", "gwr.scc")[0] == 0
    X = toys.year[["schools", "forest"]]
    fitted = sc.gwr(toys.year["income"], X, toys.areas, bandwidth=20)
    assert_same(sc.load("gwr.scc").coef, fitted.coef)

    code, printed, _ = call("local_collinearity", "--result", "gwr.scc", "--out", "cn.scc")
    assert code == 0
    collinear = sc.local_collinearity(fitted)
    assert printed.strip() == collinear.summary().strip()
    assert_same(sc.load("cn.scc").to_frame(), collinear.to_frame())

    seeded = ("--n-permutations", "9", "--seed", "1")
    code, printed, _ = call("spatial_variability", "--result", "gwr.scc", *seeded)
    assert code == 0
    assert (
        sc.spatial_variability(fitted, n_permutations=9, seed=1).to_frame().to_string() in printed
    )

    new = ("--X-new", "schools,forest", *_TABLE, *_LAYER, "--out", "new.csv")
    code, _, told = call("predict_gwr", "--result", "gwr.scc", *new)  # of which year?
    assert code == 2
    assert "time" in told
    new = (*new, "--time", "2020")
    assert call("predict_gwr", "--result", "gwr.scc", *new)[0] == 0
    wanted = sc.predict_gwr(fitted, X, toys.areas).to_frame()
    written = pd.read_csv("new.csv", index_col=0)
    pd.testing.assert_frame_equal(written, wanted, check_dtype=False, rtol=1e-12)

    assert call("map_bandwidths", "--gwr", "gwr.scc", *_LAYER, "--out", "b.png")[0] == 0
    assert (folder / "b.png").stat().st_size > 1000


def test_several_saved_results_stand_side_by_side(folder: Path, call: Call) -> None:
    y = ("--y", "economy", "--X", "smoke,forest", *_TABLE)
    assert call("tobit", *y, "--lower", "0.4", "--out", "pooled.scc")[0] == 0
    assert call("panel_regression", *y, "--out", "within.scc")[0] == 0
    code, printed, err = call("regression_table", "--named", "pooled.scc,within.scc")
    assert (code, err) == (0, "")
    assert "pooled" in printed
    assert "within" in printed
    assert call("marginal_effects", "--fitted", "pooled.scc", "--out", "m.xlsx")[0] == 0
    call("write_tables", "--results", "pooled.scc,within.scc", "--path", "both.xlsx")
    with pd.ExcelFile("both.xlsx", engine="openpyxl") as book:
        assert {"pooled", "within"} <= set(book.sheet_names)


def test_a_chart_is_drawn_from_a_saved_result_and_saved_itself(folder: Path, call: Call) -> None:
    groups = ("--groups", "region")
    table = pd.read_csv("panel.csv").assign(region=lambda t: t["unit"].str[1])
    table.to_csv("panel.csv", index=False)
    call("dagum_gini", "--y", "income", *groups, "--by", "time", *_TABLE, "--out", "gini.scc")
    assert call("chart_dagum", "--dagum", "gini.scc", "--out", "gini.png")[0] == 0
    assert call("chart_dagum", "--dagum", "gini.scc", "--out", "chart.scc")[0] == 0
    page = ("--results", "gini.scc", "--figures", "chart.scc", "--title", "One", "--path", "p.html")
    code, _, err = call("write_page", *page)
    assert (code, err) == (0, "")
    assert "data:image/webp" in Path("p.html").read_text(encoding="utf-8")


def test_neighbors_and_columns_come_from_files_too(folder: Path, call: Call, toys: Toys) -> None:
    scores = ("--named", "economy,ecology", *_TABLE)
    assert call("coupling_coordination", *scores, "--out", "ccd.scc")[0] == 0
    assert call("neighbors", *_LAYER, "--method", "rook", "--out", "rook.scc")[0] == 0
    quick = ("--n-permutations", "99", "--seed", "1")
    code, _, err = call(
        "global_moran", "--y", "ccd.scc:D", "--graph", "rook.scc", *quick, "--out", "moran.scc"
    )
    assert (code, err) == (0, "")
    rook = sc.neighbors(toys.areas, method="rook")
    wanted = sc.global_moran(sc.load("ccd.scc").D, rook, n_permutations=99, seed=1)
    assert_same(sc.load("moran.scc").to_frame(), wanted.to_frame())
    code, _, err = call("combine_neighbors", "--first", "rook.scc", "--second", "rook.scc")
    assert (code, err) == (0, "")


@pytest.fixture
def moran(folder: Path, call: Call) -> None:
    quick = ("--n-permutations", "99", "--seed", "1")
    call("global_moran", "--y", "income", *_TABLE, *_LAYER, *quick, "--out", "moran.scc")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("local_collinearity", "--result", "moran.scc"),
            "result: the file moran.scc holds what global_moran gives; "
            "local_collinearity needs what gwr or mgwr",
        ),
        (
            ("chart_grades", "--ccd", "moran.scc"),
            "needs what coordination_grades or coupling_coordination",
        ),
        (("local_collinearity", "--result", "income", *_TABLE), "no step is called 'income'"),
        (("local_collinearity", "--result", "income"), "needs what gwr or mgwr"),
        (("local_collinearity",), "needs what|name what gwr or mgwr"),
        (("local_collinearity", "--result", "nowhere.scc"), "no file at .*nowhere.scc"),
        (("local_collinearity", "--result", "a.scc,b.scc"), "no file|it takes one"),
        (("local_collinearity", "--result", "broken.scc"), "broken.scc is not a saved result"),
        (("local_collinearity", "--result", "cut.scc"), "cut.scc is damaged"),
        (("regression_table", "--named", "moran.scc"), "named: the file moran.scc holds"),
        (("regression_table", "--named", "x/levels.scc"), "rename the file"),
        (("markov", "--y", "moran.scc"), "needs a column .of a saved file: NAME.scc:COLUMN"),
        (("markov", "--y", "moran.scc:J"), "has no column 'J'.*there are n, I"),
        (("markov", "--y", "income", *_TABLE, "--out", "x.pickle"), "cannot write .pickle; use"),
        (("map_bandwidths", "--gwr", "moran.scc", *_LAYER, "--out", "x.csv"), "use png, svg"),
    ],
)
@pytest.mark.usefixtures("moran")
def test_the_wrong_kind_is_said_in_one_line(
    folder: Path, call: Call, arguments: tuple[str, ...], message: str
) -> None:
    whole = (folder / "moran.scc").read_bytes()
    (folder / "broken.scc").write_bytes(b"no")
    (folder / "cut.scc").write_bytes(whole[:-9])
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert pd.Series(err).str.contains(message).all(), err


@pytest.mark.parametrize("tool", catalog.tools(), ids=lambda tool: tool.name)
def test_every_tool_that_gives_a_result_writes_scc(tool: Any) -> None:
    assert (".scc" in _suffixes(tool)) or tool.returns == "Path"


@pytest.mark.usefixtures("folder")
def test_frames_layers_and_joins_are_saved_too(call: Call) -> None:
    read = ("--path", "panel.csv", "--unit", "unit", "--time", "time")
    assert call("read_panel", *read, "--out", "panel.scc")[0] == 0
    assert call("read_boundaries", "--source", "areas.gpkg", "--out", "areas.scc")[0] == 0
    assert call("join", "--panel", "income", *_TABLE, *_LAYER, "--out", "joined.scc")[0] == 0
    panel, areas, joined = (sc.load(f"{n}.scc") for n in ("panel", "areas", "joined"))
    assert_same(panel, sc.read_panel("panel.csv", unit="unit", time="time"))
    assert_same(areas, sc.read_boundaries("areas.gpkg"))
    assert joined.panel.index.equals(panel.index)
