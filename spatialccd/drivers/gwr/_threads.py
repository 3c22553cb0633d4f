"""Threads of our own, that take what is next.

numba's pool waits by spinning, and a ``ThreadPoolExecutor`` takes 20 to 90 microseconds
longer to hand a share over, which a search does some hundred times.
"""

from __future__ import annotations

import os
import weakref
from functools import cache
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from threadpoolctl import ThreadpoolController

from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    _Ended = SimpleQueue[BaseException | None]
    _Asked = SimpleQueue[tuple[Callable[[], None], _Ended] | None]


class Threads:
    """Threads of this process, kept for one piece of work after another.

    Parameters
    ----------
    n_jobs : int
        As joblib reads it: -1 is all cores, -2 all but one.

    Attributes
    ----------
    count : int
    """

    def __init__(self, n_jobs: int) -> None:
        self._n_jobs = n_jobs
        self.count = _count(n_jobs)
        self._asked: _Asked = SimpleQueue()
        self._started = 0
        weakref.finalize(self, self._asked.put, None)

    def __reduce__(self) -> tuple[type[Threads], tuple[int]]:
        """Travel without the threads: they belong to one process."""
        return Threads, (self._n_jobs,)

    def deal(self, do: Callable[..., None], shares: Iterable[tuple[int, ...]]) -> None:
        """Call `do` with each share, in the threads and in this one, whichever is free."""
        shares = list(shares)
        left = iter(shares)

        def work() -> None:
            for share in left:  # next() of a list's iterator is one step of the interpreter
                do(*share)

        helpers = max(0, min(self.count, len(shares)) - 1)
        while self._started < helpers:
            Thread(target=_serve, args=(self._asked,), daemon=True).start()
            self._started += 1
        ended: _Ended = SimpleQueue()
        for _ in range(helpers):
            self._asked.put((work, ended))
        try:
            work()
        finally:
            faults = [fault for fault in (ended.get() for _ in range(helpers)) if fault]
        if faults:
            raise faults[0]


def _serve(asked: _Asked) -> None:
    """Do what is asked for, until nobody is left to ask."""
    while (task := asked.get()) is not None:
        work, ended = task
        try:
            work()
        except BaseException as fault:  # told to whoever asked
            ended.put(fault)
        else:
            ended.put(None)
        del task, work, ended  # what they hold may be large
    asked.put(None)  # the other threads end too


def blas_threads(count: int) -> Any:
    """Keep BLAS to so many threads, as a context."""
    return _blas().limit(limits=count)


@cache
def _blas() -> ThreadpoolController:
    """Look for BLAS once: numpy's is loaded by now, and to look takes milliseconds."""
    return ThreadpoolController().select(user_api="blas")


def _count(n_jobs: int) -> int:
    if n_jobs == 0:
        raise ParameterError("n_jobs=0 is out of range; it must be a number of threads or -1")
    cores = os.cpu_count() or 1
    return n_jobs if n_jobs > 0 else max(1, cores + 1 + n_jobs)
