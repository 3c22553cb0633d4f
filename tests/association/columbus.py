"""The neighborhoods of Columbus, Ohio, and what R's spdep computes for them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from libpysal.graph import Graph


@dataclass(frozen=True)
class Columbus:
    """Crime of 49 neighborhoods, their queen neighbors and spdep's figures."""

    crime: pd.Series
    graph: Graph
    expected: dict[str, float]
    local: pd.DataFrame


def read_columbus(shared: Path) -> Columbus:
    folder = shared / "verify" / "moran_columbus"
    local = pd.read_csv(folder / "local_moran_spdep.csv").set_index("POLYID")
    local.index.name = "unit"
    return Columbus(
        crime=local["CRIME"],
        graph=Graph.from_dicts(_read_gal(folder / "columbus.gal")),
        expected=json.loads((folder / "expected.json").read_text())["expected"],
        local=local,
    )


def _read_gal(path: Path) -> dict[int, dict[int, int]]:
    """Read a GAL file: after the count, a line "unit cardinality" and a line of neighbors."""
    lines = path.read_text().splitlines()[1:]
    return {
        int(head.split()[0]): {int(unit): 1 for unit in tail.split()}
        for head, tail in zip(lines[::2], lines[1::2], strict=True)
    }
