"""The command line says what is wrong in one line, and asks what Python asks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

import spatialccd as sc
from spatialccd import catalog, cli
from spatialccd.cli.bars import Bars
from tests.toys import Toys

_PLAIN = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}


@pytest.fixture
def files(tmp_path: Path, toys: Toys) -> dict[str, str]:
    """The toy panel and its areas on disk."""
    panel, areas = tmp_path / "panel.csv", tmp_path / "areas.gpkg"
    toys.panel.to_csv(panel)
    toys.areas.reset_index().to_file(areas, engine="pyogrio")
    return {"panel": str(panel), "areas": str(areas)}


def _call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        cli.main(list(arguments))
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def _commands() -> Iterator[tuple[str, Any]]:
    """Give every command as it is called, those within `qgis` as well."""
    group = typer.main.get_command(cli.app)
    for name in group.list_commands(None):
        _, found, _ = group.resolve_command(None, [name])
        inner = getattr(found, "commands", {})
        yield from ((f"{name} {own}", one) for own, one in inner.items())
        if not inner:
            yield name, found


@pytest.mark.parametrize(
    ("name", "made"), [pytest.param(*pair, id=pair[0]) for pair in _commands()]
)
def test_an_option_given_twice_is_refused(
    name: str, made: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last would count and the others be lost, whatever the option."""
    options = [p for p in made.params if p.param_type_name == "option" and not p.is_flag]
    for option in options:
        _, _, told = _call(capsys, *name.split(), option.opts[0], "a", f"{option.opts[0]}=b")
        assert told.startswith(f"spatialccd: {option.opts[0]} is given twice; ")
        assert ("several go with commas" in told) == (",..." in (option.metavar or ""))


def test_all_options_given_twice_are_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    line = "tobit --X a --X b --X c --y d --y d --data-gaps drop"
    _, _, told = _call(capsys, *line.split())
    assert told == (
        "spatialccd: --X is given 3 times; several go with commas: --X a,b; "
        "--y is given twice; which one is meant?\n"
    )
    code, _, told = _call(capsys, "new", "nowhere.csv", "--force", "--force")
    assert code == 2
    assert "twice" not in told  # a flag says the same again


@pytest.mark.parametrize("tool", catalog.tools(), ids=lambda tool: tool.name)
def test_every_tool_has_a_help_page_with_its_settings(tool: catalog.Tool) -> None:
    result = CliRunner().invoke(cli.app, [tool.name, "--help"], env=_PLAIN)
    assert result.exit_code == 0
    options = set(re.findall(r"--[\w-]+", result.output))
    assert {f"--{p.name.replace('_', '-')}" for p in tool.settings} <= options


@pytest.mark.parametrize(
    "tool", [t for t in catalog.tools() if t.name != "audit"], ids=lambda tool: tool.name
)
def test_help_keeps_what_stands_in_square_brackets(tool: catalog.Tool) -> None:
    """Formulas and defaults have brackets, which rich would take for its own tags."""
    result = CliRunner().invoke(cli.app, [tool.name, "--help"], env=_PLAIN | {"COLUMNS": "4000"})
    shown = re.sub(r"[\s│]+", "", result.output)
    texts = [tool.title, tool.help, *(p.help for p in tool.parameters if p.role != "python")]
    for bracketed in (one for text in texts for one in re.findall(r"\[[^\[\]]*\]", text)):
        assert re.sub(r"\s+", "", bracketed) in shown
    for setting in tool.settings:
        if setting.default is not None:
            assert re.sub(r"\s+", "", f"[default: {setting.default}]") in shown


def test_brackets_in_what_is_typed_come_back_in_the_message(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, _, err = _call(capsys, "global_moran", "--y", "[bold]income[/bold]")
    assert "[bold]income[/bold]" in err
    _, _, err = _call(capsys, "global_moran", "--[red]y", "1")
    assert "--[red]y" in err
    with Bars() as bars:
        bars.begin("a [step]", 1, 2)
        bars.end("a [step]", reused=True)
    assert capsys.readouterr().err == "    1/2 a [step]: unchanged\n"


def test_catalog_as_json_lists_every_tool() -> None:
    result = CliRunner().invoke(cli.app, ["catalog", "--json"])
    names = [entry["name"] for entry in json.loads(result.output)]
    assert names == [tool.name for tool in catalog.tools()]


def test_a_tool_gives_the_figures_of_the_library(
    files: dict[str, str], tmp_path: Path, toys: Toys, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "moran.csv"
    code, printed, _ = _call(
        capsys,
        *("global_moran", "--data", files["panel"], "--unit-column", "unit"),
        *("--time-column", "time", "--layer", files["areas"], "--layer-unit", "unit"),
        *("--y", "income", "--n-permutations", "99", "--seed", "1", "--out", str(out)),
    )
    assert code == 0
    expected = sc.global_moran(toys.panel["income"], toys.graph, n_permutations=99, seed=1)
    assert f"{expected.I.iloc[0]:.4f}"[:5] in printed
    written = pd.read_csv(out, index_col=0)
    pd.testing.assert_frame_equal(written, expected.to_frame(), check_names=False)


def test_coupling_takes_its_scores_by_name(
    tmp_path: Path, toys: Toys, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = tmp_path / "scores.csv", tmp_path / "ccd.csv"
    toys.scores.to_csv(data)
    code, _, _ = _call(
        capsys,
        *("coupling_coordination", "--data", str(data), "--unit-column", "unit"),
        *("--time-column", "time", "--named", "economy,ecology", "--out", str(out)),
        *("--weights", "0.4,0.6"),
    )
    assert code == 0
    expected = sc.coupling_coordination(
        economy=toys.scores["economy"], ecology=toys.scores["ecology"], weights=(0.4, 0.6)
    )
    written = pd.read_csv(out, index_col=[0, 1])
    assert written["D"].to_numpy() == pytest.approx(expected.D.to_numpy())


def test_a_line_holds_weights_and_targets(
    tmp_path: Path, toys: Toys, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = tmp_path / "panel.csv", tmp_path / "score.csv"
    toys.panel.to_csv(data)
    call = (
        *("composite_index", "--data", str(data), "--unit-column", "unit"),
        *("--time-column", "time", "--panel", "income,forest", "--out", str(out)),
        *("--directions", "income=benefit,forest=moderate", "--weights", "income=0.4,forest=0.6"),
    )
    code, told, _ = _call(capsys, *call, "--targets", "forest=35:45")
    assert code == 0
    assert "35–45" in told
    expected = sc.composite_index(
        toys.panel,
        {"income": "benefit", "forest": "moderate"},
        targets={"forest": (35, 45)},
        weights={"income": 0.4, "forest": 0.6},
    )
    written = pd.read_csv(out, index_col=[0, 1])
    assert written["score"].to_numpy() == pytest.approx(expected.score.to_numpy())
    code, _, told = _call(capsys, *call, "--targets", "forest=35,45")
    assert code == 2
    assert "'45' lacks a key" in " ".join(told.split())
    code, _, told = _call(capsys, *call, "--targets", "forest=35:45,forest=30:45")
    assert code == 2
    assert "targets: 'forest' has more than one value; give one" in " ".join(told.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("global_moran", "--y", "income"), "y: no column is called 'income'"),
        (("global_moran", "--seed", "one"), r"\[global_moran\] seed = 'one'"),
        (("neighbors", "--method", "quen"), "did you mean 'queen'"),
        (("run", "nowhere.toml"), "no study file at nowhere.toml"),
        (("audit", "a.csv", "--grades", "low=0,low=0.5"), "--grades: 'low' has more than one"),
        (("audit", "a.csv", "--grades", "0,0.5"), "--grades '0,0.5' is not LABEL=LOWER"),
    ],
)
def test_a_fault_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = _call(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert re.search(message, err)
    assert err.count("\n") == 1


def test_a_wrong_column_in_a_table_is_named(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = _call(capsys, "group_summary", "--data", files["panel"], "--unit-column", "unt")
    assert code == 2
    assert "unt" in err
    assert "unit" in err


def test_the_package_and_its_help_import_nothing_heavy() -> None:
    heavy = ("numpy", "pandas", "geopandas", "numba", "matplotlib", "sklearn", "esda", "pydantic")
    code = (
        "import sys, spatialccd, spatialccd.cli\n"
        "try: spatialccd.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_table_is_read_with_every_setting_of_read_panel(
    files: dict[str, str], tmp_path: Path, toys: Toys, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wide, below a title, with a total: as one command, and under the command of a tool."""
    wide = toys.panel["income"].unstack("time", sort=False)
    wide.loc["Total"] = wide.sum()
    table = tmp_path / "wide.csv"
    table.write_text("a title\n" + wide.to_csv(), encoding="utf-8")
    how = {"layout": "wide", "value": "income", "drop-units": "Total", "header": "2"}
    out = tmp_path / "panel.parquet"
    plain = [word for name, value in how.items() for word in (f"--{name}", value)]
    code, _, err = _call(
        capsys, "read_panel", "--path", str(table), "--unit", "unit", *plain, "--out", str(out)
    )
    assert (code, err) == (0, "")
    read = pd.read_parquet(out)
    assert read["income"].to_dict() == pytest.approx(toys.panel["income"].to_dict())
    assert read.attrs["notes"]["text"] == ["row 1: a title"]

    results = []
    for source in (
        ("--data", files["panel"], "--time-column", "time"),
        ("--data", str(table), *(w.replace("--", "--data-") for w in plain)),
    ):
        out = tmp_path / "moran.csv"
        code, _, err = _call(
            capsys,
            *("global_moran", *source, "--unit-column", "unit", "--y", "income", "--seed", "1"),
            *("--n-permutations", "99", "--layer", files["areas"], "--layer-unit", "unit"),
            *("--out", str(out)),
        )
        assert (code, err) == (0, "")
        results.append(out.read_text(encoding="utf-8"))
    assert results[0] == results[1]


def test_a_layer_serves_as_places_when_the_line_says_so(
    capsys: pytest.CaptureFixture[str], files: dict[str, str], toys: Toys
) -> None:
    """Conley's errors want places beside the graph, which the same layer gives."""
    line = [
        "spatial_panel", "--data", files["panel"], "--unit-column", "unit", "--time-column", "time",
        "--layer", files["areas"], "--layer-unit", "unit", "--y", "income", "--X", "forest",
        "--model", "slx", "--cov", "conley", "--cutoff", "50000",
    ]  # fmt: skip
    code, _, err = _call(capsys, *line)
    assert code == 2
    assert "conley' needs places" in err
    code, out, _ = _call(capsys, *line, "--places", "areas")
    assert code == 0
    fitted = sc.spatial_panel(
        toys.panel["income"], toys.panel[["forest"]], sc.neighbors(toys.areas),
        model="slx", cov="conley", places=toys.areas, cutoff=50000.0,
    )  # fmt: skip
    assert f"{fitted.terms.loc['forest', 'se']:.6f}" in out
    help_of = {
        tool.name: CliRunner().invoke(cli.app, [tool.name, "--help"], env=_PLAIN).output
        for tool in catalog.tools()
        if any(p.name == "places" and not p.required for p in tool.data)
    }
    assert set(help_of) >= {"spatial_panel", "factor_detector", "optimal_strata"}
    assert all("--places" in text for text in help_of.values())


def test_rows_are_chosen_on_the_line(
    files: dict[str, str], tmp_path: Path, toys: Toys, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mk.csv"
    call = (
        "mann_kendall",
        "--data",
        files["panel"],
        "--unit-column",
        "unit",
        "--time-column",
        "time",
    )
    code, printed, _ = _call(
        capsys, *call, "--y", "income", "--where", "unit <= 'A05'", "--out", str(out)
    )
    assert code == 0
    assert "unit <= 'A05': 6 of 36 units" in printed
    rows = toys.panel["income"][toys.panel.index.get_level_values(0) <= "A05"]
    expected = sc.mann_kendall(rows).to_frame()
    pd.testing.assert_series_equal(
        pd.read_csv(out, index_col=0)["slope"], expected["slope"], check_names=False
    )
    code, _, err = _call(capsys, *call, "--y", "income", "--where", "income > 'much'")
    assert code == 2
    assert "leave out the quotes" in err
