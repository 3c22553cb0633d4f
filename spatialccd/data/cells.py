"""Cells to values: numbers, codes and times, as statistical tables print them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

#: Cells that stand for "no figure here", compared after folding width and case.
MISSING = frozenset(
    [
        *("", "na", "n/a", "#n/a", "nan", "null", "none", "<na>", "nat"),
        *("-", "--", "---", "–", "—", "——", "―", "...", "..", ".", "......", "…", "……"),
        *(":", "/", "\\", "×", "缺失", "缺", "无", "暂无", "不详", "无数据", "暂缺"),
    ]
)
#: Full-width forms and minus signs to ASCII. Not NFKC, which makes 121 of 12①, a note's mark.
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(sign): "-" for sign in "\u2212\ufe63\u2010\u2011"
}
_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff"))
_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?|[+-]?\d{1,3}(?: \d{3})+(?:\.\d*)?"),
    ",": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?|[+-]?\d{1,3}(?: \d{3})+(?:,\d*)?"),
}
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_LEADING_ZERO = r"0\d+"
_YEAR = re.compile(r"^(\d{1,4})(?:\.0+)?\s*年?$")
_MONTH = re.compile(r"^(\d{4})\s*[-/年]\s*(\d{1,2})\s*月?$")


def tidy(text: str) -> str:
    r"""Fold spaces of every kind, and undo what keeps a code from being read as a number.

    Examples
    --------
    >>> tidy("\u3000北京\u00a0 市 "), tidy('="0101"'), tidy("'0101")
    ('北京 市', '0101', '0101')
    """
    if not text.isascii():
        text = text.translate(_ZERO_WIDTH)
    text = " ".join(text.split())
    if text[:2] == '="' and text[-1] == '"':
        return text[2:-1]
    return text.removeprefix("'")


def fold_width(text: str) -> str:
    """Fold full-width forms and the many minus signs to ASCII.

    Examples
    --------
    >>> fold_width("－１，２３４．５")
    '-1,234.5'
    """
    return text.translate(_WIDTH).strip()


def is_coded(cells: pd.Series) -> bool:
    """Tell a column of codes: a number is never printed with a leading zero."""
    return bool(cells.str.fullmatch(_LEADING_ZERO).fillna(value=False).any())


def to_numbers(cells: pd.Series, decimal: str = ".") -> tuple[pd.Series, pd.Series]:
    """Read tidy cells as numbers.

    Thousands may be set apart by commas (half or full width) or by spaces; a
    comma that does not set apart three digits is not guessed at. Percent signs
    are dropped where every number of the column carries one, so that 12.5%
    reads 12.5.

    Returns
    -------
    numbers : Series of float
        NaN where a cell is missing or is not a number.
    misfits : Series of bool
        The cells that hold something, but neither a number nor a mark of `MISSING`.

    Examples
    --------
    >>> numbers, misfits = to_numbers(pd.Series(["1,234", "１２", "…", "abc"]))
    >>> numbers.to_list(), misfits.to_list()
    ([1234.0, 12.0, nan, nan], [False, False, False, True])
    """
    numbers = pd.Series(np.nan, index=cells.index)
    if decimal == ".":
        plain = np.isfinite(pd.to_numeric(cells, errors="coerce").astype(float))
        # By way of Python: pandas reads some numbers an ulp off.
        numbers[plain] = cells[plain].to_numpy(dtype=object).astype(float)
    odd = cells[numbers.isna() & cells.notna()].map(fold_width)
    odd = odd[~odd.str.lower().isin(MISSING)]
    if len(odd) and odd.str.endswith("%").all() and numbers.notna().sum() == 0:
        odd = odd.str.removesuffix("%").str.strip()
    numbers.loc[odd.index] = [_number(text, decimal) for text in odd]
    misfits = pd.Series(data=False, index=cells.index)
    misfits.loc[odd.index] = numbers.loc[odd.index].isna()
    return numbers, misfits


def to_codes(cells: pd.Series) -> pd.Series:
    """Read labels of units: Excel's 110000.0 is 110000; leading zeros stay.

    Examples
    --------
    >>> list(to_codes(pd.Series(["110000.0", "01001", "A.0"])))
    ['110000', '01001', 'A.0']
    """
    return cells.str.replace(r"^(\d+)\.0+$", r"\1", regex=True)


def to_times(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read tidy cells as times.

    Years such as 2011, 2011.0 or 2011年 become integers; months and dates
    become time stamps, or years where all fall on one day of the year; other
    labels stay text.

    Returns
    -------
    times : Series
        Integers, time stamps or text; missing where a cell does not fit.
    misfits : Series of bool
        The cells that hold another kind of time than most cells do.

    Examples
    --------
    >>> times, misfits = to_times(pd.Series(["2011年", "2012.0", "average"]))
    >>> times[~misfits].to_list(), misfits.to_list()
    ([2011, 2012], [False, False, True])
    """
    folded = cells.dropna().map(fold_width)
    for reader in (_years, _dates):
        read = reader(folded)
        if read.notna().sum() * 2 > len(folded):
            misfits = read.isna().reindex(cells.index, fill_value=False)
            return read.reindex(cells.index), misfits
    return cells, pd.Series(data=False, index=cells.index)


def as_text(value: Any) -> str | None:
    """Write one typed cell as text; a whole number has no point."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _number(text: str, decimal: str) -> float:
    if _GROUPED[decimal].fullmatch(text):
        text = re.sub(r"[ ,]" if decimal == "." else r"[ .]", "", text)
    if decimal == ",":
        if "." in text:
            return np.nan
        text = text.replace(",", ".")
    return float(text) if _PLAIN.fullmatch(text) else np.nan


def _years(cells: pd.Series) -> pd.Series:
    years = cells.str.extract(_YEAR, expand=False)
    return pd.to_numeric(years, errors="coerce").astype("Int64")


def _dates(cells: pd.Series) -> pd.Series:
    monthly = cells.str.replace(_MONTH, r"\1-\2", regex=True)
    dates = pd.to_datetime(monthly, errors="coerce", format="ISO8601")
    known = dates.dropna()
    if len(known) and (known.dt.strftime("%m-%d %H:%M:%S").nunique() == 1):
        return dates.dt.year.astype("Int64")
    return dates
