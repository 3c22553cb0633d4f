"""Columns of any dtype as columns of a few plain types, and back exactly.

A file holds whole numbers, floats, booleans, text and bytes only. What a column
was made of (its categories, time zone, CRS) stands beside it in words, from
which a closed list of builders makes it again; Arrow's own notes of types, which
could name an extension, are neither written nor read.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from spatialccd.errors import ParameterError, SavedFileError

if TYPE_CHECKING:
    from pyproj import CRS

Spec = dict[str, Any]
Pack = Callable[[Any], Any]

_PLAIN = {str(t): t for t in (pa.bool_(), pa.string(), pa.binary(), pa.float32(), pa.float64())}
_PLAIN |= {f"{sign}int{n}": getattr(pa, f"{sign}int{n}")() for sign in ("", "u") for n in (8, 16, 32, 64)}  # fmt: skip  # noqa: E501
_NUMBERS = frozenset(["bool", "float16", "float32", "float64"]) | {
    name for name in _PLAIN if "int" in name
}
_MASKED = frozenset(
    ["boolean", "Float32", "Float64"]
    + [f"{sign}nt{n}" for sign in ("I", "UI") for n in (8, 16, 32, 64)]
)
_ENCODINGS = frozenset(["PLAIN", "RLE", "BIT_PACKED"])
_AUTHORITY = re.compile(r"[A-Za-z]+:\w+")


class Columns:
    """Plain columns, all of one length."""

    def __init__(self, arrays: list[Any] | None = None) -> None:
        self.arrays: list[Any] = arrays or []

    def add(self, values: Any, kind: pa.DataType | None = None) -> int:
        """Add a column; give its number."""
        array = pa.array(values, kind) if not isinstance(values, pa.Array) else values
        self.arrays.append(array)
        return len(self.arrays) - 1

    def numbers(self, column: int) -> Any:
        """Give a column without gaps as an array that may be written to."""
        return self.arrays[column].to_numpy(zero_copy_only=False).copy()

    # --- in a file of its own -----------------------------------------------------------------

    def to_parquet(self) -> bytes:
        """Write the columns as Parquet, neither compressed nor folded into dictionaries."""
        table = pa.Table.from_arrays(self.arrays, [str(i) for i in range(len(self.arrays))])
        sink = io.BytesIO()
        pq.write_table(
            table,
            sink,
            compression="none",
            use_dictionary=False,
            store_schema=False,
            write_statistics=False,
        )
        return sink.getvalue()

    @classmethod
    def from_parquet(cls, data: bytes, limit: int) -> Columns:
        """Read columns whose size, types and encodings are what ``to_parquet`` writes."""
        file = pq.ParquetFile(pa.BufferReader(data))
        about = file.metadata
        if 8 * about.num_rows * about.num_columns > limit:
            raise SavedFileError(
                f"a table of {about.num_rows:,} rows and {about.num_columns:,} columns is too "
                f"large; no more than {limit:,} bytes are read"
            )
        for group in range(about.num_row_groups):
            for j in range(about.num_columns):
                column = about.row_group(group).column(j)
                if column.compression != "UNCOMPRESSED" or not set(column.encodings) <= _ENCODINGS:
                    raise SavedFileError("a table is compressed; a saved result holds none such")
        table = file.read(use_threads=False)
        if not {str(t) for t in table.schema.types} <= set(_PLAIN):
            raise SavedFileError("a table holds columns of types that are not read")
        return cls([column.combine_chunks() for column in table.columns])

    # --- among words --------------------------------------------------------------------------

    def to_words(self) -> list[Spec]:
        """Write short columns, such as the labels of a table, as JSON has them."""
        return [
            {"type": str(a.type), "values": [_word(v) for v in a.to_pylist()]} for a in self.arrays
        ]

    @classmethod
    def from_words(cls, words: list[Spec]) -> Columns:
        """Read what ``to_words`` wrote."""
        return cls([_from_word_list(one["values"], one["type"]) for one in words])


def _word(value: Any) -> Any:
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def _from_word_list(values: list[Any], kind: str) -> Any:
    if "float" in kind or "double" in kind:
        values = [None if v is None else float(v) for v in values]
    return pa.array(values, _PLAIN[kind])


# --- columns of pandas ------------------------------------------------------------------------


def put(array: Any, into: Columns, pack: Pack) -> Spec:
    """Put an array of pandas or numpy into plain columns; say how to make it again."""
    dtype = array.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return {
            "kind": "category",
            "column": into.add(np.asarray(array.codes)),
            "categories": put_index(dtype.categories, None, pack),
            "ordered": bool(dtype.ordered),
        }
    if isinstance(dtype, pd.IntervalDtype):
        sides = {side: put(getattr(array, side).array, into, pack) for side in ("left", "right")}
        return {"kind": "interval", "closed": dtype.closed, **sides}
    if isinstance(dtype, pd.PeriodDtype):
        return {
            "kind": "period",
            "column": into.add(array.asi8),
            "freq": str(dtype)[len("period[") : -1],
        }
    if isinstance(dtype, pd.DatetimeTZDtype):
        column = into.add(array.asi8)
        return {"kind": "zoned", "column": column, "unit": dtype.unit, "zone": str(dtype.tz)}
    if isinstance(dtype, pd.StringDtype):
        storage = {"storage": dtype.storage, "gap": "NA" if dtype.na_value is pd.NA else "NaN"}
        values = [None if v is pd.NA or v != v else v for v in array.to_numpy(dtype=object)]
        return {"kind": "text", "column": into.add(values, pa.string()), **storage}
    if isinstance(dtype, pd.ArrowDtype):
        return _put_arrow(array, into)
    if str(dtype) in _MASKED:
        return {"kind": "masked", "column": into.add(array), "dtype": str(dtype)}
    if str(dtype) == "geometry":
        return _put_shapes(array, into)
    return _put_numpy(np.asarray(array), into, pack)


def _put_numpy(array: Any, into: Columns, pack: Pack) -> Spec:
    name = array.dtype.newbyteorder("=").name
    if name in _NUMBERS:
        wide = "float32" if name == "float16" else name
        return {"kind": "numbers", "column": into.add(array.astype(wide)), "dtype": name}
    if array.dtype.kind in "mM":
        column = into.add(array.astype(array.dtype.newbyteorder("=")).view("int64"))
        return {"kind": "time", "column": column, "dtype": array.dtype.newbyteorder("=").str[1:]}
    if array.dtype.kind in "OU":
        texts = [json.dumps(pack(value)) for value in array.tolist()]
        return {"kind": "objects", "column": into.add(texts, pa.string())}
    raise ParameterError(f"a column of {array.dtype} cannot be saved; make it numbers or text")


def _put_arrow(array: Any, into: Columns) -> Spec:
    kind = array.dtype.pyarrow_dtype
    values = pa.chunked_array(array.__arrow_array__()).combine_chunks()
    if pa.types.is_large_string(kind):
        values = values.cast(pa.string())
    elif pa.types.is_timestamp(kind) and kind.tz is None:
        values = values.cast(pa.int64())
    elif pa.types.is_date32(kind):
        values = values.cast(pa.int32())
    if str(values.type) not in _PLAIN:
        raise ParameterError(f"a column of Arrow's {kind} cannot be saved; convert it first")
    return {"kind": "arrow", "column": into.add(values), "type": str(kind)}


def _put_shapes(array: Any, into: Columns) -> Spec:
    import shapely

    shapes = shapely.to_wkb(np.asarray(array), output_dimension=4)
    return {"kind": "shapes", "column": into.add(list(shapes), pa.binary()), "crs": _crs(array.crs)}


def _crs(crs: CRS | None) -> Spec | None:
    return None if crs is None else {"wkt": crs.to_wkt(), "name": crs.srs}


# --- and back ---------------------------------------------------------------------------------


def take(spec: Spec, columns: Columns, unpack: Pack) -> Any:
    """Make an array again from plain columns."""
    return _TAKERS[spec["kind"]](spec, columns, unpack)


def _take_category(spec: Spec, columns: Columns, unpack: Pack) -> Any:
    categories = take_index(spec["categories"], None, unpack)
    dtype = pd.CategoricalDtype(categories, ordered=spec["ordered"])
    return pd.Categorical.from_codes(columns.numbers(spec["column"]), dtype=dtype)


def _take_interval(spec: Spec, columns: Columns, unpack: Pack) -> Any:
    left, right = (take(spec[side], columns, unpack) for side in ("left", "right"))
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=spec["closed"])


def _take_period(spec: Spec, columns: Columns, unpack: Pack) -> Any:  # noqa: ARG001
    return pd.PeriodIndex.from_ordinals(columns.numbers(spec["column"]), freq=spec["freq"]).array


def _take_zoned(spec: Spec, columns: Columns, unpack: Pack) -> Any:  # noqa: ARG001
    times = columns.numbers(spec["column"]).view(f"M8[{spec['unit']}]")
    return pd.DatetimeIndex(times).tz_localize("UTC").tz_convert(spec["zone"]).array


def _take_text(spec: Spec, columns: Columns, unpack: Pack) -> Any:  # noqa: ARG001
    gap = pd.NA if spec["gap"] == "NA" else np.nan
    dtype = pd.StringDtype(spec["storage"], na_value=gap)
    return pd.array(columns.arrays[spec["column"]].to_numpy(zero_copy_only=False), dtype=dtype)


def _take_arrow(spec: Spec, columns: Columns, unpack: Pack) -> Any:  # noqa: ARG001
    dtype = pd.ArrowDtype(pa.type_for_alias(spec["type"]))
    return dtype.__from_arrow__(columns.arrays[spec["column"]].cast(dtype.pyarrow_dtype))


def _take_masked(spec: Spec, columns: Columns, unpack: Pack) -> Any:  # noqa: ARG001
    if spec["dtype"] not in _MASKED:
        raise KeyError(spec["dtype"])
    return pd.api.types.pandas_dtype(spec["dtype"]).__from_arrow__(columns.arrays[spec["column"]])


def _take_shapes(spec: Spec, columns: Columns, unpack: Pack) -> Any:  # noqa: ARG001
    from geopandas.array import from_wkb

    shapes = columns.arrays[spec["column"]].to_numpy(zero_copy_only=False)
    return from_wkb(shapes, crs=_take_crs(spec["crs"]))


def _take_crs(spec: Spec | None) -> Any:
    """Make a CRS of its definition, under the short name it had where both are one."""
    from pyproj import CRS

    if spec is None:
        return None
    crs = CRS.from_wkt(spec["wkt"])
    if _AUTHORITY.fullmatch(spec["name"]):  # a name may also be a definition that reads files
        named = CRS.from_user_input(spec["name"])
        return named if named == crs else crs
    return crs


def _take_numbers(spec: Spec, columns: Columns, unpack: Pack) -> Any:  # noqa: ARG001
    if spec["dtype"] not in _NUMBERS:
        raise KeyError(spec["dtype"])
    return columns.numbers(spec["column"]).astype(spec["dtype"], copy=False)


def _take_time(spec: Spec, columns: Columns, unpack: Pack) -> Any:  # noqa: ARG001
    if not re.fullmatch(r"[mM]8\[(s|ms|us|ns)\]", spec["dtype"]):
        raise KeyError(spec["dtype"])
    return columns.numbers(spec["column"]).view(spec["dtype"])


def _take_objects(spec: Spec, columns: Columns, unpack: Pack) -> Any:
    texts = columns.arrays[spec["column"]].to_pylist()
    values = np.empty(len(texts), dtype=object)
    for i, text in enumerate(texts):
        values[i] = unpack(json.loads(text))
    return values


_TAKERS: dict[str, Callable[[Spec, Columns, Pack], Any]] = {
    "category": _take_category,
    "interval": _take_interval,
    "period": _take_period,
    "zoned": _take_zoned,
    "text": _take_text,
    "arrow": _take_arrow,
    "masked": _take_masked,
    "shapes": _take_shapes,
    "numbers": _take_numbers,
    "time": _take_time,
    "objects": _take_objects,
}


# --- labels -----------------------------------------------------------------------------------


def put_index(index: pd.Index, into: Columns | None, pack: Pack) -> Spec:
    """Put labels into the columns of their table, or among words where there is none."""
    names = [pack(name) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        return {"names": names, "range": [index.start, index.stop, index.step]}
    own = Columns() if into is None else into
    if isinstance(index, pd.MultiIndex):
        # Levels as they are: their order, and labels that no row has any more, count in unstack.
        spec: Spec = {
            "names": names,
            "levels": [put_index(level, None, pack) for level in index.levels],
            "codes": [own.add(np.asarray(codes)) for codes in index.codes],
        }
    else:
        spec = {"names": names, "values": put(index.array, own, pack)}
        if getattr(index, "freq", None) is not None and not isinstance(index, pd.PeriodIndex):
            spec["freq"] = index.freq.freqstr
    return spec if into is not None else {**spec, "columns": own.to_words()}


def take_index(spec: Spec, columns: Columns | None, unpack: Pack) -> pd.Index:
    """Make labels again."""
    names = [unpack(name) for name in spec["names"]]
    if "range" in spec:
        return pd.RangeIndex(*spec["range"], name=names[0])
    own = Columns.from_words(spec["columns"]) if columns is None else columns
    if "levels" in spec:
        levels = [take_index(level, None, unpack) for level in spec["levels"]]
        codes = [own.numbers(column) for column in spec["codes"]]
        return pd.MultiIndex(levels=levels, codes=codes, names=names)
    array = take(spec["values"], own, unpack)
    dtype = object if array.dtype == object else None
    index = pd.Index(array, dtype=dtype, name=names[0], tupleize_cols=False)
    if "freq" in spec:
        index = type(index)(index, freq=spec["freq"], name=names[0])
    return index
