"""Types of coordination: the class of D by the subsystem that lags."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.coupling.typology import BROAD, LAGS
from spatialccd.errors import ParameterError
from spatialccd.report.words.cells import say_cell
from spatialccd.report.words.sentences import retell
from tests.toys import Toys


def test_every_edge_of_the_ratio_is_synchronous_even_to_rounding() -> None:
    second = np.linspace(0.05, 0.8, 400)
    for edge in (0.8, 1.2):
        scores = pd.Series(edge * second), pd.Series(second)
        assert (sc.coordination_types(*scores).lag == "synchronous").all()
        assert (sc.relative_development(*scores).band == "synchronous").all()
    beyond = sc.coordination_types(pd.Series(0.799 * second), pd.Series(second))
    assert (beyond.lag == "first lags").all()
    beyond = sc.coordination_types(pd.Series(1.201 * second), pd.Series(second))
    assert (beyond.lag == "second lags").all()


@pytest.mark.compares("coordination_types", against="grades and lags, made apart")
def test_grades_and_lags_agree_with_the_tools_they_come_of(toys: Toys) -> None:
    a, b = toys.scores["economy"], toys.scores["ecology"]
    found = sc.coordination_types(a, b, variant="wang")
    coupled = sc.coupling_coordination(a, b, variant="wang", grades=BROAD)
    np.testing.assert_allclose(found.D, coupled.D)
    assert found.grade.astype(str).equals(coupled.grade.astype(str))
    band = {"lagging": "first lags", "synchronous": "synchronous", "ahead": "second lags"}
    assert found.lag.astype(str).equals(
        sc.relative_development(a, b).band.astype(str).map(band).rename("lag")
    )


def test_the_table_counts_every_row_once_and_holds_empty_types(toys: Toys) -> None:
    found = sc.coordination_types(toys.scores["economy"], toys.scores["ecology"])
    assert list(found.counts) == list(LAGS)
    assert found.counts.groupby(level="time").sum().sum(axis=1).to_list() == [36] * 3
    one = sc.coordination_types(pd.Series([0.9, 0.8]), pd.Series([0.9, 0.8]))
    assert one.counts.shape == (3, 3)
    assert one.counts.loc["Coordination"].to_list() == [0, 2, 0]
    five = {"I": 0, "II": 0.2, "III": 0.4, "IV": 0.6, "V": 0.8}
    wide = sc.coordination_types(pd.Series([0.9, 0.8]), pd.Series([0.9, 0.8]), grades=five)
    assert wide.counts.shape == (5, 3)


def test_a_second_score_of_zero_lags_and_is_said() -> None:
    a, b = pd.Series([0.3, 0.0, 0.0], name="urban"), pd.Series([0.0, 0.0, 0.2], name="ecology")
    found = sc.coordination_types(a, b)
    assert found.lag.to_list() == ["second lags", "synchronous", "first lags"]
    assert found.notes() == [
        "first is urban, second is ecology",
        "in 1 row the second score is 0: the second lags",
        "missing ratio in 1 of 3 rows: both scores are 0, and the two are level",
    ]
    for note in found.notes():
        assert retell(note, "zh") != note


def test_the_difference_of_older_papers() -> None:
    a, b = pd.Series([0.30, 0.4, 0.2]), pd.Series([0.40, 0.29, 0.31])
    found = sc.coordination_types(a, b, criterion="difference")
    assert found.lag.to_list() == ["synchronous", "second lags", "first lags"]
    assert "difference" in found.to_frame()


def test_settings_are_checked() -> None:
    a = pd.Series([0.3, 0.4])
    with pytest.raises(ParameterError, match="two rising positive"):
        sc.coordination_types(a, a, bands=(1.2, 0.8))
    with pytest.raises(ParameterError, match="margin"):
        sc.coordination_types(a, a, margin=-1)
    with pytest.raises(ParameterError, match="did you mean 'difference'"):
        sc.coordination_types(a, a, criterion="differenc")


def test_every_word_has_its_chinese() -> None:
    assert not [word for word in BROAD if say_cell("grade", word, "zh") == word]
    assert not [word for word in LAGS if say_cell("lag", word, "zh") == word]
