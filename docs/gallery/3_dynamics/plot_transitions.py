"""
Markov transitions
==================

From the class of one year to that of the next.
"""

from states import D

import spatialccd as sc

figure = sc.chart_transitions(sc.markov(D, k=4))
