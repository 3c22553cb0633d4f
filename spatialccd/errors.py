"""Every error and warning, and the two checks that word them.

An error says what was wrong, where, and what to do. Data errors carry the
offending rows, all of them, in ``cases``.
"""

from __future__ import annotations

import difflib
import errno
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import pandas as pd

_PACKAGE = f"{__package__}."


class SpatialCCDError(Exception):
    """Base of every error raised on purpose.

    Attributes
    ----------
    problem : str
        What is wrong, where the message also says what to do in Python.
    remedy : str
        A name for what to do; QGIS has its own words for it.
    words : dict of str to str
        What the remedy's words may name.
    """

    problem: str = ""
    remedy: str = ""
    words: Mapping[str, str] = {}

    def advise(self, remedy: str, python: str, **words: str) -> Self:
        """Add what to do, in the words of Python and under a name for those of QGIS.

        Examples
        --------
        >>> error = GeometryError("areas has no CRS").advise("set crs", "areas.set_crs(...)")
        >>> str(error), error.problem
        ('areas has no CRS; areas.set_crs(...)', 'areas has no CRS')
        """
        self.problem, self.remedy, self.words = str(self), remedy, words
        self.args = (f"{self}; {python}", *self.args[1:])
        return self


class DataError(SpatialCCDError):
    """The data cannot be used as they are.

    Attributes
    ----------
    cases : DataFrame or None
        Every offending row, with columns that say where it stands.
    """

    def __init__(self, message: str, cases: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.cases = cases


class PanelError(DataError):
    """A table of indicators is not a panel."""


class JoinError(DataError):
    """Rows and areas do not belong together one to one."""


class DatabaseError(DataError):
    """A database cannot be reached, or refuses what is asked of it."""


class AlignmentError(DataError):
    """Two inputs do not carry the same labels."""


class GeometryError(DataError):
    """A layer is invalid, empty, or in the wrong coordinates."""


class ParameterError(SpatialCCDError, ValueError):
    """An argument is outside what is allowed."""


class SavedFileError(SpatialCCDError):
    """A file is not a saved result, or is not as it was saved."""


class FileError(SpatialCCDError, OSError):
    """A file cannot be read or written: a full disk, no right to it, a name too long."""


class StudyError(SpatialCCDError):
    """A study file asks for what there is not."""


class EstimationError(SpatialCCDError):
    """The data are sound but the estimate does not exist."""


class ConvergenceError(EstimationError):
    """An iteration stopped before it settled."""


class BoundError(EstimationError):
    """A likelihood rises up to a bound of a parameter, so that there is no estimate.

    Attributes
    ----------
    parameter : str
        Its name.
    """

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter


class SingularDesignError(EstimationError):
    """Covariates are linearly dependent, here or at the places named."""


class MissingDependencyError(SpatialCCDError, ImportError):
    """An optional package is needed; the message has the install line."""


class Cancelled(SpatialCCDError):  # noqa: N818 - not a fault: the user asked for it
    """The user stopped the work."""


class SpatialCCDWarning(UserWarning):
    """Base of every warning."""


class ConstantWarning(SpatialCCDWarning):
    """A column has one value only and carries no information."""


class TargetWarning(SpatialCCDWarning):
    """All values of a moderate indicator lie on one side of its target."""


class ScoreWarning(SpatialCCDWarning):
    """Scores stand where levels are meant: their zero is the sample's, not the thing's."""


class IslandWarning(SpatialCCDWarning):
    """Units without neighbors were found."""


class OneNeighborWarning(SpatialCCDWarning):
    """Units have one neighbor only, whose value alone makes their figure."""


class ThinStrataWarning(SpatialCCDWarning):
    """Strata are too many, or hold too few units, for the figures to mean much."""


class CodesWarning(SpatialCCDWarning):
    """Numbers that look like codes of classes were treated as amounts."""


class ThinFrontierWarning(SpatialCCDWarning):
    """Too few units span a frontier, so that most of them look efficient."""


class ShortPanelWarning(SpatialCCDWarning):
    """A panel has too few years for what its figures seem to say."""


class BandwidthWarning(SpatialCCDWarning):
    """A bandwidth sits on a bound of its search."""


class RepeatedLocationWarning(SpatialCCDWarning):
    """Several observations share one place."""


class CensoringWarning(SpatialCCDWarning):
    """A limit was given at which no value lies."""


class ConvergenceWarning(SpatialCCDWarning):
    """An iteration stopped at its limit; the estimate is approximate."""


class CacheWarning(SpatialCCDWarning):
    """Something that is kept between runs cannot be, and is made anew each time."""


class EncodingGuessWarning(SpatialCCDWarning):
    """The encoding of a file could only be guessed."""


class DataWarning(SpatialCCDWarning):
    """The data can be used, but not all of them.

    Attributes
    ----------
    cases : DataFrame or None
        Every row concerned, as in `DataError`.
    """

    def __init__(self, message: str, cases: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.cases = cases


class GeometryWarning(DataWarning):
    """A layer was repaired, or its coordinates are not what the method wants."""


class GapWarning(DataWarning):
    """A panel has missing values, or lacks rows."""


class ReadingWarning(DataWarning):
    """Cells, rows or names of a file were read by a rule, which each reader should look at."""


class JoinWarning(DataWarning):
    """Units without an area, or areas without data, are left out of a join."""


class InfeasibleWarning(DataWarning):
    """Linear programs of some units have no solution, so that these carry no figure."""


class ApproachWarning(SpatialCCDWarning):
    """The data do not allow the way of estimation asked for, and another was taken."""


class PermutationWarning(SpatialCCDWarning):
    """Too few permutations for the level that is asked of them."""


class SourceWarning(SpatialCCDWarning):
    """A name stands for columns of several results; the message says which was taken."""


class FontWarning(SpatialCCDWarning):
    """No installed font has the glyphs that a text needs."""


#: What the system says of a file, and what to do.
_REASONS = {
    "ENOSPC": "the disk is full; free some room, or write to another disk",
    "EDQUOT": "the quota of this account is used up; free some room",
    "EFBIG": "the file would be larger than the system allows; write to another disk",
    "EROFS": "the place can only be read; choose another",
    "EACCES": "this account has no right to it; choose another place",
    "EPERM": "this account has no right to it; choose another place",
    "ENAMETOOLONG": "the name is too long; shorten it",
    "EISDIR": "a folder of that name is in the way; choose another name",
    "ENOTDIR": "a file is in the way of a folder of that name; choose another",
    "EEXIST": "a file is in the way of a folder of that name; choose another",
    "ENOENT": "there is no such file or folder; check the path",
    "EIO": "the disk does not answer; check its connection",
    "EMFILE": "too many files are open; close other programs",
}


def reason(error: OSError) -> str:
    """Say in words why a file cannot be read or written, and what to do.

    Examples
    --------
    >>> reason(OSError(errno.ENOSPC, "No space left on device"))
    'the disk is full; free some room, or write to another disk'
    """
    if isinstance(error, FileError):
        return str(error)
    name = errno.errorcode.get(error.errno or 0, "")
    return _REASONS.get(name, error.strerror or str(error) or type(error).__name__)


def warn(message: str, category: type[SpatialCCDWarning]) -> None:
    """Warn, and point at the line outside the package that called it, however deep this is."""
    depth, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_PACKAGE):
        depth, frame = depth + 1, frame.f_back
    warnings.warn(message, category, stacklevel=depth)


def check_choice(name: str, value: object, allowed: Sequence[object]) -> None:
    """Raise ``ParameterError`` unless `value` is one of `allowed`.

    Examples
    --------
    >>> check_choice("method", "queen", ("queen", "rook"))
    >>> check_choice("method", "quen", ("queen", "rook"))
    Traceback (most recent call last):
    spatialccd.errors.ParameterError: method='quen' is not known; did you mean 'queen'? ...
    """
    if value in allowed:
        return
    listing = ", ".join(repr(a) for a in allowed)
    raise ParameterError(f"{name}={value!r} is not known;{_hint(value, allowed)} use {listing}")


def check_range(
    name: str,
    value: float,
    low: float | None = None,
    high: float | None = None,
    *,
    open_low: bool = False,
    open_high: bool = False,
) -> None:
    """Raise ``ParameterError`` unless `value` lies between `low` and `high`.

    Examples
    --------
    >>> check_range("alpha", 0.05, 0, 1, open_low=True)
    >>> check_range("alpha", 5, 0, 1, open_low=True)
    Traceback (most recent call last):
    spatialccd.errors.ParameterError: alpha=5 is out of range; it must be > 0 and <= 1
    """
    too_low = low is not None and (value <= low if open_low else value < low)
    too_high = high is not None and (value >= high if open_high else value > high)
    if not (too_low or too_high or value != value):
        return
    bounds = []
    if low is not None:
        bounds.append(f"{'>' if open_low else '>='} {low:g}")
    if high is not None:
        bounds.append(f"{'<' if open_high else '<='} {high:g}")
    raise ParameterError(f"{name}={value!r} is out of range; it must be {' and '.join(bounds)}")


def closest(word: object, known: Iterable[object]) -> str | None:
    """Give the word of `known` most like `word`, whatever its case, or None when none is near.

    Examples
    --------
    >>> closest("Year", ["adcode", "YEAR"])
    'YEAR'
    """
    folded: dict[str, str] = {}
    for other in known:
        folded.setdefault(str(other).casefold(), str(other))
    found = difflib.get_close_matches(str(word).casefold(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(word: object, known: Iterable[object]) -> str:
    """Give the end of a message that names the nearest known word; empty when none is near.

    Examples
    --------
    >>> "no column 'Year'" + did_you_mean("Year", ["adcode", "YEAR"])
    "no column 'Year'; did you mean 'YEAR'?"
    """
    near = closest(word, known)
    return f"; did you mean {near!r}?" if near else ""


def listed(labels: Iterable[object], limit: int = 8) -> str:
    """Write labels in one line, the first `limit` of them and how many more.

    Examples
    --------
    >>> listed(["Hainan", "Macao", "Taiwan"], limit=2)
    'Hainan, Macao and 1 more'
    """
    words = [str(label) for label in labels]
    if len(words) <= limit:
        return ", ".join(words)
    return f"{', '.join(words[:limit])} and {len(words) - limit} more"


def counted(n: int, one: str, many: str) -> str:
    """Write a number with the word for one or for many.

    Examples
    --------
    >>> counted(1, "pair", "pairs"), counted(1200, "pair", "pairs")
    ('1 pair', '1,200 pairs')
    """
    return f"{n:,} {one if n == 1 else many}"


def require(package: str, extra: str) -> None:
    """Raise ``MissingDependencyError`` with the install line unless `package` imports.

    Examples
    --------
    >>> require("json", "china")
    """
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise MissingDependencyError(
            f"this needs the package {package!r}; install it with: "
            f'pip install "spatialccd[{extra}]"'
        )


def _hint(value: object, allowed: Iterable[object]) -> str:
    near = closest(value, allowed)
    return f" did you mean {near!r}?" if near else ""
