"""Numbers as figures print them: a true minus, no row of zeros, no sign without a value."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Smaller and larger figures are written with a power of ten.
SMALL, LARGE = 1e-4, 1e7


def number(value: float, decimals: int | None = None) -> str:
    """Write a figure; without decimals given, with four digits that count.

    Examples
    --------
    >>> number(-0.12345), number(-0.0001, 2), number(1234567.0, 0)
    ('−0.1235', '0.00', '1,234,567')
    >>> number(0.000000029), number(6.02e23), number(0.5)
    ('2.9×10⁻⁸', '6.02×10²³', '0.5')
    """
    value = float(value)
    if not math.isfinite(value):
        return ("∞" if value > 0 else f"{MINUS}∞") if math.isinf(value) else ""
    if decimals is not None:
        words = f"{value:,.{decimals}f}"
        return words.replace("-", MINUS if float(words.replace(",", "")) else "")
    if value and not SMALL <= abs(value) < LARGE:
        return scientific(value, 3)
    words = f"{value:,.{max(0, 3 - math.floor(math.log10(abs(value))))}f}" if value else "0"
    words = words.rstrip("0").rstrip(".") if "." in words else words
    return words.replace("-", MINUS)


def scientific(value: float, digits: int) -> str:
    """Write a figure as so many digits that count times a power of ten.

    Examples
    --------
    >>> scientific(-0.0000123, 2), scientific(0.0, 2), scientific(100.0, 1)
    ('−1.2×10⁻⁵', '0', '1×10²')
    """
    if value == 0:
        return "0"
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}×10{str(int(power)).translate(_RAISED)}".replace("-", MINUS)
