"""Stars follow the verdict: a row that is called not significant carries none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.report.tables.columns import VERDICT_NOTE, lay_out
from spatialccd.report.words.spoken import Words
from tests.toys import Toys


@pytest.fixture(scope="module")
def smooth() -> tuple[Toys, pd.Series]:
    toys = Toys(8, 8)
    rng = np.random.default_rng(8)
    x = toys.areas.centroid.x.to_numpy()
    return toys, pd.Series(np.sin(x / 20_000) + rng.normal(size=64), toys.units, name="y")


@pytest.mark.parametrize("correction", ["fdr", "bonferroni", "none"])
@pytest.mark.parametrize("alpha", [0.02, 0.05, 0.2])
@pytest.mark.parametrize(
    ("tool", "figure"),
    [
        ("local_moran", "I"),
        ("local_getis_ord", "G"),
        ("local_bivariate_moran", "I"),
    ],
)
def test_stars_of_local_tests_are_those_of_the_verdict(
    smooth: tuple[Toys, pd.Series], tool: str, figure: str, alpha: float, correction: str
) -> None:
    toys, y = smooth
    values = (y, y.rename("z")) if "bivariate" in tool else (y,)
    found = getattr(sc, tool)(
        *values, toys.graph, n_permutations=9999, seed=1, alpha=alpha, correction=correction
    )
    table = lay_out("local", found, Words("en"))
    p, verdict = found.table["p_adjusted"].to_numpy(), found.significant.to_numpy()
    wanted = np.select([~verdict, p < 0.01, p < 0.05, p < 0.1], ["", "***", "**", "*"], "")
    assert table.stars[figure].tolist() == wanted.tolist()
    starred = table.stars[figure] != ""
    assert "Not significant" not in set(table.frame.loc[starred, "cluster"])
    assert (VERDICT_NOTE in table.notes) == starred.any()
    if starred.any():
        chinese = lay_out("local", found, Words("zh"))
        assert chinese.stars.to_numpy().tolist() == table.stars.to_numpy().tolist()
        assert VERDICT_NOTE not in chinese.notes


def test_a_corrected_p_goes_before_a_plain_one() -> None:
    frame = pd.DataFrame({"coef": [1.0, 2.0], "p": [0.001, 0.001], "p_holm": [0.002, 0.3]})
    assert lay_out("x", frame, Words("en")).stars["coef"].tolist() == ["***", ""]


def test_without_a_verdict_stars_are_of_p() -> None:
    frame = pd.DataFrame({"coef": [1.0, 2.0], "p": [0.001, 0.07]})
    table = lay_out("x", frame, Words("en"))
    assert table.stars["coef"].tolist() == ["***", "*"]
    assert VERDICT_NOTE not in table.notes
