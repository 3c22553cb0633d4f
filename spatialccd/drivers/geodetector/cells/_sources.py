"""Where the rows come from: sources, cut into pieces that can be read anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from spatialccd.errors import ParameterError, listed

if TYPE_CHECKING:
    from spatialccd._types import IntArray

#: Bytes read ahead of a column of a Parquet file: a row group can be as large as the file.
_AHEAD = 2**22
#: Rows of a piece: what one task of a cluster reads, and is read again where a worker is lost.
PIECE = 4_000_000


@dataclass(frozen=True)
class Classes:
    """A column of classes in one block.

    Attributes
    ----------
    codes : ndarray (n,)
        The position of each row's label; -1 where it is missing.
    labels : Index
        The labels.
    ordered : bool
        Whether the order of the labels means something.
    """

    codes: IntArray
    labels: pd.Index
    ordered: bool = False


#: A column in one block: numbers, NaN where they are missing, or classes.
Column = Any


@dataclass(frozen=True)
class Block:
    """Some rows: their positions in the whole, and the columns asked for, by name."""

    rows: IntArray
    columns: Mapping[str, Column]


class Piece(Protocol):
    """A part of the rows that can be sent to a worker, and read there."""

    def blocks(self, names: Sequence[str], classes: frozenset[str], most: int) -> Iterator[Block]:
        """Yield blocks of at most `most` rows; the columns in `classes` hold classes."""


class Source(Protocol):
    """All rows.

    Attributes
    ----------
    label : str
        How messages call it.
    columns : list of str
        What it has.
    local : str
        Why a cluster cannot read it; empty where it can.
    """

    label: str
    columns: list[str]
    local: str

    def head(self, names: Sequence[str]) -> pd.DataFrame:
        """Give the columns without rows, in the types that the blocks have."""

    def pieces(self, most: int) -> list[Any]:
        """List the pieces, or what makes them on a cluster, in the order of the rows."""

    def count(self) -> int:
        """Give the number of rows."""


def series_column(series: pd.Series, *, classes: bool) -> Column:
    """Take a column of a frame: floating-point numbers, or codes and labels."""
    if not classes:
        return series.to_numpy(dtype=float, na_value=np.nan)
    if isinstance(series.dtype, pd.CategoricalDtype):
        return Classes(series.cat.codes.to_numpy(np.int64), series.cat.categories, ordered=True)
    codes, labels = pd.factorize(series)
    return Classes(np.asarray(codes, dtype=np.int64), pd.Index(labels))


def arrow_column(array: Any, *, classes: bool) -> Column:
    """Take a column of an Arrow batch."""
    import pyarrow as pa

    if not classes:
        return array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    codes = coded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    return Classes(codes, pd.Index(coded.dictionary.to_pandas()))


# --- frames --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FramePiece:
    """Rows of a frame."""

    start: int
    frame: pd.DataFrame

    def blocks(self, names: Sequence[str], classes: frozenset[str], most: int) -> Iterator[Block]:
        """As `Piece.blocks`."""
        for first in range(0, len(self.frame), most):
            part = self.frame.iloc[first : first + most]
            columns = {n: series_column(part[n], classes=n in classes) for n in names}
            yield Block(np.arange(self.start + first, self.start + first + len(part)), columns)


class FrameSource:
    """A pandas DataFrame."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.label, self.local = "the frame", ""
        self.columns = [str(c) for c in frame.columns]
        if len(set(self.columns)) < len(self.columns):
            raise ParameterError("the frame has columns of the same name; rename or drop one")
        self.frame.columns = self.columns

    def head(self, names: Sequence[str]) -> pd.DataFrame:
        """As `Source.head`."""
        return self.frame.iloc[:0][list(names)]

    def pieces(self, most: int) -> list[Any]:
        """As `Source.pieces`."""
        step = max(most, PIECE)
        return [
            FramePiece(first, self.frame.iloc[first : first + step])
            for first in range(0, len(self.frame), step)
        ]

    def count(self) -> int:
        """As `Source.count`."""
        return len(self.frame)


class DaskSource:
    """A Dask DataFrame, a piece for each partition, made when it is read and let go again."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame
        self.label, self.local = "the Dask frame", ""
        self.columns = [str(c) for c in frame.columns]
        self._lengths: list[int] | None = None

    def head(self, names: Sequence[str]) -> pd.DataFrame:
        """As `Source.head`."""
        return self.frame._meta[list(names)]

    def pieces(self, most: int) -> list[Any]:  # noqa: ARG002 - the partitions are what they are
        """As `Source.pieces`."""
        from dask.delayed import delayed

        starts = np.cumsum([0, *self._measured()[:-1]])
        return [
            delayed(FramePiece)(int(start), part)
            for start, part in zip(starts, self.frame.to_delayed(), strict=True)
        ]

    def count(self) -> int:
        """As `Source.count`."""
        return sum(self._measured())

    def _measured(self) -> list[int]:
        """Give the rows of each partition."""
        if self._lengths is None:
            self._lengths = [int(n) for n in self.frame.map_partitions(len).compute()]
        return self._lengths


# --- Parquet -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ParquetPiece:
    """Some groups of rows of one file."""

    path: str
    groups: tuple[int, ...]
    start: int

    def blocks(self, names: Sequence[str], classes: frozenset[str], most: int) -> Iterator[Block]:
        """As `Piece.blocks`."""
        import pyarrow.parquet as pq

        start = self.start
        with pq.ParquetFile(self.path, pre_buffer=False, buffer_size=_AHEAD) as file:
            for batch in file.iter_batches(most, row_groups=list(self.groups), columns=list(names)):
                columns = {n: arrow_column(batch.column(n), classes=n in classes) for n in names}
                yield Block(np.arange(start, start + batch.num_rows), columns)
                start += batch.num_rows


class ParquetSource:
    """Parquet files, one below the other."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths
        self.local = ""
        self.label = paths[0].name if len(paths) == 1 else f"{len(paths)} Parquet files"
        self._files = [_parquet(path) for path in paths]
        self.schema = self._files[0][1]
        self.columns = list(self.schema.names)
        for path, (_, schema) in zip(paths, self._files, strict=True):
            lacking = [n for n in self.columns if n not in schema.names]
            if lacking:
                raise ParameterError(
                    f"{path.name} lacks {listed(lacking)}, which {paths[0].name} has"
                )

    def head(self, names: Sequence[str]) -> pd.DataFrame:
        """As `Source.head`; decimals are numbers."""
        import pyarrow as pa

        empty = pa.schema([self.schema.field(n) for n in names]).empty_table().to_pandas()
        for name in names:
            if pa.types.is_decimal(self.schema.field(name).type):
                empty[name] = empty[name].astype(float)
        return empty

    def pieces(self, most: int) -> list[Any]:
        """As `Source.pieces`."""
        found, start = [], 0
        for path, (sizes, _) in zip(self.paths, self._files, strict=True):
            groups: list[int] = []
            first = start
            for group, size in enumerate(sizes):
                groups.append(group)
                start += size
                if start - first >= max(most, PIECE) or group == len(sizes) - 1:
                    found.append(ParquetPiece(str(path), tuple(groups), first))
                    groups, first = [], start
        return found

    def count(self) -> int:
        """As `Source.count`."""
        return sum(size for sizes, _ in self._files for size in sizes)


def _parquet(path: Path) -> tuple[list[int], Any]:
    """Give the rows of each group of a file, and its schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            meta = file.metadata
            sizes = [meta.row_group(g).num_rows for g in range(meta.num_row_groups)]
            return sizes, file.schema_arrow
    except pa.ArrowInvalid as error:
        raise ParameterError(f"{path.name} cannot be read as Parquet ({error})") from error


# --- DuckDB --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RelationPiece:
    """All rows of a relation, which DuckDB streams."""

    relation: Any

    def blocks(self, names: Sequence[str], classes: frozenset[str], most: int) -> Iterator[Block]:
        """As `Piece.blocks`."""
        quoted = ", ".join('"' + n.replace('"', '""') + '"' for n in names)
        asked = self.relation.project(quoted)
        give = getattr(asked, "to_arrow_reader", None) or asked.fetch_arrow_reader
        start = 0
        for batch in give(most):
            columns = {n: arrow_column(batch.column(n), classes=n in classes) for n in names}
            yield Block(np.arange(start, start + batch.num_rows), columns)
            start += batch.num_rows


class RelationSource:
    """What a query to DuckDB gives; asked anew for each pass."""

    def __init__(
        self, relation: Any, label: str = "the DuckDB relation", connection: Any = None
    ) -> None:
        self.relation, self.label = relation, label
        self._connection = connection  # before DuckDB 2 a relation does not hold its own
        self.columns = [str(c) for c in relation.columns]
        self.local = "the rows of a DuckDB connection stay in its process"

    def head(self, names: Sequence[str]) -> pd.DataFrame:
        """As `Source.head`; decimals are numbers."""
        empty = self.relation.limit(0).df()[list(names)]
        kinds = dict(zip(self.columns, map(str, self.relation.types), strict=True))
        for name in names:
            if kinds[name].upper().startswith("DECIMAL"):
                empty[name] = empty[name].astype(float)
        return empty

    def pieces(self, most: int) -> list[Any]:  # noqa: ARG002 - it is one stream
        """As `Source.pieces`."""
        return [RelationPiece(self.relation)]

    def count(self) -> int:
        """As `Source.count`."""
        return int(self.relation.aggregate("count(*)").fetchall()[0][0])
