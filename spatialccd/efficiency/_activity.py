"""Inputs and outputs through the gate: aligned, complete, of the right sign, scaled."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd.efficiency._technology import Activity
from spatialccd.errors import (
    DataError,
    InfeasibleWarning,
    ParameterError,
    ThinFrontierWarning,
    listed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spatialccd._types import FloatArray, IntArray


@dataclass(frozen=True)
class Activities:
    """The rows to evaluate, in canonical order.

    Attributes
    ----------
    activity : Activity
        In units of the mean of each column over all rows, which leaves every
        measure as it is and keeps the programs well scaled.
    scale : array, shape (m + s + u,)
        Those means.
    index : Index
        Labels of the rows, in canonical order.
    caller : Index
        The same labels in the order of the caller's inputs.
    """

    activity: Activity
    scale: FloatArray
    index: pd.Index
    caller: pd.Index
    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]
    undesirable: tuple[Any, ...]

    @property
    def columns(self) -> list[Any]:
        """All columns, as stacked in the activity."""
        return [*self.inputs, *self.outputs, *self.undesirable]

    @property
    def levels(self) -> tuple[pd.Index, pd.Index]:
        """The units and the times of a balanced panel, in the order of their rows."""
        parts = self.by_time()
        units = self.index[parts[0][1]].get_level_values(0)
        return units, pd.Index([time for time, _ in parts])

    def by_time(self) -> list[tuple[Any, IntArray]]:
        """List each time and its rows; a cross-section is one, of time None."""
        if self.index.nlevels == 1:
            return [(None, np.arange(len(self.index)))]
        times = self.index.get_level_values(1)
        return [(time, np.flatnonzero(times == time)) for time in _align.canonical(times.unique())]

    def labeled(self, columns: dict[str, Any] | FloatArray, names: Any = None) -> pd.DataFrame:
        """Give a frame on the caller's index."""
        frame = pd.DataFrame(columns, index=self.index, columns=names)
        return _align.restore(frame, self.caller)


def read_activities(inputs: Any, outputs: Any, undesirable: Any, *, positive: bool) -> Activities:
    """Align and check what units put in and what comes out.

    Parameters
    ----------
    inputs, outputs, undesirable : DataFrame
        `undesirable` may be None.
    positive : bool
        Whether each figure is divided by, so that none may be zero.
    """
    given = {"inputs": inputs, "outputs": outputs}
    if undesirable is not None:
        given["undesirable"] = undesirable
    for role, frame in given.items():
        if not isinstance(frame, pd.DataFrame) or not frame.shape[1]:
            raise ParameterError(
                f"{role} must be a DataFrame of one column or more, such as panel[['labor']], "
                f"not {type(frame).__name__}"
            )
    names = [name for frame in given.values() for name in frame.columns]
    repeated = pd.Index(names)[pd.Index(names).duplicated()]
    if len(repeated):
        raise ParameterError(
            f"{listed(repeated)} stands more than once among inputs and outputs; keep it in one"
        )
    ordered = dict(zip(given, _align.align(**given), strict=True))
    for role, frame in ordered.items():
        _check_numbers(frame, role)
    _check_some(ordered)
    _check_signs(ordered, positive=positive)
    values = {role: frame.to_numpy(dtype=float) for role, frame in ordered.items()}
    index = ordered["inputs"].index
    values.setdefault("undesirable", np.empty((len(index), 0)))
    scales = {role: array.mean(axis=0) for role, array in values.items()}
    X, Y, B = (values[role] / scales[role] for role in ("inputs", "outputs", "undesirable"))
    return Activities(
        activity=Activity(X, Y, B),
        scale=np.concatenate([scales[role] for role in ("inputs", "outputs", "undesirable")]),
        index=index,
        caller=inputs.index,
        inputs=tuple(inputs.columns),
        outputs=tuple(outputs.columns),
        undesirable=() if undesirable is None else tuple(undesirable.columns),
    )


def warn_thin(found: Activities, parts: Iterable[tuple[Any, IntArray]]) -> None:
    """Warn where few units span a frontier of many columns."""
    m, s, u = found.activity.sizes
    needed = max(m * (s + u), 3 * (m + s + u))
    thin = [(time, len(rows)) for time, rows in parts if len(rows) < needed]
    if not thin:
        return
    where = "" if thin[0][0] is None else f" in {listed(time for time, _ in thin)}"
    warnings.warn(
        f"{min(n for _, n in thin)} units{where} for {m} inputs and {s + u} outputs: with fewer "
        f"than {needed} units most lie on the frontier whatever they do; drop columns or pool",
        ThinFrontierWarning,
        stacklevel=3,
    )


def warn_unsolved(cases: pd.DataFrame, what: str) -> None:
    """Warn of programs without a solution, each listed in the warning's ``cases``."""
    lost = cases["status"] == "not solved"
    if not lost.all():
        own = cases[~lost]
        warnings.warn(
            InfeasibleWarning(
                f"{len(own)} programs of {what} have no solution and their figures are missing: "
                f"{listed(_places(own))}",
                own,
            ),
            stacklevel=3,
        )
    if lost.any():
        own = cases[lost]
        warnings.warn(
            InfeasibleWarning(
                f"{len(own)} programs of {what} could not be solved, since amounts span too many "
                f"orders, and their figures are missing: {listed(_places(own))}; leave out rows "
                "of another size, or amounts next to zero",
                own,
            ),
            stacklevel=3,
        )


def _places(cases: pd.DataFrame) -> list[str]:
    return [" ".join(str(value) for value in row) for row in cases.itertuples(index=False)]


def _check_numbers(frame: pd.DataFrame, role: str) -> None:
    words = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    if words:
        raise DataError(f"{role} has columns that hold no numbers: {listed(words)}; convert them")
    _align.check_complete(frame, role)


def _check_some(frames: dict[str, pd.DataFrame]) -> None:
    """Raise naming every column that is zero for all: nothing can be scaled or measured by it."""
    cases = [
        {"role": role, "column": name}
        for role, frame in frames.items()
        for name in frame.columns
        if not frame[name].to_numpy(dtype=float).any()
    ]
    if cases:
        names = listed(f"{case['column']} ({case['role']})" for case in cases)
        raise DataError(
            f"zero for all units: {names}; what nobody puts in or makes tells nothing of "
            "efficiency: leave it out",
            pd.DataFrame(cases),
        )


def _check_signs(frames: dict[str, pd.DataFrame], *, positive: bool) -> None:
    """Raise naming every figure that cannot be an amount."""
    cases = []
    for role, frame in frames.items():
        values = frame.to_numpy(dtype=float)
        wrong = values <= 0 if positive else values < 0
        if not positive and role != "undesirable":  # something must be put in and come out
            wrong |= (values <= 0).all(axis=1, keepdims=True)
        cases += [
            {"label": frame.index[i], "column": frame.columns[j], "value": values[i, j]}
            for i, j in zip(*np.nonzero(wrong), strict=True)
        ]
    if not cases:
        return
    table = pd.DataFrame(cases)
    places = [f"{c.label} ({c.column}) = {c.value:g}" for c in table.itertuples()]
    rule = (
        "this measure divides by every figure, so that all must be positive"
        if positive
        else "inputs and outputs are amounts: none may be negative, and each unit needs a "
        "positive input and output"
    )
    raise DataError(
        f"{len(table)} figures cannot be used: {listed(places)}; {rule}. Drop these rows, or use "
        "an indicator that is an amount",
        table,
    )
