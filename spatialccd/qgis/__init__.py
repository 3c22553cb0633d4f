"""QGIS: a plugin that needs nothing, and the worker that does its sums.

QGIS brings its own GDAL, PROJ and numpy, and breaks when a plugin loads others
into the same process. So the plugin (``plugin/spatialccd_qgis``) is standard
library and QGIS only, and talks to ``python -m spatialccd.qgis.worker``, which
runs in whatever environment spatialccd is installed in.
"""
