"""Risk detector: which strata of a factor differ in their mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import special

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.drivers.geodetector._design import Part, make_design, warn_thin
from spatialccd.drivers.geodetector._tables import label_part
from spatialccd.errors import check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Groups, Values
    from spatialccd.drivers.strata import AnyStrata

Correction = Literal["holm", "none"]


@dataclass(frozen=True, eq=False, kw_only=True)
class RiskDetector(Result):
    """The mean of each stratum, and which pairs of strata differ.

    Attributes
    ----------
    means : DataFrame
        One row a stratum: factor, the names in `by`, stratum, n, mean, sd, low,
        high (interval of the mean; NaN for a stratum of one row).
    pairs : DataFrame
        One row a pair of strata: the columns of ``to_frame``.
    fitted : DataFrame
        On the caller's index, a column a factor: the mean of the row's stratum
        in its own part, as a risk map shows it.
    by : tuple of str
        What the data were split by.
    basis : str
        How the strata were made.
    """

    means: pd.DataFrame
    pairs: pd.DataFrame
    fitted: pd.DataFrame
    by: tuple[str, ...]
    basis: str

    def notes(self) -> list[str]:
        """Say why a pair has no test."""
        untested = int(self.pairs["p"].isna().sum())
        return (
            [
                f"{untested} of {len(self.pairs)} pairs have no test: a stratum of one row has no "
                "spread, and strata of one value each have none to compare."
            ]
            if untested
            else []
        )

    def to_frame(self) -> pd.DataFrame:
        """Give one row a pair of strata.

        Columns: factor, the names in `by`, stratum_a, stratum_b, mean_a,
        mean_b, difference (a - b), t, df, p, p_holm, significant.
        """
        return self.pairs.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the mean of each stratum."""
        return {"means": self.means.copy()}

    def summary(self) -> str:
        """Write the means and the pairs."""
        return (
            f"{self.means.to_string(max_rows=60)}\n\n{super().summary()}\n\nStrata: {self.basis}."
        )


def risk_detector(
    y: Values,
    strata: AnyStrata,
    groups: Groups | None = None,
    *,
    by: str | Sequence[str] | None = None,
    total: str | None = "All",
    alpha: float = 0.05,
    correction: Correction = "holm",
) -> RiskDetector:
    """Compare the means of the strata of each factor, pair by pair.

    Parameters
    ----------
    y : Series (n,)
        The value to explain, on unit or on (unit, time).
    strata : Strata or DataFrame (n, p)
        Labels of strata on the index of y, one column a factor, or what
        ``stratify`` returns; what is on unit holds at all times.
    groups : Series, optional
        A label for each unit or row, such as its region, to split by; its name
        is what `by` calls it.
    by : str or sequence of str, optional
        Work on each part by itself: "time", the name of `groups`, or both.
    total : str, default "All"
        Where `groups` split the data, what to call all groups together, which
        are then given too; None leaves them out.
    alpha : float, default 0.05
        Level of ``significant``, and 1 - alpha of the intervals of the means.
    correction : {"holm", "none"}, default "holm"
        What ``significant`` goes by: Holm's p-values over all pairs of a factor
        and part, or the plain ones, as other packages do.

    Returns
    -------
    RiskDetector
        Means with Student intervals, and Welch's t for each pair (unequal
        variances, fractional degrees of freedom). A stratum of one row has a
        mean and no test.

    Raises
    ------
    AlignmentError
        y and strata do not carry the same labels, or a value is missing.
    DataError
        y is constant, or a factor has one stratum or n of them.

    Warns
    -----
    ThinStrataWarning
        A stratum has one row, or there are more strata than n/3.

    References
    ----------
    Wang, J. F. et al. (2010). Geographical detectors-based health risk
    assessment. IJGIS 24, 107-127, eq. 4. Welch, B. L. (1947). Biometrika 34,
    28-35. Holm, S. (1979). Scand. J. Statist. 6, 65-70.

    Examples
    --------
    >>> units = pd.Index(list("abcdefgh"), name="unit")
    >>> y = pd.Series([1, 2, 1, 2, 5, 6, 5, 6.0], units, name="y")
    >>> found = risk_detector(y, pd.DataFrame({"zone": list("NNNNSSSS")}, units))
    >>> found.to_frame()[["stratum_a", "stratum_b", "difference", "t", "df", "p"]].round(3)
      stratum_a stratum_b  difference      t   df    p
    0         N         S        -4.0 -9.798  6.0  0.0
    """
    settings = record("risk_detector", locals())
    check_range("alpha", alpha, 0, 1, open_low=True, open_high=True)
    check_choice("correction", correction, get_args(Correction))
    design = make_design(y, strata, groups, by, total)
    warn_thin(design)
    means: list[pd.DataFrame] = []
    pairs: list[pd.DataFrame] = []
    fitted = np.full((len(design.index), len(design.factors)), np.nan)
    for part in design.parts:
        for i, factor in enumerate(design.factors):
            table = _means(part, i, alpha)
            # Where all groups come first as one part, each group then writes over its rows.
            fitted[part.rows, i] = table["mean"].to_numpy()[part.codes[i][0]]
            tested = _compare(table)
            tested["significant"] = tested["p_holm" if correction == "holm" else "p"] < alpha
            for frame, found in ((table, means), (tested, pairs)):
                frame.insert(0, "factor", factor)
                found.append(label_part(frame, part, 1))
    return RiskDetector(
        settings=record(settings.tool, settings, strata=design.basis),
        means=pd.concat(means, ignore_index=True),
        pairs=pd.concat([p for p in pairs if len(p)], ignore_index=True),
        fitted=_align.restore(pd.DataFrame(fitted, design.index, design.factors), y.index),
        by=tuple(design.parts[0].key),
        basis=design.basis,
    )


def holm(p: FloatArray) -> FloatArray:
    """Adjust p-values by Holm's step-down rule; NaN stays and does not count.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, np.nan, 0.03])).tolist()
    [0.03, 0.06, nan, 0.06]
    """
    adjusted = np.full(p.size, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps * p[order]), 1.0)
    return adjusted


def _means(part: Part, factor: int, alpha: float) -> pd.DataFrame:
    """Give n, mean, standard deviation and interval of each stratum (L rows)."""
    codes, count = part.codes[factor]
    n = np.bincount(codes, minlength=count)
    size = np.abs(part.y).max() or 1.0  # the square of a very small or large number is none
    y = part.y / size
    mean = np.bincount(codes, y, count) / n
    squares = np.bincount(codes, (y - mean[codes]) ** 2, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        sd = np.where(n > 1, np.sqrt(squares / (n - 1)), np.nan)
        half = special.stdtrit(n - 1.0, 1 - alpha / 2) * sd / np.sqrt(n)
    mean, sd, half = mean * size, sd * size, half * size
    levels = part.levels[factor].astype(object)
    return pd.DataFrame(
        {"stratum": levels, "n": n, "mean": mean, "sd": sd, "low": mean - half, "high": mean + half}
    )


def _compare(means: pd.DataFrame) -> pd.DataFrame:
    """Give Welch's test of every pair of strata (L(L-1)/2 rows)."""
    a, b = np.triu_indices(len(means), 1)
    column: dict[str, Any] = {name: means[name].to_numpy() for name in means}
    size = np.nanmax(column["sd"], initial=0.0) or 1.0
    error = (column["sd"] / size) ** 2 / column["n"]
    difference = column["mean"][a] - column["mean"][b]
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = error[a] + error[b]
        t = np.where(pooled > 0, difference / size / np.sqrt(pooled), np.nan)
        parts = error**2 / (column["n"] - 1.0)
        df = np.where(pooled > 0, pooled**2 / (parts[a] + parts[b]), np.nan)
        p = 2.0 * special.stdtr(df, -np.abs(t))
    return pd.DataFrame(
        {
            "stratum_a": column["stratum"][a],
            "stratum_b": column["stratum"][b],
            "mean_a": column["mean"][a],
            "mean_b": column["mean"][b],
            "difference": difference,
            "t": t,
            "df": df,
            "p": p,
            "p_holm": holm(p),
        }
    )
