"""Stars of significance, and what they mean."""

from __future__ import annotations

_STARS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))
STARS_NOTE = "* p < 0.1, ** p < 0.05, *** p < 0.01"


def significance(p: float) -> str:
    """Give the stars of a p-value; none where it is missing.

    Examples
    --------
    >>> significance(0.004), significance(0.2)
    ('***', '')
    """
    return next((words for level, words in _STARS if p < level), "")
