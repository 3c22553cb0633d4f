"""Whether coefficients vary over space more than they would by chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd._result import Result, record
from spatialccd.drivers.gwr._error_model import ErrorModel
from spatialccd.drivers.gwr._neighbors import Neighbors, budget
from spatialccd.drivers.gwr._options import check_gaussian
from spatialccd.drivers.gwr._refit import Spread, refit, refit_many
from spatialccd.drivers.gwr._semiparametric import held_of
from spatialccd.drivers.gwr.results import GTWR, GWR, MGTWR, MGWR
from spatialccd.errors import ParameterError, check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Progress
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._kernel_sums import KernelSums

Null = Literal["autocorrelated", "places"]

#: So many responses are pushed through the backfitting at once.
_TOGETHER = 100
#: Matrices (n, n) held at a time while errors are drawn.
_MATRICES = 4

_NOTES = {
    "autocorrelated": (
        "Null: every slope is the same everywhere, and errors are alike where places are near "
        "(Matern covariance with a nugget, weighed by restricted likelihood)."
    ),
    "places": (
        "Null: the observations could as well stand on any other places, so that every "
        "coefficient is the same everywhere and errors are independent. Autocorrelated errors "
        "break it too, and are then taken for a varying intercept, or slopes where covariates "
        "are autocorrelated as well; see null='autocorrelated'."
    ),
}
_INTERCEPT_NOTE = (
    "The Intercept's p is large whatever it does: a surface of its own and autocorrelated errors "
    "are one and the same to the data."
)


@dataclass(frozen=True, eq=False, kw_only=True)
class SpatialVariability(Result):
    """Monte Carlo test of each coefficient's variation over space.

    Attributes
    ----------
    table : DataFrame
        By term that varies: sd (of the local coefficients), expected_sd (mean
        under the null), p = (r + 1) / (m + 1).
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the table, by term."""
        return self.table.copy()

    def notes(self) -> list[str]:
        """State the null, what was held, and which p says little."""
        null = self.settings["null"]
        held = (
            "Bandwidths are searched anew in each draw, as the fit did."
            if self.settings["search"]
            else "Bandwidths are those of the fit, held in each draw."
        )
        without = [_INTERCEPT_NOTE] if null == "autocorrelated" else []
        return [_NOTES[null], held, *without]

    def summary(self) -> str:
        """Write the table and the notes."""
        return "\n\n".join([super().summary(), *self.notes()])


def spatial_variability(
    result: GWR | MGWR,
    *,
    null: Null = "autocorrelated",
    search: bool = False,
    n_permutations: int = 999,
    seed: int | None = None,
    n_jobs: int = -1,
    progress: Progress | None = None,
) -> SpatialVariability:
    """Test whether each coefficient varies over space more than it would by chance.

    Responses are drawn under the null and fitted as the data were; r counts how
    often a coefficient's standard deviation over the places is at least the one
    observed. The bandwidths of the fit are held, of GWR and of MGWR.

    Parameters
    ----------
    result : GWR or MGWR
        A fitted model of a Gaussian y (``engine="native"`` settings are followed).
    null : {"autocorrelated", "places"}, default "autocorrelated"
        What is tested. autocorrelated: every slope is the same everywhere, and
        errors are alike where places are near; errors are drawn, covariates stay
        where they are. places: the observations could as well stand on any other
        places (errors independent, too); they are dealt out anew, as in mgwr.
    search : bool, default False
        Search the bandwidths anew in each draw, as the fit did. Costs a whole fit
        a draw, some ten (GWR) to a hundred (MGWR) times the default. With
        ``null="places"`` a smaller bandwidth that autocorrelated errors led to
        then counts for a rejection: constant slopes were rejected in 67 to 83%
        of samples at 5%.
    n_permutations : int, default 999
        Draws (or permutations) m.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    n_jobs : int, default -1
        Threads; -1 for all.
    progress : callable, optional
        Told the draws done and their number.

    Returns
    -------
    SpatialVariability
        Standard deviations and p values by term.

    Raises
    ------
    ParameterError
        The model is a GTWR or MGTWR, whose coefficients vary over time as well, or not
        Gaussian; or a setting is out of range.

    Warns
    -----
    ConvergenceWarning
        The backfitting of the draws did not settle.

    Notes
    -----
    Of a fit with ``fixed_terms`` the terms that vary are tested, the others being held in
    each draw; rejections were not counted there.

    Dealing out the observations destroys what errors and covariates have of space.
    Slopes that are the same everywhere are then rejected too often where both are
    autocorrelated, and too seldom where the errors alone are. Rejections at 5% of 1,000
    samples that were measured (n = 80, three slopes, exponential covariance of range a
    fifth of the map; tests/drivers/gwr/sizes.py): by the default, GWR 5.1 to 5.7%, MGWR
    3.9 to 5.8%; covariates autocorrelated too, 6.2 to 6.9% and 4.5 to 6.0%; errors of
    Gaussian covariance, 3.8 to 4.9% and 2.8 to 3.7%. By ``null="places"``: 1.5 to
    4.5% and 0 to 5% (200 and 80 samples); covariates too, 27 to 39% and 15 to 19%.

    Errors are drawn from Matern covariances with a nugget, in proportion to their
    restricted likelihood given constant slopes (of more than 1,000 places a random
    thousand tell it). GWR's spread is compared relative to the residuals' root mean
    square, which goes with the same bandwidth; MGWR's as it is, since there the
    residuals go with the bandwidth of the intercept. The intercept's p is large
    under the default null whatever it does (rejections at 5% in 0 to 3%): its surface
    and autocorrelated errors are one and the same to the data. Memory: four matrices
    n x n.

    mgwr 2.2.1 deals out the observations, searches anew for GWR and MGWR, and gives
    p = r / m, which can be 0.

    References
    ----------
    Hope (1968), JRSS B 30, 582-598. Fotheringham, Brunsdon, Charlton (2002), p. 93
    (places). Harris, Brunsdon, Lu, Nakaya, Charlton (2017), Spatial Statistics 21,
    241-261 (parametric bootstrap, errors autocorrelated).

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
    check_choice("null", null, get_args(Null))
    check_range("n_permutations", n_permutations, 1)
    _check_model(result)
    design = result.design
    rng = np.random.default_rng(seed)
    neighbors = Neighbors(design.space, n_jobs=n_jobs)
    if null == "places":
        orders = (rng.permutation(len(design.y)) for _ in range(n_permutations))
        samples = (design.permuted(order) for order in orders)
        draws: Iterator[Spread] = (
            refit(result, neighbors, sample, search=search) for sample in samples
        )
        relative = False
    else:
        errors = _draw_errors(design, n_permutations, rng)
        draws = _under_errors(result, neighbors, errors, search=search)
        relative = not isinstance(result, MGWR)
    observed, drawn = _compare(result, draws, n_permutations, progress, relative=relative)
    table = pd.DataFrame(
        {
            "sd": observed,
            "expected_sd": drawn.mean(axis=0),
            "p": ((drawn >= observed).sum(axis=0) + 1) / (n_permutations + 1),
        },
        index=design.terms,
    )
    return SpatialVariability(settings=settings, table=table[~held_of(result)])


def _check_model(result: GWR | MGWR) -> None:
    if isinstance(result, GTWR | MGTWR):
        raise ParameterError(
            f"spatial_variability has no meaning for a {type(result).__name__}: its coefficients "
            "vary over time as well, and errors of one unit go with one another; fit gwr or mgwr "
            "to one time"
        )
    check_gaussian(result, "spatial_variability")


def _draw_errors(design: Design, m: int, rng: np.random.Generator) -> FloatArray:
    """Give errors (n, m), of what the residuals of a global regression could be."""
    n = len(design.y)
    if _MATRICES * 8.0 * n * n > budget(None, n):
        raise ParameterError(
            f"null='autocorrelated' of {n} units needs {_MATRICES * 8e-9 * n * n:.1f} GB, half of "
            "the memory that is free is less; take null='places'"
        )
    return ErrorModel.of(design.y, design.X, design.space, rng).draw(m, rng)


def _under_errors(
    result: GWR | MGWR, neighbors: KernelSums, errors: FloatArray, *, search: bool
) -> Iterator[Spread]:
    """Fit each column of errors (n, m).

    Slopes that are the same everywhere come through every fit unchanged: they add
    nothing to a spread, and are left out.
    """
    if (isinstance(result, MGWR) or held_of(result).any()) and not search:
        for first in range(0, errors.shape[1], _TOGETHER):
            yield from refit_many(result, neighbors, errors[:, first : first + _TOGETHER])
        return
    for column in np.ascontiguousarray(errors.T):
        yield refit(result, neighbors, replace(result.design, y=column), search=search)


def _compare(
    result: GWR | MGWR,
    draws: Iterator[Spread],
    m: int,
    progress: Progress | None,
    *,
    relative: bool,
) -> tuple[FloatArray, FloatArray]:
    """Give the spread observed (k,) and those drawn (m, k), at the same size of residuals."""
    design = result.design
    beta = result.coef.reindex(design.units).to_numpy()
    size = float(np.sqrt(np.mean((design.y - (design.X * beta).sum(axis=1)) ** 2)))
    drawn = np.empty((m, beta.shape[1]))
    for done, spread in enumerate(draws):
        drawn[done] = spread.sd * (size / spread.residual if relative else 1.0)
        if progress is not None:
            progress(done + 1, m)
    return beta.std(axis=0), drawn
