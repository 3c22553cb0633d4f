"""How many units local tests reject at 5% where nothing is to be found, by simulation.

    python -m tests.association.local_sizes [runs]

prints the figures that the docstrings of ``losh``, ``local_multivariate_geary`` and
``local_join_counts`` state; test_more_local.py runs a part of it.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
from libpysal.graph import Graph

import spatialccd as sc
from tests.toys import square_grid


def rejected(runs: int, *, rook: bool = False, side: int = 10) -> dict[str, float]:
    """Give each test's share of uncorrected p that are 5% or less, over units and runs."""
    areas = square_grid(side, side)
    graph = Graph.build_contiguity(areas, rook=rook)
    given: dict[str, Any] = {"n_permutations": 99, "correction": "none"}
    found: dict[str, list[np.ndarray]] = {}
    for run in range(runs):
        rng = np.random.default_rng([run, side])  # not the stream that the tests draw from
        X = pd.DataFrame(rng.normal(size=(side**2, 2)), areas.index, ["a", "b"])
        X["b"] += X["a"]  # variables that go together, as indicators do
        labels = pd.Series(rng.choice(["low", "middle", "high"], side**2), areas.index)
        tables = {
            "losh": sc.losh(X["a"], graph, seed=run, **given).table,
            "geary": sc.local_multivariate_geary(X, graph, seed=run, **given).table,
            "joins": sc.local_join_counts(labels, graph, seed=run, **given).table,
        }
        for name, table in tables.items():
            found.setdefault(name, []).append(table["p_sim"].to_numpy())
        found.setdefault("losh, p_norm", []).append(tables["losh"]["p_norm"].to_numpy())
    return {name: float((np.concatenate(p) <= 0.05).mean()) for name, p in found.items()}


if __name__ == "__main__":
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    print("queen", rejected(times), "rook", rejected(times, rook=True))
