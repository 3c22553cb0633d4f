"""What a result has to say of each unit in words: its classes, their order, their colors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from spatialccd.association.lisa_dynamics import LisaPaths, LisaTransitions
from spatialccd.coupling.decoupling import Decoupling
from spatialccd.coupling.degree import CoordinationGrades, CouplingCoordination
from spatialccd.coupling.development import RelativeDevelopment
from spatialccd.coupling.typology import LAGS, CoordinationTypes
from spatialccd.drivers.strata import Strata
from spatialccd.dynamics.changepoints import Pettitt
from spatialccd.dynamics.clubs import ConvergenceClubs
from spatialccd.dynamics.persistence import Hurst
from spatialccd.dynamics.transitions import Markov, SpatialMarkov
from spatialccd.dynamics.trends import MannKendall
from spatialccd.errors import ParameterError, check_choice
from spatialccd.network.blocks import Blocks
from spatialccd.network.core import CorePeriphery
from spatialccd.report.paper import palettes
from spatialccd.report.words.language import Language, say

_GREY = palettes.MUTED
#: Who changed sides of the mean, in words.
MOVED = {
    "none": "nobody",
    "unit": "the unit alone",
    "neighbors": "its neighbors alone",
    "both alike": "both, alike",
    "both unlike": "both, unlike",
}


@dataclass(frozen=True)
class States:
    """Classes of units.

    Attributes
    ----------
    frame : DataFrame
        On unit or (unit, time): one column, or a column a factor; of text.
    heading : str
        Of the legend, in the language asked for.
    colors : dict of str to str
        Class to color, in the order of the legend.
    words : dict of str to str
        Class to the words of its entry, in the language asked for.
    notes : tuple of str
        Small print.
    """

    frame: pd.DataFrame
    heading: str
    colors: dict[str, str]
    words: dict[str, str]
    notes: tuple[str, ...] = ()


def states(result: Any, column: str | None, language: Language) -> States:
    """Say what the classes of a result, or of a column of labels, are.

    Parameters
    ----------
    result : Series or result
        A column of labels, or one of the results that classify units.
    column : str, optional
        The factor of strata, or "state" of LISA transitions in place of "kind".
    language : {"en", "zh"}
        Of all words but those of the data.

    Raises
    ------
    ParameterError
        The result has no such column, or there are more classes than colors.
    """
    for kind, plan in PLANS.items():
        if isinstance(result, kind):
            return plan(result, column, language)
    if column is not None:
        raise ParameterError(f"column={column!r}: there is one column of labels only")
    return _labels(result, language)


def _of(
    values: pd.Series,
    heading: str,
    colors: Mapping[str, str],
    language: Language,
    *,
    words: Mapping[str, str] | None = None,
    notes: tuple[str, ...] = (),
) -> States:
    """Put one classification into words."""
    text = values.astype(object).map(str, na_action="ignore")
    known = {name: say(name, language) for name in colors} | dict(words or {})
    return States(text.to_frame("class"), say(heading, language), dict(colors), known, notes)


def _table(name: str, heading: str, colors: Mapping[str, str]) -> Callable[..., States]:
    """Plan for a column of the result's table."""

    def plan(result: Any, column: str | None, language: Language) -> States:
        _alone(column, name)
        return _of(result.table[name], heading, colors, language)

    return plan


def _alone(column: str | None, *names: str) -> None:
    if column is not None:
        check_choice("column", column, names)


def _labels(labels: pd.Series, language: Language) -> States:
    """Take a column of labels: the order of its categories, or that of the alphabet."""
    if isinstance(labels.dtype, pd.CategoricalDtype):
        names = [str(name) for name in labels.cat.categories]
    else:
        found = labels.dropna().unique()
        numbers = pd.api.types.is_numeric_dtype(labels)
        names = [str(name) for name in sorted(found, key=float if numbers else str)]
    ordered = isinstance(labels.dtype, pd.CategoricalDtype) and bool(labels.cat.ordered)
    colors = palettes.ramp("YlGnBu", len(names)) if ordered else palettes.categories(len(names))
    return _of(labels, str(labels.name or ""), dict(zip(names, colors, strict=True)), language)


def _grades(ccd: Any, column: str | None, language: Language) -> States:
    _alone(column, "grade")
    names = [str(name) for name in ccd.grade.cat.categories]
    colors = dict(zip(names, palettes.grade_colors(len(names)), strict=True))
    return _of(ccd.grade, "Grade of D", colors, language)


def _types(found: CoordinationTypes, column: str | None, language: Language) -> States:
    """Name a type by its grade and by which subsystem lags: hue by the lag, depth by the grade."""
    _alone(column, "type")
    first, second = map(str, found.scores.columns)
    lagging = {
        LAGS[0]: say("{} lags", language).format(first),
        LAGS[1]: say(LAGS[1], language),
        LAGS[2]: say("{} lags", language).format(second),
    }
    grades = [str(name) for name in found.grade.cat.categories]
    values = found.grade.astype(object) + ", " + found.lag.astype(object)
    comma = ", " if language == "en" else "，"
    colors, words = {}, {}
    for lag, scheme in zip(LAGS, ("Oranges", "Greens", "Blues"), strict=True):
        for grade, shade in zip(grades, palettes.ramp(scheme, len(grades)), strict=True):
            colors[f"{grade}, {lag}"] = shade
            words[f"{grade}, {lag}"] = f"{say(grade, language)}{comma}{lagging[lag]}"
    if len(grades) > 4:  # thirty entries: those that there are
        there = set(values.dropna())
        colors = {name: shade for name, shade in colors.items() if name in there}
    return _of(values, "Type of coordination", colors, language, words=words)


def _band(found: RelativeDevelopment, column: str | None, language: Language) -> States:
    _alone(column, "band")
    first = str(found.scores.columns[0])
    heading = say("Development of {}", language).format(first)
    return _of(found.band, heading, palettes.BANDS, language)


def _decoupling(found: Decoupling, column: str | None, language: Language) -> States:
    _alone(column, "state")
    there = found.state.notna()
    return _of(found.state[there], "State of decoupling", palettes.DECOUPLING, language)


def _clubs(found: ConvergenceClubs, column: str | None, language: Language) -> States:
    _alone(column, "club")
    club = found.members["club"].astype(int)
    numbers = sorted(set(club) - {0})
    shades = palettes.ramp("YlGnBu", len(numbers) + 1)[:0:-1]
    colors = {str(n): shade for n, shade in zip(numbers, shades, strict=True)}
    words = {str(n): f"{say('Club', language)} {n}" for n in numbers}
    if (club == 0).any():
        colors["0"], words["0"] = _GREY, say("No club", language)
    return _of(club, "Convergence club", colors, language, words=words)


def _blocks(found: Blocks, column: str | None, language: Language) -> States:
    _alone(column, "block")
    numbers = sorted(set(found.table["block"]) - {0})
    shades = palettes.categories(len(numbers))
    colors = {str(n): shade for n, shade in zip(numbers, shades, strict=True)}
    roles = found.roles["role"]
    words = {
        str(n): f"{say('Block', language)} {n} ({say(str(roles[n]), language)})" for n in numbers
    }
    if (found.table["block"] == 0).any():
        colors["0"], words["0"] = _GREY, say("No ties", language)
    return _of(found.table["block"], "Block", colors, language, words=words)


def _classes(markov: Any, column: str | None, language: Language) -> States:
    _alone(column, "class")
    names = [str(name) for name in markov.classes.cat.categories]
    colors = dict(zip(names, palettes.ramp("YlGnBu", len(names)), strict=True))
    return _of(markov.classes, "Class", colors, language)


def _transitions(found: LisaTransitions, column: str | None, language: Language) -> States:
    _alone(column, "kind", "state")
    if column == "state":
        names = [str(name) for name in found.states.cat.categories]
        there = set(found.states.dropna())
        colors = {n: palettes.CLUSTERS[n] for n in names if n in there or n not in _RARE}
        return _of(found.states, "Local Moran cluster", colors, language)
    words = {name: say(words, language) for name, words in MOVED.items()}
    return _of(found.moves["kind"], "Who changed sides of the mean", palettes.MOVES, language,
               words=words)  # fmt: skip


_RARE = ("No neighbors",)


def _paths(found: LisaPaths, column: str | None, language: Language) -> States:
    _alone(column, "direction")
    comma = ", " if language == "en" else "，"
    there = set(found.table["direction"].dropna())
    colors = {name: shade for name, shade in palettes.DIRECTIONS.items() if name in there}
    words = {name: comma.join(say(part, language) for part in name.split(", ")) for name in colors}
    return _of(found.table["direction"], "Direction of the LISA path", colors, language,
               words=words)  # fmt: skip


def _strata(found: Strata, column: str | None, language: Language) -> States:
    """Take one factor, or all of them as panels with one legend."""
    factors = [str(name) for name in found.labels]
    if column is not None:
        check_choice("column", column, factors)
        factors = [column]
    labels = found.labels[factors]
    names = list(
        dict.fromkeys(str(name) for factor in factors for name in labels[factor].cat.categories)
    )
    numbered = all(name.isdigit() for name in names)
    names = sorted(names, key=int) if numbered else names
    shades = palettes.ramp("YlGnBu", len(names)) if numbered else palettes.categories(len(names))
    text = labels.astype(object).map(str, na_action="ignore")
    return States(
        text,
        say("Stratum", language),
        dict(zip(names, shades, strict=True)),
        _limits(found, factors, names, language),
        (found.basis,) if language == "en" else (),
    )


def _limits(
    found: Strata, factors: list[str], names: list[str], language: Language
) -> dict[str, str]:
    """Name strata with their limits, where these are the same in every panel."""
    words = {name: say(name, language) for name in names}
    breaks = found.breaks
    if len(factors) > 1 or "time" in breaks or "factor" not in breaks:
        return words
    for row in breaks[breaks["factor"] == factors[0]].itertuples():
        words[str(row.stratum)] = f"{row.stratum} ({row.lower:.4g}, {row.upper:.4g}]"
    return words


#: By class of result: how its classes are drawn. One that extends another comes first.
PLANS: dict[type, Callable[[Any, str | None, Language], States]] = {
    CouplingCoordination: _grades,
    CoordinationGrades: _grades,
    CoordinationTypes: _types,
    RelativeDevelopment: _band,
    Decoupling: _decoupling,
    MannKendall: _table("trend", "Trend", palettes.TRENDS),
    Hurst: _table("memory", "Memory of the series", palettes.MEMORY),
    Pettitt: _table("shift", "Shift of the level", palettes.SHIFTS),
    ConvergenceClubs: _clubs,
    Blocks: _blocks,
    CorePeriphery: _table("part", "Place in the network", palettes.PARTS),
    LisaTransitions: _transitions,
    LisaPaths: _paths,
    Markov: _classes,
    SpatialMarkov: _classes,
    Strata: _strata,
}
