"""Telling how far long work has come; whoever is told may raise to stop it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from spatialccd._types import Progress

#: Told how many parts were finished since it was last told.
Step: TypeAlias = Callable[[int], None]


def counter(progress: Progress | None, total: int) -> Step:
    """Make a function that adds to what is done and tells `progress`."""
    done = 0

    def step(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, total)

    return step


def each(count: int, step: Step | None) -> Iterator[int]:
    """Yield 0 to `count` - 1, and tell `step` of each once the next is asked for."""
    for i in range(count):
        yield i
        if step is not None:
            step(1)
