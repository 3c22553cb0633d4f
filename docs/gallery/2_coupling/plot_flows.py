"""
Flows between grades
====================

How units move between classes over the years.
"""

from states import ccd

import spatialccd as sc

figure = sc.chart_flows(ccd, time=[1970, 1978, 1986])
