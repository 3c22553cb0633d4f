"""Whether two values are one: classes, dtypes, labels, CRS, every bit of every number."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from spatialccd._result import Settings
from spatialccd.report.paper.rendered import STYLES, Rendered

_BEGINNINGS = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml", "webp": b"RIFF"}


def assert_same(got: Any, wanted: Any, where: str = "value") -> None:
    """Fail, naming the part, unless `got` is what `wanted` is."""
    if isinstance(got, Rendered):
        # Drawn again the picture may move by a pixel, so bytes are compared where it cannot.
        assert got.get_size_inches() == tuple(wanted.get_size_inches()), where
        for style in STYLES:
            assert got.picture(style).lstrip().startswith(_BEGINNINGS[style.format]), where
        return
    assert type(got) is type(wanted), where
    if isinstance(wanted, Settings):
        assert (got.tool, got.versions) == (wanted.tool, wanted.versions), where
        assert_same(dict(got), dict(wanted), f"{where} settings")
    elif isinstance(wanted, pd.DataFrame | pd.Series | pd.Index):
        _assert_same_labeled(got, wanted, where)
    elif isinstance(wanted, np.ndarray):
        assert got.dtype == wanted.dtype, where
        np.testing.assert_array_equal(got, wanted, err_msg=where)
    elif is_dataclass(wanted):
        for one in fields(wanted):
            part = f"{where}.{one.name}"
            assert_same(getattr(got, one.name), getattr(wanted, one.name), part)
    elif isinstance(wanted, dict):
        assert list(got) == list(wanted), where
        for key, value in wanted.items():
            assert_same(got[key], value, f"{where}[{key!r}]")
    elif isinstance(wanted, tuple | list):
        for i, (one, other) in enumerate(zip(got, wanted, strict=True)):
            assert_same(one, other, f"{where}[{i}]")
    elif hasattr(wanted, "adjacency"):
        assert got.transformation == wanted.transformation
        _assert_same_labeled(got.adjacency, wanted.adjacency, where)
    elif isinstance(wanted, float) and math.isnan(wanted):
        assert math.isnan(got), where
    else:
        assert got is wanted or got == wanted, where


def _assert_same_labeled(got: Any, wanted: Any, where: str) -> None:
    strict: dict[str, Any] = {"check_exact": True, "obj": where}
    if isinstance(wanted, pd.Index):
        _assert_same_index(got, wanted, where)
        return
    _assert_same_index(got.index, wanted.index, f"{where} index")
    assert got.attrs == wanted.attrs, where
    if isinstance(wanted, pd.Series):
        pd.testing.assert_series_equal(pd.Series(got), pd.Series(wanted), **strict)
        return
    _assert_same_index(got.columns, wanted.columns, f"{where} columns")
    pd.testing.assert_frame_equal(pd.DataFrame(got), pd.DataFrame(wanted), **strict)
    if isinstance(wanted, gpd.GeoDataFrame):
        assert got._geometry_column_name == wanted._geometry_column_name
        for name in wanted.columns[wanted.dtypes == "geometry"]:
            assert got[name].crs == wanted[name].crs, where


def _assert_same_index(got: pd.Index, wanted: pd.Index, where: str) -> None:
    assert type(got) is type(wanted), where
    pd.testing.assert_index_equal(got, wanted, exact=True, check_exact=True, obj=where)
    if isinstance(wanted, pd.MultiIndex):
        for one, other in zip(got.levels, wanted.levels, strict=True):
            _assert_same_index(one, other, f"{where} level")
    assert getattr(got, "freq", None) == getattr(wanted, "freq", None), where
