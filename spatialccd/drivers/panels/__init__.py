"""Panels of places: spatial lags, their tests and effects, dynamics, thresholds."""
