"""Which label of a panel means which area: by code, or by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd.data.cells import as_text, fold_width
from spatialccd.data.names.changes import successors
from spatialccd.data.names.lookup import Gazetteer
from spatialccd.data.names.places import name_of_code, same_place
from spatialccd.errors import JoinError, ParameterError, did_you_mean, listed

if TYPE_CHECKING:
    import geopandas as gpd

#: Columns of a layer whose own name says that they hold names.
_NAME_COLUMN = re.compile(r"(?i)^name|name$|名")
#: Columns whose own name says that they hold the names of something larger.
PARENT_COLUMN = re.compile(
    r"(?i)^(province|prefecture|city|state|parent)(_?name)?(_\w\w)?$|^[省市州]"
)
#: A column of names of something larger, such as the state of a county, repeats them more.
_DISTINCT = 1 / 3
#: How many suggestions a label gets at most.
SUGGESTED = 3


@dataclass
class Matching:
    """What was found for the labels of a panel, and what is wrong with them.

    Attributes
    ----------
    index : Index
        The panel's.
    units : Index
        The areas' labels.
    names : dict
        The name of each area that has one.
    found : dict
        For each matched label of the panel: the area, and how.
    suggested : dict
        For each other label: areas it may mean.
    named : dict
        The names of labels that are codes without an area.
    """

    index: pd.Index
    units: pd.Index
    names: dict[Any, str]
    found: dict[Any, tuple[Any, str]] = field(default_factory=dict)
    suggested: dict[Any, list[Any]] = field(default_factory=dict)
    named: dict[Any, str] = field(default_factory=dict)
    _said: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _cases: list[tuple[Any, Any, str | None, str]] = field(default_factory=list)

    @property
    def labels(self) -> list[Any]:
        """The panel's labels, each once, in its order."""
        return list(self.index.get_level_values(0).unique())

    @property
    def free(self) -> list[Any]:
        """Areas that no label has matched so far."""
        taken = {unit for unit, _ in self.found.values()}
        return [unit for unit in self.units if unit not in taken]

    def describe(self, unit: Any) -> str:
        """Write an area's label with its name."""
        name = self.names.get(unit)
        return f"{unit} ({name})" if name and name != str(unit) else str(unit)

    def is_faulty(self, label: Any) -> bool:
        """Say whether a fault of a label has been noted."""
        return any(case[0] is label or case[0] == label for case in self._cases)

    def fault(
        self, problem: str, advice: str, label: Any, candidates: Sequence[Any], place: str
    ) -> None:
        """Note that a label cannot be placed, and between which areas."""
        self._said.setdefault((problem, advice), []).append(place)
        self._cases += [(label, unit, self.names.get(unit), problem) for unit in candidates]

    def check(self) -> None:
        """Raise ``JoinError`` with everything that stands in the way of a join."""
        self._check_repeated()
        self._check_shared()
        if self._said:
            said = (
                f"{problem}: {listed(places)}; {advice}"
                for (problem, advice), places in self._said.items()
            )
            columns = ["label", "candidate", "name", "problem"]
            raise JoinError("; ".join(said), pd.DataFrame(self._cases, columns=columns))

    def _check_repeated(self) -> None:
        """Labels of the panel that stand twice at one time."""
        repeated = self.index[self.index.duplicated()].unique()
        ambiguous = {case[0] for case in self._cases}
        for label in repeated.get_level_values(0).unique().difference(ambiguous, sort=False):
            units = [self.found[label][0]] if label in self.found else [None]
            self.fault(
                "labels of the panel stand more than once",
                "keep one row for each",
                label,
                units,
                repr(str(label)),
            )

    def _check_shared(self) -> None:
        """Areas that two labels claim at one time; at different times it is a renaming."""
        labels = self.index.get_level_values(0)
        units = pd.Index([self.found.get(label, (None,))[0] for label in labels])
        times = self.index.get_level_values(1) if self.index.nlevels == 2 else [0] * len(labels)
        rows = pd.DataFrame({"label": labels, "unit": units, "time": times}).dropna()
        rows = rows.drop_duplicates()
        twice = rows[rows.duplicated(["unit", "time"], keep=False)]
        for unit, claims in twice.groupby("unit", sort=False):
            claimants = list(claims["label"].unique())
            words = " and ".join(repr(str(label)) for label in claimants)
            problem = "several labels of the panel mean one area"
            self._said.setdefault((problem, "keep one of them"), []).append(
                f"{words} mean {self.describe(unit)}"
            )
            self._cases += [(label, unit, self.names.get(unit), problem) for label in claimants]


def match_codes(
    panel: pd.DataFrame, areas: gpd.GeoDataFrame, columns: list[str], aliases: Mapping[str, str]
) -> Matching:
    """Match codes as text, and as whole numbers where both are numbers."""
    matching = start(panel.index, areas, columns, aliases)
    by_text = {fold_code(unit): unit for unit in matching.units}
    by_number = _by_number(by_text)
    for label in matching.labels:
        if label in matching.found:
            continue
        code = fold_code(label)
        if code in by_text:
            matching.found[label] = (by_text[code], "code")
        elif code.isdigit() and int(code) in by_number:
            matching.found[label] = (by_number[int(code)], "leading zeros")
        elif (twin := same_place(code)) in by_text:
            matching.found[label] = (by_text[twin], "code of a municipality")
    _suggest_codes(matching, gazetteer_of(areas, columns), own_names(panel))
    return matching


def fold_code(label: Any) -> str:
    """Fold a code: 110000, "110000" and "110000.0" are one.

    Examples
    --------
    >>> fold_code(110000), fold_code(110000.0), fold_code(" １１００００.0")
    ('110000', '110000', '110000')
    """
    text = fold_width(as_text(label) or "").upper()
    whole, point, decimals = text.partition(".")
    return whole if point and whole.isdigit() and not decimals.strip("0") else text


def name_columns(areas: gpd.GeoDataFrame, names: str | Sequence[str] | None) -> list[str]:
    """Give the columns of a layer that hold names: those asked for, or those called so."""
    table = areas.drop(columns=areas.geometry.name)
    if names is None:
        texts = table.select_dtypes(["object", "str"])
        named = [c for c in texts if _NAME_COLUMN.search(str(c))]
        return [c for c in named if table[c].nunique() >= _DISTINCT * len(table)]
    wanted = [names] if isinstance(names, str) else list(names)
    unknown = [name for name in wanted if name not in table]
    if unknown:
        hint = did_you_mean(unknown[0], table.columns)
        raise ParameterError(
            f"areas have no column {listed(map(repr, unknown))}{hint} "
            f"(their columns: {listed(table.columns)})"
        )
    return wanted


def start(
    index: pd.Index, areas: gpd.GeoDataFrame, columns: list[str], aliases: Mapping[str, str]
) -> Matching:
    """Check the areas' labels, and place the labels that the caller has placed."""
    units = areas.index
    for role, verb, labels in (
        ("the panel", "has", index.get_level_values(0)),
        ("areas", "have", units),
    ):
        blank = np.flatnonzero(labels.isna())
        if len(blank):
            raise JoinError(
                f"{role} {verb} rows without a unit: positions {listed(blank)}; label or drop them",
                pd.DataFrame({"position": blank, "input": role}),
            )
    codes = units.map(fold_code)
    twice = codes.duplicated(keep=False)
    if twice.any():
        raise JoinError(
            f"areas have labels that stand more than once: {listed(codes[twice].unique())}; "
            "merge their parts or drop all but one",
            pd.DataFrame({"label": list(units[twice])}),
        )
    names = areas[columns[0]].dropna().astype(str).to_dict() if columns else {}
    matching = Matching(index, units, names)
    own = dict(zip(codes, units, strict=True))
    for label, unit in aliases.items():
        if fold_code(unit) not in own:
            hint = did_you_mean(unit, own)
            raise ParameterError(f"aliases= gives {label!r} the area {unit!r}, not in areas{hint}")
    meant = {fold_code(label): own[fold_code(unit)] for label, unit in aliases.items()}
    for label in matching.labels:
        if fold_code(label) in meant:
            matching.found[label] = (meant[fold_code(label)], "aliases=")
    return matching


def _by_number(by_text: Mapping[str, Any]) -> dict[int, Any]:
    """Areas by the number their code is, where only one area has it."""
    found: dict[int, list[Any]] = {}
    for code, unit in by_text.items():
        if code.isdigit():
            found.setdefault(int(code), []).append(unit)
    return {number: units[0] for number, units in found.items() if len(units) == 1}


def _suggest_codes(matching: Matching, gazetteer: Gazetteer, own_names: Mapping[Any, str]) -> None:
    """Name each code without an area, and suggest the area that it may mean.

    The code with other trailing zeros (11 for 110000), the one that came after
    it, or that of an area of its name.
    """
    free = matching.free
    by_code = {fold_code(unit): unit for unit in free}
    stems: dict[str, list[Any]] = {}
    for code, unit in by_code.items():
        stems.setdefault(code.rstrip("0"), []).append(unit)
    for label in matching.labels:
        if label in matching.found:
            continue
        code = fold_code(label)
        known = code.zfill(5) if gazetteer.country == "us" and code.isdigit() else code
        near = stems.get(code.rstrip("0"), []) if code.isdigit() else []
        name = own_names.get(label, "") or name_of_code(gazetteer.country, known)
        matching.named[label] = name if code.isdigit() else ""
        near = near or [by_code[c] for c in successors(gazetteer.country, known) if c in by_code]
        name = name or ("" if code.isdigit() else str(label))
        if name and not near:
            same = [match.unit for match in gazetteer.find(name) if match.unit in free]
            near = same or gazetteer.suggest(name, free)
        matching.suggested[label] = near[:SUGGESTED]


def own_names(panel: pd.DataFrame) -> dict[Any, str]:
    """Names that a panel of codes has in a column of its own: the latest of each unit."""
    for column in panel.select_dtypes(["object", "str"]):
        if _NAME_COLUMN.search(str(column)):
            names = panel[column].dropna().astype(str)
            return dict(zip(names.index.get_level_values(0), names, strict=True))
    return {}


def gazetteer_of(areas: gpd.GeoDataFrame, columns: list[str]) -> Gazetteer:
    """Collect the names of each area: its columns of names, and its label."""
    names = {unit: [str(unit)] for unit in areas.index}
    for column in columns:
        for unit, name in areas[column].dropna().items():
            names[unit].append(str(name))
    parents: dict[Any, list[str]] = {unit: [] for unit in areas.index}
    for column in areas.columns:
        if PARENT_COLUMN.search(str(column)) and column not in columns:
            for unit, name in areas[column].dropna().items():
                parents[unit].append(str(name))
    return Gazetteer(names, parents)
