"""Regressions whose coefficients vary over space."""
