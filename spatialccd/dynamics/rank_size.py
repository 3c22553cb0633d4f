"""How sizes fall with rank: Zipf's law and the rank-size rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result, gap_note, record
from spatialccd.dynamics._samples import numbers
from spatialccd.errors import DataError, ParameterError, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Values

#: A line through fewer units than this says nothing.
_FEWEST = 5


@dataclass(frozen=True, eq=False, kw_only=True)
class RankSize(Result):
    """The exponents of sizes and ranks of each time.

    Attributes
    ----------
    table : DataFrame
        On time ("all" for a cross-section): ``n`` units; ``pareto``, b of ln(rank -
        1/2) = a - b ln(size), with ``se``, ``pareto_low``, ``pareto_high`` and ``p``
        of b = 1 (Zipf's law), and ``r2``; ``zipf``, q of ln(size) = c - q ln(rank), and
        ``zipf_r2``; ``primacy``, the largest over the second.
    points : DataFrame
        On the caller's rows that enter: ``rank`` in its time, 1 the largest, and
        ``size``.
    """

    table: pd.DataFrame
    points: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a time."""
        return self.table.copy()

    def notes(self) -> list[str]:
        """Tell the two exponents apart."""
        return [
            "pareto is the slope of rank on size, zipf that of size on rank: papers print either, "
            "and one is large where the other is small",
            *gap_note(self.table, ["pareto"], "units do not differ"),
        ]


def rank_size(y: Values, *, top: int | None = None, confidence: float = 0.95) -> RankSize:
    """Fit how sizes fall with their rank, in each time.

    ln(rank - 1/2) = a - b ln(size), whose half takes off most of the bias of least
    squares; its standard error is b (2 / n)^(1/2), and not that of the regression, which
    takes ranks as independent. Beside it ln(size) = c - q ln(rank), as most papers fit.

    Parameters
    ----------
    y : Series
        Positive sizes (population, output) on (unit, time) or unit; five units or more.
    top : int, optional
        Only so many of the largest units of each time; all when omitted.
    confidence : float, default 0.95
        Level of the intervals.

    Returns
    -------
    RankSize
        ``.table`` on time.

    Raises
    ------
    DataError
        A size is not positive; ``cases`` lists each.
    ParameterError
        Fewer than five units at some time, or `top` is less than five or more than
        there are.

    Notes
    -----
    Not for scores, shares and degrees between bounds, such as D: the law is one of
    sizes without an upper end. A high r2 is no evidence: sorting alone gives it (.82
    in the middle for 31 lognormal sizes, of which the law does not hold). Where Zipf's
    law holds p of b = 1 is below .05 in .05 to .06 of samples of 10 to 300 units, and b
    is 1.13 in the mean with 10, 1.03 with 31 (4,000 samples each,
    tests/dynamics/test_rank_size.py has a part).

    References
    ----------
    Gabaix and Ibragimov (2011), J. Bus. Econ. Stat. 29, 24-39, equations 1.3 and
    1.4. Zipf (1949), Human Behavior and the Principle of Least Effort.

    Examples
    --------
    >>> import pandas as pd
    >>> cities = pd.Series([1000.0, 480, 350, 240, 210, 160, 150, 120], index=list("abcdefgh"))
    >>> rank_size(cities).table[["n", "pareto", "se", "zipf", "primacy"]].round(3)
          n  pareto     se   zipf  primacy
    time
    all   8   1.277  0.638  0.998    2.083
    """
    settings = record("rank_size", locals())
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    sizes = numbers(y)
    _check_positive(sizes)
    if top is not None:
        check_range("top", top, _FEWEST)
    ordered = {
        "all" if time is None else time: values.sort_values(ascending=False, kind="stable")
        for time, values in _align.by_time(sizes, "y")
    }
    samples = {time: values.to_numpy() for time, values in ordered.items()}
    wanted = top or _FEWEST
    short = [f"{time} ({len(x)})" for time, x in samples.items() if len(x) < wanted]
    if short:
        raise ParameterError(f"fewer than {wanted} units at {listed(short)}")
    rows = [_fit(x[:top], confidence) for x in samples.values()]
    return RankSize(
        settings=settings,
        table=pd.DataFrame(rows, pd.Index(list(samples), name="time")),
        points=_points(ordered, top, sizes.index),
    )


def _points(ordered: dict[Any, pd.Series], top: int | None, index: pd.Index) -> pd.DataFrame:
    """Put ranks and sizes onto the caller's rows."""
    parts = {
        time: pd.DataFrame({"rank": np.arange(1, len(own) + 1), "size": own})[:top]
        for time, own in ordered.items()
    }
    if index.nlevels == 1:
        points = parts["all"]
    else:
        points = pd.concat(parts, names=["time", index.names[0]]).swaplevel()
        points.index.names = index.names
    return points.loc[index[index.isin(points.index)]]


def _fit(x: FloatArray, confidence: float) -> dict[str, Any]:
    """Fit both lines to sizes (n,), largest first."""
    n = len(x)
    found: dict[str, Any] = {"n": n}
    names = ("pareto", "se", "pareto_low", "pareto_high", "p", "r2", "zipf", "zipf_r2", "primacy")
    if is_constant(x):
        return found | dict.fromkeys(names, np.nan)
    logs, rank = np.log(x), np.arange(1, n + 1)
    pareto = stats.linregress(logs, np.log(rank - 0.5))
    zipf = stats.linregress(np.log(rank), logs)
    b = -pareto.slope
    se = b * np.sqrt(2 / n)
    reach = stats.norm.ppf(0.5 + confidence / 2) * se
    p = 2 * stats.norm.sf(abs(b - 1) / se)
    figures = (b, se, b - reach, b + reach, p, pareto.rvalue**2, -zipf.slope, zipf.rvalue**2)
    return found | dict(zip(names, [*map(float, figures), float(x[0] / x[1])], strict=True))


def _check_positive(sizes: pd.Series) -> None:
    wrong = sizes[sizes <= 0]
    if len(wrong):
        raise DataError(
            f"{len(wrong)} sizes are not positive, and have no logarithm: "
            f"{listed(wrong.index.get_level_values(0).unique())}; leave these units out",
            wrong.rename("size").reset_index(),
        )
