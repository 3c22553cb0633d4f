"""What statistical tables print beside a number: flags, notes' marks, signs of money.

A number is read from under them, and what was taken off is told. What changes
the number itself (a word for thousands, "or more", a range) is not taken off.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from spatialccd.data.cells import fold_width, grouped_number

#: Marks that say why there is no figure: (D) withheld, c confidential, S suppressed, x not to be
#: published. Alone in a cell they are a missing value, and are kept as its flag.
SUPPRESSED = frozenset(
    [
        *("(d)", "(na)", "(x)", "(s)", "(nm)", "(l)", "(z)", "(n)", "(h)", "(t)", "(b)", "(c)"),
        *("d", "c", "s", "x", "z", "n", "u", "nm", "np", "nc", "suppressed", "withheld"),
        *("*", "**", "***", "?", "†", "‡", "§", "#", "#div/0!"),
    ]
)
#: Marks of notes that are digits of a kind.
LIKE_DIGITS = r"¹²³⁰⁴-⁹①-⓿❶-❿⒈-⒛"
_SIGNS = rf"*†‡§#ª♦{LIKE_DIGITS}"
_NOTE = (
    rf"[{_SIGNS}]+"  # 12*, 12²
    r"|\(\s*(?:[1-9]\d?|[a-z]{1,2})\s*\)|\[\s*(?:[1-9]\d?|[a-z]|注\d*)\s*\]"  # 12(1), 12[a]
    r"|[1-9a-z]\)"  # 12 1)
    r"|[(（]?注\s*\d*[)）]?"
)
#: Flags of Eurostat and its sisters (b break, e estimated, p provisional ...) stand after a blank;
#: r, p and e also right after the last digit.
_FLAG = r"\s[bcdefinprsuz]{1,4}|[rpe]"
_MONEY = (
    r"US\$|C\$|A\$|HK\$|NT\$|R\$|[$€£¥₩₹₽]"
    r"|USD|EUR|GBP|CNY|RMB|JPY|KRW|INR|BRL|RUB|CHF|CAD|AUD|HKD|TWD"
)
_NUMBER = r"[+-]?\s?(?:\d[\d,.' ]*|\.\d+)(?:[eE][+-]?\d+)?"
_MARKED = re.compile(
    rf"(?P<lead>[*†‡]+)?\s*(?P<sign>[+-])?(?P<money>{_MONEY})?\s*(?P<number>{_NUMBER}?)"
    rf"\s*(?P<after>{_MONEY}|元|‰)?(?P<flag>(?:\s*(?:{_NOTE}|{_FLAG}))+)?",
)
_PARENTHESES = re.compile(rf"\(\s*(?P<money>{_MONEY})?\s*(?P<number>\d[\d,.' ]*)\s*\)")
_ONLY_FLAG = re.compile(r"[:.…-]+\s*(?P<flag>[a-z]{1,4})")
#: 12,34,567: groups of two above the last three.
INDIAN = re.compile(r"[+-]?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?")
#: -99, and from three digits on a row of one digit: -999, -6666, -888888888; 999, 9999, ...
_REPEATED = [-99.0, *(-float(str(digit) * n) for digit in range(1, 10) for n in range(3, 13))]
_NINES = [float("9" * n) for n in range(3, 13)]
#: A sign, a few digits and little else: what a person reads as a number.
_LIKE_A_NUMBER = re.compile(r"[^\w\s]{0,2}\s?[+-]?\d[\d,.'\s]*[^\d\s]?[^\d]{0,4}")
_LIKE_A_TIME = re.compile(r"\d{1,4}\s?[年月日季期周号]\S?|\d+\s*[-/:~]\s*\d.*|第.*")


def read_marked(cells: pd.Series, decimal: str = ".") -> pd.DataFrame:
    """Read numbers from under what stands beside them.

    Parameters
    ----------
    cells : Series of text
        Cells that are no plain numbers.
    decimal : {".", ","}
        The decimal sign.

    Returns
    -------
    DataFrame
        On the index of `cells`: number (NaN where there is none), flag (what
        was taken off), unit (a sign of money or per mille), and how: "flag",
        "missing" (a flag without a number), "unit", "negative" (in
        parentheses), "indian", or blank where the cell was not read.

    Examples
    --------
    >>> read_marked(pd.Series(["17.7 e", "14*", "$1,234", "(12)", ": c", "12 km"]))
       number flag unit       how
    0    17.7    e           flag
    1    14.0    *           flag
    2  1234.0         $      unit
    3   -12.0           negative
    4     NaN    c        missing
    5     NaN
    """
    known = {text: _read(text, decimal) for text in cells.unique()}
    return pd.DataFrame(
        [known[text] for text in cells],
        index=cells.index,
        columns=["number", "flag", "unit", "how"],
    ).astype({"number": float})


def looks_like_numbers(cells: pd.Series) -> pd.Series:
    """Tell the cells that a person would read as numbers, though they are none to a program.

    Examples
    --------
    >>> list(looks_like_numbers(pd.Series(["12亿", "~30", "2011年", "10-20", "A12", "12 Main St"])))
    [True, True, False, False, False, False]
    """

    def like(text: str) -> bool:
        folded = fold_width(text)
        return bool(_LIKE_A_NUMBER.fullmatch(folded)) and not _LIKE_A_TIME.fullmatch(folded)

    return cells.map({text: like(text) for text in cells.unique()}).astype(bool)


def sentinels(numbers: pd.Series) -> pd.Series:
    """Tell the numbers that programs write for a missing value: -9999, -666666666, -3.4e38.

    A row of one digit counts where no other number of the column is negative;
    9999 and its like, where they are ten times whatever else there is.

    Examples
    --------
    >>> list(sentinels(pd.Series([1.0, -9999, 3])))
    [False, True, False]
    """
    huge = numbers.abs() > 1e30
    low, nines = numbers.isin(_REPEATED), numbers.isin(_NINES)
    rest = numbers[~(low | nines | huge) & numbers.notna()]
    found = huge | low if not (rest < 0).any() else huge
    return found | (nines & (numbers > 10 * rest.abs().max())) if len(rest) else found


def _read(text: str, decimal: str) -> tuple[float, str, str, str]:
    folded = fold_width(text).replace("’", "'")
    if folded.lower() in SUPPRESSED:
        return np.nan, folded, "", "missing"
    alone = _ONLY_FLAG.fullmatch(folded)
    if alone:
        return np.nan, alone["flag"], "", "missing"
    within = _PARENTHESES.fullmatch(folded)
    if within:
        return -grouped_number(within["number"], decimal), "", within["money"] or "", "negative"
    if decimal == "." and INDIAN.fullmatch(folded):
        return float(folded.replace(",", "")), "", "", "indian"
    found = _MARKED.fullmatch(folded)
    if found is None or (found["money"] and found["after"]):
        return np.nan, "", "", ""
    number = grouped_number(f"{found['sign'] or ''}{found['number'].strip()}", decimal)
    flag = " ".join(f"{found['lead'] or ''} {found['flag'] or ''}".split())
    unit = found["money"] or found["after"] or ""
    if np.isnan(number) or not (flag or unit):
        return np.nan, "", "", ""
    return number, flag, unit, "flag" if flag else "unit"
