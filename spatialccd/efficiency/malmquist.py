"""Productivity change from one time to the next, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, Settings, record
from spatialccd.efficiency._activity import (
    Activities,
    read_activities,
    warn_thin,
    warn_unsolved,
)
from spatialccd.efficiency._distances import Measure, Table, distances
from spatialccd.efficiency._technology import Disposability, Orientation
from spatialccd.errors import PanelError, ParameterError, check_choice, listed

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Groups

Kind = Literal["adjacent", "global", "luenberger"]
ChangeReturns = Literal["crs", "vrs"]

_ALL = "All"
_TOTAL, _SHIFT = "tfpch", "techch"


@dataclass(frozen=True, eq=False, kw_only=True)
class Malmquist(Result):
    """Productivity change of each unit between successive times.

    Attributes
    ----------
    table : DataFrame
        On (unit, time), from the second time on, each against the time before:
        effch, techch, pech, sech, tfpch. An index above 1 is a gain; of the
        Luenberger indicator, which adds up, one above 0.
    cumulative : DataFrame
        The same since the first time.
    distances : DataFrame
        On (unit, time): the efficiencies, or directional distances, that the
        changes are made of: own frontier (crs, vrs), and, measured against the
        frontier of another time, before and after, or global.
    means : DataFrame
        On (group, time), the group "All" and the time "mean" last: geometric
        means, or arithmetic ones of the Luenberger indicator, of the units
        whose figures exist.
    """

    table: pd.DataFrame
    cumulative: pd.DataFrame
    distances: pd.DataFrame
    means: pd.DataFrame

    @property
    def tfpch(self) -> pd.Series:
        """Total factor productivity change."""
        return self.table[_TOTAL]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit and time, from the second time on."""
        return self.table.copy()


def malmquist(
    inputs: Columns,
    outputs: Columns,
    undesirable: Columns | None = None,
    groups: Groups | None = None,
    *,
    kind: Kind = "adjacent",
    orientation: Orientation | None = None,
    returns: ChangeReturns = "crs",
    disposability: Disposability = "weak",
    n_jobs: int = 1,
) -> Malmquist:
    """Measure productivity change and split it into catching up and frontier shift.

    tfpch = effch * techch: a unit's move towards the frontier, and the
    frontier's own move; effch = pech * sech, of which pech is measured under
    variable returns. With undesirable outputs the index is Malmquist-Luenberger,
    from directional distances. ``kind="luenberger"`` is a difference and not a
    ratio: tfpch = effch + techch.

    Parameters
    ----------
    inputs, outputs : DataFrame
        What each unit puts in and what comes out, on (unit, time), every unit
        at every time.
    undesirable : DataFrame, optional
        Outputs that are better the smaller they are.
    groups : Series, optional
        The group of each unit, for the means by group.
    kind : {"adjacent", "global", "luenberger"}, default "adjacent"
        adjacent: both times' frontiers, and the geometric mean of the two.
        global: one frontier of all times, so that changes chain and every
        programme has a solution. luenberger: both times' frontiers, directional.
    orientation : {"input", "output", "none"}, optional
        Which side moves: the inputs, the outputs, or for directional distances
        both; undesirable outputs always shrink. Output when omitted.
    returns : {"crs", "vrs"}, default "crs"
        Of the frontiers behind tfpch. Under variable returns there is no pech
        and sech, and programmes across times can lack a solution.
    disposability : {"weak", "strong"}, default "weak"
        Of undesirable outputs. weak: they cannot be cut without a cost, an
        equality in the programmes. strong: they count as inputs do.
    n_jobs : int, default 1
        Processes, over the times; -1 for all. It moves no figure.

    Returns
    -------
    Malmquist
        ``.table``, ``.cumulative``, ``.means`` and ``.distances``.

    Raises
    ------
    PanelError
        No times, one only, or a unit lacks a time; ``cases`` lists each.
    AlignmentError
        Inputs, outputs and groups do not carry the same labels, or a cell is missing.
    DataError
        Negative amounts, or units without any input or output.
    ParameterError
        Settings that do not go together.

    Warns
    -----
    ThinFrontierWarning
        Fewer units at a time than max(m s, 3 (m + s)).
    InfeasibleWarning
        Programmes without a solution; ``cases`` lists unit, time and distance.

    Notes
    -----
    With E^t(s) the efficiency (output: 1 / phi) of the figures of time s against
    the frontier of time t:
    effch = E^2(2) / E^1(1), techch = [E^1(2) / E^2(2) * E^1(1) / E^2(1)]^.5.
    With undesirable outputs each E is 1 / (1 + d), d the directional distance
    along (y, -b) (input: (-x, -b); none: (-x, y, -b)).

    References
    ----------
    Fare, Grosskopf, Norris and Zhang (1994), Am. Econ. Rev. 84, 66-83, eqs 5-8.
    Pastor and Lovell (2005), Econ. Lett. 88, 266-271. Chung, Fare and Grosskopf
    (1997), J. Environ. Manage. 51, 229-240, eqs 8-10. Oh (2010), J. Prod. Anal.
    34, 183-197. Chambers, Fare and Grosskopf (1996), Pac. Econ. Rev. 1, 181-190.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([list("ABCDEF"), [2000, 2001]], names=["unit", "time"])
    >>> inputs = pd.DataFrame({"x": [2.0, 2, 4, 4, 3, 3, 5, 5, 6, 5, 3, 3]}, rows)
    >>> outputs = pd.DataFrame({"y": [1.0, 1, 2, 3, 3, 4, 4, 3, 5, 5, 1, 1]}, rows)
    >>> malmquist(inputs, outputs).table.xs(2001, level="time").round(3).head(2)
          effch  techch   pech  sech  tfpch
    unit
    A     0.750   1.333  1.000  0.75    1.0
    B     1.125   1.333  1.222  0.92    1.5
    """
    settings = record("malmquist", locals())
    check_choice("kind", kind, get_args(Kind))
    check_choice("returns", returns, get_args(ChangeReturns))
    check_choice("disposability", disposability, get_args(Disposability))
    side = "output" if orientation is None else orientation
    check_choice("orientation", side, get_args(Orientation))
    is_directional = kind == "luenberger" or undesirable is not None
    if side == "none" and not is_directional:
        raise ParameterError(
            "orientation='none' needs a directional distance: undesirable outputs, or "
            "kind='luenberger'; use 'input' or 'output'"
        )
    found = read_activities(inputs, outputs, undesirable, positive=False)
    _check_balanced(found.index)
    warn_thin(found, found.by_time())
    measure = Measure(side, returns, disposability, is_directional, kind == "luenberger")
    table, cases = distances(found, measure, pooled=kind == "global", n_jobs=n_jobs)
    warn_unsolved(cases, "productivity change")
    changes = _changes(table, kind)
    return _label(settings, found, table, changes, groups, additive=kind == "luenberger")


def _changes(table: Table, kind: Kind) -> dict[str, FloatArray]:
    """Split the change of each unit and time, arrays (T - 1, n).

    All is done in what adds up: logarithms of efficiencies, or minus distances.
    """
    own = table["own"]
    effch = own[1:] - own[:-1]
    if kind == "global":
        techch = (table["global"] - own)[1:] - (table["global"] - own)[:-1]
    else:
        ahead = table["before"][1:] - own[1:]  # the later figures, against the earlier frontier
        behind = own[:-1] - table["after"][:-1]  # the earlier figures, against the later one
        techch = (ahead + behind) / 2
    parts = {"effch": effch, _SHIFT: techch}
    if "vrs" in table:
        parts["pech"] = table["vrs"][1:] - table["vrs"][:-1]
        parts["sech"] = effch - parts["pech"]
    return parts | {_TOTAL: effch + techch}


def _label(
    settings: Settings,
    found: Activities,
    table: Table,
    changes: dict[str, FloatArray],
    groups: pd.Series | None,
    *,
    additive: bool,
) -> Malmquist:
    """Turn sums back into indices, on the caller's rows."""
    units, times = found.levels
    later = pd.MultiIndex.from_product([units, times[1:]], names=found.caller.names)
    rows = found.caller[np.asarray(found.caller.get_level_values(1) != times[0])]

    def back(parts: dict[str, FloatArray], index: pd.MultiIndex) -> pd.DataFrame:
        return pd.DataFrame({name: values.T.ravel() for name, values in parts.items()}, index)

    def plain(frame: pd.DataFrame) -> pd.DataFrame:
        return frame if additive else np.exp(frame)

    steps = back(changes, later)
    since = back({name: values.cumsum(axis=0) for name, values in changes.items()}, later)
    levels = back(table, pd.MultiIndex.from_product([units, times], names=found.caller.names))
    return Malmquist(
        settings=settings,
        table=_align.restore(plain(steps), rows),
        cumulative=_align.restore(plain(since), rows),
        distances=_align.restore(-levels if additive else np.exp(levels), found.caller),
        means=plain(_means(steps, found, groups)),
    )


def _means(steps: pd.DataFrame, found: Activities, groups: pd.Series | None) -> pd.DataFrame:
    """Means by group and time, of all units and of all times last."""
    flat = steps.reset_index(names=["unit", "time"])
    parts = [flat.assign(group=_ALL)]
    if groups is not None:
        known = _align.broadcast(groups, found.index, "groups")
        _align.check_complete(known, "groups")
        if (known.astype(str) == _ALL).any():
            raise ParameterError(f'a group is called "{_ALL}", the name of all units; rename it')
        parts.insert(0, flat.assign(group=known.reindex(steps.index).astype(str).to_numpy()))
    columns = list(steps.columns)
    frames = []
    for part in parts:
        by_time = part.groupby(["group", "time"], sort=True)[columns].mean()
        overall = by_time.groupby(level="group").mean()
        overall.index = pd.MultiIndex.from_product([overall.index, ["mean"]])
        for group in overall.index.get_level_values(0):
            frames += [by_time.loc[[group]], overall.loc[[group]]]
    return pd.concat(frames).rename_axis(["group", "time"])


def _check_balanced(index: pd.Index) -> None:
    """Raise unless each unit stands at each of two times or more."""
    if index.nlevels != 2:
        raise PanelError("productivity change needs times: inputs must be on (unit, time)")
    units, times = (index.get_level_values(level).unique() for level in (0, 1))
    if len(times) < 2:
        raise PanelError(f"productivity change needs two times; there is one: {listed(times)}")
    absent = pd.MultiIndex.from_product([units, times]).difference(index, sort=False)
    if len(absent):
        cases = absent.to_frame(index=False, name=["unit", "time"])
        places = [f"{c.unit} {c.time}" for c in cases.itertuples()]
        raise PanelError(
            f"{len(cases)} rows are missing: {listed(places)}; change is measured for units that "
            "stand at every time: fill them (fill_missing) or drop the units",
            cases,
        )
