"""
Groups over the years
=====================

Lines, or a heat map.
"""

from states import D, region

import spatialccd as sc

figure = sc.chart_trends(sc.group_summary(D, region))
