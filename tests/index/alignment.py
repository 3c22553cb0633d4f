"""Arguments for the alignment test: labels decide, positions never do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

import spatialccd as sc
from tests.toys import Toys

DIRECTIONS = {"income": "benefit", "schools": "benefit", "smoke": "cost", "forest": "benefit"}


def _panel(toys: Toys) -> dict[str, Any]:
    return {"panel": toys.panel, "directions": DIRECTIONS}


def _judgements(toys: Toys) -> pd.DataFrame:
    names = list(DIRECTIONS)
    strength = np.array([4.0, 2.0, 2.0, 1.0])
    return pd.DataFrame(strength[:, None] / strength, index=names, columns=names)


def _two_sets(toys: Toys) -> dict[str, Any]:
    return {
        "entropy": sc.entropy_weights(toys.panel, DIRECTIONS),
        "judged": sc.ahp_weights(_judgements(toys)),
    }


CASES: dict[str, Callable[[Toys], dict[str, Any]]] = {
    "scale": _panel,
    "entropy_weights": lambda toys: _panel(toys) | {"pooled": False},
    "equal_weights": _panel,
    "critic_weights": _panel,
    "cv_weights": _panel,
    "pca_weights": lambda toys: _panel(toys) | {"pooled": False, "allow_negative": True},
    "projection_pursuit_weights": lambda toys: _panel(toys) | {"n_starts": 2, "seed": 1},
    "ahp_weights": lambda toys: {"matrix": _judgements(toys)},
    "combine_weights": _two_sets,
    "topsis": lambda toys: _panel(toys) | {"norm": "vector"},
    "gra_topsis": _panel,
    "vikor": _panel,
    "rank_comparison": _panel,
    "grey_relation": lambda toys: {
        "references": toys.panel[["income"]],
        "factors": toys.panel[["schools", "forest"]],
        "by": "unit",
        "normalize": "initial",
        "n_permutations": 9,
        "seed": 1,
    },
    "weight_stability": _panel,
    "rank_sensitivity": _panel,
    "composite_index": lambda toys: _panel(toys) | {"pooled": False},
}

#: How the columns of ``to_frame()`` go with the scale of the indicators: scaling takes it out.
LAWS: dict[str, dict[str, float]] = {
    name: {".*": 0}
    for name in (
        "scale",
        "entropy_weights",
        "equal_weights",
        "critic_weights",
        "combine_weights",
        "weight_stability",
        "rank_sensitivity",
        "composite_index",
    )
}
LAWS["cv_weights"] = {"mean|sd": 1, "cv|weight": 0}
