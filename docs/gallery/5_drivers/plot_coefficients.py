"""
Local coefficients
==================

MGWR: colors part at zero, grey is not significant.
"""

from states import areas, last, panel

import spatialccd as sc

X = panel.xs(1986, level="time")[["log_workers", "log_density"]]
fit = sc.mgwr(last, X, areas)
figure = sc.map_coefficients(fit, areas)
