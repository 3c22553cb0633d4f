"""What the tests over all units and the tests of each unit have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from spatialccd._align import left_out, restore
from spatialccd._periods import counts_by_time
from spatialccd._result import Result, Settings
from spatialccd._types import FloatArray
from spatialccd.association._permutation import (
    Alternative,
    Correction,
    Simulated,
    adjusted,
    pseudo_p,
    smallest_p,
    tails,
)
from spatialccd.association._weights import Weights
from spatialccd.errors import PermutationWarning, check_choice, check_range, warn

NOT_SIGNIFICANT, NO_NEIGHBORS = "Not significant", "No neighbors"


@dataclass(frozen=True, eq=False, kw_only=True)
class GlobalTest(Result):
    """A figure for each time, with its tests.

    Attributes
    ----------
    table : DataFrame
        One row a time (index "time"; one row "all" for a cross-section).
    simulated : DataFrame
        The figure of each permutation (row) and time (column).
    islands : Index
        Units without neighbors that stand in mean and variance.
    dropped : Index
        Units that the graph left out, and so did every figure here.
    """

    table: pd.DataFrame
    simulated: pd.DataFrame
    islands: pd.Index
    dropped: pd.Index

    @property
    def p_sim(self) -> pd.Series:
        """Permutation p-value by time."""
        return self.table["p_sim"]

    def notes(self) -> list[str]:
        """Name the units that are in no figure."""
        return left_out(self.dropped)

    def to_frame(self) -> pd.DataFrame:
        """One row a time."""
        return self.table.copy()


@dataclass(frozen=True, eq=False, kw_only=True)
class LocalTest(Result):
    """A figure for each unit, with its test and the cluster it belongs to.

    Attributes
    ----------
    table : DataFrame
        On unit, or on (unit, time), with p_sim, p_adjusted, significant and cluster
        at its end.
    islands : Index
        Units without neighbors: no test, cluster "No neighbors".
    dropped : Index
        Units that the graph left out: they carry no figure, cluster "No neighbors".
    """

    table: pd.DataFrame
    islands: pd.Index
    dropped: pd.Index

    @property
    def p_sim(self) -> pd.Series:
        """Permutation p-value by unit, before any correction."""
        return self.table["p_sim"]

    @property
    def significant(self) -> pd.Series:
        """Whether the corrected p-value is at most alpha."""
        return self.table["significant"]

    @property
    def cluster(self) -> pd.Series:
        """Cluster of each unit, a categorical in the order of a legend."""
        return self.table["cluster"]

    def notes(self) -> list[str]:
        """Name the units that carry no figure, and say where an analytic test is missing."""
        tested = self.table["p_sim"].notna()
        lost = int((tested & self.table["p_norm"].isna()).sum()) if "p_norm" in self.table else 0
        why = (
            f"p_norm is missing for {lost} units: the value, or all others that could stand around "
            "it, do not vary beside the largest."
        )
        return [*left_out(self.dropped), *([why] if lost else [])]

    def to_frame(self) -> pd.DataFrame:
        """One row a unit."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give how many units are in each cluster, by time."""
        counts = counts_by_time(self.cluster)
        return {"clusters": counts.loc[:, (counts > 0).any()]}

    def summary(self) -> str:
        """Count the clusters, and say how fine the p-values are."""
        counts = self.cluster.value_counts(sort=False).to_string()
        floor = smallest_p(self.settings["n_permutations"], self.settings["alternative"])
        reached = int((self.p_sim <= floor * 1.000001).sum())
        fineness = (
            f"{reached} of {int(self.p_sim.notna().sum())} units reach the smallest p-value that "
            f"{self.settings['n_permutations']} permutations can give, {floor:g}"
        )
        return "\n\n".join([repr(self.settings), counts, fineness, *self.notes()])


def check_local(n_permutations: int, alpha: float, correction: str, alternative: str) -> None:
    """Check the settings that all local tests share."""
    check_range("n_permutations", n_permutations, 1)
    check_range("alpha", alpha, 0, 1, open_low=True, open_high=True)
    check_choice("correction", correction, get_args(Correction))
    check_choice("alternative", alternative, get_args(Alternative))


def check_global(n_permutations: int, alternative: str) -> None:
    """Check the settings that all global tests share."""
    check_range("n_permutations", n_permutations, 1)
    check_choice("alternative", alternative, get_args(Alternative))


def permuted(
    simulated: FloatArray, observed: FloatArray, alternative: Alternative, sign: int = 1
) -> dict[str, FloatArray]:
    """Give mean_sim, sd_sim and p_sim of figures, shape (T,), from their permutations, (m, T).

    `sign` is -1 for figures of which a small one is much association.
    """
    return {
        "mean_sim": simulated.mean(axis=0),
        "sd_sim": simulated.std(axis=0),
        "p_sim": pseudo_p(*tails(sign * simulated, sign * observed), len(simulated), alternative),
    }


def local_table(
    figures: pd.DataFrame,
    simulated: Simulated,
    weights: Weights,
    index: pd.Index,
    classes: tuple[str, ...],
    settings: Settings,
) -> pd.DataFrame:
    """Add p-values and clusters to local figures and label them.

    Parameters
    ----------
    figures : DataFrame
        In the order of ``weights.units``; its column "kind" says which class a
        unit belongs to when it is significant.
    simulated : Simulated
    weights : Weights
    index : Index
        The caller's units; those that were dropped get no figure.
    classes : tuple of str
        What a significant unit can be, in the order of a legend.
    settings : Settings
        Of the call, with n_permutations, alternative, correction and alpha.
    """
    n_permutations, alternative = settings["n_permutations"], settings["alternative"]
    correction, alpha = settings["correction"], settings["alpha"]
    _check_fine(n_permutations, int((~weights.alone).sum()), alternative, correction, alpha)
    table = figures.drop(columns="kind").set_axis(weights.units)
    p = pseudo_p(simulated.at_least, simulated.at_most, n_permutations, alternative)
    table["p_sim"] = np.where(weights.alone, np.nan, p)
    table["p_adjusted"] = adjusted(table["p_sim"].to_numpy(), correction)
    table["significant"] = table["p_adjusted"] <= alpha
    cluster = np.where(table["significant"], figures["kind"], NOT_SIGNIFICANT)
    table["cluster"] = np.where(weights.alone, NO_NEIGHBORS, cluster)
    table = restore(table, index)
    table["significant"] = table["significant"].eq(True)
    table["cluster"] = pd.Categorical(
        table["cluster"].fillna(NO_NEIGHBORS),
        categories=[*classes, NOT_SIGNIFICANT, NO_NEIGHBORS],
    )
    return table


def _check_fine(
    n_permutations: int, tests: int, alternative: Alternative, correction: Correction, alpha: float
) -> None:
    """Warn when the smallest p-value possible is not small enough for any unit."""
    smallest = smallest_p(n_permutations, alternative)
    asked = alpha / tests if correction == "bonferroni" else alpha
    if smallest > asked:
        warn(
            f"no unit can be significant: {n_permutations} permutations give p-values from "
            f"{smallest:g} on, and alpha={alpha:g} asks for {asked:.2g} ({correction}, {tests} "
            f"tests); take at least {math.ceil(smallest / asked * (n_permutations + 1))}",
            PermutationWarning,
        )
