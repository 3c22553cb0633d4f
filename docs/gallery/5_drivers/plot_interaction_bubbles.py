"""
Interactions as bubbles
=======================

As large as q, in the color of how two factors work together.
"""

from states import last, panel

import spatialccd as sc

factors = panel.xs(1986, level="time")[["log_workers", "log_density", "region"]]
strata = sc.stratify(factors, method="quantile", k=4)
figure = sc.chart_interactions(sc.interaction_detector(last, strata, seed=1), style="bubbles")
