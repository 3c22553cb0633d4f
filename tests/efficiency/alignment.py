"""Arguments for tests/test_alignment.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.toys import Toys

CASES: dict[str, Callable[[Toys], dict[str, Any]]] = {
    "dea": lambda toys: {
        "inputs": toys.panel[["schools", "forest"]],
        "outputs": toys.panel[["income"]],
        "undesirable": toys.panel[["smoke"]],
        "model": "sbm",
        "returns": "vrs",
        "super_efficiency": True,
    },
    "directional_distance": lambda toys: {
        "inputs": toys.panel[["schools", "forest"]],
        "outputs": toys.panel[["income"]],
        "undesirable": toys.panel[["smoke"]],
        "orientation": "none",
    },
    "malmquist": lambda toys: {
        "inputs": toys.panel[["schools", "forest"]],
        "outputs": toys.panel[["income"]],
        "groups": toys.regions,
        "n_bootstrap": 5,
        "seed": 1,
    },
    "group_heterogeneity": lambda toys: {
        "y": toys.scores["economy"],
        "groups": toys.regions.to_frame().assign(size=toys.year["forest"].round(-1).astype(str)),
        "structure": toys.panel[["smoke", "forest"]],
    },
}

#: How the columns of ``to_frame()`` go with a scale common to inputs and outputs.
LAWS: dict[str, dict[str, float]] = {
    "dea": {"score": 0},
    "directional_distance": {"score|beta|distance": 0},
    "malmquist": {".*ch": 0},
}
