from __future__ import annotations

import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import spatialccd as sc
from spatialccd.dynamics._chains import homogeneity, steady_state
from spatialccd.errors import AlignmentError, IslandWarning, PanelError, ParameterError
from tests.toys import Toys


@pytest.fixture
def giddy() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("giddy.markov")


@pytest.fixture
def long() -> Toys:
    return Toys(rows=7, columns=7, years=12)


def table(y: pd.Series) -> np.ndarray:
    return np.asarray(y.unstack("time"))


@pytest.mark.compares("markov", against="giddy")
def test_agrees_with_giddy(giddy: ModuleType, long: Toys) -> None:
    y = long.panel["forest"]
    result = sc.markov(y, k=5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cuts = np.quantile(y, [0.2, 0.4, 0.6, 0.8])
        peer = giddy.Markov(np.searchsorted(cuts, table(y)), summary=False)
    np.testing.assert_array_equal(result.counts, peer.transitions)
    np.testing.assert_allclose(result.probabilities, peer.p)
    np.testing.assert_allclose(result.steady_state, np.squeeze(peer.steady_state), rtol=1e-9)
    np.testing.assert_allclose(result.sojourn, peer.sojourn_time)


@pytest.mark.compares("spatial_markov", against="giddy")
def test_spatial_chain_agrees_with_giddy(giddy: ModuleType, long: Toys) -> None:
    y = long.panel["schools"]
    result = sc.spatial_markov(y, long.graph, k=4, relative=True)
    relative = table(y) / table(y).mean(axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        w = long.graph.transform("r").to_W()
        peer = giddy.Spatial_Markov(relative, w, k=4, m=4)
    np.testing.assert_array_equal(result.counts.to_numpy().reshape(4, 4, 4), peer.T.astype(int))
    tests = result.tests.loc["lag"]
    assert tests["Q"] == pytest.approx(peer.Q, rel=1e-10)
    assert tests["LR"] == pytest.approx(peer.LR, rel=1e-10)
    assert tests["df"] == peer.dof_hom
    assert tests["p_Q"] == pytest.approx(peer.Q_p_value, rel=1e-8)
    assert tests["p_LR"] == pytest.approx(peer.LR_p_value, rel=1e-8)
    np.testing.assert_allclose(result.overall, sc.markov(y, relative=True).probabilities)


def test_order_is_the_usual_chi_square(long: Toys) -> None:
    from scipy.stats import chi2_contingency

    result = sc.markov(long.panel["income"])
    counts = result.counts.to_numpy()
    expected = chi2_contingency(counts, correction=False)
    row = result.tests.loc["order"]
    assert row["Q"] == pytest.approx(expected.statistic)
    assert row["df"] == expected.dof
    assert row["p_Q"] == pytest.approx(expected.pvalue)
    ratio = chi2_contingency(counts, correction=False, lambda_="log-likelihood")
    assert row["LR"] == pytest.approx(ratio.statistic)


def test_time_homogeneity_sees_a_break() -> None:
    rng = np.random.default_rng(0)
    early = (rng.random((200, 6)) < 0.5).astype(float)
    late = np.repeat((rng.random((200, 1)) < 0.5).astype(float), 6, axis=1)
    index = pd.MultiIndex.from_product([range(200), range(12)], names=["unit", "time"])
    y = pd.Series(np.hstack([early, late]).ravel(), index=index)
    assert sc.markov(y, bounds=[0.5]).tests.loc["time", "p_Q"] < 1e-6
    steady = pd.Series(np.hstack([early, early]).ravel(), index=index)
    assert sc.markov(steady, bounds=[0.5]).tests.loc["time", "p_Q"] > 1e-3


def test_grades_are_their_own_classes(shared: Path) -> None:
    published = pd.read_csv(shared / "data" / "china_province_ccd_2011_2020.csv")
    D = published.set_index(["adcode", "year"])["D"]
    grade = sc.coordination_grades(D).grade
    result = sc.markov(grade)
    assert result.counts.sum(axis=None) == 31 * 9
    assert list(result.counts.index) == [
        "Moderate disorder",
        "Mild disorder",
        "Near disorder",
        "Barely coordinated",
        "Primary coordination",
        "Intermediate coordination",
    ]
    wide = grade.unstack("year")
    stayed = sum((wide[t] == wide[t + 1]).sum() for t in range(2011, 2020))
    assert np.trace(result.counts) == stayed
    pd.testing.assert_series_equal(result.classes.astype(str), grade.astype(str), check_names=False)


def test_rows_of_probabilities_sum_to_one_and_the_long_run_stays(long: Toys) -> None:
    result = sc.markov(long.panel["forest"], k=3)
    np.testing.assert_allclose(result.probabilities.sum(axis=1), 1)
    share = result.steady_state.to_numpy()
    np.testing.assert_allclose(share @ result.probabilities.to_numpy(), share, atol=1e-12)


def test_long_run_of_chains_that_do_not_mix() -> None:
    assert np.isnan(steady_state(np.array([[5, 0], [0, 5]]))).all()
    np.testing.assert_allclose(steady_state(np.array([[5, 5], [0, 5]])), [0, 1])
    # Reached, never left: absorbing. Never seen: no share.
    np.testing.assert_allclose(steady_state(np.array([[1, 1, 0], [0, 0, 0], [0, 0, 0]])), [0, 1, 0])


def test_one_regime_cannot_differ_from_itself() -> None:
    found = homogeneity(np.array([[[3, 1], [2, 4]]]))
    assert found["Q"] == pytest.approx(0)
    assert found["df"] == 0
    assert np.isnan(found["p_Q"])


def test_bounds_are_held_by_the_class_below(toys: Toys) -> None:
    y = toys.panel["income"]
    middle = y.iloc[5]
    classes = sc.markov(y, bounds=[middle]).classes
    assert classes.iloc[5] == classes.cat.categories[0]
    assert (classes == classes.cat.categories[0]).sum() == (y <= middle).sum()


def test_islands_are_left_out_with_a_warning(toys: Toys) -> None:
    y = toys.panel["income"]
    links = toys.graph.adjacency.reset_index()
    links = links[(links["focal"] != "A00") & (links["neighbor"] != "A00")]
    alone = pd.DataFrame({"focal": ["A00"], "neighbor": ["A00"], "weight": [0]})
    links = pd.concat([alone, links], ignore_index=True)
    graph = Graph(links.set_index(["focal", "neighbor"])["weight"])
    with pytest.warns(IslandWarning, match="A00"):
        result = sc.spatial_markov(y, graph, k=2)
    assert result.counts.sum(axis=None) == 35 * 2
    assert result.lag_classes.loc["A00"].isna().all()
    assert result.lag_classes.drop("A00").notna().all()


def test_what_is_refused(toys: Toys) -> None:
    y = toys.panel["income"]
    with pytest.raises(PanelError, match="lacks 1 years: A00 2018"):
        sc.markov(y.iloc[1:])
    with pytest.raises(PanelError, match="no years"):
        sc.markov(toys.year["income"])
    with pytest.raises(ParameterError, match="too many equal values"):
        sc.markov(y.round(-1), k=8)
    with pytest.raises(ParameterError, match="rising"):
        sc.markov(y, bounds=[3, 2])
    with pytest.raises(ParameterError, match="positive mean"):
        sc.markov(y - 1000, relative=True)
    with pytest.raises(AlignmentError, match="A01"):
        sc.spatial_markov(y.drop("A01"), toys.graph)
    with pytest.raises(ParameterError, match="must hold numbers"):
        sc.spatial_markov(sc.coordination_grades(toys.scores["economy"]).grade, toys.graph)
