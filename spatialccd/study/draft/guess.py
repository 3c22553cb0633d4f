"""Chooses what a first study looks at: complete indicators, their subsystems, groups, drivers."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd.study.draft import words

if TYPE_CHECKING:
    import pandas as pd

#: An indicator that has fewer of its values is left out rather than units for its sake.
_PRESENT = 0.95
#: Units that lack more than this of everything are left out first: they have no data at all.
_EMPTY = 0.5
_MOST_GROUPS = 12
_LARGEST_SYSTEM = 8
_DRIVERS = 4
#: EDUC_UNIP, HOUS_SMPP: data sets that code their columns group them by what stands first.
_PREFIX = re.compile(r"^([A-Z]{2,})_")


@dataclass(frozen=True)
class Guess:
    """What a first study looks at.

    Attributes
    ----------
    times : list
        The times kept; empty for a cross-section.
    systems : dict of str to dict of str to str
        Indicators and their directions by subsystem.
    drivers : list of str
        Columns in no subsystem that may explain it.
    groups : list of str
        Columns of groups of units.
    left_out : dict of str to str
        Columns, and why no step has them.
    lacking : list of str
        Units that lack a value.
    """

    times: list[Any]
    systems: dict[str, dict[str, str]]
    drivers: list[str]
    groups: list[str]
    left_out: dict[str, str] = field(default_factory=dict)
    lacking: list[str] = field(default_factory=list)

    @property
    def indicators(self) -> list[str]:
        """The columns of all subsystems."""
        return [name for system in self.systems.values() for name in system]


def guess(panel: pd.DataFrame, *, chinese: bool, labels: set[str]) -> Guess:
    """Choose what a first study looks at.

    Parameters
    ----------
    panel : DataFrame
        On (unit, time) or unit.
    chinese : bool
        Whether subsystems get Chinese names.
    labels : set of str
        Columns that name or number the units, which are no indicators.
    """
    left_out: dict[str, str] = {}
    numeric, groups = [], []
    for name in map(str, panel.columns):
        values = panel[name]
        if values.dtype.kind in "fiu":
            if name in labels or words.is_code(name):
                left_out[name] = "codes"
            elif words.is_coordinate(name):
                left_out[name] = "coordinates"
            elif is_constant(values.dropna().to_numpy(dtype=float)):
                left_out[name] = "one value only"
            else:
                numeric.append(name)
        elif _is_grouping(values):
            groups.append(name)
        else:
            left_out[name] = "names or text"
    complete, times, lacking = _complete(panel, numeric)
    left_out |= {n: "values are missing" for n in numeric if n not in complete}
    systems, drivers = _systems(complete, chinese)
    return Guess(times, systems, drivers, groups, left_out, lacking)


def _is_grouping(values: pd.Series) -> bool:
    """Whether a text says which of a few groups a unit is in, at all times."""
    filled = values.dropna()
    by_unit = filled.groupby(level=0).nunique()
    classes = filled.nunique()
    return bool(
        len(filled) == len(values)
        and 2 <= classes <= min(_MOST_GROUPS, values.index.get_level_values(0).nunique() / 2)
        and (by_unit == 1).all()
    )


def _complete(panel: pd.DataFrame, names: list[str]) -> tuple[list[str], list[Any], list[str]]:
    """Choose indicators and times with the most values and hardly a gap; name units with gaps."""
    if not names:
        return [], _times(panel), []
    known = panel[names].notna()
    units = panel.index.get_level_values(0)
    share = known.groupby(units).mean().mean(axis=1)
    full = share.index[share >= _EMPTY * share.max()]
    known = known[units.isin(full)]
    times = _times(panel)
    if times:
        by_time = known.groupby(known.index.get_level_values(1)).mean().reindex(times)
        by_time = by_time.mul(_present_units(known, times, len(full)), axis=0)
        chosen, window = _largest(by_time >= _PRESENT, names)
        rows = known.index.get_level_values(1).isin(window)
    else:
        chosen, window = [n for n in names if known[n].mean() >= _PRESENT], []
        rows = [True] * len(known)
    inside = known.loc[rows, chosen].all(axis=1)
    whole = inside.groupby(inside.index.get_level_values(0)).agg(
        lambda met: bool(met.all()) and len(met) == max(len(window), 1)
    )
    kept = set(whole.index[whole])
    return chosen, window, [str(unit) for unit in units.unique() if unit not in kept]


def _present_units(known: pd.DataFrame, times: list[Any], n: int) -> pd.Series:
    """Give the share of units that have a row at each time."""
    return known.groupby(known.index.get_level_values(1)).size().reindex(times) / n


def _largest(present: pd.DataFrame, names: list[str]) -> tuple[list[str], list[Any]]:
    """Find the span of times whose indicators, all present in it, make the most cells."""
    best: tuple[float, list[str], list[Any]] = (0.0, [], [])
    for i in range(len(present)):
        for j in range(len(present), i, -1):
            inside = present.iloc[i:j]
            chosen = [n for n in names if inside[n].all()]
            # Breadth before length: coupling needs several indicators, trends a few times.
            size = min(len(chosen), 12) ** 1.5 * (j - i)
            if size > best[0]:
                best = (size, chosen, list(inside.index))
    return best[1], best[2]


def _times(panel: pd.DataFrame) -> list[Any]:
    if panel.index.nlevels == 1:
        return []
    return list(_align.canonical(panel.index.get_level_values(1).unique()))


def _systems(names: list[str], chinese: bool) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Put indicators into subsystems: by the prefix of their names, or by what these say."""
    directed = {name: words.direction(name) for name in names}
    parts: dict[str, list[str]] = defaultdict(list)
    prefixes = _prefixes(names)
    for name in (n for n in names if directed[n] is not None):
        own = prefixes.get(name) if prefixes else words.system(name, chinese)
        parts[own or ""].append(name)
    parts = {part: own[:_LARGEST_SYSTEM] for part, own in parts.items() if part and len(own) > 1}
    if len(parts) < 2:
        parts = _halves([n for n in names if directed[n] is not None], chinese)
    systems = {
        part: {name: directed[name] or "benefit" for name in own} for part, own in parts.items()
    }
    used = {name for system in systems.values() for name in system}
    return systems, [name for name in names if name not in used][:_DRIVERS]


def _prefixes(names: list[str]) -> dict[str, str]:
    """Give the prefix of each name (EDUC_, HOUS_), where most names have one that others share."""
    found = {n: m[1].lower() for n in names if (m := _PREFIX.match(n))}
    shared = {n: p for n, p in found.items() if sum(q == p for q in found.values()) > 1}
    return shared if len(shared) > 0.6 * len(names) and len(set(shared.values())) > 1 else {}


def _halves(names: list[str], chinese: bool) -> dict[str, list[str]]:
    """Part the columns in the middle, where their names do not tell; four at least."""
    if len(names) < 4:
        return {}
    own = names[: 2 * _LARGEST_SYSTEM]
    first, second = ("子系统一", "子系统二") if chinese else ("first", "second")
    middle = (len(own) + 1) // 2
    return {first: own[:middle], second: own[middle:]}
