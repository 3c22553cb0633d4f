"""
Grades year by year
===================

How many units are in each grade.
"""

from states import ccd

import spatialccd as sc

figure = sc.chart_grades(ccd)
