"""
Panel threshold
===============

The likelihood ratio over the values searched.
"""

from states import D, panel

import spatialccd as sc

found = sc.panel_threshold(
    D, panel[["unemployment_rate"]], panel["log_workers"], n_bootstrap=99, seed=1
)
figure = sc.chart_threshold(found)
