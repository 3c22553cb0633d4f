"""The kinds of faults and doubts that cells give rise to, and what to do about each."""

from __future__ import annotations

from dataclasses import replace

from spatialccd.data.tables.faults import Kind

NOT_A_NUMBER = Kind(
    "cell is not a number",
    "cells are not numbers",
    "correct them, or keep the columns as text with text={columns}",
)
NUMBER_IN_TEXT = Kind(
    "number in a column of text",
    "numbers in columns of text",
    NOT_A_NUMBER.advice,
)
DECIMAL_COMMA = replace(NOT_A_NUMBER, advice="say decimal=',' if the comma is the decimal sign")
PERCENT = Kind(
    "cell without the sign of most others (percent or per mille) or with it alone",
    "cells without the sign of most others (percent or per mille) or with it alone",
    "a number such as 0.3 among percents may be 0.3 or 30 percent: "
    "give every number of these columns a percent sign, or none: {columns}",
)
INDIAN = replace(
    NOT_A_NUMBER,
    advice="digits are grouped as in 12,34,567 (lakh) in one cell only: if that is meant, "
    "write it without commas, or keep the columns as text with text={columns}",
)
NOTE_MARK = replace(
    NOT_A_NUMBER,
    advice="it carries the mark of a note that may be a digit too, in one cell only: write the "
    "number without it, or keep the columns as text with text={columns}",
)
OPEN_CLASS = replace(
    NOT_A_NUMBER,
    advice="an open class such as 250,000+ or <5 is no number: write the figure to be used, take "
    "it as missing with missing={values}, or keep the columns as text with text={columns}",
)
FORMULA = Kind(
    "cell is a formula that failed",
    "cells are formulas that failed",
    "correct the formulas, or take them as missing values with missing={values}",
)
ODD_TIME = Kind(
    "time does not read like the others",
    "times do not read like the others",
    "write all times alike",
)
NO_LABEL = {
    key: Kind(
        f"row has no {key}",
        f"rows have no {key}",
        "fill the column in on every row (merged cells too), and delete notes below the table",
    )
    for key in ("unit", "time")
}
MISSING_CODE = Kind(
    "unit is called as a missing value is",
    "units are called as a missing value is",
    "all other units are numbers: it may be a missing code",
)
# Doubts: what was read by a rule.
FLAGGED = Kind(
    "mark was taken off a number",
    "marks were taken off numbers",
    "they are kept in panel.attrs['flags']; text={columns} keeps the cells as they stand",
)
NO_FIGURE = Kind(
    "cell holds a mark in place of a figure",
    "cells hold a mark in place of a figure",
    "they count as missing, and the marks are kept in panel.attrs['flags']",
)
FAILED = Kind(
    "cell is a formula that failed",
    "cells are formulas that failed",
    "they count as missing",
)
NEGATIVE = Kind(
    "number in parentheses is read as negative, as accounts write it",
    "numbers in parentheses are read as negative, as accounts write them",
    "if they are something else (standard errors, notes), say text={columns}",
)
LAKH = Kind(
    "number is grouped as in 12,34,567 (lakh)",
    "numbers are grouped as in 12,34,567 (lakh)",
    "they are read without their commas",
)
SENTINEL = Kind(
    "number is one that programs write for a missing value",
    "numbers are ones that programs write for a missing value",
    "if they are, say missing={values}",
)
LIKE_NUMBERS = Kind(
    "cell of a column kept as text looks like a number",
    "cells of columns kept as text look like numbers",
    "write them as plain numbers, or say text={columns} to keep them so",
)
LEADING_ZERO = Kind(
    "number with a leading zero is read as a number",
    "numbers with a leading zero are read as numbers",
    "if they are codes, say text={columns}",
)
CODES = Kind(
    "cell with a leading zero makes its column one of codes, kept as text",
    "cells with a leading zero make their columns ones of codes, kept as text",
    "say text={columns} if that is right, else write them without the zero",
)
