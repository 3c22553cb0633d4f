"""Strata: the classes of each factor, whose means the Geodetector compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result, record
from spatialccd.drivers._codes import warn_merged
from spatialccd.drivers.breaks import Method, classes, upper_limits
from spatialccd.errors import DataError, ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, IntArray

    #: What a detector takes: strata made here, or a frame of labels.
    AnyStrata: TypeAlias = "Strata | Columns"


@dataclass(frozen=True, eq=False, kw_only=True)
class Strata(Result):
    """The stratum of each row, factor by factor.

    Attributes
    ----------
    labels : DataFrame
        On the caller's index, a categorical column a factor. A factor that was
        cut has ordered strata 1, 2, ...; a categorical one has its own labels.
    breaks : DataFrame
        One row a stratum of a factor that was cut: factor, time (where each
        time was cut by itself), stratum, lower, upper. A stratum holds its
        upper limit; the first holds its lower limit too.
    counts : DataFrame
        Factor, time (likewise), stratum, n.
    basis : str
        How the strata were made, and whether their limits are the same at all
        times, in words that every detector repeats.
    dropped : Index
        Units that a graph had dropped as islands: they are in no stratum, and
        every detector leaves them out.
    """

    labels: pd.DataFrame
    breaks: pd.DataFrame
    counts: pd.DataFrame
    basis: str
    dropped: pd.Index = field(default_factory=lambda: pd.Index([]))

    def notes(self) -> list[str]:
        """Name the units that are in no stratum."""
        return _align.left_out(self.dropped)

    def to_frame(self) -> pd.DataFrame:
        """Give the labels, one column a factor, on the caller's index."""
        return self.labels.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the limits of the strata and how many rows are in each."""
        return {"breaks": self.breaks.copy(), "counts": self.counts.copy()}


def stratify(
    X: Columns,
    *,
    method: Method = "natural_breaks",
    k: int = 5,
    breaks: Mapping[str, Sequence[float]] | None = None,
    categorical: Sequence[str] = (),
    pooled: bool = True,
) -> Strata:
    """Cut each factor into strata.

    A column that is categorical, text or true/false passes through untouched:
    its classes are its strata, however many they are.

    Parameters
    ----------
    X : DataFrame (n, p)
        Factors on unit or on (unit, time), without gaps.
    method : str, default "natural_breaks"
        natural_breaks: least sum of squares within strata, the exact optimum;
        quantile: equal counts; equal_interval: equal widths; geometric: limits
        in a constant ratio, for positive factors; standard_deviation: one
        standard deviation wide, the middle at the mean; k_means: Lloyd's
        iteration started at the quantiles; head_tail: cut at the mean, then the
        head again, which finds its own number of strata.
    k : int, default 5
        Number of strata. Ties can leave a factor with fewer.
    breaks : mapping of str to sequence of float, optional
        The limits between strata of some factors, set by hand: ``{"gdp": [10,
        20]}`` makes three strata, up to 10, above 10 up to 20, above 20.
    categorical : sequence of str
        Columns of numbers that are codes of classes and must not be cut.
    pooled : bool, default True
        Cut all times together, so that a stratum means the same in each year.
        Otherwise every time is cut by itself.

    Returns
    -------
    Strata
        Labels, limits and counts.

    Raises
    ------
    AlignmentError
        A value is missing or infinite; all are named.
    DataError
        A factor has one value only, holds numbers as text, or cannot be cut by
        this method.
    ParameterError
        An unknown method, k < 2, or a column named that X does not have.

    Warns
    -----
    CodesWarning
        A column of whole numbers with few distinct values, such as soil types, was
        cut into fewer strata than it has values.

    References
    ----------
    Fisher, W. D. (1958). On grouping for maximum homogeneity. JASA 53, 789-798.
    Jiang, B. (2013). Head/tail breaks. The Professional Geographer 65, 482-494.

    Examples
    --------
    >>> X = pd.DataFrame({"gdp": [1.0, 2.0, 9.0, 10.0], "zone": list("abab")}, index=list("wxyz"))
    >>> strata = stratify(X, k=2)
    >>> strata.to_frame()["gdp"].tolist()
    [1, 1, 2, 2]
    >>> strata.to_frame()["zone"].tolist()
    ['a', 'b', 'a', 'b']
    >>> strata.basis
    'natural_breaks, k=2; zone as given'
    """
    settings = record("stratify", locals())
    check_choice("method", method, get_args(Method))
    check_range("k", k, 2)
    frame = check_factors(X)
    own = {str(c): np.unique(np.asarray(b, dtype=float)) for c, b in (breaks or {}).items()}
    check_columns(frame, own, categorical)
    plain = [c for c in frame if is_categorical(frame[c], categorical)]
    check_classes(frame[[c for c in plain if c not in categorical]])
    cut = [c for c in frame if c not in plain]
    check_ranges({c: (frame[c].min(), frame[c].max()) for c in cut}, method, own)
    labels, limits = _cut(frame, cut, method, k, own, pooled=pooled)
    warn_merged(frame, {c: labels[c].nunique() for c in cut if c not in own})
    basis = describe(method, k, frame.index, plain, own, pooled=pooled)
    return Strata(
        settings=settings,
        labels=_align.restore(labels, X.index),
        breaks=limits,
        counts=count_rows(labels, pooled=pooled),
        basis=basis,
    )


def check_factors(X: Any) -> pd.DataFrame:
    """Give the factors in canonical order of rows; complete, each name once."""
    if not isinstance(X, pd.DataFrame):
        raise ParameterError(
            f"X must be a frame, one column a factor, not {type(X).__name__}; "
            "use series.to_frame() for one factor"
        )
    repeated = X.columns[X.columns.duplicated()].unique()
    if len(repeated):
        raise ParameterError(
            f"X has columns of the same name: {listed(repeated)}; rename or drop one"
        )
    if X.empty:
        raise DataError("X has no rows or no columns; give at least one factor")
    (frame,) = _align.align(X=X)
    _align.check_complete(frame, "X", words=True)
    return frame


def is_categorical(column: pd.Series, declared: Sequence[str] = ()) -> bool:
    """Tell whether a column holds classes: not to be cut, whatever the method."""
    return (
        column.name in declared
        or isinstance(column.dtype, pd.CategoricalDtype)
        or pd.api.types.is_bool_dtype(column)
        or not pd.api.types.is_numeric_dtype(column)
    )


def as_classes(column: pd.Series) -> pd.Series:
    """Make a categorical of a column of labels; one that is categorical stays as it is."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column
    levels = _align.canonical(pd.Index(column.unique()))
    return column.astype(pd.CategoricalDtype(levels))


def numbered(codes: IntArray, index: pd.Index) -> pd.Series:
    """Label codes 0, 1, ... as ordered strata 1, 2, ..."""
    levels = pd.CategoricalDtype(range(1, int(codes.max()) + 2), ordered=True)
    return pd.Series(codes + 1, index).astype(levels)


def count_rows(labels: pd.DataFrame, *, pooled: bool = True) -> pd.DataFrame:
    """Count the rows of each stratum: factor, time (unless pooled), stratum, n."""
    by_time = not pooled and labels.index.nlevels > 1
    counts = []
    for factor in labels:
        keys = [labels[factor].rename("stratum")]
        if by_time:
            keys.insert(0, labels.index.get_level_values(1))
        found = labels[factor].groupby(keys, observed=True).size().rename("n").reset_index()
        found.insert(0, "factor", factor)
        counts.append(found.astype({"stratum": object}))
    return pd.concat(counts, ignore_index=True)


def check_columns(
    frame: pd.DataFrame, own: Mapping[str, FloatArray], categorical: Sequence[str]
) -> None:
    """Raise unless the factors have the columns named, and breaks are for those to be cut."""
    if isinstance(categorical, str):
        raise ParameterError(f"categorical must be a list of columns: [{categorical!r}]")
    unknown = [c for c in [*own, *categorical] if c not in frame.columns]
    both = [c for c in own if c in frame.columns and is_categorical(frame[c], categorical)]
    problems = []
    if unknown:
        problems.append(f"X has no column {listed(unknown)}; it has {listed(frame.columns)}")
    if both:
        problems.append(f"{listed(both)} holds classes and takes no breaks")
    problems += [
        f"breaks of {c} are not numbers" for c, b in own.items() if not np.isfinite(b).all()
    ]
    if problems:
        raise ParameterError("; ".join(problems))


def check_classes(classes: pd.DataFrame) -> None:
    """Raise for numbers that were read as text: one odd cell makes a column of text."""
    text = classes.select_dtypes(exclude=["category", "bool"])
    wrong = [
        c
        for c in text
        if text[c].nunique() > max(len(text) / 3, 2)
        and pd.to_numeric(text[c], errors="coerce").notna().mean() > 0.5
    ]
    if wrong:
        odd = text[wrong].melt(ignore_index=False, var_name="factor")
        odd = odd[pd.to_numeric(odd["value"], errors="coerce").isna()]
        found = f" (but for {listed(odd['value'].unique(), 3)})" if len(odd) else ""
        raise DataError(
            f"{listed(wrong)} holds numbers as text{found} and would make a stratum of each",
            odd.reset_index(),
        ).advise("to numbers", "convert with pandas.to_numeric, or name it in categorical=")


def check_ranges(
    ranges: Mapping[str, tuple[float, float]], method: Method, own: Mapping[str, FloatArray]
) -> None:
    """Raise once for every factor that cannot be cut, from the least and the largest value."""
    constant = [c for c, ends in ranges.items() if is_constant(ends)]
    outside = [
        c
        for c, (low, high) in ranges.items()
        if c in own and not ((own[c] >= low) & (own[c] < high)).any()
    ]
    low = [
        c for c, (low, _) in ranges.items() if method == "geometric" and c not in own and low <= 0
    ]
    problems = []
    if constant:
        problems.append(f"{listed(constant)} has one value only and makes one stratum; drop it")
    if outside:
        problems.append(f"the breaks of {listed(outside)} lie outside its values")
    if low:
        problems.append(
            f"{listed(low)} has values of 0 or less, which geometric limits cannot cut; "
            "use another method"
        )
    if problems:
        cases = pd.DataFrame({"factor": list(dict.fromkeys([*constant, *outside, *low]))})
        raise DataError("; ".join(problems), cases)


def _cut(
    frame: pd.DataFrame,
    cut: Sequence[str],
    method: Method,
    k: int,
    own: Mapping[str, FloatArray],
    *,
    pooled: bool,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the labels of every factor, and the limits of those that were cut."""
    labels, limits = {}, []
    for factor in frame:
        if factor not in cut:
            labels[factor] = as_classes(frame[factor])
            continue
        codes = np.zeros(len(frame), dtype=np.int64)
        for time, rows in _parts(frame.index, pooled=pooled):
            x = frame[factor].to_numpy(dtype=float)[rows]
            upper = _own_limits(x, own[factor]) if factor in own else upper_limits(x, method, k)
            codes[rows] = classes(x, upper)
            limits.append(limits_frame(factor, time, x.min(), upper))
        labels[factor] = numbered(codes, frame.index)
    columns = ["factor", "stratum", "lower", "upper"]
    table = pd.concat(limits, ignore_index=True) if limits else pd.DataFrame(columns=columns)
    return pd.DataFrame(labels, index=frame.index), table


def _own_limits(x: FloatArray, breaks: FloatArray) -> FloatArray:
    """Close breaks set by hand with the maximum; all stay, so that strata mean the same."""
    return np.append(breaks, max(x.max(), breaks[-1]))


def _parts(index: pd.Index, *, pooled: bool) -> list[tuple[Any, Any]]:
    """List (time, rows): all rows at once, or time by time."""
    if pooled or index.nlevels == 1:
        return [(None, slice(None))]
    times = index.get_level_values(1)
    return [(t, np.flatnonzero(times == t)) for t in _align.canonical(times.unique())]


def limits_frame(factor: str, time: Any, low: float, upper: FloatArray) -> pd.DataFrame:
    """Write the limits of one factor's strata: factor, time (if any), stratum, lower, upper."""
    columns: dict[str, Any] = {"factor": factor}
    if time is not None:
        columns["time"] = time
    columns["stratum"] = np.arange(1, upper.size + 1)
    columns["lower"] = np.append(low, upper[:-1])
    columns["upper"] = upper
    return pd.DataFrame(columns)


def describe(
    method: Method,
    k: int,
    index: pd.Index,
    plain: Sequence[str],
    own: Mapping[str, FloatArray],
    *,
    pooled: bool,
) -> str:
    """Say how the strata were made, in words that every detector repeats."""
    words = [method if method == "head_tail" else f"{method}, k={k}"]
    if index.nlevels > 1:
        words[0] += ", cut on all times together" if pooled else ", each time cut by itself"
    if own:
        words.append(f"{listed(own)} by breaks set by hand")
    if plain:
        words.append(f"{listed(plain)} as given")
    return "; ".join(words)
