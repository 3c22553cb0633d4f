"""Threads of our own, that take what is next: numba's pool waits by spinning."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

from threadpoolctl import ThreadpoolController

from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


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
        self._pool = ThreadPoolExecutor(self.count)

    def __reduce__(self) -> tuple[type[Threads], tuple[int]]:
        """Travel without the threads: they belong to one process."""
        return Threads, (self._n_jobs,)

    def deal(self, do: Callable[..., None], shares: Iterable[tuple[Any, ...]]) -> None:
        """Call `do` with each share, in the threads and in this one, whichever is free."""
        shares = list(shares)
        left = iter(shares)

        def work() -> None:
            for share in left:  # next() of a list's iterator is one step of the interpreter
                do(*share)

        helpers = min(self.count, len(shares)) - 1
        asked = [self._pool.submit(work) for _ in range(helpers)]
        work()
        for helper in asked:
            helper.result()


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
