"""
Convergence clubs
=================

The mean path of each club over that of all.
"""

from states import panel

import spatialccd as sc

found = sc.convergence_clubs(panel["product_per_worker"])
figure = sc.chart_clubs(found)
