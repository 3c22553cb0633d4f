"""Blocks of units that are tied alike (CONCOR), and what blocks make of chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._progress import counter, each
from spatialccd._result import Result, record
from spatialccd._types import BoolArray, FloatArray, IntArray
from spatialccd.errors import check_range, listed
from spatialccd.network._matrix import Network, UnitMatrix, binary, table_of
from spatialccd.network._rewire import rewired

if TYPE_CHECKING:
    from spatialccd._types import Progress, UnitColumns

#: Iterated correlations are taken for +-1 within this; and so many rounds are enough for any.
_SETTLED, _ROUNDS = 1e-9, 200


@dataclass(frozen=True, eq=False, kw_only=True)
class Blocks(Result):
    """Blocks of units that are tied alike.

    Attributes
    ----------
    table : DataFrame
        On unit: ``block``, numbered from 1; units without ties are block 0.
    densities : DataFrame
        Block by block: share of the possible ties from the row's units to the column's; NaN
        within a block of one.
    image : DataFrame
        1 where the density is above that of the whole network, else 0.
    roles : DataFrame
        On block: ``n`` units; ties ``within``, ``sent`` to and ``received`` from others;
        ``expected_share`` = (n_b - 1) / (n - 1) and ``actual_share`` of ties that stay
        within; ``role``: "two-way spillover", "net spillover", "net benefit", "broker".
    contrast : DataFrame
        Spread of the densities over blocks: ``observed``, and ``mean``, ``p05`` and
        ``p95`` where ties are rewired and every unit keeps how many it sends and gets.
    """

    table: pd.DataFrame
    densities: pd.DataFrame
    image: pd.DataFrame
    roles: pd.DataFrame
    contrast: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give densities, image, roles, and what chance makes of blocks."""
        tables = (self.densities, self.image, self.roles, self.contrast)
        names = ("densities", "image", "roles", "contrast")
        return {name: table.copy() for name, table in zip(names, tables, strict=True)}

    def notes(self) -> list[str]:
        """Say whether blocks are more than chance, and who is in none."""
        row = self.contrast.iloc[0]
        found = [
            "CONCOR finds blocks in any network: densities spread by "
            f"{row['observed']:.3f} over blocks, and by {row['p05']:.3f} to {row['p95']:.3f} where "
            "ties are rewired at random"
        ]
        alone = self.table.index[self.table["block"] == 0]
        if len(alone):
            found.append(f"block 0, as units without ties: {listed(alone)}")
        return found


def concor_blocks(
    network: UnitColumns | Network | UnitMatrix,
    *,
    depth: int = 2,
    n_rewired: int = 99,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Blocks:
    """Split a network into blocks of units that are tied alike (CONCOR).

    The ties that each unit sends and gets are one column; columns are correlated,
    their correlations again, until all are 1 or -1, which makes two blocks; and each block in turn
    the same.

    Parameters
    ----------
    network : Network, UnitMatrix or DataFrame
        What ``gravity_network`` returns, or a table of 0 and 1 on units by units.
    depth : int, default 2
        How often blocks are split: 2 gives up to four, as most papers print.
    n_rewired : int, default 99
        Networks with the same numbers of ties sent and got by each unit, split likewise.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told how many rewired networks are split, and how many there are.

    Returns
    -------
    Blocks

    Raises
    ------
    AlignmentError
        Rows and columns are not the same units.
    DataError
        Other numbers than 0 and 1, no ties, or all there can be.

    Notes
    -----
    Not as evidence of groups: it splits whatever it is given, so look at the contrast with
    rewired networks. The diagonal counts as 0, which UCINET can leave out; the split can
    differ for units at its margin. Roles by Wasserman and Faust's shares: a block whose
    ties stay within more than expected is of two-way spillover where it sends to others at
    least half of what goes either way, else of net benefit; one whose ties stay within less
    is of net spillover where it sends more than it gets, else a broker. Papers draw these
    lines in other places.

    References
    ----------
    Breiger, Boorman and Arabie (1975), J. Math. Psychol. 12, 328-383. Wasserman and Faust
    (1994), Social Network Analysis, chapters 9 and 10.

    Examples
    --------
    >>> ties = pd.DataFrame(0, list("abcdef"), list("abcdef"))
    >>> ties.loc[["a", "b", "c"], ["d", "e", "f"]] = 1
    >>> concor_blocks(ties, depth=1, seed=1).densities.round(2)
    block    1    2
    block
    1      0.0  1.0
    2      0.0  0.0
    """
    settings = record("concor_blocks", locals())
    check_range("depth", depth, 1, 5)
    check_range("n_rewired", n_rewired, 19)
    A, units = binary(network, "network")
    block = split(A, depth)
    densities = _densities(A, block)
    rng = np.random.default_rng(seed)
    chance = []
    for _ in each(n_rewired, counter(progress, n_rewired)):
        other = rewired(A, rng)
        own = split(other, depth)
        chance.append(_spread(_densities(other, own), own))
    names = pd.Index(np.unique(block), name="block")
    image = (densities > A.sum() / (len(A) * (len(A) - 1))).astype(int)
    contrast = {"observed": _spread(densities, block), "mean": np.mean(chance)}
    contrast |= {"p05": np.quantile(chance, 0.05), "p95": np.quantile(chance, 0.95)}
    given = table_of(network)
    table = pd.DataFrame({"block": block}, units)
    return Blocks(
        settings=settings,
        table=_align.restore(table, given.index),
        densities=pd.DataFrame(densities, names, names),
        image=pd.DataFrame(image, names, names),
        roles=_roles(A, block),
        contrast=pd.DataFrame([contrast], pd.Index(["densities"], name="figure")),
    )


def split(A: FloatArray, depth: int) -> IntArray:
    """Give the block (n,) of each unit of a network (n, n), from 1; 0 for units without ties.

    The first block is the one that holds the first unit, at every split.
    """
    block = np.zeros(len(A), dtype=int)
    parts = [np.flatnonzero((A.sum(axis=0) + A.sum(axis=1)) > 0)]
    for _ in range(depth):
        parts = [half for part in parts for half in _halves(A, part)]
    for number, part in enumerate(parts, start=1):
        block[part] = number
    return block


def _halves(A: FloatArray, part: IntArray) -> list[IntArray]:
    """Split the units of a block in two by the signs of iterated correlations."""
    if len(part) < 2:
        return [part]
    profile = np.vstack([A[:, part], A[part].T])  # what each sends and gets, to and from all
    if is_constant(profile).any() or (np.ptp(profile, axis=1) == 0).all():
        return [part]  # a profile without variation has no correlation; or all are alike
    R = np.atleast_2d(np.corrcoef(profile.T))
    for _ in range(_ROUNDS):
        if (np.abs(np.abs(R) - 1) < _SETTLED).all():
            break
        if is_constant(R).any():
            return [part]
        R = np.atleast_2d(np.corrcoef(R))
    with_first = R[0] > 0
    halves = [part[with_first], part[~with_first]]
    return [half for half in halves if len(half)]


def _members(block: IntArray) -> FloatArray:
    """Mark who is in which block, (n, number of blocks)."""
    return np.asarray(block[:, None] == np.unique(block), dtype=float)


def _densities(A: FloatArray, block: IntArray) -> FloatArray:
    """Share of the possible ties from block to block; NaN where none is possible."""
    Z = _members(block)
    n = Z.sum(axis=0)
    possible = np.outer(n, n) - np.diag(n)
    counts = Z.T @ A @ Z
    found: FloatArray = np.full(counts.shape, np.nan)
    np.divide(counts, possible, out=found, where=possible > 0)
    return found


def _spread(densities: FloatArray, block: IntArray) -> float:
    """Give the spread (sd) of densities over pairs of blocks, weighed by possible ties."""
    n = _members(block).sum(axis=0)
    weight = (np.outer(n, n) - np.diag(n)).ravel()
    value = np.nan_to_num(densities).ravel()
    mean = np.average(value, weights=weight)
    return float(np.sqrt(np.average((value - mean) ** 2, weights=weight)))


def _roles(A: FloatArray, block: IntArray) -> pd.DataFrame:
    """Count what each block keeps, sends and gets, and name its role."""
    Z = _members(block)
    n, counts = Z.sum(axis=0), Z.T @ A @ Z
    within = np.diag(counts)
    sent, received = counts.sum(axis=1) - within, counts.sum(axis=0) - within
    expected = (n - 1) / (len(A) - 1)
    share: FloatArray = np.full(len(n), np.nan)
    np.divide(within, within + sent, out=share, where=within + sent > 0)
    keeps = np.nan_to_num(share) >= expected
    gives: BoolArray = sent >= received
    role: Any = np.select(
        [sent + received + within == 0, keeps & gives, keeps, gives],
        ["none", "two-way spillover", "net benefit", "net spillover"],
        default="broker",
    )
    return pd.DataFrame(
        {
            "n": n.astype(int),
            "within": within,
            "sent": sent,
            "received": received,
            "expected_share": expected,
            "actual_share": share,
            "role": role,
        },
        pd.Index(np.unique(block), name="block"),
    )
