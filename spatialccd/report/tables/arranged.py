"""Results in the shapes that papers print: wide, by group, with stars.

What a station gives is one long table; a paper prints years across, factors
across, a row of means below each group. Here the one is made of the other, by
the class of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from spatialccd._result import Result
from spatialccd.coupling.degree import CoordinationGrades, CouplingCoordination
from spatialccd.drivers.geodetector.factor import FactorDetector
from spatialccd.drivers.geodetector.interaction import InteractionDetector
from spatialccd.drivers.gwr.results import LocalRegression
from spatialccd.drivers.regression.spatial import SpatialRegression
from spatialccd.efficiency.malmquist import Malmquist
from spatialccd.index.composite import CompositeIndex
from spatialccd.report.words.captions import GROUP_MEAN, TOTAL_MEAN

#: Rows on units that a paper prints; more are its appendix.
MOST_UNITS = 40
#: Rows of what belongs to a result beside its own table.
MOST_ROWS = 60
PAIR_NOTE = "Stars of a pair: it explains more than the stronger of its factors."


@dataclass(frozen=True)
class Arranged:
    """One table as a paper prints it.

    Attributes
    ----------
    frame : DataFrame
        Labels in the index.
    p : DataFrame or None
        The p-value of each cell that has one, in the shape of `frame`.
    notes : list of str
        What it needs to be read.
    """

    frame: pd.DataFrame
    p: pd.DataFrame | None = None
    notes: list[str] = field(default_factory=list)


def arranged(result: Result, groups: pd.Series | None) -> dict[str, Arranged]:
    """Give the tables that papers print of a result, by a word for each; none of most.

    Parameters
    ----------
    result : Result
    groups : Series or None
        The group of each unit, for means by group.
    """
    for kind, arrange in _ARRANGE.items():
        if isinstance(result, kind):
            return arrange(result, groups)
    return {}


def replaces_main(result: Result) -> bool:
    """Tell whether papers print the arranged tables in place of the result's own."""
    if isinstance(result, CouplingCoordination | CoordinationGrades):
        return bool(result.D.index.nlevels > 1)
    return isinstance(result, FactorDetector | InteractionDetector | LocalRegression)


def indicator_system(results: Mapping[str, Any]) -> pd.DataFrame | None:
    """Put the indicators of all subsystems below each other; None with fewer than two."""
    parts = {
        name: item.further()["indicators"]
        for name, item in results.items()
        if isinstance(item, CompositeIndex)
    }
    if len(parts) < 2:
        return None
    return pd.concat(parts, names=["subsystem", "indicator"])


# --- by class -------------------------------------------------------------------------------------


def _degrees(
    result: CouplingCoordination | CoordinationGrades, groups: pd.Series | None
) -> dict[str, Arranged]:
    """D with units down and years across; means of groups and of all (Table 3 of the study)."""
    if result.D.index.nlevels == 1:
        return {}
    return {"D": Arranged(_by_unit(result.D, groups))}


def _by_unit(values: pd.Series, groups: pd.Series | None) -> pd.DataFrame:
    wide = values.unstack(1)
    wide = wide.loc[values.index.get_level_values(0).unique()]
    wide.columns = [str(time) for time in wide.columns]
    names = ["unit"]
    rows: list[tuple[Any, ...]] = [(unit,) for unit in wide.index]
    mean = wide.mean()
    if groups is not None:
        own = groups.reindex(wide.index).astype(object)
        own = own.where(own.notna(), "")
        parts, rows = [], []
        for group in dict.fromkeys(own):
            part = wide[own == group]
            parts += [part, part.mean().to_frame().T]
            rows += [(group, unit) for unit in part.index] + [(group, GROUP_MEAN)]
        wide, names = pd.concat(parts), ["group", "unit"]
    wide = pd.concat([wide, mean.to_frame().T])
    rows.append(("",) * (len(names) - 1) + (TOTAL_MEAN,))
    wide.index = pd.MultiIndex.from_tuples(rows, names=names)
    return wide


def _factors(result: FactorDetector, _: pd.Series | None) -> dict[str, Arranged]:
    """Q with years and regions down and factors across (Table 5 of the study)."""
    test = _tested(result.figures, ("p_permutation", "p_f"))
    return {"q": Arranged(_plain(result.wide()), _plain(result.wide(test)) if test else None)}


def _pairs(result: InteractionDetector, _: pd.Series | None) -> dict[str, Arranged]:
    """Q with pairs down and regions and years across (Table 6 of the study)."""
    test = _tested(result.figures, ("p_gain",))
    p = None if test is None else _paired(result.wide(test))
    return {"q": Arranged(_paired(result.wide()), p, [] if p is None else [PAIR_NOTE])}


def _paired(wide: pd.DataFrame) -> pd.DataFrame:
    """Name each pair in one column, as in x1 ∩ x2."""
    pairs = [f"{a} ∩ {b}" for a, b in wide.index]
    return _plain(wide).set_axis(pd.Index(pairs, name="pair of factors"), axis=0)


def _productivity(result: Malmquist, _: pd.Series | None) -> dict[str, Arranged]:
    """Change of productivity with groups down and years across, and how many units."""
    wide = (
        result.means["tfpch"]
        .unstack("time")[list(dict.fromkeys(result.means.index.get_level_values("time")))]
        .loc[list(dict.fromkeys(result.means.index.get_level_values("group")))]
    )
    counts = result.means["n"].drop("mean", level="time", errors="ignore")
    wide.columns = [str(time) for time in wide.columns]
    most = counts.groupby(level="group").max().reindex(wide.index)
    wide.insert(0, "n", most.astype(int))
    fewest = counts.groupby(level="group").min().reindex(wide.index)
    lacking = [] if (fewest == most).all() else ["n is that of the year with most changes."]
    return {"tfpch": Arranged(wide, notes=lacking)}


def _effects(result: SpatialRegression, _: pd.Series | None) -> dict[str, Arranged]:
    """Direct, indirect and total effects below each other."""
    wide = result.effects
    kinds = ("direct", "indirect", "total")
    if not set(kinds) <= set(wide.columns):
        return {}
    rows = {
        (term, kind): {
            "value": row[kind],
            "se": row[f"{kind}_se"],
            "p": row[f"{kind}_p"],
        }
        for term, row in wide.iterrows()
        for kind in kinds
    }
    table = pd.DataFrame(rows).T
    table.index = table.index.set_names(["term", "effect"])
    return {"effect rows": Arranged(table)}


def _tested(figures: pd.DataFrame, tests: Sequence[str]) -> str | None:
    return next((name for name in tests if name in figures and figures[name].notna().any()), None)


def _plain(wide: pd.DataFrame) -> pd.DataFrame:
    """Give columns of several levels one name each."""
    if isinstance(wide.columns, pd.MultiIndex):
        wide = wide.set_axis([" ".join(str(part) for part in c) for c in wide.columns], axis=1)
    return wide.set_axis([str(column) for column in wide.columns], axis=1)


_ARRANGE: dict[type[Result], Callable[[Any, pd.Series | None], dict[str, Arranged]]] = {
    CouplingCoordination: _degrees,
    CoordinationGrades: _degrees,
    FactorDetector: _factors,
    InteractionDetector: _pairs,
    Malmquist: _productivity,
    SpatialRegression: _effects,
}


# --- in short -------------------------------------------------------------------------------------


def in_short(result: Result) -> dict[str, Arranged]:
    """Sum up a result of one row a unit, of more rows than a paper prints: figures and kinds."""
    frame = result.to_frame()
    found: dict[str, Arranged] = {}
    figures = frame.select_dtypes("number")
    if figures.shape[1] and not isinstance(result, LocalRegression):  # has its own in short
        known = figures.astype(float)
        table = pd.DataFrame(
            {
                "n": known.notna().sum(),
                "mean": known.mean(),
                "sd": known.std(),
                "min": known.min(),
                "median": known.median(),
                "max": known.max(),
            }
        )
        found["figures"] = Arranged(table.rename_axis("variable"))
    for name in frame.columns.difference(figures.columns, sort=False):
        kinds = frame[name].dropna()
        counts = kinds.map(str).value_counts()
        if 0 < len(counts) <= _MOST_KINDS:
            order = _order(frame[name], list(counts.index))
            table = counts.reindex(order).rename_axis(str(name)).to_frame("n")
            found[str(name)] = Arranged(table)
    return found


#: A column of more kinds is one of names.
_MOST_KINDS = 16


def _order(kinds: pd.Series, found: list[str]) -> list[str]:
    """Keep the order of a categorical; else that of the alphabet."""
    if isinstance(kinds.dtype, pd.CategoricalDtype):
        return [str(kind) for kind in kinds.cat.categories if str(kind) in found]
    return sorted(found)


def is_long(result: Result) -> bool:
    """Tell whether a result has one row a unit, and more of them than a paper prints."""
    index = result.to_frame().index
    return len(index) > MOST_UNITS and str(index.names[0]) in ("unit", "origin", "focal")
