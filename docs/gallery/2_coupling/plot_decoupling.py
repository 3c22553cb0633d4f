"""
Decoupling
==========

Tapio's eight fields.
"""

from states import panel

import spatialccd as sc

found = sc.decoupling(panel["workers"], panel["product"])
figure = sc.chart_decoupling(found, time=1986)
