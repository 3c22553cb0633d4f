"""From a file to a panel: one row a unit and time, every fault of the file at once."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd

from spatialccd.data import databases, wide
from spatialccd.data.columns import Faults, Reader
from spatialccd.data.tables import Table, read_tables
from spatialccd.errors import (
    GapWarning,
    PanelError,
    ParameterError,
    check_choice,
    check_range,
    listed,
)

Layout = Literal["long", "wide"]
Gaps = Literal["warn", "error", "ignore"]
Decimal = Literal[".", ","]


def read_panel(
    path: str | Path | Mapping[str, object],
    *,
    unit: str,
    time: str | None = None,
    layout: Layout = "long",
    value: str | None = None,
    encoding: str | None = None,
    sheet: str | Sequence[str] | None = None,
    header: int | None = None,
    text: Sequence[str] | None = None,
    missing: Sequence[str] | None = None,
    decimal: Decimal = ".",
    gaps: Gaps = "warn",
) -> pd.DataFrame:
    r"""Read a table of indicators, and check it cell by cell.

    CSV (comma, semicolon or tab), Excel (.xlsx), Parquet and Stata files are
    told apart by what they hold, not by their names. Codes stay text: leading
    zeros survive and Excel's 110000.0 is read as 110000. Numbers may carry
    thousands separators, full-width digits and stray spaces; a column in which
    every number carries a percent sign is read in percent (12.5% is 12.5).

    Blank cells and the usual marks (NA, N/A, NaN, null, #N/A, -, --, —, ..,
    …, :, /, 无, 缺失 and their like, see ``spatialccd.data.cells.MISSING``) are
    missing values. A column without any number is kept as text, and so is one
    of codes such as 0101; anything else that mixes numbers and text is an error.

    Parameters
    ----------
    path : str, Path or mapping
        The file. Or a folder of Parquet files; or a table of a database,
        ``"postgresql://ann@host/study#indicators"``, ``"study.duckdb#table"``
        or ``"study.sqlite#table"``; or a query, as keys: `sql` or `table`;
        `url`, `url_env` (the environment variable that holds the URL, so that
        no file holds the password) or `path`; and `parameters`, the values of
        the query's ``:name`` marks.
    unit : str
        Column of the unit's code or name. Prefer codes: names repeat.
    time : str, optional
        Column of the time, usually a year. Leave it out for a single time, and
        for the wide layout, whose years stand in the column names.
    layout : {"long", "wide"}
        "long" has one row a unit and time. "wide" has one row a unit and the
        years in the column names (gdp_2011, 2011年gdp, or plain 2011).
    value : str, optional
        In the wide layout, the name of the indicator whose columns are plain
        years; a workbook with one sheet an indicator takes the sheets' names.
    encoding : str, optional
        Encoding of a text file, such as gb18030; found out when not given.
    sheet : str or list of str, optional
        Sheet of a workbook. When not given, the one sheet that has the columns
        asked for; in the wide layout, every sheet that has them.
    header : int, optional
        Row number of the column names. When not given, the first of the top
        rows that holds the columns asked for, so that titles do no harm.
    text : list of str, optional
        Columns to keep as text whatever they hold.
    missing : list of str, optional
        More marks of a missing value, such as 9999.
    decimal : {".", ","}
        The decimal sign; with "," the thousands are set apart by points.
    gaps : {"warn", "error", "ignore"}
        What to do about missing values and missing rows: a `GapWarning` that
        counts them, a `PanelError`, or nothing. ``fill_missing`` fills them.

    Returns
    -------
    DataFrame
        On (unit, time), or on unit where there is no time, in the order of the
        file. Numbers are float, units text, years int.

    Raises
    ------
    PanelError
        The file is empty, in another encoding, or has faults: cells that are
        not numbers, units or times left blank, a (unit, time) that stands
        twice. All are collected; ``cases`` has a row for each, with the row
        number and the column it has in the file.
    ParameterError
        No such file, sheet or column; the message has the nearest name.

    Warns
    -----
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
    if databases.is_database(settings.pop("path")):
        with databases.as_parquet(path) as file:
            return read_panel(file, **settings)
    check_choice("layout", layout, get_args(Layout))
    check_choice("gaps", gaps, get_args(Gaps))
    check_choice("decimal", decimal, get_args(Decimal))
    if header is not None:
        check_range("header", header, 1)
    if layout == "wide" and time is not None:
        raise ParameterError(f"time={time!r} has no place in layout='wide': its years are columns")
    if layout == "long" and value is not None:
        raise ParameterError(f"value={value!r} belongs to layout='wide'")
    path = Path(str(path))
    keys = [unit] if time is None else [unit, time]
    tables = read_tables(
        path,
        encoding=encoding,
        sheets=None if sheet is None else _words(sheet),
        header=header,
        wanted=keys,
    )
    reader = Reader(_words(text), _words(missing), decimal, Faults(path.name))
    if layout == "wide":
        panel = _wide(reader, tables, unit, value)
    else:
        panel = _long(reader, _only(tables), unit, time)
    reader.faults.check()
    _check_text(panel, reader.text, path.name)
    if gaps != "ignore":
        _report_gaps(panel, path.name, gaps)
    return panel


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
    absent = full_index(panel.index).difference(panel.index, sort=False).to_frame(index=False)
    absent["problem"] = "missing row"
    return pd.concat([cases, absent], ignore_index=True) if len(absent) else cases


def full_index(index: pd.MultiIndex) -> pd.MultiIndex:
    """Give every unit at every time: units in the order given, times in their own."""
    units, times = (index.get_level_values(i).unique() for i in (0, 1))
    return pd.MultiIndex.from_product([units, times.sort_values()], names=index.names)


def _words(given: str | Sequence[str] | None) -> tuple[str, ...]:
    """Take one word for a list of one; a study file may hold numbers, which cells are not."""
    given = [given] if isinstance(given, str) else given or ()
    return tuple(str(word) for word in given)


def _only(tables: list[Table]) -> Table:
    if len(tables) > 1:
        raise ParameterError(
            f"{len(tables)} sheets have these columns: {listed(repr(t.sheet) for t in tables)}; "
            "say which with sheet="
        )
    return tables[0]


def _long(reader: Reader, table: Table, unit: str, time: str | None) -> pd.DataFrame:
    keys = [reader.units(table, unit)]
    if time is not None:
        keys.append(reader.times(table, time))
    frame = pd.concat(keys, axis=1)
    reader.note_duplicates(table, frame)
    names = [name for name in table.cells if name not in (unit, time)]
    if not names:
        raise PanelError(f"{table.source} has no column beside {unit!r} and {time!r}")
    values = [reader.values(table, name, table.cells[[name]]) for name in names]
    panel = pd.concat(values, axis=1)
    panel.index = pd.Index(frame["unit"]) if time is None else pd.MultiIndex.from_frame(frame)
    return panel


def _wide(reader: Reader, tables: list[Table], unit: str, value: str | None) -> pd.DataFrame:
    if len(tables) == 1:
        return wide.stack(reader, tables[0], unit, value)
    if value is not None:
        raise ParameterError(
            f"value={value!r} names one indicator, but {len(tables)} sheets are read "
            f"({listed(repr(t.sheet) for t in tables)}), which are named by their sheets; "
            "leave it out or say sheet="
        )
    panels = [wide.stack(reader, table, unit, table.sheet) for table in tables]
    reader.faults.check()
    return wide.combine(panels)


def _check_text(panel: pd.DataFrame, text: Collection[str], source: str) -> None:
    unknown = [name for name in text if name not in panel]
    if unknown:
        raise ParameterError(
            f"text= names columns that {source} does not have: {listed(unknown)} "
            f"(its columns: {listed(panel, 20)})"
        )


def _report_gaps(panel: pd.DataFrame, source: str, gaps: Gaps) -> None:
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
