"""What any public function returns is saved and loaded exactly, and serves the tools after it."""

from __future__ import annotations

import datetime
import inspect
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

import spatialccd as sc
from spatialccd import catalog
from spatialccd._result import Result, record
from spatialccd.errors import ParameterError, SpatialCCDError
from spatialccd.report.paper.rendered import Rendered
from spatialccd.saved._classes import named
from tests.saved.same import assert_same
from tests.test_alignment import CASES, _run
from tests.toys import Toys

_TOYS = Toys()


@cache
def _made(name: str) -> Any:
    """Run a function over its case, once for all tests here: results are frozen."""
    return _run(name, CASES[name](_TOYS))


_GIVERS = [name for name in CASES if catalog.tool(name).returns != "Path"]
_TAKERS = [
    (tool.name, parameter)
    for tool in catalog.tools()
    for parameter in tool.data
    if {t for t in parameter.types if t[0].isupper()} - catalog.DATA and tool.name in CASES
]


@pytest.mark.parametrize("name", _GIVERS)
def test_every_result_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    result = _made(name)
    loaded = sc.load(sc.save(result, tmp_path / "one.scc"))
    assert_same(loaded, result, name)
    if isinstance(result, Result):
        assert loaded.summary() == result.summary()
        assert loaded.notes() == result.notes()
        assert_same(loaded.further(), result.further(), name)
    again = sc.save(loaded, tmp_path / "two.scc").read_bytes()
    if not hasattr(result, "save"):  # SVG names its parts anew each time it is drawn
        assert again == (tmp_path / "one.scc").read_bytes()


def _fitting(types: tuple[str, ...]) -> list[str]:
    """Name the functions whose results a parameter takes; two where it takes any at all."""
    if "Result" in types:
        return ["mgwr", "coupling_coordination"]
    wanted = {t for t in types if t not in catalog.DATA and t[0].isupper()}
    return [name for name in _GIVERS if type(_made(name)).__name__ in wanted - {"Figure"}]


def _outcome(name: str, arguments: dict[str, Any]) -> Any:
    try:
        return _run(name, arguments)
    except SpatialCCDError as error:
        return str(error)


def _with(name: str, parameter: catalog.Parameter, result: Any) -> dict[str, Any]:
    """Give the arguments of a function's case with another result in place of its own."""
    case = CASES[name](_TOYS)
    if parameter.many == "unnamed":
        rest = {key: v for key, v in case.items() if not isinstance(v, Result)}
        first = list(inspect.signature(getattr(sc, name)).parameters)
        before = [rest.pop(key) for key in first[: first.index(parameter.name)]]
        return rest | {"*": [*before, result]}
    if parameter.many == "named":
        rest = {k: v for k, v in case.items() if k != "*" and not isinstance(v, Result | pd.Series)}
        return rest | {"one": result, "two": result}
    if name in ("write_tables", "write_page", "write_geopackage", "audit"):
        return case | {parameter.name: {"one": result}}
    return case | {parameter.name: result}


@pytest.mark.parametrize(
    ("name", "parameter"), _TAKERS, ids=[f"{name}-{parameter.name}" for name, parameter in _TAKERS]
)
def test_every_tool_takes_a_loaded_result_as_it_takes_the_live_one(
    name: str, parameter: catalog.Parameter, tmp_path: Path
) -> None:
    case = CASES[name](_TOYS)
    own = sc.load(sc.save({k: v for k, v in case.items() if k != "path"}, tmp_path / "case.scc"))
    pairs = [(case, case | own)]
    for giver in _fitting(parameter.types):
        loaded = sc.load(sc.save(_made(giver), tmp_path / f"{giver}.scc"))
        pairs.append((_with(name, parameter, _made(giver)), _with(name, parameter, loaded)))
    for i, (live, kept) in enumerate(pairs):
        wanted, got = _outcome(name, live), _outcome(name, kept)
        assert i or not isinstance(wanted, str)  # the case itself has an answer
        if isinstance(wanted, Path):
            assert got.stat().st_size == pytest.approx(wanted.stat().st_size, rel=0.01)
        elif hasattr(wanted, "save"):
            assert_same(got.table, wanted.table, name)
        else:
            assert_same(got, wanted, name)


def test_a_graph_of_neighbors_serves_after_loading(tmp_path: Path) -> None:
    loaded = sc.load(sc.save(_made("neighbors"), tmp_path / "queen.scc"))
    y = _TOYS.panel["income"]
    wanted = sc.global_moran(y, _made("neighbors"), n_permutations=99, seed=1)
    assert_same(sc.global_moran(y, loaded, n_permutations=99, seed=1), wanted)


def test_a_loaded_figure_is_saved_and_put_on_a_page(tmp_path: Path) -> None:
    figure = _made("chart_dagum")
    loaded = sc.load(sc.save(figure, tmp_path / "chart.scc"))
    for suffix in ("png", "pdf"):
        live, kept = (f.save(tmp_path / f"{n}.{suffix}") for n, f in enumerate((figure, loaded)))
        assert kept.read_bytes() == live.read_bytes()
    for suffix in ("svg", "webp"):
        assert loaded.save(tmp_path / f"kept.{suffix}").stat().st_size > 1000
    pages = [
        sc.write_page({}, tmp_path / f"{n}.html", title="One", figures={"dagum": one})
        for n, one in enumerate((figure, loaded))
    ]
    assert pages[0].read_bytes() == pages[1].read_bytes()
    with pytest.raises(ParameterError, match=r"png at 300 dpi.*not as png at 96 dpi"):
        loaded.save(tmp_path / "small.png", dpi=96)
    assert isinstance(loaded.figure, Rendered)


# --- values of every kind -------------------------------------------------------------------------

_PANEL = pd.MultiIndex.from_product([["b", "a"], [2020, 2019]], names=["unit", "time"])
_FRAMES: dict[str, Any] = {
    "no rows": pd.DataFrame({"a": pd.Series(dtype=float), "b": pd.Series(dtype="object")}),
    "no columns": pd.DataFrame(index=pd.Index(["x", "y"], name="unit")),
    "nothing": pd.DataFrame(),
    "levels out of order": pd.DataFrame(
        {"v": [1.0, 2, 3, 4]}, _PANEL.set_levels([["b", "a"], [2020, 2019]])
    ),
    "levels with labels of no row": pd.DataFrame({"v": [1, 2, 3, 4]}, _PANEL).iloc[:1],
    "gaps in an index of rows": pd.Series([1, 2], pd.MultiIndex.from_tuples([(1, None), (2, "a")])),
    "columns of two levels": pd.DataFrame(
        [[1.0, 2.0]], columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2)], names=["x", None])
    ),
    "columns twice, of mixed kind": pd.DataFrame([[1, 2, 3, 4]], columns=["a", "a", 1, ("t", 2.0)]),
    "numbers": pd.DataFrame(
        {
            "small": np.array([1, 2], dtype="int8"),
            "large": np.array([1, 2**64 - 1], dtype="uint64"),
            "half": np.array([1, np.inf], dtype="float16"),
            "single": np.array([-0.0, np.nan], dtype="float32"),
            "double": [5e-324, 0.1 + 0.2],
            "truth": [True, False],
        }
    ),
    "nullable": pd.DataFrame(
        {
            "whole": pd.array([1, None], dtype="Int64"),
            "byte": pd.array([1, None], dtype="UInt8"),
            "real": pd.array([1.5, None], dtype="Float64"),
            "truth": pd.array([True, None], dtype="boolean"),
            "text": pd.array(["a", None], dtype="string"),
        }
    ),
    "of Arrow": pd.DataFrame(
        {
            "whole": pd.array([1, None], dtype="int64[pyarrow]"),
            "real": pd.array([1.5, None], dtype="double[pyarrow]"),
            "text": pd.array(["a", None], dtype="string[pyarrow]"),
            "when": pd.array([pd.Timestamp("2020-01-02"), None], dtype="timestamp[ns][pyarrow]"),
        }
    ),
    "text": pd.Series(["长春", None, "", "\x00 'quoted' \"twice\""], name="名"),
    "objects": pd.Series(
        [
            1,
            1.0,
            True,
            None,
            np.nan,
            pd.NA,
            pd.NaT,
            "a",
            (1, "b"),
            [2],
            {"k": {3}},
            np.float32(1.5),
            np.int8(3),
            np.bool_(True),
            pd.Period("2020Q1"),
            pd.Timestamp("2020"),
            pd.Timedelta("3h"),
            datetime.date(2020, 1, 2),
            pd.Interval(0, 1),
            np.datetime64("2020-01"),
        ],
        dtype=object,
    ),
    "categories": pd.DataFrame(
        {
            "ordered": pd.Categorical(["b", None], ["c", "b", "a"], ordered=True),
            "numbers": pd.Categorical([2.5, 1.0]),
            "cuts": pd.cut([1, 5], [0, 2, 6]),
        }
    ),
    "times": pd.DataFrame(
        {
            "day": pd.to_datetime(["2020-01-01", None]),
            "second": np.array(["2020-01-01", "NaT"], dtype="M8[s]"),
            "zoned": pd.to_datetime(["2020-01-01", "2020-07-01"]).tz_localize("Europe/Paris"),
            "span": pd.to_timedelta(["1h", None]),
            "quarter": pd.PeriodIndex(["2020Q1", "NaT"], freq="Q"),
        }
    ),
    "an index of dates with a rhythm": pd.Series(
        [1, 2, 3], pd.date_range("2020", periods=3, freq="MS", name="month")
    ),
    "an index of quarters": pd.Series([1, 2], pd.period_range("2020Q1", periods=2, freq="Q")),
    "an index of intervals": pd.Series([1, 2], pd.interval_range(0, 2)),
    "an index of categories": pd.Series([1, 2], pd.CategoricalIndex(["b", "a"], ["b", "a", "c"])),
    "two geometries": gpd.GeoDataFrame(
        {"a": gpd.GeoSeries([Point(0.1, 1e-300), None], crs="EPSG:4326")},
        geometry=gpd.GeoSeries([Point(1, 2, 3), Point(4, 5)], crs="EPSG:3857"),
    ),
    "points without CRS": gpd.GeoSeries([Point(1, 2)], name="p"),
}


@pytest.mark.parametrize("kind", _FRAMES)
def test_tables_of_every_kind_come_back_as_they_were(kind: str, tmp_path: Path) -> None:
    wanted = _FRAMES[kind]
    before = wanted.copy(deep=True)
    assert_same(sc.load(sc.save(wanted, tmp_path / "frame.scc")), wanted, kind)
    assert_same(wanted, before, kind)


def test_a_loaded_table_can_be_written_to(tmp_path: Path) -> None:
    loaded = sc.load(sc.save({"s": pd.Series([1.0]), "a": np.ones(2)}, tmp_path / "a.scc"))
    loaded["s"].iloc[0] = 2.0
    loaded["a"][0] = 2.0
    assert loaded["s"].iloc[0] == loaded["a"][0] == 2.0


def test_plain_values_come_back_as_they_were(tmp_path: Path) -> None:
    wanted = {
        "numbers": [0, -1, 2**70, 0.1, float("inf"), float("nan"), -0.0, True, None],
        ("a", 1): (1, (2.5, "x")),
        "sets": [{1, 2}, frozenset(["a"])],
        "arrays": [np.arange(6.0).reshape(2, 3), np.array([["a", None]], dtype=object)],
        "numpy": [np.float64(0.1), np.int32(3), np.str_("s"), np.timedelta64(3, "D")],
        "times": [pd.Timestamp("2020", tz="UTC"), datetime.datetime(2020, 1, 1, 2), pd.NaT, pd.NA],
        "paths": [Path("a/b")],
        "labels": pd.Index([3, 1], name="unit"),
        "$": "no tag",
    }
    assert_same(sc.load(sc.save(wanted, tmp_path / "v.scc")), wanted)
    negative = sc.load(tmp_path / "v.scc")["numbers"][6]
    assert str(negative) == "-0.0"


def test_what_only_python_has_is_noted_by_its_name(tmp_path: Path) -> None:
    D = pd.Series([0.2, 0.9], name="D")
    settings = record("coordination_grades", {"seed": np.random.default_rng(1), "k": 3})
    result = sc.CoordinationGrades(settings=settings, D=D, grade=D)
    loaded = sc.load(sc.save(result, tmp_path / "g.scc"))
    assert dict(loaded.settings) == {"seed": "<Generator>", "k": 3}
    with pytest.raises(ParameterError, match=r"seed is a Generator, which cannot be saved"):
        sc.save({"seed": np.random.default_rng(1)}, tmp_path / "h.scc")
    assert not (tmp_path / "h.scc").exists()


def test_every_class_of_results_is_on_the_list() -> None:
    """What a function says it returns can be named in a file; the list names nothing else."""
    for tool in catalog.tools():
        if tool.returns not in ("Path", "str", "pd.DataFrame", "gpd.GeoDataFrame"):
            assert named(tool.returns).__name__ == tool.returns
