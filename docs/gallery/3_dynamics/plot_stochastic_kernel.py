"""
Stochastic kernel
=================

The density of D given that of years before.
"""

from states import D

import spatialccd as sc

figure = sc.chart_stochastic_kernel(sc.stochastic_kernel(D, step=5))
