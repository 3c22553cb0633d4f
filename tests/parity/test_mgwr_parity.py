"""Bandwidths, coefficients and standard errors against mgwr 2.2.1.

The reference was written by ``make_mgwr_reference.py``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from tests.parity import mgwr_cases as cases

BANDWIDTHS = pd.read_csv(cases.DATA / "mgwr_bandwidths.csv")
COEFFICIENTS = pd.read_csv(cases.DATA / "mgwr_coefficients.csv")
MADE: dict[str, Callable[[], cases.Case]] = {
    "georgia": cases.georgia,
    "tokyo": cases.tokyo,
    "berlin": cases.berlin,
    **{f"generated_{s:02d}": lambda s=s: cases.generated(s) for s in cases.SEEDS},
}


@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
@pytest.mark.parametrize("name", MADE)
def test_bandwidths_and_coefficients(name: str) -> None:
    case = MADE[name]()
    fit = sc.mgwr(
        case.y, case.X, case.places, kernel=case.kernel, fixed=case.fixed, inference="none"
    )
    expected = BANDWIDTHS[BANDWIDTHS["case"] == name].set_index("term")
    assert fit.start_bandwidth == expected["start"].iloc[0]
    assert list(fit.bandwidth) == list(expected["bandwidth"])
    assert len(fit.history) == expected["rounds"].iloc[0]
    assert fit.rss == pytest.approx(expected["rss"].iloc[0], rel=1e-9)
    coef = _table(name, "coef")
    np.testing.assert_allclose(fit.coef.loc[coef.index, coef.columns], coef, rtol=0, atol=1e-8)


@pytest.mark.compares("mgwr", against="mgwr 2.2.1: exact inference")
@pytest.mark.parametrize("name", ["georgia", "tokyo"])
def test_exact_inference(name: str) -> None:
    case = MADE[name]()
    fit = sc.mgwr(case.y, case.X, case.places, inference="exact")
    expected = BANDWIDTHS[BANDWIDTHS["case"] == name].set_index("term")
    np.testing.assert_allclose(fit.enp, expected["enp"], rtol=0, atol=1e-8)
    se = _table(name, "se")
    np.testing.assert_allclose(fit.se.loc[se.index, se.columns], se, rtol=0, atol=1e-8)


def _table(name: str, figure: str) -> pd.DataFrame:
    rows = COEFFICIENTS[COEFFICIENTS["case"] == name]
    return rows.pivot(index="unit", columns="term", values=figure)
