"""What distances say of change: its parts, its means by group, and how sure both are.

All is done in what adds up: logarithms of efficiencies, or minus distances.
Arrays are (..., T - 1, n): an estimate, or many draws of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatialccd._types import BoolArray, FloatArray, IntArray
    from spatialccd.efficiency._activity import Activities
    from spatialccd.efficiency._distances import Table

ALL, MEAN = "All", "mean"
#: Arrays by name: of a part of change, or of an end of its interval.
Parts: TypeAlias = "Mapping[Any, FloatArray]"


def parts_of_change(table: Table) -> dict[str, FloatArray]:
    """Split the change of each unit between successive times, arrays (T - 1, n)."""
    own = table["own"]
    effch = own[1:] - own[:-1]
    if "global" in table:
        techch = (table["global"] - own)[1:] - (table["global"] - own)[:-1]
    else:
        ahead = table["before"][1:] - own[1:]  # the later figures, against the earlier frontier
        behind = own[:-1] - table["after"][:-1]  # the earlier figures, against the later one
        techch = (ahead + behind) / 2
    parts = {"effch": effch, "techch": techch}
    if "vrs" in table:
        parts["pech"] = table["vrs"][1:] - table["vrs"][:-1]
        parts["sech"] = effch - parts["pech"]
    return parts | {"tfpch": effch + techch}


def members(groups: pd.Series | None, found: Activities) -> dict[str, BoolArray]:
    """Tell who is in which group at which later time, (T - 1, n); all units last."""
    units, times = found.levels
    rows: dict[str, BoolArray] = {}
    if groups is not None:
        known = _align.broadcast(groups, found.index, "groups")
        _align.check_complete(known, "groups", words=True)
        order = [str(name) for name in _align.class_order(known)]
        names = known.astype(str).to_numpy().reshape(len(units), len(times)).T[1:]
        if (names == ALL).any():
            raise ParameterError(f'a group is called "{ALL}", the name of all units; rename it')
        rows = {name: names == name for name in order if (names == name).any()}
    return rows | {ALL: np.ones((len(times) - 1, len(units)), dtype=bool)}


def summed(changes: Parts) -> Parts:
    """Add changes up since the first time."""
    return {part: values.cumsum(axis=-2) for part, values in changes.items()}


def group_means(
    changes: Parts,
    rows: Mapping[str, BoolArray],
    counts: Mapping[str, FloatArray] | None = None,
) -> Parts:
    """Average units by group and time, and then times: (..., groups * T), the mean of times last.

    A unit that lacks one part counts in none, so that means of parts make up
    the mean of the whole. `counts`, (B, n) a group, says how often each unit
    stands in each of B samples; once when omitted.
    """
    whole = has_all_parts(changes)
    weights = {
        name: own.astype(float) if counts is None else own * counts[name][:, None, :]
        for name, own in rows.items()
    }
    means = {}
    for part, figures in changes.items():
        values = np.where(whole, figures, np.nan)
        columns = []
        for weight in weights.values():
            by_time = _mean(values, weight)
            columns += [by_time, _mean(by_time, np.ones(by_time.shape[-1]))[..., None]]
        means[part] = np.concatenate(columns, axis=-1)
    return means


def has_all_parts(changes: Parts) -> BoolArray:
    """Tell which units have every part of their change, (..., T - 1, n)."""
    gaps = [np.isnan(values) for values in changes.values()]
    return np.asarray(~np.logical_or.reduce(gaps), dtype=bool)


def group_sizes(changes: Parts, rows: Mapping[str, BoolArray]) -> IntArray:
    """Count the changes behind each mean of ``group_means``, (groups * T,): at all times last."""
    by_time = [(has_all_parts(changes) & own).sum(axis=-1) for own in rows.values()]
    return np.concatenate([np.append(n, n.sum()) for n in by_time])


def drawn_members(
    rows: Mapping[str, BoolArray], n_samples: int, rng: np.random.Generator
) -> dict[str, FloatArray]:
    """Draw the units of each group with replacement: how often each stands, (n_samples, n)."""
    counts = {}
    for name in sorted(rows, key=lambda name: name != ALL):  # groups must not move all's draws
        ever = rows[name].any(axis=0)
        counts[name] = rng.multinomial(ever.sum(), ever / ever.sum(), size=n_samples).astype(float)
    return counts


def labeled_means(parts: Parts, rows: Mapping[str, BoolArray], times: pd.Index) -> pd.DataFrame:
    """Put means, (groups * T,) each, on (group, time), without times at which a group is empty."""
    labels = [*times[1:], MEAN]
    index = pd.MultiIndex.from_product(
        [list(rows), pd.Index(labels, dtype=object)], names=["group", "time"]
    )
    there = np.concatenate([np.append(own.any(axis=1), True) for own in rows.values()])
    return pd.DataFrame(dict(parts), index=index)[there]


def interval(estimate: FloatArray, draws: FloatArray, confidence: float) -> dict[str, FloatArray]:
    """Give low, high and the estimate corrected for bias, from draws (n_bootstrap, ...).

    How far draws are from the estimate stands for how far the estimate is from
    the truth, so that both are turned about the estimate.
    """
    tail = (1 - confidence) / 2
    below, above = np.quantile(draws, [tail, 1 - tail], axis=0)
    return {
        "low": 2 * estimate - above,
        "high": 2 * estimate - below,
        "corrected": 2 * estimate - draws.mean(axis=0),
    }


def _mean(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Average over the last axis what is not missing; NaN where all is."""
    known = ~np.isnan(values)
    total = (np.where(known, values, 0.0) * weight).sum(axis=-1)
    size = (known * weight).sum(axis=-1)
    mean: FloatArray = np.divide(total, size, out=np.full(total.shape, np.nan), where=size > 0)
    return mean
