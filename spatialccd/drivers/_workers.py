"""The workers of a Dask cluster that shares long work."""

from __future__ import annotations

from typing import Any

from spatialccd.errors import ParameterError


def workers_of(client: Any) -> dict[str, int]:
    """Give the cores of each worker by its name.

    Raises
    ------
    ParameterError
        There are no workers, so that work would wait for ever.
    """
    workers: dict[str, int] = dict(client.nthreads())
    if not workers:
        raise ParameterError("client has no workers; start some, or leave client out")
    return workers
