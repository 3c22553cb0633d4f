"""The catalog says of each tool what its signature and docstring say."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import spatialccd as sc
from spatialccd import catalog
from spatialccd.catalog import kept, questions
from spatialccd.catalog.source import read_tools
from spatialccd.errors import ParameterError

TOOLS = catalog.tools()
_SETTING = {"boolean", "integer", "number", "text", "path", "choice", "table", "table of path"}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_entry_equals_the_signature(tool: catalog.Tool) -> None:
    signature = inspect.signature(getattr(sc, tool.name))
    assert [p.name for p in tool.parameters] == list(signature.parameters)
    for entry in tool.parameters:
        parameter = signature.parameters[entry.name]
        variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        assert bool(entry.many) == (parameter.kind in variadic)
        missing = parameter.default is inspect.Parameter.empty
        assert entry.required == (missing and not entry.many)
        assert entry.default == (None if missing else parameter.default)
        assert entry.nullable or parameter.default is not None


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_parameter_is_explained_and_its_type_known(tool: catalog.Tool) -> None:
    assert tool.title.endswith(".")
    for entry in tool.parameters:
        assert entry.help, f"{tool.name}({entry.name}) has no paragraph in its docstring"
        if entry.role == "setting":
            unknown = {t for t in entry.types if not t.startswith("list of ")} - _SETTING
            assert not unknown, f"{tool.name}({entry.name}): {unknown}"
        elif entry.role == "result":
            assert all(hasattr(sc, name) for name in entry.types)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_required_data_come_before_settings(tool: catalog.Tool) -> None:
    named = [p for p in tool.parameters if not p.many and (p.required or p.role == "setting")]
    roles = [p.role in ("data", "result") for p in named]
    if tool.name == "zonal_panel":  # the files of each time, then the areas, as one says it
        roles = roles[1:]
    assert roles == sorted(roles, reverse=True)


def test_an_unknown_tool_is_answered_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match="did you mean 'global_moran'"):
        catalog.tool("global_morran")


def test_the_kept_catalog_is_what_the_source_says() -> None:
    fresh = read_tools()
    kept.save(fresh)
    assert kept.load() in (fresh, None)  # None where nothing can be written
    assert fresh == TOOLS


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """Copy the package to where nobody, the administrator either, can write its bytecode."""
    copy = tmp_path / "site" / "spatialccd"
    shutil.copytree(catalog.source.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "__pycache__").write_text("a file where the folder would be")
    return copy


def _read_or_kept(package: Path, home: Path) -> str:
    """List the tools in a process of its own; say whether they were read off the source."""
    code = (
        "from spatialccd import catalog; kept = catalog.kept.load();"
        "print(len(catalog.tools()), 'read' if kept is None else 'kept')"
    )
    places = dict.fromkeys(("HOME", "USERPROFILE", "XDG_CACHE_HOME", "LOCALAPPDATA"), str(home))
    ran = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=package.parent,
        env={**os.environ, **places},
    )
    count, how = ran.stdout.split()
    assert int(count) == len(TOOLS)
    return how


def test_a_read_only_installation_keeps_its_catalog_with_the_user(
    sealed: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert _read_or_kept(sealed, home) == "read"
    assert _read_or_kept(sealed, home) == "kept"
    with (sealed / "errors.py").open("a") as source:
        source.write("# another state\n")
    assert _read_or_kept(sealed, home) == "read"
    assert _read_or_kept(sealed, home) == "kept"
    assert len(list(home.rglob("catalog-*.json"))) == 1
    other = shutil.copytree(sealed, tmp_path / "other" / "spatialccd")
    assert _read_or_kept(other, home) == "read"
    assert _read_or_kept(sealed, home) == "kept"


def test_the_catalog_is_read_where_nothing_can_be_written(sealed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file where the folder would be")
    assert _read_or_kept(sealed, home) == "read"
    assert _read_or_kept(sealed, home) == "read"


def test_json_holds_every_tool() -> None:
    names = [entry["name"] for entry in json.loads(catalog.to_json())]
    assert names == [tool.name for tool in TOOLS]


def test_listing_the_tools_imports_nothing_heavy() -> None:
    code = (
        "import sys; from spatialccd import catalog; catalog.to_json();"
        "print([m for m in ('numpy', 'pandas', 'geopandas', 'numba', 'matplotlib', 'sklearn')"
        " if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert out.stdout.strip() == "[]"


def test_errors_are_reached_from_the_package_without_being_tools() -> None:
    assert issubclass(sc.errors.PanelError, sc.errors.SpatialCCDError)
    assert "errors" not in {tool.name for tool in TOOLS}


def test_every_tool_stands_under_one_question() -> None:
    """A new tool needs a place in ``catalog/questions.py``; those of the report have it by name."""
    listed = questions.listed_tools()
    assert len(listed) == len(set(listed))
    assert set(listed) == {tool.name for tool in TOOLS if tool.station != "report"}
    assert all(tool.question != questions.OTHER for tool in TOOLS)
    assert set(questions.STATIONS) == {tool.station for tool in TOOLS}


def test_the_parts_of_the_catalog_can_be_read_at_a_glance() -> None:
    parts = catalog.by_question()
    assert list(parts) == list(dict.fromkeys(tool.station for tool in TOOLS))
    assert sum(len(tools) for own in parts.values() for tools in own.values()) == len(TOOLS)
    assert all(
        len(tools) <= 8 for s, own in parts.items() if s != "report" for tools in own.values()
    )


def test_every_question_has_its_chinese() -> None:
    from spatialccd.report.words.headings import QUESTIONS

    assert set(QUESTIONS) == {
        question for station in questions.STATIONS for question in questions.in_order(station)
    }
