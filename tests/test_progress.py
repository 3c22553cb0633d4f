"""Long work tells how far it has come, up to all of it, and may be stopped."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import Cancelled

rng = np.random.default_rng(3)
UNITS = pd.Index([f"u{i:02d}" for i in range(40)], name="unit")
PANEL = pd.Series(
    rng.uniform(1, 9, 80), pd.MultiIndex.from_product([UNITS, [2000, 2001]], names=["unit", "time"])
)
GROUPS = pd.Series([f"g{i % 3}" for i in range(40)], UNITS)
TIES = [pd.DataFrame(rng.normal(size=(40, 40)), UNITS, UNITS) for _ in range(3)]
PLACES = pd.DataFrame(rng.uniform(0, 100, (40, 2)), UNITS, columns=["x", "y"])
FACTOR = pd.DataFrame({"a": rng.normal(size=40)}, UNITS)
FIT = sc.gwr(FACTOR["a"] + rng.normal(size=40), FACTOR, PLACES, bandwidth=30)

ROWS = PANEL.index
AMOUNTS = pd.DataFrame(rng.uniform(1, 9, (80, 4)), ROWS, ["labor", "land", "grain", "smoke"])
NEAR = sc.neighbors(PLACES, method="knn", k=4)
TIED = (TIES[0] > 1).astype(int)
IN, OUT, WASTE = AMOUNTS[["labor", "land"]], AMOUNTS[["grain"]], AMOUNTS[["smoke"]]

_LATER = pd.MultiIndex.from_product([PANEL.index.levels[0], range(6)], names=["unit", "time"])
YEARS = pd.DataFrame({"x": np.random.default_rng(5).normal(size=len(_LATER))}, _LATER)
_OF_UNITS = np.random.default_rng(6).normal(size=len(_LATER) // 6).repeat(6)
LATER = YEARS["x"] + 2 * _OF_UNITS + np.random.default_rng(7).normal(size=len(_LATER))
LONG: dict[str, Callable[..., Any]] = {
    "coefficient_intervals": lambda **kw: sc.coefficient_intervals(FIT, n_draws=250, seed=1, **kw),
    "dagum_gini": lambda **kw: sc.dagum_gini(
        PANEL, GROUPS, by="time", n_bootstrap=499, seed=1, **kw
    ),
    "qap_correlation": lambda **kw: sc.qap_correlation(*TIES[:2], n_permutations=99, seed=1, **kw),
    "mrqap": lambda **kw: sc.mrqap(
        TIES[0], far=TIES[1], rich=TIES[2], n_permutations=99, seed=1, **kw
    ),
    "dea": lambda **kw: sc.dea(IN, OUT, **kw),
    "dea, super-efficient": lambda **kw: sc.dea(
        IN, OUT, super_efficiency=True, frontier="all times", **kw
    ),
    "dea by slacks": lambda **kw: sc.dea(IN, OUT, WASTE, model="sbm", returns="ndrs", **kw),
    "dea in processes": lambda **kw: sc.dea(IN, OUT, scale_efficiency=False, n_jobs=2, **kw),
    "directional_distance": lambda **kw: sc.directional_distance(IN, OUT, WASTE, **kw),
    "malmquist": lambda **kw: sc.malmquist(IN, OUT, **kw),
    "malmquist in processes": lambda **kw: sc.malmquist(
        IN, OUT, kind="global", n_bootstrap=3, n_jobs=2, seed=1, **kw
    ),
    "mediation": lambda **kw: sc.mediation(
        PANEL, AMOUNTS["labor"], AMOUNTS[["land"]], n_bootstrap=120, seed=1, **kw
    ),
    "projection_pursuit_weights": lambda **kw: sc.projection_pursuit_weights(
        AMOUNTS, dict.fromkeys(AMOUNTS, "benefit"), n_starts=2, pooled=False, seed=1, **kw
    ),
    "core_periphery": lambda **kw: sc.core_periphery(TIED, n_starts=1, n_rewired=19, seed=1, **kw),
    "concor_blocks": lambda **kw: sc.concor_blocks(TIED, n_rewired=19, seed=1, **kw),
    "specification_tests": lambda **kw: sc.specification_tests(
        PANEL, AMOUNTS[["labor"]], NEAR, effects="unit", n_permutations=19, n_draws=99, seed=1, **kw
    ),
    "compare_graphs": lambda **kw: sc.compare_graphs(
        PANEL, AMOUNTS[["labor"]], near=NEAR, again=NEAR, n_draws=9, seed=1, **kw
    ),
    "spatial_panel": lambda **kw: sc.spatial_panel(
        PANEL, AMOUNTS[["labor"]], NEAR, n_draws=9, seed=1, **kw
    ),
    "spatial_regression": lambda **kw: sc.spatial_regression(
        PANEL, AMOUNTS[["labor"]], NEAR, n_draws=9, seed=1, **kw
    ),
    "dynamic_spatial_panel": lambda **kw: sc.dynamic_spatial_panel(
        LATER, YEARS, NEAR, model="sar", effects="unit", n_draws=9, seed=1, **kw
    ),
    "panel_tobit": lambda **kw: sc.panel_tobit(LATER, YEARS, lower=-1.0, **kw),
    "tree_ensemble": lambda **kw: sc.tree_ensemble(
        FACTOR["a"], PLACES, PLACES, n_trees=5, n_jobs=1, seed=1, **kw
    ),
}


@pytest.mark.parametrize("tool", LONG)
def test_progress_is_told_to_its_end_and_moves_no_figure(tool: str) -> None:
    told: list[tuple[int, int]] = []
    found = LONG[tool](progress=lambda done, total: told.append((done, total)))
    done, totals = zip(*told, strict=True)
    assert list(done) == sorted(set(done))
    assert set(totals) == {done[-1]}
    pd.testing.assert_frame_equal(found.to_frame(), LONG[tool]().to_frame())


@pytest.mark.parametrize("tool", LONG)
def test_long_work_may_be_stopped(tool: str) -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        LONG[tool](progress=stop)


@pytest.mark.parametrize("tool", [name for name in LONG if name.endswith("in processes")])
def test_what_was_stopped_can_be_done_again(tool: str) -> None:
    """The processes are shared: what was stopped must not take them from the next call."""

    def stop(done: int, total: int) -> None:
        raise Cancelled

    stopped: list[BaseException] = []
    try:
        LONG[tool](progress=stop)
    except Cancelled as error:
        stopped.append(error)  # holds the frames of the call that was stopped
    assert stopped

    def forget(done: int, total: int) -> None:
        stopped.clear()
        gc.collect()

    found = LONG[tool](progress=forget)
    assert not stopped
    pd.testing.assert_frame_equal(found.to_frame(), LONG[tool]().to_frame())
