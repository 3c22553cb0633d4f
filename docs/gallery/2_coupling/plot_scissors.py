"""
Scissors difference
===================

The speeds of two scores, and the angle between them.
"""

from states import economy, infrastructure

import spatialccd as sc

found = sc.scissors_difference(
    infrastructure.score, economy.score, names=("infrastructure", "economy"), trend="polynomial"
)
figure = sc.chart_scissors(found)
