"""
Dagum Gini
==========

Within groups, between them, and their overlap.
"""

from states import D, region

import spatialccd as sc

figure = sc.chart_dagum(sc.dagum_gini(D, region))
