"""Cells to numbers and codes, as statistical tables print them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

#: Cells that stand for "no figure here", compared after folding width and case.
MISSING = frozenset(
    [
        *("", "na", "n/a", "n.a.", "n.a", "(na)", "#n/a", "nan", "null", "none", "<na>", "nat"),
        *("nd", "n.d.", "no data", "not available", "not applicable", "missing"),
        *(":", "/", "//", "\\", "×", "空", "空值"),
        *("缺失", "缺", "无", "暂无", "不详", "无数据", "暂缺", "不适用", "未统计", "未知", "缺测"),
    ]
)
#: So are runs of dashes and of dots, of every length.
_RUN = r"[-–—―─_]+|[.·…⋯]+"
#: Full-width forms and minus signs to ASCII. Not NFKC, which makes 121 of 12①, a note's mark.
_WIDTH = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | {ord(sign): "-" for sign in "\u2212\ufe63\u2010\u2011"}
    | {0xFFE5: "¥", 0xFFE1: "£"}
)
_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff"))
_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+|(?:'\d{3})+)(?:\.\d*)?"),
    ",": re.compile(r"[+-]?\d{1,3}(?:[.']\d{3})+(?:,\d*)?|[+-]?\d{1,3}(?: \d{3})+(?:,\d*)?"),
}
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


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


def is_missing(cells: pd.Series) -> pd.Series:
    """Tell the cells that hold a usual mark of a missing value; their width is folded.

    Examples
    --------
    >>> list(is_missing(pd.Series(["n.a.", "-----", "……", "0"])))
    [True, True, True, False]
    """
    return cells.str.lower().isin(MISSING) | cells.str.fullmatch(_RUN).fillna(value=False)


def to_numbers(cells: pd.Series, decimal: str = ".") -> tuple[pd.Series, pd.Series]:
    """Read tidy cells as numbers.

    Thousands may be set apart by commas (half or full width), by spaces or by
    apostrophes; a comma that does not set apart three digits is not guessed at. Percent signs
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
    odd = odd[~is_missing(odd)]
    if len(odd) and odd.str.endswith("%").all() and numbers.notna().sum() == 0:
        odd = odd.str.removesuffix("%").str.strip()
    numbers.loc[odd.index] = [grouped_number(text, decimal) for text in odd]
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


def as_text(value: Any) -> str | None:
    """Write one typed cell as text; a whole number has no point."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def grouped_number(text: str, decimal: str) -> float:
    """Read a number whose thousands may be set apart; NaN where it is none.

    Examples
    --------
    >>> grouped_number("1'234.5", "."), grouped_number("1.234,5", ","), grouped_number("1,2", ".")
    (1234.5, 1234.5, nan)
    """
    text = text.replace("’", "'")
    if _GROUPED[decimal].fullmatch(text):
        text = re.sub(r"[ ,']" if decimal == "." else r"[ .']", "", text)
    if decimal == ",":
        if "." in text:
            return np.nan
        text = text.replace(",", ".")
    return float(text) if _PLAIN.fullmatch(text) else np.nan
