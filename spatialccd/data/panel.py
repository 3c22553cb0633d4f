"""From a file to a panel: one row a unit and time, every fault of the file at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from spatialccd.data.cells import to_codes
from spatialccd.data.stores import databases
from spatialccd.data.tables.about import describe
from spatialccd.data.tables.blocks import return_memory
from spatialccd.data.tables.columns import Reader
from spatialccd.data.tables.delimited import key_parts
from spatialccd.data.tables.faults import Faults, Kind
from spatialccd.data.tables.gaps import Gaps, report_gaps
from spatialccd.data.tables.grid import Table
from spatialccd.data.tables.layouts import Layout, read_layout
from spatialccd.data.tables.merged import fill_down
from spatialccd.data.tables.notes import totals, without_notes
from spatialccd.data.tables.reader import read_tables
from spatialccd.data.tables.second_header import drop_second_header
from spatialccd.data.tables.sources import find_files
from spatialccd.errors import (
    ParameterError,
    check_choice,
    check_range,
    did_you_mean,
    listed,
)

Decimal = Literal[".", ","]


#: freq,unit,geo\TIME_PERIOD, or its last part.
_EUROSTAT_KEY = re.compile(r".+\\\w*time\w*", re.IGNORECASE)
#: What is told of rows and units, beside what is told of cells.
_NOTES = Kind(
    "row of notes below the data is left out",
    "rows of notes below the data are left out",
    "their words are kept in panel.attrs['notes']",
)
_TOTALS = Kind(
    "unit is a total or a mean of others",
    "units are totals or means of others",
    "by name, or because the figures are the sum of all others': leave out what is no unit with "
    "drop_units={values}",
)


def read_panel(
    path: str | Path | Sequence[str | Path] | Mapping[str, object],
    *,
    unit: str | Sequence[str] | None = None,
    time: str | None = None,
    layout: Layout = "long",
    value: str | None = None,
    indicator: str | None = None,
    encoding: str | None = None,
    sheet: str | Sequence[str] | None = None,
    header: int | Sequence[int] | None = None,
    text: Sequence[str] | None = None,
    missing: Sequence[str] | None = None,
    decimal: Decimal = ".",
    drop_units: Sequence[str] | None = None,
    gaps: Gaps = "warn",
) -> pd.DataFrame:
    r"""Read a table of indicators, and check it cell by cell.

    CSV (comma, semicolon or tab; Eurostat's TSV), workbooks (.xlsx, .xls, .xlsb,
    .ods), Parquet, Stata and SPSS files, and any of them in .zip or .gz, are
    told apart by what they hold, not by their names. Codes stay text: leading
    zeros survive and Excel's 110000.0 is read as 110000. Numbers may carry
    thousands separators (1,234 or 1 234 or 1'234), full-width digits and stray
    spaces; a column in which every number carries a sign (12.5%, 5‰, $1,234) is
    read in it, and the sign is kept as its unit.

    Blank cells, runs of dashes and dots, and the usual marks (NA, n.a., null,
    #N/A, :, /, 无, 缺失, 不适用 and their like, see ``spatialccd.data.cells.MISSING``)
    are missing values. Marks beside a number (``12*``, ``12①``, ``17.7 e``) are taken off and
    kept as flags; so are those in place of one (``(D)``, ``c``, ``***``). A column without
    any number is kept as text, and so is one of codes such as 0101; anything
    else that mixes numbers and text is an error. What is read by a rule and not
    as it stands is told by a warning, which names the cells.

    Rows of words below the data (notes, sources) are left out and listed. A row
    of units under the header is kept, and so are units in the brackets of a
    header of two levels. Totals among the units are named in a warning.

    Parameters
    ----------
    path : str, Path, list of str or Path, or mapping
        The file. several, or a pattern such as ``data/*.csv``, are read as the sheets of
        one workbook, called by their names without suffix. Or a folder of Parquet
        files; or a table of a database, ``"postgresql://ann@host/study#indicators"``,
        ``"study.duckdb#table"`` or ``"study.sqlite#table"``; or a query, as keys: `sql`
        or `table`; `url`, `url_env` (the environment variable that holds the URL, so
        that no file holds the password) or `path`; and `parameters`, the values of the
        query's ``:name`` marks.
    unit : str or list of str, optional
        Column of the unit's code or name. Prefer codes: names repeat. Of
        several columns (province and county) codes are put together and names
        set apart by a blank. Leave it out where the units stand in the column
        names: layout="wide" with time and value.
    time : str, optional
        Column of the time, usually a year. Leave it out for a single time, for
        times that stand in the column names, and for one sheet (or file) a time
        that is named after it, such as 2020年.
    layout : {"long", "wide", "tidy"}
        "long" has one row a unit and time. "wide" has one row a unit and the
        times in the column names (gdp_2011, 2011年gdp, plain 2011, 2011-12,
        2011Q1), also on two levels; or, with `time` and without `unit`, one row
        a time and the units in the column names. "tidy" has one row a unit, time
        and indicator.
    value : str, optional
        In the wide layout, the name of the indicator whose columns are plain
        years; a workbook with one sheet an indicator takes the sheets' names.
        In the tidy layout, the column of the figures.
    indicator : str, optional
        In the tidy layout, the column of the indicators' names. When not given,
        the one column that tells rows of the same unit and time apart.
    encoding : str, optional
        Encoding of a text file, such as gb18030; found out when not given.
    sheet : str or list of str, optional
        Sheet of a workbook, or file of an archive. When not given, the one sheet
        that has the columns asked for; every sheet that has them in the wide
        layout, and where each is named after its time.
    header : int or list of int, optional
        Row number of the column names, or of each of their levels. When not
        given, the first of the top rows that holds the columns asked for, so
        that titles do no harm, and the row below where that is a second level.
    text : list of str, optional
        Columns to keep as text whatever they hold.
    missing : list of str, optional
        More marks of a missing value, such as 9999.
    decimal : {".", ","}
        The decimal sign; with "," the thousands are set apart by points.
    drop_units : list of str, optional
        Units to leave out, such as totals.
    gaps : {"warn", "error", "ignore"}
        What to do about missing values and missing rows: a `GapWarning` that
        counts them, a `PanelError`, or nothing. ``fill_missing`` fills them.

    Returns
    -------
    DataFrame
        On (unit, time), or on unit where there is no time, in the order of the
        file. Numbers are float, units text. Years are int, and so are years of
        account (2009-10), by the year in which they begin; months, quarters and
        half-years are the time stamp of their first day. ``attrs`` has, where
        there are any, "units" (of measurement, by column), "flags"
        (``pd.DataFrame(panel.attrs["flags"])``: unit, time, column and flag) and
        "notes" (``["text"]``: the words above and below the table).

    Raises
    ------
    PanelError
        The file is empty, in another encoding, or has faults: cells that are
        not numbers, units or times left blank, a (unit, time) that stands
        twice. All are collected; ``cases`` has a row for each, with the row
        number and the column it has in the file.
    ParameterError
        No such file, sheet, column or unit; the message has the nearest name.
    MissingDependencyError
        An SPSS file, and pyreadstat is not installed.

    Warns
    -----
    ReadingWarning
        Marks, signs, notes, totals or times that were read by a rule, or numbers
        that look like a missing value; ``cases`` lists them.
    GapWarning
        Values or rows are missing; ``cases`` lists them.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "yearbook.csv"
    ...     rows = "地区代码;年份;gdp\n010100;2011年;１２３４\n010100;2012年;1,300\n"
    ...     _ = file.write_bytes(rows.encode("gbk"))
    ...     read_panel(file, unit="地区代码", time="年份")
                    gdp
    unit   time
    010100 2011  1234.0
           2012  1300.0
    """
    settings = dict(locals())
    if isinstance(settings.pop("path"), Mapping) or databases.is_database(path):
        with databases.as_parquet(path) as file:
            return read_panel(file, **settings)
    check_choice("layout", layout, get_args(Layout))
    check_choice("gaps", gaps, get_args(Gaps))
    check_choice("decimal", decimal, get_args(Decimal))
    for row in [header] if isinstance(header, int) else header or ():
        check_range("header", row, 1)
    units = [_own_name(name) for name in _words(unit)]
    _check_roles(units, time, layout, value, indicator)
    files = find_files(path)  # type: ignore[arg-type]  # a mapping was a database
    source = files[0].name if len(files) == 1 else f"{files[0].name} and {len(files) - 1} more"
    keys = [*units, *([time] if time is not None else [])]
    reader = Reader(_words(text), _words(missing), decimal, Faults(source))
    drop = _words(drop_units)
    sheets = None if sheet is None else _words(sheet)
    wanted = {"encoding": encoding, "sheets": sheets, "header": header, "wanted": keys}
    tables, notes, dropped = _tables(reader, files, units, time, drop, wanted)
    if any(table.cells.empty for table in tables):
        raise ParameterError(f"drop_units= leaves no unit of {source}")
    for measured in [table.units for table in tables]:
        reader.measured.update(measured)
    explicit = sheet is not None or len(files) > 1
    panel, flags = read_layout(reader, tables, units, time, layout, value, indicator, explicit)
    first = replace(tables[0], cells=pd.DataFrame(columns=tables[0].cells.columns))
    del tables  # the cells as text take twice the file
    return_memory()
    reader.faults.check()
    _check_text(panel, reader.text, source)
    panel = _drop(panel, [unit for unit in drop if unit not in dropped], source)
    _note_totals(reader, first, panel)
    describe(panel, units=reader.measured, flags=flags, notes=notes)
    reader.faults.warn(stacklevel=2)
    report_gaps(panel, source, gaps)
    return panel


def _tables(
    reader: Reader,
    files: Sequence[Path],
    units: Sequence[str],
    time: str | None,
    drop: Sequence[str],
    wanted: dict[str, Any],
) -> tuple[list[Table], list[str], set[str]]:
    """Read the tables of files, without notes and units to leave out; give those three."""
    keys = [*units, *([time] if time is not None else [])]
    tables, notes, dropped = [], [], set[str]()
    for file in files:
        for table in read_tables(file, **wanted):
            cleaned, said = _without_notes(reader, _labeled(table, file, files), keys)
            if len(units) == 1 and drop:  # before their cells are looked at for faults
                labels = to_codes(cleaned.cells[units[0]])
                dropped |= {*drop} & {*labels}
                cleaned = replace(cleaned, cells=cleaned.cells[~labels.isin(drop)])
            cleaned = drop_second_header(reader.faults, cleaned, units, time)
            tables.append(fill_down(reader.faults, cleaned, units, time))
            notes += said
    return tables, notes, dropped


def _words(given: str | Sequence[str] | None) -> tuple[str, ...]:
    """Take one word for a list of one; a study file may hold numbers, which cells are not."""
    given = [given] if isinstance(given, str) else given or ()
    return tuple(str(word) for word in given)


def _own_name(column: str) -> str:
    """Give the unit's column of Eurostat's files, whose key is written as one."""
    return key_parts(column)[-1] if _EUROSTAT_KEY.fullmatch(column) else column


def _check_roles(
    units: Sequence[str], time: str | None, layout: Layout, value: str | None, indicator: str | None
) -> None:
    """Check which columns are named against the layout."""
    across = layout == "wide" and not units and time is not None
    if not units and not across:
        raise ParameterError(
            "say unit= with the column of the units (where they stand in the column names: "
            "layout='wide' with time= and value=)"
        )
    if layout == "wide" and units and time is not None:
        raise ParameterError(
            f"time={time!r} has no place in layout='wide': its years are columns "
            "(where the units are columns, leave unit= out)"
        )
    if layout == "long" and value is not None:
        raise ParameterError(f"value={value!r} belongs to layout='wide' or 'tidy'")
    if layout != "tidy" and indicator is not None:
        raise ParameterError(f"indicator={indicator!r} belongs to layout='tidy'")


def _labeled(table: Table, file: Path, files: Sequence[Path]) -> Table:
    """Call a file's tables after it, where there are several files."""
    if len(files) == 1:
        return table
    name = file.name.partition(".")[0]
    return replace(table, sheet=name if table.sheet is None else f"{name} {table.sheet}")


def _without_notes(reader: Reader, table: Table, keys: Sequence[str]) -> tuple[Table, list[str]]:
    cleaned, notes = without_notes(table, keys)
    if notes.empty:
        return table, [*table.notes]
    cases = pd.DataFrame({"row": notes.index, "value": notes.to_numpy()})
    places = [f"row {row} {note[:40]!r}" for row, note in notes.items()]
    reader.faults.doubt(_NOTES, table, cases, places)
    return cleaned, [*table.notes, *(f"row {row}: {note}" for row, note in notes.items())]


def _drop(panel: pd.DataFrame, units: Sequence[str], source: str) -> pd.DataFrame:
    """Leave units out; each must be there."""
    labels = panel.index.get_level_values(0)
    known = labels.unique()
    unknown = [unit for unit in units if unit not in known]
    if unknown:
        hints = (f"{unit!r}{did_you_mean(unit, known)}" for unit in unknown)
        raise ParameterError(
            f"drop_units= names units that {source} does not have: {listed(hints)}"
        )
    if not units:
        return panel
    return panel[~labels.isin(units)]


def _note_totals(reader: Reader, table: Table, panel: pd.DataFrame) -> None:
    found = totals(panel)
    if found:
        cases = pd.DataFrame({"value": found})
        reader.faults.doubt(_TOTALS, replace(table, sheet=None), cases, found)


def _check_text(panel: pd.DataFrame, text: Collection[str], source: str) -> None:
    unknown = [name for name in text if name not in panel]
    if unknown:
        raise ParameterError(
            f"text= names columns that {source} does not have: {listed(unknown)} "
            f"(its columns: {listed(panel, 20)})"
        )
