"""Consistency audit: what a study's own tables say against each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from spatialccd._result import Result, record
from spatialccd.consistency import rules
from spatialccd.consistency.tables import read_sheet
from spatialccd.errors import ParameterError, check_range

if TYPE_CHECKING:
    from spatialccd._types import Columns

_COLUMNS = ["rule", "table", "where", "column", "value", "expected", "message"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Audit(Result):
    """What was checked, and what cannot be right.

    Attributes
    ----------
    findings : DataFrame
        One row a fault: rule, table, where, column, value, expected, message.
    checked : DataFrame
        One row a rule: rule, checks (places looked at), faults. A rule with no
        checks found nothing to look at: that is not a pass.
    """

    findings: pd.DataFrame
    checked: pd.DataFrame

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return len(self.findings) == 0

    def to_frame(self) -> pd.DataFrame:
        """Give the findings."""
        return self.findings.copy()

    def summary(self) -> str:
        """Write every finding, and how many places each rule looked at."""
        lines = [
            f"{f.table}: {f.where}: {f.message} [{f.rule}]"
            for f in self.findings.itertuples(index=False)
        ]
        lines += ["", self.checked.to_string(index=False)]
        return "\n".join(lines).lstrip("\n")


def audit(
    tables: Mapping[str, Result | Columns],
    *,
    grades: Mapping[str, float] | None = None,
    copied: float = 0.5,
) -> Audit:
    """Check published or own tables against what must hold whatever the data.

    The rules: C, T, D and q lie in [0, 1]; weights and shares sum to 1 (or
    100); D is the root of C T; a grade is the class of its D; a printed mean is
    that of its rows; q of two factors is not below the larger q of the two; the
    figures of one year are not those of another. Differences that the rounding
    of printed figures can make are no findings.

    Parameters
    ----------
    tables : mapping of str to Result or DataFrame
        By name, in long form. Columns are known by their names: C, T, D, q,
        weight, share, grade; factor, or pair (as in X1_X2), or factor_a and
        factor_b; time or year; every other column of text says what a row is
        about. A mean is a row called "mean" or "average", or a row of a table
        that has the regions of another and not its units.
    grades : mapping of str to float, optional
        Classes of D, label to lower bound; by default the ten in common use.
    copied : float, default 0.5
        The share of equal cells from which two years count as one copied into
        the other. Cells of 0 and 1 do not count, nor do whole numbers.

    Returns
    -------
    Audit
        The findings, each with its place, and what was checked.

    Raises
    ------
    ParameterError
        There are no tables, or something is not a table.

    References
    ----------
    Brown, N. J. L., Heathers, J. A. J. (2017). The GRIM test. Social
    Psychological and Personality Science 8, 363-369 (the idea: a table can
    contradict itself).

    Examples
    --------
    >>> single = pd.DataFrame({"factor": ["X1", "X2"], "q": [0.40, 0.31]})
    >>> both = pd.DataFrame({"pair": ["X1_X2"], "q": [0.35]})
    >>> found = audit({"Table 5": single, "Table 6": both})
    >>> found.findings["message"].tolist()
    ['q = 0.35 of two factors is below 0.4 of one of them']
    """
    settings = record("audit", locals())
    check_range("copied", copied, 0, 1, open_low=True)
    if not isinstance(tables, Mapping) or not tables:
        raise ParameterError("tables must hold at least one table, each by its name")
    wrong = [n for n, t in tables.items() if not isinstance(t, Result | pd.DataFrame)]
    if wrong:
        raise ParameterError(f"tables {wrong} are neither results nor frames")
    sheets = [read_sheet(name, table) for name, table in tables.items()]
    everything: dict[str, Callable[..., rules.Checks]] = {
        "in range": rules.in_range,
        "sums to one": rules.sum_to_one,
        "D from C and T": rules.degree_from_parts,
        "grade of D": partial(rules.grade_matches, grades=grades),
        "means": rules.means_match,
        "interaction": rules.interaction_not_below,
        "copied time": partial(rules.time_not_copied, copied=copied),
    }
    found, checked = [], []
    for name, rule in everything.items():
        checks = list(rule(sheets))
        faults = sorted((f for f in checks if f is not None), key=lambda f: (f.table, f.where))
        found += [{"rule": name, **asdict(fault)} for fault in faults]
        checked.append({"rule": name, "checks": len(checks), "faults": len(faults)})
    return Audit(
        settings=settings,
        findings=pd.DataFrame(found, columns=_COLUMNS),
        checked=pd.DataFrame(checked),
    )


def audit_files(
    files: Sequence[str | Path],
    *,
    grades: Mapping[str, float] | None = None,
    copied: float = 0.5,
) -> Audit:
    """Audit the tables of files: CSV, or every sheet of a workbook.

    Parameters
    ----------
    files : sequence of str or Path
        Each holds tables in long form, as ``audit`` describes.
    grades, copied
        As in ``audit``.

    Raises
    ------
    ParameterError
        A file is not there, or of a kind that is not read.
    PanelError
        A file is empty or damaged.
    """
    from spatialccd.data.cells import to_numbers
    from spatialccd.data.tables.reader import read_tables

    tables = {}
    for file in files:
        for table in read_tables(Path(file)):
            cells = table.cells
            frame = {}
            for column in cells:
                numbers, _ = to_numbers(cells[column])
                whole = numbers.notna().equals(cells[column].notna())
                frame[column] = numbers if whole else cells[column]
            tables[table.source] = pd.DataFrame(frame).reset_index(drop=True)
    return audit(tables, grades=grades, copied=copied)
