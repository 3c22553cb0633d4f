"""What every regression gives: coefficients with their errors, and figures of fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result
from spatialccd.errors import (
    DataError,
    EstimationError,
    ParameterError,
    SingularDesignError,
    listed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatialccd._types import FloatArray, IntArray

INTERCEPT = "Intercept"
#: What is no covariate: no column of X may be called so.
ADDED = (INTERCEPT, "rho", "lambda", "log_scale", "log_sigma_u")
#: Fewer clusters than this are named in the result.
FEW_CLUSTERS = 30
_LEVELS = {"unit": (0,), "time": (1,), "two-way": (0, 1)}


@dataclass(frozen=True, eq=False, kw_only=True)
class Regression(Result):
    """A fitted regression.

    Attributes
    ----------
    terms : DataFrame
        By term: coef, se, statistic (z, or t where there are degrees of
        freedom), p (two-sided), low and high (confidence interval).
    covariance : DataFrame
        Of the coefficients, term by term.
    statistics : Series
        Figures of fit by name, such as n and log_likelihood.
    dependent : str
        The name of what is explained.
    remarks : tuple of str
        How the errors were made, and what the sample asks a reader to know.
    """

    terms: pd.DataFrame
    covariance: pd.DataFrame
    statistics: pd.Series
    dependent: str
    remarks: tuple[str, ...] = ()

    @property
    def coef(self) -> pd.Series:
        """The coefficients by term."""
        return self.terms["coef"]

    @property
    def se(self) -> pd.Series:
        """The standard errors by term."""
        return self.terms["se"]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a term."""
        return self.terms.copy()

    def notes(self) -> list[str]:
        """Say how the errors were made."""
        return list(self.remarks)

    def summary(self) -> str:
        """Write terms, remarks and figures of fit."""
        return f"{super().summary()}\n\n{self.statistics.map('{:.6g}'.format).to_string()}"

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the figures of fit."""
        return {"fit": self.statistics.rename_axis("statistic").to_frame("value")}


@dataclass(frozen=True)
class Design:
    """y and X in canonical order, with an intercept.

    Attributes
    ----------
    y : array, shape (n,)
    X : array, shape (n, k)
    names : list of str, length k
    index : Index
        Labels of the rows.
    """

    y: FloatArray
    X: FloatArray
    names: list[str]
    index: pd.Index
    dependent: str


def make_design(y: Any, X: Any, *, intercept: bool = True) -> Design:
    """Check and align what is explained and what explains it.

    Raises
    ------
    AlignmentError
        Labels differ, or a value is missing.
    SingularDesignError
        A covariate is constant, or depends on others.
    EstimationError
        y is constant, or there are too few rows.
    """
    if not isinstance(y, pd.Series) or not isinstance(X, pd.DataFrame) or not X.shape[1]:
        raise ParameterError("y must be a Series and X a DataFrame of one column or more")
    names = [str(name) for name in X.columns]
    taken = [name for name in names if name in ADDED or name.startswith("lag of ")]
    if taken:
        raise ParameterError(
            f"X has a column {listed(map(repr, taken))}, a name that is added here: drop or "
            "rename it"
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ParameterError(f"X has columns of the same name: {listed(twice)}; rename or drop one")
    y, X = _align.align(y=y, X=X)
    words = [] if _is_number(y) else [f"y ({y.dtype})"]
    words += [name for name in X.columns if not _is_number(X[name])]
    if words:
        raise DataError(f"there are columns that hold no numbers: {listed(words)}; convert them")
    _align.check_complete(y, "y")
    _align.check_complete(X, "X")
    columns = X.to_numpy(dtype=float)
    if intercept:
        columns = np.column_stack([np.ones(len(X)), columns])
        names = [INTERCEPT, *names]
    design = Design(y.to_numpy(dtype=float), columns, names, y.index, str(y.name or "y"))
    if len(design.y) <= len(names):
        raise EstimationError(f"{len(design.y)} rows are too few for {len(names)} coefficients")
    check_rank(columns, names)
    return design


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column)


def check_rank(X: FloatArray, names: list[str]) -> None:
    """Raise naming the first columns that the ones before them already hold.

    Beside an intercept columns are judged by what they vary, so that no unit of
    measurement hides, or feigns, that one follows from others.
    """
    size = np.abs(X).max(axis=0)
    size = np.where(size > 0, size, 1.0)
    scaled = X / size
    lost = np.full(X.shape[1], np.finfo(float).eps)  # what rounding leaves of a column
    if names[0] == INTERCEPT:
        plain = slice(1, None)
        scaled[:, plain] -= scaled[:, plain].mean(axis=0)
        spread = scaled[:, plain].std(axis=0)
        flat = is_constant(X[:, plain])
        scaled[:, plain] = np.where(flat, 0.0, scaled[:, plain] / np.where(flat, 1.0, spread))
        lost[plain] /= np.where(flat, 1.0, spread)
    ranks = [_rank(scaled[:, :j], lost) for j in range(X.shape[1] + 1)]
    redundant = [names[j] for j in range(X.shape[1]) if ranks[j + 1] == ranks[j]]
    if redundant:
        raise SingularDesignError(
            f"X is linearly dependent: {listed(redundant)} is constant or follows from the columns "
            "before it; drop it"
        )


def _rank(columns: FloatArray, lost: FloatArray) -> int:
    """Count columns of a spread of 1 that do not follow from others, beyond what rounding lost."""
    if not columns.shape[1]:
        return 0
    singular = np.linalg.svd(columns, compute_uv=False)
    return int((singular > len(columns) ** 1.5 * lost.max()).sum())


def check_absorbed(design: Design, effects: str) -> None:
    """Raise naming covariates that fixed effects of "unit", "time" or "two-way" take up."""
    if effects not in _LEVELS:
        return
    plain = [j for j, name in enumerate(design.names) if name != INTERCEPT]
    columns = [design.names[j] for j in plain]
    # Taken off first, the overall mean leaves no rounding of its own size behind.
    centered = design.X[:, plain] - design.X[:, plain].mean(axis=0)
    size = pd.Series(centered.std(axis=0), columns)
    left = pd.DataFrame(demeaned(centered, effect_codes(design.index, effects)), columns=columns)
    gone = [name for name in left.columns if left[name].std(ddof=0) < 1e-9 * size[name]]
    if gone:
        raise SingularDesignError(
            f"{listed(gone)} is taken up by the {effects} effects: it does not vary within them; "
            "drop it, or take effects that are random"
        )
    spread = left.std(ddof=0).to_numpy()
    lost = np.finfo(float).eps * np.abs(design.X[:, plain]).max(axis=0) / spread
    if _rank((left / spread).to_numpy(), lost) < left.shape[1]:
        raise SingularDesignError(
            f"within the {effects} effects the covariates {listed(left.columns)} are linearly "
            "dependent; drop one"
        )


def effect_codes(index: pd.Index, effects: str) -> list[IntArray]:
    """Give the level of each row of each effect that is taken off; none for other models."""
    return [
        np.asarray(pd.factorize(index.get_level_values(level))[0])
        for level in _LEVELS.get(effects, ())
    ]


def demeaned(columns: FloatArray, levels: list[IntArray]) -> FloatArray:
    """Take the means of each level off, by turns where there are two kinds of them."""
    left = pd.DataFrame(columns)
    size = left.std(ddof=0)
    for _ in range(200 if len(levels) > 1 else len(levels)):
        before = left
        for codes in levels:
            left = left - left.groupby(codes).transform("mean")
        if ((left - before).abs().max() <= 1e-13 * size).all():
            break
    return np.asarray(left, dtype=float)


def cluster_codes(clusters: Any, index: pd.Index) -> IntArray:
    """Give the cluster of each row as a number: those given, or the units of a panel."""
    if clusters is None:
        if index.nlevels == 1:
            raise ParameterError("cov='cluster' needs clusters where y is on unit only")
        clusters = pd.Series(index.get_level_values(0), index)
    spread = _align.broadcast(clusters, index, "clusters")
    _align.check_complete(spread, "clusters", words=True)
    codes = np.asarray(pd.factorize(spread)[0])
    if codes.max() < 1:
        raise EstimationError(
            "there is one cluster; errors cannot be clustered by it: give more units, other "
            "clusters, or another cov"
        )
    return codes


def cluster_remarks(codes: IntArray | None) -> tuple[str, ...]:
    """Say how clustered errors of maximum likelihood were made; nothing without clusters."""
    if codes is None:
        return ()
    groups = int(codes.max()) + 1
    said = [
        f"Standard errors are clustered in {groups} clusters as by Stata's vce(cluster): factor "
        "G/(G-1), z."
    ]
    if groups < FEW_CLUSTERS:
        said.append(
            f"{groups} clusters are few: the test of a coefficient rejects more often than its "
            "level says."
        )
    return tuple(said)


def term_table(
    names: list[str],
    coef: FloatArray,
    covariance: FloatArray,
    confidence: float,
    df: FloatArray | float | None = None,
) -> pd.DataFrame:
    """Table coefficients with z-tests, or t-tests of `df` degrees of freedom (one, or each)."""
    variance = np.diag(covariance)
    if not np.isfinite(variance).all() or (variance < 0).any():
        doubtful = [name for name, v in zip(names, variance, strict=True) if not v >= 0]
        raise EstimationError(
            f"the data do not tell how sure {listed(doubtful)} is: its variance comes out below "
            "zero. There are too few rows for the covariates, or y follows from them without error"
        )
    se = np.sqrt(variance)
    reference = stats.norm if df is None else stats.t(df)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = coef / se
    wide = reference.ppf((1 + confidence) / 2) * se
    return pd.DataFrame(
        {
            "coef": coef,
            "se": se,
            "statistic": statistic,
            "p": 2 * reference.sf(np.abs(statistic)),
            "low": coef - wide,
            "high": coef + wide,
        },
        index=pd.Index(names, name="term"),
    )


def likelihood_statistics(log_likelihood: float, n: int, k: int) -> dict[str, float]:
    """Log-likelihood with the information criteria of `k` parameters."""
    return {
        "n": n,
        "log_likelihood": log_likelihood,
        "aic": 2 * k - 2 * log_likelihood,
        "bic": k * np.log(n) - 2 * log_likelihood,
    }


def named(statistics: Mapping[str, float]) -> pd.Series:
    """Give figures of fit as a Series."""
    return pd.Series(dict(statistics), name="statistic", dtype=float)
