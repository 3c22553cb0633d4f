"""
LISA time paths
===============

And the directions that units went.
"""

from states import D, graph

import spatialccd as sc

figure = sc.chart_paths(sc.lisa_paths(D, graph))
