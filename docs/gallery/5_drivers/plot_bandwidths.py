"""
Bandwidths on the map
=====================

How far an adaptive bandwidth reaches.
"""

from states import areas, last, panel

import spatialccd as sc

X = panel.xs(1986, level="time")[["log_workers", "log_density"]]
fit = sc.mgwr(last, X, areas)
figure = sc.map_bandwidths(fit, areas)
