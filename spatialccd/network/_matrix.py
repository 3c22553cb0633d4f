"""Square tables of units by units: checked, in one order, without self-ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result
from spatialccd._types import FloatArray
from spatialccd.errors import AlignmentError, DataError, ParameterError, listed

#: Fewer units than this make no network to speak of.
_FEWEST = 4


@dataclass(frozen=True, eq=False, kw_only=True)
class Network(Result):
    """Ties between units.

    Attributes
    ----------
    strength : DataFrame
        From the row's unit to the column's; 0 on the diagonal.
    ties : DataFrame
        1 where the tie counts, else 0.
    formula : DataFrame
        On figure (density, reciprocity): as ``observed``, and ``mean``, ``p05`` and
        ``p95`` of the same formula when masses change places.
    alike : int
        Pairs whose economic distance is 0, so that their strength is 0.
    """

    strength: pd.DataFrame
    ties: pd.DataFrame
    formula: pd.DataFrame
    alike: int

    def to_frame(self) -> pd.DataFrame:
        """Give one row a pair of units, from and to."""
        names = ["origin", "destination"]
        pairs = pd.DataFrame(
            {
                "strength": self.strength.rename_axis(index=names[0], columns=names[1]).stack(),
                "tie": self.ties.rename_axis(index=names[0], columns=names[1]).stack(),
            }
        )
        return pairs[pairs.index.get_level_values(0) != pairs.index.get_level_values(1)]

    def further(self) -> dict[str, pd.DataFrame]:
        """Give what the formula makes of masses that change places."""
        return {"formula": self.formula.copy()}

    def notes(self) -> list[str]:
        """Say what a gravity network is a picture of."""
        found = [
            "a gravity network is a picture of its formula: it was computed from masses and "
            "distances and not observed, so that its density, its center and what it goes with "
            "are in part the formula's (table: formula); regressing it on what it was made from "
            "is circular"
        ]
        if self.alike:
            found.append(
                f"{self.alike} pairs have equal wealth, hence economic distance and strength 0, "
                "however near they are"
            )
        return found


@dataclass(frozen=True, eq=False, kw_only=True)
class UnitMatrix(Result):
    """Numbers from each unit to each.

    Attributes
    ----------
    table : DataFrame
        From the row's unit to the column's; 0 on the diagonal.
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a pair of units, origin and destination."""
        long = self.table.rename_axis(index="origin", columns="destination").stack()
        pairs = long.rename("value").to_frame()
        return pairs[pairs.index.get_level_values(0) != pairs.index.get_level_values(1)]

    def summary(self) -> str:
        """Say how many units there are, and what their numbers are like."""
        values = self.to_frame()["value"]
        return (
            f"{self.settings!r}\n\n{len(self.table)} units; {int((values != 0).sum())} of "
            f"{len(values)} pairs are not 0; from {values.min():g} to {values.max():g}"
        )


def table_of(given: Any) -> Any:
    """Give the table of units by units that a network or a matrix from a file holds."""
    if isinstance(given, Network):
        return given.ties
    return given.table if isinstance(given, UnitMatrix) else given


def square(given: Any, role: str) -> tuple[FloatArray, pd.Index]:
    """Give ties as a matrix (n, n) in canonical order of units, its diagonal 0.

    Parameters
    ----------
    given : Network, UnitMatrix or DataFrame
        The ties of a network, or a table of units by units, read from a file or not.
    role : str
        The argument's name, for messages.

    Raises
    ------
    AlignmentError
        Rows and columns are not the same units; ``cases`` names each.
    DataError
        A cell off the diagonal is missing or no number.
    """
    table = table_of(given)
    if not isinstance(table, pd.DataFrame):
        raise ParameterError(
            f"{role} must be a network or a table of units by units, not {type(given).__name__}"
        )
    units = _align.canonical(_align.labels(table, role))
    columns = _align.labels(table.T, f"the columns of {role}")
    lacking = [(u, "columns") for u in units.difference(columns, sort=False)]
    lacking += [(u, "rows") for u in columns.difference(units, sort=False)]
    if lacking:
        raise AlignmentError(
            f"rows and columns of {role} are not the same units: "
            f"{listed(f'{unit} is missing from {where}' for unit, where in lacking)}",
            pd.DataFrame(lacking, columns=["label", "missing_from"]),
        )
    if len(units) < _FEWEST:
        raise ParameterError(f"{role} has {len(units)} units; a network needs {_FEWEST}")
    ordered = table.reindex(index=units, columns=units)
    try:
        matrix = np.array(ordered.to_numpy(), dtype=float)
    except (TypeError, ValueError):
        raise DataError(f"{role} does not hold numbers only; make numbers of its cells") from None
    np.fill_diagonal(matrix, 0.0)
    rows, cols = np.nonzero(~np.isfinite(matrix))
    if len(rows):
        cases = pd.DataFrame({"origin": units[rows], "destination": units[cols]})
        pairs = (f"{c.origin} to {c.destination}" for c in cases.itertuples())
        raise DataError(f"{role} has {len(rows)} missing or infinite cells: {listed(pairs)}", cases)
    return matrix, units


def binary(given: Any, role: str) -> tuple[FloatArray, pd.Index]:
    """Give ties of 0 and 1 as :func:`square` does.

    Raises
    ------
    DataError
        Other numbers than 0 and 1; or no tie at all, or all there can be.
    """
    matrix, units = square(given, role)
    if not np.isin(matrix, (0, 1)).all():
        raise DataError(
            f"{role} holds other numbers than 0 and 1: say from which strength on a tie counts, "
            f"as in ({role} > threshold).astype(int)"
        )
    if is_constant(matrix[~np.eye(len(units), dtype=bool)]):
        raise DataError(f"{role} has no ties, or all there can be: there is nothing to measure")
    return matrix, units


def same_units(given: dict[str, Any]) -> tuple[dict[str, FloatArray], pd.Index]:
    """Give several matrices on the same units, by role."""
    found = {role: square(table, role) for role, table in given.items()}
    frames = {role: pd.Series(0, index=units) for role, (_, units) in found.items()}
    _align.align(**frames)
    return {role: matrix for role, (matrix, _) in found.items()}, next(iter(found.values()))[1]
