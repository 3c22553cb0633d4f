"""
Ranks by method
===============

Who moves most from method to method.
"""

from states import ECONOMY, panel

import spatialccd as sc

year = panel.xs(1986, level="time")
ranks = sc.rank_comparison(year, ECONOMY)
figure = sc.chart_ranks(ranks)
