"""Every measure beside DEAPack 2.0.1: its committed figures, and live where it is installed.

DEAPack (GPL) comes with the extra `deapack`; peer.py runs it. Without it the
figures that it gave for one panel are compared, with it those of more panels.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import InfeasibleWarning
from tests.efficiency import peer

_PANEL = pd.read_csv(peer.FOLDER / "panel.csv").set_index(["unit", "time"])
_PEER = pd.read_csv(peer.FOLDER / "deapack.csv").set_index(["case", "figure"])
_CASES = list(_PEER.index.get_level_values("case").unique())

_FIGURES = {
    "efficiency_change": "effch",
    "technical_change": "techch",
    "productivity_change": "tfpch",
    "pure_efficiency_change": "pech",
    "fgnz_scale_change": "sech",
}


def _measured(case: str, panel: pd.DataFrame) -> dict[str, pd.Series]:
    """Give our figures of a case, by the peer's names of them."""
    kind, *_, returns, side = case.split()
    how = {"returns": returns, "orientation": side}
    year = panel.xs(0, level="time")
    given = [year[peer.INPUTS], year[peer.OUTPUTS]]
    if kind == "radial":
        return {"efficiency": sc.dea(*given, **how).score}
    if kind == "sbm":
        return {"efficiency": sc.dea(*given, model="sbm", **how).score}
    if kind == "undesirable":
        return {"efficiency": sc.dea(*given, year[peer.BAD], model="sbm", **how).score}
    if kind == "super":
        score = sc.dea(*given, model="sbm", super_efficiency=True, **how).score
        return {"super_sbm_score": score}
    if kind == "directional":
        bad = [year[peer.BAD]] if side == "output" else []
        return {"distance": sc.directional_distance(*given, *bad, **how).distance}
    bad = [panel[peer.BAD]] if "bad" in case else []
    if side == "parts":
        how["orientation"] = "output"
    table = sc.malmquist(panel[peer.INPUTS], panel[peer.OUTPUTS], *bad, kind=kind, **how).table
    return {theirs: table[ours] for theirs, ours in _FIGURES.items() if ours in table}


def _compare(case: str, figure: str, ours: pd.Series, theirs: pd.Series) -> None:
    """Compare within 1e-6, as far as the peer has a figure.

    It has none of super-efficiency for units that are not efficient (Tone 2002
    defines it for efficient ones; ours keeps their plain score), and no effch
    where tfpch lacks a solution, though effch needs no program across times
    (Fare et al. 1994, eq 6).
    """
    expected = theirs if ours.index.nlevels > 1 else theirs.droplevel("time")
    found = ours.reindex(expected.index)
    if case.startswith("super") or figure == "efficiency_change":
        found = found.where(expected.notna())
    np.testing.assert_allclose(found, expected, atol=1e-6, err_msg=figure)


@pytest.mark.filterwarnings("ignore:.*no solution:spatialccd.errors.InfeasibleWarning")
@pytest.mark.parametrize("case", _CASES)
def test_figures_are_those_of_deapack(case: str) -> None:
    ours = _measured(case, _PANEL)
    for figure, theirs in _PEER.loc[case].groupby(level="figure"):
        _compare(case, figure, ours[figure], theirs.set_index(["unit", "time"])["value"])


@pytest.mark.filterwarnings("ignore:.*no solution:spatialccd.errors.InfeasibleWarning")
@pytest.mark.parametrize("case", _CASES)
def test_figures_are_those_of_deapack_on_other_panels(case: str) -> None:
    pytest.importorskip(
        "deapack", reason='DEAPack is not installed: pip install "spatialccd[deapack]"'
    )
    for units, seed in ((18, 11), (30, 12)):
        panel = peer.panel(units=units, seed=seed)
        ours = _measured(case, panel)
        for figure, theirs in peer.figures(case, panel).items():
            _compare(case, figure, ours[figure], theirs)


def test_the_cases_are_those_of_the_committed_figures() -> None:
    pytest.importorskip(
        "deapack", reason='DEAPack is not installed: pip install "spatialccd[deapack]"'
    )
    assert list(peer.cases()) == _CASES


def test_programs_without_a_solution_are_the_same() -> None:
    with pytest.warns(InfeasibleWarning) as caught:
        table = sc.malmquist(
            _PANEL[peer.INPUTS], _PANEL[peer.OUTPUTS], returns="vrs", orientation="input"
        ).table
    expected = _PEER.loc[("adjacent vrs input", "productivity_change")]
    missing = expected.set_index(["unit", "time"])["value"].isna()
    assert table["tfpch"].isna().sum() == missing.sum() > 0
    assert len(caught[0].message.cases) >= missing.sum()
