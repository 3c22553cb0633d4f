"""Passes over all pieces: one after the other here, or over the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from spatialccd.drivers._workers import workers_of
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from spatialccd._types import Progress
    from spatialccd.drivers.geodetector.cells._sources import Block, Source
    from spatialccd.drivers.geodetector.cells._survey import Plan

#: Summaries that one task merges.
_FAN = 8


class Pass(Protocol):
    """What is done with each block. What it finds has a ``merge``."""

    plan: Plan
    names: tuple[str, ...]

    def empty(self) -> Any:
        """Begin with nothing found."""

    def add(self, found: Any, block: Block) -> None:
        """Take a block in."""


class Work:
    """Counts what is done, in rows, and tells it.

    Parameters
    ----------
    progress : callable or None
        Told (done, total).
    total : int
        What will be done, as far as it can be foreseen.
    """

    def __init__(self, progress: Progress | None, total: int = 0) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def step(self, count: int) -> None:
        """Note that more is done."""
        self.done = min(self.done + count, self.total) if self.total else self.done + count
        if self.progress is not None and self.total:
            self.progress(self.done, self.total)


class Runner:
    """Makes passes over the rows of a source.

    Parameters
    ----------
    source : Source
    client : distributed.Client or None
        Where the pieces are read; None for here.
    most : int
        Rows of a block at most.
    """

    def __init__(self, source: Source, client: Any, most: int) -> None:
        if client is not None and source.local:
            raise ParameterError(
                f"{source.label} cannot be read on a cluster: {source.local}; write it to Parquet "
                "(COPY ... TO 'cells.parquet'), or leave client out"
            )
        if client is not None:
            workers_of(client)
        self.pieces, self.client, self.most = source.pieces(most), client, most

    def __call__(self, one: Pass, told: Callable[[int], None]) -> Any:
        """Make a pass; `told` hears of the rows done."""
        if self.client is not None and self.pieces:
            return self._spread(one, told)
        found = one.empty()
        for piece in self.pieces:
            _read(piece, one, self.most, found, told)
        return found

    def _spread(self, one: Pass, told: Callable[[int], None]) -> Any:
        """Send the pieces out, merge what comes back eight by eight, and fetch one summary.

        A task whose worker is lost is done again by another: Dask keeps what it was asked.
        """
        from distributed import as_completed

        asked = [self._submit(piece, one) for piece in self.pieces]
        waiting = list(asked)
        try:
            while len(waiting) > 1:
                waiting = [
                    self.client.submit(_merged, waiting[i : i + _FAN], pure=False)
                    for i in range(0, len(waiting), _FAN)
                ]
            for done in as_completed(  # type: ignore[no-untyped-call]
                [self.client.submit(_size, a, pure=False) for a in asked]
            ):
                told(done.result())
            return waiting[0].result()[0]
        except BaseException:
            self.client.cancel([*asked, *waiting])
            raise

    def _submit(self, piece: Any, one: Pass) -> Any:
        if hasattr(piece, "dask"):  # a partition, still to be made
            from dask.delayed import delayed

            # Named anew each time: a pass that was asked before and forgotten is not this one.
            task = delayed(_summarized, pure=False)(piece, delayed(one), self.most)
            return self.client.compute(task)
        return self.client.submit(_summarized, piece, one, self.most, pure=False)


def _read(piece: Any, one: Pass, most: int, found: Any, told: Callable[[int], None]) -> None:
    made = piece.compute() if hasattr(piece, "dask") else piece
    for block in made.blocks(one.names, one.plan.classes, most):
        one.add(found, block)
        told(block.rows.size)


def _summarized(piece: Any, one: Pass, most: int) -> tuple[Any, int]:
    """Read a piece where it is; give what was found and the number of rows."""
    found, rows = one.empty(), [0]

    def told(count: int) -> None:
        rows[0] += count

    _read(piece, one, most, found, told)
    return found, rows[0]


def _size(summary: tuple[Any, int]) -> int:
    return summary[1]


def _merged(summaries: list[tuple[Any, int]]) -> tuple[Any, int]:
    """Merge summaries in the order of their rows, into one of its own: a task may be repeated."""
    from copy import deepcopy

    first, rows = deepcopy(summaries[0])
    for other, more in summaries[1:]:
        first.merge(other)
        rows += more
    return first, rows
