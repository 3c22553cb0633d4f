"""Arguments for the alignment test: labels decide, positions never do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

import spatialccd as sc
from tests.toys import Toys


def _scores(toys: Toys) -> dict[str, Any]:
    return {"economy": toys.scores["economy"], "ecology": toys.scores["ecology"]}


def _pair(toys: Toys) -> dict[str, Any]:
    return {"a": toys.scores["economy"], "b": toys.scores["ecology"]}


def _indices(toys: Toys) -> dict[str, Any]:
    economy = {"income": "benefit", "schools": "benefit"}
    ecology = {"smoke": "cost", "forest": "benefit"}
    return {
        "economy": sc.composite_index(toys.panel, economy),
        "ecology": sc.composite_index(toys.panel, ecology),
    }


def _four_years(toys: Toys) -> pd.Series:
    return Toys(years=4).scores["economy"] + 0.1


CASES: dict[str, Callable[[Toys], dict[str, Any]]] = {
    "coupling_coordination": _scores,
    "coordination_grades": lambda toys: {"D": toys.scores["economy"]},
    "compare_variants": _scores,
    "relative_development": _pair,
    "scissors_difference": _pair,
    "metacoupling": lambda toys: {"graph": toys.graph, **_scores(toys)},
    "grey_coupling": lambda toys: _indices(toys) | {"n_permutations": 9, "seed": 1},
    "coordination_types": _pair,
    "mismatch_index": lambda toys: {"a": toys.panel["income"], "b": toys.panel["smoke"]},
    "decoupling": lambda toys: {"pressure": toys.panel["smoke"], "driver": toys.panel["income"]},
    "obstacle_degree": _indices,
    "bootstrap_coordination": lambda toys: _indices(toys) | {"n_bootstrap": 9, "seed": 1},
    "forecast_gm11": lambda toys: {"y": _four_years(toys)},
    "compare_forecasts": lambda toys: {
        "y": toys.of(rows=2, columns=2, years=9).panel["income"],
        "methods": ("naive", "drift", "gm11", "fgm11", "grey_markov", "smoothing"),
        "horizon": 2,
        "upper": None,
    },
}

#: How the columns of ``to_frame()`` go with the scale of the scores, which lie in [0, 1].
LAWS: dict[str, dict[str, float]] = {
    "compare_forecasts": {"mase|mape|share_beaten": 0, "rmse": 1},
    "coupling_coordination": {"C": 0, "T": 1, "D": 0.5},
    "relative_development": {"ratio": 0},
    "obstacle_degree": {".*": 0},  # indicators are scaled first
}
