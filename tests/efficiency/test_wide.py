"""Amounts over many orders: a score does not depend on how large units are."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.efficiency._program import Program
from spatialccd.errors import DataError, InfeasibleWarning

ROOM = {"scale_efficiency": False}


def _one_to_one(span: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """One input and output of 25 units whose sizes span so many orders."""
    rng = np.random.default_rng(seed)
    size = 10 ** rng.uniform(-span / 2, span / 2, 25)
    return size * rng.lognormal(0, 0.5, 25), size * rng.lognormal(0, 0.5, 25)


def _by_hand(x: np.ndarray, y: np.ndarray, returns: str) -> np.ndarray:
    """Input efficiency of one input and output: the least input of any pair of units."""
    if returns == "crs":
        return (y / x) / (y / x).max()
    found = []
    for need, own in zip(y, x, strict=True):
        least = x[y >= need].min()
        for i in np.flatnonzero(y < need):
            j = y >= need
            least = min(least, (x[i] + (need - y[i]) / (y[j] - y[i]) * (x[j] - x[i])).min())
        if returns == "nirs":
            least = min(least, (x[y >= need] * need / y[y >= need]).min())
        found.append(least / own)
    return np.array(found)


@pytest.mark.parametrize("returns", ["crs", "vrs", "nirs"])
@pytest.mark.parametrize("span", [4, 8, 12])
def test_scores_of_one_input_and_output_are_those_by_hand(span: int, returns: str) -> None:
    for seed in range(2):
        x, y = _one_to_one(span, seed)
        found = sc.dea(pd.DataFrame({"x": x}), pd.DataFrame({"y": y}), returns=returns, **ROOM)
        np.testing.assert_allclose(found.score, _by_hand(x, y, returns), rtol=1e-8)


def test_the_orders_of_the_issue() -> None:
    x, y = pd.DataFrame({"k": [1, 2, 1e10]}), pd.DataFrame({"y": [1, 1, 1e10]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_allclose(sc.dea(x, y).score, [1, 0.5, 1], rtol=1e-12)


def _toys(seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(seed)
    units = pd.RangeIndex(25, name="unit")
    x, y, b = (
        pd.DataFrame(rng.uniform(1, 5, (25, len(names))), units, list(names))
        for names in ("kl", "gh", "b")
    )
    return x, y, b, pd.Series(10 ** rng.uniform(-6, 6, 25), units)


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"orientation": "output"},
        {"super_efficiency": True},
        {"model": "sbm"},
        {"model": "sbm", "super_efficiency": True},
        {"model": "sbm", "undesirable": True},
    ],
)
def test_units_may_be_of_any_size_under_constant_returns(how: dict[str, Any]) -> None:
    """All amounts of a unit times one number leave its score, and its slacks times that number."""
    x, y, b, size = _toys()
    how = dict(how)
    bad = [b] if how.pop("undesirable", False) else []
    plain = sc.dea(x, y, *bad, **how, **ROOM)
    scaled = sc.dea(*(frame.mul(size, axis=0) for frame in (x, y, *bad)), **how, **ROOM)
    np.testing.assert_allclose(scaled.score, plain.score, rtol=1e-9)
    assert scaled.table["efficient"].equals(plain.table["efficient"])
    if how.get("model") != "sbm":  # slacks of SBM can be one of many solutions
        np.testing.assert_allclose(scaled.slacks.div(size, axis=0), plain.slacks, atol=1e-9)


@pytest.mark.parametrize("side", ["input", "output", "none"])
def test_directional_distances_as_well(side: str) -> None:
    x, y, b, size = _toys(1)
    plain = sc.directional_distance(x, y, b, orientation=side)
    scaled = sc.directional_distance(
        *(frame.mul(size, axis=0) for frame in (x, y, b)), orientation=side
    )
    np.testing.assert_allclose(scaled.distance, plain.distance, atol=1e-9)


@pytest.mark.parametrize("kind", ["adjacent", "global"])
def test_productivity_and_its_bootstrap_as_well(kind: str) -> None:
    """A unit keeps its size; the bootstrap draws efficiencies, which know none."""
    rng = np.random.default_rng(2)
    rows = pd.MultiIndex.from_product([range(15), [0, 1]], names=["unit", "time"])
    x = pd.DataFrame({"k": rng.uniform(1, 5, 30)}, rows)
    y = pd.DataFrame({"g": rng.uniform(1, 5, 30)}, rows)
    size = pd.Series(np.repeat(10 ** rng.uniform(-5, 5, 15), 2), rows)
    how = {"kind": kind, "n_bootstrap": 5, "seed": 1}
    plain = sc.malmquist(x, y, **how)
    scaled = sc.malmquist(x.mul(size, axis=0), y.mul(size, axis=0), **how)
    # pech and sech are of variable returns, to which size matters.
    parts = ["effch", "techch", "tfpch"]
    np.testing.assert_allclose(scaled.table[parts], plain.table[parts], rtol=1e-8)
    assert np.isfinite(scaled.intervals["tfpch"]).all(axis=None)


@pytest.mark.parametrize("role", ["inputs", "outputs", "undesirable"])
def test_a_column_of_zeros_is_refused_by_name(role: str) -> None:
    x, y, b, _ = _toys()
    given = {"inputs": x, "outputs": y, "undesirable": b}
    name = given[role].columns[0]
    given[role] = given[role].assign(**{name: 0})
    calls = [sc.directional_distance, lambda **how: sc.dea(model="sbm", **how)]
    if role != "undesirable":
        calls.append(lambda **how: sc.dea(how["inputs"], how["outputs"]))
    for call in calls:
        with pytest.raises(DataError, match=rf"zero for all units: {name} \({role}\)") as raised:
            call(**given)
        assert raised.value.cases.to_dict("records") == [{"role": role, "column": name}]


def test_a_column_of_zeros_in_one_year_is_as_if_it_were_not_there() -> None:
    x, y, _, _ = _toys(3)
    panel = pd.concat({0: x.assign(k=0.0), 1: x}, names=["time", "unit"]).swaplevel().sort_index()
    both = pd.concat({0: y, 1: y}, names=["time", "unit"]).swaplevel().sort_index()
    found = sc.dea(panel, both, **ROOM).score
    for time, columns in ((0, ["l"]), (1, ["k", "l"])):
        alone = sc.dea(x[columns], y, **ROOM).score
        np.testing.assert_allclose(found.xs(time, level="time"), alone, rtol=1e-9)


def test_what_spans_too_much_is_refused_by_its_rows() -> None:
    """Thirty orders: what has a figure has the right one, and what has none is named."""
    x, y = _one_to_one(30, 0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = sc.dea(pd.DataFrame({"x": x}), pd.DataFrame({"y": y}), returns="vrs", **ROOM)
    lost = found.score.isna()
    np.testing.assert_allclose(
        found.score[~lost], _by_hand(x, y, "vrs")[~lost.to_numpy()], rtol=1e-7
    )
    assert lost.any()
    told = [c.message for c in caught if issubclass(c.category, InfeasibleWarning)]
    assert sum(len(message.cases) for message in told) == lost.sum()
    assert any("span too many orders" in str(message) for message in told)
    assert not found.table["efficient"][lost & (found.table["status"] != "infeasible")].any()


def test_a_wrong_solution_is_not_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the solver ends with what is not optimal its status is no "optimal"."""
    from spatialccd.efficiency import _program

    reference = np.array([[1.0, 2.0, 1e8], [1.0, 1.0, 1e8], [1.0, 1.0, 1.0]])
    head, infinite = np.array([[-2.0], [0.0], [0.0]]), np.inf
    bounds = np.array([-infinite, 1.0, -infinite]), np.array([0.0, infinite, infinite])
    sound = Program(reference, np.array([1.0])).solve(head, *bounds)
    assert (sound.status, sound.value) == ("optimal", pytest.approx(0.5, rel=1e-12))
    monkeypatch.setattr(_program, "misfit", lambda *_: 1e-3)
    assert Program(reference, np.array([1.0])).solve(head, *bounds).status == "not solved"
