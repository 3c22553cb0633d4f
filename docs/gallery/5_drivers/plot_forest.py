"""
Forest chart
============

Coefficients of several regressions.
"""

from states import D, graph, panel

import spatialccd as sc

covariates = panel[["log_workers", "unemployment_rate"]]
fits = [
    sc.spatial_panel(D, covariates, graph, model=model, effects="two-way", seed=1)
    for model in ("sar", "sem")
]
figure = sc.chart_forest(*fits)
