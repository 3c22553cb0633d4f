"""The schema says of a study file what the reader of study files says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from spatialccd.errors import StudyError
from spatialccd.study.config import read_study, step_tools
from spatialccd.study.schema import keys_page, study_keys, study_schema

jsonschema = pytest.importorskip("jsonschema")
_VALIDATOR = jsonschema.Draft7Validator(study_schema())

HEAD = {"study": {"title": "t"}, "panel": {"path": "p.csv"}}


def _problems(study: dict[str, Any]) -> list[str]:
    return [error.message for error in _VALIDATOR.iter_errors(study)]


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(study_schema())


def test_the_examples_fit(root: Path) -> None:
    studies = sorted((root / "examples").glob("*/study.toml"))
    assert len(studies) >= 3
    for study in studies:
        assert _problems(tomllib.loads(study.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "[mgwr]\ny = 'D'\nX = ['a']\ncriterion = 'AICc'",
        "[[mgwr]]\ny = 'D'\nX = ['a']\nname = 'one'",
        "[neighbors]\nmethod = 'queen'",
        "[neighbors]\nmethod = 'quen'",
        "[neighbors]\nmetod = 'queen'",
        "[tobit]\ny = 'D'\nX = ['a']\nlower = 'none'",
        "[tobit]\ny = 'D'\nX = ['a']\nlower = 'low'",
        "[theil]\ny = 'D'\ngroups = 'g'\nwhere = \"g == 'a'\"\nfor_each = ['h']",
        "[theil]\ny = 'D'\ngroups = 'g'\nwhere = 3",
        "[local_moran]\ny = 'D'\ntime = [2018, 2020]\nseed = 1",
        "[local_moran]\ny = 'D'\nn_permutations = 'many'",
        "[systems.a]\nx = 'benefit'\n[systems.b]\ny = 'cost'\n[composite_index]\nshift = 0.1",
        "[systems.a]\nx = 'benefit'\n[systems.b]\ny = 'costs'",
        "[outputs]\nfigures = ['png', 'svg']",
        "[outputs]\nfigures = ['bmp']",
        "[nothing]\na = 1",
    ],
)
def test_it_agrees_with_the_reader(tmp_path: Path, text: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(f"[study]\ntitle = 't'\n[panel]\npath = 'p.csv'\n{text}\n")
    try:
        read_study(path)
        is_sound = True
    except StudyError:
        is_sound = False
    assert (_problems(tomllib.loads(path.read_text())) == []) == is_sound


def test_every_key_of_every_tool_is_listed_with_its_words() -> None:
    listed = {(key.table, key.name): key for key in study_keys()}
    for tool in step_tools():
        for parameter in (*tool.data, *tool.settings):
            assert listed[tool.name, parameter.name].help == parameter.help
        assert listed[tool.name, "where"].help
    assert [key for key in listed.values() if not key.help] == []
    page = keys_page()
    assert all(f"## [{table}]" in page for table, _ in listed)
    assert "## [systems]" in page
