"""Columns of raw cells to labels, times, numbers and text, with every fault noted."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from spatialccd.data import cells as parse
from spatialccd.data.tables import duplicates, kinds, marks
from spatialccd.data.tables.blocks import plain_numbers
from spatialccd.data.tables.faults import Faults, Kind
from spatialccd.data.tables.grid import Table
from spatialccd.data.tables.times import read_times

#: What a number looks like whose decimal sign is a comma.
_WITH_COMMA = r"[+-]?\d[\d. ]*,\d+"
_GROUPED_BY_THREES = r"[+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d*)?"
_NAMES_CODES = re.compile(
    r"code|fips|geoid|zip|tract|\bid\b|_id$|^id|编码|代码|編碼|代碼|邮编|区号|区划|序号",
    re.IGNORECASE,
)


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
    measured : dict of str to str
        Signs (%, ‰, $) that all numbers of a variable carry, found so far.
    flags : list of DataFrame
        Marks taken off, with row, column, name and flag, since last asked for.
    """

    text: Collection[str]
    missing: Collection[str]
    decimal: str
    faults: Faults
    measured: dict[str, str] = field(default_factory=dict)
    flags: list[pd.DataFrame] = field(default_factory=list)

    def units(self, table: Table, columns: Sequence[str]) -> pd.Series:
        """Read the labels of the units; a blank one is a fault.

        Several columns make one label: codes are put together, names set apart.
        """
        parts = [parse.to_codes(table.cells[column]) for column in columns]
        for part in parts:
            self._note_blank(table, part, "unit")
        whole = all(
            part.str.fullmatch(r"\d+").all() and part.str.len().nunique() == 1 for part in parts
        )
        labels = parts[0]
        for part in parts[1:]:
            labels = labels.str.cat(part, sep="" if whole else " ")
        called = labels.str.lower().isin(parse.MISSING)
        others = labels[~called].dropna()
        if called.any() and len(others) and others.str.fullmatch(r"\d+").all():
            self.faults.doubt(kinds.MISSING_CODE, table, _flat(labels.rename(columns[0])[called]))
        return labels.rename("unit")

    def times(self, table: Table, column: str) -> pd.Series:
        """Read the times; a blank one is a fault, and one of another kind than most."""
        cells = table.cells[column]
        self._note_blank(table, cells, "time")
        times = self.settle_times(table, cells, column)
        if str(times.dtype) == "Int64" and times.notna().all():
            times = times.astype("int64")
        return times.rename("time")

    def settle_times(self, table: Table, cells: pd.Series, name: str = "") -> pd.Series:
        """Read times together; what does not fit is a fault, what is read by a rule a doubt."""
        times = read_times(cells, name)
        if times.misfits.any():
            kind = replace(kinds.ODD_TIME, advice=times.advice)
            odd = _flat(cells[times.misfits])
            if not name:  # in the header, whose columns these are
                odd = odd.drop(columns="column").rename(columns={"row": "column"})
            places = None if name else [f"column {column!r}" for column in odd["column"]]
            self.faults.add(kind, table, odd, places)
        elif times.rule:
            self.note_rule(table, name or "header", times.rule)
        return times.values

    def note_rule(self, table: Table, where: str, rule: str) -> None:
        """Note the rule by which times were read."""
        kind = Kind(
            "column of times is read by a rule", "columns of times are read by a rule", rule
        )
        cases = pd.DataFrame({"column": [where], "value": [rule]})
        self.faults.doubt(kind, replace(table, sheet=None), cases, [where])

    def values(self, table: Table, name: str, block: pd.DataFrame) -> pd.DataFrame:
        """Read the cells of one variable: one column, or one a time.

        Either all are numbers or all are text; a mixture is a fault.
        """
        quick = self._plain(table, name, block)
        if quick is not None:
            return quick
        flat = _flat(block).assign(name=name)
        cells = flat["value"].where(~flat["value"].isin({*self.missing}))
        if name in self.text or self._is_code(table, name, flat, cells):
            return _shaped(cells, block, "str")
        numbers, misfits = parse.to_numbers(cells, self.decimal)
        if misfits.any():
            numbers, misfits = self._read_marked(table, name, flat, numbers, misfits)
        elif cells.str.endswith(("%", "％")).any():
            self.measured[name] = "%"
        if misfits.any() and self._is_text(numbers, misfits, flat):
            self._note_text(table, flat, cells, misfits)
            return _shaped(cells, block, "str")
        if misfits.any():
            self._note_mixture(table, flat, numbers.notna(), misfits)
        odd = marks.sentinels(numbers)
        if odd.any():
            self.faults.doubt(kinds.SENTINEL, table, flat[odd])
        return _shaped(numbers, block)

    def _plain(self, table: Table, name: str, block: pd.DataFrame) -> pd.DataFrame | None:
        """Read plain numbers and blanks, as most columns hold; None for any others."""
        if name in self.text or self.missing or self.decimal != "." or block.shape[1] != 1:
            return None
        found = plain_numbers(block.iloc[:, 0])
        if found is None:
            return None
        odd = marks.sentinels(pd.Series(found))
        if odd.any():
            flat = _flat(block[odd.to_numpy()]).assign(name=name)
            self.faults.doubt(kinds.SENTINEL, table, flat)
        return pd.DataFrame(found, index=block.index, columns=block.columns)

    def take_flags(
        self, units: pd.Series, times: pd.Series | dict[str, object] | None
    ) -> pd.DataFrame:
        """Give the marks taken off since last asked, by unit and time.

        Parameters
        ----------
        units : Series
            Units by row.
        times : Series, dict or None
            Times by row, or by column of the file.
        """
        if not self.flags:
            return pd.DataFrame()
        found = pd.concat(self.flags, ignore_index=True)
        self.flags.clear()
        out = pd.DataFrame({"unit": units.reindex(found["row"]).to_numpy()})
        if isinstance(times, dict):
            out["time"] = [times.get(column) for column in found["column"]]
        elif times is not None:
            out["time"] = times.reindex(found["row"]).to_numpy()
        return out.assign(column=found["name"], flag=found["flag"])

    def note_duplicates(self, table: Table, keys: pd.DataFrame, units: Sequence[str]) -> None:
        """Take note of rows that share their unit, or their unit and time."""
        complete = keys.dropna()
        twice = complete[complete.duplicated(keep=False)]
        if twice.empty:
            return
        places = [
            f"{' '.join(map(str, label))} in rows {' and '.join(map(str, rows.index))}"
            for label, rows in twice.groupby(list(twice), sort=False)
        ]
        one, many = ("(unit, time)",) * 2 if "time" in keys else ("unit", "units")
        others = table.cells.drop(columns=[*units], errors="ignore")
        advice = duplicates.advice(others, keys, units, [*twice.index])
        kind = Kind(f"{one} stands more than once", f"{many} stand more than once", advice)
        self.faults.add(kind, table, twice.rename_axis("row").reset_index(), places)

    # --- columns that are neither plain numbers nor plain text -----------------------------------

    def _is_code(self, table: Table, name: str, flat: pd.DataFrame, cells: pd.Series) -> bool:
        """Tell a column of codes by its leading zeros, which no number is printed with."""
        leading = cells.str.fullmatch(r"0\d+").fillna(value=False).astype(bool)
        if not leading.any():
            return False
        known = cells[cells.notna()]
        known = known[~parse.is_missing(known.map(parse.fold_width))]
        share, width = leading.sum() / len(known), known.str.len()
        digits = known.str.fullmatch(r"\d+").all()
        if digits and width.nunique() == 1:
            several = leading.sum() > 1 and (share >= 0.25 or width.iloc[0] > 3)
            if several or _NAMES_CODES.search(name):
                return True
        if _NAMES_CODES.search(name) or share > 0.5:
            self.faults.doubt(kinds.CODES, table, flat[leading])
            return True
        numbers, misfits = parse.to_numbers(known, self.decimal)
        if misfits.sum() > numbers.notna().sum():
            return True
        self.faults.doubt(kinds.LEADING_ZERO, table, flat[leading])
        return False

    def _read_marked(
        self,
        table: Table,
        name: str,
        flat: pd.DataFrame,
        numbers: pd.Series,
        misfits: pd.Series,
    ) -> tuple[pd.Series, pd.Series]:
        """Read the numbers under marks and signs, and note what was taken off.

        Nothing is taken off where no number comes out, as from grades A to D.
        """
        marked = marks.read_marked(flat.loc[misfits, "value"], self.decimal)
        plain = numbers.notna()
        how = marked["how"]
        signs = set(marked.loc[marked["unit"] != "", "unit"])
        if len(signs) > 1 or ("‰" in signs and (plain.any() or (marked["unit"] == "").any())):
            how = how.mask(marked["unit"] != "", "")
        lakh = flat.loc[marked.index[how == "indian"], "value"].nunique()
        threes = flat["value"].str.fullmatch(_GROUPED_BY_THREES).fillna(value=False).any()
        if lakh == 1 or threes:
            how = how.mask(how == "indian", "")
        like_digits = (how == "flag") & marked["flag"].str.contains(f"[{marks.LIKE_DIGITS}]")
        if (how == "flag").sum() == 1:  # alone, 12² may be a power and 12① a slip for 121
            how = how.mask(like_digits, "")
        read = how.isin(["flag", "unit", "negative", "indian"]) & marked["number"].notna()
        taken = read | (how == "missing")
        if not (read.any() or plain.any()) or (~taken).sum() > plain.sum() + read.sum():
            return numbers, misfits
        numbers = numbers.copy()
        numbers[marked.index[read]] = marked.loc[read, "number"]
        misfits = misfits.copy()
        misfits[marked.index[taken]] = False
        if signs and (read & (marked["unit"] != "")).any():
            self.measured[name] = signs.pop()
        failed = (how == "missing") & (marked["flag"].str.upper() == "#DIV/0!")
        flagged = taken & (marked["flag"] != "") & ~failed
        for kind, cases in (
            (kinds.FLAGGED, flagged & read),
            (kinds.NO_FIGURE, flagged & ~read),
            (kinds.FAILED, failed),
            (kinds.NEGATIVE, read & (how == "negative")),
            (kinds.LAKH, read & (how == "indian")),
        ):
            if cases.any():
                self.faults.doubt(kind, table, flat.loc[marked.index[cases]])
        if flagged.any():
            where = flat.loc[marked.index[flagged], ["row", "column", "name"]]
            self.flags.append(where.assign(flag=marked.loc[flagged, "flag"]))
        return numbers, misfits

    def _is_text(self, numbers: pd.Series, misfits: pd.Series, flat: pd.DataFrame) -> bool:
        """Tell a column of text: no cell is a number, but for some that look like a marked one."""
        plain = flat.loc[numbers.notna(), "value"].str.fullmatch(r"[+-]?[\d.,]+")
        return not plain.any() and bool(misfits.sum() >= numbers.notna().sum())

    def _note_text(
        self, table: Table, flat: pd.DataFrame, cells: pd.Series, misfits: pd.Series
    ) -> None:
        odd = cells[misfits]
        if self.decimal == "." and odd.str.fullmatch(_WITH_COMMA).all():
            self.faults.add(kinds.DECIMAL_COMMA, table, flat[misfits])
            return
        like = marks.looks_like_numbers(odd)
        if like.sum() >= 0.8 * len(odd):
            self.faults.doubt(kinds.LIKE_NUMBERS, table, flat.loc[odd.index[like]])

    def _note_mixture(
        self, table: Table, flat: pd.DataFrame, numbers: pd.Series, misfits: pd.Series
    ) -> None:
        odd = flat.loc[misfits, "value"]
        percent = odd.str.endswith(("%", "％", "‰"))
        if percent.all():
            few = misfits if misfits.sum() <= numbers.sum() else numbers
            self.faults.add(kinds.PERCENT, table, flat[few])
            return
        if misfits.sum() > numbers.sum():
            self.faults.add(kinds.NUMBER_IN_TEXT, table, flat[numbers])
            return
        if self.decimal == "." and odd.str.fullmatch(_WITH_COMMA).all():
            self.faults.add(kinds.DECIMAL_COMMA, table, flat[misfits])
            return
        rest = odd
        for kind, pattern in (
            (kinds.FORMULA, r"#[A-Z0/]+[!?]"),
            (kinds.INDIAN, marks.INDIAN.pattern),
            (kinds.NOTE_MARK, rf"[\d.,]+\s*[{marks.LIKE_DIGITS}]+"),
            (kinds.OPEN_CLASS, r"[<>≤≥~约]\s*[\d.,]+|[\d.,]+\s*(?:\+|-|以上|以下)"),
        ):
            fits = rest.str.fullmatch(pattern)
            if fits.any():
                self.faults.add(kind, table, flat.loc[rest.index[fits]])
            rest = rest[~fits]
        if len(rest):
            self.faults.add(kinds.NOT_A_NUMBER, table, flat.loc[rest.index])

    def _note_blank(self, table: Table, cells: pd.Series, key: str) -> None:
        blank = cells.isna()
        if blank.any():
            rows = [f"row {row}" for row in cells.index[blank]]
            self.faults.add(kinds.NO_LABEL[key], table, _flat(cells[blank]), rows)


def _shaped(cells: pd.Series, block: pd.DataFrame, dtype: str | None = None) -> pd.DataFrame:
    """Bring cells listed one below the other back to the shape of their block."""
    values = cells.to_numpy(dtype=object if dtype else None).reshape(block.shape, order="F")
    return pd.DataFrame(values, index=block.index, columns=block.columns, dtype=dtype)


def _flat(block: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """List cells one below the other, column after column: row, column, value."""
    frame = block.to_frame() if isinstance(block, pd.Series) else block
    n_rows, n_columns = frame.shape
    return pd.DataFrame(
        {
            "row": np.tile(frame.index.to_numpy(), n_columns),
            "column": np.repeat(np.asarray(frame.columns, dtype=object), n_rows),
            "value": pd.Series(frame.to_numpy(dtype=object).ravel(order="F"), dtype="str"),
        }
    )
