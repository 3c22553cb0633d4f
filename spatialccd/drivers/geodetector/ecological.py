"""Ecological detector: whether one factor explains more than another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from spatialccd._result import Result, record
from spatialccd.drivers.geodetector import _kernels as kernels
from spatialccd.drivers.geodetector._design import Part, make_design, warn_thin
from spatialccd.drivers.geodetector._tables import label_part
from spatialccd.errors import check_range

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Groups, IntArray, Values
    from spatialccd.drivers.strata import AnyStrata


@dataclass(frozen=True, eq=False, kw_only=True)
class EcologicalDetector(Result):
    """Which pairs of factors differ in what they explain.

    Attributes
    ----------
    figures : DataFrame
        One row a pair and part: the columns of ``to_frame``.
    by : tuple of str
        What the data were split by.
    basis : str
        How the strata were made.
    """

    figures: pd.DataFrame
    by: tuple[str, ...]
    basis: str

    def notes(self) -> list[str]:
        """Say how little the test can tell at this number of rows."""
        n, alpha = int(self.figures["n"].max()), float(self.settings["alpha"])
        f = special.fdtri(n - 1, n - 1, 1 - alpha / 2)
        perfect = self.figures["F"].isna() & self.figures["q_a"].notna()
        none = ["Pairs of factors with q = 1 each have no F."] if perfect.any() else []
        return [
            *none,
            f"This test has little power: with {n} rows a factor of q = 0.3 differs significantly "
            f"from one of q = {1 - 0.7 / f:.2f} or more only, and of two unrelated factors without "
            "effect none of 1,000 pairs did at 10%. Not significant does not mean alike.",
        ]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a pair and part.

        Columns: factor_a, factor_b, the names in `by`, n, q_a, q_b, F, p, significant.
        """
        return self.figures.copy()


def ecological_detector(
    y: Values,
    strata: AnyStrata,
    groups: Groups | None = None,
    *,
    by: str | Sequence[str] | None = None,
    total: str | None = "All",
    alpha: float = 0.05,
) -> EcologicalDetector:
    """Compare what two factors leave unexplained, pair by pair.

    F = SSW_a / SSW_b with (n - 1, n - 1) degrees of freedom, two-sided: the
    answer does not depend on which factor is named first. (Of the packages in
    use, one tests one side, one both sides at twice the level, and two take
    other degrees of freedom.) The two sums come from the same y and are not
    independent, so take the p-value as approximate. It is far too large: F of two
    factors stays near 1 since most of both sums is the same, and in noise (31
    rows) none of 1,000 pairs was significant at 10%. So a significant pair
    differs, and one that is not significant may differ all the same.

    Parameters
    ----------
    y : Series (n,)
        The value to explain, on unit or on (unit, time).
    strata : Strata or DataFrame (n, p)
        Labels of strata on the index of y, one column a factor, or what ``stratify``
        returns; what is on unit holds at all times. Two factors or more.
    groups : Series, optional
        A label for each unit or row, such as its region, to split by; its name
        is what `by` calls it.
    by : str or sequence of str, optional
        Work on each part by itself: "time", the name of `groups`, or both.
    total : str, default "All"
        Where `groups` split the data, what to call all groups together, which
        are then given too; None leaves them out.
    alpha : float, default 0.05
        Level of ``significant``.

    Returns
    -------
    EcologicalDetector
        q of both factors, F, its p-value, and whether it is below `alpha`.

    Raises
    ------
    AlignmentError
        y and strata do not carry the same labels, or a value is missing.
    DataError
        y is constant, fewer than two factors, or a factor has one stratum or n
        of them.

    Warns
    -----
    ThinStrataWarning
        A stratum has one row, or there are more strata than n/3.

    References
    ----------
    Wang, J. F. et al. (2010). Geographical detectors-based health risk
    assessment. IJGIS 24, 107-127, eq. 5.

    Examples
    --------
    >>> units = pd.Index(list("abcdefgh"), name="unit")
    >>> y = pd.Series([1, 2, 1, 2, 5, 6, 5, 6.0], units, name="y")
    >>> labels = pd.DataFrame({"zone": list("NNNNSSSS"), "odd": list("abababab")}, units)
    >>> ecological_detector(y, labels).to_frame()[["q_a", "q_b", "F", "p"]].round(4)
          q_a     q_b       F       p
    0  0.9412  0.0588  0.0625  0.0016
    """
    settings = record("ecological_detector", locals())
    check_range("alpha", alpha, 0, 1, open_low=True, open_high=True)
    design = make_design(y, strata, groups, by, total)
    pairs = design.pairs("a comparison")
    warn_thin(design)
    names = np.array(design.factors, dtype=object)
    frames = []
    for part in design.parts:
        q_a, q_b, F, p = _compare(part, pairs)
        frame = pd.DataFrame(
            {
                "factor_a": names[pairs[:, 0]],
                "factor_b": names[pairs[:, 1]],
                "n": part.n,
                "q_a": q_a,
                "q_b": q_b,
                "F": F,
                "p": p,
                "significant": p < alpha,
            }
        )
        frames.append(label_part(frame, part, 2))
    return EcologicalDetector(
        settings=record(settings.tool, settings, strata=design.basis),
        figures=pd.concat(frames, ignore_index=True),
        by=tuple(design.parts[0].key),
        basis=design.basis,
    )


def _compare(part: Part, pairs: IntArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Give q_a, q_b, F and p, each (pairs,); NaN with a factor that cannot be used here."""
    q = kernels.q_statistics(kernels.stack(part.codes), part.z[:, None])[:, 0]
    q = np.where(part.usable, q, np.nan)
    q_a, q_b = q[pairs[:, 0]], q[pairs[:, 1]]
    with np.errstate(invalid="ignore", divide="ignore"):
        F = (1.0 - q_a) / (1.0 - q_b)
    df = part.n - 1.0
    p = 2.0 * np.minimum(special.fdtr(df, df, F), special.fdtrc(df, df, F))
    return q_a, q_b, F, np.asarray(np.minimum(p, 1.0))
