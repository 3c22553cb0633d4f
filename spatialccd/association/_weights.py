"""Bring values and a graph together; decide what islands and self-links count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from spatialccd._align import canonical, check_complete, graph_matrix, labels
from spatialccd._constant import is_constant
from spatialccd._types import BoolArray, FloatArray
from spatialccd.association import _links
from spatialccd.association._links import Matrix
from spatialccd.errors import (
    AlignmentError,
    EstimationError,
    IslandWarning,
    OneNeighborWarning,
    ParameterError,
    listed,
    warn,
)


@dataclass(frozen=True)
class Weights:
    """Weights among the units that enter the figures.

    Attributes
    ----------
    matrix : sparse array, shape (n, n)
        Without self-links; rows and columns as `units`.
    units : Index, length n
        In canonical order.
    dropped : Index
        Units that ``neighbors(islands="drop")`` took out.
    """

    matrix: Matrix
    units: pd.Index
    dropped: pd.Index

    @property
    def alone(self) -> BoolArray:
        """Whether each unit has no neighbor, shape (n,)."""
        return np.asarray(np.diff(self.matrix.indptr) == 0)

    @property
    def islands(self) -> pd.Index:
        """Units without neighbors that were kept."""
        return self.units[self.alone]


@dataclass(frozen=True)
class Lattice:
    """Values of units and the weights among these units, in one order.

    Attributes
    ----------
    values : array, shape (n, T)
        Complete, and no column constant; rows as ``weights.units``.
    weights : Weights
    times : Index, length T
        Named "time"; "all" for a cross-section.
    """

    values: FloatArray
    weights: Weights
    times: pd.Index


def lattice(y: Any, graph: Any, *, row_standardize: bool, role: str = "y") -> Lattice:
    """Check values and the graph of their units, and put both into canonical order.

    Raises
    ------
    AlignmentError
        Units differ between values and graph or between times, or a value is missing.
    EstimationError
        Values are constant in some time, or there are too few units or links.
    """
    wide = unit_by_time(y, role)
    weights = weights_for(wide, graph, row_standardize=row_standardize)
    values = wide.reindex(weights.units).to_numpy()
    check_varies(values, wide.columns, role)
    return Lattice(values, weights, pd.Index(wide.columns, name="time"))


def weights_for(values: Any, graph: Any, *, row_standardize: bool) -> Weights:
    """Take the weights of the units that `values` holds.

    A unit's link to itself does not count: the expectation of every statistic
    here rests on a zero diagonal. (Getis and Ord's G* adds the unit itself.)

    Raises
    ------
    AlignmentError
        Values and graph do not hold the same units, those dropped aside.
    EstimationError
        Fewer than 4 units are left, or none has a neighbor.
    """
    units = canonical(values.index)
    dropped = getattr(graph, "dropped", units[:0])
    kept = units[~units.isin(dropped)]
    matrix = _links.without_self(graph_matrix(graph, kept, row_standardize=False))
    if len(kept) < 4:
        raise EstimationError(
            f"{len(kept)} units are too few for a measure of spatial association; it needs 4"
        )
    if matrix.nnz == 0:
        raise EstimationError("no unit has a neighbor; choose other neighbors first")
    if row_standardize:
        matrix = standardized(matrix)
    return Weights(matrix, kept, units[units.isin(dropped)])


def standardized(matrix: Matrix) -> Matrix:
    """Divide each row by its sum; the row of an island stays empty."""
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    scale = np.divide(1.0, sums, out=np.zeros(len(sums)), where=sums != 0)
    result = sparse.csr_array(sparse.diags_array(scale) @ matrix)
    result.sort_indices()
    return result


def unit_by_time(y: Any, role: str) -> pd.DataFrame:
    """Spread values over unit x time in canonical order; a cross-section is one column.

    Raises
    ------
    AlignmentError
        A value is missing or infinite, or a unit lacks a row in some time.
    """
    index = labels(y, role)
    if not isinstance(y, pd.Series):
        raise ParameterError(f"{role} must be one column (a Series), not {type(y).__name__}")
    if not pd.api.types.is_numeric_dtype(y.dtype):
        raise ParameterError(f"{role} must hold numbers, not {y.dtype}")
    check_complete(y, role)
    numbers = y.astype(float)
    if index.nlevels == 1:
        wide = numbers.to_frame("all")
    else:
        wide = numbers.unstack(level=1)
        gaps = wide.isna().stack()
        gaps = gaps[gaps].index
        if len(gaps):
            where = listed(f"{unit} in {time}" for unit, time in gaps)
            raise AlignmentError(
                f"{role} has no row for {len(gaps)} units and times: {where}; "
                "every time needs the same units",
                pd.DataFrame(list(gaps), columns=["unit", "time"]),
            )
        wide = wide.reindex(columns=canonical(wide.columns))
    return wide.reindex(canonical(wide.index))


def check_varies(values: FloatArray, names: pd.Index, role: str) -> None:
    """Raise ``EstimationError`` naming every column without variation.

    Parameters
    ----------
    values : array, shape (n, T)
    names : Index, length T
        What to call the columns.
    role : str
        The argument's name.
    """
    flat = is_constant(values)
    if not flat.any():
        return
    where = "" if len(names) == 1 else f" in {listed(names[flat])}"
    raise EstimationError(
        f"{role} has the same value everywhere{where}, so it has no spatial association; "
        "leave it out"
    )


def warn_alone(weights: Weights, graph: Any) -> None:
    """Warn of units without neighbors, unless ``neighbors`` did so when it made the graph."""
    if len(weights.islands) and not hasattr(graph, "islands"):
        warn(
            f"units without a neighbor stay in mean and variance: {listed(weights.islands)}; "
            "see neighbors(islands=...)",
            IslandWarning,
        )


def warn_single(weights: Weights) -> None:
    """Warn of units with one neighbor: a local figure is then that neighbor's value."""
    single = weights.units[np.diff(weights.matrix.indptr) == 1]
    if len(single):
        warn(
            "units with one neighbor, whose value alone makes their figure: "
            f"{listed(single)}; read them as a pair, or link more (method='knn', n_attach=)",
            OneNeighborWarning,
        )
