"""
Figures of a result
===================

One panel a column or a time.
"""

from states import D, areas

import spatialccd as sc

figure = sc.map_figures(sc.mann_kendall(D), areas, columns=["slope"])
