"""The error of everything about QGIS itself."""

from __future__ import annotations

from spatialccd.errors import SpatialCCDError


class QGISError(SpatialCCDError):
    """QGIS, or a profile of it, is not where it should be."""
