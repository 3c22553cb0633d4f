"""Loops compiled by numba, whether or not there is a place to keep what was compiled."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from numba import njit

from spatialccd.errors import CacheWarning

_told: list[bool] = []


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a decorator as ``numba.njit`` is one, that keeps machine code between processes.

    Beside a package that can only be read, for an account without a home folder (in
    containers, on clusters), numba refuses to begin; here the code is then compiled in
    each process, and one warning says so.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        try:
            made: Callable[..., Any] = njit(cache=True, **options)(function)
        except RuntimeError as error:
            if "cannot cache" not in str(error):
                raise
            if not _told:
                _told.append(True)
                warnings.warn(
                    "there is no folder to keep compiled loops in, so that each process compiles "
                    "them anew (some seconds); set NUMBA_CACHE_DIR to a folder that can be written",
                    CacheWarning,
                    stacklevel=2,
                )
            made = njit(**options)(function)
        return made

    return decorate
