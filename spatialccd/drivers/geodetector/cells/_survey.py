"""The first pass: what is missing, what range and labels each factor has, and a random sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd.drivers._codes import MOST
from spatialccd.drivers.geodetector.cells import _loops as loops
from spatialccd.drivers.geodetector.cells._sources import Block, Classes
from spatialccd.errors import DataError

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, FloatArray, IntArray

#: Bits of a number's key by which it is counted first: sign, exponent and eight digits more.
FIRST_BITS = 20
#: A factor has no more labels: their codes take two bytes.
MOST_LABELS = 65_535


@dataclass(frozen=True)
class Plan:
    """What is asked of the rows.

    Attributes
    ----------
    y : str
        The explained column.
    factors : tuple of str
        The others.
    classes : frozenset of str
        Factors that hold classes.
    counted : frozenset of str
        Factors of which quantiles are wanted.
    spread : frozenset of str
        Factors of which mean and standard deviation are wanted.
    sample : int
        Rows to hold at most.
    seed : int
        Of the sample.
    block_rows : int
        Rows read at a time.
    """

    y: str
    factors: tuple[str, ...]
    classes: frozenset[str]
    counted: frozenset[str]
    spread: frozenset[str]
    sample: int
    seed: int
    block_rows: int

    @property
    def names(self) -> tuple[str, ...]:
        """All columns."""
        return (self.y, *self.factors)

    @property
    def numbers(self) -> list[str]:
        """The factors that are numbers."""
        return [f for f in self.factors if f not in self.classes]


@dataclass
class Moments:
    """Number, mean and sum of squared deviations, which can be merged (Chan et al. 1983)."""

    n: int = 0
    mean: float = 0.0
    m2: float = 0.0
    low: float = np.inf
    high: float = -np.inf

    def add(self, values: FloatArray) -> None:
        """Take some values in."""
        if values.size:
            mean = float(values.mean())
            deviations = values - mean
            # The second term takes out what rounding left in the mean.
            m2 = float(deviations @ deviations) - float(deviations.sum()) ** 2 / values.size
            self.merge(Moments(values.size, mean, m2, float(values.min()), float(values.max())))

    def reach(self, values: FloatArray) -> None:
        """Take in the range of some values only."""
        self.low = min(self.low, float(values.min()))
        self.high = max(self.high, float(values.max()))

    def merge(self, other: Moments) -> None:
        """Take in what was found elsewhere."""
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        n = self.n + other.n
        if not other.n:
            return
        apart = other.mean - self.mean
        self.m2 += other.m2 + apart**2 * (self.n * other.n / n)
        self.mean += apart * (other.n / n)
        self.n = n


@dataclass
class Labels:
    """The labels of a factor in the order met, and how many rows have each."""

    known: dict[Any, int] = field(default_factory=dict)
    counts: list[int] = field(default_factory=list)
    order: tuple[Any, ...] | None = None

    def add(self, labels: Iterable[Any], counts: Iterable[int]) -> IntArray:
        """Take labels in; give the number that each has here."""
        numbers = []
        for label, count in zip(labels, counts, strict=True):
            number = self.known.setdefault(label, len(self.known))
            if number == len(self.counts):
                self.counts.append(0)
            self.counts[number] += int(count)
            numbers.append(number)
        return np.array(numbers, dtype=np.int64)


@dataclass
class Sample:
    """The rows of the smallest random numbers: which they are does not depend on the blocks."""

    most: int
    rows: IntArray
    drawn: Any
    values: FloatArray
    whole: bool = True

    @classmethod
    def empty(cls, most: int, columns: int) -> Sample:
        """Begin without rows."""
        none = np.empty(0, dtype=np.int64)
        return cls(most, none, none.astype(np.uint64), np.empty((0, columns)))

    def add(self, rows: IntArray, drawn: Any, values: FloatArray) -> None:
        """Take rows in; let those of the largest numbers go where there are too many."""
        self.rows = np.concatenate([self.rows, rows])
        self.drawn = np.concatenate([self.drawn, drawn])
        self.values = np.concatenate([self.values, values])
        if self.rows.size > self.most:
            kept = np.argpartition(self.drawn, self.most)[: self.most]
            self.rows, self.drawn = self.rows[kept], self.drawn[kept]
            self.values, self.whole = self.values[kept], False

    def first(self, most: int) -> FloatArray:
        """Give `most` of them at most, in the order of the rows: (m, columns)."""
        chosen = np.argsort(self.drawn)[:most]
        return self.values[chosen[np.argsort(self.rows[chosen])]]


class Survey:
    """All that the first pass finds.

    Attributes
    ----------
    read, kept : int
        Rows, and rows without a missing value.
    missing, infinite : dict of str to int
        Rows by the column in which a value is missing, or infinite.
    moments : dict of str to Moments
        Of y and of the factors in `spread`; of other numbers the range only.
    labels : dict of str to Labels
        Of the factors that hold classes.
    counts : dict of str to ndarray
        Rows by the first bits of the key of each factor in `counted`.
    distinct : dict of str to ndarray or None
        The distinct values of each number; None where there are many, or they are not whole.
    sample : Sample
        y and the factors; for classes the number of the label.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.read = self.kept = 0
        self.missing = dict.fromkeys(plan.names, 0)
        self.infinite = dict.fromkeys(plan.names, 0)
        self.moments = {name: Moments() for name in (plan.y, *plan.numbers)}
        self.labels = {f: Labels() for f in plan.factors if f in plan.classes}
        self.counts = {f: np.zeros(2**FIRST_BITS, dtype=np.int64) for f in sorted(plan.counted)}
        self.distinct: dict[str, FloatArray | None] = {f: np.empty(0) for f in plan.numbers}
        self.sample = Sample.empty(plan.sample, len(plan.names))

    def add(self, block: Block) -> None:
        """Take a block in."""
        known = whole_rows(block.columns, self.missing, self.infinite)
        self.read += block.rows.size
        if not known.all():
            block = taken(block, known)
        self.kept += block.rows.size
        if not block.rows.size:
            return
        drawn = np.empty(block.rows.size, dtype=np.uint64)
        loops.draw_numbers(block.rows, np.uint64(self.plan.seed), drawn)
        chosen = np.arange(drawn.size)
        if not self.sample.whole:
            chosen = np.flatnonzero(drawn < self.sample.drawn.max())
        values = np.empty((chosen.size, len(self.plan.names)))
        for position, name in enumerate(self.plan.names):
            column = block.columns[name]
            if isinstance(column, Classes):
                values[:, position] = self._classes(name, column)[chosen]
            else:
                self._numbers(name, column)
                values[:, position] = column[chosen]
        self.sample.add(block.rows[chosen], drawn[chosen], values)

    def _numbers(self, name: str, x: FloatArray) -> None:
        if name == self.plan.y or name in self.plan.spread:
            self.moments[name].add(x)
        else:
            self.moments[name].reach(x)
        if name in self.counts:
            loops.count_keys(as_bits(x), 64 - FIRST_BITS, self.counts[name])
        if self.distinct.get(name) is not None:
            few = np.unique(x[:1000]).size <= MOST
            self._see(name, np.unique(x) if few else None)

    def _see(self, name: str, values: FloatArray | None) -> None:
        """Note distinct values, as long as they are few and whole."""
        seen = self.distinct[name]
        if seen is None or values is None:
            self.distinct[name] = None
            return
        both = np.union1d(seen, values)
        whole = both.size <= MOST and bool((both == np.round(both)).all())
        self.distinct[name] = both if whole else None

    def _classes(self, name: str, column: Classes) -> IntArray:
        """Note labels; give the number of each row's label."""
        counts = np.bincount(column.codes, minlength=len(column.labels))
        used = np.flatnonzero(counts)
        labels = self.labels[name]
        numbers = np.zeros(len(column.labels), dtype=np.int64)
        numbers[used] = labels.add(column.labels[used], counts[used])
        if column.ordered and labels.order is None:
            labels.order = tuple(column.labels)
        self._check_labels(name)
        return numbers[column.codes]

    def _check_labels(self, name: str) -> None:
        if len(self.labels[name].known) > MOST_LABELS:
            raise DataError(
                f"{name} has more than {MOST_LABELS:,} classes, which is a stratum for each of "
                "few rows; cut it, or leave it out"
            )

    def merge(self, other: Survey) -> None:
        """Take in what was found in other rows."""
        self.read, self.kept = self.read + other.read, self.kept + other.kept
        for name in self.plan.names:
            self.missing[name] += other.missing[name]
            self.infinite[name] += other.infinite[name]
        for name, moments in self.moments.items():
            moments.merge(other.moments[name])
        for name, counts in self.counts.items():
            counts += other.counts[name]
        if other.kept:
            for name in self.distinct:
                self._see(name, other.distinct[name])
        values = other.sample.values.copy()
        for name, labels in self.labels.items():
            theirs = other.labels[name]
            numbers = labels.add(theirs.known, theirs.counts)
            labels.order = labels.order or theirs.order
            position = self.plan.names.index(name)
            if numbers.size:
                values[:, position] = numbers[values[:, position].astype(int)]
            self._check_labels(name)
        whole = self.sample.whole and other.sample.whole
        self.sample.add(other.sample.rows, other.sample.drawn, values)
        self.sample.whole = self.sample.whole and whole


class First:
    """The first pass."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.names = plan, plan.names

    def empty(self) -> Survey:
        """Begin with nothing found."""
        return Survey(self.plan)

    def add(self, found: Survey, block: Block) -> None:
        """Take a block in."""
        found.add(block)


def as_bits(x: FloatArray) -> IntArray:
    """See numbers as whole numbers of their bits; -0 becomes 0."""
    return (x + 0.0).view(np.int64)


def whole_rows(
    columns: Mapping[str, Any],
    missing: dict[str, int] | None = None,
    infinite: dict[str, int] | None = None,
) -> BoolArray:
    """Tell the rows without a missing or infinite value, and count the others by column."""
    known: BoolArray | None = None
    for name, column in columns.items():
        here = column.codes >= 0 if isinstance(column, Classes) else np.isfinite(column)
        if missing is not None and infinite is not None and not here.all():
            lost = int((~here).sum())
            gone = 0 if isinstance(column, Classes) else int(np.isinf(column).sum())
            missing[name] += lost - gone
            infinite[name] += gone
        known = here if known is None else known & here
    assert known is not None
    return known


def taken(block: Block, rows: BoolArray) -> Block:
    """Give some rows of a block."""
    return Block(
        block.rows[rows],
        {
            name: Classes(column.codes[rows], column.labels, column.ordered)
            if isinstance(column, Classes)
            else column[rows]
            for name, column in block.columns.items()
        },
    )
