"""Arguments for the alignment test: labels decide, positions never do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from tests.toys import Toys


def _income(toys: Toys) -> dict[str, Any]:
    return {"y": toys.panel["income"], "groups": toys.regions}


def _sixteen_years(toys: Toys) -> pd.Series:
    """One year's figures of the toys, their differences fading."""
    income, rows = toys.year["income"], []
    for t in range(1, 17):
        rows.append((income.mean() + (income - income.mean()) / t).rename(t))
    return pd.concat(rows, axis=1).rename_axis("time", axis=1).stack()


CASES: dict[str, Callable[[Toys], dict[str, Any]]] = {
    "group_summary": _income,
    "dagum_gini": lambda toys: _income(toys) | {"by": "time", "n_bootstrap": 9, "seed": 1},
    "kernel_density": lambda toys: {"y": toys.panel["income"], "group": toys.regions},
    "theil": lambda toys: _income(toys) | {"by": "time"},
    "variation": _income,
    "sigma_convergence": _income,
    "beta_convergence": lambda toys: (
        _income(toys) | {"controls": toys.panel[["forest"]], "span": "annual", "graph": toys.graph}
    ),
    "convergence_clubs": lambda toys: {"y": _sixteen_years(toys), "trend": "none"},
    "markov": lambda toys: {"y": toys.panel["income"]},
    "spatial_markov": lambda toys: {"y": toys.panel["income"], "graph": toys.graph},
    "mean_center": lambda toys: {"y": toys.panel["income"], "places": toys.areas},
    "standard_deviational_ellipse": lambda toys: {
        "y": toys.panel["income"],
        "places": toys.areas,
    },
}
