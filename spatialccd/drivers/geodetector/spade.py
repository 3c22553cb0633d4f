"""SPADE: how much of the difference between near units the strata of a factor explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._progress import counter
from spatialccd._result import Result, record
from spatialccd.drivers._codes import warn_merged
from spatialccd.drivers.geodetector._permutations import Restrict, restriction
from spatialccd.drivers.geodetector._searched import (
    Searched,
    check_k_range,
    excess_figures,
    null_of,
    searched,
)
from spatialccd.drivers.geodetector._spatial_variance import (
    Cut,
    Cuts,
    cut_factors,
    pair_weights,
    ratio_of_draws,
)
from spatialccd.errors import check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import (
        FloatArray,
        Graph,
        Groups,
        Places,
        Progress,
        UnitColumns,
        UnitValues,
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class SPADE(Result):
    """Power of spatial and multilevel determinant of each factor.

    Attributes
    ----------
    figures : DataFrame
        One row a factor: the columns of ``to_frame``.
    cuts : DataFrame
        One row a cut: factor, k (asked for), strata, psd_y, psd_x (what the cut keeps of the
        factor's own values), ratio.
    weighting : str
        How pairs of units were weighted.
    dropped : Index
        Units that a graph had dropped as islands.
    """

    figures: pd.DataFrame
    cuts: pd.DataFrame
    weighting: str
    dropped: pd.Index

    def to_frame(self) -> pd.DataFrame:
        """Give one row a factor.

        Columns: factor, n, cuts (how many were averaged), q, and after permutations
        expected_q, above_chance and p_permutation.
        """
        return self.figures.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give each cut."""
        return {"cuts": self.cuts}

    def notes(self) -> list[str]:
        """Say what q is made of, and where it has no bound."""
        said = [
            f"Weights of pairs: {self.weighting}. q is a mean of ratios psd_y / psd_x, and has "
            "no bound at 0 nor at 1."
        ]
        if self.settings["restrict"] is None and "p_permutation" in self.figures:
            said.append(
                "A plain permutation takes the spatial autocorrelation of y away, which spatial "
                "variance measures: it tests whether y is arranged at random. restrict='shift' "
                "keeps it."
            )
        return [*said, *_align.left_out(self.dropped)]


def spade(
    y: UnitValues,
    X: UnitColumns,
    places: Places | None = None,
    graph: Graph | None = None,
    blocks: Groups | None = None,
    *,
    k_range: Sequence[int] = (3, 8),
    method: Cut = "quantile",
    categorical: Sequence[str] = (),
    n_permutations: int = 999,
    restrict: Restrict | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> SPADE:
    """Measure how much of the spatial variance of a value each factor explains (SPADE).

    Spatial variance weighs how much two units differ by how near they are: G(y, W) = sum
    w_ij (y_i - y_j)^2 / 2 / sum w_ij. The power of spatial determinant of strata is PSD = 1 -
    sum_h N_h G(y_h) / (N G(y)). A factor of numbers is cut into each number of strata of
    `k_range`; its q is the mean of PSD(y) / PSD(x), with what the cut keeps of the factor
    itself below the line. Strata without two linked units are left out of N and of the total.

    The numbers of strata are fixed beforehand, so that nothing is sought and a permutation is
    honest; but a plain one takes away the autocorrelation of y, which G measures. Use
    ``restrict="shift"`` where y is smooth on the map. Do not compare q with the q of
    `factor_detector`: the ratio has no bound. With no weights of interest, or factors that
    are classes only, `factor_detector` is the plainer question.

    Parameters
    ----------
    y : Series (n,)
        The value to explain, on unit.
    X : DataFrame (n, p)
        Factors on the same units. A column that is categorical, text or true/false is kept
        as it is, and its q is PSD itself.
    places : GeoDataFrame, GeoSeries or DataFrame, optional
        Where the units are: pairs weigh 1/distance (on the globe where the layer is in
        degrees); needed where no graph is given, and by ``restrict="shift"``.
    graph : Graph, optional
        Who is whose neighbor, on the same units; its weights take the place of 1/distance,
        as they stand. Units that ``neighbors(islands="drop")`` took out are left out and named.
    blocks : Series, optional
        A label for each unit or row; with ``restrict="blocks"`` y changes
        places within a block only.
    k_range : sequence of two int, default (3, 8)
        The least and the largest number of strata to try; the ratios of all are averaged.
    method : {"quantile", "equal_interval"}, default "quantile"
        How a factor is cut. The limits of quantiles are values of the factor.
    categorical : sequence of str
        Columns of numbers that are codes of classes and must not be cut.
    n_permutations : int, default 999
        Number of permutations of y; 0 for none.
    restrict : {"blocks", "units", "shift"}, optional
        What a permutation must respect, as in ``factor_detector``.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told (done, total) as draws are done.

    Returns
    -------
    SPADE
        q of each factor, its mean under no effect, the permutation p-value, and each cut.

    Raises
    ------
    AlignmentError
        y, X and places do not carry the same units, or a value is missing.
    DataError
        y or a factor is constant, units share a place, or no cut of a factor serves.
    ParameterError
        A setting is not known, or there is neither places nor graph.

    Warns
    -----
    CodesWarning
        A column of whole numbers with few distinct values, such as soil types, was
        cut into fewer strata than it has values.

    Notes
    -----
    Of 60 units of noise the p of plain permutations is 5% or less in .046 (1,000 draws,
    tests/drivers/searched_sizes.py).

    References
    ----------
    Cang, X., Luo, W. (2018). Spatial association detector (SPADE). IJGIS 32, 2055-2075.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(size=(60, 2)), columns=["x", "y"])
    >>> X = pd.DataFrame({"rain": places["x"], "noise": rng.normal(size=60)})
    >>> y = X["rain"] + 0.1 * pd.Series(rng.normal(size=60))
    >>> found = spade(y, X, places, n_permutations=99, seed=1)
    >>> found.to_frame()[["factor", "q", "expected_q", "p_permutation"]].round(2)
      factor     q  expected_q  p_permutation
    0   rain  0.77        -0.0           0.01
    1  noise -0.03         0.0           0.66
    """
    settings = record("spade", locals())
    check_range("n_permutations", n_permutations, 0)
    check_choice("method", method, get_args(Cut))
    low, high = check_k_range(k_range)
    _align.cross_section(y, "y")
    (y, X, places, blocks), dropped = _align.without_dropped(
        graph, y=y, X=X, places=places, blocks=blocks
    )
    rows = searched(y, X, categorical)
    kept = restriction(rows.frame.index, restrict, blocks, places)
    W, weighting = pair_weights(places, graph, rows.frame.index)
    cuts = cut_factors(rows, W, low, high, method)
    fewest = {n: int(c.numbers.min()) for n, c in zip(rows.names, cuts, strict=True)}
    plain = [name for name, given in zip(rows.names, rows.classes, strict=True) if not given]
    warn_merged(rows.frame.loc[:, ~rows.classes], {name: fewest[name] for name in plain})

    def means(values: FloatArray) -> FloatArray:
        return np.array([ratio.mean(axis=0) for ratio in ratio_of_draws(values, W, cuts)])

    q = means(rows.z[:, None])[:, 0]
    figures = pd.DataFrame(
        {"factor": rows.names, "n": rows.n, "cuts": [c.numbers.size for c in cuts], "q": q}
    )
    if n_permutations:
        draw = kept.within(np.arange(rows.n), "the data")
        rng, step = np.random.default_rng(seed), counter(progress, n_permutations)
        expected, p = null_of(means, q, rows.z, draw, n_permutations, rng, step)
        null = excess_figures(expected, p, q)
        figures = figures.assign(**null).rename(columns={"p_search": "p_permutation"})
    return SPADE(
        settings=settings,
        figures=figures,
        cuts=_describe(rows, W, cuts),
        weighting=weighting,
        dropped=dropped,
    )


def _describe(rows: Searched, W: FloatArray, cuts: Sequence[Cuts]) -> pd.DataFrame:
    """Write one row a cut."""
    table = []
    for name, own, ratio in zip(
        rows.names, cuts, ratio_of_draws(rows.z[:, None], W, cuts), strict=True
    ):
        for k, codes, kept, value in zip(
            own.numbers, own.codes, own.kept, ratio[:, 0], strict=True
        ):
            table.append(
                {
                    "factor": name,
                    "k": int(k),
                    "strata": int(codes.max()) + 1,
                    "psd_y": value * kept,
                    "psd_x": kept,
                    "ratio": value,
                }
            )
    return pd.DataFrame(table)
