"""DEA against DEAP, against Tone's example, its identities and its refusals."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spatialccd as sc
from spatialccd.errors import (
    AlignmentError,
    DataError,
    InfeasibleWarning,
    ParameterError,
    ThinFrontierWarning,
)
from tests.toys import Toys

#: Published examples have five units.
few = pytest.mark.filterwarnings("ignore::spatialccd.errors.ThinFrontierWarning")


def _case(shared: Path, name: str, unit: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    folder = shared / "verify" / name
    data = pd.read_csv(folder / "data.csv").set_index(unit).rename_axis("unit")
    return data, json.loads((folder / "expected.json").read_text())["expected"]


def _random(n: int = 30, seed: int = 0, years: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = pd.MultiIndex.from_product([range(n), range(years)], names=["unit", "time"])
    index = rows if years > 1 else pd.RangeIndex(n, name="unit")
    return pd.DataFrame(rng.uniform(1, 10, (n * years, 5)), index, columns=list("klyzb"))


@pytest.mark.compares("dea", against="DEAP 2.1 (Coelli 1996), example 1")
@few
def test_scores_slacks_targets_and_peers_are_those_of_deap(shared: Path) -> None:
    data, expected = _case(shared, "dea_deap_eg1", "firm")
    result = sc.dea(data[["x1", "x2"]], data[["y"]])
    np.testing.assert_allclose(result.score, expected["te"], atol=5e-4)
    assert result.score.mean() == pytest.approx(expected["mean"], abs=5e-4)
    np.testing.assert_allclose(
        result.slacks[["x1", "x2"]], expected["input_slacks_multistage"], atol=5e-4
    )
    np.testing.assert_allclose(result.targets[["x1", "x2"]], expected["targets_input"], atol=5e-4)
    for firm, rows in result.peers.groupby("unit"):
        printed = zip(expected["peers"][str(firm)], expected["lambdas"][str(firm)], strict=True)
        ours = dict(zip(rows["peer"], rows["weight"], strict=True))
        assert ours == pytest.approx(dict(printed), abs=5e-4)


@pytest.mark.compares("dea", against="Tone (2001), Eur. J. Oper. Res. 130")
@few
def test_scores_are_those_of_tone_2001(shared: Path) -> None:
    data, expected = _case(shared, "dea_tone2001_sbm", "DMU")
    inputs, outputs = data[["Input1", "Input2"]], data[["Output1", "Output2"]]
    sbm = sc.dea(inputs, outputs, model="sbm").score
    radial = sc.dea(inputs, outputs).score
    assert sbm.to_dict() == pytest.approx(expected["sbm_nonoriented_crs"], abs=1e-9)
    assert radial.to_dict() == pytest.approx(expected["ccr_input"], abs=1e-9)


@few
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_targets_are_efficient(orientation: str) -> None:
    data = _random(40)
    for model in ("radial", "sbm"):
        first = sc.dea(
            data[["k", "l"]], data[["y", "z"]], model=model, returns="vrs", orientation=orientation
        )
        both = pd.concat([data.iloc[:, :4], first.targets.set_axis(range(100, 140))])
        again = sc.dea(
            both[["k", "l"]], both[["y", "z"]], model=model, returns="vrs", orientation=orientation
        )
        assert again.score.loc[100:].to_numpy() == pytest.approx(1.0, abs=1e-6)
        np.testing.assert_allclose(again.score.loc[:39], first.score, atol=1e-6)


@few
def test_peers_make_the_targets() -> None:
    data = _random(40)
    inputs, outputs = data[["k", "l"]], data[["y", "z"]]
    for model in ("radial", "sbm"):
        result = sc.dea(inputs, outputs, model=model)
        weights = result.peers.pivot_table(index="unit", columns="peer", values="weight").fillna(0)
        made = weights @ data.loc[weights.columns, ["k", "l", "y", "z"]]
        np.testing.assert_allclose(made, result.targets, rtol=1e-6)


@few
@given(
    seed=st.integers(0, 10_000),
    returns=st.sampled_from(["crs", "vrs", "nirs", "ndrs"]),
    model=st.sampled_from(["radial", "sbm"]),
    orientation=st.sampled_from(["input", "output"]),
    factors=st.lists(st.floats(1e-4, 1e5), min_size=4, max_size=4),
)
@settings(max_examples=25, deadline=None)
def test_scores_are_shares_and_do_not_depend_on_units_of_measurement(
    seed: int, returns: str, model: str, orientation: str, factors: list[float]
) -> None:
    data = _random(12, seed)[list("klyz")]
    how = {"model": model, "returns": returns, "orientation": orientation}
    result = sc.dea(data[["k", "l"]], data[["y", "z"]], **how)
    assert result.score.between(0, 1, inclusive="right").all()
    assert (result.score == 1).any()
    assert (result.slacks >= 0).all().all()
    assert (result.table["crs"] <= result.table["vrs"] + 1e-8).all()
    other = data * factors
    again = sc.dea(other[["k", "l"]], other[["y", "z"]], **how)
    np.testing.assert_allclose(again.score, result.score, atol=1e-7)


def test_slacks_based_scores_are_never_above_radial_ones() -> None:
    data = _random(60)
    for orientation in ("input", "output"):
        radial, sbm = (
            sc.dea(data[["k", "l"]], data[["y", "z"]], model=model, orientation=orientation).score
            for model in ("radial", "sbm")
        )
        assert (sbm <= radial + 1e-8).all()


def test_super_efficiency_ranks_the_efficient_and_leaves_the_others() -> None:
    data = _random(60)
    for model in ("radial", "sbm"):
        plain, beyond = (
            sc.dea(data[["k", "l"]], data[["y", "z"]], model=model, super_efficiency=more)
            for more in (False, True)
        )
        best = plain.table["efficient"]
        assert (beyond.score[best] > 1).all()
        assert beyond.score[best].nunique() == best.sum() > 1
        np.testing.assert_allclose(beyond.score[~best], plain.score[~best], atol=1e-8)
        assert (beyond.table["efficient"] == best).all()


def test_super_efficiency_without_a_solution_is_listed_by_unit_and_time() -> None:
    data = _random(20, years=2)
    with pytest.warns(InfeasibleWarning, match="no solution") as caught:
        result = sc.dea(data[["k", "l"]], data[["y"]], returns="vrs", super_efficiency=True)
    cases = caught[0].message.cases
    missing = result.score[result.score.isna()]
    assert list(zip(cases["unit"], cases["time"], strict=True)) == list(missing.index)
    assert (result.table.loc[missing.index, "status"] == "infeasible").all()
    assert result.table.loc[missing.index, "efficient"].all()


def test_undesirable_outputs_lower_the_score_of_who_makes_them() -> None:
    data = _random(60)
    arguments = (data[["k", "l"]], data[["y"]], data[["b"]])
    before = sc.dea(*arguments, model="sbm")
    worst = before.score.idxmin()
    data.loc[worst, "b"] *= 2
    after = sc.dea(data[["k", "l"]], data[["y"]], data[["b"]], model="sbm")
    assert after.score[worst] < before.score[worst]
    assert (after.targets["b"] <= data["b"] + 1e-9).all()


def test_each_time_has_its_frontier_or_all_share_one() -> None:
    data = _random(30, years=3)
    inputs, outputs = data[["k", "l"]], data[["y", "z"]]
    each = sc.dea(inputs, outputs)
    alone = sc.dea(inputs.xs(1, level="time"), outputs.xs(1, level="time"))
    np.testing.assert_allclose(each.score.xs(1, level="time"), alone.score, atol=1e-9)
    assert (each.peers["time"] == each.peers["peer_time"]).all()
    pooled = sc.dea(inputs, outputs, frontier="all times")
    assert (pooled.score <= each.score + 1e-9).all()
    spread = sc.dea(inputs, outputs, n_jobs=2)
    pd.testing.assert_frame_equal(spread.to_frame(), each.to_frame())


@few
def test_returns_to_scale_are_those_of_a_textbook_curve() -> None:
    data = pd.DataFrame({"x": [2.0, 3, 6, 9], "y": [1.0, 3, 5, 6]}, index=list("abcd"))
    table = sc.dea(data[["x"]], data[["y"]], returns="vrs").table
    assert (table["score"] == 1).all()
    assert list(table["returns_to_scale"]) == [
        "increasing",
        "constant",
        "decreasing",
        "decreasing",
    ]


def test_few_units_are_warned_of() -> None:
    data = _random(8, years=2)
    with pytest.warns(ThinFrontierWarning, match="8 units in 0, 1 for 2 inputs and 2 outputs"):
        sc.dea(data[["k", "l"]], data[["y", "z"]])


def test_negative_amounts_and_zeros_are_named() -> None:
    data = _random(20)
    data.loc[3, "k"], data.loc[5, "y"] = -1, 0
    with pytest.raises(DataError, match=r"3 \(k\) = -1.*none may be negative") as raised:
        sc.dea(data[["k", "l"]], data[["y", "z"]])
    assert raised.value.cases is not None
    assert len(raised.value.cases) == 1
    with pytest.raises(DataError, match=r"5 \(y\) = 0.*positive"):
        sc.dea(data[["l"]], data[["y", "z"]], model="sbm")
    with pytest.raises(DataError, match=r"5 \(y\) = 0"):
        sc.dea(data[["l"]], data[["y"]])
    assert sc.dea(data[["l"]], data[["y", "z"]]).score.notna().all()


def test_a_missing_cell_is_named() -> None:
    data = _random(20)
    data.loc[4, "l"] = np.nan
    with pytest.raises(AlignmentError, match=r"4 \(l\)"):
        sc.dea(data[["k", "l"]], data[["y"]])


def test_what_does_not_go_together_is_refused(toys: Toys) -> None:
    data = _random(20)
    inputs, outputs = data[["k", "l"]], data[["y"]]
    with pytest.raises(ParameterError, match="directional_distance"):
        sc.dea(inputs, outputs, data[["b"]])
    with pytest.raises(ParameterError, match="orientation"):
        sc.dea(inputs, outputs, orientation="none")
    with pytest.raises(ParameterError, match="more than once"):
        sc.dea(inputs, data[["k"]])
    with pytest.raises(ParameterError, match="did you mean 'vrs'"):
        sc.dea(inputs, outputs, returns="vsr")
    with pytest.raises(ParameterError, match="DataFrame"):
        sc.dea(inputs, data["y"])


def test_nothing_is_printed() -> None:
    """HiGHS 1.16 has a banner; what a run prints must not depend on its version."""
    call = (
        "import pandas as pd, spatialccd as sc;"
        "x = pd.DataFrame({'a': [1.0, 2, 3, 4]}); y = pd.DataFrame({'b': [1.0, 3, 2, 4]});"
        "sc.dea(x, y); sc.dea(x, y, model='sbm')"
    )
    done = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=True)
    assert done.stdout == ""
