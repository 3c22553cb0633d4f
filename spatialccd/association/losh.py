"""LOSH: where values vary around their neighborhoods more, or less, than elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd._constant import is_constant
from spatialccd._result import record
from spatialccd._types import FloatArray, IntArray
from spatialccd.association._frame import Around, local_test
from spatialccd.association._permutation import Alternative, Correction, Simulated
from spatialccd.association._results import LocalTest
from spatialccd.association._weights import Lattice
from spatialccd.errors import EstimationError, check_range

if TYPE_CHECKING:
    from spatialccd._types import Graph, Progress, UnitValues

#: What a significant unit can be, in the order of a legend.
CLUSTERS = ("Heterogeneous", "Homogeneous")


@dataclass(frozen=True, eq=False, kw_only=True)
class LOSH(LocalTest):
    """Local spatial heteroscedasticity of each unit.

    Attributes
    ----------
    table : DataFrame
        On unit: local_mean, of the neighbors; residual, from the unit's own local mean; losh,
        H: the mean size of the neighbors' residuals over that of all; variance and p_norm, of
        the chi-square approximation (power 2 only); mean_sim; p_sim; p_adjusted; significant;
        cluster: "Heterogeneous" where H is above the mean of the permutations,
        "Homogeneous" below.
    islands : Index
        Units without neighbors: no test, cluster "No neighbors".
    dropped : Index
        Units that the graph left out: they carry no figure, cluster "No neighbors".
    """

    @property
    def H(self) -> pd.Series:  # noqa: N802 - the field's name
        """LOSH by unit."""
        return self.table["losh"]


def losh(
    y: UnitValues,
    graph: Graph,
    *,
    power: float = 2.0,
    n_permutations: int = 9999,
    seed: int | None = None,
    alpha: float = 0.05,
    correction: Correction = "fdr",
    alternative: Alternative = "two-sided",
    row_standardize: bool = True,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> LOSH:
    """Find units around which values vary more, or less, than elsewhere (LOSH).

    H_i = sum_j w_ij |e_j|^a / (h sum_j w_ij), with e_j = y_j - sum_k w_jk y_k / sum_k w_jk what
    unit j departs from its neighborhood's mean and h the mean of |e|^a. With a = 2 it is a
    ratio of variances, with a = 1 of mean deviations. A hot spot with high H has an uneven
    edge, with low H an even core: read it beside `local_getis_ord`.

    Do not use it with one or two neighbors a unit: H is then the residual of a single unit.
    The permutations move residuals and take them for exchangeable, though residuals of
    neighbors share values: of independent normal values on 150 grids of 10 x 10, 4.9% of units
    were rejected with queen and 4.2% with rook neighbors, where 99 permutations can reject 4%
    (two-sided, uncorrected); p_norm rejected 5.9% and 5.3% (tests/association/local_sizes.py).

    Parameters
    ----------
    y : Series
        Values on unit.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself do not
        count.
    power : float, default 2.0
        Power a of the residuals' size.
    n_permutations : int, default 9999
        Random draws of the other units' residuals around each unit.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alpha : float, default 0.05
        A unit is significant when its corrected p-value is at most this.
    correction : {"fdr", "bonferroni", "none"}
        For the number of tests. fdr: Benjamini and Hochberg.
    alternative : {"two-sided", "greater", "less", "directed"}
        greater: values vary more (large H). less: less. two-sided: either, the smaller
        tail doubled. directed: the smaller tail alone.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.
    progress : callable, optional
        Told (done, total) as units are done.

    Returns
    -------
    LOSH

    Raises
    ------
    AlignmentError
        Units differ between `y` and `graph`, or values are missing.
    EstimationError
        `y` is constant, or has no residuals, or there are too few units or links.

    Warns
    -----
    PermutationWarning
        The permutations are too few for any unit to be significant.
    OneNeighborWarning
        Units have one neighbor, so that their figure is that neighbor's.

    References
    ----------
    Ord, J. K., Getis, A. (2012). Local spatial heteroscedasticity (LOSH). The Annals of
    Regional Science 48, 529-539, equations 2 to 6. Xu, M., Mei, C.-L., Yan, N. (2014). A note
    on the null distribution of the local spatial heteroscedasticity (LOSH) statistic. The
    Annals of Regional Science 52, 697-710.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 8: 1, (i + 1) % 8: 1} for i in range(8)})
    >>> y = pd.Series([1.0, 2, 1, 2, 5, 9, 4, 8])
    >>> losh(y, ring, seed=1).H.round(2).tolist()
    [1.39, 0.76, 0.09, 0.06, 0.94, 0.91, 2.24, 1.61]
    """
    settings = record("losh", locals())
    check_range("power", power, 0, open_low=True)
    return local_test(
        LOSH, CLUSTERS, settings, y, graph, partial(_around, power), progress=progress
    )


def _around(power: float, data: Lattice) -> Around:
    """Measure H of each unit."""
    matrix, y = data.weights.matrix, data.values[:, 0]
    total = np.asarray(matrix.sum(axis=1)).ravel()
    local = np.divide(matrix @ y, total, out=np.full(y.size, np.nan), where=total != 0)
    residual = y - local
    size = np.abs(residual / np.abs(y - y.mean()).max())  # the unit of y does not matter to H
    known = np.isfinite(size)
    if is_constant(np.append(size[known], 0.0)):
        raise EstimationError(
            "every unit equals the mean of its neighbors, so that nothing varies around it"
        )
    # An island has no residual: it draws as the mean of the others, and has no test.
    powered = np.where(known, size, 0.0) ** power
    mean = float(powered[known].mean())
    powered[~known] = mean
    scale = mean * total

    def around(units: IntArray, lags: FloatArray) -> FloatArray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(lags[0] / scale[units])

    with np.errstate(invalid="ignore", divide="ignore"):
        observed = (matrix @ powered) / scale

    def figures(simulated: Simulated) -> pd.DataFrame:
        table = pd.DataFrame({"local_mean": local, "residual": residual, "losh": observed})
        if power == 2.0:
            table["variance"], table["p_norm"] = _chi_square(data, powered, observed)
        table["mean_sim"] = simulated.mean
        table["kind"] = np.where(observed > simulated.mean, *CLUSTERS)
        return table

    return Around(around, observed, powered[None], figures)


def _chi_square(
    data: Lattice, powered: FloatArray, observed: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Give the variance of H and the upper tail of the chi-square matched to it (eqs. 5, 6)."""
    matrix, n = data.weights.matrix, powered.size
    total = np.asarray(matrix.sum(axis=1)).ravel()
    squares = np.asarray((matrix * matrix).sum(axis=1)).ravel()
    mean = powered.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = ((powered**2).mean() - mean**2) / ((n - 1) * (mean * total) ** 2)
        variance = spread * (n * squares - total**2)
        p = stats.chi2.sf(2 * observed / variance, 2 / variance)
    return variance, np.asarray(p)
