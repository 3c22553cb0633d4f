"""
Rank and size
=============

Logarithms, with the line of each time.
"""

from states import panel

import spatialccd as sc

figure = sc.chart_rank_size(sc.rank_size(panel["product"]), time=[1970, 1986])
