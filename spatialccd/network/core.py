"""Whether a network has a core and a periphery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._progress import counter, each
from spatialccd._result import Result, record
from spatialccd._types import BoolArray, FloatArray
from spatialccd.errors import check_choice, check_range
from spatialccd.network._matrix import Network, UnitMatrix, binary, table_of
from spatialccd.network._rewire import rewired

if TYPE_CHECKING:
    from spatialccd._types import Progress, UnitColumns

Between = Literal["ignored", "tied"]

#: Core and periphery hold at least as many units each.
_SMALLEST = 2
#: Correlations that differ by less are one.
_SAME = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class CorePeriphery(Result):
    """The core of a network and its periphery.

    Attributes
    ----------
    table : DataFrame
        On unit: ``part``, "core" or "periphery"; ``degree``, ties sent and got.
    densities : DataFrame
        Part by part: share of the possible ties from the row's units to the column's.
    fit : DataFrame
        ``observed`` correlation with the ideal pattern, and ``mean``, ``p05`` and ``p95`` of
        the best one where ties are rewired and every unit keeps how many it has; ``p``.
    reached : int
        Starts of the search that ended at the best correlation.
    """

    table: pd.DataFrame
    densities: pd.DataFrame
    fit: pd.DataFrame
    reached: int

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give densities, and the fit beside that of chance."""
        return {"densities": self.densities.copy(), "contrast": self.fit.copy()}

    def notes(self) -> list[str]:
        """Say how well the pattern fits beside chance, and how sure the search is."""
        row = self.fit.iloc[0]
        return [
            f"correlation with the ideal pattern {row['observed']:.3f}; of rewired networks "
            f"{row['p05']:.3f} to {row['p95']:.3f}, whose units keep how many ties they have",
            f"{self.reached} of {self.settings['n_starts']} starts ended at a core as good as this",
        ]


def core_periphery(
    network: UnitColumns | Network | UnitMatrix,
    *,
    between: Between = "ignored",
    n_starts: int = 20,
    n_rewired: int = 99,
    seed: int | None = None,
    progress: Progress | None = None,
) -> CorePeriphery:
    """Split a network into a core whose units are tied and a periphery whose units are not.

    Of all splits the one whose ideal pattern (1 within the core, 0 within the periphery) has
    the largest correlation with the ties, sought from several starts by moving one unit
    at a time.

    Parameters
    ----------
    network : Network, UnitMatrix or DataFrame
        What ``gravity_network`` returns, or a table of 0 and 1 on units by units.
    between : {"ignored", "tied"}
        Pairs of a unit of the core and one of the periphery: left out of the correlation,
        or tied in the ideal pattern.
    n_starts : int, default 20
        Random starts of the search, besides the one by degree.
    n_rewired : int, default 99
        Networks with the same numbers of ties sent and got by each unit, split likewise.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told how many rewired networks are split, and how many there are.

    Returns
    -------
    CorePeriphery

    Raises
    ------
    AlignmentError
        Rows and columns are not the same units.
    DataError
        Other numbers than 0 and 1, no ties, or all there can be.

    Notes
    -----
    Not as evidence by itself: every network has a best core, and units with many ties make
    one by having them, which is what p sets aside. A gravity network's core is its large
    masses. Where few starts reach the best correlation it may not be the best there is. Of
    random networks of 25 units and density .2 p is 5% or less in .04 (150 networks).

    References
    ----------
    Borgatti and Everett (2000), Soc. Netw. 21, 375-395, equations 1 to 4.

    Examples
    --------
    >>> ties = pd.DataFrame(0, list("abcdef"), list("abcdef"))
    >>> ties.loc[["a", "b", "c"], ["a", "b", "c"]] = 1
    >>> ties.loc["d", "a"] = 1
    >>> core_periphery(ties, seed=1).table["part"].tolist()
    ['core', 'core', 'core', 'periphery', 'periphery', 'periphery']
    """
    settings = record("core_periphery", locals())
    check_choice("between", between, get_args(Between))
    check_range("n_starts", n_starts, 1)
    check_range("n_rewired", n_rewired, 19)
    A, units = binary(network, "network")
    starts, draws = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    core, r, reached = best_core(A, between, n_starts, starts)
    chance = np.array(
        [
            best_core(rewired(A, draws), between, n_starts, starts)[1]
            for _ in each(n_rewired, counter(progress, n_rewired))
        ]
    )
    low, high = np.quantile(chance, [0.05, 0.95])
    p = (1 + (chance >= r - _SAME).sum()) / (1 + n_rewired)
    fit = {"observed": r, "mean": chance.mean(), "p05": low, "p95": high, "p": p}
    parts = pd.Index(["core", "periphery"], name="part")
    Z = np.column_stack([core, ~core]).astype(float)
    n = Z.sum(axis=0)
    densities = (Z.T @ A @ Z) / (np.outer(n, n) - np.diag(n))
    table = pd.DataFrame(
        {"part": np.where(core, *parts), "degree": A.sum(axis=0) + A.sum(axis=1)}, units
    )
    given = table_of(network)
    return CorePeriphery(
        settings=settings,
        table=_align.restore(table, given.index),
        densities=pd.DataFrame(densities, parts, parts),
        fit=pd.DataFrame([fit], pd.Index(["correlation"], name="figure")),
        reached=reached,
    )


def best_core(
    A: FloatArray, between: str, n_starts: int, rng: np.random.Generator
) -> tuple[BoolArray, float, int]:
    """Seek the core of a network (n, n): who is in it (n,), its correlation, starts at it."""
    n = len(A)
    degree = A.sum(axis=0) + A.sum(axis=1)
    by_degree = degree > np.median(degree)
    found = [_climb(A, by_degree, between)]
    found += [_climb(A, rng.random(n) < rng.uniform(0.1, 0.9), between) for _ in range(n_starts)]
    best, r = max(found, key=lambda pair: pair[1])
    # The start by degree is the first: of equal cores it is the one that is kept.
    return best, r, sum(other >= r - _SAME for _, other in found[1:])


def _climb(A: FloatArray, start: BoolArray, between: str) -> tuple[BoolArray, float]:
    """Move one unit at a time while the correlation rises."""
    c = _of_size(start).astype(float)
    both = A + A.T
    tied = float(A.sum())
    while True:
        inward = both @ c
        outward = both.sum(axis=0) - inward
        m_cc, m_pp = c @ A @ c, (1 - c) @ A @ (1 - c)
        sign = 1 - 2 * c  # 1 for a unit that would enter the core
        size = c.sum()
        now = _correlation(size, m_cc, m_pp, tied, len(A), between)
        after = _correlation(
            size + sign, m_cc + sign * inward, m_pp - sign * outward, tied, len(A), between
        )
        best = int(np.argmax(after))
        if after[best] <= now + _SAME:
            return c > 0.5, float(now)
        c[best] = 1 - c[best]


def _correlation(
    size: FloatArray, m_cc: FloatArray, m_pp: FloatArray, tied: float, n: int, between: str
) -> FloatArray:
    """Correlate ties with the ideal pattern, from ties within core and periphery; -1 if none."""
    size = np.asarray(size, dtype=float)
    ones, zeros = size * (size - 1), (n - size) * (n - size - 1)
    in_ones = np.asarray(m_cc, dtype=float)
    if between == "tied":
        ones, in_ones = n * (n - 1) - zeros, tied - m_pp
    pairs, ties = ones + zeros, in_ones + m_pp
    spread = ties * (pairs - ties) * ones * zeros
    known = (size >= _SMALLEST) & (n - size >= _SMALLEST) & (spread > 0)
    root = np.sqrt(np.where(known, spread, 1.0))
    return np.asarray(np.where(known, (pairs * in_ones - ties * ones) / root, -1.0), dtype=float)


def _of_size(core: BoolArray) -> BoolArray:
    """Give a start that leaves both parts two units."""
    fixed = core.copy()
    if fixed.sum() < _SMALLEST:
        fixed[:_SMALLEST] = True
    if (~fixed).sum() < _SMALLEST:
        fixed[-_SMALLEST:] = False
    return fixed
