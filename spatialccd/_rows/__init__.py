"""Which rows a call is about: a condition, a group, a time; and what is left of data there."""

from spatialccd._rows.conditions import Condition
from spatialccd._rows.rows import Rows

__all__ = ["Condition", "Rows"]
