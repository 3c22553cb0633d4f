"""Labels decide, positions never do: run over every public function.

Each folder of tests that mirrors a station holds ``alignment.py`` with a
dictionary ``CASES``: a function's name -> a function of ``Toys`` giving its
arguments. A public function without a case fails here. ``MAY_LACK`` names the
arguments of a map that may hold fewer units than its areas (drawn as "no data").
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import catalog
from spatialccd._result import Result
from spatialccd.errors import AlignmentError, JoinError, SpatialCCDWarning
from tests.toys import Toys

Arguments = dict[str, Any]


_STATIONS = [
    importlib.import_module(f"tests.{path.parent.name}.alignment")
    for path in sorted(Path(__file__).parent.glob("*/alignment.py"))
]
CASES: dict[str, Callable[[Toys], Arguments]] = {
    name: case for station in _STATIONS for name, case in station.CASES.items()
}
MAY_LACK: dict[str, set[str]] = {
    name: keys for station in _STATIONS for name, keys in getattr(station, "MAY_LACK", {}).items()
}
#: Functions that read files or write them take no labeled data to shuffle.
TOOLS = [tool.name for tool in catalog.tools() if tool.takes_labels]


def _is_labeled(value: Any) -> bool:
    return isinstance(value, pd.Series | pd.DataFrame | gpd.GeoSeries)


def _run(name: str, arguments: Arguments) -> Any:
    positional = arguments.get("*", ())
    named = {key: value for key, value in arguments.items() if key != "*"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpatialCCDWarning)
        return getattr(sc, name)(*positional, **named)


def _map(arguments: Arguments, change: Callable[[Any], Any]) -> Arguments:
    def apply(value: Any) -> Any:
        if _is_labeled(value):
            return change(value)
        if isinstance(value, dict):
            return {k: apply(v) for k, v in value.items()}
        if isinstance(value, tuple | list):
            return type(value)(apply(v) for v in value)
        return value

    return {key: apply(value) for key, value in arguments.items()}


def _table(result: Any) -> pd.DataFrame | None:
    if isinstance(result, Result):
        return result.to_frame()
    if isinstance(result, tuple):
        return _table(result[0])
    if isinstance(result, pd.Series):
        return result.to_frame()
    return result if isinstance(result, pd.DataFrame) else None


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    return frame.sort_index(axis=0).sort_index(axis=1)


def _partners(name: str, toys: Toys) -> list[str]:
    """Name the arguments that carry the toys' units: with one alone there is nothing to match."""
    if name not in CASES:
        return []
    return [key for key, value in CASES[name](toys).items() if _carries_units(value, toys)]


def _carries_units(value: Any, toys: Toys) -> bool:
    if _is_labeled(value):
        return bool(np.isin(value.index.get_level_values(0), toys.units).all())
    return hasattr(value, "unique_ids") or hasattr(getattr(value, "graph", None), "unique_ids")


def test_every_public_function_has_a_case() -> None:
    assert set(TOOLS) == set(CASES)


@pytest.mark.parametrize("name", TOOLS)
def test_shuffled_rows_give_the_same_result(name: str, toys: Toys) -> None:
    arguments = CASES[name](toys)
    plain = _table(_run(name, arguments))
    shuffled = _table(_run(name, _map(arguments, toys.shuffled)))
    if plain is None:  # a picture: drawn without complaint is all that can be compared here
        assert shuffled is None
        return
    assert shuffled is not None
    pd.testing.assert_frame_equal(_sorted(shuffled), _sorted(plain), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", TOOLS)
def test_neither_arguments_nor_results_can_be_changed(name: str, toys: Toys) -> None:
    arguments = CASES[name](toys)
    before = _map(arguments, lambda data: data.copy(deep=True))
    result = _run(name, arguments)

    def compare(now: Any, then: Any) -> None:
        if isinstance(then, pd.DataFrame):
            pd.testing.assert_frame_equal(pd.DataFrame(now), pd.DataFrame(then))
        elif isinstance(then, pd.Series):
            pd.testing.assert_series_equal(pd.Series(now), pd.Series(then))
        elif isinstance(then, dict):
            for key, value in then.items():
                compare(now[key], value)
        elif isinstance(then, tuple | list):
            for one, other in zip(now, then, strict=True):
                compare(one, other)

    compare(arguments, before)
    if isinstance(result, Result):
        frame = result.to_frame()
        frame["written over"] = 0
        assert "written over" not in result.to_frame()


@pytest.mark.parametrize("name", [name for name in TOOLS if len(_partners(name, Toys())) > 1])
def test_a_missing_label_is_named(name: str, toys: Toys) -> None:
    """Every labeled argument in turn loses the first unit; its partners must say so."""
    arguments = CASES[name](toys)
    lost = toys.units[0]
    for key in _partners(name, toys):
        if not _is_labeled(arguments[key]) or key in MAY_LACK.get(name, ()):
            continue
        index = arguments[key].index
        keep = np.asarray(index.get_level_values(0) != lost)
        with pytest.raises((AlignmentError, JoinError), match=str(lost)) as raised:
            _run(name, {**arguments, key: arguments[key][keep]})
        assert raised.value.cases is not None
        assert len(raised.value.cases) >= 1
