"""The worker gives what the library gives, and says in words what it cannot."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

import spatialccd as sc
from spatialccd.errors import IslandWarning, OneNeighborWarning

Exchange = Callable[..., Path]

#: A cancel that waited for its job would take far longer; it takes about .3 s, but a
#: machine that runs other work may stall any process for a while.
_SOON = 10.0


def _nothing(*_: object) -> None: ...


def run(worker: Any, path: Path, tool: str, **message: Any) -> tuple[dict[str, Any], list[str]]:
    """Send one job; give its answer, the columns read in, and what was logged."""
    logged: list[str] = []
    answer = worker.do(
        {"type": "run", "tool": tool, "input": str(path), "folder": str(path.parent), **message},
        _nothing,
        lambda _, text: logged.append(text),
        lambda: False,
    )
    if "result" in answer:
        answer["content"] = json.loads(Path(answer["result"]).read_text(encoding="utf-8"))
    return answer, logged


def columns(answer: dict[str, Any]) -> dict[str, list[Any]]:
    return {c["name"]: c["values"] for c in answer["content"]["columns"]}


@pytest.fixture
def graph(areas: gpd.GeoDataFrame) -> Any:
    with pytest.warns(IslandWarning):
        return sc.neighbors(areas)


def test_local_moran_equals_the_library_bit_for_bit(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame, graph: Any
) -> None:
    shuffled = areas.sample(frac=1, random_state=3)
    path = exchange(shuffled, shuffled.index)
    answer, logged = run(worker, path, "local_moran", columns={"y": "D"}, settings={"seed": 1})
    with pytest.warns(OneNeighborWarning):
        expected = sc.local_moran(areas["D"], graph, seed=1).to_frame().loc[shuffled.index]
    found = columns(answer)
    assert answer["content"]["rows"] == list(range(100, 134))
    for name in ("I", "z", "lag", "p_sim"):
        assert found[name] == expected[name].tolist()
    assert found["cluster"] == expected["cluster"].astype(str).tolist()
    assert any("460000" in text for text in logged)
    assert any("one neighbor" in text for text in logged)
    assert "local_moran" in answer["html"]


def test_a_summary_says_how_many_rows_are_spread_and_shows_few(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame
) -> None:
    path = exchange(areas, areas.index)
    answer, _ = run(worker, path, "coordination_grades", columns={"D": "D"})
    lines = answer["summary"].splitlines()
    assert lines[0].startswith("coordination_grades(")
    assert "34 rows" in lines
    median = next(line.split() for line in lines if line.startswith("D "))[-2]
    assert float(median) == pytest.approx(areas["D"].median(), rel=1e-3)
    grades = sc.coordination_grades(areas["D"]).to_frame()["grade"].value_counts()
    assert f"{grades.index[0]} {grades.iloc[0]}" in answer["summary"]
    assert len(lines) < 20
    few, _ = run(worker, path, "global_moran", columns={"y": "D"}, settings={"seed": 1})
    assert "p_sim" in few["summary"]


def test_a_second_call_costs_no_import(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame
) -> None:
    path = exchange(areas, areas.index)
    job = {"columns": {"y": "D"}, "settings": {"seed": 1, "n_permutations": 99}}
    run(worker, path, "global_moran", **job)
    first = worker._process.pid
    run(worker, path, "global_moran", **job)
    assert worker._process.pid == first  # the same process: nothing is imported again


def test_mgwr_equals_the_library(worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame) -> None:
    answer, _ = run(
        worker,
        exchange(areas, areas.index),
        "mgwr",
        columns={"y": "D", "X": ["指标"]},
        settings={"seed": 1},
    )
    expected = sc.mgwr(areas["D"], areas[["指标"]], areas, seed=1).to_frame()
    found = columns(answer)
    assert list(found) == list(expected.columns)
    for name in expected.select_dtypes("number"):
        np.testing.assert_allclose(
            np.array(found[name], float), expected[name], rtol=1e-10, atol=1e-12
        )


def test_a_panel_in_long_form_takes_its_areas_from_another_layer(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame, graph: Any
) -> None:
    table = pd.concat([pd.DataFrame({"D": areas["D"] * k}) for k in (1, 2)])
    times = np.repeat([2019, 2020], len(areas))
    path = exchange(table, table.index, time=times)
    boundaries = exchange(areas[["geometry"]], areas.index, name="areas")
    job = {"columns": {"y": "D"}, "settings": {"seed": 1}, "boundaries": str(boundaries)}
    answer, _ = run(worker, path, "local_moran", **job, time="2019")
    assert answer["content"]["rows"] == list(range(100, 134))
    assert answer["content"]["areas"] == list(range(100, 134))
    with pytest.warns(OneNeighborWarning):
        expected = sc.local_moran(areas["D"], graph, seed=1)
    assert columns(answer)["I"] == expected.to_frame()["I"].tolist()
    many, _ = run(worker, path, "global_moran", **job)
    assert many["content"]["rows"] is None
    assert columns(many)["time"] == [2019, 2020]


def test_directions_choose_the_columns(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame
) -> None:
    path = exchange(areas, areas.index)
    directions = {"D": "benefit", "指标": "cost"}
    answer, _ = run(
        worker,
        path,
        "composite_index",
        columns={"panel": list(directions)},
        settings={"directions": directions},
    )
    table = pd.DataFrame(areas[list(directions)])
    expected = sc.composite_index(table, directions).score
    assert columns(answer)["score"] == expected.tolist()


def test_figures_in_text_fields_are_read(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame
) -> None:
    text = areas[["geometry"]].assign(D=areas["D"].map(repr))
    path = exchange(text, areas.index)
    answer, _ = run(worker, path, "coordination_grades", columns={"D": "D"})
    assert columns(answer)["D"] == areas["D"].tolist()


@pytest.mark.parametrize(
    ("tool", "message", "words"),
    [
        ("local_moran", {"columns": {"y": "name_zh"}}, "'name_zh' must hold numbers, not 北京市"),
        ("local_moran", {"columns": {"y": "DD"}}, "did you mean 'D'"),
        ("local_moran", {"columns": {"y": "D"}, "settings": {"sed": 1}}, "did you mean 'seed'"),
        ("local_morann", {}, "did you mean 'local_moran'"),
        ("mgwr", {"columns": {"y": "D"}}, "X: name its columns"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    worker: Any,
    client: ModuleType,
    exchange: Exchange,
    areas: gpd.GeoDataFrame,
    tool: str,
    message: dict[str, Any],
    words: str,
) -> None:
    with pytest.raises(client.WorkerError, match=words) as caught:
        run(worker, exchange(areas, areas.index), tool, **message)
    assert "\n" not in str(caught.value)
    assert not caught.value.detail


def test_missing_values_are_named(
    worker: Any, client: ModuleType, exchange: Exchange, areas: gpd.GeoDataFrame
) -> None:
    holed = areas.copy()
    holed.loc["140000", "D"] = None
    with pytest.raises(
        client.WorkerError,
        match=r"140000 \(D\); fill them, or leave these features out by a selection",
    ) as caught:
        run(worker, exchange(holed, holed.index), "local_moran", columns={"y": "D"})
    assert caught.value.cases


def test_units_that_stand_twice_or_have_no_shape_are_named(
    worker: Any, client: ModuleType, exchange: Exchange, areas: gpd.GeoDataFrame
) -> None:
    codes = areas.index.to_series().replace("120000", "110000")
    with pytest.raises(client.WorkerError, match="110000; choose the time field too"):
        run(worker, exchange(areas, codes), "local_moran", columns={"y": "D"})
    holed = areas.copy()
    holed.loc["140000", "geometry"] = None
    with pytest.raises(client.WorkerError, match="1 features have no geometry: 140000"):
        run(worker, exchange(holed, holed.index), "local_moran", columns={"y": "D"})


def test_a_layer_of_three_thousand_features(worker: Any, exchange: Exchange) -> None:
    n = 55
    cells = [box(i, j, i + 1, j + 1) for i in range(n) for j in range(n)]
    grid = gpd.GeoDataFrame({"v": np.sin(np.arange(n * n) / 40)}, geometry=cells, crs=3857)
    path = exchange(grid, range(n * n))
    answer, _ = run(
        worker, path, "local_moran", columns={"y": "v"}, settings={"n_permutations": 99, "seed": 1}
    )
    assert len(answer["content"]["rows"]) == n * n
    assert None not in columns(answer)["I"]


def test_a_study_tells_its_steps_and_stops_when_asked(
    client: ModuleType, environment: dict[str, str], root: Path, tmp_path: Path
) -> None:
    own = client.Worker(sys.executable, environment, "advice")
    told: list[str] = []
    job = {
        "type": "study",
        "study": str(root / "examples" / "us_states" / "study.toml"),
        "out": str(tmp_path / "study"),
    }
    with pytest.raises(client.Cancelled):
        own.do(job, _nothing, lambda _, text: told.append(text), lambda: len(told) > 1)
    own.end()
    assert "read and join" in told[0]
    assert not (tmp_path / "study" / "manifest.json").exists()


def test_cancel_ends_a_long_job_soon(
    client: ModuleType, environment: dict[str, str], exchange: Exchange
) -> None:
    random = np.random.default_rng(1)
    n = 40
    cells = [box(i, j, i + 1, j + 1) for i in range(n) for j in range(n)]
    table = {name: random.random(n * n) for name in ("y", "a", "b", "c")}
    grid = gpd.GeoDataFrame(table, geometry=cells, crs=3857)
    path = exchange(grid, range(n * n))
    own = client.Worker(sys.executable, environment, "advice")
    pid = own._process.pid
    begun: list[float] = []
    asked: list[float] = []

    def cancelled() -> bool:
        if begun and monotonic() - begun[0] > 0.1 and not asked:
            asked.append(monotonic())
        return bool(asked)

    with pytest.raises(client.Cancelled):
        own.do(
            {
                "type": "run",
                "tool": "mgwr",
                "input": str(path),
                "folder": str(path.parent),
                "columns": {"y": "y", "X": ["a", "b", "c"]},
                "settings": {"seed": 1},
            },
            lambda *_: begun.append(monotonic()),
            _nothing,
            cancelled,
        )
    assert monotonic() - asked[0] < _SOON
    own.end()
    assert not Path(f"/proc/{pid}").exists() or sys.platform != "linux"


def test_a_job_without_progress_is_cancelled_too(
    client: ModuleType, environment: dict[str, str], exchange: Exchange, areas: gpd.GeoDataFrame
) -> None:
    own = client.Worker(sys.executable, environment, "advice")
    start = monotonic()
    job = {
        "type": "run",
        "tool": "local_moran",
        "input": str(exchange(areas, areas.index)),
        "folder": "/nonexistent",
        "columns": {"y": "D"},
        "settings": {"n_permutations": 50_000_000, "seed": 1},
    }
    with pytest.raises(client.Cancelled):
        own.do(job, _nothing, _nothing, lambda: True)
    assert monotonic() - start < _SOON
    assert not own.alive()


def test_a_python_without_spatialccd_is_answered_with_the_install_line(
    client: ModuleType, tmp_path: Path
) -> None:
    bare = {"PATH": "/usr/bin:/bin", "PYTHONNOUSERSITE": "1"}
    with pytest.raises(client.WorkerError, match=r"has no spatialccd\. pip install"):
        client.Worker(getattr(sys, "_base_executable", sys.executable), bare, "pip install it")
    with pytest.raises(client.WorkerError, match="cannot start the Python"):
        client.Worker(str(tmp_path / "python"), bare, "pip install it")
    with pytest.raises(client.WorkerError, match="does not know which Python"):
        client.Worker("", bare, "pip install it")


def test_a_crash_is_told_in_words(client: ModuleType, environment: dict[str, str]) -> None:
    own = client.Worker(sys.executable, environment, "advice")
    own._process.kill()
    own._process.wait()
    sleep(0.1)
    with pytest.raises(client.WorkerError, match="ended by itself with code -9"):
        own.do({"type": "run", "tool": "local_moran"}, _nothing, _nothing, lambda: False)


def test_the_worker_ends_with_its_input_and_answers_what_is_no_message(
    environment: dict[str, str],
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "spatialccd.qgis.worker"],
        input='nonsense\n{"type": "dance", "id": "7"}\n',
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=True,
        timeout=60,
    )
    hello, nonsense, dance = (json.loads(line) for line in ended.stdout.splitlines())
    assert hello["type"] == "hello"
    assert nonsense["kind"] == "ProtocolError"
    assert dance["id"] == "7"
    assert "no job is called 'dance'" in dance["message"]


def test_hello_comes_before_anything_heavy() -> None:
    code = (
        "import sys; from spatialccd.qgis import worker;"
        "print([m for m in ('pandas', 'geopandas', 'numba', 'matplotlib') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert out.stdout.strip() == "[]"


def also(answer: dict[str, Any], name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(answer["also"][name]["result"]).read_text("utf-8"))
    return content


def test_a_model_gives_its_diagnostics_and_predictions_from_one_fit(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = exchange(areas, areas.index)
    new = exchange(areas.to_crs(3857).iloc[:5], areas.index[:5], name="new")
    steps = [
        {"tool": "local_collinearity"},
        {"tool": "spatial_variability", "settings": {"n_permutations": 9, "seed": 1}},
        {"tool": "predict_gwr", "layer": str(new), "columns": {"X_new": ["指标"]}},
        {"tool": "map_bandwidths", "figure": str(tmp_path / "bandwidths.png")},
    ]
    columns_of = {"y": "D", "X": ["指标"]}
    answer, _ = run(worker, path, "gwr", columns=columns_of, also=steps)
    X = areas[["指标"]]
    model = sc.gwr(areas["D"], X, areas)
    local = also(answer, "local_collinearity")
    expected = sc.local_collinearity(model).to_frame()
    assert local["rows"] == list(range(100, 134))
    for column in local["columns"]:
        np.testing.assert_allclose(column["values"], expected[column["name"]], rtol=1e-10)
    test = also(answer, "spatial_variability")
    p = sc.spatial_variability(model, n_permutations=9, seed=1).table["p"]
    assert test["columns"][-1]["values"] == p.tolist()
    ahead = also(answer, "predict_gwr")
    there = sc.predict_gwr(model, X.iloc[:5], areas.iloc[:5])
    assert ahead["rows"] == list(range(100, 105))
    # There and back between degrees and meters moves a place by some 1e-9 m.
    np.testing.assert_allclose(ahead["columns"][0]["values"], there.predicted, rtol=1e-8)
    assert (tmp_path / "bandwidths.png").stat().st_size > 10_000
    assert "<h2>local_collinearity</h2>" in answer["html"]


def test_an_optional_output_that_cannot_be_made_costs_no_other(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame
) -> None:
    table = pd.DataFrame({"D": areas["D"], "half": (areas["D"] > 0.5).astype(str)})
    path = exchange(table, areas.index)
    chosen = {"y": "D", "strata": ["half"]}
    answer, logged = run(worker, path, "risk_detector", columns=chosen, also=[{"tool": "map_risk"}])
    assert answer["content"]["columns"]
    assert answer["also"] == {}
    assert any("map_risk was not made: map_risk needs to know where" in text for text in logged)


def test_centers_ellipses_and_links_come_with_their_geometry(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame, graph: Any
) -> None:
    plane = areas.to_crs(3857)
    table = pd.concat([plane.assign(D=plane["D"] * k) for k in (1, 2)])
    path = exchange(table, table.index, time=np.repeat([2019, 2020], len(areas)))
    moves = [{"part": "moves"}]
    center, _ = run(worker, path, "mean_center", columns={"y": "D"}, also=moves)
    found = gpd.GeoSeries.from_wkb(center["content"]["shapes"]["wkb"])
    once = sc.mean_center(areas["D"], plane).path
    np.testing.assert_allclose(found.x, once.loc[["all", "all"], "x"], rtol=1e-10)
    assert center["content"]["shapes"]["kind"] == "Point"
    assert "categorizedSymbol" in center["content"]["style"]
    assert also(center, "moves")["shapes"]["kind"] == "LineString"
    ellipse, _ = run(worker, path, "standard_deviational_ellipse", columns={"y": "D"})
    assert ellipse["content"]["shapes"]["kind"] == "Polygon"
    alone = exchange(areas, areas.index, name="alone")
    links, _ = run(worker, alone, "neighbors", also=[{"part": "links"}])
    assert links["content"]["rows"] == list(range(100, 134))
    assert len(also(links, "links")["shapes"]["wkb"]) == len(graph.links)


def test_scores_of_subsystems_are_made_on_the_way(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame
) -> None:
    random = np.random.default_rng(5)
    table = pd.DataFrame(random.random((len(areas), 4)), areas.index, columns=list("abcd"))
    directions = {"economy": {"a": "benefit", "b": "cost"}, "生态": dict.fromkeys("cd", "benefit")}
    steps = [
        {
            "name": name,
            "tool": "composite_index",
            "columns": {"panel": list(words)},
            "settings": {"directions": words, "weights": "equal"},
        }
        for name, words in directions.items()
    ]
    path = exchange(table, areas.index)
    answer, _ = run(worker, path, "obstacle_degree", before=steps)
    indices = {
        name: sc.composite_index(table[list(words)], words, weights="equal")
        for name, words in directions.items()
    }
    expected = sc.obstacle_degree(**indices).to_frame()
    found = columns(answer)
    assert list(found) == list(expected.columns)
    for name in found:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-12, atol=1e-15)


def test_neighbors_in_space_and_in_income_are_combined(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame, graph: Any
) -> None:
    steps = [
        {"name": "first", "tool": "neighbors"},
        {"name": "second", "tool": "economic_neighbors", "columns": {"values": "D"}},
    ]
    answer, _ = run(
        worker,
        exchange(areas, areas.index),
        "combine_neighbors",
        before=steps,
        columns={"first": "first", "second": "second"},
    )
    expected = sc.combine_neighbors(graph, sc.economic_neighbors(areas["D"])).to_frame()
    assert answer["content"]["rows"] == list(range(100, 134))
    np.testing.assert_allclose(
        columns(answer)["weight_sum"], expected["weight_sum"].reindex(areas.index), rtol=1e-12
    )


def test_words_are_chinese_where_qgis_is(
    worker: Any, client: ModuleType, exchange: Exchange, areas: gpd.GeoDataFrame
) -> None:
    path = exchange(areas[["D", "name_zh", "geometry"]], areas.index)
    given = {"columns": {"y": "D"}, "settings": {"seed": 1, "n_permutations": 99}}
    answer, logged = run(worker, path, "local_moran", **given, language="zh")
    assert any("无邻居的单元" in text for text in logged), logged
    assert answer["made"]["resolved"]["seed"] == "1"
    with pytest.raises(client.WorkerError, match="必须是数值"):
        run(worker, path, "local_moran", columns={"y": "name_zh"}, language="zh")


def test_bundled_boundaries_are_given_by_name(
    worker: Any, client: ModuleType, tmp_path: Path
) -> None:
    message = {"type": "boundaries", "name": "us_states", "folder": str(tmp_path)}
    answer = worker.do(message, _nothing, _nothing, lambda: False)
    assert set(gpd.read_file(answer["layer"])["unit"]) == set(sc.read_boundaries("us_states").index)
    with pytest.raises(client.WorkerError, match="us_states"):
        worker.do({**message, "name": "us_sates"}, _nothing, _nothing, lambda: False)


@pytest.mark.parametrize("suffix", ["xlsx", "docx", "tex", "html"])
def test_rows_of_a_layer_are_written_as_a_table(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame, tmp_path: Path, suffix: str
) -> None:
    table = pd.DataFrame({"adcode": areas.index, "I": 0.5, "p_sim_2": 0.001})
    entry = {
        "name": "moran",
        "input": str(exchange(table, table["adcode"])),
        "order": ["adcode", "I", "p_sim_2"],
        "keys": ["adcode"],
        "columns": {"p_sim_2": "p_sim"},
    }
    path = tmp_path / f"out.{suffix}"
    message = {"type": "tables", "tables": [entry], "path": str(path), "digits": 3, "max_rows": 100}
    worker.do(message, _nothing, _nothing, lambda: False)
    assert path.stat().st_size > 500
    if suffix == "tex":
        assert "0.500$^{***}$" in path.read_text(encoding="utf-8")  # a test beside it: stars


def test_the_small_print_of_a_map_tells_how_its_layer_was_made(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    layer = areas[["geometry"]].assign(cluster="Not significant")
    drawn = []
    for made_with in ({}, {"level": {"alpha": 0.1, "correction": "fdr", "n_permutations": 99}}):
        figure = tmp_path / f"{len(drawn)}.svg"
        path = exchange(layer, areas.index)
        columns = {"lisa": ["cluster"]}
        run(worker, path, "map_lisa", columns=columns, figure=str(figure), made_with=made_with)
        drawn.append(figure.read_text(encoding="utf-8"))
    assert drawn[0] != drawn[1]
    assert len(drawn[1]) > len(drawn[0])  # a line more


def test_a_table_of_changed_codes_is_applied_on_the_way(
    worker: Any, exchange: Exchange, areas: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    table = pd.DataFrame({"code": ["old_a", "old_b", *areas.index[1:]], "gdp": 1.0})
    changes = tmp_path / "changes.csv"
    new = areas.index[0]
    changes.write_text(f"old,new\nold_a,{new}\nold_b,{new}\n")
    answer, _ = run(
        worker,
        exchange(table, table["code"]),
        "join",
        boundaries=str(exchange(areas[["geometry"]], areas.index, "boundaries")),
        columns={"panel": ["gdp"]},
        settings={"crosswalk": str(changes)},
    )
    found = columns(answer)
    assert dict(zip(found["unit"], found["gdp"], strict=True))[new] == 2.0  # totals are summed
    assert len(found["unit"]) == len(areas)


def _networks() -> dict[str, pd.DataFrame]:
    units = pd.Index(["01", "02", "03", "04", "05", "06", "07"], name="unit")
    random = np.random.default_rng(1)
    found = {}
    for name in ("far", "rich", "trade"):
        values = random.random((7, 7))
        np.fill_diagonal(values, 0)
        found[name] = pd.DataFrame(values, units, units.rename(None))
    return found


def _read_as(name: str, table: pd.DataFrame, folder: Path, **fields: str) -> dict[str, Any]:
    """Write a network down as the plugin does; give the step that reads it."""
    path = folder / f"{name}.csv"
    if fields:
        table.stack().rename("value").rename_axis(["from", "to"]).reset_index().to_csv(
            path, index=False
        )
    else:
        table.to_csv(path)
    return {"tool": "read_matrix", "name": name, "settings": {"path": str(path), **fields}}


_PAIRS = {"origin": "from", "destination": "to", "numbers": "value"}


def test_networks_go_to_the_worker_as_steps_that_read_them(
    worker: Any, client: ModuleType, tmp_path: Path
) -> None:
    known = _networks()
    before = [
        _read_as("y", known["trade"], tmp_path, **_PAIRS),
        _read_as("far", known["far"], tmp_path),
        _read_as("财富", known["rich"], tmp_path),
    ]
    message = {
        "type": "run", "tool": "mrqap", "folder": str(tmp_path), "before": before,
        "columns": {"y": "y", "networks": ["far", "财富"]},
        "settings": {"seed": 1, "n_permutations": 99},
    }  # fmt: skip
    answer = worker.do(message, _nothing, _nothing, lambda: False)
    content = json.loads(Path(answer["result"]).read_text(encoding="utf-8"))
    found = {c["name"]: c["values"] for c in content["columns"]}
    explained = {"far": known["far"], "财富": known["rich"]}
    expected = sc.mrqap(known["trade"], seed=1, n_permutations=99, **explained).to_frame()
    assert found["term"] == list(expected.index)
    assert found["coef"] == expected["coef"].tolist()
    assert found["p_sim"][1:] == expected["p_sim"].tolist()[1:]
    assert content["rows"] is content["areas"] is None
    twice = {**message, "before": [*before, before[1]]}
    with pytest.raises(client.WorkerError, match="two of them are called 'far'"):
        worker.do(twice, _nothing, _nothing, lambda: False)


def test_measures_of_a_network_are_drawn_on_boundaries(
    worker: Any, client: ModuleType, exchange: Exchange, areas: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    known = _networks()["trade"].set_axis(areas.index[:7], axis=0).set_axis(areas.index[:7], axis=1)
    ties = (known > 0.5).astype(int)
    message = {
        "type": "run", "tool": "network_measures", "folder": str(tmp_path),
        "before": [_read_as("network", ties, tmp_path)], "columns": {"network": "network"},
        "boundaries": str(exchange(areas[["geometry"]], areas.index)),
    }  # fmt: skip
    answer = worker.do(message, _nothing, _nothing, lambda: False)
    content = json.loads(Path(answer["result"]).read_text(encoding="utf-8"))
    found = {c["name"]: c["values"] for c in content["columns"]}
    assert found["out_degree"] == ties.sum(axis=1).tolist()
    assert content["areas"] == list(range(100, 107))
    strange = ties.rename(index={areas.index[0]: "999"}, columns={areas.index[0]: "999"})
    message["before"] = [_read_as("network", strange, tmp_path)]
    with pytest.raises(client.WorkerError, match="the boundaries have no area of 999"):
        worker.do(message, _nothing, _nothing, lambda: False)
