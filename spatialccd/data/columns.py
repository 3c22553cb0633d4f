"""Columns of raw cells to labels, times, numbers and text, with every fault noted.

Faults are collected over the whole file and raised together, so that a table
is corrected once and not cell by cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

import pandas as pd

from spatialccd.data import cells as parse
from spatialccd.data.names import lookalikes
from spatialccd.data.tables import Table
from spatialccd.errors import PanelError, listed


@dataclass(frozen=True)
class _Kind:
    """A kind of fault: its name for one case and for many, and what to do about it."""

    one: str
    many: str
    advice: str


#: What a number looks like whose decimal sign is a comma.
_WITH_COMMA = r"[+-]?\d[\d. ]*,\d+"
_NOT_A_NUMBER = _Kind(
    "cell is not a number",
    "cells are not numbers",
    "correct them, or keep the columns as text with text={columns}",
)
_NUMBER_IN_TEXT = _Kind(
    "number in a column of text",
    "numbers in columns of text",
    _NOT_A_NUMBER.advice,
)
_DECIMAL_COMMA = replace(_NOT_A_NUMBER, advice="say decimal=',' if the comma is the decimal sign")
_PERCENT = replace(
    _NOT_A_NUMBER, advice="give every number of these columns a percent sign, or none: {columns}"
)
_FORMULA = _Kind(
    "cell is a formula that failed",
    "cells are formulas that failed",
    "correct the formulas, or take them as missing values with missing={values}",
)
_ODD_TIME = _Kind(
    "time does not read like the others",
    "times do not read like the others",
    "write all times alike",
)
_NO_LABEL = {
    key: _Kind(
        f"row has no {key}",
        f"rows have no {key}",
        "fill the column in on every row (merged cells too), and delete notes below the table",
    )
    for key in ("unit", "time")
}


@dataclass
class Faults:
    """The faults found in one file so far.

    Attributes
    ----------
    source : str
        The file's name.
    """

    source: str
    _found: dict[_Kind, list[tuple[list[str], pd.DataFrame]]] = field(default_factory=dict)

    def add(
        self, kind: _Kind, table: Table, cases: pd.DataFrame, places: Iterable[str] | None = None
    ) -> None:
        """Note cases of one kind, and where they stand."""
        sheet = f"sheet {table.sheet!r} " if table.sheet else ""
        if places is None:
            places = (f"row {c.row} {c.column}: {c.value!r}" for c in cases.itertuples(index=False))
        noted = ([f"{sheet}{place}" for place in places], cases.assign(sheet=table.sheet))
        self._found.setdefault(kind, []).append(noted)

    def check(self) -> None:
        """Raise ``PanelError`` with all faults, if there are any."""
        if not self._found:
            return
        said, cases = [], []
        for kind, noted in self._found.items():
            places = [place for found, _ in noted for place in found]
            frame = pd.concat([found for _, found in noted], ignore_index=True)
            what = f"{len(places):,} {kind.one if len(places) == 1 else kind.many}"
            advice = kind.advice
            for name in ("column", "value"):
                if name in frame:
                    words = listed(repr(word) for word in frame[name].unique())
                    advice = advice.replace(f"{{{name}s}}", f"[{words}]")
            said.append(f"{what} ({listed(places)}); {advice}")
            cases.append(frame.assign(problem=kind.one))
        table = pd.concat(cases, ignore_index=True).dropna(axis=1, how="all")
        raise PanelError(f"{self.source} has faults: {'. '.join(said)}", table)


@dataclass(frozen=True)
class Reader:
    """How the cells of one file are to be read.

    Attributes
    ----------
    text : collection of str
        Columns that are text whatever they hold.
    missing : collection of str
        Marks of a missing value beside the usual ones.
    decimal : {".", ","}
        The decimal sign.
    faults : Faults
        Takes note of what cannot be read.
    """

    text: Collection[str]
    missing: Collection[str]
    decimal: str
    faults: Faults

    def units(self, table: Table, column: str) -> pd.Series:
        """Read the labels of the units; a blank one is a fault."""
        cells = table.cells[column]
        self._note_blank(table, cells, "unit")
        return parse.to_codes(cells).rename("unit")

    def times(self, table: Table, column: str) -> pd.Series:
        """Read the times; a blank one is a fault, and one of another kind than most."""
        cells = table.cells[column]
        self._note_blank(table, cells, "time")
        times, misfits = parse.to_times(cells)
        if misfits.any():
            self.faults.add(_ODD_TIME, table, _flat(cells[misfits]))
        if str(times.dtype) == "Int64" and times.notna().all():
            times = times.astype("int64")
        return times.rename("time")

    def values(self, table: Table, name: str, block: pd.DataFrame) -> pd.DataFrame:
        """Read the cells of one variable: one column, or one a year.

        Either all are numbers or all are text; a mixture is a fault.
        """
        flat = _flat(block)
        cells = flat["value"].where(~flat["value"].isin({*self.missing}))
        text = cells.to_numpy(dtype=object).reshape(block.shape, order="F")
        as_text = pd.DataFrame(text, index=block.index, columns=block.columns, dtype="str")
        if name in self.text or parse.is_coded(cells):
            return as_text
        numbers, misfits = parse.to_numbers(cells, self.decimal)
        if misfits.any() and numbers.notna().sum() == 0:
            if self.decimal == "." and cells[misfits].str.fullmatch(_WITH_COMMA).all():
                self.faults.add(_DECIMAL_COMMA, table, flat[misfits])
            return as_text
        if misfits.any():
            self._note_mixture(table, flat, numbers.notna(), misfits)
        return pd.DataFrame(
            numbers.to_numpy().reshape(block.shape, order="F"),
            index=block.index,
            columns=block.columns,
        )

    def note_duplicates(self, table: Table, keys: pd.DataFrame) -> None:
        """Take note of rows that share their unit, or their unit and time."""
        complete = keys.dropna()
        twice = complete[complete.duplicated(keep=False)]
        if twice.empty:
            return
        places = [
            f"{' '.join(map(str, label))} in rows {' and '.join(map(str, rows.index))}"
            for label, rows in twice.groupby(list(twice), sort=False)
        ]
        key = "(unit, time)" if "time" in keys else "unit"
        hints = [hint for unit in twice["unit"].unique() if (hint := lookalikes(str(unit)))]
        kind = _Kind(
            f"{key} stands more than once",
            f"{key} stand more than once",
            "; ".join([*hints, "keep one row for each"]),
        )
        self.faults.add(kind, table, twice.rename_axis("row").reset_index(), places)

    def _note_mixture(
        self, table: Table, flat: pd.DataFrame, numbers: pd.Series, misfits: pd.Series
    ) -> None:
        if misfits.sum() > numbers.sum():
            self.faults.add(_NUMBER_IN_TEXT, table, flat[numbers])
            return
        odd = flat.loc[misfits, "value"]
        comma = self.decimal == "." and odd.str.fullmatch(_WITH_COMMA).all()
        failed = odd.str.fullmatch(r"#[A-Z0/]+[!?]")
        if comma or odd.str.endswith(("%", "％")).all():
            self.faults.add(_DECIMAL_COMMA if comma else _PERCENT, table, flat[misfits])
            return
        for kind, cases in ((_FORMULA, odd[failed]), (_NOT_A_NUMBER, odd[~failed])):
            if len(cases):
                self.faults.add(kind, table, flat.loc[cases.index])

    def _note_blank(self, table: Table, cells: pd.Series, key: str) -> None:
        blank = cells.isna()
        if blank.any():
            rows = [f"row {row}" for row in cells.index[blank]]
            self.faults.add(_NO_LABEL[key], table, _flat(cells[blank]), rows)


def _flat(block: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """List cells one below the other, column after column: row, column, value."""
    frame = block.to_frame() if isinstance(block, pd.Series) else block
    n_rows, n_columns = frame.shape
    return pd.DataFrame(
        {
            "row": list(frame.index) * n_columns,
            "column": [name for name in frame.columns for _ in range(n_rows)],
            "value": pd.Series(frame.to_numpy(dtype=object).ravel(order="F"), dtype="str"),
        }
    )
