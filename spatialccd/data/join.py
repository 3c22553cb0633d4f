"""A panel and its areas brought to one set of units, and an account of every label."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import pandas as pd

from spatialccd._result import Result, record
from spatialccd.data.blank import keep_blank, with_blank
from spatialccd.data.crosswalk import Averages
from spatialccd.data.layers.crs import check_fit
from spatialccd.data.meeting import Converted, convert_panel
from spatialccd.data.names.by_name import BY_SUFFIX, match_names
from spatialccd.data.names.match import Matching, fold_code, match_codes, name_columns
from spatialccd.errors import (
    JoinError,
    JoinWarning,
    ParameterError,
    check_choice,
    listed,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from spatialccd._types import Areas, Columns

On = Literal["code", "name"]
Unmatched = Literal["drop", "error"]

MATCHED = "matched"
ONLY_PANEL = "only in panel"
ONLY_AREAS = "only in areas"
#: Up to so many areas without data are named even where a study is of a part of a layer.
_FEW = 50
#: What a warning says whose labels the report of the join has.
TOLD = "left out, and listed in the join report"


@dataclass(frozen=True, eq=False, kw_only=True)
class JoinReport(Result):
    """What became of every label of the panel and of the areas.

    Attributes
    ----------
    labels : DataFrame
        One row a label: label, status ("matched", "only in panel", "only in
        areas"), unit (the area's label), name (the area's name, or that of a
        code without an area), how (what was compared: code, leading zeros,
        code of a municipality, name, alias, name without suffix, name with
        suffix, aliases=) and suggestion (areas that an unmatched label may
        mean; never applied).
    crosswalk : DataFrame
        The changes of code: old, new, weight, from_year, rows (of the panel
        that each touched) and partial. Of a shipped crosswalk only those that
        touched the panel. Empty without a crosswalk.
    crosswalk_labels : DataFrame
        How these labels met the panel's: crosswalk (as written there), panel
        (as it is called from then on) and how.
    """

    labels: pd.DataFrame
    crosswalk: pd.DataFrame
    crosswalk_labels: pd.DataFrame

    @property
    def matched(self) -> list[str]:
        """The units that are in both, by the areas' labels."""
        return list(dict.fromkeys(self._with(MATCHED)["unit"]))

    @property
    def only_in_panel(self) -> list[str]:
        """Labels of the panel without an area."""
        return list(self._with(ONLY_PANEL)["label"])

    @property
    def only_in_areas(self) -> list[str]:
        """Areas without a row in the panel."""
        return list(self._with(ONLY_AREAS)["label"])

    @property
    def duplicates(self) -> pd.DataFrame:
        """Areas that the panel calls by several labels, at different times."""
        matched = self._with(MATCHED)
        return matched[matched["unit"].duplicated(keep=False)].sort_values("unit")

    @property
    def suggestions(self) -> dict[str, str]:
        """For each unmatched label of the panel, the areas it may mean."""
        found = self.labels[self.labels["suggestion"] != ""]
        return dict(zip(found["label"], found["suggestion"], strict=True))

    def to_frame(self) -> pd.DataFrame:
        """Give one row a label: what it matched, or what it may mean."""
        return self.labels.copy()

    def summary(self) -> str:
        """Tell the join in words, every unmatched label by name."""
        lines = [repr(self.settings), "", f"Units in both: {len(self.matched):,}"]
        how = self._with(MATCHED)["how"].value_counts()
        lines += [f"  by {what}: {n:,}" for what, n in how.items()]
        for status in (ONLY_PANEL, ONLY_AREAS):
            rows = self._with(status)
            if self._is_part(status, rows):
                lines += ["", f"{_lacking(status, len(rows))} ({self._of_layer(rows)})"]
            elif len(rows):
                lines += ["", f"{_lacking(status, len(rows))}:"]
                lines += [f"  {_describe(row)}" for row in rows.itertuples()]
        if len(self.duplicates):
            lines += ["", "Areas that the panel calls by several labels:"]
            lines += [
                f"  {unit}: {', '.join(rows['label'])}"
                for unit, rows in self.duplicates.groupby("unit")
            ]
        if len(self.crosswalk):
            lines += ["", "Changes of code applied:", self.crosswalk.to_string(index=False)]
            unlike = self.crosswalk_labels["crosswalk"] != self.crosswalk_labels["panel"]
            lines += [
                f"  {row.crosswalk} of the crosswalk is {row.panel} ({row.how})"
                for row in self.crosswalk_labels[unlike].itertuples()
            ]
        return "\n".join(lines)

    def _with(self, status: str) -> pd.DataFrame:
        return self.labels[self.labels["status"] == status]

    def _is_part(self, status: str, rows: pd.DataFrame) -> bool:
        """Whether the study is of a part of the layer, so that the other areas need no names."""
        return status == ONLY_AREAS and len(rows) > max(len(self.matched), _FEW)

    def _of_layer(self, rows: pd.DataFrame) -> str:
        kept = len(self.matched)
        return f"the panel is of {kept:,} of the layer's {kept + len(rows):,} areas"


class Joined(NamedTuple):
    """A panel and areas on the same units, and the report of how they met."""

    panel: pd.DataFrame
    areas: gpd.GeoDataFrame
    report: JoinReport


def join(
    panel: Columns,
    areas: Areas,
    *,
    on: On = "code",
    unmatched: Unmatched = "drop",
    names: str | Sequence[str] | None = None,
    aliases: Mapping[str, str] | None = None,
    crosswalk: str | Path | pd.DataFrame | None = None,
    averaged: Sequence[str] | None = None,
    average_by: str | None = None,
) -> Joined:
    """Bring a panel and its areas to the same units, and account for every label.

    Codes are compared as whole numbers where both are: 110000, "110000" and
    "110000.0" are one, and "01001" is the 1001 that a spreadsheet makes of it.
    Names are compared after folding case, width, spaces, punctuation and
    accents, with or without official suffixes (省, 市, 自治区, County ...), in
    every language the areas have a column for; the provinces and many
    prefectures of China go by a shipped table of English, pinyin, traditional
    and former names as well. Likeness is never enough to match: it only makes
    a suggestion in the report.

    Parameters
    ----------
    panel : DataFrame
        Indicators on (unit, time), or on unit.
    areas : GeoDataFrame
        Areas on unit.
    on : {"code", "name"}
        What the panel's units are. Prefer codes: names repeat.
    unmatched : {"drop", "error"}
        What to do about units without an area and areas without data: leave
        them out with a `JoinWarning` and list them in the report, or raise.
    names : str or list of str, optional
        Columns of `areas` that hold names. When not given, all whose own name
        says so (name, name_zh, NAME, province, 名称 ...).
    aliases : mapping of str to str, optional
        Labels of the panel and the areas they mean, such as
        ``{"Shanxi": "140000"}``; this is how a suggestion is accepted.
    crosswalk : path or DataFrame, optional
        Changes of code to apply to the panel first: columns old, new, weight
        (the share of the old unit's total that lies in the new; 1 when
        absent) and from_year (the first year of the new code; rows before it
        are converted; when absent all rows are). Or one that is shipped:
        ``"us_counties"``, ``"china_counties"`` or ``"china_prefectures"``, the
        known changes since 2000, of which those of codes that are not among
        the areas are applied. Its labels are matched as the panel's are.
    averaged : list of str, optional
        Columns that the crosswalk averages over parts because they are rates,
        means or shares; all other numbers are totals and are summed.
    average_by : str, optional
        The column of totals, such as population, that weighs these averages.

    Returns
    -------
    Joined
        ``(panel, areas, report)``: both on exactly the same units, labeled as
        `areas` is, rows in the order given; and a `JoinReport`.

    Raises
    ------
    JoinError
        Nothing matches; a name may mean several areas, or is that of a larger
        unit; two labels mean one area at the same time; a label stands twice.
        All are collected, and
        ``cases`` has each with its candidates.
    GeometryError
        The coordinates of `areas` cannot be in the reference system stated.
    ParameterError
        A column or an area named in an argument does not exist.

    Warns
    -----
    JoinWarning
        Units or areas are left out (``cases`` lists them); labels matched by a
        suffix more or less; rows of the crosswalk met nothing, or it sums what
        may be rates.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame(
    ...     {"name_zh": ["北京市", "内蒙古自治区"]},
    ...     geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)],
    ...     index=pd.Index(["110000", "150000"], name="unit"),
    ... )
    >>> panel = pd.DataFrame({"gdp": [1.0, 2.0]}, index=["Nei Mongol", "Peking"])
    >>> joined = join(panel, areas, on="name")
    >>> joined.panel
            gdp
    unit
    150000  1.0
    110000  2.0
    >>> joined.report.to_frame()[["label", "status", "unit", "how"]]
            label   status    unit    how
    0  Nei Mongol  matched  150000  alias
    1      Peking  matched  110000  alias
    """
    settings = record("join", locals())
    check_choice("on", on, get_args(On))
    check_choice("unmatched", unmatched, get_args(Unmatched))
    check_fit(areas)
    columns = name_columns(areas, names)
    converted = _convert(panel, areas, columns, on, crosswalk, averaged, average_by)
    match = match_codes if on == "code" else match_names
    matching = match(converted.panel, areas, columns, aliases or {})
    matching.check()
    report = JoinReport(
        settings=settings,
        labels=_labels(matching),
        crosswalk=converted.changes,
        crosswalk_labels=converted.labels,
    )
    if not report.matched:
        raise JoinError(_nothing_matched(matching, on), report.labels)
    joined = keep_blank(_select(areas, report), areas)
    _tell(report, unmatched, n_drawn=len(with_blank(joined)) - len(joined))
    for words in (*converted.said, *_by_suffix(report)):
        warnings.warn(JoinWarning(words, report.labels), stacklevel=2)
    return Joined(_relabel(converted.panel, matching), joined, report)


def _convert(
    panel: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    columns: list[str],
    on: On,
    crosswalk: str | Path | pd.DataFrame | None,
    averaged: Sequence[str] | None,
    average_by: str | None,
) -> Converted:
    """Apply the crosswalk, if there is one."""
    if crosswalk is None:
        if averaged or average_by:
            raise ParameterError("averaged= and average_by= go with crosswalk=; it is not given")
        return Converted(panel)
    rates = [averaged] if isinstance(averaged, str) else averaged or ()
    averages = Averages(tuple(rates), average_by)
    averages.check(panel)
    return convert_panel(panel, areas, columns, crosswalk, averages, by_name=on == "name")


def _by_suffix(report: JoinReport) -> list[str]:
    """Say which labels matched only when an official suffix was left out or added."""
    rows = report.labels[report.labels["how"].isin(BY_SUFFIX)]
    if rows.empty:
        return []
    pairs = listed(f"{row.label} -> {_area(row)}" for row in rows.itertuples())
    verb = "label was" if len(rows) == 1 else "labels were"
    return [
        f"{len(rows):,} {verb} matched with a suffix left out or added ({pairs}); check them, and "
        "write the full names or codes, or say aliases={name: code}"
    ]


def _area(row: Any) -> str:
    return f"{row.unit} ({row.name})" if row.name and row.name != row.unit else str(row.unit)


def _labels(matching: Matching) -> pd.DataFrame:
    """List the panel's labels, then the areas that none of them matched."""
    rows = []
    for label in matching.labels:
        unit, how = matching.found.get(label, ("", ""))
        near = [matching.describe(unit) for unit in matching.suggested.get(label, [])]
        status = MATCHED if how else ONLY_PANEL
        name = matching.names.get(unit, "") if how else matching.named.get(label, "")
        rows.append((str(label), status, str(unit), name, how, " or ".join(near)))
    for unit in matching.free:
        name = matching.names.get(unit, "")
        rows.append((str(unit), ONLY_AREAS, str(unit), name, "", ""))
    return pd.DataFrame(
        rows, columns=["label", "status", "unit", "name", "how", "suggestion"], dtype="str"
    )


def _tell(report: JoinReport, unmatched: Unmatched, *, n_drawn: int) -> None:
    """Warn or raise about what is left out."""
    lost = report.labels[report.labels["status"] != MATCHED]
    if lost.empty:
        return
    said = []
    for status in (ONLY_PANEL, ONLY_AREAS):
        rows = lost[lost["status"] == status]
        if len(rows):
            part = report._is_part(status, rows)
            named = (_describe(row) for row in rows.itertuples())
            places = report._of_layer(rows) if part else listed(named)
            said.append(f"{_lacking(status, len(rows))} ({places})")
    message = " and ".join(said)
    if unmatched == "error":
        raise JoinError(f"{message}; correct them, or leave them out with unmatched='drop'", lost)
    message += f"; {TOLD}"
    if n_drawn:
        message += f"; maps draw {n_drawn:,} of these areas as no data"
    warnings.warn(JoinWarning(message, lost), stacklevel=3)


def _lacking(status: str, n: int) -> str:
    """Count labels of one side without a partner on the other."""
    one, many, partner = {
        ONLY_PANEL: ("unit of the panel has", "units of the panel have", "no area"),
        ONLY_AREAS: ("area has", "areas have", "no data"),
    }[status]
    return f"{n:,} {one if n == 1 else many} {partner}"


def _describe(row: Any) -> str:
    text = f"{row.label} {row.name}" if row.name and row.name != row.label else str(row.label)
    return f"{text} (perhaps {row.suggestion})" if row.suggestion else text


def _nothing_matched(matching: Matching, on: On) -> str:
    """Say that no label matches, what both sides look like, and what to try."""
    codes = {fold_code(unit) for unit in matching.units}
    hints = [matching.describe(near[0]) for near in matching.suggested.values() if near]
    if on == "code" and hints and not all(str(label).isdigit() for label in matching.labels):
        advice = "the panel's units look like names: say on='name'"
    elif on == "name" and any(fold_code(label) in codes for label in matching.labels):
        advice = "the panel's units look like codes: say on='code'"
    elif hints:
        advice = f"{matching.labels[0]} may be {hints[0]}: bring both to the same codes"
    else:
        advice = "check which columns unit= names on both sides"
    return (
        f"no unit of the panel ({listed(matching.labels, 3)}) is among the areas "
        f"({listed(map(matching.describe, matching.units), 3)}); {advice}"
    )


def _relabel(panel: pd.DataFrame, matching: Matching) -> pd.DataFrame:
    """Keep the matched rows, labeled as the areas are."""
    labels = panel.index.get_level_values(0)
    kept = panel[labels.isin(list(matching.found))].copy()
    units = [matching.found[label][0] for label in kept.index.get_level_values(0)]
    names = [name or fallback for name, fallback in zip(panel.index.names, ("unit", "time"))]  # noqa: B905
    if panel.index.nlevels == 1:
        kept.index = pd.Index(units, name=names[0], dtype=matching.units.dtype)
    else:
        times = kept.index.get_level_values(1)
        levels = [pd.Index(units, dtype=matching.units.dtype), times]
        kept.index = pd.MultiIndex.from_arrays(levels, names=names)
    return kept


def _select(areas: gpd.GeoDataFrame, report: JoinReport) -> gpd.GeoDataFrame:
    return areas[areas.index.astype(str).isin(report.matched)].copy()
