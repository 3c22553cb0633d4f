"""
Response curves
===============

What an ensemble of trees predicts along each feature (extra ml).
"""

from states import areas, last, panel

import spatialccd as sc

X = panel.xs(1986, level="time")[["log_workers", "log_density"]]
ensemble = sc.tree_ensemble(last, X, areas, seed=1)
figure = sc.chart_response_curves(sc.response_curves(ensemble, X, areas))
