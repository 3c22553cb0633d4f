"""Whether two networks go together: QAP correlation, and regression of one on others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd._constant import is_constant
from spatialccd._progress import counter
from spatialccd._result import Result, record
from spatialccd._types import BoolArray, FloatArray
from spatialccd.errors import (
    DataError,
    EstimationError,
    ParameterError,
    SingularDesignError,
    check_range,
    listed,
)
from spatialccd.network._matrix import Network, UnitMatrix, same_units

if TYPE_CHECKING:
    from spatialccd._progress import Step
    from spatialccd._types import Progress, UnitColumns

#: Relative difference below which a permuted figure ties with the observed one.
_TIE = 1e-10
_CIRCULAR = (
    "{} is a gravity network, computed from masses, distances and wealth: what it goes with of "
    "these, or of what depends on them, is its formula and no finding"
)


@dataclass(frozen=True, eq=False, kw_only=True)
class QAPCorrelation(Result):
    """How two networks go together.

    Attributes
    ----------
    table : DataFrame
        One row: ``n_pairs``; ``r``; ``mean_sim``, ``sd_sim``, ``p05`` and ``p95`` of r when
        units change places; two-sided ``p_sim``, and ``p_greater`` and ``p_less``.
    gravity : tuple of str
        Arguments that are gravity networks.
    """

    table: pd.DataFrame
    gravity: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give one row."""
        return self.table.copy()

    def notes(self) -> list[str]:
        """Say where a network goes with its own formula."""
        return [_CIRCULAR.format(repr(name)) for name in self.gravity]


@dataclass(frozen=True, eq=False, kw_only=True)
class MRQAP(Result):
    """A regression of one network on others.

    Attributes
    ----------
    table : DataFrame
        On term, "Intercept" first: ``coef``; ``beta``, standardized; ``t`` of least
        squares; two-sided ``p_sim``, ``p_greater`` and ``p_less`` by permutation, NaN for the
        intercept, of which permutations say nothing.
    pairs : int
        Pairs that enter; each once where all networks are symmetric.
    r2 : float
        Of least squares.
    binary : bool
        Whether y is 0 and 1, so that the model is one of linear probability.
    gravity : tuple of str
        Arguments that are gravity networks.
    """

    table: pd.DataFrame
    pairs: int
    r2: float
    binary: bool
    gravity: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a term."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the figures of fit."""
        figures = {"n_pairs": float(self.pairs), "r2": self.r2}
        return {"fit": pd.Series(figures).rename_axis("statistic").to_frame("value")}

    def notes(self) -> list[str]:
        """Give the fit, and say what kind of model it is."""
        found = [f"{self.pairs} pairs, R2 = {self.r2:.4f}"]
        if self.binary:
            found.append("y is 0 and 1: coefficients are differences in the probability of a tie")
        return [*found, *(_CIRCULAR.format(repr(name)) for name in self.gravity)]


def qap_correlation(
    first: UnitColumns | Network | UnitMatrix,
    second: UnitColumns | Network | UnitMatrix,
    *,
    n_permutations: int = 4999,
    seed: int | None = None,
    progress: Progress | None = None,
) -> QAPCorrelation:
    """Correlate two networks, and test it by moving units (QAP).

    Pearson's r over pairs, the diagonal left out and each pair once where both are
    symmetric; the units of the first change places, rows and columns together.

    Parameters
    ----------
    first, second : Network, UnitMatrix or DataFrame
        Tables of units by units, of ties or of any numbers, such as distances. Of a
        Network its ties enter.
    n_permutations : int, default 4999
        Random orders of the units.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told how many permutations are done, and how many there are.

    Returns
    -------
    QAPCorrelation

    Raises
    ------
    AlignmentError
        Units differ between rows and columns or between the networks.
    DataError
        A cell is missing or no number, or a network has one value only.

    Notes
    -----
    Not between a gravity network and what it was made from (masses, distance, wealth):
    it goes with them by its formula. p = (1 + #{|r*| >= |r|}) / (1 + permutations). Of
    independent networks of 25 units whose units differ in what they send and get, it is
    5% or less in .05, and p of Pearson's r over pairs in .43 (2,000 pairs of networks,
    tests/network/qap_sizes.py).

    References
    ----------
    Hubert and Schultz (1976), Br. J. Math. Stat. Psychol. 29, 190-241. Krackhardt (1988),
    Soc. Netw. 10, 359-381.

    Examples
    --------
    >>> ring = pd.DataFrame(np.roll(np.eye(8), 1, axis=1)) + np.roll(np.eye(8), -1, axis=1)
    >>> near = pd.DataFrame(-abs(np.subtract.outer(np.arange(8), np.arange(8))))
    >>> qap_correlation(ring, near, seed=1).table[["n_pairs", "r"]].round(3)
       n_pairs      r
    0       28  0.456
    """
    settings = record("qap_correlation", locals())
    check_range("n_permutations", n_permutations, 99)
    given = {"first": first, "second": second}
    found, units = same_units(given)
    kept = _kept(found)
    _check_vary(found, kept)
    A, B = found["first"], found["second"]
    x, y = _standard(A[kept]), _standard(B[kept])
    r = float(x @ y)
    rng = np.random.default_rng(seed)
    simulated = np.empty(n_permutations)
    for m in range(n_permutations):
        order = rng.permutation(len(units))
        simulated[m] = _standard(A[np.ix_(order, order)][kept]) @ y
        if progress is not None:
            progress(m + 1, n_permutations)
    figures = {
        "n_pairs": int(kept.sum()),
        "r": r,
        "mean_sim": simulated.mean(),
        "sd_sim": simulated.std(),
        "p05": np.quantile(simulated, 0.05),
        "p95": np.quantile(simulated, 0.95),
        **_pseudo_p(simulated, r),
    }
    return QAPCorrelation(
        settings=settings, table=pd.DataFrame([figures]), gravity=_gravity_among(given)
    )


def mrqap(
    y: UnitColumns | Network | UnitMatrix,
    *,
    n_permutations: int = 1999,
    seed: int | None = None,
    progress: Progress | None = None,
    **networks: UnitColumns | Network | UnitMatrix,
) -> MRQAP:
    """Regress one network on others, tested by double semi-partialing (MRQAP).

    Least squares over pairs; for each network in turn, what the others leave of it is
    permuted over units, and its t compared with those of the permutations.

    Parameters
    ----------
    y : Network, UnitMatrix or DataFrame
        The ties, or any numbers, on units by units. Of a Network its ties enter.
    n_permutations : int, default 1999
        Random orders of the units for each network.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told how many permutations are done, and how many there are.
    **networks : Network, UnitMatrix or DataFrame
        What explains it, by name, on the same units.

    Returns
    -------
    MRQAP

    Raises
    ------
    AlignmentError
        Units differ between rows and columns or between the networks.
    DataError
        A cell is missing or no number, or a network has one value only.
    ParameterError
        There is no network to explain `y` by.
    SingularDesignError
        A network is a linear combination of others.

    Notes
    -----
    Not for a gravity network on its masses, distances or wealth, or on what depends on
    them: that is circular. UCINET's "Y permutation" is another test, which keeps its level
    only where the networks that explain do not go together. The model is linear also
    where y is 0 and 1. Of networks of 25 units that go with nothing, p of one of two
    networks that go together is 5% or less in .06 (2,000 draws, tests/network/qap_sizes.py).

    References
    ----------
    Dekker, Krackhardt and Snijders (2007), Psychometrika 72, 563-581, section 2.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> far, rich = (pd.DataFrame(rng.normal(size=(9, 9))) for _ in range(2))
    >>> mrqap(2 * far + rng.normal(size=(9, 9)), far=far, rich=rich, seed=1).table["coef"].round(1)
    term
    Intercept   -0.1
    far          2.2
    rich         0.1
    Name: coef, dtype: float64
    """
    settings = record("mrqap", locals())
    check_range("n_permutations", n_permutations, 99)
    if not networks:
        raise ParameterError("name the networks that explain y, as in mrqap(y, distance=...)")
    if {"y", "Intercept"} & set(networks):
        raise ParameterError("a network that explains may not be called y or Intercept")
    given: dict[str, Any] = {"y": y, **networks}
    found, units = same_units(given)
    kept = _kept(found)
    _check_vary(found, kept)
    target = found["y"][kept]
    X = np.column_stack([np.ones(int(kept.sum())), *(found[name][kept] for name in networks)])
    _check_full(X, list(networks))
    coef, t, r2 = _least_squares(X, target)
    spread = X.std(axis=0) / target.std()
    names = ["Intercept", *networks]
    tails: list[dict[str, float]] = [dict.fromkeys(("p_sim", "p_greater", "p_less"), np.nan)]
    streams = np.random.SeedSequence(seed).spawn(len(networks))
    step = counter(progress, n_permutations * len(networks))
    for j, stream in enumerate(streams, start=1):
        simulated = _semi_partialed(
            found[names[j]], X, target, j, kept, n_permutations, stream, step
        )
        tails.append(_pseudo_p(simulated, t[j]))
    table = pd.DataFrame(
        {"coef": coef, "beta": coef * spread, "t": t}, pd.Index(names, name="term")
    )
    table.loc["Intercept", "beta"] = np.nan
    return MRQAP(
        settings=settings,
        table=table.join(pd.DataFrame(tails, table.index)),
        pairs=int(kept.sum()),
        r2=r2,
        binary=bool(np.isin(target, (0, 1)).all()),
        gravity=_gravity_among(given),
    )


def _semi_partialed(
    own: FloatArray,
    X: FloatArray,
    y: FloatArray,
    j: int,
    kept: BoolArray,
    n_permutations: int,
    stream: np.random.SeedSequence,
    step: Step,
) -> FloatArray:
    """Simulate t of column j (n_permutations,), what others leave of it moved over units."""
    others = np.delete(X, j, axis=1)
    left = own[kept] - others @ np.linalg.lstsq(others, own[kept], rcond=None)[0]
    E = np.zeros(own.shape)
    E[kept] = left
    if not kept[1, 0]:  # each pair once: both directions carry it when units move
        E = E + E.T
    Q, _ = np.linalg.qr(others)
    rest = y - Q @ (Q.T @ y)
    free = len(y) - X.shape[1]
    rng = np.random.default_rng(stream)
    simulated = np.empty(n_permutations)
    for m in range(n_permutations):
        order = rng.permutation(len(own))
        e = E[np.ix_(order, order)][kept]
        e = e - Q @ (Q.T @ e)
        # t of e beside the others, by the partial regression of y on it (Frisch and Waugh).
        size = e @ e
        b = e @ rest / size
        simulated[m] = b / np.sqrt(max(rest @ rest - b**2 * size, 0.0) / free / size)
        step(1)
    return simulated


def _least_squares(X: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Coefficients and t (k,) of y (m,) on X (m, k), and R2."""
    inverse = np.linalg.inv(X.T @ X)
    coef = inverse @ (X.T @ y)
    residual = y - X @ coef
    rss = float(residual @ residual)
    total = float(((y - y.mean()) ** 2).sum())
    if rss <= 1e-20 * total:
        raise EstimationError("y is a linear combination of the networks: there is nothing to test")
    se = np.sqrt(rss / (len(y) - X.shape[1]) * np.diag(inverse))
    return coef, coef / se, 1 - rss / total


def _kept(found: dict[str, FloatArray]) -> BoolArray:
    """Mark the pairs that count (n, n): off the diagonal, each once where all are symmetric."""
    n = len(next(iter(found.values())))
    if all(np.array_equal(A, A.T) for A in found.values()):
        return np.triu(np.ones((n, n), dtype=bool), k=1)
    return ~np.eye(n, dtype=bool)


def _standard(x: FloatArray) -> FloatArray:
    """Center x (m,) and give it length 1."""
    centered = x - x.mean()
    return np.asarray(centered / np.sqrt(centered @ centered), dtype=float)


def _pseudo_p(simulated: FloatArray, observed: float) -> dict[str, float]:
    """Give p of both tails and of each, never 0."""
    edge = _TIE * abs(observed)
    reached = {
        "p_sim": np.abs(simulated) >= abs(observed) - edge,
        "p_greater": simulated >= observed - edge,
        "p_less": simulated <= observed + edge,
    }
    return {name: float((1 + hit.sum()) / (1 + len(simulated))) for name, hit in reached.items()}


def _check_vary(found: dict[str, FloatArray], kept: BoolArray) -> None:
    flat = [role for role, A in found.items() if is_constant(A[kept])]
    if flat:
        raise DataError(f"one value in every pair: {listed(flat)}; leave it out")


def _check_full(X: FloatArray, names: list[str]) -> None:
    """Raise where networks are linearly dependent, naming those that add nothing."""
    if len(X) <= X.shape[1]:
        raise ParameterError(f"{len(X)} pairs are too few for {len(names)} networks")
    centered = X[:, 1:] - X[:, 1:].mean(axis=0)
    R = np.linalg.qr(centered / np.linalg.norm(centered, axis=0), mode="r")
    bound = [name for name, own in zip(names, np.abs(np.diag(R)), strict=True) if own < 1e-8]
    if bound:
        raise SingularDesignError(
            f"linear combinations of the networks before them: {listed(bound)}; leave them out"
        )


def _gravity_among(given: dict[str, Any]) -> tuple[str, ...]:
    return tuple(role for role, network in given.items() if isinstance(network, Network))
