"""
Links between units
===================

Neighbors, or the ties of a network: the wider the stronger.
"""

from states import areas, panel

import spatialccd as sc

year = panel.xs(1986, level="time")
network = sc.gravity_network(year[["product", "workers"]], areas, share="product", seed=1)
figure = sc.map_links(network, areas, top=60)
