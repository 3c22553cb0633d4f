"""
Kernel density
==============

A ridge a year.
"""

from states import D

import spatialccd as sc

figure = sc.chart_density(sc.kernel_density(D))
