from __future__ import annotations

import json
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

import spatialccd as sc
from spatialccd.errors import ConstantWarning, PanelError, ParameterError
from tests.toys import Toys

DIRECTIONS = {"x1": "benefit", "x2": "cost"}
SCHEMES = ("entropy", "equal", "critic", "cv")


@pytest.fixture
def small() -> pd.DataFrame:
    return pd.DataFrame({"x1": [3, 5, 2, 7], "x2": [10, 20, 15, 25]}, index=list("abcd"))


@pytest.mark.compares("entropy_weights", against="mathmodels (R)")
def test_entropy_agrees_with_mathmodels(shared: Path) -> None:
    case = shared / "verify" / "entropy_weight_mathmodels"
    expected = json.loads((case / "expected.json").read_text())["expected"]
    data = pd.read_csv(case / "data.csv")
    interval = tuple(expected["minmax_range"])
    weights = sc.entropy_weights(data, DIRECTIONS, interval=interval).weights
    np.testing.assert_allclose(weights, expected["w"], rtol=1e-12)
    score = sc.composite_index(data, DIRECTIONS, interval=interval).score
    np.testing.assert_allclose(100 * score, expected["score_x100"], rtol=1e-12)


def test_entropy_by_hand(small: pd.DataFrame) -> None:
    """z1 = (.2, .6, 0, 1), z2 = (3, 1, 2, 0)/3; no shift, 0 ln 0 = 0."""
    p1 = np.array([0.2, 0.6, 1.0]) / 1.8
    p2 = np.array([3, 1, 2]) / 6
    e = np.array([-(p * np.log(p)).sum() / np.log(4) for p in (p1, p2)])
    table = sc.entropy_weights(small, DIRECTIONS).table
    np.testing.assert_allclose(table["entropy"], e, rtol=1e-13)
    np.testing.assert_allclose(table["weight"], (1 - e) / (1 - e).sum(), rtol=1e-13)


@pytest.mark.parametrize("shift", [0.001, 0.01, 0.1])
def test_a_shift_enters_the_shares_and_not_the_score(small: pd.DataFrame, shift: float) -> None:
    p = sc.scale(small, DIRECTIONS, shift=shift).scaled
    p = p / p.sum()
    d = 1 + (p * np.log(p)).sum() / np.log(4)
    result = sc.composite_index(small, DIRECTIONS, shift=shift)
    np.testing.assert_allclose(result.weights, d / d.sum(), rtol=1e-12)
    np.testing.assert_allclose(result.score, sc.scale(small, DIRECTIONS).scaled @ result.weights)


@pytest.mark.compares("critic_weights", against="Diakoulaki et al. (1995), by hand")
def test_critic_by_hand(small: pd.DataFrame) -> None:
    z = sc.scale(small, DIRECTIONS).scaled
    r = np.corrcoef(z["x1"], z["x2"])[0, 1]
    information = z.std() * (1 - r)
    weights = sc.critic_weights(small, DIRECTIONS).weights
    np.testing.assert_allclose(weights, information / information.sum(), rtol=1e-12)


@pytest.mark.compares("cv_weights", against="by hand")
def test_variation_by_hand_and_its_need_of_a_positive_mean(small: pd.DataFrame) -> None:
    cv = small.std() / small.mean()
    weights = sc.cv_weights(small, DIRECTIONS).weights
    np.testing.assert_allclose(weights, cv / cv.sum(), rtol=1e-12)
    with pytest.raises(PanelError, match="not positive"):
        sc.cv_weights(small - 10, DIRECTIONS)
    z = sc.scale(small, DIRECTIONS).scaled
    scaled = sc.cv_weights(small - 10, DIRECTIONS, on="scaled").weights
    np.testing.assert_allclose(scaled, z.std() / z.mean() / (z.std() / z.mean()).sum(), rtol=1e-12)


def test_perfectly_correlated_indicators_leave_critic_nothing(small: pd.DataFrame) -> None:
    small["x2"] = -2 * small["x1"]
    with pytest.raises(PanelError, match="perfectly correlated"):
        sc.critic_weights(small, DIRECTIONS)


def test_years_with_their_own_weights(toys: Toys) -> None:
    directions = {"income": "benefit", "smoke": "cost"}
    weights = sc.entropy_weights(toys.panel, directions, pooled=False).weights
    assert list(weights.index) == toys.years
    for year in toys.years:
        alone = sc.entropy_weights(toys.panel.xs(year, level="time"), directions).weights
        np.testing.assert_allclose(weights.loc[year], alone, rtol=1e-12)


_panels = arrays(float, (7, 3), elements=st.floats(-1e6, 1e6, allow_subnormal=False))


@pytest.mark.compares("equal_weights", against="shares that add up to 1")
@given(values=_panels, scheme=st.sampled_from(SCHEMES), constant=st.booleans())
@settings(max_examples=150, deadline=None)
@pytest.mark.filterwarnings("ignore::spatialccd.errors.ConstantWarning")
def test_weights_are_shares_and_a_constant_gets_none(
    values: np.ndarray, scheme: str, constant: bool
) -> None:
    panel = pd.DataFrame(values, columns=["a", "b", "c"])
    if constant:
        panel["c"] = 5.0
    directions = {"a": "benefit", "b": "cost", "c": "benefit"}
    try:
        result = sc.composite_index(panel, directions, weights=scheme)
    except PanelError:  # nothing varies, or the scheme has no weight to give
        return
    assert (result.weights >= 0).all()
    assert result.weights.sum() == pytest.approx(1, abs=1e-12)
    assert result.score.between(0, 1).all()
    if constant:
        assert result.weights["c"] == 0


def test_a_constant_gets_no_weight_and_a_warning(small: pd.DataFrame) -> None:
    small["x3"] = 4
    for function in (sc.entropy_weights, sc.equal_weights, sc.critic_weights, sc.cv_weights):
        with pytest.warns(ConstantWarning, match="x3"):
            weights = function(small, DIRECTIONS | {"x3": "benefit"}).weights
        assert weights["x3"] == 0
        assert weights.sum() == pytest.approx(1)


@pytest.mark.compares("composite_index", against="the weighted sum, by hand")
def test_own_weights(small: pd.DataFrame) -> None:
    own = {"x2": 0.25, "x1": 0.75}
    result = sc.composite_index(small, DIRECTIONS, weights=own)
    np.testing.assert_allclose(result.score, result.scaled["x1"] * 0.75 + result.scaled["x2"] / 4)
    small["x3"] = 4
    with pytest.warns(ConstantWarning, match="x3"):
        result = sc.composite_index(
            small,
            DIRECTIONS | {"x3": "cost"},
            weights=pd.Series({"x1": 0.3, "x2": 0.2, "x3": 0.5}),
        )
    np.testing.assert_allclose(result.weights, [0.6, 0.4, 0.0])


def test_all_faults_of_own_weights_come_at_once(small: pd.DataFrame) -> None:
    with pytest.raises(ParameterError) as raised:
        sc.composite_index(small, DIRECTIONS, weights={"x1": -0.5, "x22": 1.5})
    for part in ("'x22' is no indicator; did you mean 'x2'", "'x2' has no weight", "-0.5"):
        assert part in str(raised.value)
    with pytest.raises(ParameterError, match=r"sum to 1\.1, not to 1"):
        sc.composite_index(small, DIRECTIONS, weights={"x1": 0.5, "x2": 0.6})
    with pytest.raises(ParameterError, match="did you mean 'entropy'"):
        sc.composite_index(small, DIRECTIONS, weights="entrophy")


def test_weights_of_each_row(toys: Toys) -> None:
    directions = {"income": "benefit", "smoke": "cost"}
    for pooled in (True, False):
        result = sc.composite_index(toys.panel, directions, pooled=pooled)
        again = (result.row_weights() * result.scaled).sum(axis=1)
        np.testing.assert_allclose(again, result.score, rtol=1e-12)
