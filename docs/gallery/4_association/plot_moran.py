"""
Moran scatterplot
=================

Each unit beside its neighbors.
"""

from states import D, graph

import spatialccd as sc

figure = sc.chart_moran(sc.moran_scatterplot(D, graph), time=[1970, 1986])
