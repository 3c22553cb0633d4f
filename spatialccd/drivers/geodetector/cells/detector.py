"""Factor and interaction detector on very many rows, read block by block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import record
from spatialccd.drivers._codes import tell_merged
from spatialccd.drivers.breaks import Method
from spatialccd.drivers.geodetector.cells import _cuts as cuts
from spatialccd.drivers.geodetector.cells._figures import (
    Measured,
    measure,
    strata_frame,
    warn_thin,
)
from spatialccd.drivers.geodetector.cells._given import as_source, check_asked
from spatialccd.drivers.geodetector.cells._permuted import (
    PERMUTED,
    permute_all,
    permute_sample,
)
from spatialccd.drivers.geodetector.cells._runs import Runner, Work
from spatialccd.drivers.geodetector.cells._sources import Classes
from spatialccd.drivers.geodetector.cells._survey import First, Plan, Survey
from spatialccd.drivers.geodetector.cells._tally import Tally
from spatialccd.drivers.geodetector.cells.results import CellDetector
from spatialccd.drivers.geodetector.factor import Variance, ordered_columns
from spatialccd.drivers.strata import (
    check_classes,
    check_columns,
    check_ranges,
    describe,
    is_categorical,
)
from spatialccd.errors import DataError, ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    import dask.dataframe as dd
    import duckdb
    from distributed import Client

    from spatialccd._types import FloatArray, Progress

    #: Where the rows are.
    Rows: TypeAlias = (
        "str | Path | Sequence[str | Path] | Mapping[str, str | Path] | pd.DataFrame"
        " | dd.DataFrame | duckdb.DuckDBPyRelation"
    )


def cell_detector(
    source: Rows,
    y: str,
    X: Sequence[str],
    *,
    method: Method = "natural_breaks",
    k: int = 5,
    breaks: Mapping[str, Sequence[float]] | None = None,
    categorical: Sequence[str] = (),
    pairwise: bool = True,
    n_permutations: int = 999,
    variance: Variance = "sample",
    tolerance: float = 1e-9,
    band: int = 1,
    max_rows: int = 200_000,
    block_rows: int = 1_000_000,
    seed: int | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
) -> CellDetector:
    """Measure how much the strata of each factor explain, alone and by two, on very many cells.

    For rasters and tables that no memory holds: 100 million rows and more. The rows are read in
    blocks, two times, for quantiles three to five times, and memory does not grow with their
    number. Where they are few the figures are those of ``stratify``, ``factor_detector`` and
    ``interaction_detector``. Use these for panels, for parts (`by`), for restricted permutations
    and bootstrap intervals: all rows count as one here, and their places are not known.

    Parameters
    ----------
    source : path, paths, mapping of str to path, DuckDB relation, Dask DataFrame or DataFrame
        Where the rows are. Parquet: a file, a folder, a pattern or a list. Rasters: by the name
        that `y` and `X` call them, ``{"ndvi": "ndvi.tif", "rain": "rain.tif"}``, or a list, whose
        names are those of the files; all on one grid (extra ``raster``). DuckDB: a relation, a
        file ("cells.duckdb#table"), or ``{"path": "cells.duckdb", "sql": "SELECT ..."}``
        (extra ``db``).
    y : str
        The column, or raster, to explain.
    X : sequence of str
        The factors. A column that is categorical, text or true/false is taken as it is, one of
        numbers is cut.
    method : str, default "natural_breaks"
        How to cut, as in ``stratify``. quantile, equal_interval, geometric and
        standard_deviation are exact whatever the number of rows; natural_breaks, k_means and
        head_tail stand on a random sample where rows are more than `max_rows`.
    k : int, default 5
        Number of strata. Ties can leave a factor with fewer.
    breaks : mapping of str to sequence of float, optional
        The limits between strata of some factors, set by hand, as in ``stratify``.
    categorical : sequence of str
        Columns of numbers that are codes of classes and must not be cut, such as land cover.
    pairwise : bool, default True
        Take every two factors together too, by their strata overlaid.
    n_permutations : int, default 999
        Number of permutations of y; 0 for none. Of more than 50,000 rows a random sample of so
        many is permuted.
    variance : {"sample", "population"}, default "sample"
        The variance in ``p_ncf``, as in ``factor_detector``.
    tolerance : float, default 1e-9
        Differences of q up to this count as equality in the types.
    band : int, default 1
        The band to read of each raster, counted from 1.
    max_rows : int, default 200,000
        Rows to hold in memory: all rows where they are as many or fewer, else a random sample
        of so many.
    block_rows : int, default 1,000,000
        Rows to read at a time. The figures do not depend on it beyond rounding.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures. The sample of rows is
        drawn with seed 0 where none is given.
    client : distributed.Client, optional
        A Dask cluster that reads the blocks (extra ``cluster``); files must be where its workers
        find them. What a lost worker was doing, others do again.
    progress : callable, optional
        Told (done, total) in rows, all passes and draws together, as blocks are done.

    Returns
    -------
    CellDetector
        The figures of ``factor_detector``; `pairs` with those of ``interaction_detector`` (each
        beside its stronger factor, as with ``null="stronger_factor"``); `strata` with limits,
        counts, means and standard deviations of y; `rows` with what was left out.

    Raises
    ------
    DataError
        No row is complete, y is constant, a factor has one stratum or cannot be cut by this
        method, or there are too many classes.
    GeometryError
        Rasters differ in their coordinate system, their number of cells or their place; both
        are named.
    MissingDependencyError
        rasterio or duckdb is not installed; the message has the line.
    ParameterError
        A setting is not known, a file or a column is not there, or the source cannot be
        read on a cluster.

    Warns
    -----
    CodesWarning
        Whole numbers of few distinct values were cut into fewer strata than they have.
    ThinStrataWarning
        A stratum has one row, or there are more strata than n/3.

    Notes
    -----
    Rows with a missing or infinite value, in y or in any factor, are left out, and a note says how
    many. q = 1 - SSW/SST is made of counts and sums of y, from which its mean is taken first;
    moments of blocks are merged by Chan et al. (1983). Quantiles are selected by the leading bits
    of the numbers, as a radix sort orders them, and interpolated as ``numpy.quantile`` does. The
    sample is that of the rows whose hashed position is smallest, so that it depends on their
    order in the source and on `seed`, but not on blocks or workers.

    Cells of a fine grid are no independent draws: neighbors are alike, any pattern is significant
    over 100 million of them, and p says little. Read q, and test on fewer and farther cells.

    Where rows are more than 50,000, a sample is permuted and F is compared, not q, which falls as
    1/n under no effect. That is exact as rows grow, and misleads where a stratum has few rows
    in the sample.

    References
    ----------
    Wang, J. F. et al. (2010). Geographical detectors-based health risk assessment. IJGIS 24,
    107-127. Chan, T. F., Golub, G. H., LeVeque, R. J. (1983). Algorithms for computing the sample
    variance. The American Statistician 37, 242-247. Massart, P. (1990). The tight constant in the
    Dvoretzky-Kiefer-Wolfowitz inequality. Annals of Probability 18, 1269-1283.

    Examples
    --------
    >>> cells = pd.DataFrame({
    ...     "ndvi": [1, 2, 1, 2, 5, 6, 5, 6.0],
    ...     "rain": [10, 20, 30, 40, 60, 70, 80, 90.0],
    ...     "soil": list("abababab"),
    ... })
    >>> found = cell_detector(cells, "ndvi", ["rain", "soil"], method="quantile", k=2, seed=1)
    >>> found.to_frame()[["factor", "n", "strata", "q", "p_f"]].round(3)
      factor  n  strata      q    p_f
    0   rain  8       2  0.941  0.000
    1   soil  8       2  0.059  0.563
    >>> found.pairs[["factor_a", "factor_b", "q", "type"]]
      factor_a factor_b    q         type
    0     rain     soil  1.0  Independent
    """
    settings = record("cell_detector", locals())
    factors = _checked(y, X, method, k, n_permutations, variance, tolerance, max_rows, block_rows)
    rows = as_source(source, band)
    head = check_asked(rows, y, factors)
    own = {str(c): np.unique(np.asarray(b, dtype=float)) for c, b in (breaks or {}).items()}
    check_columns(head[factors], own, categorical)
    classes = frozenset(f for f in factors if is_categorical(head[f], categorical))
    cut = [f for f in factors if f not in classes and f not in own]
    quantiles = cut if method == "quantile" else []
    spread = frozenset(cut if method == "standard_deviation" else [])
    most = max_rows if method in cuts.SAMPLED and cut else min(max_rows, PERMUTED)
    plan = Plan(
        y, tuple(factors), classes, frozenset(quantiles), spread, most, int(seed or 0), block_rows
    )
    work = Work(progress)
    if progress is not None:
        n = rows.count()
        draws = n_permutations * (1 + (len(factors) if pairwise and len(factors) > 1 else 0))
        work.total = (2 + bool(quantiles)) * n + draws * min(n, PERMUTED)
    run = Runner(rows, client, block_rows)
    survey: Survey = run(First(plan), work.step)
    _check_survey(survey, rows.label, categorical)
    check_ranges({f: _range(survey, f) for f in plan.numbers}, method, own)
    selected: dict[str, FloatArray] = {}
    if quantiles and not survey.sample.whole:
        selected = cuts.quantiles(survey, quantiles, k, lambda one: run(one, work.step))
    limits = cuts.limits(survey, method, k, own, selected)
    levels = {f: _levels(survey, f, limits) for f in factors}
    tally = Tally(
        plan,
        limits,
        {f: {label: code for code, label in enumerate(levels[f])} for f in classes},
        [len(levels[f]) for f in factors],
        survey.moments[y].mean,
        (survey.moments[y].m2 / survey.kept) ** 0.5 or 1.0,
        pairs=pairwise,
    )
    sums = run(tally, work.step)
    measured = measure(tally, sums, survey.moments[y], variance, tolerance, pairs=pairwise)
    strata = strata_frame(tally, sums, levels, {f: _range(survey, f)[0] for f in plan.numbers})
    warn_thin(strata, survey.kept)
    _tell_codes(survey, strata, own)
    permuted = _permute(survey, tally, levels, measured, n_permutations, seed, work)
    return CellDetector(
        settings=settings,
        figures=ordered_columns(pd.DataFrame({"factor": factors, **measured.singles})),
        pairs=_pair_frame(factors, measured),
        strata=strata,
        rows=_left_out(survey),
        read=survey.read,
        used=survey.kept,
        held=0 if survey.sample.whole else len(survey.sample.rows),
        permuted=permuted,
        basis=describe(
            method, k, pd.RangeIndex(0), [f for f in factors if f in classes], own, pooled=True
        ),
    )


def _checked(
    y: str,
    X: Sequence[str],
    method: Method,
    k: int,
    n_permutations: int,
    variance: Variance,
    tolerance: float,
    max_rows: int,
    block_rows: int,
) -> list[str]:
    """Check the settings; give the factors."""
    factors = [X] if isinstance(X, str) else [str(name) for name in X]
    repeated = sorted({name for name in [y, *factors] if [y, *factors].count(name) > 1})
    if not factors:
        raise ParameterError("X names no factor; give at least one")
    if repeated:
        raise ParameterError(f"y and X name {listed(repeated)} more than once")
    check_choice("method", method, get_args(Method))
    check_choice("variance", variance, get_args(Variance))
    check_range("k", k, 2)
    check_range("n_permutations", n_permutations, 0)
    check_range("tolerance", tolerance, 0)
    check_range("max_rows", max_rows, 1000)
    check_range("block_rows", block_rows, 1)
    return factors


def _check_survey(survey: Survey, label: str, categorical: Sequence[str]) -> None:
    """Raise where no row is left, or numbers were read as text."""
    if not survey.kept:
        empty = "has no rows" if not survey.read else "has no row without a missing value"
        raise DataError(f"{label} {empty}", _left_out(survey))
    y = survey.moments[survey.plan.y]
    if is_constant([y.low, y.high]):
        raise DataError(f"y is constant ({y.low:g}): there is nothing to explain")
    values = survey.sample.first(survey.sample.most)
    text = {}
    for name, labels in survey.labels.items():
        if name not in categorical and labels.order is None:
            words = np.array([*labels.known, None], dtype=object)[:-1]
            text[name] = words[values[:, survey.plan.names.index(name)].astype(int)]
    check_classes(pd.DataFrame(text))


def _range(survey: Survey, name: str) -> tuple[float, float]:
    found = survey.moments[name]
    return found.low, found.high


def _levels(survey: Survey, name: str, limits: Mapping[str, FloatArray]) -> list[Any]:
    """Give the label of each stratum: 1, 2, ... of those that were cut."""
    if name in limits:
        return list(range(1, len(limits[name]) + 1))
    labels = survey.labels[name]
    if labels.order is not None:
        known = [label for label in labels.order if label in labels.known]
        if len(known) == len(labels.known):
            return known
    return list(_align.canonical(pd.Index(list(labels.known))))


def _tell_codes(survey: Survey, strata: pd.DataFrame, own: Mapping[str, FloatArray]) -> None:
    """Warn of whole numbers of few distinct values that were cut."""
    counts = {str(f): int(n) for f, n in strata.groupby("factor", sort=False).size().items()}
    merged = {}
    for factor, distinct in survey.distinct.items():
        size = 0 if distinct is None else distinct.size
        if 2 < size <= survey.kept // 2 and size > counts[factor] and factor not in own:
            merged[factor] = size
    tell_merged(merged, counts)


def _permute(
    survey: Survey,
    tally: Tally,
    levels: Mapping[str, list[Any]],
    measured: Measured,
    m: int,
    seed: int | None,
    work: Work,
) -> int:
    """Add the p-values of permutations to what was measured; give the number of rows permuted."""
    if not m:
        return 0
    plan, values = survey.plan, survey.sample.first(PERMUTED)
    columns: dict[str, Any] = {name: values[:, i] for i, name in enumerate(plan.names)}
    for name, labels in survey.labels.items():
        code = {label: number for number, label in enumerate(levels[name])}
        numbers = np.array([code[label] for label in labels.known])
        known = pd.Index(range(len(levels[name])))
        columns[name] = Classes(numbers[columns[name].astype(int)], known)
    tally.known = {
        name: {code: code for code in range(len(levels[name]))} for name in survey.labels
    }
    codes, y = tally.codes(columns), columns[plan.y]
    if survey.sample.whole and survey.kept <= PERMUTED:
        found = permute_all(y, codes, m, seed, pairs=bool(len(measured.which)))
    else:
        found = permute_sample(y, codes, measured, m, seed, lambda n: work.step(n * y.size))
    measured.singles.update(found[0])
    measured.pairs.update(found[1])
    work.step(work.total)
    return int(y.size)


def _pair_frame(factors: Sequence[str], measured: Measured) -> pd.DataFrame:
    names = np.array(factors, dtype=object)
    a, b = measured.which[:, 0], measured.which[:, 1]
    return pd.DataFrame({"factor_a": names[a], "factor_b": names[b], **measured.pairs})


def _left_out(survey: Survey) -> pd.DataFrame:
    names = survey.plan.names
    return pd.DataFrame(
        {
            "column": list(names),
            "missing": [survey.missing[name] for name in names],
            "infinite": [survey.infinite[name] for name in names],
        }
    )
