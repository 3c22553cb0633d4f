"""Indicators of any unit brought to one scale on which more is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result, record
from spatialccd.errors import (
    ConstantWarning,
    PanelError,
    ParameterError,
    TargetWarning,
    check_range,
    did_you_mean,
    listed,
    warn,
)
from spatialccd.index import _targets
from spatialccd.index._targets import Target

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, Columns, FloatArray, IntArray

Direction = Literal["benefit", "cost", "moderate"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Scaled(Result):
    """Indicators on one scale, more is better.

    Attributes
    ----------
    scaled : DataFrame
        One column an indicator, on the caller's index, in [0, 1] (or in
        `interval`, plus `shift`).
    limits : DataFrame
        ``minimum`` and ``maximum`` of each indicator before scaling, on
        indicator, or on (time, indicator) when each year was scaled by itself;
        ``target_low`` and ``target_high`` beside them where an indicator is moderate.
    """

    scaled: pd.DataFrame
    limits: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the scaled indicators, one row as the caller's row."""
        return self.scaled.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the limits that each indicator was scaled by."""
        return {"limits": self.limits.copy()}


def scale(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    pooled: bool = True,
    shift: float = 0.0,
    interval: Sequence[float] | None = None,
) -> Scaled:
    """Bring indicators to [0, 1] by their range, so that more is better.

    A benefit becomes (x - min) / (max - min), a cost (max - x) / (max - min). A
    moderate indicator becomes 1 - d / max d, with d the distance from its target:
    1 on the target, 0 for the value farthest from it.

    Parameters
    ----------
    panel : DataFrame
        Indicators on unit or on (unit, time), in any unit of measurement.
    directions : mapping
        Indicator to "benefit" (more is better), "cost" (less is better) or
        "moderate" (neither: a target is best). Columns of the panel that it does
        not name are left out.
    targets : mapping, optional
        What is best for each moderate indicator: a value, or two rising values
        between which all are best, such as ``{"density": 20, "warmth": [18, 24]}``;
        those of columns that `directions` does not name serve other subsystems.
        On a line of text ``density=20,warmth=18:24``.
    pooled : bool, default True
        Take minimum and maximum over all units and years, so that years can be
        compared. False scales each year by itself.
    shift : float, default 0.0
        Added to every scaled value, as some papers do before they take
        logarithms. Entropy weights do not need it here.
    interval : sequence of two floats, optional
        Scale to this interval instead of [0, 1], such as (0.002, 0.998).

    Returns
    -------
    Scaled
        ``.scaled`` on the caller's index, ``.limits`` as used.

    Raises
    ------
    ParameterError
        An indicator or direction is unknown (the nearest match is named), a
        moderate indicator has no target or another has one, or `interval` is
        not two rising numbers in [0, 1].
    PanelError
        A column is not numeric, or there is one unit only.
    AlignmentError
        Cells are missing or infinite; all of them are named.

    Warns
    -----
    ConstantWarning
        An indicator has one value only, or all values of a moderate one are
        equally near its target. It has no range; its scaled value is the lower
        end of the interval (the upper one where all values are on the target).
    TargetWarning
        All values of a moderate indicator lie on one side of its target: none is
        1 then, and it ranks as a plain benefit or cost.

    Notes
    -----
    Two other forms of a moderate indicator are in use and rank otherwise: a
    triangle with a slope of its own on each side of the target, and a fall to 0
    at tolerances given beside it. The reciprocal 1 / |x - target| has no bound
    and is offered nowhere.

    Negative raw values are no error: a range scale does not mind where zero
    lies, and growth rates, temperatures or balances are rightly negative.

    References
    ----------
    OECD and JRC (2008), Handbook on Constructing Composite Indicators, step 5
    (min-max).

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"income": [3, 5, 7], "smoke": [10, 20, 10]}, index=list("abc"))
    >>> scale(panel, {"income": "benefit", "smoke": "cost"}).scaled
       income  smoke
    a     0.0    1.0
    b     0.5    0.0
    c     1.0    1.0
    >>> scale(panel, {"income": "moderate"}, targets={"income": [3, 5]}).scaled["income"].to_list()
    [1.0, 1.0, 0.0]
    """
    settings = record("scale", locals())
    check_range("shift", shift, 0)
    ready = prepare(panel, directions, targets=targets, pooled=pooled, interval=interval)
    return Scaled(
        settings=settings,
        scaled=_align.restore(ready.frame(ready.z + shift), panel.index),
        limits=ready.limits,
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Prepared:
    """Checked indicators in canonical order, as the weights and scores take them.

    Attributes
    ----------
    x : (m, k) array
        The indicators as given; rows in canonical order.
    z : (m, k) array
        Scaled; the columns of constant indicators hold the lower end.
    constant : (p, k) array of bool
        Which indicators have one value only, by pool.
    pools : list of (time or None, (m_p,) positions)
        Rows that are scaled and weighted together: all, or one year each.
    targets : (2, k) array
        Ends of the targets of moderate indicators; NaN for the others.
    index, indicators
        Labels of the rows and columns.
    """

    x: FloatArray
    z: FloatArray
    constant: BoolArray
    targets: FloatArray
    pools: list[tuple[Any, IntArray]]
    index: pd.Index
    indicators: pd.Index

    @property
    def limits(self) -> pd.DataFrame:
        """Smallest and largest raw value by pool and indicator, and the targets there are."""
        low, high = self.targets
        ends = {} if np.isnan(low).all() else {"target_low": low, "target_high": high}
        tables = [
            pd.DataFrame(
                {"minimum": self.x[rows].min(axis=0), "maximum": self.x[rows].max(axis=0)} | ends,
                index=self.indicators,
            )
            for _, rows in self.pools
        ]
        return self.by_pool(tables)

    def by_pool(self, tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
        """Stack one table a pool; the year becomes a level when pools are years."""
        times = [time for time, _ in self.pools]
        if times == [None]:
            return tables[0]
        return pd.concat(list(tables), keys=times, names=["time", self.indicators.name])

    def frame(self, values: FloatArray) -> pd.DataFrame:
        """Label an (m, k) array."""
        return pd.DataFrame(values, index=self.index, columns=self.indicators.rename(None))


def prepare(
    panel: pd.DataFrame,
    directions: Mapping[str, str],
    *,
    targets: Mapping[str, Target] | None = None,
    pooled: bool,
    interval: Sequence[float] | None,
) -> Prepared:
    """Check, sort and scale the indicators that `directions` names."""
    low, high = _check_interval(interval)
    _check_directions(panel, directions, targets)
    indicators = pd.Index(list(directions), name="indicator")
    (ordered,) = _align.align(panel=panel[list(directions)])
    _check_numeric(ordered)
    _align.check_complete(ordered, "panel")
    pools = _pools(ordered.index, pooled)
    x = ordered.to_numpy(dtype=float)
    benefit = np.array([directions[name] == "benefit" for name in indicators])
    ends = _targets.bounds(directions, targets)
    z = np.empty_like(x)
    constant = np.empty((len(pools), len(indicators)), dtype=bool)
    for number, (_, rows) in enumerate(pools):
        z[rows], constant[number] = _scaled(x[rows], benefit, ends)
    _report_constant(constant, pools, indicators)
    _report_outside(x, ends, constant, pools, indicators)
    return Prepared(
        x=x,
        z=low + (high - low) * z,
        constant=constant,
        targets=ends,
        pools=pools,
        index=ordered.index,
        indicators=indicators,
    )


def _scaled(x: FloatArray, benefit: BoolArray, ends: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Scale the columns of `x` (m, k), each in its direction; say which (k,) are constant."""
    z, constant = _min_max(x, benefit)
    moderate = ~np.isnan(ends[0])
    if moderate.any():
        z[:, moderate], constant[moderate] = _targets.nearness(x[:, moderate], *ends[:, moderate])
    return z, constant


def _min_max(x: FloatArray, benefit: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Scale the columns of `x` (m, k) to [0, 1]; say which (k,) are constant."""
    low, high = x.min(axis=0), x.max(axis=0)
    spread = high - low
    constant = is_constant(x)
    away = np.where(benefit, x - low, high - x)
    z = np.divide(away, spread, out=np.zeros_like(x), where=~constant)
    return z, constant


def _pools(index: pd.Index, pooled: bool) -> list[tuple[Any, IntArray]]:
    """Give the rows that are scaled together, all or by year."""
    if index.nlevels == 1:
        return [(None, _several(np.arange(len(index)), index))]
    if index.get_level_values(0).nunique() < 2:
        raise PanelError(
            f"the panel has one unit only ({listed(index.get_level_values(0).unique())}): there "
            "is nothing to compare"
        ).advise(
            "years as units",
            "for one place over time put the years on the index: panel.droplevel(0)",
        )
    if pooled:
        return [(None, np.arange(len(index)))]
    times = index.get_level_values(1)
    return [
        (time, _several(np.flatnonzero(times == time), index, time))
        for time in _align.canonical(times.unique())
    ]


def _several(rows: IntArray, index: pd.Index, time: Any = None) -> IntArray:
    if len(rows) < 2:
        where = "the panel" if time is None else f"the year {time}"
        raise PanelError(
            f"{where} has one unit only ({listed(index[rows])}): a range needs two or more"
        )
    return rows


def _check_interval(interval: Sequence[float] | None) -> tuple[float, float]:
    if interval is None:
        return 0.0, 1.0
    bounds = tuple(interval)
    if len(bounds) != 2 or not 0 <= bounds[0] < bounds[1] <= 1:
        raise ParameterError(
            f"interval={bounds!r} must be two rising numbers in [0, 1], such as (0.002, 0.998)"
        )
    return float(bounds[0]), float(bounds[1])


def _check_directions(
    panel: pd.DataFrame, directions: Mapping[str, str], targets: Mapping[str, Target] | None
) -> None:
    if not isinstance(panel, pd.DataFrame):
        raise ParameterError(f"panel must be a DataFrame of indicators, not {type(panel).__name__}")
    if not isinstance(directions, Mapping) or not directions:
        raise ParameterError(
            'directions must name each indicator\'s direction, such as {"income": "benefit"}'
        )
    repeated = panel.columns[panel.columns.duplicated()].unique()
    problems = [f"the column {name!r} stands more than once" for name in repeated]
    for name, direction in directions.items():
        if name not in panel.columns:
            problems.append(f"the panel has no column {name!r}{did_you_mean(name, panel.columns)}")
        if direction not in get_args(Direction):
            problems.append(
                f"the direction {direction!r} of {name!r} is not known"
                f"{did_you_mean(direction, get_args(Direction))}; "
                "use 'benefit', 'cost' or 'moderate'"
            )
    problems += _targets.problems_of(directions, targets)
    if problems:
        raise ParameterError("; ".join(problems))


def _check_numeric(frame: pd.DataFrame) -> None:
    wrong = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    if not wrong:
        return
    cells = [
        (label, name, value)
        for name in wrong
        for label, value in frame[name].items()
        if pd.isna(pd.to_numeric(value, errors="coerce")) and not pd.isna(value)
    ]
    raise PanelError(
        f"columns that are not numbers: {listed(wrong)}; cells that hold no number: "
        f"{listed(f'{label} ({name}): {value!r}' for label, name, value in cells) or 'none'}. "
        "Read the file with read_panel, or convert them",
        pd.DataFrame(cells, columns=["label", "column", "value"]),
    )


def _report_constant(
    constant: BoolArray, pools: list[tuple[Any, IntArray]], indicators: pd.Index
) -> None:
    """Warn once of every constant indicator; raise when no indicator varies."""
    import warnings

    names = [
        str(indicators[j]) if pools[p][0] is None else f"{indicators[j]} in {pools[p][0]}"
        for p, j in np.argwhere(constant)
    ]
    if constant.all(axis=1).any():
        raise PanelError(
            f"no indicator varies: {listed(names)} have one value only; nothing can be weighted"
        )
    if names:
        warnings.warn(
            f"one value only: {listed(names)}; a constant carries no information and gets weight 0",
            ConstantWarning,
            stacklevel=4,
        )


def _report_outside(
    x: FloatArray,
    ends: FloatArray,
    constant: BoolArray,
    pools: list[tuple[Any, IntArray]],
    indicators: pd.Index,
) -> None:
    """Warn once of every moderate indicator that varies on one side of its target only."""
    names = [
        str(name) if time is None else f"{name} in {time}"
        for (time, rows), still in zip(pools, constant, strict=True)
        for name, out in zip(indicators, _targets.outside(x[rows], *ends) & ~still, strict=True)
        if out
    ]
    if names:
        warn(
            f"all values lie on one side of the target: {listed(names)}; none scores 1, and the "
            "indicator ranks as a plain benefit or cost: check target and unit of measurement",
            TargetWarning,
        )
