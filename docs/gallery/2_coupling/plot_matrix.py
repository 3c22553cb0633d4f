"""
A table as a matrix
===================

Types of coordination: grade by who lags.
"""

from states import economy, infrastructure

import spatialccd as sc

types = sc.coordination_types(infrastructure.score, economy.score)
figure = sc.chart_matrix(types)
