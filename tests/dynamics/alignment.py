"""Arguments for the alignment test: labels decide, positions never do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

import spatialccd as sc
from tests.toys import Toys


def _income(toys: Toys) -> dict[str, Any]:
    return {"y": toys.panel["income"], "groups": toys.regions}


def _sixteen_years(toys: Toys) -> pd.Series:
    """One year's figures of the toys, their differences fading."""
    income, rows = toys.year["income"], []
    for t in range(1, 17):
        rows.append((income.mean() + (income - income.mean()) / t).rename(t))
    return pd.concat(rows, axis=1).rename_axis("time", axis=1).stack()


def _six_years(toys: Toys) -> pd.Series:
    """Two indicators one after the other, as one of six years."""
    later = toys.panel["smoke"].rename(lambda year: year + 3, level="time")
    return pd.concat([toys.panel["income"], later])


CASES: dict[str, Callable[[Toys], dict[str, Any]]] = {
    "group_summary": _income,
    "dagum_gini": lambda toys: _income(toys) | {"by": "time", "n_bootstrap": 9, "seed": 1},
    "kernel_density": lambda toys: {"y": toys.panel["income"], "group": toys.regions},
    "stochastic_kernel": lambda toys: {
        "y": toys.panel["income"],
        "graph": toys.graph,
        "given": "neighbors",
        "points": 21,
    },
    "theil": lambda toys: _income(toys) | {"by": "time"},
    "variation": _income,
    "sigma_convergence": _income,
    "beta_convergence": lambda toys: (
        _income(toys) | {"controls": toys.panel[["forest"]], "span": "annual", "graph": toys.graph}
    ),
    "convergence_clubs": lambda toys: {"y": _sixteen_years(toys), "trend": "none"},
    "mann_kendall": lambda toys: {"y": toys.panel["income"], "alpha": 0.5},
    "hurst": lambda toys: {
        "y": toys.of(years=12).panel["income"],
        "n_simulations": 99,
        "seed": 1,
    },
    "rank_size": lambda toys: {"y": toys.panel["income"]},
    "pettitt": lambda toys: {"y": _six_years(toys), "n_permutations": 99, "seed": 1},
    "markov": lambda toys: {"y": toys.panel["income"]},
    "spatial_markov": lambda toys: {"y": toys.panel["income"], "graph": toys.graph},
    "project_markov": lambda toys: {
        "chain": sc.spatial_markov(toys.panel["income"], toys.graph),
        "n_draws": 99,
        "seed": 1,
    },
    "mean_center": lambda toys: {"y": toys.panel["income"], "places": toys.areas},
    "standard_deviational_ellipse": lambda toys: {
        "y": toys.panel["income"],
        "places": toys.areas,
    },
}

#: How the columns of ``to_frame()`` go with the scale of y.
LAWS: dict[str, dict[str, float]] = {
    "group_summary": {"n": 0, "mean|sd|min|max|median|q.*": 1, "cv": 0},
    "dagum_gini": {".*": 0},
    "theil": {".*": 0},
    "stochastic_kernel": {".*": 0},
    "variation": {"cv": 0, "mean|sd": 1},
    "sigma_convergence": {"t": 0},  # a row a measure, each with a scale of its own
    "beta_convergence": {"t|p|r2": 0},
    "markov": {".*": 0},
    "mean_center": {".*": 0},
    "standard_deviational_ellipse": {".*": 0},
}
