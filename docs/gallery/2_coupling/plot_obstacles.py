"""
Obstacles
=========

What holds units back, first year beside last.
"""

from states import economy, infrastructure

import spatialccd as sc

found = sc.obstacle_degree(infrastructure=infrastructure, economy=economy)
figure = sc.chart_obstacles(found)
