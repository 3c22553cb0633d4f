"""Rows of neighbors spread over the workers of a Dask cluster.

The rows stay where they were sorted. A question sends one n-vector out and
brings a few numbers a row back, so that a round of backfitting is k small
messages to each worker. Dask is imported by whoever made the client.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from spatialccd.drivers.gwr._neighbors import Local, Neighbors
from spatialccd.drivers.gwr._space import Space
from spatialccd.drivers.gwr._threads import Threads
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray

#: Bytes from which an array is scattered.
_LONG = 1_000_000


class RowsOnCluster(Neighbors):
    """`Neighbors` whose rows live on the workers of a ``distributed.Client``.

    Parameters
    ----------
    space : Space
        The observations.
    client : distributed.Client
        Its workers take equal shares of the rows.
    """

    def __init__(self, space: Space, client: Any) -> None:
        self.space = space
        self.threads = Threads(-1)  # of this process, for the linear algebra
        self.first = 0
        self.on_disk = False
        self._client = client
        workers = client.nthreads()
        if not workers:
            raise ParameterError("client has no workers; start some, or leave client out")
        n = len(space.xy)
        edges = np.linspace(0, n, len(workers) + 1).astype(int)
        shared = client.scatter(space, broadcast=True)
        shares = zip(workers.items(), pairwise(edges), strict=True)
        placed = [(name, cores, a, b) for (name, cores), (a, b) in shares if b > a]
        self._spans = [(a, b) for _, _, a, b in placed]
        self._homes = [name for name, _, _, _ in placed]
        self._parts = [
            client.submit(_sort_rows, shared, int(a), int(b), cores, workers=[name], pure=False)
            for name, cores, a, b in placed
        ]

    def weighted_sums(
        self, values: FloatArray, points: FloatArray, upto: int | None = None
    ) -> FloatArray:
        """As `Neighbors.weighted_sums`."""
        return np.concatenate(self._ask("weighted_sums", values, points, upto), axis=2)

    def whole_curve(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """As `Neighbors.whole_curve`."""
        return np.asarray(sum(self._ask("whole_curve", x, y)))

    def local_curve(self, X: FloatArray, y: FloatArray, points: FloatArray) -> FloatArray:
        """As `Neighbors.local_curve`."""
        return np.asarray(sum(self._ask("local_curve", X, y, points)))

    def local_systems(
        self, X: FloatArray, y: FloatArray, point: float, *, focal: FloatArray, full: bool
    ) -> Local:
        """As `Neighbors.local_systems`."""
        asked = [
            self._at(home, _solve_rows, part, X, y, point, focal[a:b], full)
            for home, part, (a, b) in zip(self._homes, self._parts, self._spans, strict=True)
        ]
        answers = self._client.gather(asked)
        return Local(*(np.concatenate(figure) for figure in zip(*answers, strict=True)))

    def smooth_many(self, values: Any, point: float, out: Any) -> None:
        """As `Neighbors.smooth_many`."""
        out[:] = np.concatenate(self._ask("smoothed", values, point))

    def weights(self, point: float, rows: slice = slice(None)) -> FloatArray:
        """As `Neighbors.weights`."""
        return np.concatenate(self._ask("weights", point))[rows]

    def sparse_weights(self, point: float) -> Any:
        """As `Neighbors.sparse_weights`."""
        return sparse.vstack(self._ask("sparse_weights", point), format="csr")

    def share_reached(self, point: float) -> float:
        """As `Neighbors.share_reached`."""
        shares = self._ask("share_reached", point)
        return float(np.average(shares, weights=[b - a for a, b in self._spans]))

    def nearest(self, k: int) -> IntArray:
        """As `Neighbors.nearest`."""
        return np.concatenate(self._ask("nearest", k))

    def distance_range(self) -> tuple[float, float]:
        """As `Neighbors.distance_range`."""
        low, high = zip(*self._ask("distance_range"), strict=True)
        return min(low), max(high)

    def _ask(self, question: str, *arguments: Any) -> list[Any]:
        """Put one question to every worker; answers come in the order of the rows."""
        sent = [self._placed(a) for a in arguments]
        asked = [
            self._at(home, _answer, part, question, *sent)
            for home, part in zip(self._homes, self._parts, strict=True)
        ]
        return list(self._client.gather(asked))

    def _at(self, home: str, function: Any, *arguments: Any) -> Any:
        """Put a question where its rows are: left to itself the scheduler would move the rows."""
        return self._client.submit(function, *arguments, workers=[home], pure=False)

    def _placed(self, argument: Any) -> Any:
        """Send a long array ahead once; a short one travels with the question."""
        if isinstance(argument, np.ndarray) and argument.nbytes > _LONG:
            return self._client.scatter(argument, broadcast=True, hash=False)
        return argument


def _sort_rows(space: Space, first: int, end: int, n_threads: int) -> Neighbors:
    when = None if space.clock is None else space.clock[first:end]
    return Neighbors(space, space.xy[first:end], when=when, n_jobs=n_threads, first=first)


def _solve_rows(
    part: Neighbors, X: FloatArray, y: FloatArray, point: float, focal: FloatArray, full: bool
) -> Local:
    return part.local_systems(X, y, point, focal=focal, full=full)


def _answer(part: Neighbors, question: str, *arguments: Any) -> Any:
    if question == "smoothed":
        values, point = arguments
        out = np.empty((len(part.order), values.shape[1]), np.float32)
        part.smooth_many(values, point, out)
        return out
    return getattr(part, question)(*arguments)
