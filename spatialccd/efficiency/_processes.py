"""Jobs in several processes, a few at a time: between them the work can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any


def in_processes(work: Callable[..., Any], jobs: Sequence[Any], n_jobs: int) -> Iterator[Any]:
    """Yield what each job comes to, in their order; a job is the arguments of `work`."""
    from joblib import Parallel, delayed, effective_n_jobs

    # joblib's own generator warns when it is left before its end.
    portion = effective_n_jobs(n_jobs)
    with Parallel(n_jobs=n_jobs) as run:
        for start in range(0, len(jobs), portion):
            yield from run(delayed(work)(*job) for job in jobs[start : start + portion])
