"""
Grades of coordination
======================

The ten grades in common use, at two times.
"""

from states import areas, ccd

import spatialccd as sc

figure = sc.map_grades(ccd, areas, time=[1970, 1986], title="Infrastructure and economy")
