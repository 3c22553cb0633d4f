"""Tables of units by units from files: distances, trade, ties that were observed."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pandas as pd

from spatialccd._result import record
from spatialccd.data.files.encoding import decode
from spatialccd.errors import DataError, ParameterError, check_choice, did_you_mean, listed
from spatialccd.network._matrix import UnitMatrix, square

_SUFFIXES = (".csv", ".xlsx")


def read_matrix(
    path: str | Path,
    *,
    unit: str | None = None,
    origin: str | None = None,
    destination: str | None = None,
    numbers: str | None = None,
) -> UnitMatrix:
    r"""Read a table of units by units, square or with a row a pair, from .csv or .xlsx.

    For `qap_correlation`, `mrqap`, `network_measures`, `concor_blocks` and `core_periphery` where
    there are files in place of Python objects: a step of a study, or ``--out NAME.scc`` on a
    command line. Who is whose neighbor is read by `read_neighbors`.

    Parameters
    ----------
    path : str or Path
        A square table with the labels of units above and in one column, or a table with
        one row for each pair. Labels that are whole numbers in all places become numbers, those
        with leading zeros stay text.
    unit : str, optional
        Of a square table, the column with the labels of its rows (the first when omitted).
    origin : str, optional
        Of a table with a row a pair, the column of the units that a pair goes out from; then
        `destination` and `numbers` are needed too.
    destination : str, optional
        The column of the units that a pair goes to.
    numbers : str, optional
        The column of the numbers. Pairs without a row are 0.

    Returns
    -------
    UnitMatrix

    Raises
    ------
    AlignmentError
        Rows and columns of a square table are not the same units; ``cases`` names each.
    DataError
        The file cannot be read, a cell is missing or no number, or a pair stands twice.
    ParameterError
        Another suffix, or a column that the file does not have.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "trade.csv"
    >>> _ = path.write_text("from,to,tons\na,b,3\nb,c,2\nc,d,4\nd,a,1\n")
    >>> found = read_matrix(path, origin="from", destination="to", numbers="tons")
    >>> found.table.loc["a"].tolist()
    [0.0, 3.0, 0.0, 0.0]
    """
    settings = record("read_matrix", locals())
    cells = _cells(Path(path))
    long = [origin, destination, numbers]
    if any(name is not None for name in long):
        if unit is not None or None in long:
            raise ParameterError(
                "a table with a row a pair needs origin=, destination= and numbers=, and no unit="
            )
        table = _from_pairs(cells, *(str(name) for name in long))
    else:
        table = _from_square(cells, unit)
    matrix, units = square(table, "the file")
    return UnitMatrix(settings=settings, table=pd.DataFrame(matrix, units, units))


def _cells(path: Path) -> pd.DataFrame:
    """Give the cells as text, an empty one as missing."""
    check_choice("the suffix of path", path.suffix.lower(), _SUFFIXES)
    if not path.is_file():
        raise DataError(f"no file at {path}")
    if path.suffix.lower() == ".csv":
        text = decode(path.read_bytes(), path.name)
        cells = pd.read_csv(StringIO(text), dtype=str, skipinitialspace=True)
    else:
        cells = pd.read_excel(path, dtype=str, engine="openpyxl")
    cells.columns = [str(name).strip() for name in cells.columns]
    return cells.dropna(how="all").apply(lambda column: column.str.strip())


def _column(cells: pd.DataFrame, name: str) -> pd.Series:
    if name not in cells:
        raise ParameterError(
            f"the file has no column {name!r}{did_you_mean(name, cells.columns)}; it has "
            f"{listed(cells.columns)}"
        )
    return cells[name]


def _labels(*columns: pd.Index) -> list[pd.Index]:
    """Give labels as numbers where all of them are whole ones without leading zeros."""
    every = pd.Index([]).append(list(columns)).unique()
    whole = all(text.isdigit() and (text == "0" or text[0] != "0") for text in every.map(str))
    return [column.astype("int64") if whole else column for column in columns]


def _numbers(values: pd.Series, where: str) -> pd.Series:
    numbers = pd.to_numeric(values.str.replace(",", ""), errors="coerce")
    wrong = values[numbers.isna() & values.notna()]
    if len(wrong):
        raise DataError(
            f"{where} holds what is no number: {listed(wrong.unique())}",
            wrong.rename("cell").reset_index(),
        )
    return numbers


def _from_square(cells: pd.DataFrame, unit: str | None) -> pd.DataFrame:
    if cells.shape[1] < 2:
        raise DataError("the file has one column: a square table has one for each unit")
    labels = _column(cells, unit if unit is not None else str(cells.columns[0]))
    body = cells.drop(columns=labels.name)
    rows, columns = _labels(pd.Index(labels), pd.Index(body.columns))
    table = body.apply(lambda column: _numbers(column, f"column {column.name}"))
    return table.set_axis(rows, axis=0).set_axis(columns, axis=1)


def _from_pairs(cells: pd.DataFrame, origin: str, destination: str, value: str) -> pd.DataFrame:
    ends = [_column(cells, name) for name in (origin, destination)]
    numbers = _numbers(_column(cells, value), value)
    gaps = cells[ends[0].isna() | ends[1].isna() | numbers.isna()]
    if len(gaps):
        raise DataError(f"{len(gaps)} rows lack a unit or a number", gaps)
    start, end = _labels(pd.Index(ends[0]), pd.Index(ends[1]))
    pairs = pd.MultiIndex.from_arrays([start, end], names=["origin", "destination"])
    twice = pairs[pairs.duplicated()]
    if len(twice):
        raise DataError(
            f"{len(twice)} pairs stand more than once: {listed(f'{a} to {b}' for a, b in twice)}",
            twice.to_frame(index=False),
        )
    units = start.append(end).unique()
    long = pd.Series(numbers.to_numpy(dtype=float), pairs)
    return long.unstack(fill_value=0.0).reindex(index=units, columns=units, fill_value=0.0)
