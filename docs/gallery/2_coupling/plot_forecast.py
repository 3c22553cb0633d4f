"""
Forecast
========

GM(1,1) beside what was observed; the band is the error of forecasts one year ahead.
"""

from states import D

import spatialccd as sc

figure = sc.chart_forecast(sc.forecast_gm11(D, horizon=5), units=["06", "36"])
