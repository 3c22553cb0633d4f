"""The columns that each tool's result has on the rows of the data, before it is run.

A study names columns of earlier steps (``score``, ``dea.score``); what runs first
follows from who gives them. ``{panel}`` stands for each column that the step's input
``panel`` names, ``*`` for what only the result can tell; a test compares this list
with what every tool gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

_LOCAL = ("z", "lag", "p_sim", "p_adjusted", "significant", "cluster")
_MORAN = ("z", "lag", "I", "expected_I", "variance_I", "z_I", "p_norm", "quadrant", *_LOCAL[2:])
_NEIGHBORS = ("neighbors", "weight_sum", "component", "island", "dropped")
_RANKING = ("score", "rank")
_LOCAL_FIT = (
    *(f"{part}_{{X}}" for part in ("coef", "se", "t", "significant")),
    *(f"{part}_Intercept" for part in ("coef", "se", "t", "significant")),
    *("fitted", "residual", "local_r2", "leverage", "cooks_distance"),
)
_CHANGES = ("effch", "techch", "pech", "sech", "tfpch")
_PAIR = ("{a}", "{b}")
#: Of rasters, as the statistics are called, after a prefix of the user's where there is one.
_ZONAL = (
    *("mean", "sum", "min", "max", "median", "stdev", "variance", "coefficient_of_variation"),
    *("count", "majority", "minority", "variety"),
)

GIVEN: dict[str, tuple[str, ...]] = {
    "zonal_panel": (*_ZONAL, *(f"*_{statistic}" for statistic in _ZONAL)),
    "scale": ("{panel}",),
    "composite_index": ("score", "{panel}"),
    "topsis": (*_RANKING, "d_plus", "d_minus"),
    "gra_topsis": (*_RANKING, "d_plus", "d_minus", "grade_plus", "grade_minus"),
    "vikor": (*_RANKING, "S", "R", "Q", "compromise"),
    "coordination_grades": ("D", "grade"),
    "coupling_coordination": ("{scores}", "{named}", "C", "T", "D", "grade"),
    "relative_development": (*_PAIR, "ratio", "band"),
    "coordination_types": (*_PAIR, "D", "ratio", "grade", "lag"),
    "scissors_difference": ("speed *", "angle", "degrees", "faster"),
    "metacoupling": (
        "{scores}",
        "{named}",
        *(f"{w}_{p}" for w in ("intra", "peri", "tele", "meta") for p in "CD"),
    ),
    "grey_coupling": ("C",),
    "decoupling": ("pressure_change", "driver_change", "elasticity", "state", "since"),
    "mismatch_index": ("share_a", "share_b", "ratio", "excess"),
    "obstacle_degree": ("{indices}", "{named}"),
    "bootstrap_coordination": ("D", "low", "high", "se", "rank", "rank_low", "rank_high"),
    "convergence_clubs": ("club", "before_merging"),
    "mann_kendall": (
        *("n", "S", "variance", "z", "p", "p_adjusted", "tau", "slope", "slope_low"),
        *("slope_high", "level_first", "autocorrelation", "trend"),
    ),
    "pettitt": (
        *("n", "K", "last_before", "first_after", "median_before", "median_after", "p"),
        *("p_adjusted", "p_approx", "shift", "at_end"),
    ),
    "hurst": ("n", "H", "noise_mean", "noise_p05", "noise_p95", "p", "memory"),
    "dea": (
        *("score", "efficient", "crs", "vrs", "scale", "returns_to_scale", "status"),
        *(
            f"{w}_{{{p}}}"
            for w in ("slack", "target")
            for p in ("inputs", "outputs", "undesirable")
        ),
    ),
    "directional_distance": (
        *("distance", "score", "status"),
        *(f"target_{{{p}}}" for p in ("inputs", "outputs", "undesirable")),
    ),
    "malmquist": (*_CHANGES, *(f"{c}_{e}" for c in _CHANGES for e in ("low", "high", "corrected"))),
    "neighbors": _NEIGHBORS,
    "read_neighbors": _NEIGHBORS,
    "combine_neighbors": _NEIGHBORS,
    "economic_neighbors": _NEIGHBORS,
    "local_moran": _MORAN,
    "local_bivariate_moran": _MORAN,
    "local_geary": ("c", "mean_sim", *_LOCAL),
    "local_getis_ord": ("local_sum", "G", "p_norm", *_LOCAL[2:]),
    "local_multivariate_geary": ("c", "c_{X}", "mean_sim", *_LOCAL[2:]),
    "local_join_counts": ("grade", "joins", "weight", "mean_sim", *_LOCAL[2:]),
    "losh": ("local_mean", "residual", "losh", "variance", "p_norm", "mean_sim", *_LOCAL[2:]),
    "smooth_rates": ("rate", "smoothed", "kept"),
    "emerging_hot_spots": ("hot", "cold", "G_last", "trend_z", "trend_p", "cluster"),
    "moran_scatterplot": ("z", "lag", "quadrant"),
    "lisa_paths": ("length", "tortuosity", "angle", "direction"),
    "lisa_transitions": ("before", "after", "kind"),
    "network_measures": (
        *("out_degree", "in_degree", "degree_centrality", "betweenness", "harmonic_out"),
        *("harmonic_in", "closeness_out", "closeness_in"),
    ),
    "core_periphery": ("part", "degree"),
    "concor_blocks": ("block",),
    "stratify": ("{X}",),
    "spatial_strata": ("region",),
    "optimal_strata": ("{X}",),
    "gwr": _LOCAL_FIT,
    "mgwr": _LOCAL_FIT,
    "gtwr": _LOCAL_FIT,
    "mgtwr": _LOCAL_FIT,
    "predict_gwr": ("predicted", "se", "coef_{X_new}", "coef_Intercept"),
    "coefficient_intervals": ("coef_*", "low_*", "high_*"),
    "tree_ensemble": ("observed", "fitted", "predicted", "fold", "shap_{X}"),
    "geo_shapley": (
        *("geo", "primary_{X}", "geo_{X}", "effect_{X}", "effect_{X}_low", "effect_{X}_high"),
        "different_{X}",
    ),
    "local_collinearity": ("condition_number", "vif_*", "vdp_*"),
}
_INPUT = re.compile(r"\{(\w+)\}")


def gives(tool: str, inputs: Mapping[str, Any], column: str) -> bool:
    """Tell whether a call's result has a column of that name.

    Examples
    --------
    >>> gives("local_collinearity", {}, "vif_income"), gives("dea", {}, "income")
    (True, False)
    """
    return any(fnmatchcase(column, known) for known in given_by(tool, inputs))


def given_by(tool: str, inputs: Mapping[str, Any]) -> set[str]:
    """List the columns that a call's result has on the rows of the data, ``*`` where it varies.

    Parameters
    ----------
    tool : str
    inputs : mapping
        The names of columns and steps that the call takes, by parameter.

    Examples
    --------
    >>> sorted(given_by("dea", {"inputs": ["labor"], "outputs": ["gdp"]}))[:4]
    ['crs', 'efficient', 'returns_to_scale', 'scale']
    """
    found: set[str] = set()
    for column in GIVEN.get(tool, ()):
        inner = _INPUT.search(column)
        if inner is None:
            found.add(column)
        else:
            found |= {column.replace(inner[0], name) for name in _listed(inputs.get(inner[1]))}
    return found


def _listed(named: Any) -> Iterable[str]:
    if named is None:
        return []
    return [named] if isinstance(named, str) else [str(name) for name in named]
