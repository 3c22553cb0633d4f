"""The last pass: y counted and added up by the strata of each factor and pair of factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd.drivers.geodetector.cells import _loops as loops
from spatialccd.drivers.geodetector.cells._sources import Block, Classes
from spatialccd.drivers.geodetector.cells._survey import Plan, taken, whole_rows
from spatialccd.errors import DataError

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray

#: All factors are crossed where that makes no more cells: one addition a row instead of many.
_JOINT = 2**16
#: Cells of all pairs together at most: 24 bytes each.
_MOST = 2**24


@dataclass
class Sums:
    """Rows, and the sums of y and of its square, by cell."""

    counts: IntArray
    sums: FloatArray
    squares: FloatArray

    def merge(self, other: Sums) -> None:
        """Take in what was found in other rows."""
        self.counts += other.counts
        self.sums += other.sums
        self.squares += other.squares


class Tally:
    """The pass, and the tables it fills.

    Parameters
    ----------
    plan : Plan
    limits : mapping of str to ndarray
        Upper limits of the strata, for the factors that are cut.
    known : mapping of str to mapping
        The code of each label, for the others.
    strata : sequence of int
        Number of strata of each factor.
    center, scale : float
        y less the one over the other is added up, so that nothing is lost in sums of squares.
    pairs : bool
        Whether pairs of factors are wanted.
    """

    def __init__(
        self,
        plan: Plan,
        limits: Mapping[str, FloatArray],
        known: Mapping[str, Mapping[Any, int]],
        strata: Sequence[int],
        center: float,
        scale: float,
        *,
        pairs: bool,
    ) -> None:
        self.plan, self.names = plan, plan.names
        self.limits, self.known = dict(limits), dict(known)
        self.center, self.scale = center, scale
        self.shape = tuple(int(s) for s in strata)
        self.tables = _tables(self.shape, pairs=pairs)
        sizes = [int(np.prod([self.shape[d] for d in table])) for table in self.tables]
        if sum(sizes) > _MOST:
            raise DataError(
                f"the strata of all pairs of factors make {sum(sizes):,} cells, more than "
                f"{_MOST:,}; cut the factors into fewer strata, or set pairwise=False"
            )
        self.starts = np.cumsum([0, *sizes])
        self.strides = np.zeros((len(self.tables), len(self.shape)), dtype=np.int64)
        for row, table in enumerate(self.tables):
            step = 1
            for d in reversed(table):
                self.strides[row, d] = step
                step *= self.shape[d]

    def empty(self) -> Sums:
        """Begin with nothing found."""
        cells = int(self.starts[-1])
        return Sums(np.zeros(cells, dtype=np.int64), np.zeros(cells), np.zeros(cells))

    def add(self, found: Sums, block: Block) -> None:
        """Take a block in."""
        known = whole_rows(block.columns)
        block = block if known.all() else taken(block, known)
        # Sums of the block first, where they are short: they lose less than one long sum.
        few = self.starts[-1] <= _JOINT
        own = self.empty() if few else found
        z = (block.columns[self.plan.y] - self.center) / self.scale
        codes, starts = self.codes(block.columns), self.starts[:-1]
        loops.add_up(codes, self.strides, starts, z, own.counts, own.sums, own.squares)
        if few:
            found.merge(own)

    def codes(self, columns: Mapping[str, Any]) -> Any:
        """Give the stratum of each row by each factor, (D, n) in two bytes."""
        n = len(columns[self.plan.y])
        codes = np.empty((len(self.plan.factors), n), dtype=np.uint16)
        for d, name in enumerate(self.plan.factors):
            column = columns[name]
            if isinstance(column, Classes):
                own = np.array([self.known[name].get(x, 0) for x in column.labels], np.uint16)
                codes[d] = own[column.codes] if own.size else 0
            else:
                loops.code_numbers(column, self.limits[name][:-1], codes[d])
        return codes

    def margin(self, found: Sums, factors: tuple[int, ...]) -> Sums:
        """Give the sums by the strata of some factors, crossed in their order; (cells,) each."""
        row = next(i for i, table in enumerate(self.tables) if set(factors) <= set(table))
        table = self.tables[row]
        shape = tuple(self.shape[d] for d in table)
        others = tuple(i for i, d in enumerate(table) if d not in factors)
        part = slice(self.starts[row], self.starts[row + 1])
        return Sums(
            *(
                x[part].reshape(shape).sum(axis=others).ravel()
                for x in (found.counts, found.sums, found.squares)
            )
        )


def _tables(shape: Sequence[int], *, pairs: bool) -> list[tuple[int, ...]]:
    """List the factors that are crossed in each table: all, pair by pair, or each by itself."""
    every = tuple(range(len(shape)))
    if pairs and np.prod(np.array(shape, dtype=float)) <= _JOINT:
        return [every]
    if pairs and len(shape) > 1:
        return list(combinations(every, 2))
    return [(d,) for d in every]
