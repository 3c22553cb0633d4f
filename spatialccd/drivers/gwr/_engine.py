"""Which engine sums over neighbors: rows sorted by distance, or moments in a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd.drivers.gwr._cluster import DiscsOnCluster, RowsOnCluster
from spatialccd.drivers.gwr._discs import Discs, fits
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr._product import fits as is_product
from spatialccd.drivers.gwr._space import Space
from spatialccd.drivers.gwr._tree import LEAF
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from distributed import Client

#: Beyond this moments are faster: 12,000 places and 3 terms took 7.5 s of computing beside 11.7,
#: 10,000 and 5 terms 15.4 beside 18.4; and they take .3 GB where sorted neighbors take 1.5.
MANY = 10_000
#: Beyond so many rows of a panel they are too, as neighbors are sorted anew for each time scale:
#: 2,000 rows and 3 terms took 4.8 s of computing beside 4.6, 5,000 took 15.5 beside 24.9.
MANY_ROWS = 2_000


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
    name = engine_named(engine, space, search=search, inference=inference)
    if name == "moments":
        discs = Discs(space, n_jobs=n_jobs) if client is None else DiscsOnCluster(space, client)
        return discs, name
    if client is not None:
        return RowsOnCluster(space, client), name
    return Neighbors(space, n_jobs=n_jobs, memory_limit=memory_limit), name


def engine_named(engine: str, space: Space, *, search: str, inference: str = "stochastic") -> str:
    """Give the name of the engine that answers, of places or of a panel.

    Beside those that can be asked for it may be "product", of a kernel that is one in space
    times one in time: there "native" takes it.

    Raises
    ------
    ParameterError
        Moments were asked for what they cannot hold.
    """
    problems = _beyond_moments(space, search, inference)
    if engine == "moments" and problems:
        raise ParameterError(
            f"engine='moments' {'; it '.join(problems)}; take engine='sorted', or change that"
        )
    if engine != "native":
        return engine
    if is_product(space):
        return "product"
    return "moments" if not problems and _is_large(space) else "sorted"


def _is_large(space: Space) -> bool:
    """Whether moments are faster: of a panel, where a time has at least a leaf of rows."""
    n = len(space.xy)
    if space.clock is None:
        return n > MANY
    return n > MANY_ROWS and n >= LEAF * len(np.unique(space.clock))


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
