"""Who holds which column: the panel, the results so far, the areas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spatialccd import _align
from spatialccd.errors import ParameterError, SourceWarning, did_you_mean, listed, warn
from spatialccd.workspace.given import SAVED, Part

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from spatialccd._result import Result

#: Unknown columns that a message names, with the nearest known one each.
_MOST_HINTS = 20


@dataclass
class Holdings:
    """A panel, its areas, and the results so far by step name.

    Attributes
    ----------
    panel : DataFrame or None
        On (unit, time) or unit.
    areas : GeoDataFrame or None
        On unit, the units of the panel.
    results : dict of str to Result
        In the order they were made.
    folder : Path
        Where the paths of saved results begin.
    parts : dict of str to Part
        Of the results that are about one group of the rows: which.
    """

    panel: pd.DataFrame | None = None
    areas: gpd.GeoDataFrame | None = None
    results: dict[str, Result] = field(default_factory=dict)
    folder: Path = Path()
    parts: dict[str, Part] = field(default_factory=dict)
    _loaded: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    _made: dict[Result, pd.DataFrame] = field(default_factory=dict, init=False, repr=False)

    @property
    def times(self) -> list[Any]:
        """The times of the panel in order; none for a cross-section."""
        if self.panel is None or self.panel.index.nlevels == 1:
            return []
        return list(_align.canonical(self.panel.index.get_level_values(1).unique()))

    def column(self, name: str, part: Part | None = None) -> tuple[pd.Series, str]:
        """Find a column by name, and say who holds it.

        The panel comes first, then the results (the latest first, those that have
        all rows before others), then the attributes of the areas.
        ``"step.column"`` names the step too, and ``"file.scc:column"`` a saved result.

        Parameters
        ----------
        name : str
        part : Part, optional
            The group that is asked for: its own results come first, and those of
            other groups do not count.

        Warns
        -----
        SourceWarning
            Results hold different columns of that name; it says which was taken.
        """
        saved = SAVED.fullmatch(name)
        if saved and saved["column"]:
            return self._saved_column(saved["path"], saved["column"]), saved["path"]
        found = [
            (frame[name], source) for source, frame in self._frames(part) if name in frame.columns
        ]
        if found:
            self._tell_others(name, found)
            return found[0]
        step, _, column = name.partition(".")
        for source, frame in self._frames(part):
            if source in (step, part and part.of(step)) and column in frame.columns:
                return frame[column], source
        raise ParameterError(self._unknown([name]))

    def check_columns(self, names: Iterable[str]) -> None:
        """Raise ``ParameterError`` naming every column that nobody holds."""
        known = set(self.column_names())
        steps = {*self.results, *(part.family for part in self.parts.values())}
        missing = [
            n
            for n in names
            if n not in known and n.partition(".")[0] not in steps and not SAVED.match(n)
        ]
        if missing:
            raise ParameterError(self._unknown(missing))

    def column_names(self) -> list[str]:
        """List every column that can be named."""
        return list(dict.fromkeys(str(c) for _, frame in self._frames() for c in frame.columns))

    def frame_of(self, name: str) -> pd.DataFrame:
        """Give the frame of a result, made once: results are frozen, so it stays true."""
        result = self.results[name]
        if result not in self._made:
            self._made[result] = result.to_frame()
        return self._made[result]

    def load(self, path: str) -> Any:
        """Read a saved file, once."""
        if path not in self._loaded:
            from spatialccd.saved.files import load

            self._loaded[path] = load(self.folder / path)
        return self._loaded[path]

    def _unknown(self, names: list[str]) -> str:
        known = self.column_names()
        first = names[:_MOST_HINTS]
        hints = [did_you_mean(name, known) for name in first]
        said = [f"no column is called {n!r}{hint}" for n, hint in zip(first, hints, strict=True)]
        said += [f"nor are {len(names) - len(first):,} more"] if len(names) > len(first) else []
        return "; ".join(said) + ("" if all(hints) else f"; there are {listed(known)}")

    def _tell_others(self, name: str, found: list[tuple[pd.Series, str]]) -> None:
        """Say which column was taken, where results hold others of the same name."""
        taken, holder = found[0]
        others = [source for values, source in found[1:] if not _same(taken, values)]
        if others and holder in self.results:  # that the table comes first is no surprise
            warn(
                f"{name!r} is a column of {listed([holder, *others], len(others) + 1)}; that of "
                f"{holder} is taken; write 'STEP.{name}' to say which",
                SourceWarning,
            )

    def _frames(self, part: Part | None = None) -> Iterator[tuple[str, pd.DataFrame]]:
        if self.panel is not None:
            yield "panel", self.panel
        partial = []
        names = [name for name in reversed(self.results) if self._concerns(name, part)]
        for step in sorted(names, key=lambda name: name not in self.parts):
            frame = self.frame_of(step)
            if self._is_on_rows(frame, whole=step not in self.parts):
                yield step, frame
            elif self._is_on_rows(frame, whole=False):
                partial.append((step, frame))
        yield from partial
        if self.areas is not None:
            yield "areas", self.areas.drop(columns=self.areas.geometry.name)

    def _concerns(self, name: str, part: Part | None) -> bool:
        """Whether a result is of all rows, or of the group that is asked for."""
        own = self.parts.get(name)
        return own is None or (part is not None and own.group == part.group)

    def _is_on_rows(self, frame: pd.DataFrame, *, whole: bool) -> bool:
        """Whether a result has one row a unit, or a row of the panel; all of them, if `whole`."""
        rows = [self.panel.index] if self.panel is not None else []
        if self.areas is not None:
            rows.append(self.areas.index)
        return len(frame) > 0 and any(
            frame.index.nlevels == index.nlevels
            and (len(frame) == len(index) if whole else frame.index.is_unique)
            and frame.index.isin(index).all()
            for index in (*rows, *self._units(rows))
        )

    def _units(self, rows: list[pd.Index]) -> list[pd.Index]:
        """Give the units of a panel without areas, on which a result may be."""
        return [index.get_level_values(0).unique() for index in rows if index.nlevels > 1]

    def _saved_column(self, path: str, column: str) -> pd.Series:
        held = self.load(path)
        frame = held.to_frame() if hasattr(held, "to_frame") else held
        columns = getattr(frame, "columns", ())
        if column not in columns:
            raise ParameterError(
                f"{path} has no column {column!r}{did_you_mean(column, map(str, columns))}; "
                f"there are {listed(columns)}"
            )
        return frame[column]


def _same(one: pd.Series, other: pd.Series) -> bool:
    """Whether two columns say the same wherever both have a row."""
    import pandas as pd

    if one.index.nlevels != other.index.nlevels:
        return False
    common = one.index.intersection(other.index)
    a, b = one.reindex(common), other.reindex(common)
    if pd.api.types.is_numeric_dtype(a.dtype) and pd.api.types.is_numeric_dtype(b.dtype):
        near = (a - b).abs() <= 1e-12 * a.abs().max()
        return bool((near | (a.isna() & b.isna())).all())
    return bool(a.astype(object).equals(b.astype(object)))
