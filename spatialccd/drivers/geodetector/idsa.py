"""IDSA: the overlay of factors that explains most, and what such a search finds by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._progress import counter
from spatialccd._result import Result, record
from spatialccd.drivers._codes import warn_merged
from spatialccd.drivers.geodetector import _kernels as kernels
from spatialccd.drivers.geodetector import _segments as segments
from spatialccd.drivers.geodetector import _variance_loops as loops
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
from spatialccd.errors import ParameterError, check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import (
        FloatArray,
        Graph,
        Groups,
        IntArray,
        Places,
        Progress,
        UnitColumns,
        UnitValues,
    )

Zoning = Literal["and", "or", "intersection"]
#: Subsets beyond which a search is refused.
_MOST = 4095


@dataclass(frozen=True, eq=False, kw_only=True)
class IDSA(Result):
    """Power of interactive determinant of each subset of factors.

    Attributes
    ----------
    figures : DataFrame
        One row a subset, the largest q first: the columns of ``to_frame``.
    cuts : DataFrame
        One row a factor: factor, k (strata asked for), strata, psd_y, psd_x.
    zones : Series
        The zone of each unit in the best overlay, on the caller's index: the factor and the
        stratum of it that decide.
    weighting : str
        How pairs of units were weighted.
    dropped : Index
        Units that a graph had dropped as islands.
    """

    figures: pd.DataFrame
    cuts: pd.DataFrame
    zones: pd.Series
    weighting: str
    dropped: pd.Index

    def to_frame(self) -> pd.DataFrame:
        """Give one row a subset, the largest q first.

        Columns: factors (joined by " + "), size (how many), n, zones, lone (share of zones of
        one unit), psd, phi, q (psd / phi), and after permutations expected_q (of this
        subset), above_chance and p_search (against the best of all subsets).
        """
        return self.figures.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the cut of each factor, and the zones of the best overlay."""
        return {"cuts": self.cuts, "zones": self.zones.to_frame()}

    def notes(self) -> list[str]:
        """Say what the best of many overlays is worth."""
        tried = f"{len(self.figures)} overlays were tried, their zones drawn from the means of y. "
        said = [
            f"Weights of pairs: {self.weighting}. " + tried + "A small phi makes q large, and the "
            "best of them is large in noise too; judge by p_search, which repeats all of it."
        ]
        return [*said, *_align.left_out(self.dropped)]


def idsa(
    y: UnitValues,
    X: UnitColumns,
    places: Places | None = None,
    graph: Graph | None = None,
    blocks: Groups | None = None,
    *,
    k_range: Sequence[int] = (3, 8),
    method: Cut = "quantile",
    zoning: Zoning = "and",
    max_factors: int | None = None,
    categorical: Sequence[str] = (),
    n_permutations: int = 99,
    restrict: Restrict | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> IDSA:
    """Find the overlay of factors that explains most spatial variance of a value (IDSA).

    The interactive detector for spatial associations. Each factor is cut into a number of
    strata chosen by PSD(y) / PSD(x) (see `spade`); every subset of factors is overlaid; q =
    PSD(y, zones) / phi with phi = 1 - sum_j (1 - PSD(x_j, zones)) G(x_j) / sum_j G(x_j) over
    the strata of its factors taken as numbers; of one factor alone phi is PSD(x) of its own
    values, as in `spade`. The fuzzy overlay gives a unit to that of its
    strata whose mean of y is smallest ("and") or largest ("or").

    Zones are drawn from the means of y and then tested on y, and the best of all subsets is
    what one reports: of 57 overlays of 6 factors of noise over 200 units the best has a mean q
    of .41 (5 to 95%: .15 to .85). Use it with ``p_search`` only, which repeats the choice of
    k, the zones and all subsets for each permutation and compares with the best. It takes
    long: subsets x permutations x pairs of units.

    Parameters
    ----------
    y : Series (n,)
        The value to explain, on unit.
    X : DataFrame (n, p)
        Factors on the same units. A column that is categorical, text or true/false is kept
        as it is, and its classes count as 1, 2, ... in phi.
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
        The least and the largest number of strata to try.
    method : {"quantile", "equal_interval"}, default "quantile"
        How a factor is cut. The limits of quantiles are values of the factor.
    zoning : {"and", "or", "intersection"}, default "and"
        How strata make zones: by the smallest mean of y, by the largest, or every
        combination of strata a zone of its own.
    max_factors : int, optional
        Factors in a subset, at the most. By default all.
    categorical : sequence of str
        Columns of numbers that are codes of classes and must not be cut.
    n_permutations : int, default 99
        Number of permutations of y, each with the whole search; 0 for none.
    restrict : {"blocks", "units", "shift"}, optional
        What a permutation must respect, as in ``factor_detector``.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told (done, total) as draws are done.

    Returns
    -------
    IDSA
        q of each subset, its mean under no effect, p_search, the cuts and the best zones.

    Raises
    ------
    AlignmentError
        y, X and places do not carry the same units, or a value is missing.
    DataError
        y or a factor is constant, units share a place, or no cut of a factor serves.
    ParameterError
        A setting is not known, there is neither places nor graph, or there are more than
        4,095 subsets.

    Warns
    -----
    CodesWarning
        A column of whole numbers with few distinct values, such as soil types, was
        cut into fewer strata than it has values.

    Notes
    -----
    Of 60 units and 3 factors of noise ``p_search`` of the best overlay is 5% or less in .052
    (500 draws, tests/drivers/searched_sizes.py).

    References
    ----------
    Song, Y., Wu, P. (2021). An interactive detector for spatial associations. IJGIS 35,
    1676-1701. Westfall, P. H., Young, S. S. (1993). Resampling-based multiple testing,
    section 2.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(size=(60, 2)), columns=["x", "y"])
    >>> X = pd.DataFrame({"rain": places["x"], "noise": rng.normal(size=60)})
    >>> y = X["rain"] + 0.1 * pd.Series(rng.normal(size=60))
    >>> found = idsa(y, X, places, n_permutations=19, seed=1)
    >>> found.to_frame()[["factors", "zones", "q", "p_search"]].round(2)
            factors  zones     q  p_search
    0  rain + noise     10  0.86      0.05
    1          rain      6  0.73      0.05
    2         noise      6  0.05      0.50
    """
    settings = record("idsa", locals())
    check_range("n_permutations", n_permutations, 0)
    check_choice("method", method, get_args(Cut))
    check_choice("zoning", zoning, get_args(Zoning))
    low, high = check_k_range(k_range)
    _align.cross_section(y, "y")
    (kept_y, X, places, blocks), dropped = _align.without_dropped(
        graph, y=y, X=X, places=places, blocks=blocks
    )
    rows = searched(kept_y, X, categorical)
    subsets = _subsets(len(rows.names), max_factors)
    kept = restriction(rows.frame.index, restrict, blocks, places)
    W, weighting = pair_weights(places, graph, rows.frame.index)
    search = _Search(rows, W, cut_factors(rows, W, low, high, method), zoning, subsets)
    chosen = search.chosen(rows.z)
    q = search.q(rows.z[:, None])[:, 0]
    figures = _describe(search, rows.z, chosen).assign(q=q)
    if n_permutations:
        draw = kept.within(np.arange(rows.n), "the data")
        rng, step = np.random.default_rng(seed), counter(progress, n_permutations)
        expected, p = null_of(search.q, q, rows.z, draw, n_permutations, rng, step, largest=True)
        figures = figures.assign(**excess_figures(expected, p, q))
    order = np.argsort(-q, kind="stable")
    best = subsets[int(order[0])]
    cuts = _cut_table(search, rows.z, chosen)
    merged = zip(cuts["factor"], cuts["strata"], rows.classes, strict=True)
    warn_merged(
        rows.frame.loc[:, ~rows.classes], {f: int(k) for f, k, plain in merged if not plain}
    )
    return IDSA(
        settings=settings,
        figures=figures.iloc[order].reset_index(drop=True),
        cuts=cuts,
        zones=_align.restore(search.named_zones(rows.z, chosen, best), y.index),
        weighting=weighting,
        dropped=dropped,
    )


def _subsets(p: int, max_factors: int | None) -> list[tuple[int, ...]]:
    """List the subsets to overlay, small ones first."""
    if max_factors is not None:
        check_range("max_factors", max_factors, 1)
    largest = min(p, max_factors or p)
    found = [s for size in range(1, largest + 1) for s in combinations(range(p), size)]
    if len(found) > _MOST:
        raise ParameterError(
            f"{p} factors make {len(found)} subsets, more than {_MOST}; give max_factors=, or "
            "fewer factors"
        )
    return found


@dataclass(frozen=True)
class _Search:
    """The whole search: number of strata, zones, all subsets."""

    rows: Searched
    W: FloatArray
    cuts: list[Cuts]
    zoning: Zoning
    subsets: list[tuple[int, ...]]

    def chosen(self, z: FloatArray) -> IntArray:
        """Give the cut of each factor (p,) whose PSD(y) / PSD(x) stops to rise."""
        ratios = ratio_of_draws(z[:, None], self.W, self.cuts)
        return np.array(
            [
                segments.flat_number(own.numbers, ratio[:, 0])
                for own, ratio in zip(self.cuts, ratios, strict=True)
            ]
        )

    def codes(self, chosen: IntArray) -> IntArray:
        """Give the strata of each factor (p, n)."""
        return np.array([own.codes[c] for own, c in zip(self.cuts, chosen, strict=True)])

    def q(self, values: FloatArray) -> FloatArray:
        """Give q of each subset for each column of values (n, m)."""
        columns = []
        for column in values.T:
            z = np.ascontiguousarray(column)
            shares = self.parts(z, self.chosen(z))
            columns.append(shares[:, 0] / shares[:, 1])
        return np.array(columns).T

    def parts(self, z: FloatArray, chosen: IntArray) -> FloatArray:
        """Give PSD and phi of each subset (subsets, 2)."""
        codes = self.codes(chosen)
        columns = np.column_stack([z, *codes.astype(float)])
        above, weights = loops.totals(columns, self.W)
        means = self._means(z, codes)
        found = np.empty((len(self.subsets), 2))
        for s, subset in enumerate(self.subsets):
            own = [0, *(j + 1 for j in subset)]
            zones, _ = self.zones(codes, means, subset)
            psd = loops.explained_variance(
                np.ascontiguousarray(columns[:, own]), self.W, zones, above[own], weights
            )
            phi = self._kept(subset, chosen, psd[1:], above[own[1:]])
            good = np.isfinite(psd[0]) and phi > 0  # zones that keep nothing explain nothing
            found[s] = (psd[0], phi) if good else (0.0, 1.0)
        return found

    def _kept(
        self, subset: Sequence[int], chosen: IntArray, psd: FloatArray, variance: FloatArray
    ) -> float:
        """Give phi: what the zones keep of the strata, or one cut of the factor's own values."""
        if len(subset) == 1:
            return float(self.cuts[subset[0]].kept[chosen[subset[0]]])
        lost = 1.0 - np.where(np.isnan(psd), 0.0, psd)
        return 1.0 - float((lost * variance).sum() / variance.sum())

    def _means(self, z: FloatArray, codes: IntArray) -> FloatArray:
        """Give each unit the mean of y in its stratum of each factor (p, n)."""
        return np.array([(np.bincount(own, z) / np.bincount(own))[own] for own in codes])

    def zones(
        self, codes: IntArray, means: FloatArray, subset: Sequence[int]
    ) -> tuple[IntArray, IntArray]:
        """Give the zone of each unit without unused ones, and what it is made of."""
        few = list(subset)
        if self.zoning == "intersection":
            made = np.zeros(codes.shape[1], dtype=np.int64)
            for j in few:
                made = made * (codes[j].max() + 1) + codes[j]
            return kernels.compact(made)[0], made
        pick = np.argmin if self.zoning == "and" else np.argmax
        decides = pick(np.round(means[few], 12), axis=0)  # equal means: the factor named first
        units = np.arange(codes.shape[1])
        made = decides * (codes.max() + 1) + codes[few][decides, units]
        return kernels.compact(made)[0], made

    def named_zones(self, z: FloatArray, chosen: IntArray, subset: Sequence[int]) -> pd.Series:
        """Name the zone of each unit by what it is made of."""
        codes, names = self.codes(chosen), self.rows.names
        zones, made = self.zones(codes, self._means(z, codes), subset)
        if self.zoning == "intersection":
            parts = [[f"{names[j]} {codes[j, i] + 1}" for j in subset] for i in range(zones.size)]
            words = [", ".join(part) for part in parts]
        else:
            top = codes.max() + 1
            words = [f"{names[subset[code // top]]} {code % top + 1}" for code in made.tolist()]
        return pd.Series(words, self.rows.frame.index, name="zone")


def _describe(search: _Search, z: FloatArray, chosen: IntArray) -> pd.DataFrame:
    """Write what does not depend on draws, one row a subset."""
    codes = search.codes(chosen)
    means = search._means(z, codes)
    parts = search.parts(z, chosen)
    table = []
    for subset, (psd, phi) in zip(search.subsets, parts, strict=True):
        sizes = np.bincount(search.zones(codes, means, subset)[0])
        table.append(
            {
                "factors": " + ".join(search.rows.names[j] for j in subset),
                "size": len(subset),
                "n": z.size,
                "zones": sizes.size,
                "lone": float((sizes == 1).sum() / z.size),
                "psd": psd,
                "phi": phi,
            }
        )
    return pd.DataFrame(table)


def _cut_table(search: _Search, z: FloatArray, chosen: IntArray) -> pd.DataFrame:
    """Write the cut of each factor."""
    ratios = ratio_of_draws(z[:, None], search.W, search.cuts)
    return pd.DataFrame(
        [
            {
                "factor": name,
                "k": int(own.numbers[c]),
                "strata": int(own.codes[c].max()) + 1,
                "psd_y": float(ratio[c, 0] * own.kept[c]),
                "psd_x": float(own.kept[c]),
            }
            for name, own, ratio, c in zip(
                search.rows.names, search.cuts, ratios, chosen, strict=True
            )
        ]
    )
