"""
Direct and indirect effects
===========================

A spatial Durbin model with effects of units and times.
"""

from states import D, graph, panel

import spatialccd as sc

covariates = panel[["log_workers", "unemployment_rate"]]
durbin = sc.spatial_panel(D, covariates, graph, model="sdm", effects="two-way", seed=1)
figure = sc.chart_effects(durbin)
