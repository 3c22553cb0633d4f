"""What a panel lacks: values, and rows."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
import pandas as pd

from spatialccd.errors import GapWarning, PanelError, listed

Gaps = Literal["warn", "error", "ignore"]


def find_gaps(panel: pd.DataFrame) -> pd.DataFrame:
    """List what a panel lacks: missing values, and rows absent from unit x time.

    Returns
    -------
    DataFrame
        Columns unit, (time,) column and problem; column is missing where the
        whole row is.
    """
    row, column = np.nonzero(panel.isna().to_numpy())
    cases = panel.index[row].to_frame(index=False)
    cases["column"] = panel.columns[column].astype("str")
    cases["problem"] = "missing value"
    if panel.index.nlevels == 1:
        return cases
    absent = _absent(panel.index).to_frame(index=False)
    absent["problem"] = "missing row"
    return pd.concat([cases, absent], ignore_index=True) if len(absent) else cases


def _absent(index: pd.MultiIndex) -> pd.MultiIndex:
    """Give what a panel's index lacks of unit x time, found by positions and not by labels."""
    units, times = _labels(index)
    unit = units.get_indexer(index.get_level_values(0))
    there = np.zeros((len(units), len(times)), dtype=bool)
    there[unit, times.get_indexer(index.get_level_values(1))] = True
    return full_index(index)[~there.ravel()] if not there.all() else index[:0]


def full_index(index: pd.MultiIndex) -> pd.MultiIndex:
    """Give every unit at every time: units in the order given, times in their own."""
    return pd.MultiIndex.from_product(_labels(index), names=index.names)


def _labels(index: pd.MultiIndex) -> tuple[pd.Index, pd.Index]:
    units, times = (index.get_level_values(i).unique() for i in (0, 1))
    return units, times.sort_values()


def report_gaps(panel: pd.DataFrame, source: str, gaps: Gaps) -> None:
    """Count what is missing in a `GapWarning` or a `PanelError`."""
    if gaps == "ignore":
        return
    cases = find_gaps(panel)
    if cases.empty:
        return
    said = []
    counts = cases.loc[cases["problem"] == "missing value", "column"].value_counts(sort=False)
    if len(counts):
        where = listed(f"{column} {n:,}" for column, n in counts.items())
        n = counts.sum()
        said.append(f"{n:,} {'value is' if n == 1 else 'values are'} missing ({where})")
    absent = cases[cases["problem"] == "missing row"]
    if len(absent):
        rows = listed(f"{case.unit} {case.time}" for case in absent.itertuples())
        n = len(absent)
        said.append(f"{n:,} of {n + len(panel):,} rows unit x time are absent ({rows})")
    message = f"{source}: {' and '.join(said)}"
    if gaps == "error":
        raise PanelError(f"{message}; fill them in, or read with gaps='warn'", cases)
    advice = "fill_missing() fills the short gaps of a series"
    if panel.index.nlevels == 1:
        advice = "fill them in, or leave these units or columns out"
    warnings.warn(GapWarning(f"{message}; {advice}", cases), stacklevel=3)
