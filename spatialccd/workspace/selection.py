"""Which rows a call is about: those that meet a condition, are of a group, at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from spatialccd import _align
from spatialccd._rows import Condition, Rows
from spatialccd.errors import ParameterError
from spatialccd.workspace.given import Part
from spatialccd.workspace.holdings import Holdings

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Selection:
    """The rows chosen for a call.

    Attributes
    ----------
    rows : Rows
        Those chosen.
    asked : str
        What was asked for, as a study file writes it; "" where nothing was.
    words : str
        The same for a reader, with the number of units left.
    holders : frozenset of str
        Who holds the columns that decide.
    default_time : bool
        Whether the time is only the one that there is.
    """

    rows: Rows
    asked: str = ""
    words: str = ""
    holders: frozenset[str] = frozenset()
    default_time: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether rows were chosen by whoever calls."""
        return bool(self.asked)

    @property
    def of_results(self) -> Rows:
        """The rows of results: a time that nobody asked for is none that they must have."""
        return Rows(self.rows.met) if self.default_time else self.rows

    def at(self, time: Any) -> Selection:
        """Choose the one time that there is, where a tool takes one and none was asked for."""
        return replace(self, rows=Rows(self.rows.met, time), default_time=True)


def select(space: Holdings, condition: Condition | None, part: Part | None, time: Any) -> Selection:
    """Find the rows that meet a condition and are of a group.

    Raises
    ------
    ParameterError
        The condition is none, names no column, or no row meets it.
    """
    group = {} if part is None else dict(part.group)
    if "time" in group:
        time = group.pop("time")
    asked = [f"time = {time!r}"] if time is not None else []
    if condition is None and not group:
        return Selection(Rows(None, time), "; ".join(asked))
    holders: set[str] = set()
    met, said = None, []
    if group:
        columns = _columns(space, tuple(group), part, holders)
        for name, value in group.items():
            of_group = columns[name] == value
            met = of_group if met is None else met & of_group
            said.append(f"{name} = {value}")
        asked.append(f"for_each = {list(group)}")
    if condition is not None:
        of_condition = condition.rows(_columns(space, condition.names, part, holders))
        met = of_condition if met is None else _both(met, of_condition)
        said.append(condition.text)
        asked.append(f"where = {condition.text!r}")
    assert met is not None
    rows = Rows(met, time)
    left, units = rows.units, met.index.get_level_values(0).nunique()
    if left is None or not len(left):
        at = "" if time is None else f" at {time}"
        raise ParameterError(f"no row meets {', '.join(said)}{at}")
    words = f"{'; '.join(said)}: {len(left):,} of {units:,} units"
    return Selection(rows, "; ".join(asked), words, frozenset(holders))


def rows_of(space: Holdings, condition: Condition) -> pd.Series:
    """Tell for each row whether it meets a condition.

    Raises
    ------
    ParameterError
        The condition is none, names no column, or no row meets it.
    """
    met = condition.rows(_columns(space, condition.names, None, set()))
    if not met.any():
        raise ParameterError(f"no row meets {condition.text}")
    return met


def groups_of(
    space: Holdings, names: tuple[str, ...], condition: Condition | None
) -> list[dict[str, Any]]:
    """List the groups that columns make: each combination that some row has, in their order.

    Raises
    ------
    ParameterError
        A column is in no table, or holds numbers that are not whole.
    """
    import pandas as pd

    chosen = condition.names if condition is not None else ()
    columns = _columns(space, tuple(dict.fromkeys((*names, *chosen))), None, set())
    frame = pd.DataFrame({name: columns[name] for name in names})
    if condition is not None:
        frame = frame[condition.rows({name: columns[name] for name in chosen})]
    for name, values in frame.items():
        numbers = pd.api.types.is_float_dtype(values.dtype)
        if numbers and (values.dropna() % 1 != 0).any():
            raise ParameterError(
                f"for_each: {name!r} is measured, not a group; cut it into classes first "
                "(stratify), and name that step's column"
            )
        if numbers and values.notna().all():
            frame[name] = values.astype(int)
    found = frame.dropna().drop_duplicates().sort_values(list(names))
    return [dict(zip(names, row, strict=True)) for row in found.itertuples(index=False, name=None)]


def _columns(
    space: Holdings, names: tuple[str, ...], part: Part | None, holders: set[str]
) -> dict[str, pd.Series]:
    """Give the columns on one index: that of the panel where one varies over time."""
    import pandas as pd

    labels = {"unit": 0, "time": 1}
    found: dict[str, pd.Series] = {}
    problems = []
    for name in names:
        try:
            if name in labels and (space.panel is None or name not in space.panel.columns):
                found[name] = _labels(space, name, labels[name])
            else:
                found[name], holder = space.column(name, part)
                holders.add(holder)
        except ParameterError as error:
            problems.append(str(error))
    if problems:
        raise ParameterError("; ".join(problems))
    index = max((values.index for values in found.values()), key=lambda i: i.nlevels)
    spread = {}
    for name, values in found.items():
        if values.index.nlevels == index.nlevels:
            spread[name] = values.reindex(index)
        else:
            at = values.reindex(index.get_level_values(0))
            spread[name] = pd.Series(at.array, index, name=name)
    return {name: values.rename(name) for name, values in spread.items()}


def _labels(space: Holdings, name: str, level: int) -> pd.Series:
    import pandas as pd

    held = space.areas if space.panel is None else space.panel
    if held is None or level >= held.index.nlevels:
        raise ParameterError(f"there is no {name}: the table has no such labels")
    return pd.Series(held.index.get_level_values(level), held.index, name=name)


def _both(one: pd.Series, other: pd.Series) -> pd.Series:
    """Give the rows of both, on the finer index of the two."""
    fine, coarse = sorted((one, other), key=lambda met: -met.index.nlevels)
    if fine.index.nlevels == coarse.index.nlevels:
        return fine & coarse.reindex(fine.index, fill_value=False)
    return fine & _align.restore(coarse, fine.index.get_level_values(0)).fillna(False).to_numpy()
