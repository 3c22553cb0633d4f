"""
Response curves
===============

What an ensemble of trees predicts along each feature (extra ml).
"""

from states import areas, last, panel

import spatialccd as sc

X = panel.xs(1986, level="time")[["log_workers", "log_density"]]
figure = sc.chart_response_curves(sc.response_curves(last, X, areas, seed=1))
