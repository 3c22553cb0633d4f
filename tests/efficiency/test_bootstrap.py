"""Simar and Wilson's bootstrap: its programs, its draws, its intervals, and how often they hold.

No published figures can be had (the pharmacies of Simar and Wilson 1999 are not
public, and FEAR is not free), so each step is checked against another way to
do it, and the whole against frontiers that are known.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import linprog

import spatialccd as sc
from spatialccd.efficiency._bootstrap import draw, normal_reference
from spatialccd.efficiency._simplex import INFEASIBLE, LOST, radial_scores
from spatialccd.efficiency._technology import Activity, radial
from spatialccd.errors import Cancelled, ParameterError
from tests.efficiency.coverage import coverage
from tests.efficiency.test_envelopment import _random, few

_PARTS = ["effch", "techch", "pech", "sech", "tfpch"]


@pytest.mark.parametrize("returns", ["crs", "vrs"])
@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize(("n", "m", "s"), [(6, 1, 1), (31, 3, 2), (150, 6, 4)])
@pytest.mark.parametrize("ties", [False, True])
def test_small_programs_end_as_those_of_highs(
    returns: str, orientation: str, n: int, m: int, s: int, ties: bool
) -> None:
    """Ties make bases degenerate; zeros are allowed; other units' frontiers can be out of reach."""
    rng = np.random.default_rng(n)
    values = rng.uniform(1, 10, (2 * n, m + s))
    if ties:
        values = values.round()
        values[rng.random(values.shape) < 0.05] = 0.0
        values[:, [0, m]] = np.maximum(values[:, [0, m]], 1.0)
    every = Activity(values[:, :m] / 5, values[:, m:] / 5, np.empty((2 * n, 0)))
    frontier = every[np.arange(n)]
    expected, status = radial(every, frontier, returns, orientation)
    score, ended = np.empty(2 * n), np.empty(2 * n, dtype=np.int64)
    radial_scores(
        every.X, every.Y, frontier.X, frontier.Y, returns == "vrs", orientation == "output",
        score, ended,
    )  # fmt: skip
    assert (ended != LOST).all()
    np.testing.assert_array_equal(ended == INFEASIBLE, np.array(status) != "optimal")
    np.testing.assert_allclose(score, expected, rtol=1e-8)


def _literal_draw(
    A: np.ndarray, B: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw as Simar and Wilson (1999) write it down: four quadrants, two covariances."""
    n = len(A)
    quadrants = [(A, B), (2 - A, B), (2 - A, 2 - B), (A, 2 - B)]
    delta = np.concatenate([np.column_stack(q) for q in quadrants])
    chosen = rng.integers(4 * n, size=n)
    sigma = np.cov(A, B)
    turned = sigma * [[1, -1], [-1, 1]]
    same = (chosen // n) % 2 == 0
    noise = np.where(
        same[:, None],
        rng.multivariate_normal([0, 0], sigma, n),
        rng.multivariate_normal([0, 0], turned, n),
    )
    h = (4 / (5 * n)) ** (1 / 6)
    mean = delta[chosen].mean(axis=0)
    gamma = (delta[chosen] + h * noise - mean) / np.sqrt(1 + h**2) + mean
    gamma = np.where(gamma < 1, 2 - gamma, gamma)
    return gamma[:, 0], gamma[:, 1]


def test_draws_of_two_times_are_those_of_the_paper() -> None:
    """The third time must not matter: any two times have the paper's distribution."""
    rng = np.random.default_rng(3)
    z = np.abs(rng.multivariate_normal([0, 0, 0], [[1, 0.7, 0], [0.7, 1, 0], [0, 0, 1]], 40)).T
    far = np.exp(0.4 * z)
    ours = np.concatenate([draw(far, normal_reference(40), rng)[:2] for _ in range(2_000)], axis=1)
    paper = np.concatenate(
        [np.array(_literal_draw(far[0], far[1], rng)) for _ in range(2_000)], axis=1
    )
    assert ours.min() >= 1
    for a, b in [*zip(ours, paper, strict=True), (ours[0] / ours[1], paper[0] / paper[1])]:
        # 80,000 draws each, in batches with a common mean: as if independent 10,000.
        assert stats.ks_2samp(a, b).statistic < 1.36 * np.sqrt(2 / 10_000)
    assert np.corrcoef(ours)[0, 1] == pytest.approx(np.corrcoef(paper)[0, 1], abs=0.02)
    assert np.corrcoef(ours)[0, 1] > 0.1


def _efficiency(x: np.ndarray, y: np.ndarray, X: np.ndarray, Y: np.ndarray, vrs: bool) -> float:
    """1 / phi of one unit, by scipy."""
    n = len(X)
    upper = np.vstack([np.column_stack([np.zeros(X.shape[1]), X.T]), np.column_stack([y, -Y.T])])
    limits = np.concatenate([x, np.zeros(Y.shape[1])])
    equal = ([[0.0, *np.ones(n)]], [1.0]) if vrs else (None, None)
    return -1 / linprog([-1.0, *np.zeros(n)], upper, limits, *equal).fun


@pytest.mark.compares("malmquist", against="HiGHS on the same draws")
@few
def test_intervals_are_those_of_another_solver_on_the_same_draws() -> None:
    n, T, B = 10, 3, 5
    data = _random(n, 4, years=T)
    result = sc.malmquist(data[["k", "l"]], data[["y"]], n_bootstrap=B, confidence=0.6, seed=9)
    X = data[["k", "l"]].to_numpy().reshape(n, T, 2).transpose(1, 0, 2)
    Y = data[["y"]].to_numpy().reshape(n, T, 1).transpose(1, 0, 2)

    def changes(frontiers: np.ndarray) -> dict[str, np.ndarray]:
        def log(t: int, at: int, vrs: bool = False) -> np.ndarray:
            pairs = zip(X[t], Y[t], strict=True)
            return np.log([_efficiency(x, y, X[at], frontiers[at], vrs) for x, y in pairs])

        found: dict[str, list[np.ndarray]] = {part: [] for part in _PARTS}
        for t in range(T - 1):
            effch = log(t + 1, t + 1) - log(t, t)
            pech = log(t + 1, t + 1, True) - log(t, t, True)
            techch = (log(t + 1, t) - log(t + 1, t + 1) + log(t, t) - log(t, t + 1)) / 2
            steps = (effch, techch, pech, effch - pech, effch + techch)
            for part, step in zip(_PARTS, steps, strict=True):
                found[part].append(step)
        return {part: np.array(steps) for part, steps in found.items()}

    far = np.array(
        [[1 / _efficiency(X[t, i], Y[t, i], X[t], Y[t], True) for i in range(n)] for t in range(T)]
    )
    _, *streams = np.random.default_rng(9).spawn(B + 1)
    draws = [changes(Y * (far / draw(far, normal_reference(n), s))[..., None]) for s in streams]
    estimate = changes(Y)
    assert result.intervals is not None
    for part in _PARTS:
        logs = np.array([d[part] for d in draws])
        low, high = np.quantile(logs, [0.2, 0.8], axis=0)
        expected = {
            "low": np.exp(2 * estimate[part] - high),
            "high": np.exp(2 * estimate[part] - low),
            "corrected": np.exp(2 * estimate[part] - logs.mean(axis=0)),
        }
        for end, values in expected.items():
            ours = result.intervals[part, end].unstack("time").to_numpy().T
            np.testing.assert_allclose(ours, values, rtol=1e-7, err_msg=f"{part} {end}")


def _bootstrapped(data: pd.DataFrame, **how: object) -> sc.Malmquist:
    settings = {"n_bootstrap": 40, "seed": 5} | how
    return sc.malmquist(data[["k", "l"]], data[["y"]], **settings)


def test_the_seed_decides_and_neither_rows_nor_threads_nor_units_of_measurement_do() -> None:
    data = _random(30, 1, years=3)
    one = _bootstrapped(data).to_frame()
    pd.testing.assert_frame_equal(_bootstrapped(data, n_jobs=2).to_frame(), one)
    shuffled = _bootstrapped(data.sample(frac=1, random_state=2)).to_frame()
    pd.testing.assert_frame_equal(shuffled.sort_index(), one)
    scaled = _bootstrapped(data * [1e-3, 40, 1e4, 1, 1]).to_frame()
    np.testing.assert_allclose(scaled, one, rtol=1e-6)
    other = _bootstrapped(data, seed=6).to_frame()
    assert (other["tfpch_low"] != one["tfpch_low"]).mean() > 0.9


@pytest.mark.parametrize("kind", ["adjacent", "global"])
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_the_corrected_estimate_lies_inside(kind: str, orientation: str) -> None:
    result = _bootstrapped(_random(30, 2, years=3), kind=kind, orientation=orientation)
    for frame in (result.intervals, result.cumulative_intervals, result.mean_intervals):
        assert frame is not None
        for part in _PARTS:
            own = frame[part]
            assert (own["low"] <= own["corrected"]).all()
            assert (own["corrected"] <= own["high"]).all()
            assert (own["low"] > 0).all()
    first = result.intervals.xs(1, level="time")
    pd.testing.assert_frame_equal(result.cumulative_intervals.xs(1, level="time"), first)


def test_more_confidence_is_a_wider_interval_about_the_same_estimate() -> None:
    data = _random(30, 2, years=2)
    narrow, wide = (_bootstrapped(data, confidence=level) for level in (0.5, 0.99))
    for part in _PARTS:
        assert (wide.intervals[part, "low"] <= narrow.intervals[part, "low"]).all()
        assert (wide.intervals[part, "high"] >= narrow.intervals[part, "high"]).all()
    pd.testing.assert_frame_equal(narrow.table, wide.table)
    plain = sc.malmquist(data[["k", "l"]], data[["y"]])
    pd.testing.assert_frame_equal(plain.table, wide.table)
    assert plain.intervals is None
    assert list(plain.to_frame()) == list(plain.table)


def test_means_have_intervals_that_groups_beside_them_do_not_move() -> None:
    data = _random(30, 3, years=3)
    groups = pd.Series(list("abb") * 10, pd.RangeIndex(30, name="unit"))
    alone, beside = _bootstrapped(data), _bootstrapped(data, groups=groups)
    pd.testing.assert_frame_equal(
        alone.further()["means"].loc[["All"]], beside.further()["means"].loc[["All"]]
    )
    assert list(beside.mean_intervals.index) == list(beside.means.index)
    inside = beside.mean_intervals["tfpch", "low"] < beside.means["tfpch"]
    assert inside.all()
    width = beside.mean_intervals["tfpch", "high"] / beside.mean_intervals["tfpch", "low"]
    # Ten units say less than thirty, and one time less than the mean of two.
    assert width["a", 1] > width["All", 1] > width["All", "mean"]


@pytest.mark.filterwarnings("ignore:.*no solution:spatialccd.errors.InfeasibleWarning")
def test_what_has_no_estimate_has_no_interval() -> None:
    result = _bootstrapped(_random(25, 4, years=3), returns="vrs")
    assert result.table["tfpch"].isna().any()
    for part in ("effch", "techch", "tfpch"):
        missing = result.intervals[part].isna().all(axis=1)
        pd.testing.assert_series_equal(missing, result.table[part].isna(), check_names=False)
        assert result.intervals[part][~missing].notna().all(axis=None)
    assert result.mean_intervals.notna().all(axis=None)


def test_intervals_hold_the_truth_about_as_often_as_the_docstring_says() -> None:
    """A small part of tests/efficiency/coverage.py: its bounds are three standard errors off."""
    held = coverage(n=50, worlds=30, n_bootstrap=100, seed=1)
    assert held.loc["unit", "effch"] > 0.75
    assert held.loc["unit", "techch"] > 0.75
    assert held.loc["unit", "tfpch"] > 0.6
    assert (held.loc["mean"] >= 0.75).all()


def test_what_the_compiled_loop_gives_up_is_solved_by_highs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = _random(20, 6, years=3)
    expected = _bootstrapped(data, n_bootstrap=5).to_frame()

    def gives_up(*arguments: object) -> None:
        radial_scores(*arguments)
        score, status = arguments[-2:]
        score[::3], status[::3] = np.nan, LOST

    monkeypatch.setattr("spatialccd.efficiency._bootstrap.radial_scores", gives_up)
    found = _bootstrapped(data, n_bootstrap=5).to_frame()
    np.testing.assert_allclose(found, expected, rtol=1e-7)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_it_can_be_stopped(n_jobs: int) -> None:
    def stop(done: int, total: int) -> None:
        if done > total / 50:  # beyond the programs of the data
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        _bootstrapped(_random(30, years=2), n_bootstrap=200, n_jobs=n_jobs, progress=stop)


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    _bootstrapped(
        _random(30, years=2), n_bootstrap=3, progress=lambda done, total: told.append((done, total))
    )
    # Three samples have three times the programs of the data, which are told one by one.
    (_, total), data = told[-1], told[-1][1] // 4
    assert told[:data] == [(i + 1, total) for i in range(data)]
    assert told[data:] == [(m * data, total) for m in (2, 3, 4)]


def test_what_cannot_be_drawn_is_refused() -> None:
    data = _random(30, years=2)
    inputs, outputs = data[["k", "l"]], data[["y"]]
    with pytest.raises(ParameterError, match="radial distances"):
        sc.malmquist(inputs, outputs, data[["b"]], n_bootstrap=10)
    with pytest.raises(ParameterError, match="radial distances"):
        sc.malmquist(inputs, outputs, kind="luenberger", n_bootstrap=10)
    with pytest.raises(ParameterError, match="n_bootstrap"):
        sc.malmquist(inputs, outputs, n_bootstrap=-1)
    with pytest.raises(ParameterError, match="confidence"):
        sc.malmquist(inputs, outputs, n_bootstrap=9, confidence=95)
