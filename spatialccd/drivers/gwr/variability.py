"""Whether coefficients vary over space more than they would by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._result import Result, record
from spatialccd.drivers.gwr._design import Design, rules
from spatialccd.drivers.gwr._fit import Plan, fit_multiscale
from spatialccd.drivers.gwr._local import fit_local, search_local
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr.results import GWR, MGWR
from spatialccd.errors import check_range

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Progress


@dataclass(frozen=True, eq=False, kw_only=True)
class SpatialVariability(Result):
    """Monte Carlo test of each coefficient's variation over space.

    Attributes
    ----------
    table : DataFrame
        By term: sd (of the local coefficients), expected_sd (mean under random
        places), p = (r + 1) / (m + 1).
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the table, by term."""
        return self.table.copy()


def spatial_variability(
    result: GWR | MGWR,
    *,
    n_permutations: int = 999,
    seed: int | None = None,
    n_jobs: int = -1,
    progress: Progress | None = None,
) -> SpatialVariability:
    """Test whether each coefficient varies over space more than under random places.

    The observations are dealt out anew over the places and the whole model is
    fitted again, bandwidths included, as often as asked; r counts how often the
    coefficients' standard deviation is at least the one observed. mgwr gives
    p = r / m, which can be 0.

    Parameters
    ----------
    result : GWR or MGWR
        A fitted model (``engine="native"`` settings are followed).
    n_permutations : int, default 999
        Permutations m.
    seed : int, optional
        Seed of the permutations.
    n_jobs : int, default -1
        Threads; -1 for all.
    progress : callable, optional
        Told the permutations done and their number.

    Returns
    -------
    SpatialVariability
        Standard deviations and p values by term.

    References
    ----------
    Hope (1968), JRSS B 30, 582-598. Fotheringham, Brunsdon, Charlton (2002), p. 93.

    Examples
    --------
    >>> from spatialccd import gwr
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(0, 100, (60, 2)), columns=["x", "y"])
    >>> X = pd.DataFrame({"roads": rng.normal(size=60)})
    >>> fit = gwr(X["roads"] * places["x"] / 50 + rng.normal(size=60) / 5, X, places)
    >>> float(spatial_variability(fit, n_permutations=19, seed=1).table.loc["roads", "p"])
    0.05
    """
    settings = record("spatial_variability", locals())
    check_range("n_permutations", n_permutations, 1)
    design = result.design
    neighbors = Neighbors(design.space, n_jobs=n_jobs)
    observed = result.coef.to_numpy().std(axis=0)
    rng = np.random.default_rng(seed)
    drawn = np.empty((n_permutations, len(design.names)))
    for m in range(n_permutations):
        drawn[m] = _refit(result, neighbors, design.permuted(rng.permutation(len(design.y))))
        if progress is not None:
            progress(m + 1, n_permutations)
    table = pd.DataFrame(
        {
            "sd": observed,
            "expected_sd": drawn.mean(axis=0),
            "p": ((drawn >= observed).sum(axis=0) + 1) / (n_permutations + 1),
        },
        index=design.terms,
    )
    return SpatialVariability(settings=settings, table=table)


def _refit(result: GWR | MGWR, neighbors: Neighbors, design: Design) -> FloatArray:
    """Fit the same model to permuted observations; give the spread of its coefficients."""
    made = result.settings
    if isinstance(result, MGWR):
        _, found = fit_multiscale(neighbors, design, Plan.read(made, design), curves=False)
        return np.asarray(found.beta.std(axis=0))
    bandwidth = made["bandwidth"]
    labels = {"units": design.units, "names": design.names}
    if bandwidth is None:
        bounds = rules(
            neighbors,
            design.X.shape[1],
            criterion=made["criterion"],
            search=made["search"],
            low=made["min_bandwidth"],
            high=made["max_bandwidth"],
        )
        bandwidth, _ = search_local(neighbors, design.X, design.y, bounds, **labels)
    fit = fit_local(neighbors, design.X, design.y, float(bandwidth), full=False, **labels)
    return np.asarray(fit.beta.std(axis=0))
