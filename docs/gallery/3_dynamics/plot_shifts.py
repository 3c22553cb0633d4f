"""
Shifts of level
===============

When, and by how much (Pettitt).
"""

from states import panel

import spatialccd as sc

figure = sc.chart_shifts(sc.pettitt(panel["unemployment_rate"]))
