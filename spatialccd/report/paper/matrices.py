"""Tables of figures that are drawn as matrices: what of each result, and how it is headed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from spatialccd.association.joincount import JoinCounts
from spatialccd.association.lisa_dynamics import LisaTransitions
from spatialccd.coupling.grey import GreyCoupling
from spatialccd.coupling.typology import CoordinationTypes
from spatialccd.coupling.variants import VariantComparison
from spatialccd.drivers.geodetector.ecological import EcologicalDetector
from spatialccd.drivers.geodetector.gozh import SearchedDetector
from spatialccd.drivers.geodetector.lesh import ShapleyShares
from spatialccd.dynamics.inequality import DagumGini
from spatialccd.errors import ParameterError
from spatialccd.index.comparison import RankComparison
from spatialccd.index.grey import GreyRelation
from spatialccd.network.blocks import Blocks
from spatialccd.network.core import CorePeriphery
from spatialccd.report.words.figures import METHODS

#: Panels of one figure.
MOST_PANELS = 9
_ALPHA = 0.05


@dataclass(frozen=True)
class Matrix:
    """One matrix to draw.

    Attributes
    ----------
    values : DataFrame
        Rows by columns; missing cells stay empty.
    title : str
        Of the panel.
    heading : str
        What the figures are.
    framed : DataFrame of bool, optional
        Cells in a frame.
    frame_means : str
        What a frame says.
    whole : bool
        Figures are counts.
    about : float or None
        Where the colors part.
    words : str
        Translated are "rows", "columns", "both" or "" of the labels.
    """

    values: pd.DataFrame
    title: str
    heading: str
    framed: pd.DataFrame | None = None
    frame_means: str = ""
    whole: bool = False
    about: float | None = None
    words: str = ""


def _blocks(found: Blocks) -> list[Matrix]:
    names = {n: f"{n}" for n in found.densities}
    image = found.image == 1
    values = found.densities.rename(index=names, columns=names)
    return [
        Matrix(values, "", "Density", framed=image,
               frame_means="denser than the whole network (image matrix: 1)")
    ]  # fmt: skip


def _core(found: CorePeriphery) -> list[Matrix]:
    return [Matrix(found.densities, "", "Density", words="both")]


def _grey_coupling(found: GreyCoupling) -> list[Matrix]:
    return [Matrix(found.degrees, "", "Grey relational degree")]


def _grey_relation(found: GreyRelation) -> list[Matrix]:
    """Give a matrix of references by factors; a frame is above what chance gives."""
    parts: list[tuple[Any, pd.DataFrame]] = [("", found.table)]
    others = list(range(2, found.table.index.nlevels))
    if others:
        parts = list(found.table.groupby(level=others, sort=False))
    panels = []
    for key, part in parts:
        flat = part.droplevel(others) if others else part
        values = flat["degree"].unstack(sort=False)
        beyond = (flat["degree"] > flat["chance_95"]).unstack(sort=False)
        title = str(key[0] if isinstance(key, tuple) else key)
        panels.append(
            Matrix(values, title, "Grey relational degree", framed=beyond,
                   frame_means="above 95% of random orders")
        )  # fmt: skip
    return panels


def _agreement(found: Any) -> list[Matrix]:
    """Give Spearman's correlations of methods, mirrored about the diagonal."""
    pairs = found.pairs["spearman"]
    others = list(range(2, pairs.index.nlevels))
    parts: list[tuple[Any, pd.Series]] = [("", pairs)]
    if others:
        parts = list(pairs.groupby(level=others, sort=True))
    panels = []
    for key, part in parts[-MOST_PANELS:]:
        flat = part.droplevel(others) if others else part
        names = list(
            dict.fromkeys([*flat.index.get_level_values(0), *flat.index.get_level_values(1)])
        )
        values = pd.DataFrame(np.eye(len(names)), names, names)
        for (a, b), value in flat.items():
            values.loc[a, b] = values.loc[b, a] = value
        values = values.rename(index=METHODS, columns=METHODS)
        title = str(key[0] if isinstance(key, tuple) else key)
        panels.append(Matrix(values, title, "Spearman correlation of ranks", words="both"))
    return panels


def _types(found: CoordinationTypes) -> list[Matrix]:
    counts = found.counts
    heading = "Number of units"
    if counts.index.nlevels == 1:
        return [Matrix(_types_of(counts), "", heading, whole=True, words="both")]
    times = counts.index.get_level_values("time").unique()
    chosen = times if len(times) <= MOST_PANELS else times[[0, len(times) // 2, len(times) - 1]]
    return [
        Matrix(_types_of(counts.xs(t, level="time")), str(t), heading, whole=True, words="both")
        for t in chosen
    ]


def _types_of(counts: pd.DataFrame) -> pd.DataFrame:
    """Put the best grade on top."""
    return counts.rename(index=str).iloc[::-1]


def _ecological(found: EcologicalDetector) -> list[Matrix]:
    """Give q of the row's factor less that of the column's; a frame where they differ."""
    figures = found.figures
    parts: list[tuple[Any, pd.DataFrame]] = [("", figures)]
    if found.by:
        parts = list(figures.groupby(list(found.by), sort=False))
    panels = []
    for key, part in parts:
        names = list(dict.fromkeys([*part["factor_a"], *part["factor_b"]]))
        values = pd.DataFrame(np.nan, names, names)
        differ = pd.DataFrame(False, names, names)
        for row in part.itertuples():
            values.loc[row.factor_b, row.factor_a] = row.q_b - row.q_a
            differ.loc[row.factor_b, row.factor_a] = bool(row.significant)
        title = ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
        panels.append(
            Matrix(
                values.iloc[1:, :-1],
                title,
                "Difference of q (row less column)",
                framed=differ.iloc[1:, :-1],
                frame_means="the two differ significantly",
                about=0.0,
            )
        )
    return panels


def _pairs(names: list[str], pairs: pd.DataFrame, alone: pd.Series) -> pd.DataFrame:
    """Give q of two factors below the diagonal and of one on it."""
    if pairs.empty:
        raise ParameterError("the result has no pairs of factors: make it with pairwise=True")
    values = pd.DataFrame(np.diag(alone.to_numpy(dtype=float)), names, names)
    values = values.where(np.eye(len(names), dtype=bool))
    for row in pairs.itertuples():
        values.loc[row.factor_b, row.factor_a] = row.q
    return values


def _sought(found: SearchedDetector) -> list[Matrix]:
    """Give q of each factor and pair; a frame where the search finds less by chance."""
    names = [str(name) for name in found.figures["factor"]]
    values = _pairs(names, found.pairs, found.figures["q"])
    if "p_search" not in found.pairs:
        return [Matrix(values, "", "q")]
    p = _pairs(names, found.pairs.assign(q=found.pairs["p_search"]), found.figures["p_search"])
    return [Matrix(values, "", "q", framed=p <= _ALPHA, frame_means="p ≤ 0.05")]


def _shares(found: ShapleyShares) -> list[Matrix]:
    names = [str(name) for name in found.figures["factor"]]
    return [Matrix(_pairs(names, found.pairs, found.figures["q"]), "", "q")]


def _joins(found: JoinCounts) -> list[Matrix]:
    panels = []
    for time, part in found.table.groupby("time", sort=False):
        names = list(dict.fromkeys([*part["grade"], *part["neighbor"]]))
        values = pd.DataFrame(np.nan, names, names)
        sure = pd.DataFrame(False, names, names)
        for row in part.itertuples():
            values.loc[row.neighbor, row.grade] = row.z
            sure.loc[row.neighbor, row.grade] = row.p_sim <= 0.05
        title = "" if time == "all" else str(time)
        panels.append(
            Matrix(values, title, "z of the joins", framed=sure, frame_means="p ≤ 0.05", about=0.0,
                   words="both")
        )  # fmt: skip
    return panels


def _dagum(found: DagumGini) -> list[Matrix]:
    between = found.between
    heading = "Gini coefficient between groups"
    if between.index.nlevels == 1:
        return [Matrix(between, "", heading)]
    times = between.index.get_level_values(0).unique()
    chosen = times if len(times) <= MOST_PANELS else times[[0, len(times) // 2, len(times) - 1]]
    return [Matrix(between.loc[time], str(time), heading) for time in chosen]


def _moves(found: LisaTransitions) -> list[Matrix]:
    return [Matrix(found.probabilities, "", "Probability", words="both")]


#: By class of result: the matrices drawn of it.
PLANS: dict[type, Callable[[Any], list[Matrix]]] = {
    Blocks: _blocks,
    CorePeriphery: _core,
    GreyCoupling: _grey_coupling,
    GreyRelation: _grey_relation,
    RankComparison: _agreement,
    VariantComparison: _agreement,
    CoordinationTypes: _types,
    EcologicalDetector: _ecological,
    SearchedDetector: _sought,
    ShapleyShares: _shares,
    JoinCounts: _joins,
    DagumGini: _dagum,
    LisaTransitions: _moves,
}
