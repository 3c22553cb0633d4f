"""Which engine sums over neighbors: rows sorted by distance, or moments in a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spatialccd.drivers.gwr._cluster import DiscsOnCluster, RowsOnCluster
from spatialccd.drivers.gwr._discs import Discs, fits
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr._space import Space
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from distributed import Client

#: Beyond this moments are faster: 12,000 places and 3 terms took 7.5 s of computing beside 11.7,
#: 10,000 and 5 terms 15.4 beside 18.4; and they take .3 GB where sorted neighbors take 1.5.
MANY = 10_000


def engine_for(
    engine: str,
    space: Space,
    *,
    search: str,
    inference: str = "stochastic",
    n_jobs: int,
    memory_limit: float,
    client: Client | None = None,
) -> tuple[Any, str]:
    """Give the engine that answers, and its name.

    Parameters
    ----------
    engine : {"native", "sorted", "moments", "pysal"}
        "native" goes by what was asked and by the number of places alone, so that the same
        call is answered alike on every machine.

    Raises
    ------
    ParameterError
        Moments were asked for what they cannot hold, or mgwr for a cluster.
    """
    if engine == "pysal" and client is not None:
        raise ParameterError(
            "engine='pysal' and client: the mgwr package runs in this process; leave client out"
        )
    problems = _beyond_moments(space, search, inference)
    if engine == "moments" and problems:
        raise ParameterError(
            f"engine='moments' {'; it '.join(problems)}; take engine='sorted', or change that"
        )
    if engine == "moments" or (engine == "native" and not problems and len(space.xy) > MANY):
        discs = Discs(space, n_jobs=n_jobs) if client is None else DiscsOnCluster(space, client)
        return discs, "moments"
    name = "pysal" if engine == "pysal" else "sorted"
    if client is not None:
        return RowsOnCluster(space, client), name
    return Neighbors(space, n_jobs=n_jobs, memory_limit=memory_limit), name


def _beyond_moments(space: Space, search: str, inference: str) -> list[str]:
    """List what was asked that sums by moments cannot give."""
    problems = []
    if not fits(space):
        problems.append(
            "holds kernel='bisquare' on plane coordinates (a projected CRS): the weight must be a "
            "polynomial of them"
        )
    if search != "golden":
        problems.append("searches by search='golden' alone: each bandwidth is a pass of its own")
    if inference == "exact":
        problems.append(
            "has inference='stochastic' or 'none': exact needs the weights of all pairs"
        )
    return problems
