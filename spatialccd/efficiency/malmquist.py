"""Productivity change from one time to the next, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._progress import counter
from spatialccd._result import Result, record
from spatialccd.efficiency._activity import (
    Activities,
    read_activities,
    warn_thin,
)
from spatialccd.efficiency._changes import (
    Parts,
    drawn_members,
    group_means,
    group_sizes,
    interval,
    labeled_means,
    members,
    parts_of_change,
    summed,
)
from spatialccd.efficiency._distances import Measure, Table, comparisons, distances, warn_missing
from spatialccd.efficiency._technology import Disposability, Orientation
from spatialccd.errors import PanelError, ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, Columns, FloatArray, Groups, Progress

Kind = Literal["adjacent", "global", "luenberger"]
ChangeReturns = Literal["crs", "vrs"]


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
        means, or arithmetic ones of the Luenberger indicator, over the same
        units in every column: those that have all parts of their change. n
        counts them ("mean": the changes at all times).
    intervals, cumulative_intervals, mean_intervals : DataFrame or None
        With ``n_bootstrap``: low, high and corrected (for bias) of each figure
        of table, cumulative and means, on the same rows and columns (part, end).
    """

    table: pd.DataFrame
    cumulative: pd.DataFrame
    distances: pd.DataFrame
    means: pd.DataFrame
    intervals: pd.DataFrame | None = None
    cumulative_intervals: pd.DataFrame | None = None
    mean_intervals: pd.DataFrame | None = None

    @property
    def tfpch(self) -> pd.Series:
        """Total factor productivity change."""
        return self.table["tfpch"]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit and time, from the second time on, with any intervals."""
        return _beside(self.table, self.intervals)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the means by group and time, and changes since the first, with any intervals."""
        return {
            "means": _beside(self.means, self.mean_intervals),
            "cumulative": _beside(self.cumulative, self.cumulative_intervals),
        }

    def summary(self) -> str:
        """Write the means by group and time."""
        figures = self.means.to_string(float_format="{:.4g}".format, max_rows=60)
        return "\n\n".join([repr(self.settings), figures, *self.notes()])

    def notes(self) -> list[str]:
        """Say how many changes the means leave out, and why."""
        whole = self.table.notna().all(axis=1)
        if whole.all():
            return []
        return [
            f"means leave out {int((~whole).sum())} of {len(whole)} changes of which a distance to "
            "the frontier of another time does not exist, in every column alike; kind='global' "
            "measures against one frontier of all times and leaves no gaps"
        ]


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
    n_bootstrap: int = 0,
    confidence: float = 0.95,
    seed: int | None = None,
    n_jobs: int = 1,
    progress: Progress | None = None,
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
        program has a solution. luenberger: both times' frontiers, directional.
    orientation : {"input", "output", "none"}, optional
        Which side moves: the inputs, the outputs, or for directional distances
        both; undesirable outputs always shrink. Output when omitted.
    returns : {"crs", "vrs"}, default "crs"
        Of the frontiers behind tfpch. Under variable returns there is no pech
        and sech, and programs across times can lack a solution.
    disposability : {"weak", "strong"}, default "weak"
        Of undesirable outputs. weak: they cannot be cut without a cost, an
        equality in the programs. strong: they count as inputs do.
    n_bootstrap : int, default 0
        Number of bootstrap samples, by Simar and Wilson, for intervals of every figure:
        1,000 or more. Of radial distances only.
    confidence : float, default 0.95
        Level of the intervals.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    n_jobs : int, default 1
        Processes over the times, and threads over the samples; -1 for all. It
        moves no figure.
    progress : callable, optional
        Called with programs solved and in all, those of the samples among them.

    Returns
    -------
    Malmquist
        ``.table``, ``.cumulative``, ``.means`` and ``.distances``; with
        ``n_bootstrap`` ``.intervals`` and the like.

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
        Programs without a solution, or with a distance of which no efficiency
        can be made; ``cases`` lists unit, time and distance.

    Notes
    -----
    With E^t(s) the efficiency (output: 1 / phi) of the figures of time s against
    the frontier of time t:
    effch = E^2(2) / E^1(1), techch = [E^1(2) / E^2(2) * E^1(1) / E^2(1)]^.5.
    With undesirable outputs each E is 1 / (1 + d), d the directional distance
    along (y, -b); 1 - d along (-x, -b) with ``orientation="input"``, and
    (1 - d) / (1 + d) along (-x, y, -b) with "none". Beyond another time's
    frontier d is negative, and where it is -1 or less outputs would have to
    fall by all they are: such an E does not exist, and the change is missing.
    ``kind="luenberger"`` adds distances up and needs no E.

    A unit whose program across times has no solution has no techch and tfpch,
    and counts in no mean, not in that of its effch either: means over different
    units would not multiply. ``kind="global"`` leaves no such gaps.

    The bootstrap draws how far units are from their own frontier under variable
    returns, from a kernel density reflected at the frontier that keeps the
    covariance between times (normal-reference bandwidth (4 / 5n)^(1/6)), and
    measures the data against the frontiers of each pseudo-sample. A unit is
    drawn with all its times, so that cumulative change and means over time have
    intervals too. These are basic bootstrap intervals of logarithms, with the
    ends turned about the estimate. An interval answers how far the estimate may
    be from the change against the true frontiers, of which data show a part; it
    knows no error of measurement, and takes how far a unit is from the frontier
    not to depend on its mix or size. For means the units are drawn anew too:
    they are of the population that the units stand for.

    Intervals of units are too short, the more so the fewer the units. Of 25, 50,
    100 and 200 units with two inputs and one output, intervals of 95% held the
    true effch in .80, .86, .87, .90 of cases, techch in .80, .86, .88, .90,
    pech in .75, .81, .85, .87, and tfpch, whose intervals are short, in .70,
    .75, .77, .78; those of means held effch and tfpch in .92 to .94, techch in
    .83, .90, .94, .97 (tests/efficiency/coverage.py). ``corrected`` takes the bias off and puts
    noise in: it is shown to tell how large the bias is, and the estimate stays
    the figure to quote.

    References
    ----------
    Fare, Grosskopf, Norris and Zhang (1994), Am. Econ. Rev. 84, 66-83, eqs 5-8.
    Pastor and Lovell (2005), Econ. Lett. 88, 266-271. Chung, Fare and Grosskopf
    (1997), J. Environ. Manage. 51, 229-240, eqs 8-10. Oh (2010), J. Prod. Anal.
    34, 183-197. Chambers, Fare and Grosskopf (1996), Pac. Econ. Rev. 1, 181-190.
    Simar and Wilson (1999), EJOR 115, 459-471. Silverman (1986), Density
    Estimation, sections 2.10 and 4.3.2. Kneip, Simar and Wilson (2021),
    Econometric Theory 37, 537-572, on means.

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
    check_range("n_bootstrap", n_bootstrap, 0)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    if n_bootstrap and is_directional:
        raise ParameterError(
            "the bootstrap of Simar and Wilson draws radial distances; with undesirable outputs "
            "or kind='luenberger' leave n_bootstrap at 0"
        )
    found = read_activities(inputs, outputs, undesirable, positive=False)
    _check_balanced(found.index)
    warn_thin(found, found.by_time())
    rows = members(groups, found)
    measure = Measure(side, returns, disposability, is_directional, kind == "luenberger")
    pooled = kind == "global"
    units, times = found.levels
    programs = len(comparisons(len(times), returns, pooled=pooled)) * len(units)
    step = counter(progress, programs * (1 + n_bootstrap))
    table, cases = distances(found, measure, pooled=pooled, n_jobs=n_jobs, step=step)
    warn_missing(cases)
    changes = parts_of_change(table)
    label = _Labels(found, rows, measure.additive)
    bands: dict[str, pd.DataFrame] = {}
    if n_bootstrap:
        from spatialccd.efficiency._bootstrap import replicate

        last, *streams = np.random.default_rng(seed).spawn(n_bootstrap + 1)
        draws = replicate(found, measure, table, streams, n_jobs=n_jobs, step=step)
        counts = drawn_members(rows, n_bootstrap, last)
        bands = _intervals(changes, draws, counts, confidence, label)
    return Malmquist(
        settings=settings,
        table=label.later(changes),
        cumulative=label.later(summed(changes)),
        distances=label.every(table),
        means=label.groups(group_means(changes, rows)).assign(n=label.sizes(changes)),
        **bands,
    )


@dataclass(frozen=True)
class _Labels:
    """Turns what adds up back into indices, on the caller's rows or on groups."""

    found: Activities
    rows: Mapping[str, BoolArray]
    additive: bool

    def plain(self, values: FloatArray) -> FloatArray:
        """Undo the logarithm."""
        return values if self.additive else np.exp(values)

    def every(self, distances: Table) -> pd.DataFrame:
        """Label distances, (T, n) each, which are sums with their sign turned."""
        units, times = self.found.levels
        index = pd.MultiIndex.from_product([units, times])
        flat = {
            name: (-values if self.additive else np.exp(values)).T.ravel()
            for name, values in distances.items()
        }
        return _align.restore(pd.DataFrame(flat, index), self.found.caller)

    def later(self, parts: Parts) -> pd.DataFrame:
        """Label changes, (T - 1, n) each."""
        units, times = self.found.levels
        index = pd.MultiIndex.from_product([units, times[1:]])
        flat = {name: self.plain(values).T.ravel() for name, values in parts.items()}
        rows = self.found.caller
        wanted = rows[np.asarray(rows.get_level_values(1) != times[0])]
        return _align.restore(pd.DataFrame(flat, index), wanted)

    def sizes(self, changes: Parts) -> pd.Series:
        """Count the changes behind each mean."""
        n = {"n": group_sizes(changes, self.rows).astype(float)}
        return labeled_means(n, self.rows, self.found.levels[1])["n"].astype(int)

    def groups(self, parts: Parts) -> pd.DataFrame:
        """Label means, (groups * T,) each."""
        plain = {name: self.plain(values) for name, values in parts.items()}
        return labeled_means(plain, self.rows, self.found.levels[1])


def _intervals(
    changes: Parts,
    draws: Parts,
    counts: Mapping[str, FloatArray],
    confidence: float,
    label: _Labels,
) -> dict[str, pd.DataFrame]:
    """Give low, high and corrected of changes, of what they add up to, and of their means.

    Parameters
    ----------
    changes, draws : dict of array, shape (T - 1, n), (B, T - 1, n)
    counts : dict of array, shape (B, n)
        How often each unit of a group was drawn.
    """

    def ends(estimates: Parts, drawn: Parts) -> Parts:
        return {
            (part, end): values
            for part, estimate in estimates.items()
            for end, values in interval(estimate, drawn[part], confidence).items()
        }

    means = group_means(changes, label.rows), group_means(draws, label.rows, counts)
    frames = {
        "intervals": label.later(ends(changes, draws)),
        "cumulative_intervals": label.later(ends(summed(changes), summed(draws))),
        "mean_intervals": label.groups(ends(*means)),
    }
    return {name: frame.rename_axis(columns=["part", "end"]) for name, frame in frames.items()}


def _beside(table: pd.DataFrame, intervals: pd.DataFrame | None) -> pd.DataFrame:
    """Give the figures, then low, high and corrected of each."""
    if intervals is None:
        return table.copy()
    flat = intervals.set_axis([f"{part}_{end}" for part, end in intervals.columns], axis=1)
    return table.join(flat)


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
