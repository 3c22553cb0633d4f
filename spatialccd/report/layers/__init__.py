"""Results as layers that QGIS opens colored."""
