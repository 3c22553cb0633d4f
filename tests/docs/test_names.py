"""Whatever the package offers stands in its documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spatialccd import catalog

#: What reads and writes, draws or puts together gives no figure of its own to compare: round
#: trips and pictures are tested in their places.
WITHOUT_FIGURES = ("read_", "write_", "map_", "chart_", "figure_")
TOOLS = [tool.name for tool in catalog.tools()]


@pytest.fixture(scope="module")
def docs(root: Path) -> Path:
    return root / "docs"


@pytest.fixture(scope="module")
def root() -> Path:
    return Path(__file__).parents[2]


def test_every_tool_has_an_entry_in_the_guide(docs: Path) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in docs.glob("guide/*.md"))
    named = set(re.findall(r"`(?:sc\.)?(\w+)(?:\([^`]*\))?`", text))
    assert set(TOOLS) - named == set()


def test_every_map_and_chart_stands_in_the_gallery(docs: Path) -> None:
    code = "".join(page.read_text(encoding="utf-8") for page in docs.glob("gallery/*/*.py"))
    drawn = {name for name in TOOLS if name.startswith(("map_", "chart_"))}
    assert {name for name in drawn if f"sc.{name}(" not in code} == set()


def test_every_figure_is_compared_with_another(root: Path) -> None:
    compared: set[str] = set()
    for path in (root / "tests").rglob("test_*.py"):
        for names in re.findall(r"mark\.compares\((.*?)against=", path.read_text("utf-8"), re.S):
            compared |= set(re.findall(r'"(\w+)"', names))
    measured = {name for name in TOOLS if not name.startswith(WITHOUT_FIGURES)}
    assert measured - compared == set()
    assert compared - set(TOOLS) == set()  # a name that is no more


def test_the_table_of_validation_has_every_test_that_compares(docs: Path, root: Path) -> None:
    table = (docs / "validation.json").read_text(encoding="utf-8")
    missing = []
    for path in (root / "tests").rglob("test_*.py"):
        text = path.read_text("utf-8")
        for name in re.findall(r"mark\.compares\((?:.(?!\ndef ))*?\)\n(?:@.*\n)*def (\w+)", text):
            if f"{path.relative_to(root).as_posix()}::{name}" not in table:
                missing.append(name)
    assert missing == []
