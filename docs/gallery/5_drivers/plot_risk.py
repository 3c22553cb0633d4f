"""
Risk detector
=============

The mean of the stratum that each unit is in.
"""

from states import areas, last, panel

import spatialccd as sc

factors = panel.xs(1986, level="time")[["log_workers", "log_density"]]
strata = sc.stratify(factors, method="quantile", k=4)
figure = sc.map_risk(sc.risk_detector(last, strata), areas)
