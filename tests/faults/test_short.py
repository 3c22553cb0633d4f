"""The harness in short, for CI; in full: ``python -m tests.faults`` (see README.md)."""

from __future__ import annotations

import contextlib
import json
import os
import random
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spatialccd as sc
from spatialccd import catalog
from spatialccd._result import WHOLE
from spatialccd.errors import CacheWarning, ParameterError, SpatialCCDError, StudyError
from spatialccd.qgis import messages
from spatialccd.study.config import read_study
from tests.faults import runs
from tests.faults.cases import STUDY, Case, cases
from tests.faults.supervisor import Supervisor
from tests.toys import Toys

#: Of each kind of input at each door, so many are tried here.
_OF_EACH = 3
#: Examples that hypothesis draws at each door; FAULTS_EXAMPLES=20000 takes ten minutes.
_EXAMPLES = int(os.environ.get("FAULTS_EXAMPLES", "120"))
_LIMITS = settings(
    max_examples=_EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _some() -> list[Case]:
    kinds = defaultdict(list)
    for case in cases(4):
        kinds[case.door, case.kind].append(case)
    drawn = random.Random(1)
    return [case for of in kinds.values() for case in drawn.sample(of, min(_OF_EACH, len(of)))]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits and listeners are those of POSIX")
def test_hostile_inputs_at_every_door() -> None:
    with Supervisor() as supervisor:
        found = supervisor.run(_some())
    assert len(found.tried) > 15
    assert not [(c.door, c.kind, c.name, what, words) for c, what, words in found.wrong]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits of files are those of POSIX")
def test_killed_and_stopped_runs_pairs_of_runs_and_full_disks(tmp_path: Path) -> None:
    for tried in (
        runs.kills(tmp_path / "kills", 2, 10.0),
        runs.stops(tmp_path / "stops", 2, 6.0),
        runs.pairs(tmp_path / "pairs", 1),
        runs.full_disks(tmp_path / "disks", [4096, 65_536]),
    ):
        assert tried.tried > 0
        assert not tried.wrong


# --- drawn at random -----------------------------------------------------------------------------

_TEXT = st.text(max_size=12)
_CELLS = st.lists(st.lists(_TEXT, min_size=1, max_size=5), max_size=8)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.filterwarnings("ignore")
@_LIMITS
@given(data=st.binary(max_size=400) | _CELLS.map(lambda rows: _csv(rows)))
def test_any_table_is_read_or_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    path.write_bytes(data)
    with contextlib.suppress(SpatialCCDError):
        sc.read_panel(path, unit="unit", time="time")
    assert path.read_bytes() == data


def _csv(rows: list[list[str]]) -> bytes:
    return "\n".join(["unit,time,x", *(",".join(row) for row in rows)]).encode("utf-8", "replace")


@_LIMITS
@given(
    table=st.sampled_from(["study", "panel", "areas", "composite_index", "outputs", "x"]),
    key=st.sampled_from(["title", "seed", "path", "unit", "panel", "directions", "tables"]) | _TEXT,
    value=_JSON,
)
def test_any_study_file_is_read_or_refused(
    table: str, key: str, value: object, tmp_path: Path
) -> None:
    text = STUDY + f"\n[{table}]\n{_toml_text(key)} = {_toml(value)}\n"
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8", errors="replace")
    with contextlib.suppress(StudyError):
        read_study(path)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml_text(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    return _toml_text(str(value))


def _toml_text(text: str) -> str:
    return '"' + "".join(f"\\u{ord(c) % 0xD800:04x}" for c in text) + '"'


@_LIMITS
@given(message=_JSON | st.fixed_dictionaries({"type": _JSON, "id": _JSON, "tool": _JSON}))
def test_any_message_is_read_or_refused(message: object) -> None:
    with contextlib.suppress(messages.NotAMessage):
        assert isinstance(messages.read(json.dumps(message))["type"], str)


def test_the_writer_of_toml_writes_toml() -> None:
    assert tomllib.loads(f"x = {_toml({'a': [1, 'b', True]})}") == {"x": {"a": [1, "b", True]}}


# --- what every tool checks ----------------------------------------------------------------------


def test_arguments_that_count_are_known() -> None:
    """What is a whole number in every tool is checked as one wherever a call is noted."""
    kinds = defaultdict(set)
    for tool in catalog.tools():
        for parameter in tool.settings:
            kinds[parameter.name].add(parameter.types)
    assert {name for name, found in kinds.items() if found == {("integer",)}} <= WHOLE


@pytest.mark.parametrize(
    "wrong",
    [{"seed": -1}, {"seed": 1.5}, {"seed": "a"}, {"n_jobs": 0}, {"n_jobs": "all"},
     {"n_permutations": 1.5}, {"n_permutations": True}],
)  # fmt: skip
def test_a_count_that_is_none_is_refused_with_its_name(
    wrong: dict[str, object], toys: Toys
) -> None:
    y = toys.panel["income"].xs(2020, level="time")
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        sc.local_moran(y, toys.graph, **wrong)


def test_loops_are_compiled_without_a_place_to_keep_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from numba.core.caching import CacheImpl

    from spatialccd import _jit

    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    monkeypatch.setattr(_jit, "_told", [])

    def double(x: float) -> float:
        return 2 * x

    with pytest.warns(CacheWarning, match="NUMBA_CACHE_DIR") as said:
        made = [_jit.compiled(nogil=True)(double) for _ in range(3)]
    assert len(said) == 1
    assert [one(2.0) for one in made] == [4.0] * 3


def test_no_loop_is_compiled_past_that_door() -> None:
    package = Path(sc.__file__).parent
    past = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "import njit" in path.read_text(encoding="utf-8")
    ]
    assert past == ["_jit.py"]


def test_a_table_of_very_many_columns_is_refused_soon(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    pd.DataFrame([range(50_000)]).to_csv(path, index=False)
    with pytest.raises(SpatialCCDError, match="50,000 columns"):
        sc.read_panel(path, unit="0", time="1")
