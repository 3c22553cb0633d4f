"""Writes the first study of a table, with comments that say what was guessed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spatialccd.errors import PanelError, counted, listed
from spatialccd.study.draft import words
from spatialccd.study.draft.guess import Guess, guess
from spatialccd.study.draft.places import Places, find_places
from spatialccd.study.draft.table import Read, find_reading

_BARE = re.compile(r"[A-Za-z0-9_-]+")
#: Fewer units than these and the figures of a step say nothing, or do not exist.
_FOR_MORAN, _FOR_DETECTOR, _FOR_GROUPS = 10, 20, 8
#: MGWR: units for each coefficient, and at most; more take long for a first look.
_FOR_MGWR, _A_TERM, _MOST_MGWR = 40, 10, 3500


@dataclass(frozen=True)
class Draft:
    """A first study.

    Attributes
    ----------
    text : str
        The study.toml.
    said : list of str
        What was found and guessed, for whoever started it.
    """

    text: str
    said: list[str]


def draft_study(
    data: Path,
    folder: Path,
    *,
    areas: str | None = None,
    unit: str | None = None,
    time: str | None = None,
) -> Draft:
    """Find out what a table holds, and write a study of it that runs as it is.

    Parameters
    ----------
    data : Path
        The table.
    folder : Path
        Where the study will stand: its paths are relative to that.
    areas : str, optional
        A file of boundaries, or a bundled name; found from the units when not given.
    unit, time : str, optional
        Columns of units and times; found when not given.

    Raises
    ------
    PanelError
        The table cannot be read as one of units and times, or holds no indicator.
    ParameterError
        The boundaries hold none of its units.
    """
    given = {key: value for key, value in (("unit", unit), ("time", time)) if value is not None}
    read = find_reading(data, given)
    places, why = find_places(read.panel, areas)
    panel = read.panel if places is None else places.panel
    names = [*map(str, panel.columns), str(read.settings.get("unit", ""))]
    chinese = sum(map(words.is_han, names)) * 2 > len(names)
    guessed = guess(panel, chinese=chinese, labels={str(read.settings.get("unit"))})
    if not guessed.indicators and not guessed.drivers:
        raise PanelError(
            f"{data.name}: no column of numbers has values for most units, so there is nothing to "
            f"study (left out: {listed(f'{n}, {why}' for n, why in guessed.left_out.items())})"
        )
    writer = _Writer(data, folder, read, places, guessed, chinese)
    text = "\n".join(writer.lines()).rstrip() + "\n"
    return Draft(text, writer.told(why))


def key(name: str) -> str:
    """Write a key as TOML does: in quotes where it is no bare word.

    Examples
    --------
    >>> key("gdp_pc"), key("人均 GDP")
    ('gdp_pc', '"人均 GDP"')
    """
    return name if _BARE.fullmatch(name) else value(name)


def value(given: Any) -> str:
    """Write a value as TOML does."""
    if isinstance(given, Path):
        given = given.as_posix()
    return json.dumps(given, ensure_ascii=False, default=str)


class _Writer:
    """Writes the tables of one study in the order in which they are read."""

    def __init__(
        self,
        data: Path,
        folder: Path,
        read: Read,
        places: Places | None,
        guessed: Guess,
        chinese: bool,
    ) -> None:
        self.data, self.folder = data, folder
        self.read, self.places, self.guess, self.chinese = read, places, guessed, chinese
        panel = read.panel if places is None else places.panel
        self.panel = panel
        lacking = set(guessed.lacking)
        units = panel.index.get_level_values(0).unique()
        self.n = sum(str(unit) not in lacking for unit in units)
        self.times = guessed.times
        self.coupled = len(guessed.systems) > 1
        self.y = "D" if self.coupled else (self._main() or "")

    def say(self, english: str, chinese: str) -> str:
        """Write a comment in the study's language."""
        return f"# {chinese if self.chinese else english}"

    def told(self, why: str) -> list[str]:
        """Tell what was found and guessed."""
        guessed, settings = self.guess, self.read.settings
        said = [f"{name} = {shown!r}" for name, shown in settings.items()]
        n = self.read.panel.index.get_level_values(0).nunique()
        size = f"{counted(n, 'unit', 'units')}, {counted(self._all_times() or 1, 'time', 'times')}"
        found = [f"read with {listed(said, 8)}: {size}"]
        if n > self.n:
            found.append(f"{self.n:,} of the units have all values of the indicators chosen")
        if self.places is None:
            found.append(why)
        else:
            source = self.places.source["source"]
            found.append(
                f"joined to {source} by {self.places.on}: {len(self.places.areas):,} areas"
            )
        costs = [n for s in guessed.systems.values() for n, way in s.items() if way == "cost"]
        if guessed.systems:
            found.append(f"subsystems, guessed from the names: {listed(guessed.systems)}")
            found.append(f"directions are guessed too; cost: {listed(costs, 20) or 'none'}")
        for reason in dict.fromkeys(guessed.left_out.values()):
            left = [name for name, why_left in guessed.left_out.items() if why_left == reason]
            found.append(f"in no step ({reason}): {listed(left)}")
        return found

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file."""
        yield self.say(
            f"A first study of {self.data.name}. What was guessed is marked; change what is wrong.",
            f"{self.data.name} 的初步研究。凡属推测之处均已注明，请按实际修改。",
        )
        yield self.say(
            "spatialccd check study.toml tells mistakes; spatialccd run study.toml runs it.",
            "检查：spatialccd check study.toml；运行：spatialccd run study.toml",
        )
        yield from self._head()
        yield from self._areas()
        yield from self._systems()
        if self.y:
            for part in (self._dynamics, self._space, self._drivers, self._figures, self._outputs):
                yield from part()

    # --- what is read ---------------------------------------------------------------------------

    def _head(self) -> Iterator[str]:
        stem = self.data.stem if len(self.data.stem) > 6 else self.data.resolve().parent.name
        title = stem.replace("_", " ")
        yield from ("", "[study]", f"title = {value(title)}", "seed = 1")
        if self.chinese:
            yield 'language = "zh"'
        yield from ("", "[panel]", f"path = {value(self._relative(self.data))}")
        for name, given in self.read.settings.items():
            yield f"{name} = {value(given)}"
        if self.times and len(self.times) < self._all_times():
            yield (
                f'where = "time >= {self._literal(self.times[0])} and '
                f'time <= {self._literal(self.times[-1])}"  '
                + self.say("the times that hold most indicators", "指标最齐全的时段")
            )
        lacking = len(self.guess.lacking)
        if lacking:
            used = [*self.guess.indicators, *self.guess.drivers]
            yield (
                f"complete = {value(used or [self.y])}  "
                + self.say(
                    f"leaves out {counted(lacking, 'unit', 'units')} without all values",
                    f"剔除有缺失值的 {lacking:,} 个单元",
                )
            )

    def _literal(self, time: Any) -> str:
        return str(time) if isinstance(time, int) else f"'{time:%Y-%m-%d}'"

    def _all_times(self) -> int:
        index = self.panel.index
        return 0 if index.nlevels == 1 else int(index.get_level_values(1).nunique())

    def _relative(self, path: Path) -> str:
        return Path(os.path.relpath(path.resolve(), self.folder.resolve())).as_posix()

    def _areas(self) -> Iterator[str]:
        if self.places is None:
            yield ""
            yield self.say(
                'No boundaries were found. With a layer: [areas] source = "file.gpkg", unit = ...',
                '未找到边界。如有图层，请写 [areas] source = "文件.gpkg"，unit = ……',
            )
            return
        source = dict(self.places.source)
        if Path(source["source"]).exists():
            source["source"] = self._relative(Path(source["source"]))
        yield from ("", "[areas]", *(f"{n} = {value(v)}" for n, v in source.items()))
        yield from ("", "[join]", f"on = {value(self.places.on)}")

    def _systems(self) -> Iterator[str]:
        if not self.coupled:
            return
        yield ""
        yield self.say(
            "Subsystems and directions are guessed from the names. benefit: more is better; cost: "
            "less is.",
            "子系统与方向由列名推测。benefit 为正向指标，cost 为负向指标。",
        )
        units = self.panel.attrs.get("units", {})
        for part, own in self.guess.systems.items():
            yield from ("", f"[systems.{key(part)}]")
            for name, way in own.items():
                unit = f"  # {units[name]}" if name in units else ""
                yield f"{key(name)} = {value(way)}{unit}"
        yield from ("", "[composite_index]", 'weights = "entropy"')
        yield from ("", "[coupling_coordination]", "", "[obstacle_degree]")

    # --- what is computed -----------------------------------------------------------------------

    def _main(self) -> str | None:
        """Choose the column to look at: one of which more is better or worse, if there is one."""
        own = [*self.guess.indicators, *self.guess.drivers]
        return next((name for name in own if words.direction(name)), own[0] if own else None)

    @property
    def graded(self) -> bool:
        """Whether the main column is itself a degree of coordination."""
        if self.coupled or not self.y or self.y not in self.panel:
            return False
        low, high = self.panel[self.y].min(), self.panel[self.y].max()
        return self.y.strip().lower() in ("d", "ccd", "耦合协调度") and 0 <= low <= high <= 1

    @property
    def groups(self) -> str | None:
        """The column of groups: the table's, or that of the areas."""
        if self.guess.groups:
            return self.guess.groups[0]
        if self.places is not None and "region" in self.places.areas.columns:
            return "region"
        return None

    def _table(self, name: str, **settings: Any) -> Iterator[str]:
        yield from ("", f"[{name}]", *(f"{n} = {value(v)}" for n, v in settings.items()))

    def _dynamics(self) -> Iterator[str]:
        if self.graded:
            yield from self._table("coordination_grades", D=self.y)
        positive = self.coupled or bool((self.panel[self.y].dropna() > 0).all())
        if not self.groups or self.n < _FOR_GROUPS:
            yield from self._table("group_summary", y=self.y)
        else:
            yield from self._table("group_summary", y=self.y, groups=self.groups)
            if positive:
                by = {"by": "time"} if self.times else {}
                yield from self._table("dagum_gini", y=self.y, groups=self.groups, **by)
        if self.n >= _FOR_MORAN:
            yield from self._table("kernel_density", y=self.y)
        if len(self.times) >= 3 and self.n >= _FOR_MORAN and positive:
            yield from self._table("sigma_convergence", y=self.y)
            yield from self._table("markov", y=self.y)

    def _space(self) -> Iterator[str]:
        if self.places is None or self.n < _FOR_MORAN:
            return
        yield from self._table("neighbors", method="queen")
        yield from self._table("global_moran", y=self.y)
        if self._by_year:
            yield from self._table("local_moran", y=self.y, n_permutations=9999, **self._last())

    def _last(self) -> dict[str, Any]:
        """Give the last time, to steps that take one of several."""
        return {"time": self.times[-1]} if self.times else {}

    @property
    def _by_year(self) -> bool:
        """Whether one time of several can be named: a year can, the day of a month cannot."""
        return all(isinstance(time, int) for time in self.times)

    def _factors(self) -> list[str]:
        own = [n for n in self.guess.drivers if n != self.y]
        return own or [n for n in self.guess.indicators if n != self.y][:3]

    def _drivers(self) -> Iterator[str]:
        factors = self._factors()
        rows = self.n * max(len(self.times), 1)
        if not factors or rows < _FOR_DETECTOR:
            return
        yield ""
        if set(factors) & set(self.guess.indicators):
            yield self.say(
                "These factors are parts of D, which says little: name drivers that are in no "
                "subsystem.",
                "以下因子本身是 D 的组成部分，解释力有限：请换成不在子系统中的驱动因子。",
            )
        else:
            yield self.say(
                "Columns that are in no subsystem, as drivers; choose them by your question.",
                "不在任何子系统中的列作为驱动因子；请按研究问题选择。",
            )
        k = 5 if self.n >= 100 else 4 if self.n >= 30 else 3
        settings: dict[str, Any] = {"X": factors, "method": "quantile", "k": k}
        yield from self._table("stratify", **settings)
        by = {"by": "time"} if self.times else {}
        yield from self._table("factor_detector", y=self.y, **by)
        if len(factors) > 1:
            yield from self._table("interaction_detector", y=self.y, **by)
        if self._local_fit():
            yield from self._table("mgwr", y=self.y, X=factors[:3], **self._last())

    def _local_fit(self) -> bool:
        terms = min(len(self._factors()), 3) + 1
        enough = max(_FOR_MGWR, _A_TERM * terms) <= self.n <= _MOST_MGWR
        return self.places is not None and terms > 1 and enough and self._by_year

    # --- what is drawn --------------------------------------------------------------------------

    def _figures(self) -> Iterator[str]:
        drawn = self.places is not None
        times = self._shown()
        if drawn and (self.coupled or self.graded):
            yield from self._table("map_grades", **({"time": times} if times else {}))
        elif drawn:
            yield from self._table(
                "map_values", values=self.y, **({"time": times} if times else {})
            )
        rows = self.n * max(len(self.times), 1)
        detects = bool(self._factors()) and rows >= _FOR_DETECTOR
        charts: Mapping[str, bool] = {
            "map_lisa": drawn and self.n >= _FOR_MORAN and self._by_year,
            "map_coefficients": detects and self._local_fit(),
            "chart_grades": bool(self.times) and (self.coupled or self.graded),
            "chart_density": self.n >= _FOR_MORAN,
            "chart_obstacles": self.coupled,
            "chart_factors": detects,
        }
        for name, wanted in charts.items():
            if wanted:
                yield from self._table(name)

    def _shown(self) -> list[Any]:
        """Choose up to four times to draw: the first, the last, and two between."""
        count = len(self.times)
        at = sorted({0, count // 3, 2 * count // 3, count - 1}) if count else []
        shown = [self.times[i] for i in at]
        return shown if all(isinstance(t, int) for t in shown) else []

    def _outputs(self) -> Iterator[str]:
        """Leave out the layers where no step gives a figure for each area."""
        by_unit = self.coupled or self.graded or (self.n >= _FOR_MORAN and self._by_year)
        if self.places is not None and not by_unit:
            yield from self._table("outputs", geopackage=False)
