"""
Groups as boxes
===============

Efficiency by region, with the test that they differ.
"""

from states import panel, region

import spatialccd as sc

found = sc.dea(
    panel[["public_capital", "private_capital", "workers"]],
    panel[["product"]],
    returns="vrs",
    orientation="output",
)
groups = sc.group_heterogeneity(found.score, region.to_frame())
figure = sc.chart_heterogeneity(groups, label="Technical efficiency")
