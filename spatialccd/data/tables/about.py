"""What a panel carries beside its figures: units, flags and notes, in ``panel.attrs``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd


class Kept(dict[str, Any]):
    """A dictionary that copies of a frame share.

    pandas copies ``attrs`` at every step of a computation, which would copy a
    long list of flags as often. This one is copied as itself, is plain JSON
    (so that Parquet takes it), and must not be changed.
    """

    def __copy__(self) -> Kept:
        """Give itself: nothing changes it."""
        return self

    def __deepcopy__(self, memo: object) -> Kept:
        """Give itself: nothing changes it."""
        return self


def describe(
    panel: pd.DataFrame,
    *,
    units: Mapping[str, str],
    flags: Iterable[pd.DataFrame],
    notes: Iterable[str],
) -> pd.DataFrame:
    """Write what was read beside the figures to ``panel.attrs``; what there is none of is left out.

    Parameters
    ----------
    panel : DataFrame
        On unit, or on (unit, time).
    units : mapping of str to str
        Units of measurement, by column: ``panel.attrs["units"]``.
    flags : iterable of DataFrame
        Columns unit, (time,) column and flag:
        ``pd.DataFrame(panel.attrs["flags"])``.
    notes : iterable of str
        Words above and below the table: ``panel.attrs["notes"]["text"]``.
    """
    measured = {name: unit for name, unit in units.items() if name in panel}
    marked = [frame for frame in flags if len(frame)]
    words = [*dict.fromkeys(notes)]
    about: dict[str, Kept] = {}
    if measured:
        about["units"] = Kept(measured)
    if marked:
        table = pd.concat(marked, ignore_index=True)
        table = table[table["unit"].isin(panel.index.get_level_values(0))]
        about["flags"] = Kept({str(c): [_plain(v) for v in table[c]] for c in table})
    if words:
        about["notes"] = Kept(text=words)
    panel.attrs = about
    return panel


def _plain(value: Any) -> Any:
    """Give what JSON can hold."""
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
