"""The rows that growth is explained in: one a unit and span, with the level at its start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd.dynamics._samples import ALL, group_members
from spatialccd.errors import DataError, ParameterError, listed

if TYPE_CHECKING:
    from collections.abc import Hashable

    from spatialccd._types import BoolArray


#: What no control may be called: a column or a parameter is.
_OWN = ("_growth", "_years", "beta", "Intercept", "rho", "lambda", "sigma2")


def lay_out(table: pd.DataFrame, controls: pd.DataFrame | None, span: str) -> pd.DataFrame:
    """Lay out one row a unit and span, on (unit, year of its start)."""
    when = _align.time_values(table.columns, "y")
    starts = range(len(when) - 1) if span == "annual" else [0]
    logs = np.log(table)
    parts = []
    for i in starts:
        j = i + 1 if span == "annual" else len(when) - 1
        start = table.columns[i]
        part = pd.DataFrame(
            {
                "_growth": logs.iloc[:, j] - logs.iloc[:, i],
                "_years": when[j] - when[i],
                "beta": logs.iloc[:, i],
            }
        )
        if controls is not None:
            part = part.join(controls.xs(start, level=1))
        part.index = pd.MultiIndex.from_product([table.index, [start]], names=["unit", "time"])
        parts.append(part)
    return pd.concat(parts).sort_index()


def condition(controls: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """Spread controls over the rows of the values; complete, and by no name of the model."""
    names = [str(name) for name in controls.columns]
    taken = {name for name in names if name in _OWN or name.startswith("lag of ")}
    taken |= {name for name in names if names.count(name) > 1}
    if taken:
        raise ParameterError(
            f"controls are called {listed(sorted(taken))}, names of the model or twice the same; "
            "rename them"
        )
    spread = _align.broadcast(controls, index, "controls")
    _align.check_complete(spread, "controls")
    return spread.astype(float)


def members(labels: pd.Series | None, index: pd.Index) -> dict[Hashable, BoolArray]:
    """Say which rows of growth belong to each group; all of them last."""
    groups = {} if labels is None else group_members(labels.reindex(index))
    return groups | {ALL: np.ones(len(index), dtype=bool)}


def check_positive(values: pd.Series) -> None:
    """Raise ``DataError`` naming every value that has no growth rate."""
    wrong = values[values <= 0]
    if len(wrong):
        raise DataError(
            f"growth rates need positive values; {len(wrong)} are not: "
            f"{listed(f'{label}: {value:g}' for label, value in wrong.items())}",
            wrong.rename("value").reset_index(),
        )
