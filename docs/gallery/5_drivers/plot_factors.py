"""
Factor detector
===============

q of each factor, year by year.
"""

from states import D, panel

import spatialccd as sc

strata = sc.stratify(panel[["log_workers", "log_density", "region"]], method="quantile", k=4)
q = sc.factor_detector(D, strata, by="time", n_permutations=99, seed=1)
figure = sc.chart_factors(q)
