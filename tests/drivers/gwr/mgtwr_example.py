"""The example data of mgtwr 2.0.5."""

from __future__ import annotations

import numpy as np
import pandas as pd


def example() -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    """Make them anew, by the recipe of its docstring."""
    y, X, places, _ = _made()
    return y, X, places


def mean() -> pd.Series:
    """Give what y would be without noise."""
    return _made()[3]


def _made() -> tuple[pd.Series, pd.DataFrame, pd.DataFrame, pd.Series]:
    random = np.random.RandomState(10)
    t, v, u = (a.ravel() for a in np.mgrid[0:12, 0:12, 0:12])
    x1, x2 = random.uniform(size=(2, 1728))
    hill = (36 - (6 - u) ** 2) * (36 - (6 - v) ** 2) * (36 - (6 - t) ** 2) / 128
    m = 5 + (3 + (u + v + t) / 6) * x1 + (3 + hill) * x2
    y = m + random.randn(1728)
    rows = pd.MultiIndex.from_arrays([u * 100 + v, t], names=["unit", "time"])
    places = pd.DataFrame({"x": u, "y": v}, index=rows.get_level_values(0))[:144]
    X = pd.DataFrame({"x1": x1, "x2": x2}, rows)
    return pd.Series(y, rows), X, places, pd.Series(m, rows)
