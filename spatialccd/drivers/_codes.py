"""Numbers that are names: codes of classes, which no cut and no distance should touch."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd

from spatialccd.errors import CodesWarning, listed, warn

#: Whole numbers with more distinct values than this are taken for amounts.
MOST = 20


def distinct_codes(column: pd.Series) -> int:
    """Give how many distinct values a column has if they may be codes, else 0.

    Codes are whole numbers, few, and stand for two rows or more in the mean; a
    column read as 1.0, 2.0 is one of whole numbers too.

    Examples
    --------
    >>> distinct_codes(pd.Series([1, 2, 7, 7, 1, 2])), distinct_codes(pd.Series([0.5, 1] * 3))
    (3, 0)
    """
    values = column.to_numpy(dtype=float)
    distinct = np.unique(values)
    few = 2 < distinct.size <= min(MOST, values.size // 2)
    return int(distinct.size) if few and (distinct == np.round(distinct)).all() else 0


def warn_merged(frame: pd.DataFrame, strata: Mapping[str, int]) -> None:
    """Warn once of factors that may be codes and were cut into fewer strata than they have.

    Parameters
    ----------
    frame : DataFrame
        The factors.
    strata : mapping of str to int
        The strata that each factor was cut into, those that are kept as given left out.
    """
    columns = {str(factor): factor for factor in frame}
    merged = {
        factor: codes
        for factor, count in strata.items()
        if (codes := distinct_codes(frame[columns[str(factor)]])) > count
    }
    tell_merged(merged, strata)


def tell_merged(merged: Mapping[str, int], strata: Mapping[str, int]) -> None:
    """Warn of the factors in `merged`, the number of whose values is given, if there are any."""
    if merged:
        words = listed(f"{f} ({codes} into {strata[f]})" for f, codes in merged.items())
        warn(
            f"whole numbers of few distinct values were cut into fewer strata: {words}; if they "
            f"are codes of classes, such as soil types, name them: categorical={list(merged)}",
            CodesWarning,
        )


def warn_distances(frame: pd.DataFrame) -> None:
    """Warn of columns that may be codes where units are to be alike in their numbers."""
    coded = [column for column in frame if distinct_codes(frame[column])]
    if coded:
        warnings.warn(
            f"whole numbers of few distinct values are compared as amounts: {listed(coded)}; if "
            "they are codes of classes, such as soil types, their differences mean nothing: leave "
            "them out, or give a column of 0 and 1 for each class",
            CodesWarning,
            stacklevel=3,
        )
