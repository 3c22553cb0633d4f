"""What a result has to say of each unit: its figures, their intervals, what is to be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from spatialccd.association.rates import SmoothedRates
from spatialccd.coupling.degree import CoordinationGrades, CouplingCoordination
from spatialccd.coupling.development import RelativeDevelopment
from spatialccd.coupling.forecast_comparison import ForecastComparison
from spatialccd.coupling.grey import GreyCoupling
from spatialccd.coupling.metacoupling import Metacoupling
from spatialccd.coupling.mismatch import Mismatch
from spatialccd.coupling.uncertainty import CoordinationInterval
from spatialccd.drivers.geodetector.gozh import SearchedDetector
from spatialccd.drivers.geodetector.idsa import IDSA
from spatialccd.drivers.geodetector.lesh import ShapleyShares
from spatialccd.drivers.geodetector.spade import SPADE
from spatialccd.drivers.gwr.collinearity import LocalCollinearity
from spatialccd.drivers.gwr.intervals import CoefficientIntervals
from spatialccd.drivers.gwr.prediction import Prediction
from spatialccd.drivers.gwr.variability import SpatialVariability
from spatialccd.dynamics.persistence import Hurst
from spatialccd.dynamics.trends import MannKendall
from spatialccd.efficiency.directional import DirectionalDistance
from spatialccd.efficiency.envelopment import DEA
from spatialccd.efficiency.malmquist import Malmquist
from spatialccd.index.composite import CompositeIndex
from spatialccd.index.ranking import Ranking
from spatialccd.network.measures import NetworkMeasures
from spatialccd.network.qap import MRQAP, QAPCorrelation
from spatialccd.report.paper import palettes
from spatialccd.report.words.figures import FORECASTS

_ALPHA = 0.05


@dataclass(frozen=True)
class Shown:
    """The figures of a result, one row a unit or a unit and time.

    Attributes
    ----------
    frame : DataFrame
        On unit, (unit, time) or term.
    columns : tuple of str
        Figures worth a panel each.
    heading : mapping
        Column to the words of its axis.
    ends : mapping
        Column to the columns of the ends of its interval.
    reference : float or None
        What figures are compared with: 0 for a change, 1 for a ratio.
    together : bool
        The columns are of one kind, and stand in one panel.
    kind : str
        Column of classes to color by; empty for one color.
    colors : mapping
        Class to color.
    sure : Series of bool, optional
        Where a figure is significant.
    ends_mean : str
        What the interval is, for the legend.
    together_heading : str
        The words of the axis of columns in one panel.
    ratio : bool
        Figures are ratios: below `reference` they cannot go as far as above.
    ours : bool
        What names the rows is ours and not the data's, such as methods.
    """

    frame: pd.DataFrame
    columns: tuple[str, ...]
    heading: Mapping[str, str] = field(default_factory=dict)
    ends: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    reference: float | None = None
    together: bool = False
    kind: str = ""
    colors: Mapping[str, str] = field(default_factory=dict)
    sure: pd.Series | None = None
    ends_mean: str = "interval"
    together_heading: str = ""
    ratio: bool = False
    ours: bool = False


def shown(result: Any) -> Shown:
    """Say what of a result is drawn by unit."""
    for kind, plan in PLANS.items():
        if isinstance(result, kind):
            return plan(result)
    raise TypeError(type(result).__name__)  # the tool has checked its argument


def _one(
    column: str, heading: str, reference: float | None = None, *, ratio: bool = False
) -> Callable[[Any], Shown]:
    """Plan for one figure of the table."""

    def plan(result: Any) -> Shown:
        frame = result.to_frame()
        return Shown(frame, (column,), {column: heading}, reference=reference, ratio=ratio)

    return plan


def _coordination(ccd: Any) -> Shown:
    return Shown(pd.DataFrame({"D": ccd.D}), ("D",), {"D": "Coupling coordination degree D"})


def _interval(found: CoordinationInterval) -> Shown:
    return Shown(
        found.table, ("D",), {"D": "Coupling coordination degree D"}, {"D": ("low", "high")}
    )


def _mann_kendall(found: MannKendall) -> Shown:
    return Shown(
        found.table,
        ("slope",),
        {"slope": "Sen slope (a year)"},
        {"slope": ("slope_low", "slope_high")},
        reference=0.0,
        kind="trend",
        colors=palettes.TRENDS,
        sure=found.table["trend"].isin(["rising", "falling"]),
    )


def _hurst(found: Hurst) -> Shown:
    return Shown(
        found.table,
        ("H",),
        {"H": "Hurst exponent H"},
        {"H": ("noise_p05", "noise_p95")},
        reference=0.5,
        kind="memory",
        colors=palettes.MEMORY,
        ends_mean="90% of independent noise",
    )


def _metacoupling(found: Metacoupling) -> Shown:
    parts = {"intra": found.intra, "peri": found.peri, "tele": found.tele}
    frame = pd.DataFrame({f"{name}_D": part["D"] for name, part in parts.items() if "D" in part})
    words = {
        "intra_D": "Within the unit", "peri_D": "With its neighbors", "tele_D": "With far places",
    }  # fmt: skip
    return Shown(
        frame, tuple(frame), words, together=True,
        together_heading="Coupling coordination degree D",
    )  # fmt: skip


def _rates(found: SmoothedRates) -> Shown:
    words = {"rate": "Rate", "smoothed": "Smoothed rate"}
    return Shown(found.table, ("rate", "smoothed"), words, together=True, together_heading="Rate")


def _network(found: NetworkMeasures) -> Shown:
    words = {
        "degree_centrality": "Degree centrality",
        "betweenness": "Betweenness",
        "closeness_out": "Closeness (out)",
        "closeness_in": "Closeness (in)",
        "harmonic_out": "Harmonic closeness (out)",
        "harmonic_in": "Harmonic closeness (in)",
        "out_degree": "Ties sent",
        "in_degree": "Ties received",
    }
    return Shown(found.table, ("degree_centrality", "betweenness", "harmonic_in"), words)


def _variability(found: SpatialVariability) -> Shown:
    words = {"sd": "Standard deviation", "expected_sd": "Expected without variation over space"}
    return Shown(
        found.table, ("sd", "expected_sd"), words, together=True,
        sure=found.table["p"] <= _ALPHA,
        together_heading="Spread of the local coefficients",
    )  # fmt: skip


def _mrqap(found: MRQAP) -> Shown:
    slopes = found.table.drop(index="Intercept", errors="ignore")
    return Shown(
        slopes, ("beta",), {"beta": "Standardized coefficient"}, reference=0.0,
        sure=slopes["p_sim"] <= _ALPHA,
    )  # fmt: skip


def _qap(found: QAPCorrelation) -> Shown:
    table = found.table.set_axis(pd.Index(["QAP correlation"], name="figure"))
    return Shown(
        table, ("r",), {"r": "Correlation of the networks r"}, {"r": ("p05", "p95")}, reference=0.0,
        sure=table["p_sim"] <= _ALPHA, ends_mean="90% of permutations",
    )  # fmt: skip


def _collinearity(found: LocalCollinearity) -> Shown:
    frame = found.condition_number.to_frame("condition_number")
    words = {"condition_number": "Condition number"}
    return Shown(frame, ("condition_number",), words, reference=30.0)


def _prediction(found: Prediction) -> Shown:
    frame = pd.DataFrame({"predicted": found.predicted, "se": found.se})
    frame["low"] = frame["predicted"] - 1.96 * frame["se"]
    frame["high"] = frame["predicted"] + 1.96 * frame["se"]
    return Shown(
        frame, ("predicted",), {"predicted": "Predicted value"}, {"predicted": ("low", "high")}
    )


def _intervals(found: CoefficientIntervals) -> Shown:
    names = [str(name) for name in found.coef]
    parts = {"": found.coef, "low_": found.low, "high_": found.high}
    frame = pd.concat([part.add_prefix(prefix) for prefix, part in parts.items()], axis=1)
    ends = {name: (f"low_{name}", f"high_{name}") for name in names}
    return Shown(frame, tuple(names), {}, ends, reference=0.0)


def _sought(found: Any) -> Shown:
    """Give q of each factor beside what the search finds by chance."""
    frame = found.figures.set_index("factor" if "factor" in found.figures else "factors")
    usual = tuple(name for name in ("q", "expected_q") if name in frame)
    words = {"q": "q of the strata", "expected_q": "Expected by chance"}
    p = next((frame[name] for name in ("p_search", "p_permutation") if name in frame), None)
    sure = None if p is None else p <= _ALPHA
    return Shown(frame, usual, words, together=True, sure=sure, together_heading="q of the strata")


def _shapley(found: ShapleyShares) -> Shown:
    frame = found.figures.set_index("factor")
    usual = tuple(name for name in ("theta", "expected_theta") if name in frame)
    words = {"theta": "Share of q by Shapley value", "expected_theta": "Expected by chance"}
    sure = frame["p_search"] <= _ALPHA if "p_search" in frame else None
    heading = words["theta"]
    return Shown(frame, usual, words, together=True, sure=sure, together_heading=heading)


def _forecasts(found: ForecastComparison) -> Shown:
    """Give the error of each method against that of carrying the last value on by one step."""
    frame = found.figures.set_index("method").rename(index=FORECASTS)
    words = {"mase": "Scaled error of forecasts (MASE)"}
    return Shown(frame, ("mase",), words, reference=1.0, ratio=True, ours=True)


def _malmquist(found: Malmquist) -> Shown:
    words = {"tfpch": "Cumulative productivity change", "effch": "Cumulative efficiency change",
             "techch": "Cumulative technical change"}  # fmt: skip
    return Shown(
        found.cumulative, ("tfpch",), words, reference=still(found), ratio=still(found) == 1
    )


def still(found: Malmquist) -> float:
    """Give the index of no change: 0 where changes add up, 1 where they multiply."""
    return 0.0 if found.settings["kind"] == "luenberger" else 1.0


#: By class of result: what is shown of it.
PLANS: dict[type, Callable[[Any], Shown]] = {
    CoordinationInterval: _interval,
    CouplingCoordination: _coordination,
    CoordinationGrades: _coordination,
    CompositeIndex: _one("score", "Score"),
    Ranking: _one("score", "Score"),
    GreyCoupling: _one("C", "Coupling degree C"),
    Metacoupling: _metacoupling,
    ForecastComparison: _forecasts,
    RelativeDevelopment: _one("ratio", "Relative development", 1.0, ratio=True),
    Mismatch: _one("ratio", "Ratio of the shares", 1.0, ratio=True),
    MannKendall: _mann_kendall,
    Hurst: _hurst,
    DEA: _one("score", "Efficiency", 1.0),
    DirectionalDistance: _one("score", "Efficiency", 1.0),
    Malmquist: _malmquist,
    SmoothedRates: _rates,
    NetworkMeasures: _network,
    QAPCorrelation: _qap,
    MRQAP: _mrqap,
    SpatialVariability: _variability,
    LocalCollinearity: _collinearity,
    Prediction: _prediction,
    CoefficientIntervals: _intervals,
    SearchedDetector: _sought,
    SPADE: _sought,
    IDSA: _sought,
    ShapleyShares: _shapley,
}

#: Results whose rows are units; those of the others are terms.
_ON_TERMS = (
    QAPCorrelation, MRQAP, SpatialVariability, SearchedDetector, SPADE, IDSA, ShapleyShares,
    ForecastComparison,
)  # fmt: skip
ON_UNITS = tuple(kind for kind in PLANS if kind not in _ON_TERMS)


def words_of(plan: Shown, column: str) -> str:
    """Give the words of a column: those of the plan, or its name."""
    return plan.heading.get(column, column)
