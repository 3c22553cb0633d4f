"""Every measure beside DEAPack 2.0.1, on a made-up panel (see data/make_deapack_reference.py)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import InfeasibleWarning

_FOLDER = Path(__file__).parent / "data"
_PANEL = pd.read_csv(_FOLDER / "panel.csv").set_index(["unit", "time"])
_PEER = pd.read_csv(_FOLDER / "deapack.csv").set_index(["case", "figure"])
_INPUTS, _OUTPUTS, _BAD = _PANEL[["k", "l"]], _PANEL[["y", "z"]], _PANEL[["b"]]

_FIGURES = {
    "efficiency_change": "effch",
    "technical_change": "techch",
    "productivity_change": "tfpch",
    "pure_efficiency_change": "pech",
    "fgnz_scale_change": "sech",
}


def _year(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.xs(0, level="time")


def _measured(case: str) -> dict[str, pd.Series]:
    """Give our figures of a case, by the peer's names of them."""
    kind, *_, returns, side = case.split()
    how = {"returns": returns, "orientation": side}
    given = [_year(_INPUTS), _year(_OUTPUTS)]
    if kind == "radial":
        return {"efficiency": sc.dea(*given, **how).score}
    if kind == "sbm":
        return {"efficiency": sc.dea(*given, model="sbm", **how).score}
    if kind == "undesirable":
        return {"efficiency": sc.dea(*given, _year(_BAD), model="sbm", **how).score}
    if kind == "super":
        score = sc.dea(*given, model="sbm", super_efficiency=True, **how).score
        return {"super_sbm_score": score}
    if kind == "directional":
        bad = [_year(_BAD)] if side == "output" else []
        return {"distance": sc.directional_distance(*given, *bad, **how).distance}
    bad = [_BAD] if "bad" in case else []
    if side == "parts":
        how["orientation"] = "output"
    table = sc.malmquist(_INPUTS, _OUTPUTS, *bad, kind=kind, **how).table
    return {theirs: table[ours] for theirs, ours in _FIGURES.items() if ours in table}


@pytest.mark.filterwarnings("ignore:.*no solution:spatialccd.errors.InfeasibleWarning")
@pytest.mark.parametrize("case", _PEER.index.get_level_values("case").unique())
def test_figures_are_those_of_deapack(case: str) -> None:
    ours = _measured(case)
    for figure, theirs in _PEER.loc[case].groupby(level="figure"):
        index = ["unit", "time"] if ours[figure].index.nlevels > 1 else "unit"
        expected = theirs.set_index(index)["value"]
        found = ours[figure].reindex(expected.index)
        # The peer gives no super-efficiency to units that are not efficient, and no effch where
        # tfpch lacks a solution, though effch has one.
        if case.startswith("super") or figure == "efficiency_change":
            found = found.where(expected.notna())
        np.testing.assert_allclose(found, expected, atol=1e-6, err_msg=figure)


def test_programmes_without_a_solution_are_the_same() -> None:
    with pytest.warns(InfeasibleWarning) as caught:
        table = sc.malmquist(_INPUTS, _OUTPUTS, returns="vrs", orientation="input").table
    expected = _PEER.loc[("adjacent vrs input", "productivity_change")]
    missing = expected.set_index(["unit", "time"])["value"].isna()
    assert table["tfpch"].isna().sum() == missing.sum() > 0
    assert len(caught[0].message.cases) >= missing.sum()
