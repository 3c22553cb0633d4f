"""From results to words and tables, and back.

A value is either what JSON has (text, whole and finite numbers, true, false,
null, lists) or an object whose key ``$`` says what to make of it: a table, an
array, labels, a result by the name of its class. What it can be is the closed
list of ``_UNPACKERS``.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import pandas as pd

from spatialccd._result import Settings
from spatialccd.errors import ParameterError, SavedFileError, listed
from spatialccd.report.paper.rendered import Rendered, Style, render
from spatialccd.saved import _classes
from spatialccd.saved._columns import Columns, Spec, put, put_index, take, take_index


class Packer:
    """Turns a value into words; tables, arrays and pictures become members of the file."""

    def __init__(self, styles: tuple[Style, ...]) -> None:
        self.members: dict[str, bytes] = {}
        self.styles = styles
        self._where: list[str] = []

    def pack(self, value: Any) -> Any:
        """Write one value."""
        if value is None or isinstance(value, bool | str):
            return value if type(value) in (bool, str, type(None)) else self._scalar(value)
        if type(value) is int or (type(value) is float and math.isfinite(value)):
            return value
        for kind, packer in _PACKERS:
            if isinstance(value, kind):
                return packer(self, value)
        return self._object(value)

    def _object(self, value: Any) -> Any:
        if _classes.is_known(value):
            return self._result(value)
        if isinstance(value, tuple):
            return {"$": "tuple", "items": self._items(value)}
        module = type(value).__module__
        if module.startswith("libpysal.graph"):
            return {
                "$": "graph",
                "adjacency": self._at("adjacency", value._adjacency),
                "transformation": value.transformation,
            }
        drawn = any(kind.__module__ == "matplotlib.figure" for kind in type(value).__mro__)
        if drawn or isinstance(value, Rendered):
            return self._picture(value)
        if value is pd.NA or value is pd.NaT:
            return {"$": "gap", "kind": "NA" if value is pd.NA else "NaT"}
        raise ParameterError(
            f"{'.'.join(self._where) or 'this'} is a {type(value).__name__}, which cannot be "
            "saved; results of the package, tables, arrays and plain values can"
        )

    def _at(self, where: str, value: Any) -> Any:
        """Write a part, under its name in messages and members."""
        self._where.append(where)
        try:
            return self.pack(value)
        finally:
            self._where.pop()

    def _items(self, values: Any) -> list[Any]:
        return [self._at(str(i), value) for i, value in enumerate(values)]

    def _dict(self, value: Mapping[Any, Any]) -> Spec:
        items = [[self.pack(k), self._at(str(k), v)] for k, v in value.items()]
        return {"$": "dict", "items": items}

    def _result(self, value: Any) -> Spec:
        names = [f.name for f in fields(value)] if is_dataclass(value) else value._fields
        return {
            "$": "class",
            "name": type(value).__name__,
            "fields": {name: self._at(name, getattr(value, name)) for name in names},
        }

    def _settings(self, value: Settings) -> Spec:
        arguments = {name: self._argument(v) for name, v in value.items()}
        return {
            "$": "settings",
            "tool": value.tool,
            "versions": value.versions,
            "arguments": arguments,
        }

    def _argument(self, value: Any) -> Any:
        """Write an argument; what only Python has, such as a generator of numbers, by its name."""
        try:
            return self._at("settings", value)
        except ParameterError:
            return f"<{type(value).__name__}>"

    def _frame(self, value: pd.DataFrame) -> Spec:
        own = Columns()
        spec = {
            "$": "frame",
            "index": put_index(value.index, own, self.pack),
            "labels": put_index(value.columns, None, self.pack),
            "columns": [put(value.iloc[:, i].array, own, self.pack) for i in range(value.shape[1])],
        }
        if hasattr(value, "_geometry_column_name"):
            spec["geometry"] = self.pack(value._geometry_column_name)
            spec["$"] = "layer"
        return self._table(spec, own, value)

    def _series(self, value: pd.Series) -> Spec:
        own = Columns()
        spec = {
            "$": "series",
            "index": put_index(value.index, own, self.pack),
            "name": self.pack(value.name),
            "values": put(value.array, own, self.pack),
        }
        return self._table(spec, own, value)

    def _table(self, spec: Spec, own: Columns, value: Any) -> Spec:
        if value.attrs:
            spec["attrs"] = self._dict(value.attrs)
        if own.arrays:
            spec["member"] = self._member(".parquet", own.to_parquet())
        return spec

    def _index(self, value: pd.Index) -> Spec:
        own = Columns()
        spec = {"$": "index", "index": put_index(value, own, self.pack)}
        if own.arrays:
            spec["member"] = self._member(".parquet", own.to_parquet())
        return spec

    def _array(self, value: Any) -> Spec:
        if value.dtype.hasobject:
            own = Columns()
            spec: Spec = {"$": "objects", "shape": list(value.shape)}
            spec["values"] = put(value.ravel(), own, self.pack)
            spec["member"] = self._member(".parquet", own.to_parquet())
            return spec
        buffer = io.BytesIO()
        np.save(buffer, value, allow_pickle=False)
        return {"$": "array", "member": self._member(".npy", buffer.getvalue())}

    def _picture(self, value: Any) -> Spec:
        drawn = render(value, self.styles)
        pictures = []
        for style, data in drawn.pictures.items():
            member = self._member(f".{style.format}", data)
            pictures.append({"format": style.format, "dpi": style.dpi, "member": member})
        return {"$": "picture", "size": [float(side) for side in drawn.size], "pictures": pictures}

    def _scalar(self, value: Any) -> Spec:
        if isinstance(value, np.datetime64 | np.timedelta64):
            return {"$": "moment", "dtype": value.dtype.str[1:], "value": int(value.view("int64"))}
        if isinstance(value, complex | np.complexfloating | np.void):
            raise ParameterError(f"a {type(value).__name__} cannot be saved")
        plain = value.item() if isinstance(value, np.generic) else str(value)
        name = value.dtype.name if isinstance(value, np.generic) else "str"
        if name == "longdouble" or isinstance(plain, np.generic):
            raise ParameterError(f"a {name} cannot be saved")
        return {"$": "scalar", "dtype": "str" if name.startswith("str") else name,
                "value": self.pack(plain)}  # fmt: skip

    def _float(self, value: float) -> Spec:
        return {"$": "float", "value": repr(float(value))}

    def _time(self, value: Any) -> Spec:
        if value is pd.NaT:
            return {"$": "gap", "kind": "NaT"}
        if isinstance(value, pd.Timestamp):
            zone = None if value.tz is None else str(value.tz)
            return {"$": "timestamp", "value": int(value.value), "unit": value.unit, "zone": zone,
                    "ns": value.as_unit("ns").value}  # fmt: skip
        if isinstance(value, pd.Timedelta):
            return {"$": "timedelta", "ns": value.as_unit("ns").value, "unit": value.unit}
        if isinstance(value, pd.Period):
            return {"$": "period", "ordinal": value.ordinal, "freq": value.freqstr}
        return {"$": "date", "value": value.isoformat(), "time": isinstance(value, datetime)}

    def _interval(self, value: pd.Interval) -> Spec:
        sides = {side: self.pack(getattr(value, side)) for side in ("left", "right")}
        return {"$": "interval", "closed": value.closed, **sides}

    def _path(self, value: PurePath) -> Spec:
        return {"$": "path", "value": str(value)}

    def _set(self, value: Any) -> Spec:
        kind = "frozenset" if isinstance(value, frozenset) else "set"
        return {"$": kind, "items": [self.pack(item) for item in sorted(value, key=repr)]}

    def _member(self, suffix: str, data: bytes) -> str:
        """Name a member after the part it holds."""
        stem = "/".join("".join(c if c.isalnum() else "_" for c in part) for part in self._where)
        name = f"{len(self.members):03d}-{stem[-80:] or 'value'}{suffix}"
        self.members[name] = data
        return name


_PACKERS: list[tuple[Any, Callable[[Packer, Any], Any]]] = [
    (Settings, Packer._settings),
    (pd.DataFrame, Packer._frame),
    (pd.Series, Packer._series),
    (pd.Index, Packer._index),
    (np.ndarray, Packer._array),
    (np.generic, Packer._scalar),
    (float, Packer._float),
    (list, Packer._items),
    (dict, Packer._dict),
    ((date, pd.Timedelta, pd.Period), Packer._time),
    (pd.Interval, Packer._interval),
    (PurePath, Packer._path),
    ((set, frozenset), Packer._set),
]


class Unpacker:
    """Makes values of words, and of the members that these name."""

    def __init__(self, member: Callable[[str], bytes], limit: int) -> None:
        self._member = member
        self._limit = limit

    def unpack(self, words: Any) -> Any:
        """Make one value."""
        if isinstance(words, list):
            return [self.unpack(item) for item in words]
        if not isinstance(words, dict):
            return words
        return _UNPACKERS[words["$"]](self, words)

    def _items(self, words: Spec) -> list[Any]:
        return [self.unpack(item) for item in words["items"]]

    def _dict(self, words: Spec) -> dict[Any, Any]:
        return {self.unpack(key): self.unpack(value) for key, value in words["items"]}

    def _result(self, words: Spec) -> Any:
        kind = _classes.named(words["name"])
        given = {name: self.unpack(value) for name, value in words["fields"].items()}
        known = [f.name for f in fields(kind)] if is_dataclass(kind) else list(kind._fields)
        wrong = sorted(set(known) ^ set(given))
        if wrong:
            raise SavedFileError(
                f"its {words['name']} does not have the fields of this version ({listed(wrong)}); "
                "make it anew"
            )
        return kind(**given)

    def _settings(self, words: Spec) -> Settings:
        arguments = {name: self.unpack(value) for name, value in words["arguments"].items()}
        return Settings(words["tool"], arguments, made_with=words["versions"])

    def _columns(self, words: Spec) -> Columns:
        if "member" not in words:
            return Columns()
        return Columns.from_parquet(self._member(words["member"]), self._limit)

    def _frame(self, words: Spec) -> pd.DataFrame:
        own = self._columns(words)
        index = take_index(words["index"], own, self.unpack)
        labels = take_index(words["labels"], None, self.unpack)
        arrays = [take(spec, own, self.unpack) for spec in words["columns"]]
        if any(len(array) != len(index) for array in arrays):
            raise ValueError("columns of unequal length")
        frame = pd.DataFrame(
            {
                i: pd.Series(array, index=index, dtype=array.dtype)  # objects stay objects
                for i, array in enumerate(arrays)
            },
            index=index,
        )
        frame.columns = labels
        frame.attrs = self.unpack(words["attrs"]) if "attrs" in words else {}
        return frame

    def _layer(self, words: Spec) -> Any:
        import geopandas as gpd

        frame = self._frame(words)
        layer = gpd.GeoDataFrame(frame)
        name = self.unpack(words["geometry"])
        return layer if name is None else layer.set_geometry(name)

    def _series(self, words: Spec) -> pd.Series:
        own = self._columns(words)
        index = take_index(words["index"], own, self.unpack)
        values = take(words["values"], own, self.unpack)
        if str(values.dtype) == "geometry":
            import geopandas as gpd

            return gpd.GeoSeries(values, index=index, name=self.unpack(words["name"]))
        series = pd.Series(values, index=index, name=self.unpack(words["name"]), dtype=values.dtype)
        series.attrs = self.unpack(words["attrs"]) if "attrs" in words else {}
        return series

    def _index(self, words: Spec) -> pd.Index:
        return take_index(words["index"], self._columns(words), self.unpack)

    def _array(self, words: Spec) -> Any:
        data = self._member(words["member"])
        return np.load(io.BytesIO(data), allow_pickle=False)

    def _objects(self, words: Spec) -> Any:
        values = take(words["values"], self._columns(words), self.unpack)
        return values.reshape(words["shape"])

    def _graph(self, words: Spec) -> Any:
        from libpysal.graph import Graph

        adjacency = self.unpack(words["adjacency"])
        return Graph(adjacency, transformation=words["transformation"], is_sorted=True)

    def _picture(self, words: Spec) -> Rendered:
        width, height = words["size"]
        return Rendered(
            size=(float(width), float(height)),
            pictures={
                Style(one["format"], one["dpi"]): self._member(one["member"])
                for one in words["pictures"]
            },
        )

    def _scalar(self, words: Spec) -> Any:
        name = words["dtype"]
        if name not in _SCALARS:
            raise KeyError(name)
        kind = np.str_ if name == "str" else np.dtype(name).type
        return kind(self.unpack(words["value"]))

    def _moment(self, words: Spec) -> Any:
        if not words["dtype"].startswith(("M8[", "m8[")):
            raise KeyError(words["dtype"])
        return np.array([words["value"]], dtype="int64").view(words["dtype"])[0]

    def _timestamp(self, words: Spec) -> pd.Timestamp:
        moment = pd.Timestamp(words["ns"], unit="ns").as_unit(words["unit"])
        return (
            moment if words["zone"] is None else moment.tz_localize("UTC").tz_convert(words["zone"])
        )

    def _date(self, words: Spec) -> date:
        return (datetime if words["time"] else date).fromisoformat(words["value"])

    def _interval(self, words: Spec) -> pd.Interval:
        sides = (self.unpack(words[side]) for side in ("left", "right"))
        return pd.Interval(*sides, closed=words["closed"])


_SCALARS = frozenset(
    ["bool", "str", "float16", "float32", "float64"]
    + [f"{sign}int{n}" for sign in ("", "u") for n in (8, 16, 32, 64)]
)
_UNPACKERS: dict[str, Callable[[Unpacker, Spec], Any]] = {
    "class": Unpacker._result,
    "settings": Unpacker._settings,
    "frame": Unpacker._frame,
    "layer": Unpacker._layer,
    "series": Unpacker._series,
    "index": Unpacker._index,
    "array": Unpacker._array,
    "objects": Unpacker._objects,
    "graph": Unpacker._graph,
    "picture": Unpacker._picture,
    "dict": Unpacker._dict,
    "tuple": lambda self, words: tuple(self._items(words)),
    "set": lambda self, words: set(self._items(words)),
    "frozenset": lambda self, words: frozenset(self._items(words)),
    "scalar": Unpacker._scalar,
    "float": lambda self, words: float(words["value"]),  # noqa: ARG005
    "gap": lambda self, words: pd.NA if words["kind"] == "NA" else pd.NaT,  # noqa: ARG005
    "moment": Unpacker._moment,
    "timestamp": Unpacker._timestamp,
    "timedelta": lambda self, words: pd.Timedelta(words["ns"], unit="ns").as_unit(words["unit"]),  # noqa: ARG005
    "period": lambda self, words: pd.Period(ordinal=words["ordinal"], freq=words["freq"]),  # noqa: ARG005
    "date": Unpacker._date,
    "interval": Unpacker._interval,
    "path": lambda self, words: Path(words["value"]),  # noqa: ARG005
}
