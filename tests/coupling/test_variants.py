from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, spearmanr

import spatialccd as sc
from spatialccd.errors import ParameterError
from tests.toys import Toys


def test_columns_are_what_coupling_coordination_gives(toys: Toys) -> None:
    economy, ecology = toys.scores["economy"], toys.scores["ecology"]
    result = sc.compare_variants(
        economy=economy, ecology=ecology, weightings={"economy first": (0.7, 0.3)}
    )
    for column in result.D:
        variant, _, scheme = column.partition(", ")
        alone = sc.coupling_coordination(
            economy=economy,
            ecology=ecology,
            variant=variant,
            weights=(0.7, 0.3) if scheme else None,
        )
        np.testing.assert_allclose(result.D[column], alone.D)
        assert (result.grade[column].astype(str) == alone.grade.astype(str)).all()
    assert len(result.D.columns) == 6


def test_pairs_by_year(toys: Toys) -> None:
    result = sc.compare_variants(toys.scores["economy"], toys.scores["ecology"])
    a, b = (result.D[v].xs(2019, level="time") for v in ("standard", "wang"))
    row = result.pairs.loc[("standard", "wang", 2019)]
    assert row["spearman"] == pytest.approx(spearmanr(a, b).statistic)
    assert row["kendall"] == pytest.approx(kendalltau(a, b).statistic)
    assert row["mean_difference"] == pytest.approx((b - a).mean())
    grades = [result.grade[v].xs(2019, level="time").astype(str) for v in ("standard", "wang")]
    assert row["regraded"] == (grades[0] != grades[1]).sum()


def test_units_that_change_class_are_listed() -> None:
    scores = pd.Series([0.3, 0.5], index=["moves", "stays"])
    other = pd.Series([0.6, 0.5], index=["moves", "stays"])
    result = sc.compare_variants(scores, other)
    assert list(result.changed.index) == ["moves"]
    assert result.pairs.loc[("standard", "wang"), "regraded"] == 1
    with pytest.raises(ParameterError, match="sum to"):
        sc.compare_variants(scores, other, weightings={"wrong": (0.5, 0.6)})
