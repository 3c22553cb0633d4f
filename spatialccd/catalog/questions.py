"""The questions that tools answer: how a list of them is cut into parts that one can read."""

from __future__ import annotations

#: What each station is about, as a heading.
STATIONS = {
    "data": "from files to a panel and its areas on one index",
    "index": "from indicators to the score of a subsystem",
    "coupling": "how far scores rise together",
    "dynamics": "how a value spreads, narrows and moves over the years",
    "efficiency": "what is made of what is put in",
    "association": "whether near places are alike",
    "network": "who is tied to whom, and what goes with it",
    "drivers": "what explains a value, and where",
    "report": "maps, charts, tables, layers and one page",
    "consistency": "whether the tables of a study agree with themselves",
}

#: By station: each question, and the tools that answer it.
_QUESTIONS: dict[str, dict[str, str]] = {
    "data": {
        "What comes in?": "read_panel read_boundaries zonal_panel",
        "Do rows and areas belong together?": "join",
        "What of the gaps?": "fill_missing",
    },
    "index": {
        "On which scale?": "scale",
        "How much does each indicator weigh?": (
            "entropy_weights equal_weights critic_weights cv_weights pca_weights "
            "projection_pursuit_weights ahp_weights combine_weights"
        ),
        "Which score, which rank?": "composite_index topsis gra_topsis vikor grey_relation",
        "Does the rank hold?": "rank_comparison rank_sensitivity weight_stability",
    },
    "coupling": {
        "How far do they rise together?": (
            "coupling_coordination coordination_grades compare_variants grey_coupling "
            "metacoupling bootstrap_coordination"
        ),
        "Who lags, who leads?": (
            "relative_development scissors_difference coordination_types mismatch_index decoupling"
        ),
        "What holds them back?": "obstacle_degree",
        "What comes next?": "forecast_gm11 compare_forecasts",
    },
    "dynamics": {
        "How unequal?": "group_summary dagum_gini theil variation rank_size",
        "What shape has the distribution?": "kernel_density stochastic_kernel",
        "Do units converge?": "sigma_convergence beta_convergence convergence_clubs",
        "Is there a trend or a break?": "mann_kendall pettitt hurst",
        "Who moves between classes?": "markov spatial_markov project_markov",
        "Where is the center?": "mean_center standard_deviational_ellipse",
    },
    "efficiency": {
        "How efficient?": "dea directional_distance",
        "What has changed?": "malmquist",
        "Do groups differ?": "group_heterogeneity",
    },
    "association": {
        "Who is whose neighbor?": (
            "neighbors read_neighbors write_neighbors combine_neighbors economic_neighbors"
        ),
        "Are near places alike?": (
            "global_moran global_geary global_getis_ord join_counts moran_scatterplot"
        ),
        "Where are clusters and outliers?": (
            "local_moran local_geary local_multivariate_geary local_getis_ord local_join_counts "
            "losh"
        ),
        "Do two variables go together?": "bivariate_moran local_bivariate_moran lee_l",
        "What of rates of small populations?": "smooth_rates global_moran_rates",
        "How do clusters change?": "emerging_hot_spots lisa_transitions lisa_paths",
    },
    "network": {
        "Who is tied to whom?": "gravity_network read_matrix",
        "Who stands in the middle?": "network_measures core_periphery concor_blocks",
        "What goes with the ties?": "qap_correlation mrqap",
    },
    "drivers": {
        "Which strata?": "stratify spatial_strata optimal_strata",
        "Which factor explains most?": (
            "factor_detector interaction_detector risk_detector ecological_detector cell_detector"
        ),
        "Which strata explain most?": "gozh lesh rgd spade idsa sesu",
        "Where does a driver matter?": "gwr mgwr gtwr mgtwr predict_gwr",
        "How far are local coefficients to be trusted?": (
            "compare_models coefficient_intervals local_collinearity spatial_variability"
        ),
        "What is the effect in a cross-section or panel?": (
            "tobit panel_tobit panel_regression quantile_regression mediation marginal_effects "
            "panel_threshold"
        ),
        "What spills over?": (
            "spatial_regression spatial_panel dynamic_spatial_panel specification_tests "
            "compare_graphs"
        ),
        "What does machine learning predict?": (
            "tree_ensemble geo_shapley response_curves compare_predictions"
        ),
        "Side by side?": "regression_table",
    },
    "consistency": {"Do the tables agree?": "audit"},
}
#: Tools of the report are told apart by how their names begin.
_BEGINNINGS = {
    "map_": "On a map",
    "chart_": "In a chart",
    "figure_": "In a chart",
    "write_": "In files",
}
#: What has no question yet.
OTHER = "More"


def question_of(tool: str, station: str) -> str:
    """Give the question that a tool answers, "More" for one that no question lists.

    Examples
    --------
    >>> question_of("theil", "dynamics"), question_of("map_lisa", "report")
    ('How unequal?', 'On a map')
    """
    for beginning, words in _BEGINNINGS.items():
        if station == "report" and tool.startswith(beginning):
            return words
    for question, tools in _QUESTIONS.get(station, {}).items():
        if tool in tools.split():
            return question
    return OTHER


def listed_tools() -> list[str]:
    """List every tool that stands under a question, as often as it does."""
    return [
        tool
        for station in _QUESTIONS.values()
        for tools in station.values()
        for tool in tools.split()
    ]


def in_order(station: str) -> list[str]:
    """List the questions of a station in their order."""
    own = _BEGINNINGS.values() if station == "report" else _QUESTIONS.get(station, {})
    return [*dict.fromkeys(own), OTHER]
