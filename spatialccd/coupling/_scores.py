"""Scores of subsystems, however given: checked, named and in one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._types import FloatArray
from spatialccd.errors import DataError, ParameterError, did_you_mean, listed

#: A sum of weights may miss 1 by this much, so that thirds can be typed.
_SUM_TOLERANCE = 1e-6
#: A weighted sum of figures in [0, 1] may leave it by rounding.
_HAIR = 1e-9


def name_systems(
    given: Sequence[Any], named: Mapping[str, Any], at_least: int = 2
) -> dict[str, Any]:
    """Name each subsystem: as given, else its own name, else U1, U2, ..."""
    own = [getattr(score, "name", None) for score in given]
    distinct = len(set(own)) == len(own) and None not in own and not set(own) & set(named)
    names = [str(name) for name in own] if distinct else [f"U{i + 1}" for i in range(len(own))]
    systems = dict(zip(names, given, strict=True)) | dict(named)
    if len(systems) < at_least:
        raise ParameterError(
            f"this needs {'two' if at_least == 2 else 'one'} or more subsystems, "
            f"not {len(systems)}; give each by name, "
            "such as urban=..., ecology=..."
        )
    return systems


def aligned_scores(given: Sequence[Any], named: Mapping[str, Any]) -> tuple[pd.DataFrame, pd.Index]:
    """Give the scores as one frame in canonical order, and the first one's own index.

    A subsystem is a Series, or a result that holds one as ``score``.
    """
    systems = {
        name: getattr(score, "score", score) for name, score in name_systems(given, named).items()
    }
    for name, score in systems.items():
        if not isinstance(score, pd.Series):
            raise ParameterError(
                f"{name} must be a Series of scores or a CompositeIndex, not {type(score).__name__}"
            )
    aligned = _align.align(**systems)
    U = pd.DataFrame(dict(zip(systems, aligned, strict=True)))
    if not len(U):
        raise DataError("the scores have no rows: there is nothing to measure")
    _align.check_complete(U, "the scores")
    check_unit_interval(U, "scores")
    caller = next(iter(systems.values())).index
    return U.clip(0.0, 1.0), caller


def aligned_parts(
    given: Sequence[Any], named: Mapping[str, Any], at_least: int = 1
) -> tuple[dict[str, tuple[pd.DataFrame, pd.DataFrame]], pd.Index]:
    """Give scaled indicators and the weights of each row, by subsystem, in canonical order."""
    systems = name_systems(given, named, at_least)
    for name, system in systems.items():
        if not hasattr(system, "row_weights"):
            raise ParameterError(
                f"{name} must be what composite_index returns, not {type(system).__name__}"
            )
    scaled = _align.align(**{name: system.scaled for name, system in systems.items()})
    parts = {
        name: (z, system.row_weights().reindex(z.index))
        for (name, system), z in zip(systems.items(), scaled, strict=True)
    }
    caller = next(iter(systems.values())).scaled.index
    return parts, caller


def check_unit_interval(frame: pd.DataFrame, what: str) -> None:
    """Raise ``DataError`` listing every cell outside [0, 1]."""
    values = frame.to_numpy(dtype=float)
    rows, columns = np.nonzero((values < -_HAIR) | (values > 1 + _HAIR))
    if len(rows) == 0:
        return
    cases = pd.DataFrame(
        {
            "label": [frame.index[r] for r in rows],
            "column": [frame.columns[c] for c in columns],
            "value": values[rows, columns],
        }
    )
    places = [f"{c.label} ({c.column}): {c.value:g}" for c in cases.itertuples()]
    raise DataError(
        f"{what} must lie in [0, 1]; {len(cases)} do not: {listed(places)}. "
        "Scale the indicators first (composite_index does)",
        cases,
    )


def system_weights(
    weights: Sequence[float] | Mapping[str, float] | None, names: Sequence[str]
) -> FloatArray:
    """Give the weights of the subsystems in their order, checked; equal when None."""
    if weights is None:
        return np.full(len(names), 1 / len(names))
    if isinstance(weights, Mapping):
        unknown = [name for name in weights if name not in names]
        lacking = [name for name in names if name not in weights]
        if unknown or lacking:
            hint = did_you_mean(unknown[0], names) if unknown else ""
            raise ParameterError(
                f"weights must name the subsystems {listed(names)}; unknown: "
                f"{listed(unknown) or 'none'}, missing: {listed(lacking) or 'none'}{hint}"
            )
        values = np.array([weights[name] for name in names], dtype=float)
    else:
        values = np.asarray(weights, dtype=float)
    if values.shape != (len(names),):
        raise ParameterError(
            f"weights has {values.size} numbers for {len(names)} subsystems ({listed(names)})"
        )
    if not (values >= 0).all():
        raise ParameterError(f"weights={values.tolist()} must not be negative or missing")
    if abs(values.sum() - 1) > _SUM_TOLERANCE:
        suggestion = np.round(values / values.sum(), 6).tolist() if values.sum() > 0 else None
        raise ParameterError(
            f"weights={values.tolist()} sum to {values.sum():.6g}, not to 1"
            + (f"; in proportion they would be {suggestion}" if suggestion else "")
        )
    return np.asarray(values / values.sum())
