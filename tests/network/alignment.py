"""Arguments of every public function of the station, for the alignment test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

import spatialccd as sc
from tests.toys import Toys


def _gravity(toys: Toys) -> dict[str, Any]:
    return {
        "masses": toys.year[["income", "schools"]],
        "places": toys.areas,
        "wealth": toys.year["forest"],
        "share": "schools",
        "n_permutations": 99,
        "seed": 1,
    }


def _ties(toys: Toys) -> pd.DataFrame:
    return sc.gravity_network(**_gravity(toys)).ties


def _distance(toys: Toys) -> pd.DataFrame:
    xy = toys.areas.geometry.centroid
    return pd.DataFrame({unit: xy.distance(place) for unit, place in xy.items()}, toys.units)


CASES: dict[str, Callable[[Toys], dict[str, Any]]] = {
    "gravity_network": _gravity,
    "core_periphery": lambda toys: {"network": _ties(toys), "n_rewired": 19, "seed": 1},
    "concor_blocks": lambda toys: {"network": _ties(toys), "n_rewired": 19, "seed": 1},
    "qap_correlation": lambda toys: {
        "first": _ties(toys),
        "second": _distance(toys),
        "n_permutations": 99,
        "seed": 1,
    },
    "mrqap": lambda toys: {
        "y": _ties(toys),
        "distance": _distance(toys),
        "back": _ties(toys).T,
        "n_permutations": 99,
        "seed": 1,
    },
    "network_measures": lambda toys: {"network": _ties(toys)},
}
