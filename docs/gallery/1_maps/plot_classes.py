"""
Classes of a result
===================

Types, states, trends, clubs, strata and blocks as a map.
"""

from states import areas, economy, infrastructure

import spatialccd as sc

types = sc.coordination_types(infrastructure.score, economy.score)
figure = sc.map_classes(types, areas, time=1986)
