"""The names of units, which stand beside their codes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from spatialccd.errors import ParameterError, did_you_mean
from spatialccd.report.words.language import Language

#: Columns of tables whose cells are units.
UNITS = ("unit", "focal", "neighbor", "origin", "destination", "peer")
#: Where names of units likely stand, the best first.
_LIKELY: dict[Language, tuple[str, ...]] = {
    "en": ("name_en", "name", "NAME"),
    "zh": ("name_zh", "name", "NAME"),
}


def unit_names(
    table: pd.DataFrame | None, column: str | None, language: Language
) -> dict[Any, str]:
    """Give the name of each unit.

    Parameters
    ----------
    table : DataFrame or None
        On unit, or on (unit, time): the areas, or a panel.
    column : str or None
        The column of names; a likely one when None.

    Returns
    -------
    dict
        Empty where there is no such column; units without a name are left out.

    Raises
    ------
    ParameterError
        `column` is asked for and not there.
    """
    if table is None:
        return {}
    likely = [column] if column is not None else _LIKELY["zh" if language == "zh" else "en"]
    found = next((name for name in likely if name in table.columns), None)
    if found is None:
        if column is not None:
            hint = did_you_mean(column, map(str, table.columns))
            raise ParameterError(f"names={column!r} is no column of areas{hint}")
        return {}
    named = table[found].dropna()
    if named.index.nlevels > 1:
        named = named.groupby(level=0).last()
    return {unit: str(name) for unit, name in named.items()}
