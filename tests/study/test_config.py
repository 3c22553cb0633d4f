"""A study file is checked whole before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from spatialccd.errors import StudyError
from spatialccd.study.config import read_study


def _with(study: Path, old: str, new: str) -> Path:
    text = study.read_text(encoding="utf-8")
    assert old in text
    study.write_text(text.replace(old, new), encoding="utf-8")
    return study


def test_steps_follow_the_order_of_a_study_not_of_the_file(study: Path) -> None:
    head, _, tail = study.read_text(encoding="utf-8").partition("[systems.economy]")
    study.write_text(head + "[map_values]\nvalues = 'D'\n[systems.economy]" + tail)
    names = [step.name for step in read_study(study).steps]
    assert names == [
        "economy",
        "ecology",
        "coupling_coordination",
        "neighbors",
        "global_moran",
        "local_moran 2018",
        "local_moran 2020",
        "map_grades",
        "map_values",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[neighbors]", "[neigbors]", r"\[neigbors\] is neither .* did you mean \[neighbors\]\?"),
        ("method = ", "metod = ", r"\[neighbors\] has no key 'metod'; did you mean 'method'\?"),
        ('"queen"', '"quen"', r"\[neighbors\] method = 'quen' is not known; did you mean 'queen'"),
        ('"cost"', '"costs"', r"\[systems\] ecology.smoke = 'costs' .* did you mean 'cost'"),
        ("n_permutations = 99\n\n[[", "n_permutations = 'x'\n\n[[", r"\[global_moran\] n_permut"),
        ('title = "A toy study"', "", r"\[study\] lacks the key 'title'"),
        ("[systems.ecology]", "[systems.economy2]\n[x]", r"\[x\] is neither a table"),
        ("[panel]", "[panel", r"study.toml is not TOML: .* line"),
    ],
)
def test_a_fault_names_table_key_and_nearest_word(
    study: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(StudyError, match=message):
        read_study(_with(study, old, new))


def test_a_subsystem_may_hold_moderate_indicators(study: Path) -> None:
    _with(study, '"cost"', '"moderate"')
    text = study.read_text(encoding="utf-8")
    study.write_text(text + "\n[composite_index]\ntargets = { smoke = [20, 25] }\n")
    steps = {step.name: step for step in read_study(study).steps}
    assert steps["ecology"].settings["directions"]["smoke"] == "moderate"
    assert steps["ecology"].settings["targets"] == {"smoke": [20, 25]}


def test_all_faults_are_told_at_once(study: Path) -> None:
    _with(study, "method = ", "metod = ")
    _with(study, 'y = "D"\nn_permutations = 99\n\n', 'y = "D"\nn_permutation = 99\n\n')
    with pytest.raises(StudyError, match=r"'metod'.*'n_permutation'"):
        read_study(study)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"no study file at .*nowhere\.toml"):
        read_study(tmp_path / "nowhere.toml")


def test_two_steps_of_one_name_are_refused(study: Path) -> None:
    _with(study, "time = [2018, 2020]\n\n", "time = [2018, 2018]\n\n")
    with pytest.raises(StudyError, match="several steps are called 'local_moran 2018'"):
        read_study(study)


def test_the_word_none_leaves_a_setting_unset(study: Path) -> None:
    _with(study, "[map_grades]", '[tobit]\ny = "D"\nX = ["income"]\nlower = "none"\n\n[map_grades]')
    tobit = next(step for step in read_study(study).steps if step.name == "tobit")
    assert tobit.settings["lower"] is None


def test_labels_are_tables_or_names(study: Path) -> None:
    text = study.read_text(encoding="utf-8")
    study.write_text(
        text + '\n[labels]\nsmoke = "Smoke"\nincome = {zh = "收入", unit = "yuan"}\n'
        '[labels.forest]\nen = "Forest"\n',
        encoding="utf-8",
    )
    labels = read_study(study).labels
    assert (labels["smoke"].en, labels["income"].unit) == ("Smoke", "yuan")
    assert labels["forest"].en == "Forest"
    study.write_text(text + '\n[labels]\nsmoke = {unti = "t"}\n', encoding="utf-8")
    with pytest.raises(StudyError, match=r"\[labels\] smoke has no key 'unti'"):
        read_study(study)
