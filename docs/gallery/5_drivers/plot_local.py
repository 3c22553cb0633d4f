"""
Local figures
=============

How coefficients spread over places, and their bandwidths, on one page.
"""

from states import areas, last, panel

import spatialccd as sc

X = panel.xs(1986, level="time")[["log_workers", "log_density"]]
fit = sc.mgwr(last, X, areas)
figure = sc.figure_panel([sc.chart_local(fit), sc.chart_bandwidths(fit)])
