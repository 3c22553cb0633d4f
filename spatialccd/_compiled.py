"""Loops that are compiled for a machine when they are first used, and kept there.

Compiling takes seconds, once: numba keeps what it made beside the package, or in the
user's cache folder. No package can carry it, for it holds for one kind of processor and
one version of numba; ``spatialccd warm`` makes it before it is needed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

_LOG = logging.getLogger("spatialccd")


def announce(module: str, loops: str) -> None:
    """Say that loops will be compiled, if they have to be: call it at the end of their module.

    Parameters
    ----------
    module : str
        Its ``__name__``.
    loops : str
        What they are, in words.
    """
    if not is_kept(module):
        _LOG.warning(
            "compiling %s for this machine, once: some seconds ('spatialccd warm' does it "
            "beforehand)",
            loops,
        )


def is_kept(module: str) -> bool:
    """Whether loops of a module were compiled before, as its source is now.

    Not all of them have to be: some are used by few tools.
    """
    return any(map(_has_kept, dispatchers(module)))


def dispatchers(module: str) -> Iterator[Any]:
    """Yield the compiled functions that a module defines."""
    from numba.core.registry import CPUDispatcher

    for value in vars(import_module(module)).values():
        if isinstance(value, CPUDispatcher):
            yield value


def _has_kept(loop: Any) -> bool:
    with suppress(AttributeError, OSError):  # numba's own, which another version may rename
        return bool(loop._cache._cache_file._load_index())
    return True
