"""Rows of neighbors, or leaves of a tree, spread over the workers of a Dask cluster.

The rows stay where they were sorted, the tree where it was planted. A question sends
one n-vector out and brings a few numbers a row back, so that a round of backfitting is
k small messages to each worker. Dask is imported by whoever made the client.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from spatialccd.drivers._workers import workers_of
from spatialccd.drivers.gwr._discs import Discs
from spatialccd.drivers.gwr._kernel_sums import Local
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr._space import Space
from spatialccd.drivers.gwr._threads import Threads

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray

#: Bytes from which an array is scattered.
_LONG = 1_000_000


class Workers:
    """The workers of a client, and the parts of the data that each of them holds."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.parts: list[Any] = []
        self._homes: list[str] = []

    def homes(self, most: int) -> list[tuple[str, int]]:
        """Give the workers, no more than `most`, and the cores of each.

        Raises
        ------
        ParameterError
            There are none.
        """
        taken = list(workers_of(self.client).items())[:most]
        self._homes = [name for name, _ in taken]
        return taken

    def ask(self, question: str, *arguments: Any) -> list[Any]:
        """Put one question to every worker; answers come in the order of the parts."""
        sent = [self._placed(a) for a in arguments]
        asked = [
            self.at(home, _answer, part, question, *sent)
            for home, part in zip(self._homes, self.parts, strict=True)
        ]
        return list(self.client.gather(asked))

    def each(self, function: Any, arguments: list[tuple[Any, ...]]) -> list[Any]:
        """Call a function with each part and arguments of its own, where the part is."""
        asked = [
            self.at(home, function, part, *own)
            for home, part, own in zip(self._homes, self.parts, arguments, strict=True)
        ]
        return list(self.client.gather(asked))

    def at(self, home: str, function: Any, *arguments: Any) -> Any:
        """Put a question where its part is: left to itself the scheduler would move the part."""
        return self.client.submit(function, *arguments, workers=[home], pure=False)

    def _placed(self, argument: Any) -> Any:
        """Send a long array ahead once; a short one travels with the question."""
        if isinstance(argument, np.ndarray) and argument.nbytes > _LONG:
            return self.client.scatter(argument, broadcast=True, hash=False)
        return argument


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
        self._workers = Workers(client)
        n = len(space.xy)
        homes = self._workers.homes(n)
        edges = np.linspace(0, n, len(homes) + 1).astype(int)
        self._spans = [(int(a), int(b)) for a, b in pairwise(edges)]
        shared = client.scatter(space, broadcast=True)
        self._workers.parts = [
            client.submit(_sort_rows, shared, a, b, cores, workers=[name], pure=False)
            for (name, cores), (a, b) in zip(homes, self._spans, strict=True)
        ]

    def weighted_sums(
        self, values: FloatArray, points: FloatArray, upto: int | None = None
    ) -> FloatArray:
        """As `KernelSums.weighted_sums`."""
        return np.concatenate(self._workers.ask("weighted_sums", values, points, upto), axis=2)

    def whole_curve(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """As `KernelSums.whole_curve`."""
        return np.asarray(sum(self._workers.ask("whole_curve", x, y)))

    def local_curve(self, X: FloatArray, y: FloatArray, points: FloatArray) -> FloatArray:
        """As `KernelSums.local_curve`."""
        return np.asarray(sum(self._workers.ask("local_curve", X, y, points)))

    def local_systems(
        self, X: FloatArray, y: FloatArray, point: float, *, focal: FloatArray, full: bool
    ) -> Local:
        """As `KernelSums.local_systems`."""
        answers = self._workers.each(
            _solve_rows, [(X, y, point, focal[a:b], full) for a, b in self._spans]
        )
        return Local(*(np.concatenate(figure) for figure in zip(*answers, strict=True)))

    def smooth_many(self, values: Any, point: float, out: Any) -> None:
        """As `KernelSums.smooth_many`."""
        out[:] = np.concatenate(self._workers.ask("smoothed", values, point))

    def weights(self, point: float, rows: slice = slice(None)) -> FloatArray:
        """As `KernelSums.weights`."""
        return np.concatenate(self._workers.ask("weights", point))[rows]

    def sparse_weights(self, point: float) -> Any:
        """As `KernelSums.sparse_weights`."""
        return sparse.vstack(self._workers.ask("sparse_weights", point), format="csr")

    def share_reached(self, point: float) -> float:
        """As `KernelSums.share_reached`."""
        shares = self._workers.ask("share_reached", point)
        return float(np.average(shares, weights=[b - a for a, b in self._spans]))

    def nearest(self, k: int) -> IntArray:
        """As `KernelSums.nearest`."""
        return np.concatenate(self._workers.ask("nearest", k))

    def distance_range(self) -> tuple[float, float]:
        """As `KernelSums.distance_range`."""
        low, high = zip(*self._workers.ask("distance_range"), strict=True)
        return min(low), max(high)


class DiscsOnCluster(Discs):
    """`Discs` whose leaves are dealt out to the workers of a ``distributed.Client``.

    Each worker plants the same tree and answers for its leaves: a question is one message
    to each, and what comes back is a few numbers a place.

    Parameters
    ----------
    space : Space
        The observations: bisquare, plane coordinates, no times.
    client : distributed.Client
        Its workers take equal shares of the leaves.
    """

    def __init__(self, space: Space, client: Any) -> None:
        super().__init__(space)
        self._workers = Workers(client)
        homes = self._workers.homes(len(self.forest.tree))
        shared = client.scatter(space, broadcast=True)
        self._workers.parts = [
            client.submit(_plant, shared, cores, (i, len(homes)), workers=[name], pure=False)
            for i, (name, cores) in enumerate(homes)
        ]

    def sums_here(self, values: FloatArray, points: FloatArray, upto: int | None) -> FloatArray:
        """As `Discs.sums_here`, of all leaves."""
        return np.concatenate(self._workers.ask("sums_here", values, points, upto), axis=2)

    def systems_here(
        self, X: FloatArray, y: FloatArray, point: float, focal: FloatArray, full: bool
    ) -> Local:
        """As `Discs.systems_here`, of all leaves."""
        answers = self._workers.ask("systems_here", X, y, point, focal, full)
        return Local(*(np.concatenate(figure) for figure in zip(*answers, strict=True)))

    def smoothed_here(self, values: Any, point: float) -> Any:
        """As `Discs.smoothed_here`, of all leaves."""
        return np.concatenate(self._workers.ask("smoothed_here", values, point))


def _plant(space: Space, n_threads: int, part: tuple[int, int]) -> Discs:
    return Discs(space, n_jobs=n_threads, part=part)


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
