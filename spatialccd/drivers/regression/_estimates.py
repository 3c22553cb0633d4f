"""What every regression gives: coefficients with their errors, and figures of fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd import _align
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
    """

    terms: pd.DataFrame
    covariance: pd.DataFrame
    statistics: pd.Series
    dependent: str

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

    def summary(self) -> str:
        """Write terms and figures of fit."""
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
    """
    if not isinstance(y, pd.Series) or not isinstance(X, pd.DataFrame) or not X.shape[1]:
        raise ParameterError("y must be a Series and X a DataFrame of one column or more")
    names = [str(name) for name in X.columns]
    if INTERCEPT in names:
        raise ParameterError(f"X has a column {INTERCEPT!r}; it is added here: drop or rename it")
    y, X = _align.align(y=y, X=X)
    words = [name for name in X.columns if not pd.api.types.is_numeric_dtype(X[name])]
    if words:
        raise DataError(f"X has columns that hold no numbers: {listed(words)}; convert them")
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


def check_rank(X: FloatArray, names: list[str]) -> None:
    """Raise naming the first columns that the ones before them already hold."""
    scaled = X / np.where(np.abs(X).max(axis=0) > 0, np.abs(X).max(axis=0), 1.0)
    if np.linalg.matrix_rank(scaled) == X.shape[1]:
        return
    redundant = [
        names[j]
        for j in range(X.shape[1])
        if np.linalg.matrix_rank(scaled[:, : j + 1]) < j + 1 - _lost(scaled[:, :j])
    ]
    raise SingularDesignError(
        f"X is linearly dependent: {listed(redundant)} is constant or follows from the columns "
        "before it; drop it"
    )


def check_absorbed(design: Design, effects: str) -> None:
    """Raise naming covariates that fixed effects of "unit", "time" or "two-way" take up."""
    levels = {"unit": (0,), "time": (1,), "two-way": (0, 1)}.get(effects, ())
    if not levels:
        return
    plain = [j for j, name in enumerate(design.names) if name != INTERCEPT]
    left = pd.DataFrame(design.X[:, plain], columns=[design.names[j] for j in plain])
    keys = [pd.factorize(design.index.get_level_values(level))[0] for level in levels]
    size = left.std(ddof=0)
    for _ in range(1 if len(levels) == 1 else 200):  # by turns, until both means are gone
        before = left
        for key in keys:
            left = left - left.groupby(key).transform("mean")
        if ((left - before).abs().max() <= 1e-12 * size).all():
            break
    gone = [name for name in left.columns if left[name].std(ddof=0) < 1e-9 * size[name]]
    if gone:
        raise SingularDesignError(
            f"{listed(gone)} is taken up by the {effects} effects: it does not vary within them; "
            "drop it, or take effects that are random"
        )
    if np.linalg.matrix_rank(left / left.std(ddof=0)) < left.shape[1]:
        raise SingularDesignError(
            f"within the {effects} effects the covariates {listed(left.columns)} are linearly "
            "dependent; drop one"
        )


def _lost(X: FloatArray) -> int:
    """How many columns of X are redundant."""
    return X.shape[1] - int(np.linalg.matrix_rank(X)) if X.shape[1] else 0


def cluster_codes(clusters: Any, index: pd.Index) -> IntArray:
    """Give the cluster of each row as a number: those given, or the units of a panel."""
    if clusters is None:
        if index.nlevels == 1:
            raise ParameterError("cov='cluster' needs clusters where y is on unit only")
        return np.asarray(pd.factorize(index.get_level_values(0))[0])
    spread = _align.broadcast(clusters, index, "clusters")
    _align.check_complete(spread, "clusters", words=True)
    codes = np.asarray(pd.factorize(spread)[0])
    if codes.max() < 1:
        raise EstimationError("there is one cluster; errors cannot be clustered by it")
    return codes


def sandwich(bread: FloatArray, scores: FloatArray, codes: IntArray | None) -> FloatArray:
    """Robust covariance of a maximum likelihood estimate, clustered where there are `codes`.

    Parameters
    ----------
    bread : array, shape (k, k)
        The inverse of the observed information.
    scores : array, shape (n, k)
        The gradient of each row's log-likelihood.
    """
    if codes is not None:
        scores = np.asarray(pd.DataFrame(scores).groupby(codes).sum())
    count = len(scores)
    return np.asarray(bread @ (scores.T @ scores) @ bread * (count / (count - 1)))


def term_table(
    names: list[str],
    coef: FloatArray,
    covariance: FloatArray,
    confidence: float,
    df: float | None = None,
) -> pd.DataFrame:
    """Table coefficients with z-tests, or t-tests of `df` degrees of freedom."""
    se = np.sqrt(np.diag(covariance))
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
