"""SESU: what factors explain on larger and larger units, beside what noise explains there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from spatialccd import _align
from spatialccd._progress import counter
from spatialccd._result import Result, record
from spatialccd.data.layers.crs import check_fit, is_degrees
from spatialccd.drivers._codes import warn_merged
from spatialccd.drivers._places import coordinates
from spatialccd.drivers.breaks import Method, classes, upper_limits
from spatialccd.drivers.geodetector import _kernels as kernels
from spatialccd.drivers.geodetector._permutations import (
    Restrict,
    draw_values,
    p_value,
    restriction,
)
from spatialccd.drivers.geodetector._searched import Searched, searched
from spatialccd.errors import (
    DataError,
    GeometryError,
    ParameterError,
    check_choice,
    check_range,
    listed,
)

if TYPE_CHECKING:
    from spatialccd._types import (
        FloatArray,
        Groups,
        IntArray,
        Places,
        Progress,
        UnitColumns,
        UnitValues,
    )
    from spatialccd.drivers.geodetector._permutations import Draw

#: Sizes of cells by default, in steps between neighbors.
_STEPS = (2, 3, 4, 6, 8)
#: Cells below which a size is left out.
_FEW = 10


@dataclass(frozen=True, eq=False, kw_only=True)
class SESU(Result):
    """The share that factors explain, by the size of units.

    Attributes
    ----------
    figures : DataFrame
        One row a size: the columns of ``to_frame``.
    factors : DataFrame
        One row a size and factor: size, factor, n, strata, q, adjusted_q, null_mean, null_95.
    skipped : tuple of float
        Sizes at which fewer than ten cells, or too few for the strata, are left.
    """

    figures: pd.DataFrame
    factors: pd.DataFrame
    skipped: tuple[float, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a size; 0 stands for the units as given.

        Columns: size, n (cells), units_per_cell, adjusted_q (mean over factors), and after
        permutations null_mean and null_95 (of the same mean for y permuted among the units as
        given) and p_permutation.
        """
        return self.figures.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the curve of each factor."""
        return {"factors": self.factors}

    def notes(self) -> list[str]:
        """Say what a rise of the curve does not mean."""
        said = [
            "q rises with the size of units by itself, as means even out what is local: a curve "
            "that flattens tells no scale at which a process lives, and no optimum is named. "
            "Compare with null_95."
        ]
        if self.skipped:
            left = listed(f"{size:g}" for size in self.skipped)
            said.append(f"Left out, as too few cells remain: {left}.")
        return said


def sesu(
    y: UnitValues,
    X: UnitColumns,
    places: Places,
    blocks: Groups | None = None,
    *,
    cell_sizes: Sequence[float] | None = None,
    method: Method = "quantile",
    k: int = 5,
    categorical: Sequence[str] = (),
    n_permutations: int = 199,
    restrict: Restrict | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> SESU:
    """Follow what factors explain as units are merged into larger ones (SESU).

    The size effects of spatial units: units are merged into square cells of each size, y and
    factors by their means (classes by the most frequent), and q of each factor is taken again.
    Unlike the programs of the field, factors and the limits of their strata are the same at
    all sizes, q is adjusted for the number of strata and cells, and the same curve is drawn
    for y permuted among the units as given; an "optimal" size is not named, since q of noise
    rises with the size too.

    Do not use it with areas of very unequal size, whose centers make cells of unequal weight,
    nor to choose the size at which a relation looks strongest. For a value that goes with no
    factor, p of the largest cells was 5% or less in 4.6% of 2,000 samples of 144 units
    (tests/drivers/searched_sizes.py).

    Parameters
    ----------
    y : Series (n,)
        The value to explain, on unit: the finest units there are.
    X : DataFrame (n, p)
        Factors on the same units. A column that is categorical, text or true/false is kept
        as it is.
    places : GeoDataFrame, GeoSeries or DataFrame
        Where the units are, on a plane (projected).
    blocks : Series, optional
        A label for each unit or row; with ``restrict="blocks"`` y changes
        places within a block only.
    cell_sizes : sequence of float, optional
        Sides of the cells, in the unit of the coordinates. By default 2, 3, 4, 6 and 8 times
        the typical distance between neighbors.
    method : str, default "quantile"
        How a factor is cut, at the finest units, as in ``stratify``.
    k : int, default 5
        Number of strata.
    categorical : sequence of str
        Columns of numbers that are codes of classes and must not be cut.
    n_permutations : int, default 199
        Number of permutations of y; 0 for none.
    restrict : {"blocks", "units", "shift"}, optional
        What a permutation must respect, as in ``factor_detector``.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told (done, total) as draws are done.

    Returns
    -------
    SESU
        The mean adjusted q by size, beside that of permuted y, and the curve of each factor.

    Raises
    ------
    AlignmentError
        y, X and places do not carry the same units, or a value is missing.
    DataError
        y or a factor is constant, or a factor cannot be cut by this method.
    GeometryError
        Places are in degrees.
    ParameterError
        A setting is not known, or a size is not positive.

    Warns
    -----
    CodesWarning
        A column of whole numbers with few distinct values, such as soil types, was
        cut into fewer strata than it has values.

    References
    ----------
    Song, Y. et al. (2020). An optimal parameters-based geographical detector model enhances
    geographic characteristics of explanatory variables. GIScience & Remote Sensing 57,
    593-610 (size effects of spatial units). Openshaw, S. (1984). The modifiable areal unit
    problem.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> grid = np.stack(np.meshgrid(np.arange(12.0), np.arange(12.0)), axis=-1).reshape(-1, 2)
    >>> places = pd.DataFrame(grid, columns=["x", "y"])
    >>> X = pd.DataFrame({"east": places["x"] + 0.5})
    >>> y = X["east"] + 3 * pd.Series(rng.normal(size=144))
    >>> found = sesu(y, X, places, cell_sizes=[2, 3], k=4, n_permutations=99, seed=1)
    >>> found.to_frame()[["size", "n", "adjusted_q", "null_95"]].round(2)
       size    n  adjusted_q  null_95
    0   0.0  144        0.52     0.04
    1   2.0   36        0.80     0.12
    2   3.0   16        0.95     0.35
    """
    settings = record("sesu", locals())
    check_range("n_permutations", n_permutations, 0)
    check_range("k", k, 2)
    check_choice("method", method, get_args(Method))
    _align.cross_section(y, "y")
    rows = searched(y, X, categorical)
    xy = _plane(places, rows.frame.index)
    wanted = _sizes(cell_sizes, xy)
    limits = _limits(rows, method, k)
    plain = [name for name, given in zip(rows.names, rows.classes, strict=True) if not given]
    warn_merged(rows.frame.loc[:, ~rows.classes], dict.fromkeys(plain, k))
    kept = restriction(rows.frame.index, restrict, blocks, places)
    scales, skipped = [_Scale(0.0, sparse.eye_array(rows.n), _codes(rows, limits))], []
    for size in wanted:
        scale = _merge(rows, xy, size, limits)
        if scale.q(rows.z[:, None]) is None:
            skipped.append(size)
        else:
            scales.append(scale)
    if scales[0].q(rows.z[:, None]) is None:
        raise DataError(f"{rows.n} units are too few for strata of {listed(rows.names)}; lower k")
    observed = np.array([scale.q(rows.z[:, None])[:, 0] for scale in scales])
    figures, factors = _tables(rows, scales, observed)
    if n_permutations:
        draw = kept.within(np.arange(rows.n), "the data")
        rng, step = np.random.default_rng(seed), counter(progress, n_permutations)
        figures, factors = _beside_noise(
            rows, scales, observed, figures, factors, draw, n_permutations, rng, step
        )
    return SESU(settings=settings, figures=figures, factors=factors, skipped=tuple(skipped))


@dataclass(frozen=True)
class _Scale:
    """Cells of one size: means over their units, and the strata of each factor."""

    size: float
    means: Any
    codes: list[tuple[IntArray, int]]

    @property
    def n(self) -> int:
        return int(self.means.shape[0])

    def q(self, values: FloatArray) -> Any:
        """Give the adjusted q of each factor for values (n, m); None where cells are too few."""
        strata = np.array([count for _, count in self.codes])
        if self.n < _FEW or strata.min() < 2 or strata.max() >= self.n:
            return None
        merged = np.asarray(self.means @ values)
        q = kernels.q_statistics(kernels.stack(self.codes), merged)
        return kernels.adjusted_q(q, strata[:, None], self.n)


def _plane(places: Any, index: pd.Index) -> FloatArray:
    """Give coordinates of the units in canonical order."""
    check_fit(places, "places")  # meters declared as degrees are no matter of projecting
    if is_degrees(getattr(places, "crs", None)):
        raise GeometryError("cells of one size need a plane, but places are in degrees").advise(
            "project", "give projected coordinates: places.to_crs(...)"
        )
    (placed,) = _align.align(places=places)
    _align.check_within(index, placed.index, "y", "places")
    _align.check_within(placed.index, index, "places", "y")
    return coordinates(placed, "places")


def _sizes(sizes: Sequence[float] | None, xy: FloatArray) -> list[float]:
    from scipy.spatial import KDTree

    if sizes is None:
        step = float(np.median(KDTree(xy).query(xy, k=2)[0][:, 1]))
        if step <= 0:
            raise DataError("half of the units share a place with another; give cell_sizes=")
        return [step * times for times in _STEPS]
    wanted = sorted({float(size) for size in sizes})
    if not wanted or not np.isfinite(wanted).all() or wanted[0] <= 0:
        raise ParameterError(f"cell_sizes must be lengths above 0, not {list(sizes)!r}")
    return wanted


def _limits(rows: Searched, method: Method, k: int) -> list[FloatArray | None]:
    """Give the upper limits of the strata of each factor at the finest units."""
    limits: list[FloatArray | None] = []
    for position, name in enumerate(rows.names):
        if rows.classes[position]:
            limits.append(None)
            continue
        x = rows.numbers(position)
        if method == "geometric" and x.min() <= 0:
            raise DataError(
                f"{name} has values of 0 or less, which geometric limits cannot cut; use another "
                "method"
            )
        limits.append(upper_limits(x, method, k))
    return limits


def _codes(rows: Searched, limits: Sequence[FloatArray | None]) -> list[tuple[IntArray, int]]:
    return [
        kernels.compact(rows.ranks[j] if cut is None else classes(rows.numbers(j), cut))
        for j, cut in enumerate(limits)
    ]


def _merge(
    rows: Searched, xy: FloatArray, size: float, limits: Sequence[FloatArray | None]
) -> _Scale:
    """Merge units into cells: means, and the strata of the cells by the same limits."""
    corner = np.floor((xy - xy.min(axis=0)) / size + 1e-9).astype(np.int64)
    cell = np.unique(corner, axis=0, return_inverse=True)[1].ravel()
    counts = np.bincount(cell)
    shape = (counts.size, rows.n)
    means = sparse.csr_array((1.0 / counts[cell], (cell, np.arange(rows.n))), shape=shape)
    codes = []
    for position, cut in enumerate(limits):
        if cut is not None:
            merged = means @ rows.numbers(position)
            codes.append(kernels.compact(classes(merged, cut)))
            continue
        votes = np.zeros((counts.size, int(rows.ranks[position].max()) + 1))
        np.add.at(votes, (cell, rows.ranks[position]), 1)
        codes.append(kernels.compact(votes.argmax(axis=1)))
    return _Scale(size, means, codes)


def _tables(
    rows: Searched, scales: Sequence[_Scale], observed: FloatArray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the curve and that of each factor, without draws."""
    figures = pd.DataFrame(
        {
            "size": [scale.size for scale in scales],
            "n": [scale.n for scale in scales],
            "units_per_cell": [rows.n / scale.n for scale in scales],
            "adjusted_q": observed.mean(axis=1),
        }
    )
    parts = [
        pd.DataFrame(
            {
                "size": scale.size,
                "factor": rows.names,
                "n": scale.n,
                "strata": [count for _, count in scale.codes],
                "adjusted_q": own,
            }
        )
        for scale, own in zip(scales, observed, strict=True)
    ]
    return figures, pd.concat(parts, ignore_index=True)


def _beside_noise(
    rows: Searched,
    scales: Sequence[_Scale],
    observed: FloatArray,
    figures: pd.DataFrame,
    factors: pd.DataFrame,
    draw: Draw,
    m: int,
    rng: np.random.Generator,
    step: Callable[[int], None],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the same curves for y permuted among the units as given."""
    drawn = []
    for values in draw_values(rows.z, draw, m, rng, rows.n * len(scales), step):
        drawn.append(np.array([scale.q(values) for scale in scales]))
    noise = np.concatenate(drawn, axis=2)  # (sizes, factors, m)
    curve = noise.mean(axis=1)
    above = curve >= observed.mean(axis=1)[:, None] - kernels.TOLERANCE
    return (
        figures.assign(
            null_mean=curve.mean(axis=1),
            null_95=np.quantile(curve, 0.95, axis=1),
            p_permutation=p_value(above.sum(axis=1), m),
        ),
        factors.assign(
            null_mean=noise.mean(axis=2).ravel(),
            null_95=np.quantile(noise, 0.95, axis=2).ravel(),
        ),
    )
