"""Findings: what results say, in sentences made from their figures.

One function for each kind of result; what a result does not support is not
said, and what is not significant is said to be so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from spatialccd._result import Result
from spatialccd.report.words.findings import (
    association,
    coupling,
    drivers,
    dynamics,
    efficiency,
    tests,
)
from spatialccd.report.words.findings.told import Told

__all__ = ["Finding", "Told", "findings"]

#: By the class of a result, or one that it extends; in the order in which findings stand.
_TELLERS: dict[str, Callable[[Any, Told], list[str]]] = {
    "CouplingCoordination": coupling.coordination,
    "CoordinationGrades": coupling.coordination,
    "CoordinationTypes": coupling.coordination,
    "RelativeDevelopment": coupling.bands,
    "ScissorsDifference": coupling.scissors,
    "ObstacleDegree": coupling.obstacles,
    "Decoupling": coupling.decoupled,
    "Metacoupling": coupling.metacoupling,
    "Forecast": coupling.forecast,
    "CompositeIndex": coupling.weights,
    "GroupSummary": dynamics.groups,
    "DagumGini": dynamics.inequality,
    "Theil": dynamics.theil,
    "SigmaConvergence": dynamics.sigma,
    "BetaConvergence": dynamics.beta,
    "ConvergenceClubs": dynamics.clubs,
    "MannKendall": dynamics.trends,
    "Pettitt": dynamics.shifts,
    "RankSize": dynamics.rank_size,
    "Markov": dynamics.markov,
    "SpatialMarkov": dynamics.spatial_markov,
    "MeanCenter": dynamics.center,
    "GlobalMoran": association.global_test,
    "GlobalGeary": association.global_test,
    "GlobalGetisOrd": association.global_test,
    "EmergingHotSpots": association.emerging,
    "LocalTest": association.local_test,
    "FactorDetector": drivers.factors,
    "InteractionDetector": drivers.interactions,
    "RiskDetector": tests.risk,
    "EcologicalDetector": tests.ecological,
    "SpecificationTests": tests.specification,
    "QAPCorrelation": tests.qap,
    "MRQAP": tests.mrqap,
    "LocalRegression": drivers.local_regression,
    "SpatialVariability": drivers.variability,
    "DEA": efficiency.envelopment,
    "Malmquist": efficiency.productivity,
    "GroupHeterogeneity": efficiency.heterogeneity,
    "Regression": drivers.regression,
}


@dataclass(frozen=True)
class Finding:
    """What one result says: the name of the result, and the sentences."""

    name: str
    text: str


def findings(results: Mapping[str, Any], told: Told) -> list[Finding]:
    """Tell what each result says; results that say nothing in a sentence are passed over.

    Parameters
    ----------
    results : mapping
        By name; frames without settings say nothing.
    told : Told
        The words to use.
    """
    found: list[tuple[int, Finding]] = []
    order = list(_TELLERS)
    for name, result in results.items():
        kind = _kind(result)
        if kind is None:
            continue
        text = told.close(_TELLERS[kind](result, told))
        if text:
            found.append((order.index(kind), Finding(str(name), text)))
    return [finding for _, finding in sorted(found, key=lambda one: one[0])]


def _kind(result: Any) -> str | None:
    """Give the nearest class of a result that something is told of."""
    if not isinstance(result, Result):
        return None
    return next((kind.__name__ for kind in type(result).__mro__ if kind.__name__ in _TELLERS), None)
