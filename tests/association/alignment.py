"""Arguments of every public function of the station, for the alignment test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import spatialccd as sc

_FOLDER = TemporaryDirectory()
_QUICK = {"n_permutations": 99, "seed": 1}


def _gal(toys: Any) -> Path:
    """The toys' neighbors in a file that goes when the tests do."""
    return sc.write_neighbors(toys.graph, Path(_FOLDER.name) / "w.gal")


CASES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "neighbors": lambda toys: {"areas": toys.areas, "method": "queen"},
    "read_neighbors": lambda toys: {"path": _gal(toys), "areas": toys.areas},
    "write_neighbors": lambda toys: {"graph": toys.graph, "path": _gal(toys)},
    "smooth_rates": lambda toys: {
        "events": toys.panel["smoke"].round(),
        "population": toys.panel["income"] * 100,
        "graph": toys.graph,
        "method": "spatial_empirical_bayes",
    },
    "global_moran_rates": lambda toys: {
        "events": toys.panel["smoke"].round(),
        "population": toys.panel["income"] * 100,
        "graph": toys.graph,
        **_QUICK,
    },
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
    "emerging_hot_spots": lambda toys: {"y": toys.panel["income"], "graph": toys.graph},
    "join_counts": lambda toys: {"grades": toys.regions, "graph": toys.graph, **_QUICK},
    "local_multivariate_geary": lambda toys: {
        "X": toys.year[["income", "smoke"]],
        "graph": toys.graph,
        **_QUICK,
    },
    "local_join_counts": lambda toys: {"grades": toys.regions, "graph": toys.graph, **_QUICK},
    "losh": lambda toys: {"y": toys.year["income"], "graph": toys.graph, **_QUICK},
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

#: How the columns of ``to_frame()`` go with the scale of the data: a power of it.
LAWS: dict[str, dict[str, float]] = {
    "global_moran": {".*": 0},
    "local_moran": {".*": 0},
    "local_multivariate_geary": {".*": 0},
    "losh": {"local_mean|residual": 1, ".*": 0},
    "bivariate_moran": {".*": 0},
    "local_bivariate_moran": {".*": 0},
    "global_geary": {".*": 0},
    "local_geary": {".*": 0},
    "global_getis_ord": {".*": 0},
    "local_getis_ord": {"local_sum": 1, ".*": 0},
    "moran_scatterplot": {"z|lag": 0},
    "lisa_paths": {".*": 0},
    "join_counts": {".*": 0},  # grades are words: no scale
}
#: Of these a number added to the data changes nothing: they take the mean off first.
SHIFTED = (
    "global_moran",
    "local_moran",
    "bivariate_moran",
    "local_bivariate_moran",
    "global_geary",
    "local_geary",
    "moran_scatterplot",
)
