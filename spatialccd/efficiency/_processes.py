"""Jobs in several processes, a few at a time: between them the work can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def in_processes(
    work: Callable[..., Any], jobs: Sequence[Any], n_jobs: int, tell: Callable[[Any], None]
) -> list[Any]:
    """Give what each job comes to, in their order, and tell of each.

    A job is the arguments of `work`. Who is told may raise: the processes are let go of
    there and then.
    """
    from joblib import Parallel, delayed, effective_n_jobs

    found: list[Any] = []
    portion = effective_n_jobs(n_jobs)
    with Parallel(n_jobs=n_jobs) as run:
        for start in range(0, len(jobs), portion):
            for one in run(delayed(work)(*job) for job in jobs[start : start + portion]):
                found.append(one)
                tell(one)
    return found
