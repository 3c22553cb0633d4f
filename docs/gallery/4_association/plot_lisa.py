"""
LISA clusters
=============

Clusters after correction for many tests; the small print says how.
"""

from states import areas, graph, last

import spatialccd as sc

lisa = sc.local_moran(last, graph, n_permutations=9999, seed=1)
figure = sc.map_lisa(lisa, areas, title="Clusters of coordination, 1986")
