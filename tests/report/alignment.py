"""Arguments of every public function of the station, for the alignment test."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pandas as pd

import spatialccd as sc
from spatialccd.errors import SpatialCCDWarning
from tests.association import alignment as association
from tests.coupling import alignment as coupling
from tests.drivers import alignment as drivers
from tests.dynamics import alignment as dynamics
from tests.dynamics.alignment import _sixteen_years
from tests.index import alignment as index
from tests.network import alignment as network


def _clusters(toys: Any) -> pd.DataFrame:
    kinds = ["High-High", "Low-Low", "High-Low", "Low-High", "Not significant", "No neighbors"]
    return pd.DataFrame({"cluster": [kinds[i % 6] for i in range(len(toys.units))]}, toys.units)


def _coef(toys: Any) -> pd.DataFrame:
    return (toys.year - toys.year.mean()) / toys.year.std()


def _indices(toys: Any) -> dict[str, Any]:
    systems = {"U1": ("income", "benefit"), "U2": ("smoke", "cost")}
    return {
        name: sc.composite_index(toys.panel, {column: way, "forest": "benefit"})
        for name, (column, way) in systems.items()
    }


def _fitted(toys: Any) -> Any:
    return sc.gwr(toys.year["income"], toys.year[["schools"]], toys.areas, bandwidth=20)


def _strata(toys: Any) -> tuple[pd.Series, pd.DataFrame]:
    year = toys.year
    return year["income"], sc.stratify(year[["smoke", "forest", "schools"]], k=3).labels


def _made(tool: str, toys: Any) -> Any:
    """Give what a tool makes of its own case: the charts draw it."""
    stations = (association, coupling, drivers, dynamics, index, network)
    arguments = next(station.CASES[tool] for station in stations if tool in station.CASES)(toys)
    named = {key: value for key, value in arguments.items() if key != "*"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpatialCCDWarning)
        return getattr(sc, tool)(*arguments.get("*", ()), **named)


#: Charts of one result: the parameter, and what makes the result.
_OF_ONE = {
    "chart_trends": ("result", "group_summary"),
    "chart_dots": ("result", "mann_kendall"),
    "chart_flows": ("classes", "coordination_grades"),
    "chart_matrix": ("result", "coordination_types"),
    "chart_ranks": ("ranks", "rank_comparison"),
    "chart_decoupling": ("decoupling", "decoupling"),
    "chart_shifts": ("pettitt", "pettitt"),
    "chart_forecast": ("forecast", "forecast_gm11"),
    "chart_rank_size": ("rank_size", "rank_size"),
    "chart_paths": ("paths", "lisa_paths"),
    "chart_chord": ("network", "gravity_network"),
    "chart_local": ("local", "gwr"),
    "chart_bandwidths": ("gwr", "mgwr"),
}
_MAPPED = {
    "map_classes": ("classes", "decoupling"),
    "map_figures": ("result", "mismatch_index"),
    "map_links": ("links", "gravity_network"),
}

CASES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "map_grades": lambda toys: {"ccd": toys.scores["economy"], "areas": toys.areas},
    "map_values": lambda toys: {"values": toys.panel["income"], "areas": toys.areas},
    "map_lisa": lambda toys: {"lisa": _clusters(toys), "areas": toys.areas},
    "map_coefficients": lambda toys: {
        "gwr": _coef(toys),
        "areas": toys.areas,
        "significant": _coef(toys).abs() > 0.5,
    },
    "chart_grades": lambda toys: {"ccd": sc.coupling_coordination(**_indices(toys))},
    "chart_obstacles": lambda toys: {"obstacles": sc.obstacle_degree(**_indices(toys))},
    "chart_scissors": lambda toys: {"scissors": sc.scissors_difference(*_indices(toys).values())},
    "chart_density": lambda toys: {"density": sc.kernel_density(toys.panel["income"])},
    "chart_dagum": lambda toys: {"dagum": sc.dagum_gini(toys.year["income"], toys.regions)},
    "chart_transitions": lambda toys: {"markov": sc.markov(toys.panel["income"])},
    "chart_heterogeneity": lambda toys: {
        "heterogeneity": sc.group_heterogeneity(toys.panel["income"], toys.regions.to_frame())
    },
    "chart_effects": lambda toys: {
        "effects": sc.spatial_panel(
            toys.scores["economy"], toys.panel[["smoke", "forest"]], toys.graph, seed=1
        )
    },
    "chart_threshold": lambda toys: {
        "threshold": sc.panel_threshold(
            toys.scores["economy"],
            toys.panel[["smoke"]],
            toys.panel["forest"],
            n_bootstrap=19,
            seed=1,
        )
    },
    "chart_stochastic_kernel": lambda toys: {
        "kernel": sc.stochastic_kernel(toys.panel["income"], points=21)
    },
    "chart_response_curves": lambda toys: {
        "curves": sc.response_curves(
            toys.year["income"],
            toys.year[["schools", "forest"]],
            toys.areas,
            n_trees=10,
            n_bootstrap=3,
            points=6,
            n_jobs=1,
            seed=1,
        )
    },
    "chart_clubs": lambda toys: {"clubs": sc.convergence_clubs(_sixteen_years(toys), trend="none")},
    "map_centers": lambda toys: {
        "centers": sc.mean_center(toys.panel["income"], toys.areas),
        "areas": toys.areas,
    },
    "map_risk": lambda toys: {
        "risk": sc.risk_detector(*_strata(toys)),
        "areas": toys.areas,
    },
    "chart_factors": lambda toys: {"factors": sc.factor_detector(*_strata(toys), seed=1)},
    "chart_interactions": lambda toys: {
        "interactions": sc.interaction_detector(*_strata(toys), n_permutations=0)
    },
    "chart_moran": lambda toys: {
        "scatterplot": sc.moran_scatterplot(toys.panel["income"], toys.graph),
        "names": toys.regions,
    },
    "map_bandwidths": lambda toys: {"gwr": _fitted(toys), "areas": toys.areas},
    "map_bivariate": lambda toys: {
        "x": toys.scores["economy"],
        "y": toys.scores["ecology"],
        "areas": toys.areas,
    },
    **{
        name: (lambda toys, role=role, maker=maker: {role: _made(maker, toys)})
        for name, (role, maker) in _OF_ONE.items()
    },
    **{
        name: (lambda toys, role=role, maker=maker: {role: _made(maker, toys), "areas": toys.areas})
        for name, (role, maker) in _MAPPED.items()
    },
    "chart_weights": lambda toys: {"*": [_made("entropy_weights", toys)]},
    "figure_panel": lambda toys: {
        "figures": [sc.map_values(toys.year["income"], toys.areas, width="single")] * 2
    },
    "chart_forest": lambda toys: {"*": [_made("tobit", toys)]},
    "write_layer": lambda toys: {
        "areas": toys.areas,
        "target": Path(mkdtemp()) / "areas.parquet",
        "values": toys.panel,
        "replace": True,
    },
    "write_geopackage": lambda toys: {
        "results": {"panel": toys.panel, "year": toys.year},
        "areas": toys.areas,
        "path": Path(mkdtemp()) / "study.gpkg",
    },
    "write_page": lambda toys: {
        "results": {"panel": toys.panel, "year": toys.year},
        "path": Path(mkdtemp()) / "page.html",
        "title": "Toys",
        "areas": toys.areas,
    },
    "write_tables": lambda toys: {
        "results": {"panel": toys.panel, "year": toys.year},
        "path": Path(mkdtemp()) / "tables.xlsx",
    },
}

#: Units without a figure are drawn as "no data"; a figure without an area is an error.
MAY_LACK: dict[str, set[str]] = {
    "map_grades": {"ccd"},
    "map_values": {"values"},
    "map_lisa": {"lisa"},
    "write_layer": {"values"},
}

#: How the numbers behind a picture go with the scale of the data.
LAWS: dict[str, dict[str, float]] = {"map_values": {"value": 1}}
