"""
Each unit with its interval
===========================

The degree of coordination over the choice of indicators.
"""

from states import ECONOMY, INFRASTRUCTURE, panel

import spatialccd as sc

year = panel.xs(1986, level="time")
interval = sc.bootstrap_coordination(
    infrastructure=sc.composite_index(year, INFRASTRUCTURE),
    economy=sc.composite_index(year, ECONOMY),
    seed=1,
)
figure = sc.chart_dots(interval)
