"""Old codes to new: mergers, splits and renamings, before a panel meets its areas.

A row (old, new, weight) says that `weight` of the old unit's total lies in the
new one. Totals (persons, yuan) are shared out and summed; rates and means are
averaged. Where the years are given, each change touches the rows before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spatialccd.data.cells import as_text, to_codes, to_numbers
from spatialccd.data.tables.reader import read_tables
from spatialccd.errors import JoinError, ParameterError, did_you_mean, listed

_COLUMNS = ("old", "new", "weight", "from_year")
#: Published weights are rounded; what they miss of 1 is spread over them.
_TOLERANCE = 1e-3


#: Names of what is no total: rates, shares, means.
_RATE_NAME = re.compile(
    r"率|比|均|密度|[%‰]|(?:^|[^a-z])"
    r"(?:share|per|rate|ratio|percent|percentage|pct|proportion|mean|average|density)s?(?:[^a-z]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Averages:
    """Which columns are averaged instead of summed, and weighted by what.

    Attributes
    ----------
    columns : tuple of str
        Rates, means, shares.
    by : str or None
        A column of totals, such as population; None weighs parts by the
        crosswalk's weights alone.
    """

    columns: tuple[str, ...]
    by: str | None

    def check(self, panel: pd.DataFrame) -> None:
        """Raise ``ParameterError`` unless the panel has these columns, and they are numbers."""
        for name in (*self.columns, *([self.by] if self.by else [])):
            if name not in panel:
                hint = did_you_mean(name, panel.columns)
                raise ParameterError(f"the panel has no column {name!r} to average with{hint}")
            if not pd.api.types.is_numeric_dtype(panel[name]):
                raise ParameterError(f"the column {name!r} is text; it cannot be averaged with")
        if self.by in self.columns:
            raise ParameterError(f"average_by={self.by!r} is a total; it cannot be in averaged=")


def read_crosswalk(source: str | Path | Any) -> pd.DataFrame:
    """Read and check a crosswalk.

    Parameters
    ----------
    source : str, Path, DataFrame or mapping of columns
        Columns old and new; weight (1 when absent); from_year (optional), the
        first year that the new code is in force.

    Returns
    -------
    DataFrame
        Columns old, new (text), weight and from_year (float; NaN throughout
        where no years are given).

    Raises
    ------
    ParameterError
        A column is lacking.
    JoinError
        Blank codes, a pair that stands twice, or weights of an old code that
        do not sum to 1; ``cases`` has every row.

    Examples
    --------
    >>> read_crosswalk({"old": ["A", "A"], "new": ["B", "C"], "weight": [0.25, 0.75]})
      old new  weight  from_year
    0   A   B    0.25        NaN
    1   A   C    0.75        NaN
    """
    raw, name = _raw(source)
    unknown = [column for column in ("old", "new") if column not in raw]
    if unknown:
        hint = did_you_mean(unknown[0], raw.columns)
        raise ParameterError(
            f"{name} has no column {' and '.join(unknown)}{hint} "
            f"(its columns: {listed(raw.columns)}; wanted: old, new, weight, from_year)"
        )
    table = pd.DataFrame({column: to_codes(raw[column]) for column in ("old", "new")})
    faults = [(table.isna().any(axis=1), "old or new is blank")]
    for column, fallback in (("weight", 1.0), ("from_year", np.nan)):
        given = raw[column] if column in raw else pd.Series(dtype="str", index=raw.index)
        numbers, misfits = to_numbers(given)
        table[column] = numbers.fillna(fallback) if column not in raw else numbers
        faults.append((misfits, f"{column} is not a number"))
    if "weight" in raw:
        faults.append((~table["weight"].between(0, 1), "weight is not between 0 and 1"))
    year = table["from_year"]
    if year.notna().any():
        faults.append((year.isna(), "from_year is blank here but given elsewhere"))
    faults.append((table.duplicated(["old", "new", "from_year"], keep=False), "stands twice"))
    sums = table.groupby(["old", "from_year"], dropna=False)["weight"].transform("sum")
    unequal = (sums - 1).abs() > _TOLERANCE
    faults.append((unequal, "weights of this old code do not sum to 1"))
    _check(table, faults, name)
    table["weight"] = table["weight"] / sums
    return table[table["weight"] > 0].reset_index(drop=True)


def convert(
    panel: pd.DataFrame, table: pd.DataFrame, averages: Averages, *, all_times: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bring a panel from old codes to new.

    Parameters
    ----------
    panel : DataFrame
        On unit or (unit, time), its units as text.
    table : DataFrame
        As `read_crosswalk` gives it. Without years it is one step from the old
        set of codes to the new; with years, each year's changes are a step, in
        order, and touch the rows before that year.
    all_times : bool
        Whether the years only order the steps, and every row is touched.

    Returns
    -------
    panel : DataFrame
        On the new codes.
    touched : DataFrame
        One row a pair of codes: old, new, weight, from_year, rows (of the
        panel that it touched; none where it met nothing) and partial: how many
        rows of the new unit lack the row of one of its parts. With years the values of these
        are missing; without, they are the sum of the parts there are, since
        after a merger the old code rightly has no row.
    """
    dated = bool(table["from_year"].notna().any()) and not all_times
    if dated and panel.index.nlevels == 1:
        raise ParameterError(
            "the crosswalk has from_year but the panel has no time; drop the column, and keep "
            "the changes that lie between the year of the data and that of the areas"
        )
    notes = []
    for year, step in table.groupby("from_year", dropna=False, sort=True):
        panel, touched = _step(panel, step, year if dated else None, averages)
        notes.append(touched)
    return panel, pd.concat(notes, ignore_index=True)


def likely_rates(panel: pd.DataFrame, averages: Averages) -> list[str]:
    """Give the columns that would be summed and look like rates, by name or by their range.

    The range (all within 0-1, or 0-100) tells nothing more where the caller has
    said which columns are averaged.

    Examples
    --------
    >>> panel = pd.DataFrame({"gdp": [120.0, 300.0], "失业率": [140.0, 3.0], "x": [12.0, 7.5]})
    >>> likely_rates(panel, Averages((), None))
    ['失业率', 'x']
    >>> likely_rates(panel, Averages(("x",), None))
    ['失业率']
    """
    found = []
    for name in panel.select_dtypes("number"):
        values = panel[name].dropna()
        if name in averages.columns or name == averages.by or values.empty:
            continue
        within = not averages.columns and bool(values.between(0, 100).all())
        if within or _RATE_NAME.search(str(name)):
            found.append(str(name))
    return found


def _step(
    panel: pd.DataFrame, step: pd.DataFrame, year: float | None, averages: Averages
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make one step: every row that `step` is about becomes rows of the new codes."""
    pieces = _pieces(panel.index, step, year)
    if not pieces["moved"].any():
        return panel, step.assign(rows=0, partial=0)
    groups = pieces.groupby(["new", "time"], sort=False, dropna=False)
    group = groups.ngroup().to_numpy()
    first = np.unique(group, return_index=True)[1]
    combined = _combine(panel.iloc[pieces["row"]], pieces, group, averages)
    labels = [pieces["new"].to_numpy()[first]]
    if panel.index.nlevels == 2:
        labels.append(panel.index.get_level_values(1)[pieces["row"].to_numpy()[first]])
    combined.index = _index(labels, panel.index.names)
    due = pieces[pieces["due"] & pieces["new"].isin(step["new"])]
    n_parts = due.groupby(["new", "time"], dropna=False).size()
    expected = np.maximum(step.groupby("new")["old"].nunique(), n_parts.groupby(level="new").max())
    lacking = n_parts[n_parts < n_parts.index.get_level_values("new").map(expected)]
    if year is not None:
        combined.loc[combined.index.isin(lacking.index)] = np.nan
    moved = pieces[pieces["moved"]].groupby(["old", "new"], sort=False).size()
    touched = step.merge(moved.rename("rows").reset_index(), on=["old", "new"], how="left")
    touched["rows"] = touched["rows"].fillna(0).astype(int)
    partial = touched["new"].map(lacking.groupby(level="new").size()).fillna(0).astype(int)
    return combined, touched.assign(partial=partial.where(touched["rows"] > 0, 0))


def _pieces(index: pd.Index, step: pd.DataFrame, year: float | None) -> pd.DataFrame:
    """List what each row of the panel contributes, and to which new unit.

    Columns row (position in the panel), old, new, time, weight; `due` where the
    row lies before the change, `moved` where `step` says where it goes.
    """
    rows = pd.DataFrame({"row": np.arange(len(index)), "old": index.get_level_values(0)})
    rows["time"] = index.get_level_values(1) if index.nlevels == 2 else 0
    rows["due"] = True if year is None else _years(index) < year
    changes = step[["old", "new", "weight"]].assign(due=True)
    pieces = rows.merge(changes, on=["old", "due"], how="left")
    pieces["moved"] = pieces["new"].notna()
    pieces["new"] = pieces["new"].fillna(pieces["old"])
    pieces["weight"] = pieces["weight"].fillna(1.0)
    return pieces


def _years(index: pd.MultiIndex) -> pd.Index:
    """Give the year of each row, for times that are years or dates."""
    times = index.get_level_values(1)
    if isinstance(times, pd.DatetimeIndex):
        return times.year
    if not pd.api.types.is_numeric_dtype(times):
        raise ParameterError(
            f"the crosswalk has from_year but the panel's times are text ({listed(times[:1])}); "
            "give years"
        )
    return times


def _combine(
    rows: pd.DataFrame, pieces: pd.DataFrame, group: np.ndarray, averages: Averages
) -> pd.DataFrame:
    """Sum totals, average rates, and keep text that all parts share.

    A missing part makes the whole missing.
    """
    weight = pieces["weight"].to_numpy()
    share = weight if averages.by is None else weight * rows[averages.by].to_numpy(dtype=float)
    out = {}
    for name in rows.columns:
        if not pd.api.types.is_numeric_dtype(rows[name]):
            out[name] = _text(rows[name], pieces, group)
            continue
        values = rows[name].to_numpy(dtype=float)
        if name in averages.columns:
            with np.errstate(invalid="ignore", divide="ignore"):
                mean = np.bincount(group, share * values) / np.bincount(group, share)
            alone = np.bincount(group)[group] == 1  # one part: its rate as it is, whatever its size
            mean[group[alone]] = values[alone]
            out[name] = mean
        else:
            out[name] = np.bincount(group, weight * values)
    return pd.DataFrame(out)


def _text(column: pd.Series, pieces: pd.DataFrame, group: np.ndarray) -> np.ndarray:
    """Give each group the text its parts share, else that of the part that keeps its code."""
    values = pd.Series(column.to_numpy(dtype=object))
    by_group = values.groupby(group)
    shared = by_group.first().where(by_group.nunique() == 1)
    keeps = (pieces["old"] == pieces["new"]).to_numpy()
    own = values[keeps].groupby(group[keeps]).first().reindex(shared.index)
    return np.asarray(shared.where(shared.notna(), own), dtype=object)


def _index(labels: list[Any], names: Sequence[Any]) -> pd.Index:
    if len(labels) == 1:
        return pd.Index(labels[0], name=names[0])
    return pd.MultiIndex.from_arrays(labels, names=names)


def _raw(source: Any) -> tuple[pd.DataFrame, str]:
    if isinstance(source, str | Path):
        tables = read_tables(Path(source), wanted=("old", "new"))
        return tables[0].cells, tables[0].source
    frame = pd.DataFrame(source)
    cells = frame.astype(object).map(as_text, na_action="ignore").astype("str")
    return cells, "crosswalk"


def _check(table: pd.DataFrame, faults: list[tuple[pd.Series, str]], name: str) -> None:
    """Raise ``JoinError`` with every faulty row, each with the first fault it has."""
    problem = pd.Series("", index=table.index)
    for bad, what in faults:
        problem = problem.mask(bad & (problem == ""), what)
    bad_rows = table[problem != ""].assign(problem=problem[problem != ""])
    if bad_rows.empty:
        return
    said = []
    for what, rows in bad_rows.groupby("problem", sort=False):
        pairs = (f"{row.old} -> {row.new}, weight {row.weight:g}" for row in rows.itertuples())
        said.append(f"{what} ({listed(pairs)})")
    raise JoinError(f"{name} has faults: {'; '.join(said)}; correct the table", bad_rows)
