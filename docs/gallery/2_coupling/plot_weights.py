"""
Weights
=======

Several sets beside each other.
"""

from states import ECONOMY, panel

import spatialccd as sc

figure = sc.chart_weights(sc.entropy_weights(panel, ECONOMY), sc.critic_weights(panel, ECONOMY))
