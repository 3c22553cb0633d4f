from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

import spatialccd as sc
from spatialccd.coupling.degree import GRADES, coupling
from spatialccd.errors import AlignmentError, DataError, ParameterError
from spatialccd.report.words.sentences import retell
from tests.toys import Toys

VARIANTS = ("standard", "wang", "fan")


def one(*scores: float, **settings: object) -> pd.Series:
    series = {f"s{i}": pd.Series([u], index=["a"]) for i, u in enumerate(scores)}
    return sc.coupling_coordination(**series, **settings).to_frame().iloc[0]


@pytest.mark.compares("coupling_coordination", against="mathmodels (R)")
def test_agrees_with_mathmodels(shared: Path) -> None:
    data = pd.read_csv(shared / "verify" / "ccd_mathmodels" / "data_and_expected.csv")
    three = sc.coupling_coordination(data["s1"], data["s2"], data["s3"])
    for name in ("C", "T", "D"):
        np.testing.assert_allclose(getattr(three, name), data[name], rtol=1e-12)
    weighted = sc.coupling_coordination(data["s1"], data["s2"], data["s3"], weights=(0.4, 0.3, 0.3))
    np.testing.assert_allclose(weighted.T, data["T_w433"], rtol=1e-12)
    np.testing.assert_allclose(weighted.D, data["D_w433"], rtol=1e-12)
    two = sc.coupling_coordination(data["s1"], data["s2"])
    for name in ("C", "T", "D"):
        np.testing.assert_allclose(getattr(two, name), data[f"{name}2"], rtol=1e-12)


def test_variants_for_three_tenths_and_six_tenths() -> None:
    """METHODS section 2: standard .943, Wang .592; Fan is 1 - 2 x .15."""
    assert one(0.3, 0.6)["C"] == pytest.approx(2 * np.sqrt(0.18) / 0.9)
    assert one(0.3, 0.6)["C"] == pytest.approx(0.943, abs=5e-4)
    assert one(0.3, 0.6, variant="wang")["C"] == pytest.approx(np.sqrt(0.7 * 0.5))
    assert one(0.3, 0.6, variant="wang")["C"] == pytest.approx(0.592, abs=5e-4)
    assert one(0.3, 0.6, variant="fan")["C"] == pytest.approx(0.7)


@pytest.mark.compares("coupling_coordination", "compare_variants", against="Wang (2021), by hand")
def test_wang_for_three_by_hand() -> None:
    apart = (0.1 + 0.4 + 0.3) / 3
    expected = np.sqrt((1 - apart) * np.sqrt(0.2 / 0.6 * 0.3 / 0.6))
    assert one(0.2, 0.3, 0.6, variant="wang")["C"] == pytest.approx(expected)


_scores = arrays(float, st.tuples(st.just(4), st.integers(2, 6)), elements=st.floats(0, 1))


@given(U=_scores, variant=st.sampled_from(VARIANTS))
@settings(max_examples=300, deadline=None)
def test_c_lies_in_the_unit_interval_and_is_one_only_for_equals(
    U: np.ndarray, variant: str
) -> None:
    C = coupling(U, variant)
    assert ((C >= 0) & (C <= 1)).all()
    spread = np.ptp(U, axis=1)
    # Below this spread 1 - C is smaller than the rounding of C.
    assert (C[spread > 1e-3] < 1).all()
    equal = np.repeat(U[:, :1], U.shape[1], axis=1)
    np.testing.assert_array_equal(coupling(equal, variant) == 1, equal[:, 0] > 0)


@given(U=_scores, variant=st.sampled_from(VARIANTS))
@settings(max_examples=100, deadline=None)
def test_d_lies_in_the_unit_interval_and_order_of_systems_is_free(
    U: np.ndarray, variant: str
) -> None:
    frame = pd.DataFrame(U)
    there = sc.coupling_coordination(*[frame[c] for c in frame], variant=variant)
    back = sc.coupling_coordination(*[frame[c] for c in frame.columns[::-1]], variant=variant)
    assert there.D.between(0, 1).all()
    np.testing.assert_allclose(there.D, back.D, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_at_all_is_not_coupled(variant: str) -> None:
    row = one(0.0, 0.0, variant=variant)
    assert (row["C"], row["D"], row["grade"]) == (0, 0, "Extreme disorder")


@pytest.mark.parametrize(("lower", "grade"), [(g.lower, g.label) for g in GRADES])
def test_a_class_holds_its_lower_bound(lower: float, grade: str) -> None:
    """Equal scores u give D = sqrt(u), which rounding may leave a hair under the bound."""
    assert one(lower**2, lower**2)["grade"] == grade
    assert sc.coordination_grades(pd.Series([lower])).grade.iloc[0] == grade


def test_the_last_class_holds_one_and_rounding_does_not_demote() -> None:
    assert one(1.0, 1.0)["grade"] == "Quality coordination"
    almost = pd.Series([0.1 + 0.2 + 0.3 - 1e-15, 0.5999999])
    assert sc.coordination_grades(almost).grade.to_list() == [
        "Primary coordination",
        "Barely coordinated",
    ]


def test_own_grades() -> None:
    assert one(0.16, 0.16, grades={"low": 0, "high": 0.4})["grade"] == "high"
    assert one(0.16, 0.16, grades=[("low", 0), ("high", 0.41)])["grade"] == "low"
    for wrong in ({"a": 0.1, "b": 0.5}, {"a": 0, "b": 0}, {"a": 0}, {"a": 0, "b": 1.0}):
        with pytest.raises(ParameterError, match="rise from 0"):
            one(0.4, 0.4, grades=wrong)


def test_weights_by_name_and_their_faults() -> None:
    assert one(0.2, 0.6, weights={"s1": 0.25, "s0": 0.75})["T"] == pytest.approx(0.3)
    with pytest.raises(ParameterError, match=r"sum to 0\.9.*\[0\.444444, 0\.555556\]"):
        one(0.2, 0.6, weights=(0.4, 0.5))
    with pytest.raises(ParameterError, match="3 numbers for 2"):
        one(0.2, 0.6, weights=(0.4, 0.5, 0.1))
    with pytest.raises(ParameterError, match="negative"):
        one(0.2, 0.6, weights=(-0.4, 1.4))
    with pytest.raises(ParameterError, match="unknown: s2, missing: s1"):
        one(0.2, 0.6, weights={"s0": 0.4, "s2": 0.6})


def test_one_subsystem_is_not_enough() -> None:
    with pytest.raises(ParameterError, match="two or more subsystems, not 1"):
        one(0.2)


def test_every_score_outside_the_unit_interval_is_listed() -> None:
    with pytest.raises(DataError, match="2 do not") as raised:
        sc.coupling_coordination(
            urban=pd.Series([0.2, 1.2], list("ab")), ecology=pd.Series([-0.1, 0.5], list("ab"))
        )
    assert raised.value.cases is not None
    assert raised.value.cases["value"].to_list() == [-0.1, 1.2]


def test_missing_scores_are_named() -> None:
    with pytest.raises(AlignmentError, match=r"b \(urban\)"):
        sc.coupling_coordination(
            urban=pd.Series([0.2, np.nan], list("ab")), ecology=pd.Series([0.1, 0.5], list("ab"))
        )


def test_takes_what_composite_index_gives(toys: Toys) -> None:
    economy = sc.composite_index(toys.panel, {"income": "benefit", "schools": "benefit"})
    ecology = sc.composite_index(toys.panel, {"smoke": "cost", "forest": "benefit"})
    whole = sc.coupling_coordination(economy=economy, ecology=ecology)
    parts = sc.coupling_coordination(economy=economy.score, ecology=ecology.score)
    pd.testing.assert_frame_equal(whole.to_frame(), parts.to_frame())
    assert list(whole.to_frame().columns) == ["economy", "ecology", "C", "T", "D", "grade"]


def test_subsystems_without_distinct_names_are_numbered(toys: Toys) -> None:
    score = toys.scores["economy"]
    assert list(sc.coupling_coordination(score, score).scores) == ["U1", "U2"]
    assert list(sc.coupling_coordination(score, toys.scores["ecology"]).scores) == [
        "economy",
        "ecology",
    ]


@pytest.mark.compares("coordination_grades", against="the study of 31 provinces, Table 3")
def test_the_study_of_31_provinces(shared: Path) -> None:
    """Section "Spatiotemporal characteristics": 4 provinces at D >= .5 in 2011, 19 in 2020."""
    published = pd.read_csv(shared / "data" / "china_province_ccd_2011_2020.csv")
    D = published.set_index(["adcode", "year"])["D"]
    counts = sc.coordination_grades(D).counts
    coordinated = counts.loc[:, "Barely coordinated":].sum(axis=1)
    assert coordinated[2011] == 4
    assert coordinated[2020] == 19
    assert (counts.sum(axis=1) == 31).all()


def test_rescaled_scores_are_those_of_the_interval_by_hand() -> None:
    urban, ecology = pd.Series([0.3, 0.5, 0.7]), pd.Series([0.6, 0.4, 0.5])
    found = sc.coupling_coordination(urban=urban, ecology=ecology, rescale=(0.01, 0.99))
    by_hand = sc.coupling_coordination(
        urban=pd.Series([0.01, 0.5, 0.99]), ecology=pd.Series([0.99, 0.01, 0.5])
    )
    pd.testing.assert_frame_equal(found.to_frame(), by_hand.to_frame())
    assert by_hand.notes() == []
    assert "do not compare with those of other samples" in found.notes()[0]
    told = retell(found.notes()[0], "zh")
    assert told.startswith("各子系统得分已按本样本的极差变换到 [0.01, 0.99]")
    plain = sc.coupling_coordination(urban=urban, ecology=ecology)
    pd.testing.assert_frame_equal(
        found.further()["without rescale"], plain.to_frame()[["D", "grade"]]
    )
    assert f"from {plain.D.min():.3f} to {plain.D.max():.3f}, with it" in found.notes()[1]
    assert "/3 行的协调等级改变" in retell(found.notes()[1], "zh")
    assert plain.plain is None


def test_rescaling_regrades_most_places_and_hardly_moves_their_order() -> None:
    """What the docstring tells of 31 places with scores from 0.3 to 0.7."""
    changed, rank = [], []
    for seed in range(20):
        U = pd.DataFrame(np.random.default_rng(seed).uniform(0.3, 0.7, (31, 2)), columns=["a", "b"])
        plain = sc.coupling_coordination(U["a"], U["b"])
        wide = sc.coupling_coordination(U["a"], U["b"], rescale=(0.01, 0.99))
        changed.append((plain.grade.astype(str) != wide.grade.astype(str)).mean())
        rank.append(plain.D.corr(wide.D, method="spearman"))
        assert wide.D.min() < plain.D.min() - 0.1
    assert 0.5 < np.mean(changed) < 0.9
    assert np.mean(rank) > 0.95


@pytest.mark.parametrize("interval", [(0.5,), (0.9, 0.1), (-0.1, 1), (0, 1.1)])
def test_rescale_is_checked(interval: tuple[float, ...]) -> None:
    with pytest.raises(ParameterError, match="two rising numbers"):
        sc.coupling_coordination(pd.Series([0.1, 0.2]), pd.Series([0.1, 0.2]), rescale=interval)


def test_one_score_cannot_be_rescaled() -> None:
    with pytest.raises(DataError, match="no range to rescale: b"):
        sc.coupling_coordination(a=pd.Series([0.1, 0.2]), b=pd.Series([0.3, 0.3]), rescale=(0, 1))
