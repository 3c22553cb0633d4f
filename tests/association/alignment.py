"""Arguments of every public function of the station, for the alignment test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_QUICK = {"n_permutations": 99, "seed": 1}

CASES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "neighbors": lambda toys: {"areas": toys.areas, "method": "queen"},
    "economic_neighbors": lambda toys: {"values": toys.panel["income"], "k": 3},
    "combine_neighbors": lambda toys: {"first": toys.graph, "second": toys.graph},
    "global_moran": lambda toys: {"y": toys.panel["income"], "graph": toys.graph, **_QUICK},
    "local_moran": lambda toys: {"y": toys.year["income"], "graph": toys.graph, **_QUICK},
    "bivariate_moran": lambda toys: {
        "x": toys.panel["income"],
        "y": toys.panel["smoke"],
        "graph": toys.graph,
        **_QUICK,
    },
    "local_bivariate_moran": lambda toys: {
        "x": toys.year["income"],
        "y": toys.year["smoke"],
        "graph": toys.graph,
        **_QUICK,
    },
    "lee_l": lambda toys: {
        "x": toys.panel["income"],
        "y": toys.panel["smoke"],
        "graph": toys.graph,
        **_QUICK,
    },
    "global_geary": lambda toys: {"y": toys.panel["income"], "graph": toys.graph, **_QUICK},
    "local_geary": lambda toys: {"y": toys.year["income"], "graph": toys.graph, **_QUICK},
    "global_getis_ord": lambda toys: {"y": toys.panel["income"], "graph": toys.graph, **_QUICK},
    "local_getis_ord": lambda toys: {"y": toys.year["income"], "graph": toys.graph, **_QUICK},
    "join_counts": lambda toys: {"grades": toys.regions, "graph": toys.graph, **_QUICK},
    "moran_scatterplot": lambda toys: {"y": toys.panel["income"], "graph": toys.graph},
    "lisa_transitions": lambda toys: {
        "y": toys.panel["income"],
        "graph": toys.graph,
        "states": "cluster",
        "alpha": 0.2,
        **_QUICK,
    },
    "lisa_paths": lambda toys: {"y": toys.panel["income"], "graph": toys.graph},
}
