"""
Chord chart
===========

The strongest ties, by region.
"""

from states import areas, panel, region

import spatialccd as sc

year = panel.xs(1986, level="time")
network = sc.gravity_network(year[["product", "workers"]], areas, share="product", seed=1)
figure = sc.chart_chord(network, region)
