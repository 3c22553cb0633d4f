"""
Two values at once
==================

Thirds of the one by thirds of the other.
"""

from states import areas, economy, infrastructure

import spatialccd as sc

figure = sc.map_bivariate(
    infrastructure.score.rename("Infrastructure"),
    economy.score.rename("Economy"),
    areas,
    time=1986,
)
