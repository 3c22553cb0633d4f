"""Grey relational degree: how near the course of one series is to that of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._grey import coefficients
from spatialccd._grey import extremes as _extremes
from spatialccd._result import Result, record
from spatialccd.errors import PanelError, ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, IntArray

Normalize = Literal["mean", "initial", "range"]
Extremes = Literal["reference", "all"]
By = Literal["all", "unit", "time"]


@dataclass(frozen=True, eq=False, kw_only=True)
class GreyRelation(Result):
    """Grey relational degrees, beside what chance gives.

    Attributes
    ----------
    table : DataFrame
        On (reference, factor), and the unit or time where each has its own:
        ``degree``, ``rank`` of the factor for its reference, and ``chance_mean``
        and ``chance_95``, mean and 95% quantile of the degree when the factors'
        rows are permuted, by the same min D and max D.
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a pair of series."""
        return self.table.copy()

    def notes(self) -> list[str]:
        """Say what the degree is not."""
        return [
            "a grey relational degree is no test and no correlation: read it beside chance_mean, "
            "the degree of the same series in random order"
        ]


def grey_relation(
    references: Columns,
    factors: Columns,
    *,
    normalize: Normalize = "mean",
    extremes: Extremes = "reference",
    rho: float = 0.5,
    by: By = "all",
    n_permutations: int = 999,
    seed: int | None = None,
) -> GreyRelation:
    """Compare the courses of series: Deng's grey relational degree.

    With D(t) = |x0(t) - xi(t)| for a reference x0 and a factor xi brought to one
    scale: xi(t) = (min D + rho max D) / (D(t) + rho max D), and the degree is its
    mean over the rows.

    Parameters
    ----------
    references : DataFrame
        The series compared with, one column each, on unit or on (unit, time).
    factors : DataFrame
        The series compared, one column each, on the same rows.
    normalize : {"mean", "initial", "range"}, default "mean"
        Divide each series by its mean, or by its value in the first row (in the
        order of labels), or scale it to [0, 1] by its range.
    extremes : {"reference", "all"}, default "reference"
        Take min D and max D over the factors for each reference by itself, as
        textbooks do, or over all pairs.
    rho : float, default 0.5
        Distinguishing coefficient, above 0 and up to 1.
    by : {"all", "unit", "time"}, default "all"
        In a panel: all rows as one series, each unit over its times, or each time
        over its units.
    n_permutations : int, default 999
        Random orders of the factors' rows for ``chance_mean`` and ``chance_95``; 0
        for none.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.

    Returns
    -------
    GreyRelation
        ``.table``.

    Raises
    ------
    PanelError
        A series with fewer than two rows, one that is constant under "range", or
        whose divisor is not positive; all are named.
    ParameterError
        Settings out of range; "initial" over all rows of a panel; columns that
        stand in both tables or twice.
    AlignmentError
        Labels differ, or a value is missing.

    Notes
    -----
    When not to use it: to show that one thing drives another. The degree is large
    for any series that stay near each other after scaling: five series of
    independent noise have a mean degree of 0.63 at rho 0.5, 0.33 at 0.1 and 0.74 at
    0.9, so that "above 0.6 is a strong relation" is what noise gives. Opposite
    courses count like any other distance. And the largest difference is the measure
    of all: two series that run together throughout, and so have no large one, can
    have a smaller degree than two that part once. Rank factors with it, and read each
    degree beside ``chance_mean``; series with a common trend exceed that too.

    References
    ----------
    Deng (1989), Introduction to grey system theory, J. Grey Syst. 1(1), 1-24.

    Examples
    --------
    GDP and its three industries, 2000 to 2005:

    >>> import pandas as pd
    >>> gdp = pd.DataFrame({"gdp": [1988, 2061, 2335, 2750, 3356, 3806]}, index=range(2000, 2006))
    >>> parts = pd.DataFrame(
    ...     {"primary": [386, 408, 422, 482, 511, 561],
    ...      "secondary": [839, 846, 960, 1258, 1577, 1893],
    ...      "tertiary": [763, 808, 953, 1010, 1268, 1352]}, index=gdp.index)
    >>> grey_relation(gdp, parts, seed=1).table["degree"].round(4).to_list()
    [0.5084, 0.6243, 0.7573]
    """
    settings = record("grey_relation", locals())
    check_choice("normalize", normalize, get_args(Normalize))
    check_choice("extremes", extremes, get_args(Extremes))
    check_choice("by", by, get_args(By))
    check_range("rho", rho, 0, 1, open_low=True)
    check_range("n_permutations", n_permutations, 0)
    X0, X = _align.align(references=references, factors=factors)
    for role, frame in (("references", X0), ("factors", X)):
        _align.check_complete(frame, role)
    _check_columns(X0.columns, X.columns)
    if normalize == "initial" and by == "all" and X0.index.nlevels > 1:
        raise ParameterError(
            "normalize='initial' needs one first row a series: take by='unit', or another scale"
        )
    pairs = pd.MultiIndex.from_product([X0.columns, X.columns], names=["reference", "factor"])
    tables = {}
    for label, rows in _series(X0.index, by):
        ref, own = (_scaled(frame.iloc[rows], normalize, label) for frame in (X0, X))
        axes = (0, 2) if extremes == "reference" else (0, 1, 2)
        rng = np.random.default_rng(seed)  # the same orders for every unit or time
        columns = _compare(ref, own, rho, axes, n_permutations, rng)
        tables[label] = pd.DataFrame(columns, index=pairs)
    table = (
        tables[None]
        if None in tables
        else pd.concat(tables, names=[by]).reorder_levels(["reference", "factor", by])
    )
    groups = [name for name in table.index.names if name != "factor"]
    ranks = table["degree"].round(12).groupby(groups).rank(ascending=False)
    table.insert(1, "rank", ranks)
    return GreyRelation(settings=settings, table=table)


def _compare(
    ref: FloatArray,
    own: FloatArray,
    rho: float,
    axes: tuple[int, ...],
    n_permutations: int,
    rng: np.random.Generator,
) -> dict[str, FloatArray]:
    """Give the degree of each pair (r k,), and what permuted rows of `own` (m, k) give."""

    def distance(order: IntArray) -> FloatArray:
        return np.asarray(np.abs(ref[:, :, None] - own[order][:, None, :]))

    def degrees(order: IntArray) -> FloatArray:
        return np.asarray(coefficients(distance(order), ends).mean(axis=0).ravel())

    rows = np.arange(len(ref))
    ends = _extremes(distance(rows), rho, axes)  # chance is measured by the same ends
    found = {"degree": degrees(rows)}
    if n_permutations:
        chance = np.array([degrees(rng.permutation(rows)) for _ in range(n_permutations)])
        found |= {
            "chance_mean": chance.mean(axis=0),
            "chance_95": np.quantile(chance, 0.95, axis=0),
        }
    return found


def _series(index: pd.Index, by: By) -> Iterator[tuple[Any, IntArray]]:
    """Give the rows of each series: all, or those of each unit or time."""
    if by == "all":
        yield None, np.arange(len(index))
        return
    if index.nlevels == 1:
        raise ParameterError(f"by={by!r} needs a panel on (unit, time)")
    labels = index.get_level_values(0 if by == "unit" else 1)
    for label in _align.canonical(labels.unique()):
        yield label, np.flatnonzero(labels == label)


def _scaled(frame: pd.DataFrame, normalize: Normalize, label: Any) -> FloatArray:
    """Bring the columns of one series of rows to one scale, (m, k)."""
    x = frame.to_numpy(dtype=float)
    where = "" if label is None else f" in {label}"
    if len(x) < 2:
        raise PanelError(f"one row only{where}: a course needs two or more")
    if normalize == "range":
        wrong = is_constant(x)
        reason = "they are constant and have no range"
        bottom, x = np.ptp(x, axis=0), x - x.min(axis=0)
    else:
        bottom = x.mean(axis=0) if normalize == "mean" else x[0]
        wrong = ~(bottom > 0)
        reason = f"their {'mean' if normalize == 'mean' else 'first value'} is not positive"
    if wrong.any():
        raise PanelError(
            f"series that cannot be scaled{where}: {listed(frame.columns[wrong])}; {reason}: "
            "choose another normalize, or leave them out"
        )
    return np.asarray(x / bottom)


def _check_columns(references: pd.Index, factors: pd.Index) -> None:
    whole = references.append(factors)
    twice = whole[whole.duplicated()].unique()
    if len(twice):
        raise ParameterError(
            f"columns that stand more than once in references and factors: {listed(twice)}; a "
            "series is at degree 1 with itself and moves the extremes of all others"
        )
