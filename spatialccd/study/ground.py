"""The ground of a study: its panel, its areas and the join, read once and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from spatialccd import catalog
from spatialccd.data.blank import keep_blank
from spatialccd.data.layers.geometry import project_for_area
from spatialccd.data.stores import databases
from spatialccd.errors import ParameterError
from spatialccd.study import store
from spatialccd.study.config import Study
from spatialccd.study.inputs import Inputs
from spatialccd.study.log import Note, noted
from spatialccd.study.rows import in_order, kept_rows

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from spatialccd._result import Result


@dataclass
class Ground:
    """What all steps stand on.

    Attributes
    ----------
    key : str
        What it was made from, as the store counts.
    panel : DataFrame
    areas : GeoDataFrame or None
        Of the units, and those without data that maps draw.
    results : dict of str to Result
        The report of the join, and what was filled in.
    about : dict
        Units of measurement, flags and notes, as the panel's file has them.
    notes : list of dict
        What reading told, by step.
    reused : bool
        Whether it was kept by an earlier run.
    """

    panel: pd.DataFrame | None = None
    areas: gpd.GeoDataFrame | None = None
    results: dict[str, Result] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    key: str = ""
    reused: bool = False


#: What is kept of a ground.
_KEPT = ("panel", "areas", "results", "about")


def read_ground(
    study: Study,
    inputs: Inputs,
    kept: store.Store | None = None,
    *,
    force: bool = False,
    check: Callable[[], None] = lambda: None,
) -> Ground:
    """Read and join the inputs of a study, or take them as an earlier run left them.

    Parameters
    ----------
    study : Study
    inputs : Inputs
        Notes the hash of what is read.
    kept : Store, optional
        Where it is kept between runs. What a database gives is read each time.
    force : bool, default False
        Read anew whatever is kept.
    check : callable
        Called when it is known which files are read, before they are.

    Raises
    ------
    StudyError
        A file is not there, or a setting is outside what is allowed.
    SpatialCCDError
        The data are at fault; the message names the table of the study.
    """
    reader = _Reader(study, inputs)
    settings = {name: reader.located(name, table) for name, table in study.ground.items()}
    check()
    fixed = not any(
        databases.is_database(table.get(name))
        for table in settings.values()
        for name in ("path", "source")
    )
    key = _key(study, inputs)
    found = kept.load(key) if kept is not None and fixed and not force else None
    if found is not None and set(found.result) == set(_KEPT):
        return Ground(**found.result, notes=found.warnings, key=key, reused=True)
    ground = reader.read(settings)
    ground.key = _key(study, inputs)
    if kept is not None:
        _keep(ground, kept)
    return ground


def _keep(ground: Ground, kept: store.Store) -> None:
    """Keep the data as the steps have them: for the next run, and for who loads the study."""
    try:
        kept.save(ground.key, store.Kept({n: getattr(ground, n) for n in _KEPT}, [*ground.notes]))
    except ParameterError as error:  # a column of a kind that no file of ours holds
        message = f"the data are not kept with the results: {error}"
        ground.notes.append({"step": "panel", "message": message})


def _key(study: Study, inputs: Inputs) -> str:
    orders = {name: label.order for name, label in study.labels.items() if label.order}
    return store.key(
        ground=study.ground,
        files=inputs.hashes,
        drawn=study.outputs.areas,
        **({"orders": orders} if orders else {}),
    )


class _Reader:
    """Reads table after table of the ground, noting what is told."""

    def __init__(self, study: Study, inputs: Inputs) -> None:
        self.study = study
        self.inputs = inputs
        self.ground = Ground()

    def located(self, name: str, table: dict[str, Any]) -> dict[str, Any]:
        """Find the files that a table names."""
        with self._noted(name):
            return self.inputs.ground(table)

    def read(self, settings: dict[str, dict[str, Any]]) -> Ground:
        """Read the panel and the areas, and join them."""
        ground = self.ground
        settings = {name: dict(table) for name, table in settings.items()}
        chosen = {key: settings["panel"].pop(key, None) for key in ("where", "complete")}
        panel = self._call("read_panel", settings["panel"])
        self.inputs.data(settings["panel"]["path"], panel)
        ground.about = dict(panel.attrs)
        if "fill_missing" in settings:
            filled = self._call("fill_missing", settings["fill_missing"], panel)
            ground.results["fill_missing"] = filled
            panel = filled.panel
        with self._noted("panel"):
            panel, said = kept_rows(panel, **chosen)
        with self._noted("labels"):
            panel = in_order(panel, self.study.labels)
        self._say("panel", *said)
        if "areas" in settings:
            panel = self._join(panel, settings["areas"], settings.get("join", {}))
        ground.panel = panel
        return ground

    def _join(
        self, panel: pd.DataFrame, settings: dict[str, Any], joining: dict[str, Any]
    ) -> pd.DataFrame:
        """Read the areas and join them; give the panel on their units."""
        project = settings.pop("project", False)
        areas = self._call("read_boundaries", settings)
        self.inputs.data(settings["source"], areas)
        with self._noted("labels"):
            areas = in_order(areas, self.study.labels)
        joined = self._call("join", joining, panel, areas)
        self.ground.areas = keep_blank(joined.areas, areas, self.study.outputs.areas)
        if project:
            plane = project_for_area(self.ground.areas)
            self.ground.areas = plane.areas
            self._say("areas", f"projected to {plane.description}; distances are in meters")
        self.ground.results["join"] = joined.report
        joined_panel: pd.DataFrame = joined.panel
        return joined_panel

    def _say(self, step: str, *messages: str) -> None:
        self.ground.notes += [{"step": step, "message": message} for message in messages]

    def _call(self, tool: str, settings: dict[str, Any], *data: Any) -> Any:
        with self._noted(tool):
            return catalog.function(catalog.tool(tool))(*data, **settings)

    @contextmanager
    def _noted(self, step: str) -> Iterator[None]:
        with noted(self.study.path.name, step) as notes:
            yield
        self.ground.notes += notes
