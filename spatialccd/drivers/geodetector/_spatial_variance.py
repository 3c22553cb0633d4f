"""What SPADE and IDSA share: weights of pairs, cuts of each factor, and what they explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd.drivers._places import distances
from spatialccd.drivers.geodetector import _kernels as kernels
from spatialccd.drivers.geodetector import _variance_loops as loops
from spatialccd.errors import DataError, ParameterError, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray
    from spatialccd.drivers.geodetector._searched import Searched

#: How a factor of numbers is cut into k strata.
Cut = Literal["quantile", "equal_interval"]
#: Units beyond which the weights of all pairs take more memory than they are worth.
_MOST = 8000


@dataclass(frozen=True)
class Cuts:
    """Ways to cut one factor.

    Attributes
    ----------
    numbers : ndarray (t,)
        Strata asked for; of a factor of classes the one number that it has.
    codes : ndarray (t, n)
        Strata.
    kept : ndarray (t,)
        PSD of the factor's own values: what each cut keeps of them; 1 for classes.
    """

    numbers: IntArray
    codes: IntArray
    kept: FloatArray


def pair_weights(places: Any, graph: Any, index: pd.Index) -> tuple[FloatArray, str]:
    """Give the weights of pairs (n, n), symmetric, in canonical order, and how they were made.

    Raises
    ------
    DataError
        Units stand at one place, so that the inverse of their distance is infinite; there are
        too many units; no two units are linked.
    ParameterError
        Neither places nor a graph is given.
    """
    if len(index) > _MOST:
        raise DataError(
            f"{len(index)} units make {len(index)} x {len(index)} weights: more than {_MOST} "
            "units are not taken; work on a sample or on larger units"
        )
    if graph is not None:
        W = _align.graph_matrix(graph, index, row_standardize=False).toarray()
        W = (W + W.T) / 2  # the sum over pairs does not know who is focal
        if not W.any():
            raise DataError("graph links no two units, so that there is no spatial variance")
        return W, "the graph's weights as they stand, not row-standardized"
    if places is None:
        raise ParameterError("give places= (weights are 1/distance) or graph= (its weights)")
    (placed,) = _align.align(places=places)
    _align.check_within(index, placed.index, "y", "places")
    far = distances(placed.loc[index], "places")
    np.fill_diagonal(far, np.inf)
    same = np.argwhere(np.triu(far == 0.0))
    if same.size:
        pairs = [f"{index[i]} and {index[j]}" for i, j in same]
        raise DataError(
            f"units stand at one place, where 1/distance is infinite: {listed(pairs)}; merge "
            "them, or give a graph",
            pd.DataFrame({"unit": index[same[:, 0]], "other": index[same[:, 1]]}),
        )
    return 1.0 / far, "1/distance between all pairs, not standardized"


def cut_factors(rows: Searched, W: FloatArray, low: int, high: int, method: Cut) -> list[Cuts]:
    """Cut each factor into low, ..., high strata, and say what each cut keeps of its values.

    Raises
    ------
    DataError
        No cut of a factor leaves strata in which units are linked.
    """
    found, lost = [], []
    for position, name in enumerate(rows.names):
        cuts = _cuts(rows, position, W, low, high, method)
        if not cuts.numbers.size:
            lost.append(name)
        found.append(cuts)
    if lost:
        raise DataError(
            f"no cut of {listed(lost)} into {low} to {high} strata leaves two or more strata of "
            "linked units; widen k_range, name codes of classes in categorical=, or drop it",
            pd.DataFrame({"factor": lost}),
        )
    return found


def _cuts(rows: Searched, position: int, W: FloatArray, low: int, high: int, method: Cut) -> Cuts:
    if rows.classes[position]:
        codes = rows.ranks[position][None]
        return Cuts(np.array([codes.max() + 1]), codes, np.ones(1))
    x = rows.numbers(position)
    column = kernels.standardize(x)[:, None]
    above, weights = loops.totals(column, W)
    numbers, tried, kept = [], [], []
    for k in range(low, high + 1):
        codes, count = kernels.compact(np.searchsorted(_limits(x, k, method), x, side="left"))
        share = loops.explained_variance(column, W, codes, above, weights)[0]
        if count > 1 and share > 0:  # NaN where no stratum has linked units
            numbers.append(k)
            tried.append(codes)
            kept.append(share)
    shape = (len(tried), rows.n)
    return Cuts(
        np.array(numbers, dtype=np.int64),
        np.array(tried, dtype=np.int64).reshape(shape),
        np.array(kept),
    )


def _limits(x: FloatArray, k: int, method: Cut) -> FloatArray:
    """Give the inner limits of k strata; quantiles are values of x, as in the field's programs."""
    if method == "equal_interval":
        return np.linspace(x.min(), x.max(), k + 1)[1:-1]
    ordered = np.sort(x)
    return np.unique(ordered[[i * (x.size - 1) // k for i in range(1, k)]])


def ratio_of_draws(values: FloatArray, W: FloatArray, cuts: Sequence[Cuts]) -> list[FloatArray]:
    """Give for each factor PSD(y) / PSD(x) of each cut and column of y (n, m): (cuts, m)."""
    above, weights = loops.totals(values, W)
    return [
        loops.explained_of_draws(values, W, own.codes, above, weights) / own.kept[:, None]
        for own in cuts
    ]
