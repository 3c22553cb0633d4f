"""What a result has to say of each year: figures of groups, with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from spatialccd.association.bivariate import BivariateMoran
from spatialccd.association.geary import GlobalGeary
from spatialccd.association.hotspots import GlobalGetisOrd
from spatialccd.association.joincount import JoinCounts
from spatialccd.association.lee import LeeL
from spatialccd.association.lisa_dynamics import LisaTransitions
from spatialccd.association.moran import GlobalMoran
from spatialccd.coupling.degree import CoordinationGrades, CouplingCoordination
from spatialccd.coupling.mismatch import Mismatch
from spatialccd.drivers.geodetector.factor import FactorDetector
from spatialccd.drivers.geodetector.optimal_strata import OptimalStrata
from spatialccd.drivers.geodetector.sesu import SESU
from spatialccd.dynamics.convergence import SigmaConvergence, Variation
from spatialccd.dynamics.groups import GroupSummary
from spatialccd.dynamics.inequality import DagumGini
from spatialccd.dynamics.rank_size import RankSize
from spatialccd.dynamics.theil import Theil
from spatialccd.efficiency.heterogeneity import GroupHeterogeneity
from spatialccd.efficiency.malmquist import Malmquist
from spatialccd.errors import check_choice
from spatialccd.index.robustness import WeightStability
from spatialccd.report.paper.shown import still
from spatialccd.report.paper.states import MOVED
from spatialccd.report.words.figures import METHODS

#: The group of all units, drawn apart from the others.
ALL = "All"


@dataclass(frozen=True)
class Trend:
    """One figure by time (rows) and group (columns).

    Attributes
    ----------
    heading : str
        Words of its axis.
    title : str
        Of its panel, where the data name it.
    values : DataFrame
        Time by group; a group without a name is alone.
    ends : pair of DataFrame, optional
        Low and high of an interval, shaped as `values`.
    band : tuple of Series, optional
        Low and high of what chance gives, by time.
    sure : DataFrame of bool, optional
        Where a figure is significant.
    reference : float or None
        The figure of no change, or of no association.
    across : str
        What the rows are, where they are no times.
    band_means : str
        What the band is.
    cells : DataFrame, optional
        Time by unit: what a heat map has in place of `values`.
    simulated : DataFrame, optional
        What chance gives at each time (column): drawn where there is one time only.
    """

    heading: str
    values: pd.DataFrame
    ends: tuple[pd.DataFrame, pd.DataFrame] | None = None
    band: tuple[pd.Series, pd.Series] | None = None
    sure: pd.DataFrame | None = None
    reference: float | None = None
    across: str = ""
    band_means: str = ""
    cells: pd.DataFrame | None = None
    simulated: pd.DataFrame | None = None
    title: str = ""


def trends(result: Any, columns: Sequence[str] | None) -> list[Trend]:
    """Give the trends of a result: of the columns named, or of the usual ones.

    Raises
    ------
    ParameterError
        The result has no such figure.
    """
    for kind, plan in PLANS.items():
        if isinstance(result, kind):
            return plan(result, columns)
    raise TypeError(type(result).__name__)  # the tool has checked its argument


def _chosen(columns: Sequence[str] | None, words: dict[str, str], *usual: str) -> list[str]:
    if columns is None:
        return [name for name in usual if name in words]
    wanted = [columns] if isinstance(columns, str) else list(columns)
    for name in wanted:
        check_choice("columns", name, list(words))
    return wanted


def _wide(column: pd.Series, group: str = "group") -> pd.DataFrame:
    """Give time by group, the group of all units last."""
    wide = column.unstack(group, sort=False)
    others = [name for name in wide if name != ALL]
    return wide[[*others, *([ALL] if ALL in wide else [])]]


_GROUP_WORDS = {
    "mean": "Mean", "median": "Median", "sd": "Standard deviation",
    "cv": "Coefficient of variation",
    "min": "Minimum", "max": "Maximum", "share": "Share at or above the threshold",
    "reached": "Units at or above the threshold", "sd_log": "Standard deviation of logarithms",
    "gini": "Gini coefficient", "range": "Range", "ratio": "Maximum over minimum",
    "iqr": "Interquartile range", "n": "Number of units",
}  # fmt: skip


def _groups(usual: str) -> Callable[[Any, Sequence[str] | None], list[Trend]]:
    """Plan for a table on (time, group), or on group for a cross-section."""

    def plan(result: Any, columns: Sequence[str] | None) -> list[Trend]:
        table = result.table
        if table.index.nlevels == 1:
            table = pd.concat({"all": table}, names=["time", "group"])
        words = {name: _GROUP_WORDS[name] for name in table if name in _GROUP_WORDS}
        return [Trend(words[n], _wide(table[n])) for n in _chosen(columns, words, usual)]

    return plan


def _heterogeneity(result: GroupHeterogeneity, columns: Sequence[str] | None) -> list[Trend]:
    words = {name: _GROUP_WORDS[name] for name in ("mean", "median", "sd", "cv")}
    found = []
    for name in _chosen(columns, words, "mean"):
        for grouping in result.table.index.get_level_values("grouping").unique():
            own = _wide(result.table[name].xs(grouping, level="grouping"))
            values = own.drop(index="mean", errors="ignore")
            found.append(Trend(words[name], values, title=str(grouping)))
    return found


def _sigma(result: SigmaConvergence, columns: Sequence[str] | None) -> list[Trend]:
    _chosen(columns, {"spread": ""})
    measure = str(result.settings["measure"])
    return [Trend(_GROUP_WORDS.get(measure, "Spread"), result.spread)]


_CHANGES = {
    "tfpch": "Total factor productivity change", "effch": "Efficiency change",
    "techch": "Technical change", "pech": "Pure efficiency change",
    "sech": "Scale efficiency change",
}  # fmt: skip


def _malmquist(result: Malmquist, columns: Sequence[str] | None) -> list[Trend]:
    found = []
    for name in _chosen(columns, _CHANGES, "tfpch", "effch", "techch"):
        means = result.means[name].drop(index="mean", level="time", errors="ignore")
        ends = None
        if result.mean_intervals is not None:
            intervals = result.mean_intervals.drop(index="mean", level="time", errors="ignore")
            ends = (_wide(intervals[(name, "low")]), _wide(intervals[(name, "high")]))
        found.append(Trend(_CHANGES[name], _wide(means), ends, reference=still(result)))
    return found


def _theil(result: Theil, columns: Sequence[str] | None) -> list[Trend]:
    parts = {"theil": "All", "within": "Within groups", "between": "Between groups"}
    words = {
        "theil": "Theil index",
        "share": "Contribution (%)",
        "groups": "Theil index within the group",
    }
    found = []
    for name in _chosen(columns, words, "theil", "groups"):
        if name == "theil":
            values = result.table[list(parts)].rename(columns=parts)
        elif name == "share":
            shares = result.table[["share_within", "share_between"]]
            values = shares.rename(columns=lambda c: parts[c.removeprefix("share_")])
        else:
            values = _wide(result.groups["theil"])
        found.append(Trend(words[name], values))
    return found


def _dagum(result: DagumGini, columns: Sequence[str] | None) -> list[Trend]:
    """Within by group, and between by pair of groups; of one year as of several."""
    words = {
        "within": "Gini coefficient within the group",
        "between": "Gini coefficient between groups",
    }
    within, between = result.within, result.between
    if isinstance(within, pd.Series):
        within = within.to_frame("all").T
        between = pd.concat({"all": between}, names=["time", "group"])
    pairs = {
        f"{a} – {b}": between.xs(a, level=1)[b]
        for i, a in enumerate(between.columns)
        for b in between.columns[i + 1 :]
    }
    tables = {"within": within, "between": pd.DataFrame(pairs)}
    usual = ["within", *(["between"] if pairs else [])]
    return [Trend(words[n], tables[n]) for n in _chosen(columns, words, *usual)]


_TESTS: dict[type, tuple[str, str]] = {
    GlobalMoran: ("I", "Moran's I"),
    BivariateMoran: ("I", "Bivariate Moran's I"),
    LeeL: ("L", "Lee's L"),
    GlobalGeary: ("C", "Geary's c"),
    GlobalGetisOrd: ("G", "General G"),
}


def _test(result: Any, columns: Sequence[str] | None) -> list[Trend]:
    column, heading = next(names for kind, names in _TESTS.items() if isinstance(result, kind))
    _chosen(columns, {column: heading})
    table = result.table
    band = (result.simulated.quantile(0.025), result.simulated.quantile(0.975))
    band = tuple(end.set_axis(table.index) for end in band)
    return [
        Trend(
            heading,
            table[[column]].set_axis([""], axis=1),
            band=band,
            sure=(table[["p_sim"]] <= 0.05).set_axis([""], axis=1),
            band_means="95% of permutations",
            simulated=result.simulated,
        )
    ]


def _joins(result: JoinCounts, columns: Sequence[str] | None) -> list[Trend]:
    _chosen(columns, {"joins": ""})
    same = result.same
    low, high = (same["mean_sim"] + sign * 1.96 * same["sd_sim"] for sign in (-1, 1))
    return [
        Trend(
            "Joins of units of the same grade",
            same[["joins"]].set_axis([""], axis=1),
            band=(low, high),
            sure=(same[["p_sim"]] <= 0.05).set_axis([""], axis=1),
            band_means="95% of permutations",
        )
    ]


def _transitions(result: LisaTransitions, columns: Sequence[str] | None) -> list[Trend]:
    _chosen(columns, {"share": ""})
    shares = result.shares.drop(index="all", errors="ignore")
    return [Trend("Share of the moves", shares.rename(columns=MOVED))]


def _rank_size(result: RankSize, columns: Sequence[str] | None) -> list[Trend]:
    words = {
        "pareto": "Exponent of ranks on sizes (b)",
        "zipf": "Exponent of sizes on ranks (q)",
        "primacy": "Largest over second",
    }
    found = []
    for name in _chosen(columns, words, "pareto", "zipf"):
        ends = None
        if f"{name}_low" in result.table:
            low, high = (result.table[[f"{name}_{end}"]] for end in ("low", "high"))
            ends = (low.set_axis([""], axis=1), high.set_axis([""], axis=1))
        values = result.table[[name]].set_axis([""], axis=1)
        still_at = None if name == "primacy" else 1.0
        found.append(Trend(words[name], values, ends, reference=still_at))
    return found


def _mismatch(result: Mismatch, columns: Sequence[str] | None) -> list[Trend]:
    _chosen(columns, {"mismatch": ""})
    return [Trend("Mismatch index", result.index.to_frame(""))]


def _weights(result: WeightStability, columns: Sequence[str] | None) -> list[Trend]:
    _chosen(columns, {"weight": ""})
    return [Trend("Weight", result.by_year)]


def _coordination(result: Any, columns: Sequence[str] | None) -> list[Trend]:
    """Give the median of the units, and the middle half of them."""
    _chosen(columns, {"D": ""})
    D = result.D
    cells = D.unstack(0) if D.index.nlevels > 1 else D.to_frame("all").T
    middle, low, high = (cells.quantile(q, axis=1).to_frame("") for q in (0.5, 0.25, 0.75))
    heading = "D: median and middle half of the units"
    return [Trend(heading, middle, (low, high), cells=cells)]


def _factors(result: FactorDetector, columns: Sequence[str] | None) -> list[Trend]:
    """Give q of each factor by the last name in `by`, a panel for each value of the others."""
    _chosen(columns, {"q": ""})
    if "time" not in result.by:
        wide = result.q.groupby(level=0).mean().to_frame("all").T
        return [Trend("q", wide)]
    others = [name for name in result.by if name != "time"]
    table = result.q.rename("q").reset_index()
    parts = table.groupby(others, sort=False) if others else [((), table)]
    return [
        Trend(
            "q",
            part.pivot_table(index="time", columns="factor", values="q", sort=False),
            title=", ".join(map(str, key if isinstance(key, tuple) else (key,))),
        )
        for key, part in parts
    ]


def _search(result: OptimalStrata, columns: Sequence[str] | None) -> list[Trend]:
    """Give q by the number of strata, a line a method, a panel a factor."""
    factors = list(result.search["factor"].unique())
    chosen = _chosen(columns, {str(f): str(f) for f in factors}, *map(str, factors))
    found = []
    for name in chosen:
        own = result.search[result.search["factor"].astype(str) == name]
        wide = own.pivot_table(index="k", columns="method", values="q", sort=True)
        best = own[own["chosen"]].pivot_table(
            index="k", columns="method", values="q", aggfunc="size"
        )
        sure = best.notna().reindex(index=wide.index, columns=wide.columns, fill_value=False)
        wide, sure = wide.rename(columns=METHODS), sure.rename(columns=METHODS)
        found.append(Trend("q", wide, sure=sure, across="Number of strata", title=name))
    return found


def _sizes(result: SESU, columns: Sequence[str] | None) -> list[Trend]:
    """Give what factors explain by the size of units: in the mean, and each."""
    _chosen(columns, {"adjusted_q": ""})
    table = result.figures.set_index("size")
    mean = table[["adjusted_q"]].set_axis([""], axis=1)
    each = result.factors.pivot_table(index="size", columns="factor", values="adjusted_q")
    by_chance = "null_95" in table
    band = (table["null_mean"], table["null_95"]) if by_chance else None
    over, means = "Size of the units", "mean to 95% of permutations" if by_chance else ""
    heading = "Adjusted q: mean over factors"
    sure = (table[["p_permutation"]] <= 0.05).set_axis([""], axis=1) if by_chance else None
    return [
        Trend(heading, mean, band=band, sure=sure, across=over, band_means=means),
        Trend("q, adjusted, by factor", each, across=over),
    ]


#: By class of result: what is drawn of it over the years.
PLANS: dict[type, Callable[[Any, Sequence[str] | None], list[Trend]]] = {
    GroupSummary: _groups("mean"),
    Variation: _groups("cv"),
    SigmaConvergence: _sigma,
    GroupHeterogeneity: _heterogeneity,
    Malmquist: _malmquist,
    Theil: _theil,
    DagumGini: _dagum,
    **dict.fromkeys(_TESTS, _test),
    JoinCounts: _joins,
    LisaTransitions: _transitions,
    RankSize: _rank_size,
    Mismatch: _mismatch,
    WeightStability: _weights,
    CouplingCoordination: _coordination,
    CoordinationGrades: _coordination,
    FactorDetector: _factors,
    OptimalStrata: _search,
    SESU: _sizes,
}
