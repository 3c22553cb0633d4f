from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import AlignmentError, DataError, EstimationError, ParameterError
from tests.toys import Toys

DRINKS = ["coffee", "wine", "tea", "beer", "sodas", "milk", "water"]


@pytest.fixture
def drinks() -> pd.DataFrame:
    """Saaty (2008), Int. J. Services Sciences 1(1), 83-98, Table 3: what Americans drink."""
    upper = [
        [1, 9, 5, 2, 1, 1, 1 / 2],
        [1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9],
        [1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
        [1, 1 / 2, 1, 1 / 3],
        [1, 2, 1 / 2],
        [1, 1 / 3],
        [1],
    ]
    matrix = np.ones((7, 7))
    for i, row in enumerate(upper):
        matrix[i, i:] = row
        matrix[i:, i] = 1 / np.array(row)
    return pd.DataFrame(matrix, index=DRINKS, columns=DRINKS)


@pytest.mark.compares("ahp_weights", against="Saaty (1980)")
def test_ahp_agrees_with_saaty(drinks: pd.DataFrame) -> None:
    """The derived scale printed under the table, and its consistency ratio .022."""
    result = sc.ahp_weights(drinks)
    printed = [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    np.testing.assert_allclose(result.weights, printed, atol=5.1e-4)
    assert result.consistency_ratio == pytest.approx(0.022, abs=5e-4)


def test_consistent_judgements_give_back_their_strengths() -> None:
    strength = pd.Series([5.0, 3.0, 1.0, 1.0], index=list("abcd"))
    matrix = pd.DataFrame({c: strength / strength[c] for c in strength.index})
    result = sc.ahp_weights(matrix)
    np.testing.assert_allclose(result.weights, strength / 10, rtol=1e-12)
    assert result.lambda_max == pytest.approx(4)
    assert result.consistency_ratio == pytest.approx(0, abs=1e-12)


def test_contradictions_are_refused_unless_allowed() -> None:
    names = list("abc")
    circle = pd.DataFrame([[1, 3, 1 / 3], [1 / 3, 1, 3], [3, 1 / 3, 1]], names, names)
    with pytest.raises(EstimationError, match=r"consistency ratio 1\.1"):
        sc.ahp_weights(circle)
    allowed = sc.ahp_weights(circle, allow_inconsistent=True)
    np.testing.assert_allclose(allowed.weights, 1 / 3)


def test_every_pair_that_is_not_reciprocal_is_listed() -> None:
    names = list("abc")
    matrix = pd.DataFrame([[1, 3, -1], [0.33, 1, 5], [-1, 4, 1]], names, names)
    with pytest.raises(DataError, match="a over c: -1 and -1, b over c: 5 and 4") as raised:
        sc.ahp_weights(matrix)
    assert raised.value.cases is not None
    assert len(raised.value.cases) == 2
    with pytest.raises(AlignmentError, match="missing from columns: c"):
        sc.ahp_weights(matrix[["a", "b"]])


@pytest.mark.compares("combine_weights", against="by hand")
def test_a_combination_by_hand() -> None:
    first, second = pd.Series([0.6, 0.3, 0.1], list("abc")), pd.Series([0.2, 0.3, 0.5], list("abc"))
    W = np.array([first, second])
    a = np.linalg.solve(W @ W.T, np.diag(W @ W.T))
    result = sc.combine_weights(x=first, y=second)
    np.testing.assert_allclose(result.coefficients, a / a.sum())
    np.testing.assert_allclose(result.weights, (a / a.sum()) @ W)
    assert result.weights.sum() == pytest.approx(1)


def test_two_equal_sets_combine_to_themselves(toys: Toys) -> None:
    directions = {"income": "benefit", "smoke": "cost"}
    one = sc.entropy_weights(toys.panel, directions)
    result = sc.combine_weights(one, one)
    np.testing.assert_allclose(result.coefficients, 0.5)
    np.testing.assert_allclose(result.weights, one.weights)


def test_what_cannot_be_combined(toys: Toys) -> None:
    directions = {"income": "benefit", "smoke": "cost"}
    one = sc.entropy_weights(toys.panel, directions)
    with pytest.raises(ParameterError, match="two or more sets"):
        sc.combine_weights(one)
    with pytest.raises(ParameterError, match="pass pooled=True"):
        sc.combine_weights(one, sc.entropy_weights(toys.panel, directions, pooled=False))
    with pytest.raises(AlignmentError, match="forest"):
        sc.combine_weights(one, sc.equal_weights(toys.panel, directions | {"forest": "benefit"}))


def _sets(*rows: list[float]) -> dict[str, pd.Series]:
    names = list("pqrstu")[: len(rows[0])]
    return {f"set{i}": pd.Series(row, names) for i, row in enumerate(rows)}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("count", [2, 3, 5])
def test_combined_weights_lie_within_the_sets(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    W = rng.dirichlet(np.ones(5) * 4, count)
    result = sc.combine_weights(**_sets(*W.tolist()))
    shares = result.coefficients.to_numpy()
    assert (shares >= 0).all()
    assert shares.sum() == pytest.approx(1)
    weights = result.weights.to_numpy()
    assert (weights >= W.min(axis=0) - 1e-12).all()
    assert (weights <= W.max(axis=0) + 1e-12).all()
    free = np.linalg.solve(W @ W.T, (W * W).sum(axis=1))
    np.testing.assert_allclose(result.unconstrained, free / free.sum(), rtol=1e-6)
    if (free >= 0).all():
        np.testing.assert_allclose(shares, free / free.sum(), rtol=1e-9)
        assert result.notes() == []
    else:
        # Optimal: the slope of the squared error is 0 where a share is positive, and not
        # below it where a share is 0 (Karush, Kuhn and Tucker).
        M, b = W @ W.T, (W * W).sum(axis=1)
        a = shares * (b @ M @ shares) / (shares @ M @ M @ shares)
        slope = M @ (M @ a - b)
        np.testing.assert_allclose(slope[a > 0], 0, atol=1e-9)
        assert (slope >= -1e-9).all()
        assert "would be negative" in result.notes()[0]
        assert result.notes()[0] in result.summary()


def test_equal_sets_share_alike_where_another_is_bound_at_0() -> None:
    W = np.random.default_rng(3).dirichlet(np.ones(5) * 4, 3).tolist()
    twice = sc.combine_weights(**_sets(W[0], W[1], W[2], W[0]))
    once = sc.combine_weights(**_sets(*W))
    assert once.coefficients["set1"] == 0
    assert twice.coefficients["set0"] == pytest.approx(twice.coefficients["set3"], rel=1e-6)
    assert list(twice.further()["shares"].columns) == ["coefficient", "unconstrained"]


def test_what_is_no_set_of_weights_is_refused() -> None:
    with pytest.raises(DataError, match="negative: q, sum: 1") as raised:
        sc.combine_weights(**_sets([0.7, -0.2, 0.5], [0.2, 0.3, 0.5]))
    assert raised.value.cases is not None
    with pytest.raises(DataError, match=r"sum: 1\.1"):
        sc.combine_weights(**_sets([0.2, 0.3, 0.5], [0.3, 0.3, 0.5]))
