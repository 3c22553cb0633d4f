"""46 US states over 30 years, beside the checkout: y, X, graph and what is expected of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
from libpysal.graph import Graph


def graph_of(matrix: pd.DataFrame) -> Graph:
    """Make a graph of a matrix whose rows and columns are units."""
    links = matrix.rename_axis("focal").rename_axis("neighbor", axis=1).stack()
    return Graph(links[links != 0].rename("weight"))


def read(shared: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the arguments y, X and graph, rows in another order, and the expected figures."""
    folder = shared / "verify" / "spatial_panel_cigar"
    data = (
        pd.read_csv(folder / "data.csv").set_index(["state", "year"]).sample(frac=1, random_state=1)
    )
    states = pd.read_csv(folder / "usa46.csv")
    matrix = states.drop(columns=["name", "state"]).set_axis(states["state"], axis=1)
    graph = graph_of(matrix.set_axis(states["state"]))
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["expected"]
    return {"y": data["logc"], "X": data[["logp", "logy"]], "graph": graph}, expected


def terms(found: dict[str, float]) -> pd.Series:
    """Name figures as here."""
    return pd.Series(found).rename(lambda name: name.replace("W_", "lag of "))
