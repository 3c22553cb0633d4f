"""The settings of matplotlib that figures are drawn and written with, whatever the user's are.

matplotlib keeps its settings for the whole process. Here they are set for as long as a
figure is drawn or written, by one thread at a time, and then are the user's again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import RLock
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl

from spatialccd.report.paper.embedding import truetype_only

P = ParamSpec("P")
R = TypeVar("R")

#: What differs from matplotlib's own defaults: letters stay letters in files (TrueType in PDF
#: and EPS, text in SVG), and a "$" in a name is a dollar.
_OURS = {
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "spatialccd",  # the same figure gives the same file
    "text.parse_math": False,
    "axes.unicode_minus": True,
    "axes.formatter.use_mathtext": False,
    "hatch.linewidth": 0.5,
    "text.hinting": "none",  # words are as wide on a screen as in print: layouts hold
}
#: Settings of the program, not of the look.
_THEIRS = ("backend", "interactive", "toolbar", "timezone", "tk", "webagg", "docstring", "date")
_lock = RLock()


@contextmanager
def house_style() -> Iterator[None]:
    """Set matplotlib's defaults and ours; put back what was set before."""
    with _lock, mpl.rc_context(), truetype_only():
        look: dict[Any, Any] = {**mpl.rcParamsDefault, **_OURS}
        for name, value in look.items():
            if name.split(".")[0].split("_")[0] not in _THEIRS and mpl.rcParams[name] != value:
                mpl.rcParams[name] = value
        yield


def in_house_style(draw: Callable[P, R]) -> Callable[P, R]:
    """Let a function draw in our style alone: every function that returns a Figure.

    Examples
    --------
    >>> @in_house_style
    ... def minus():
    ...     return mpl.rcParams["axes.unicode_minus"]
    >>> with mpl.rc_context({"axes.unicode_minus": False}):
    ...     minus()
    True
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with house_style():
            return draw(*args, **kwargs)

    return drawn
