"""How a crosswalk's labels meet those of the panel and of the areas: as a join matches labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from spatialccd.data.crosswalk import Averages, convert, likely_rates, read_crosswalk
from spatialccd.data.names.changes import CROSSWALKS, shipped_crosswalk
from spatialccd.data.names.folding import plain
from spatialccd.data.names.lookup import SEPARATOR, Gazetteer, Match, splits
from spatialccd.data.names.match import fold_code, gazetteer_of
from spatialccd.data.names.places import Place, places_called, same_place
from spatialccd.errors import JoinError, ParameterError, listed

if TYPE_CHECKING:
    import geopandas as gpd

#: A label of the crosswalk that is none of the panel's: it may become one.
_ELSEWHERE, _NOWHERE = "in the areas", "not in the panel"
COLUMNS = ["old", "new", "weight", "from_year", "rows", "partial"]


@dataclass
class Converted:
    """A panel on new codes, and the account of it.

    Attributes
    ----------
    panel : DataFrame
        On the new codes.
    changes : DataFrame
        As ``JoinReport.crosswalk``.
    labels : DataFrame
        As ``JoinReport.crosswalk_labels``.
    said : list of str
        What to warn of.
    """

    panel: pd.DataFrame
    changes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS))
    labels: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["crosswalk", "panel", "how"], dtype="str")
    )
    said: list[str] = field(default_factory=list)


def convert_panel(
    panel: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    columns: list[str],
    crosswalk: str | Path | pd.DataFrame,
    averages: Averages,
    *,
    by_name: bool,
) -> Converted:
    """Apply a crosswalk to a panel, its labels brought to the panel's own first."""
    panel = _on_text(panel, by_name=by_name)
    shared = pd.DataFrame(columns=["old", "new"])
    shipped = isinstance(crosswalk, str) and crosswalk in CROSSWALKS
    if shipped:
        if by_name:
            raise ParameterError(f"crosswalk={crosswalk!r} has codes; it goes with on='code'")
        codes = {_padded(fold_code(unit), str(crosswalk)) for unit in areas.index}
        table, shared = shipped_crosswalk(str(crosswalk), codes)
    else:
        table = read_crosswalk(crosswalk)
    units = [str(unit) for unit in panel.index.get_level_values(0).unique()]
    meet = _names(units, areas, columns) if by_name else _codes(units, areas)
    met = _Met(meet)
    table = _met(table, met)
    shared = shared[shared["old"].map(lambda old: met.peek(old) in set(units))]
    dated_only = shipped and panel.index.nlevels == 1
    converted, changes = convert(panel, table, averages, all_times=dated_only)
    said = _words(panel, changes, shared, averages, shipped=shipped)
    if shipped:
        changes = changes[changes["rows"] > 0].reset_index(drop=True)
    return Converted(converted, changes, met.frame(changes), said)


def _on_text(panel: pd.DataFrame, *, by_name: bool) -> pd.DataFrame:
    """Label a panel by text, and check that no label stands twice."""
    fold: Callable[[Any], str] = (lambda unit: str(unit).strip()) if by_name else fold_code
    units = panel.index.get_level_values(0).map(fold)
    index: pd.Index = units
    if panel.index.nlevels == 2:
        times = panel.index.get_level_values(1)
        index = pd.MultiIndex.from_arrays([units, times], names=panel.index.names)
    if index.has_duplicates:
        twice = index[index.duplicated()].unique()
        raise JoinError(
            f"labels of the panel stand more than once: {listed(twice)}; keep one row for each",
            pd.DataFrame({"label": list(twice)}),
        )
    return panel.set_axis(index)


def _padded(code: str, crosswalk: str) -> str:
    return code.zfill(5) if crosswalk == "us_counties" and code.isdigit() else code


class _Met:
    """What each label of a crosswalk is called from here on, each asked for once."""

    def __init__(self, meet: Callable[[str], tuple[str, str]]) -> None:
        self._meet = meet
        self._found: dict[str, tuple[str, str]] = {}

    def __call__(self, label: str) -> str:
        if label not in self._found:
            self._found[label] = self._meet(label)
        return self._found[label][0]

    def peek(self, label: str) -> str:
        """Say what a label is called, and keep no account of it."""
        return self._meet(label)[0]

    def frame(self, changes: pd.DataFrame) -> pd.DataFrame:
        """List the labels of these changes: as in the crosswalk, as in the panel, and how."""
        used = {*changes["old"], *changes["new"]}
        rows = [(label, own, how) for label, (own, how) in self._found.items() if own in used]
        return pd.DataFrame(rows, columns=["crosswalk", "panel", "how"], dtype="str")


def _met(table: pd.DataFrame, met: _Met) -> pd.DataFrame:
    """Bring both columns of a crosswalk to the labels that the panel and the areas have."""
    found = table.assign(old=table["old"].map(met), new=table["new"].map(met))
    twice = found.duplicated(["old", "new", "from_year"], keep=False)
    if twice.any():
        pairs = (f"{row.old} -> {row.new}" for row in table[twice].itertuples())
        raise JoinError(
            f"rows of the crosswalk mean the same units of the panel ({listed(pairs)}); "
            "keep one of them",
            table[twice],
        )
    return found


def _codes(units: Sequence[str], areas: gpd.GeoDataFrame) -> Callable[[str], tuple[str, str]]:
    """Meet codes: as text, as whole numbers, and those of municipalities."""
    own, of_areas = set(units), {fold_code(unit) for unit in areas.index}
    by_number: dict[int, str] = {}
    for code in (*units, *of_areas):
        if code.isdigit():
            by_number.setdefault(int(code), code)

    def meet(label: str) -> tuple[str, str]:
        code = fold_code(label)
        twin = same_place(code)
        if code in own:
            return code, "code"
        if twin in own:
            return str(twin), "code of a municipality"
        # The first label of a number that is neither's stands for it: a chain of changes holds.
        if code.isdigit() and (number := by_number.setdefault(int(code), code)) != code:
            return number, "leading zeros"
        return code, _ELSEWHERE if code in of_areas else _NOWHERE

    return meet


def _names(
    units: Sequence[str], areas: gpd.GeoDataFrame, columns: list[str]
) -> Callable[[str], tuple[str, str]]:
    """Meet names: with the panel's labels, or with one that means the same area."""
    of_panel = Gazetteer({unit: [unit] for unit in units})
    of_areas = gazetteer_of(areas, columns)
    by_area: dict[Any, list[str]] = {}
    for unit in units:
        for match in of_areas.find(unit):
            by_area.setdefault(match.unit, []).append(unit)

    by_part = {part: unit for unit in units for part in _parted(unit)}

    def meet(label: str) -> tuple[str, str]:
        found = _certain(of_panel.find(label), label)
        if found is not None:
            return found.unit, found.how
        parted = {by_part[part] for part in _parted(label) if part in by_part}
        if len(parted) == 1:
            return parted.pop(), "name"
        area = _certain(of_areas.find(label), label)
        if area is None:
            return label, _NOWHERE
        own = list(dict.fromkeys(by_area.get(area.unit, ())))
        return (own[0], area.how) if len(own) == 1 else (label, _ELSEWHERE)

    return meet


def _parted(label: str) -> list[tuple[Place, str]]:
    """Part a label into a known state or province and a name in it: "Bedford city, VA"."""
    if not SEPARATOR.search(label):
        return []
    ways = [(places_called(parent), plain(rest)) for parent, rest in splits(label)]
    return [(known[0], rest) for known, rest in ways if len(known) == 1]


def _certain(matches: list[Match], label: str) -> Match | None:
    """Give the one place that a label of a crosswalk means; several are an error."""
    if len(matches) > 1:
        meanings = " or ".join(str(match.unit) for match in matches)
        raise JoinError(
            f"the crosswalk's label {label!r} may mean {meanings}; write it as the panel does",
            pd.DataFrame({"label": label, "candidate": [match.unit for match in matches]}),
        )
    return matches[0] if matches and not matches[0].loose else None


def _words(
    panel: pd.DataFrame,
    changes: pd.DataFrame,
    shared: pd.DataFrame,
    averages: Averages,
    *,
    shipped: bool,
) -> list[str]:
    """Say what of a crosswalk had no effect or may be wrong."""
    said = []
    idle = changes[changes["rows"] == 0]
    if len(idle) and not shipped:
        pairs = listed(f"{row.old} -> {row.new}" for row in idle.itertuples())
        said.append(
            f"{len(idle):,} of {len(changes):,} rows of the crosswalk met no row of the panel "
            f"({pairs}); compare their codes, names and years with the panel's"
        )
    if len(shared):
        groups = shared.groupby("old", sort=False)["new"]
        pairs = listed(f"{old} -> {', '.join(new)}" for old, new in groups)
        said.append(
            f"{groups.ngroups:,} of the panel's codes are now shared among several, and are left "
            f"as they are ({pairs}); give a crosswalk with weights for them"
        )
    moved = changes[changes["rows"] > 0]
    own = panel.index.get_level_values(0)
    mixed = moved["new"].duplicated() | moved["new"].isin(own) | (moved["weight"] < 1)
    rates = likely_rates(panel, averages) if mixed.any() else []
    if rates:
        said.append(
            f"the crosswalk sums {listed(map(repr, rates))}, which by name or range (0-1, 0-100) "
            "may be rates or shares; name rates in averaged=, and what weighs them in average_by="
        )
    return said
