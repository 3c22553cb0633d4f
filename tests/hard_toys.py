"""Inputs that are hard on arithmetic, in place of the toys' friendly ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from libpysal.graph import Graph

from tests.toys import Toys

Change = Callable[[pd.DataFrame], pd.DataFrame]


class HardToys(Toys):
    """Toys of any size whose every number went through a change."""

    def __init__(self, change: Change, **size: int) -> None:
        super().__init__(**size)
        self._change = change

    def of(self, **size: int) -> HardToys:
        return HardToys(self._change, **size)

    @cached_property
    def panel(self) -> pd.DataFrame:
        return self._change(Toys.panel.func(self))  # type: ignore[attr-defined]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Two scores in (0, 1), whatever the panel holds, and then the change."""
        panel = Toys.panel.func(self)  # type: ignore[attr-defined] # as it is before the change
        rank = (panel.rank() - 0.5) / len(panel)
        scores = {
            "economy": (rank["income"] + rank["schools"]) / 2,
            "ecology": (1 - rank["smoke"] + rank["forest"]) / 2,
        }
        return self._change(pd.DataFrame(scores))

    @cached_property
    def regions(self) -> pd.Series:
        names = np.array(["West", "Central", "East"])
        third = names[np.arange(len(self.units)) * 3 // len(self.units)]
        return pd.Series(third, index=self.units, name="region")

    @cached_property
    def graph(self) -> Graph:
        if len(self.areas) > 1:
            return Toys.graph.func(self)  # type: ignore[attr-defined]
        unit = self.units[0]
        return Graph.from_arrays(np.array([unit]), np.array([unit]), np.array([0.0]))


def _same(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


def _near_constant(frame: pd.DataFrame) -> pd.DataFrame:
    """One value, written in two ways that differ by rounding."""
    odd = np.arange(len(frame)) % 2 == 1
    return frame.assign(**{c: np.where(odd, 0.1 + 0.2, 0.3) for c in frame})


def _ties(frame: pd.DataFrame) -> pd.DataFrame:
    """Two values only."""
    return (frame > frame.median()).astype(float) + 1.0


def _far_from_zero(frame: pd.DataFrame) -> pd.DataFrame:
    """The mean is a million standard deviations."""
    return frame + 1e6 * frame.std()


def _integers(frame: pd.DataFrame) -> pd.DataFrame:
    return (frame * 100).round().astype("int64")


#: By kind: the change, and the size of the grid.
HARD: dict[str, tuple[Change, dict[str, int]]] = {
    "near constant": (_near_constant, {}),
    "tiny": (lambda frame: frame * 1e-12, {}),
    "huge": (lambda frame: frame * 1e12, {}),
    "far from zero": (_far_from_zero, {}),
    "ties": (_ties, {}),
    "all zero": (lambda frame: frame * 0.0, {}),
    "one unit": (_same, {"rows": 1, "columns": 1}),
    "one time": (_same, {"years": 1}),
    "fewer rows than columns": (_same, {"rows": 1, "columns": 2, "years": 1}),
    "integers": (_integers, {}),
}
#: Other dtypes of the same numbers: the same result.
DTYPES: dict[str, Change] = {
    "Float64": lambda frame: frame.astype("Float64"),
    "pyarrow": lambda frame: frame.astype("double[pyarrow]"),
    "Int64": lambda frame: _integers(frame).astype("Int64"),
    "object": lambda frame: frame.astype(object),
}
#: What no figure can be made of.
NO_NUMBERS: dict[str, Callable[[pd.Series], Any]] = {
    "dates": lambda y: pd.Series(
        pd.Timestamp("2020") + pd.to_timedelta(np.arange(len(y)), "D"), y.index, name=y.name
    ),
    "spans": lambda y: pd.Series(pd.to_timedelta(np.arange(len(y)), "D"), y.index, name=y.name),
    "text": lambda y: pd.Series([f"v{i}" for i in range(len(y))], y.index, name=y.name),
    "text of Arrow": lambda y: NO_NUMBERS["text"](y).astype("string[pyarrow]"),
    "complex": lambda y: pd.Series(np.arange(len(y)) + 1j, y.index, name=y.name),
}


def toys(kind: str) -> HardToys:
    """Give the toys of one kind, anew."""
    change, size = HARD[kind]
    return HardToys(change, **size)
