"""The rows of the panel that a study is about, and the order of its classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from spatialccd._rows import Condition, Rows
from spatialccd.data.tables.gaps import full_index
from spatialccd.errors import ParameterError, counted, listed
from spatialccd.workspace import Workspace, rows_of

if TYPE_CHECKING:
    import pandas as pd

    from spatialccd.report.words.labels import Labels


def kept_rows(
    panel: pd.DataFrame, where: str | None, complete: str | Sequence[str] | None
) -> tuple[pd.DataFrame, list[str]]:
    """Keep the rows that meet a condition, of units that lack no value of some columns.

    Parameters
    ----------
    panel : DataFrame
        On (unit, time) or unit.
    where : str or None
        A condition on its columns, such as ``"time >= 2011"``.
    complete : str or list of str or None
        Columns of which a unit must have a value at each time that is left.

    Returns
    -------
    DataFrame
        The rows that are left.
    list of str
        What was left out, in words.

    Raises
    ------
    ParameterError
        A column does not exist, or nothing is left.
    """
    said: list[str] = []
    attrs = dict(panel.attrs)
    if where is not None:
        met = rows_of(Workspace(panel), Condition(where))
        left = Rows(met).of(panel)
        said.append(f"{where}: {len(left):,} of {len(panel):,} rows")
        panel = left
    names = [complete] if isinstance(complete, str) else list(complete or ())
    if names:
        Workspace(panel).check_columns(names)
        panel, without = _complete(panel, names)
        if without:
            lacking = counted(len(without), "unit lacks a value", "units lack values")
            said.append(f"left out, as {lacking}: {listed(without)}")
    panel.attrs = attrs
    return panel, said


def in_order(table: Any, labels: Labels) -> Any:
    """Give columns of classes the order that ``[labels.NAME] order`` says.

    Parameters
    ----------
    table : DataFrame or GeoDataFrame
    labels : mapping of str to Label

    Raises
    ------
    ParameterError
        A column holds a class that its order does not name.
    """
    import pandas as pd

    problems, ordered = [], {}
    for name, label in labels.items():
        if not label.order or name not in table.columns:
            continue
        left = [one for one in table[name].dropna().unique() if one not in label.order]
        if left:
            problems.append(f"{name}.order lacks {listed(left)}, which {name} holds")
        else:
            kind = pd.CategoricalDtype(list(label.order), ordered=True)
            ordered[name] = table[name].astype(kind)
    if problems:
        raise ParameterError("; ".join(problems))
    return table.assign(**ordered) if ordered else table


def _complete(panel: pd.DataFrame, names: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """Keep the units that have every value at every time."""
    known = panel[names].notna().all(axis=1)
    units = panel.index.get_level_values(0)
    if panel.index.nlevels > 1:
        known = known.reindex(full_index(panel.index), fill_value=False)
    whole = known.groupby(level=0).all()
    lacking = [str(unit) for unit in units.unique() if not whole[unit]]
    if len(lacking) == units.nunique():
        raise ParameterError(
            f"complete = {names}: every unit lacks a value; name fewer columns, or fewer times "
            "with where"
        )
    return panel[units.isin(whole.index[whole])], lacking
