"""
Centers of gravity
==================

Where a value has its center, and how that moved.
"""

from states import areas, panel

import spatialccd as sc

figure = sc.map_centers(sc.mean_center(panel["product"], areas), areas, title="Center of product")
