"""What is published says one thing: one version, the same requirements, no made-up places."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

import spatialccd

#: What packages are called on conda-forge, where it is not as on PyPI.
_CONDA = {"matplotlib": "matplotlib-base", "lazy_loader": "lazy-loader"}


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return dict(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def _text(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("spatialccd/__init__.py", r'__version__ = "([^"]+)"'),
        ("CITATION.cff", r"(?m)^version: (\S+)"),
        ("conda/recipe.yaml", r'version: "([^"]+)"'),
        ("spatialccd/qgis/plugin/spatialccd_qgis/metadata.txt", r"(?m)^version=(\S+)"),
        ("CHANGELOG.md", r"(?m)^## (\d\S+)"),
    ],
)
def test_the_version_is_the_same_everywhere(
    root: Path, project: dict[str, Any], name: str, pattern: str
) -> None:
    found = re.search(pattern, _text(root, name))
    assert found is not None
    assert found[1] == project["version"] == spatialccd.__version__


def test_conda_asks_for_what_pip_asks_for(root: Path, project: dict[str, Any]) -> None:
    run = _text(root, "conda/recipe.yaml").partition("  run:\n")[2].partition("\n\n")[0]
    asked = dict(re.findall(r"- ([\w-]+) (>=\S+)", run))
    wanted = {}
    for requirement in project["dependencies"]:
        name, version = re.fullmatch(r"([\w-]+)(>=\S+)", requirement).groups()  # type: ignore[union-attr]
        wanted[_CONDA.get(name, name)] = version
    assert asked.pop("python") == project["requires-python"]
    assert asked == wanted


def _tracked(root: Path) -> list[Path]:
    """Files of the checkout; of an unpacked sdist, all that it holds."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0 and listed.stdout:
        return [root / name for name in listed.stdout.splitlines()]
    return [path for path in root.rglob("*") if path.is_file()]


def test_no_file_names_a_place_that_does_not_exist(root: Path) -> None:
    made_up = re.compile(rb"example\.(org|com|net)")
    found = [
        path.relative_to(root).as_posix()
        for path in _tracked(root)
        if path.suffix in {".py", ".md", ".toml", ".txt", ".yml", ".yaml", ".cff", ".bib", ".cfg"}
        and path.is_file()
        and "tests" not in path.relative_to(root).parts  # which refuse such places
        and made_up.search(path.read_bytes())
    ]
    assert found == []


def test_the_paper_cites_what_it_lists(root: Path) -> None:
    cited = set(re.findall(r"@(\w+)", _text(root, "paper/paper.md").partition("# Summary")[2]))
    listed = set(re.findall(r"@article\{(\w+)", _text(root, "paper/paper.bib")))
    assert cited == listed


def test_the_folder_of_a_newcomer_is_whole(root: Path) -> None:
    for name in ("CITATION.cff", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md", "LICENSE"):
        assert len(_text(root, name)) > 200
    assert len(list((root / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))) >= 3
