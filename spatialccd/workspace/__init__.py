"""Finds what a tool asks for, where there are names in place of Python objects.

A study file, a command line and a QGIS form hold names: of columns, of times,
of earlier steps. A workspace holds the panel, the areas and the results so far,
turns such names into a tool's arguments, and says where each came from, so that
a study can tell what a step depends on.
"""

from spatialccd.workspace.given import Given, Part
from spatialccd.workspace.selection import groups_of, rows_of
from spatialccd.workspace.space import Workspace

__all__ = ["Given", "Part", "Workspace", "groups_of", "rows_of"]
