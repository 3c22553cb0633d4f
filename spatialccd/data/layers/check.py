"""Is a layer sound: what is wrong with it, what was put right, and what is only said."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely

from spatialccd.data.layers import seam
from spatialccd.data.layers.contiguity import faults
from spatialccd.data.layers.copies import same_shape
from spatialccd.data.layers.crs import SWAP, is_degrees, misfit, strays
from spatialccd.errors import GeometryError, GeometryWarning, counted, listed

_POLYGONS = ("Polygon", "MultiPolygon")
_COLLECTION = "GeometryCollection"
_DISSOLVE = (
    "read_boundaries(..., dissolve=True) merges the parts, dissolve = true in [areas] of a study"
)


@dataclass
class Findings:
    """What is found in a layer, gathered before anything is raised or said.

    Attributes
    ----------
    source : str
        The file's name.
    notes : list of str
        What was put right, and what its owner should know.
    fits : bool
        The areas are known to fit together.
    crs_is_given : bool
        The caller said what the reference system is, not the file.
    """

    source: str
    notes: list[str] = field(default_factory=list)
    fits: bool = False
    crs_is_given: bool = False
    _problems: list[str] = field(default_factory=list)
    _cases: list[pd.DataFrame] = field(default_factory=list)
    _left_out: list[str] = field(default_factory=list)
    _lost: list[pd.DataFrame] = field(default_factory=list)
    _noted: list[pd.DataFrame] = field(default_factory=list)

    def add(self, problem: str, codes: pd.Series, advice: str) -> None:
        """Take up rows, given as codes on row number, that share one problem."""
        if codes.empty:
            return
        self._problems.append(f"{problem}: {listed(_named(codes).unique())} ({advice})")
        self._cases.append(_rows(codes, problem))

    def leave_out(self, problem: str, codes: pd.Series, advice: str) -> None:
        """Take up rows that a sound layer can do without."""
        if codes.empty:
            return
        self._left_out.append(f"{problem}: {listed(_named(codes).unique())} ({advice})")
        self._lost.append(_rows(codes, problem))

    def note(self, what: str, codes: pd.Series, more: str = "") -> None:
        """Take up rows that were put right."""
        if codes.empty:
            return
        self.notes.append(f"{what}: {listed(_named(codes).unique())}{more}")
        self._noted.append(_rows(codes, what))

    def say(self, problem: str) -> None:
        """Take up a problem of the layer as a whole."""
        self._problems.append(problem)

    def stop(self) -> None:
        """Raise ``GeometryError`` with all problems, if there are any."""
        if not self._problems:
            return
        cases = [*self._cases, *self._lost]
        raise GeometryError(
            f"{self.source}: {'; '.join([*self._problems, *self._left_out])}",
            pd.concat(cases, ignore_index=True) if cases else None,
        )

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to be said."""
        return not (self.notes or self._left_out)

    def warn(self, stacklevel: int) -> None:
        """Say all notes in one warning, if there are any."""
        if not self.is_silent:
            rows = [*self._lost, *self._noted]
            cases = pd.concat(rows, ignore_index=True) if rows else None
            message = f"{self.source}: {'; '.join([*self._left_out, *self.notes])}"
            warnings.warn(GeometryWarning(message, cases), stacklevel=stacklevel)

    def check_fit(self, shapes: pd.Series, codes: pd.Series, crs: Any) -> None:
        """Note where areas overlap or leave slivers, and a layer outside its system's area."""
        away = strays(crs, shapes.to_numpy())
        if away:
            self.notes.append(away)
        if self.fits:
            return
        found = faults(shapes.to_numpy(), degrees=is_degrees(crs))
        i, j = found.overlapping
        if len(i):
            labels = codes.to_numpy()
            pairs = [
                f"{labels[a]} and {labels[b]} ({width:.2g})"
                for a, b, width in zip(i, j, found.overlap, strict=True)
            ]
            what = counted(len(i), "pair of areas overlaps", "pairs of areas overlap")
            self.notes.append(f"{what} (width in the layer's unit): {listed(pairs)}")
            both = np.unique(np.concatenate([i, j]))
            self._noted.append(_rows(codes.iloc[both], "overlaps another"))
        if len(found.slivers):
            what = counted(len(found.slivers), "sliver lies", "slivers lie")
            self.notes.append(f"{what} open between areas, up to {found.slivers.max():.2g} wide")


def sound_shapes(
    shapes: pd.Series, codes: pd.Series, crs: Any, findings: Findings, *, dissolve: bool
) -> pd.Series:
    """Check the shapes of a layer, and put right what needs no choice.

    Parameters
    ----------
    shapes : Series of geometries
        On row number.
    codes : Series of str
        On row number.
    crs : pyproj.CRS or None
    findings : Findings
        Takes up everything.
    dissolve : bool
        A code may stand in several rows.

    Returns
    -------
    Series of geometries
        Sound polygons, on the rows that have any.
    """
    _check_crs(crs, shapes, findings)
    _check_codes(codes, findings, dissolve=dissolve)
    shapes, usable = _usable(shapes, codes, findings)
    shapes = _repaired(_cut(shapes, codes, usable, crs, findings), codes, usable, findings)
    _check_twins(shapes[usable], codes, findings)
    return shapes[usable]


def _check_crs(crs: Any, shapes: pd.Series, findings: Findings) -> None:
    if crs is None:
        lost = ""
        if findings.source.lower().endswith((".shp", ".zip")):
            lost = ", or put the .prj file back beside the shapefile"
        findings.say(
            "no coordinate reference system is stated; say crs='EPSG:4490' or what it is "
            f"(degrees of most maps of the web are 'EPSG:4326'){lost}"
        )
        return
    problem = misfit(crs, shapes.to_numpy())
    if problem and findings.crs_is_given:
        problem += "; say another crs="
    elif problem and SWAP not in problem:
        problem += (
            "; a file that states a system is not overruled: write it again with the right one, by "
            "geopandas (set_crs(..., allow_override=True)) or QGIS (Assign Projection)"
        )
    if problem:
        findings.say(problem)


def _check_codes(codes: pd.Series, findings: Findings, *, dissolve: bool) -> None:
    findings.add("areas without a code", codes[codes.isna()], "fill the code or delete the row")
    known = codes.dropna()
    if not dissolve:
        twice = known[known.duplicated(keep=False)]
        findings.add("codes that stand more than once", twice, _DISSOLVE)


def _usable(shapes: pd.Series, codes: pd.Series, findings: Findings) -> tuple[pd.Series, pd.Series]:
    """Take the polygons out of collections, leave out what is not drawn, report other kinds.

    Gives all shapes, and which of them are polygons.
    """
    values = shapes.to_numpy()
    kinds = pd.Series([getattr(s, "geom_type", None) for s in values], shapes.index)
    mixed = kinds == _COLLECTION
    if mixed.any():
        polygons = pd.Series([_polygons(shape) for shape in shapes[mixed]], shapes.index[mixed])
        held = ~shapely.is_empty(polygons.to_numpy())
        mixed = mixed & mixed.index.isin(polygons.index[held])
        shapes = shapes.where(~mixed, polygons.reindex(shapes.index))
        kinds = kinds.where(~mixed, "MultiPolygon")
        findings.note("of mixed geometry only the polygons were kept", codes[mixed])
        values = shapes.to_numpy()
    missing = pd.Series(shapely.is_missing(values) | shapely.is_empty(values), shapes.index)
    usable = kinds.isin(_POLYGONS) & ~missing
    if missing.all():
        findings.add("areas without geometry", codes, "there is none in the layer; export it again")
    else:
        advice = "left out; draw them, or name them in drop="
        findings.leave_out("areas without geometry", codes[missing], advice)
    for kind, rows in codes[~usable & ~missing].groupby(kinds):
        findings.add(
            f"{kind} instead of polygon",
            rows,
            "give a layer of polygons, or leave them out by drop=",
        )
    infinite = pd.Series(~np.isfinite(shapely.bounds(values)).all(axis=1), shapes.index) & usable
    findings.add("coordinates that are not finite", codes[infinite], "export the layer again")
    return shapes, usable & ~infinite


def _cut(
    shapes: pd.Series, codes: pd.Series, usable: pd.Series, crs: Any, findings: Findings
) -> pd.Series:
    """Cut areas in degrees that are drawn across the 180th meridian."""
    if not is_degrees(crs):
        return shapes
    values = shapes.to_numpy()
    across = seam.is_across(values) & usable.to_numpy()
    if not across.any():
        return shapes
    findings.note("areas drawn across the 180th meridian were cut there", codes[across])
    return pd.Series(seam.cut(values, across), shapes.index)


def _repaired(
    shapes: pd.Series, codes: pd.Series, usable: pd.Series, findings: Findings
) -> pd.Series:
    """Make invalid polygons valid."""
    broken = usable & ~shapely.is_valid(shapes.to_numpy())
    if not broken.any():
        return shapes
    valid = shapely.make_valid(shapes[broken].to_numpy(), method="structure", keep_collapsed=False)
    polygonal = pd.Series([_polygons(shape) for shape in valid], shapes.index[broken])
    lost = polygonal.index[shapely.is_empty(polygonal.to_numpy())]
    findings.add("geometry beyond repair", codes[lost], "it encloses nothing; draw the areas anew")
    findings.note(
        f"{broken.sum() - len(lost)} invalid geometries were repaired", codes[broken].drop(lost)
    )
    return shapes.where(~broken, polygonal.reindex(shapes.index))


def _polygons(shape: Any) -> Any:
    """Keep the polygons of a mixture; lines and points have no area."""
    if shape.geom_type in _POLYGONS:
        return shape
    parts = shapely.get_parts(shape)
    while any(part.geom_type == _COLLECTION for part in parts):
        parts = shapely.get_parts(parts)
    return shapely.union_all([p for p in parts if p.geom_type in _POLYGONS])


def _check_twins(shapes: pd.Series, codes: pd.Series, findings: Findings) -> None:
    """Report areas that stand twice under different codes."""
    group = pd.Series(same_shape(shapes.to_numpy()), shapes.index)
    for _, rows in codes[shapes.index].groupby(group[group >= 0]):
        if rows.nunique(dropna=False) > 1:
            findings.add("the same area under several codes", rows, "keep one of them")


def _named(codes: pd.Series) -> pd.Series:
    """Name rows by their codes, or by their number where they have none."""
    return codes.where(codes.notna(), "row " + codes.index.astype(str))


def _rows(codes: pd.Series, problem: str) -> pd.DataFrame:
    return pd.DataFrame({"row": codes.index, "unit": codes.to_numpy(), "problem": problem})
