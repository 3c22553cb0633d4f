"""Intervals that hold the true coefficient of a place as often as they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy import special

from spatialccd._result import Result, record
from spatialccd.drivers.gwr import _assemble as assemble
from spatialccd.drivers.gwr._around import around_terms
from spatialccd.drivers.gwr._options import check_gaussian
from spatialccd.drivers.gwr._refit import coefficients_of_many
from spatialccd.drivers.gwr.results import GTWR, GWR, MGTWR, MGWR
from spatialccd.errors import check_choice, check_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spatialccd._types import FloatArray, Progress
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._kernel_sums import KernelSums

Scale = Literal["fitted", "data"]

#: Rows of weights held at a time, in numbers.
_BLOCK = 4_000_000
#: Responses fitted at once.
_TOGETHER = 100


@dataclass(frozen=True, eq=False, kw_only=True)
class CoefficientIntervals(Result):
    """Intervals of local coefficients.

    Attributes
    ----------
    coef, low, high : DataFrame
        On unit (of a GTWR or MGTWR on (unit, time)), by term: the coefficient less the bias that
        its smoothing shows, and the ends of its interval.
    """

    coef: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit: coef_, low_ and high_ of each term."""
        parts = {"coef_": self.coef, "low_": self.low, "high_": self.high}
        return pd.concat([part.add_prefix(name) for name, part in parts.items()], axis=1)

    def notes(self) -> list[str]:
        """Say what the intervals are of."""
        return [
            "Each interval is for one coefficient at one place, around the coefficient less the "
            "bias that smoothing leaves; over all places it holds the truth as often as it says."
        ]

    def summary(self) -> str:
        """Write the table and the note."""
        return "\n\n".join([super().summary(), *self.notes()])


def coefficient_intervals(
    result: GWR | MGWR | GTWR | MGTWR,
    *,
    level: float = 0.95,
    scale: Scale = "fitted",
    n_draws: int = 1000,
    seed: int | None = None,
    n_jobs: int = -1,
    progress: Progress | None = None,
) -> CoefficientIntervals:
    """Give confidence intervals of local coefficients, with the bias of smoothing in mind.

    A local coefficient is an average over the bandwidth: where its surface bends it is
    biased, and ``coef`` plus or minus 1.96 ``se``, which knows of noise alone, holds
    the truth too seldom. Here the fit is applied once more to its own residuals, what
    it finds there is added (twicing), and the noise of both together is enlarged for
    the bias that is left.

    Parameters
    ----------
    result : GWR, MGWR, GTWR or MGTWR
        A fitted model of a Gaussian y.
    level : float, default 0.95
        Share of places at which an interval is to hold the true coefficient.
    scale : {"fitted", "data"}, default "fitted"
        The scale of the fit (z-scores unless ``standardize=False``), or the units of
        the data.
    n_draws : int, default 1000
        Draws of noise that tell its size: the width has a relative error of
        1 / sqrt(2 n_draws).
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    n_jobs : int, default -1
        Threads; -1 for all.
    progress : callable, optional
        Told how many draws are done, and how many there are.

    Returns
    -------
    CoefficientIntervals
        Coefficients without the bias found, and both ends.

    Raises
    ------
    ParameterError
        A setting is out of range, or counts or shares were fitted.

    Notes
    -----
    With C_j the rows that give coefficient j (beta_j = C_j y), G = I - S what gives the
    residuals, the coefficient is C_j (I + G) y and its noise sigma |C_j (I + G)|; sigma
    is that of the residuals left, G G y. Its square is enlarged by sum w / sum w^2 of
    the kernel (5/3 for a bisquare): that turns the variance of an average into the
    mean squared error it has when what it smooths is as rough as the smoothing assumes
    (Nychka 1988, Wahba 1983). The bandwidths are taken as known.

    Coverage that was measured at 95% of MGWR on known surfaces (planes, waves and a
    hill; 100 to 400 places; noise of half to all of a slope; tests/drivers/gwr/
    coverage.py): .92 to .97 over the terms of a fit (.87 to .99 a term), where 1.96 se
    holds .74 to .88 (.62 to .97). A surface that bends within the smallest bandwidth
    allowed is beyond any interval (.67 to .87 of the hill, and 1.96 se .37 to .62): a
    bandwidth on the lower bound of its search (BandwidthWarning) says so, and a lower
    min_bandwidth helps.

    References
    ----------
    Tukey (1977), Exploratory Data Analysis, ch. 16 (twicing). Nychka (1988), JASA 83,
    1134-1143. Calonico, Cattaneo, Farrell (2018), JASA 113, 767-779 (why the noise of
    the correction counts).

    Examples
    --------
    >>> from spatialccd import gwr
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(0, 100, (80, 2)), columns=["x", "y"])
    >>> X = pd.DataFrame({"roads": rng.normal(size=80)})
    >>> truth = places["x"] / 50
    >>> fit = gwr(X["roads"] * truth + rng.normal(size=80) / 5, X, places, bandwidth=30)
    >>> found = coefficient_intervals(fit, scale="data", seed=1)
    >>> bool(truth.between(found.low["roads"], found.high["roads"]).mean() > 0.8)
    True
    """
    settings = record("coefficient_intervals", locals())
    check_range("level", level, 0, 1, open_low=True, open_high=True)
    check_choice("scale", scale, get_args(Scale))
    check_range("n_draws", n_draws, 100)
    check_gaussian(result, "coefficient_intervals")
    design = result.design
    around = around_terms(result, n_jobs=n_jobs)
    rng = np.random.default_rng(seed)
    of_data = scale == "data" and design.standardized
    (coef,), (left,) = _twiced(result, around, design.y[:, None])
    squares = np.zeros_like(coef)
    noise = 0.0
    for first in range(0, n_draws, _TOGETHER):
        drawn = rng.standard_normal((len(design.y), min(_TOGETHER, n_draws - first)))
        for beta, rest in zip(*_twiced(result, around, drawn), strict=True):
            squares += (_in_units(beta, design) if of_data else beta) ** 2
            noise += float(rest @ rest)
        if progress is not None:
            progress(min(first + _TOGETHER, n_draws), n_draws)
    sigma = np.sqrt(float(left @ left) / (noise / n_draws))
    width = np.sqrt(squares / n_draws * _enlarged(result, around)) * sigma
    freedom = max(len(design.y) - float(result.enp.sum()), 1.0)
    width *= special.stdtrit(freedom, 0.5 + level / 2)
    if of_data:
        coef = assemble.original_scale(coef, design)
    return CoefficientIntervals(
        settings=settings,
        coef=design.frame(coef),
        low=design.frame(coef - width),
        high=design.frame(coef + width),
    )


def _twiced(
    result: GWR | MGWR | GTWR | MGTWR, around: Sequence[KernelSums], Y: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Fit responses Y (n, m) and their residuals: coefficients (m, n, k), residuals left (m, n)."""
    X = result.design.X
    first = coefficients_of_many(result, around, Y)
    residual = Y - np.einsum("nk,mnk->nm", X, first)
    second = coefficients_of_many(result, around, residual)
    left = residual - np.einsum("nk,mnk->nm", X, second)
    return first + second, left.T


def _in_units(beta: FloatArray, design: Design) -> FloatArray:
    """Bring the noise of coefficients (n, k) to the units of the data."""
    raw = beta * design.scale.y_sd / design.scale.X_sd
    raw[:, 0] -= raw[:, 1:] @ design.scale.X_mean[1:]
    return raw


def _enlarged(result: GWR | MGWR | GTWR | MGTWR, around: Sequence[KernelSums]) -> FloatArray:
    """Give sum w / sum w^2 of the kernel of each term around each place, (n, k)."""
    n = len(result.design.y)
    kernels = [(near, float(b)) for near, b in zip(around, result.bandwidth, strict=True)]
    found = {}
    for near, bandwidth in dict.fromkeys(kernels):
        ratio = np.empty(n)
        step = max(1, _BLOCK // n)
        for first in range(0, n, step):
            rows = slice(first, min(first + step, n))
            weights = near.weights(bandwidth, rows)
            ratio[rows] = weights.sum(axis=1) / (weights**2).sum(axis=1)
        found[near, bandwidth] = ratio
    return np.column_stack([found[kernel] for kernel in kernels])
