"""Arguments for tests/test_alignment.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

import spatialccd as sc
from tests.toys import Toys

CASES: dict[str, Callable[[Toys], dict[str, Any]]] = {}


def _strata(toys: Toys) -> dict[str, Any]:
    """A panel explained by strata on (unit, time), within and by regions."""
    return {
        "y": toys.scores["economy"],
        "strata": toys.panel[["smoke", "forest", "schools"]].round(-1),
        "groups": toys.regions,
        "by": ["region", "time"],
    }


def _permuted(toys: Toys) -> dict[str, Any]:
    return {**_strata(toys), "places": toys.areas, "restrict": "shift", "seed": 1} | {
        "n_permutations": 19
    }


def _sought(toys: Toys) -> dict[str, Any]:
    """A panel and factors of it, cut by looking at y."""
    return {
        "y": toys.scores["economy"],
        "X": toys.panel[["smoke", "forest"]],
        "blocks": toys.regions,
        "restrict": "blocks",
        "n_permutations": 9,
        "seed": 1,
    }


def _near(toys: Toys) -> dict[str, Any]:
    """One year, whose pairs of units are weighed."""
    return {"y": toys.year["income"], "X": toys.year[["smoke", "forest"]], "seed": 1}


CASES |= {
    "stratify": lambda toys: {"X": toys.panel, "k": 3, "pooled": False},
    "spatial_strata": lambda toys: {
        "X": toys.year[["income", "smoke"]],
        "geometry": toys.areas,
        "graph": toys.graph,
        "k": 4,
    },
    "optimal_strata": lambda toys: {
        "y": toys.scores["economy"],
        "X": toys.panel[["smoke", "forest"]],
        "blocks": toys.regions,
        "restrict": "blocks",
        "k_range": (3, 4),
        "n_permutations": 9,
        "seed": 1,
    },
    "factor_detector": lambda toys: _permuted(toys) | {"n_bootstrap": 19},
    "interaction_detector": lambda toys: {
        "y": toys.scores["economy"],
        "strata": sc.stratify(toys.panel[["smoke", "forest"]], k=3).labels,
        "blocks": toys.regions,
        "restrict": "blocks",
        "n_permutations": 19,
        "null": "stronger_factor",
        "seed": 1,
    },
    "gozh": lambda toys: _sought(toys) | {"min_split": 10, "min_leaf": 5},
    "lesh": lambda toys: _sought(toys) | {"min_split": 10, "min_leaf": 5},
    "rgd": lambda toys: _sought(toys) | {"k_range": (3, 5)},
    "spade": lambda toys: _near(toys) | {"places": toys.areas, "n_permutations": 19},
    "idsa": lambda toys: _near(toys) | {"graph": toys.graph, "n_permutations": 9},
    "sesu": lambda toys: {
        **_near(toys),
        "places": toys.areas,
        "cell_sizes": [15_000],
        "k": 3,
        "n_permutations": 19,
    },
    "risk_detector": _strata,
    "ecological_detector": _strata,
}


def _regression(toys: Toys) -> dict[str, Any]:
    """Income of the last year on two covariates."""
    return {
        "y": toys.year["income"],
        "X": toys.year[["schools", "forest"]],
        "geometry": toys.areas,
    }


CASES |= {
    "gwr": _regression,
    "mgwr": _regression,
    "gtwr": lambda toys: {
        "y": toys.panel["income"],
        "X": toys.panel[["schools", "forest"]],
        "geometry": toys.areas,
        "bandwidth": 60,
    },
    "mgtwr": lambda toys: {
        "y": toys.panel["income"],
        "X": toys.panel[["schools", "forest"]],
        "geometry": toys.areas,
        "bandwidths": dict.fromkeys(["Intercept", "schools", "forest"], 60),
        "time_scales": {"Intercept": 30, "schools": 0, "forest": 90},
    },
    "local_collinearity": lambda toys: {"result": sc.gwr(**_regression(toys))},
    "spatial_variability": lambda toys: {
        "result": sc.gwr(**_regression(toys)),
        "n_permutations": 9,
        "seed": 1,
    },
    "coefficient_intervals": lambda toys: {
        "result": sc.gwr(**_regression(toys)),
        "n_draws": 100,
        "seed": 1,
    },
    "compare_models": lambda toys: {"*": [sc.gwr(**_regression(toys))]},
    "predict_gwr": lambda toys: {
        "result": sc.gwr(**_regression(toys)),
        "X_new": toys.year[["schools", "forest"]],
        "geometry_new": toys.areas,
    },
}


def _censored(toys: Toys) -> dict[str, Any]:
    """A score, cut at its median, on two indicators; errors by region."""
    y = toys.scores["economy"]
    return {
        "y": y,
        "X": toys.panel[["smoke", "forest"]],
        "clusters": toys.regions,
        "lower": float(y.median()),
        "cov": "cluster",
    }


CASES |= {
    "tobit": _censored,
    "panel_tobit": lambda toys: {
        "y": toys.scores["economy"],
        "X": toys.panel[["smoke", "forest"]],
        "lower": float(toys.scores["economy"].quantile(0.3)),
    },
    "panel_regression": lambda toys: {
        "y": toys.scores["economy"],
        "X": toys.panel[["smoke", "forest"]],
        "clusters": toys.regions,
    },
    "spatial_regression": lambda toys: {
        "y": toys.scores["economy"],
        "X": toys.panel[["smoke", "forest"]],
        "graph": toys.graph,
        "model": "durbin",
        "seed": 1,
    },
    "regression_table": lambda toys: {"*": [sc.tobit(**_censored(toys))]},
    "marginal_effects": lambda toys: {"fitted": sc.tobit(**_censored(toys))},
}


def _learned(toys: Toys) -> dict[str, Any]:
    """Small ensembles on one year."""
    return _regression_of_places(toys) | {"n_trees": 10, "n_jobs": 1, "seed": 1}


def _regression_of_places(toys: Toys) -> dict[str, Any]:
    given = _regression(toys)
    return {"y": given["y"], "X": given["X"], "places": given["geometry"]}


CASES |= {
    "tree_ensemble": lambda toys: {
        "y": toys.panel["income"],
        "X": toys.panel[["schools", "forest"]],
        "places": toys.areas,
        "regions": toys.regions,
        "n_trees": 10,
        "n_jobs": 1,
        "seed": 1,
    },
    "geo_shapley": lambda toys: _learned(toys) | {"background": 5, "n_bootstrap": 2},
    "response_curves": lambda toys: _learned(toys) | {"n_bootstrap": 2, "points": 6},
    "compare_predictions": lambda toys: (
        _learned(toys) | {"models": ("ols", "gwr", "random_forest"), "folds": 3}
    ),
}

#: How the columns of ``to_frame()`` go with a scale common to y and X.
LAWS: dict[str, dict[str, float]] = {
    "gwr": {"(coef|se|t)_.*|local_r2|leverage": 0, "fitted|residuals": 1},
    "mgwr": {"(coef|se|t)_.*|local_r2|leverage": 0, "fitted|residuals": 1},
    "gtwr": {"(coef|se|t)_.*|local_r2|leverage": 0, "fitted|residuals": 1},
    "mgtwr": {"(coef|se|t)_.*|local_r2|leverage": 0, "fitted|residuals": 1},
    "local_collinearity": {".*": 0},
    "spatial_variability": {".*": 0},
    "predict_gwr": {"predicted|se": 1},
    "factor_detector": {"q|F|p": 0},
    "panel_regression": {"t|z|p": 0},
    "spatial_regression": {"t|z|p": 0},
}
#: Of these a number added to y and X changes nothing but the intercept of the data's scale.
SHIFTED = ("gwr", "mgwr", "gtwr", "mgtwr")


def _panel_of_neighbors(toys: Toys) -> dict[str, Any]:
    return {
        "y": toys.scores["economy"],
        "X": toys.panel[["smoke", "forest"]],
        "graph": toys.graph,
    }


def _longer(toys: Toys) -> pd.DataFrame:
    """Six years in place of three: the toys' own, and these once more, somewhat moved."""
    later = toys.panel * (1 + 0.1 * np.sin(np.arange(len(toys.panel)))[:, None])
    later.index = toys.panel.index.set_levels([y + 3 for y in toys.years], level="time")
    return pd.concat([toys.panel, later]).sort_index()


CASES |= {
    "spatial_panel": lambda toys: {
        **_panel_of_neighbors(toys),
        "clusters": toys.regions,
        "model": "sdm",
        "effects": "two-way",
        "cov": "cluster",
        "seed": 1,
    },
    "specification_tests": lambda toys: {
        **_panel_of_neighbors(toys),
        "n_permutations": 19,
        "n_draws": 0,
        "seed": 1,
    },
    "dynamic_spatial_panel": lambda toys: {
        "y": _longer(toys)["smoke"],
        "X": _longer(toys)[["forest"]],
        "graph": toys.graph,
        "seed": 1,
    },
    "panel_threshold": lambda toys: {
        "y": toys.scores["economy"],
        "X": toys.panel[["smoke"]],
        "q": toys.panel["forest"],
        "controls": toys.panel[["schools"]],
        "n_bootstrap": 19,
        "seed": 1,
    },
    "compare_graphs": lambda toys: {
        "y": toys.scores["economy"],
        "X": toys.panel[["smoke", "forest"]],
        "queen": toys.graph,
        "near": sc.neighbors(toys.areas, method="knn", k=3),
        "seed": 1,
    },
    "quantile_regression": lambda toys: {
        "y": toys.scores["economy"],
        "X": toys.panel[["smoke", "forest"]],
        "quantiles": [0.5],
    },
    "mediation": lambda toys: {
        "y": toys.panel["income"],
        "x": toys.panel["smoke"],
        "mediators": toys.panel[["schools"]],
        "controls": toys.panel[["forest"]],
        "effects": "two-way",
        "n_bootstrap": 99,
        "seed": 1,
    },
}
