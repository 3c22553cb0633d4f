"""Arguments of every public function of the station, for the alignment test."""

from __future__ import annotations

CASES = {
    "neighbors": lambda toys: {"areas": toys.areas, "method": "queen"},
    "global_moran": lambda toys: {
        "y": toys.panel["income"],
        "graph": toys.graph,
        "n_permutations": 99,
        "seed": 1,
    },
    "local_moran": lambda toys: {
        "y": toys.year["income"],
        "graph": toys.graph,
        "n_permutations": 99,
        "seed": 1,
    },
}
