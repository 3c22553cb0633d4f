"""What is wrong in a file, and what was read by a rule, gathered over the whole of it.

Faults are raised together, so that a table is corrected once and not cell by
cell. Doubts are what a reader should look at though the file can be read: they
warn where there is no fault, and stand in the error where there is one.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pandas as pd

from spatialccd.data.tables.grid import Table
from spatialccd.errors import PanelError, ReadingWarning, listed


@dataclass(frozen=True)
class Kind:
    """A kind of fault: its name for one case and for many, and what to do about it.

    ``{columns}`` and ``{values}`` in the advice stand for those of the cases.
    """

    one: str
    many: str
    advice: str


_Noted = dict[Kind, list[tuple[list[str], pd.DataFrame]]]


@dataclass
class Faults:
    """The faults and the doubts found in one file so far.

    Attributes
    ----------
    source : str
        The file's name.
    """

    source: str
    _faults: _Noted = field(default_factory=dict)
    _doubts: _Noted = field(default_factory=dict)

    def add(
        self, kind: Kind, table: Table, cases: pd.DataFrame, places: Iterable[str] | None = None
    ) -> None:
        """Note faults of one kind, and where they stand."""
        self._faults.setdefault(kind, []).append(_placed(table, cases, places))

    def doubt(
        self, kind: Kind, table: Table, cases: pd.DataFrame, places: Iterable[str] | None = None
    ) -> None:
        """Note what can be read but should be looked at."""
        self._doubts.setdefault(kind, []).append(_placed(table, cases, places))

    def check(self) -> None:
        """Raise ``PanelError`` with all faults and doubts, if there are any faults."""
        if not self._faults:
            return
        found = [*_worded(self._faults), *_worded(self._doubts)]
        table = pd.concat([cases for _, cases in found], ignore_index=True)
        said = ". ".join(text for text, _ in found)
        raise PanelError(f"{self.source} has faults: {said}", table.dropna(axis=1, how="all"))

    def warn(self, stacklevel: int) -> None:
        """Warn of each kind of doubt."""
        for text, cases in _worded(self._doubts):
            said = ReadingWarning(f"{self.source}: {text}", cases.dropna(axis=1, how="all"))
            warnings.warn(said, stacklevel=stacklevel + 1)


def _placed(
    table: Table, cases: pd.DataFrame, places: Iterable[str] | None
) -> tuple[list[str], pd.DataFrame]:
    if places is None:
        places = (f"row {c.row} {c.column}: {c.value!r}" for c in cases.itertuples(index=False))
    sheet = f"sheet {table.sheet!r} " if table.sheet else ""
    return [f"{sheet}{place}" for place in places], cases.assign(sheet=table.sheet)


def _worded(noted: _Noted) -> Iterator[tuple[str, pd.DataFrame]]:
    for kind, found in noted.items():
        places = [place for some, _ in found for place in some]
        cases = pd.concat([frame for _, frame in found], ignore_index=True)
        what = f"{len(places):,} {kind.one if len(places) == 1 else kind.many}"
        advice = kind.advice
        # What text= takes is the name of the variable, of which a wide table has several columns.
        columns = cases.pop("name") if "name" in cases else cases.get("column")
        for name, words in (("columns", columns), ("values", cases.get("value"))):
            if words is not None:
                shown = listed(repr(word) for word in words.unique())
                advice = advice.replace(f"{{{name}}}", f"[{shown}]")
        yield f"{what} ({listed(places)}); {advice}", cases.assign(problem=kind.one)
