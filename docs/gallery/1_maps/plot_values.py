"""
Values in classes
=================

Natural breaks over both years, so that colors can be compared.
"""

from states import D, areas

import spatialccd as sc

figure = sc.map_values(D, areas, time=[1970, 1986], title="Coupling coordination degree")
