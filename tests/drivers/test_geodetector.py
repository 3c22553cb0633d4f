from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import spatialccd as sc
from spatialccd.errors import (
    AlignmentError,
    DataError,
    PanelError,
    ParameterError,
    ThinStrataWarning,
)
from tests.toys import Toys


@pytest.fixture(scope="module")
def heshun(shared: Path) -> tuple[pd.Series, pd.DataFrame, dict[str, Any]]:
    """Neural tube defects of Heshun (Wang et al. 2010): 185 villages, three factors."""
    folder = shared / "verify" / "geodetector_ntds"
    data = pd.read_csv(folder / "data.csv").rename_axis("unit")
    expected = json.loads((folder / "expected.json").read_text())["expected"]
    return data["incidence"], data[["watershed", "elevation", "soiltype"]], expected


@pytest.fixture
def villages() -> tuple[pd.Series, pd.DataFrame]:
    """Sixty units, one factor with an effect and two without."""
    rng = np.random.default_rng(5)
    unit = pd.Index([f"U{i:02d}" for i in range(60)], name="unit")
    labels = pd.DataFrame(rng.integers(0, 4, (60, 3)), unit, columns=["soil", "slope", "river"])
    return pd.Series(labels["soil"] + rng.normal(size=60), unit, name="y"), labels


# --- factor -------------------------------------------------------------------------------------


@pytest.mark.compares(
    "factor_detector",
    against="Wang et al. (2010), Int. J. Geogr. Inf. Sci. 24: Heshun, as GeoDetector.xlsm prints",
)
@pytest.mark.parametrize(
    ("variance", "published"),
    # lambda divides by the variance of y: var() of R's geodetector is the sample's,
    # GD and gdverse take the population's. That is the 2-3 % between their tables.
    [("sample", "p_geodetector_pkg"), ("population", "p_gdverse")],
)
def test_published_q_and_both_published_p(heshun: Any, variance: Any, published: str) -> None:
    y, strata, expected = heshun
    found = sc.factor_detector(y, strata, n_permutations=0, variance=variance)
    figures = found.to_frame().set_index("factor")
    for factor, q in expected["q"].items():
        assert found.q[factor] == pytest.approx(q, abs=1e-7)
    for factor, p in expected[published].items():
        assert figures.loc[factor, "p_ncf"] == pytest.approx(p, abs=1e-6)


@pytest.mark.compares("factor_detector", against="scipy: analysis of variance")
def test_figures_agree_with_analysis_of_variance(villages: Any) -> None:
    """q, F and p_f are those of a one-way ANOVA; adjusted q is its omega squared."""
    y, labels = villages
    figures = sc.factor_detector(y, labels, seed=1).to_frame().set_index("factor")
    for factor in labels:
        parts = [part.to_numpy() for _, part in y.groupby(labels[factor])]
        F, p = stats.f_oneway(*parts)
        within = sum(((part - part.mean()) ** 2).sum() for part in parts)
        total = ((y - y.mean()) ** 2).sum()
        msw = within / (len(y) - len(parts))
        row = figures.loc[factor]
        assert row["q"] == pytest.approx(1 - within / total, abs=1e-12)
        assert row["F"] == pytest.approx(F)
        assert row["p_f"] == pytest.approx(p)
        omega = (total - within - (len(parts) - 1) * msw) / (total + msw)
        assert row["adjusted_q"] == pytest.approx(omega)
        assert row["p_permutation"] == pytest.approx(p, abs=0.05)


def test_two_equal_units_are_all_arrangements() -> None:
    """Four values in two pairs: 2 of the 6 arrangements reach q, so p tends to 1/3."""
    y = pd.Series([0.0, 1.0, 10.0, 11.0])
    strata = pd.DataFrame({"half": [0, 0, 1, 1]})
    with pytest.warns(ThinStrataWarning, match="2 strata for 4 rows"):
        found = sc.factor_detector(y, strata, n_permutations=20_000, seed=3).to_frame()
    # 4 standard errors of a share of 1/3 in 20,000 draws
    assert found.loc[0, "p_permutation"] == pytest.approx(1 / 3, abs=0.0134)


@pytest.mark.parametrize(("shift", "factor"), [(1e3, 1.0), (-7.5, 1e-6), (0.0, -40.0), (1e6, 3.0)])
def test_origin_and_unit_of_y_do_not_matter(villages: Any, shift: float, factor: float) -> None:
    """Except to p_ncf, whose noncentrality grows with the mean: the reason not to use it."""
    y, labels = villages
    y = y.round(1)  # ties, where rounding errors would show first
    columns = ["q", "expected_q", "adjusted_q", "q_low", "q_high", "p_permutation", "F", "p_f"]
    plain = sc.factor_detector(y, labels, seed=1, n_bootstrap=99).to_frame()
    moved = sc.factor_detector(shift + factor * y, labels, seed=1, n_bootstrap=99).to_frame()
    pd.testing.assert_frame_equal(moved[columns], plain[columns], rtol=1e-7, atol=1e-9)
    assert (moved["p_permutation"] == plain["p_permutation"]).all()


def test_p_ncf_moves_with_the_origin_of_y(heshun: Any) -> None:
    """Ten added to y: q as before, and nothing is significant any more."""
    y, strata, _ = heshun
    moved = sc.factor_detector(y + 10, strata, n_permutations=0).to_frame()
    assert (moved["p_ncf"] > 0.9).all()
    assert (moved["p_f"] < 1e-15).all()


def test_lone_strata_stay_in(villages: Any) -> None:
    """A stratum of one row is in n and in SST, and adds nothing to SSW."""
    y, labels = villages
    lone = labels[["soil"]].copy()
    lone.iloc[0] = 99
    with pytest.warns(ThinStrataWarning, match="1 of one unit"):
        figures = sc.factor_detector(y, lone, n_permutations=0).to_frame()
    within = sum(((part - part.mean()) ** 2).sum() for _, part in y.groupby(lone["soil"]))
    assert figures.loc[0, "n"] == 60
    assert figures.loc[0, "smallest"] == 1
    assert figures.loc[0, "q"] == pytest.approx(1 - within / ((y - y.mean()) ** 2).sum())


def test_one_part_alone_gives_the_figures_it_gives_among_others(toys: Toys) -> None:
    strata = sc.stratify(toys.panel, k=3)
    y = toys.scores["economy"]
    found = sc.factor_detector(y, strata, by="time", seed=1).to_frame()
    assert list(found["time"].unique()) == toys.years
    for year in toys.years:
        alone = sc.factor_detector(
            y.xs(year, level="time"), strata.labels.xs(year, level="time"), n_permutations=0
        )
        rows = found[found["time"] == year].set_index("factor")["q"]
        pd.testing.assert_series_equal(rows, alone.q, check_names=False)


def test_the_layout_of_the_study_in_one_call(toys: Toys) -> None:
    """Table 5 of the 31 provinces: the whole country and each region, year by year."""
    strata = sc.stratify(toys.panel, k=2)
    regions = toys.regions.astype(pd.CategoricalDtype(["East", "Central", "West"]))
    with pytest.warns(ThinStrataWarning):
        found = sc.factor_detector(
            toys.scores["economy"], strata, regions,
            by=["region", "time"], total="National", n_permutations=0,
        )  # fmt: skip
    table = found.wide()
    assert list(table.columns) == list(toys.panel.columns)
    assert list(table.index.get_level_values("region").unique()) == [
        "National", "East", "Central", "West",
    ]  # fmt: skip
    assert list(table.loc["National"].index) == toys.years
    plain = sc.factor_detector(toys.scores["economy"], strata, by="time", n_permutations=0)
    np.testing.assert_allclose(table.loc["National"], plain.wide())
    east = toys.regions[toys.regions == "East"].index
    with pytest.warns(ThinStrataWarning):
        own = sc.factor_detector(
            toys.scores["economy"].loc[east], strata.labels.loc[east], by="time", n_permutations=0
        )
    np.testing.assert_allclose(table.loc["East"], own.wide())


def test_what_is_on_unit_holds_at_all_times(toys: Toys) -> None:
    zones = toys.regions.to_frame("zone")
    found = sc.factor_detector(toys.scores["economy"], zones, by="time", n_permutations=0)
    units = toys.panel.index.get_level_values("unit")
    spread = pd.DataFrame({"zone": toys.regions.reindex(units).to_numpy()}, toys.panel.index)
    same = sc.factor_detector(toys.scores["economy"], spread, by="time", n_permutations=0)
    pd.testing.assert_frame_equal(found.to_frame(), same.to_frame())


def test_the_result_says_how_strata_were_made(toys: Toys) -> None:
    for pooled, words in ((True, "all times together"), (False, "each time cut by itself")):
        strata = sc.stratify(toys.panel, k=3, pooled=pooled)
        found = sc.factor_detector(toys.scores["economy"], strata, n_permutations=0)
        assert words in found.summary()


def test_a_factor_without_use_in_one_part_is_left_out_there(toys: Toys) -> None:
    labels = toys.regions.to_frame("zone").assign(half=np.arange(36) % 2)
    with pytest.warns(ThinStrataWarning, match=r"zone \(West\): one stratum only"):
        found = sc.factor_detector(
            toys.year["income"], labels, toys.regions, by="region", n_permutations=19
        ).to_frame()
    empty = found[found["q"].isna()]
    assert set(empty["region"]) == {"West", "Central", "East"}
    assert set(empty["factor"]) == {"zone"}
    assert (
        empty[["p_permutation", "p_f", "p_ncf", "adjusted_q", "expected_q"]].isna().all(axis=None)
    )


def test_bad_input_is_named(villages: Any) -> None:
    y, labels = villages
    flat = pd.DataFrame({"one": 1, "each": range(60), "good": labels["soil"]}, labels.index)
    with pytest.raises(DataError, match=r"one \(one stratum only\); each \(60 strata") as raised:
        sc.factor_detector(y, flat)
    assert list(raised.value.cases["factor"]) == ["one", "each"]
    with pytest.raises(DataError, match="y is constant"):
        sc.factor_detector(y * 0 + 0.1, labels)
    gap = labels.astype(float)
    gap.iloc[3, 1] = np.nan
    with pytest.raises(AlignmentError, match=r"U03 \(slope\)"):
        sc.factor_detector(y, gap)
    with pytest.raises(AlignmentError, match="U59"):
        sc.factor_detector(y, labels.iloc[:-1])
    with pytest.raises(AlignmentError, match="U04"):
        sc.factor_detector(y.replace(y.iloc[4], np.inf), labels)
    with pytest.raises(ParameterError, match="y must hold numbers"):
        sc.factor_detector(y.astype(str), labels)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": "time"}, "neither the second level of the index of y nor the name of groups"),
        ({"restrict": "blocks"}, "needs blocks="),
        ({"restrict": "shift"}, "needs places="),
        ({"restrict": "block"}, "did you mean 'blocks'"),
        ({"variance": "robust"}, "is not known"),
        ({"n_permutations": -1}, "out of range"),
        ({"groups": pd.Series("a", [f"U{i:02d}" for i in range(60)], name="zone")}, "by='zone'"),
    ],
)
def test_settings_are_checked(villages: Any, arguments: Any, message: str) -> None:
    y, labels = villages
    with pytest.raises(ParameterError, match=message):
        sc.factor_detector(y, labels, **arguments)


def test_progress_is_told_and_can_stop(villages: Any) -> None:
    y, labels = villages
    told: list[tuple[int, int]] = []
    sc.factor_detector(y, labels, n_permutations=50, progress=lambda d, t: told.append((d, t)))
    assert told[-1] == (50, 50)


# --- interaction --------------------------------------------------------------------------------


@pytest.mark.compares("interaction_detector", against="Wang et al. (2010): Heshun")
def test_published_interactions(heshun: Any) -> None:
    y, strata, expected = heshun
    found = sc.interaction_detector(y, strata, n_permutations=0).to_frame()
    q = {
        frozenset((a, b)): q
        for a, b, q in zip(found["factor_a"], found["factor_b"], found["q"], strict=True)
    }
    for pair, published in expected["interaction_q"].items():
        assert q[frozenset(pair.split("∩"))] == pytest.approx(published, abs=1e-12)
    assert (found["type"] == "Bi-factor enhance").all()


def test_the_five_types_and_equality() -> None:
    from spatialccd.drivers.geodetector.interaction import TYPES, interaction_type

    a, b = np.full(6, 0.4), np.full(6, 0.3)
    q = np.array([0.2, 0.35, 0.4 + 1e-12, 0.6, 0.7 - 1e-12, 0.8])
    assert tuple(interaction_type(a, b, q, 1e-9)) == TYPES


def test_exclusive_or_is_all_interaction() -> None:
    """y = a xor b, eight times over: no factor explains anything, both explain all."""
    a, b = np.repeat([0, 0, 1, 1], 8), np.tile(np.repeat([0, 1], 8), 2)
    y = pd.Series((a ^ b).astype(float))
    found = sc.interaction_detector(y, pd.DataFrame({"a": a, "b": b}), seed=1).to_frame().loc[0]
    assert (found["q_a"], found["q_b"], found["q"]) == pytest.approx((0, 0, 1))
    assert found["type"] == "Nonlinear enhance"
    assert found["p_gain"] == found["p_synergy"] == 0.001


def test_conditional_permutation_sees_a_gain_beside_a_strong_factor(heshun: Any) -> None:
    """Watershed explains .64, so that permutations of all y gain more by chance than is left."""
    y, strata, _ = heshun
    plain = sc.interaction_detector(y, strata, seed=1, null="no_effect").to_frame()
    given = sc.interaction_detector(y, strata, seed=1).to_frame()
    assert (plain["p_gain"] > 0.05).all()
    assert (given["p_gain"] < 0.05).all()


def test_the_layout_of_the_interaction_table(toys: Toys) -> None:
    strata = sc.stratify(toys.panel, k=2)
    found = sc.interaction_detector(toys.scores["economy"], strata, by="time", n_permutations=0)
    table = found.wide()
    assert list(table.columns) == toys.years
    assert table.index.names == ["factor_a", "factor_b"]
    assert len(table) == 6
    triangle = found.matrix(time=2019)
    row = found.to_frame().query("time == 2019 and factor_a == 'income' and factor_b == 'smoke'")
    assert triangle.loc["smoke", "income"] == row["q"].item()
    assert triangle.loc["income", "income"] == row["q_a"].item()
    assert np.isnan(triangle.loc["income", "smoke"])
    with pytest.raises(ParameterError, match="name one part"):
        found.matrix()


def test_interactions_need_two_factors(villages: Any) -> None:
    y, labels = villages
    for tool in (sc.interaction_detector, sc.ecological_detector):
        with pytest.raises(DataError, match="needs two factors"):
            tool(y, labels[["soil"]])
    with pytest.raises(ParameterError, match="add null='no_effect'"):
        sc.interaction_detector(y, labels, restrict="units")


# --- risk and ecological ------------------------------------------------------------------------


@pytest.mark.compares("risk_detector", against="Wang et al. (2010): Heshun")
def test_published_risk_means_and_decisions(heshun: Any) -> None:
    """The R package tests each pair at .05 without a correction."""
    y, strata, expected = heshun
    found = sc.risk_detector(y, strata[["soiltype"]], correction="none")
    for stratum, mean in expected["risk_mean_soiltype"].items():
        row = found.means[found.means["stratum"] == int(stratum)]
        assert row["mean"].item() == pytest.approx(mean, abs=1e-6)
    pairs = found.to_frame()
    alike = pairs.loc[~pairs["significant"], ["stratum_a", "stratum_b"]].to_numpy().tolist()
    assert alike == expected["risk_ttest05_not_significant_soiltype"]


@pytest.mark.compares("risk_detector", against="scipy: Welch's t")
def test_risk_agrees_with_scipy(villages: Any) -> None:
    y, labels = villages
    found = sc.risk_detector(y, labels[["soil"]], alpha=0.1)
    for row in found.to_frame().to_dict("records"):
        a, b = (y[labels["soil"] == row[f"stratum_{side}"]] for side in "ab")
        peer = stats.ttest_ind(a, b, equal_var=False)
        assert (row["t"], row["p"]) == pytest.approx((peer.statistic, peer.pvalue))
        assert row["df"] == pytest.approx(peer.df)
    for row in found.means.to_dict("records"):
        part = y[labels["soil"] == row["stratum"]]
        low, high = stats.t.interval(0.9, len(part) - 1, part.mean(), stats.sem(part))
        assert (row["low"], row["high"]) == pytest.approx((low, high))


def test_a_lone_stratum_has_a_mean_and_no_test(villages: Any) -> None:
    y, labels = villages
    lone = labels[["soil"]].copy()
    lone.iloc[0] = 99
    with pytest.warns(ThinStrataWarning):
        found = sc.risk_detector(y, lone)
    row = found.means[found.means["stratum"] == 99]
    assert row["mean"].item() == y.iloc[0]
    assert np.isnan(row["low"].item())
    pairs = found.to_frame()
    untested = pairs["stratum_b"] == 99
    assert pairs.loc[untested, "p"].isna().all()
    assert not pairs.loc[untested, "significant"].any()
    assert pairs.loc[~untested, "p_holm"].notna().all()


@pytest.mark.compares("ecological_detector", against="Wang et al. (2010): Heshun")
def test_published_ecological_decisions(heshun: Any) -> None:
    y, strata, expected = heshun
    found = sc.ecological_detector(y, strata).to_frame()
    decided = {
        frozenset((a, b)): bool(s)
        for a, b, s in zip(found["factor_a"], found["factor_b"], found["significant"], strict=True)
    }
    wanted = {frozenset(p): True for p in expected["ecological_F05_significant"]}
    wanted |= {frozenset(p): False for p in expected["ecological_not_significant"]}
    assert decided == wanted


def test_the_order_of_factors_does_not_change_the_ecological_p(villages: Any) -> None:
    y, labels = villages
    one = sc.ecological_detector(y, labels[["soil", "slope"]]).to_frame().loc[0]
    other = sc.ecological_detector(y, labels[["slope", "soil"]]).to_frame().loc[0]
    assert one["p"] == pytest.approx(other["p"])
    assert one["F"] == pytest.approx(1 / other["F"])


# --- restricted permutations --------------------------------------------------------------------


def test_blocks_keep_their_values(villages: Any) -> None:
    """Blocks that are the strata leave every stratum as it is: all draws tie, p = 1."""
    y, labels = villages
    found = sc.factor_detector(
        y, labels[["soil"]], blocks=labels["soil"], restrict="blocks", n_permutations=99, seed=1
    )
    assert found.to_frame().loc[0, "p_permutation"] == 1.0


def test_units_keep_their_times_together(toys: Toys) -> None:
    """What never changes over time is worth n units, not n units times T years."""
    rng = np.random.default_rng(0)
    value = pd.Series(rng.normal(size=36), toys.units)
    units = toys.panel.index.get_level_values("unit")
    y = pd.Series(value.reindex(units).to_numpy(), toys.panel.index, name="y")
    zones = pd.DataFrame({"zone": rng.integers(0, 4, 36)}, toys.units)
    flat = sc.factor_detector(value, zones, n_permutations=4999, seed=1).to_frame()
    kept = sc.factor_detector(y, zones, restrict="units", n_permutations=4999, seed=1).to_frame()
    free = sc.factor_detector(y, zones, n_permutations=4999, seed=1).to_frame()
    assert kept.loc[0, "p_permutation"] == pytest.approx(flat.loc[0, "p_permutation"], abs=0.03)
    assert free.loc[0, "p_permutation"] < flat.loc[0, "p_permutation"] / 2
    with pytest.raises(PanelError, match="not balanced"):
        sc.factor_detector(y.iloc[1:], zones, restrict="units")


def test_a_shift_moves_a_full_grid_onto_itself(toys: Toys) -> None:
    """Every draw is a permutation, and neighbors stay neighbors around the torus."""
    from spatialccd.drivers.geodetector._permutations import _shifted

    centers = np.column_stack([toys.areas.centroid.x, toys.areas.centroid.y])
    draws = _shifted(np.random.default_rng(1), 50, centers)
    assert (np.sort(draws, axis=1) == np.arange(36)).all()
    row, column = draws // 6, draws % 6
    east = (column.reshape(50, 6, 6)[:, :, 1:] - column.reshape(50, 6, 6)[:, :, :-1]) % 6
    assert (east == 1).all()
    assert (row.reshape(50, 6, 6)[:, :, 1:] == row.reshape(50, 6, 6)[:, :, :-1]).all()


def test_places_come_as_layers_points_or_coordinates(toys: Toys) -> None:
    y, strata = toys.year["income"], sc.stratify(toys.year[["smoke"]], k=3)
    points = toys.areas.representative_point()
    given = [
        toys.areas,
        points,
        pd.DataFrame({"x": points.x, "y": points.y}),
        # A tiny map in degrees on the equator: the same neighbors.
        points.set_crs(None, allow_override=True).scale(1e-6, 1e-6, origin=(0, 0)).set_crs(4326),
    ]
    p = [
        sc.factor_detector(y, strata, places=places, restrict="shift", seed=1).to_frame()
        for places in given
    ]
    assert len({frame.loc[0, "p_permutation"] for frame in p}) == 1
    with pytest.raises(ParameterError, match="two coordinate columns"):
        sc.factor_detector(y, strata, places=toys.panel.xs(2020, level="time"), restrict="shift")


def test_strata_of_single_times_cannot_explain_a_cross_section(toys: Toys) -> None:
    with pytest.raises(AlignmentError, match="same index"):
        sc.factor_detector(toys.year["income"], toys.panel[["smoke"]].round(-1))


@pytest.mark.parametrize("null", ["no_effect", "stronger_factor"])
def test_portions_of_draws_do_not_change_the_draws(
    monkeypatch: Any, villages: Any, null: Any
) -> None:
    from spatialccd.drivers.geodetector import _permutations

    y, labels = villages
    whole = sc.interaction_detector(y, labels, n_permutations=99, seed=1, null=null).to_frame()
    monkeypatch.setattr(_permutations, "_CELLS_AT_ONCE", 500)
    parts = sc.interaction_detector(y, labels, n_permutations=99, seed=1, null=null).to_frame()
    pd.testing.assert_frame_equal(parts, whole)


def test_one_warning_stands_for_all_thin_strata(toys: Toys) -> None:
    labels = toys.panel.round(0)
    with pytest.warns(ThinStrataWarning, match=r"income \(All, 2018\): .*; and \d+ more") as caught:
        sc.risk_detector(toys.scores["ecology"], labels, toys.regions, by=["region", "time"])
    (warning,) = caught
    assert warning.filename == __file__
