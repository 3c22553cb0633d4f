"""Writes what a study found: figures, tables, a layer, and one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spatialccd import _files
from spatialccd.data.join import TOLD, JoinReport
from spatialccd.report.paper.rendered import DPI, ON_PAGE, Style
from spatialccd.report.words.names import file_names
from spatialccd.study import store
from spatialccd.study.dates import all_dated
from spatialccd.study.folder import MANIFEST, Folder

if TYPE_CHECKING:
    from spatialccd._result import Result
    from spatialccd.report.words.labels import Labels
    from spatialccd.study.config import Outputs, Study
    from spatialccd.study.log import Log, Note
    from spatialccd.workspace import Workspace


def planned(study: Study) -> list[str]:
    """Name every file that a study will write."""
    wanted = study.outputs
    names = [MANIFEST, *(f"tables.{suffix}" for suffix in wanted.tables)]
    for figure in _figure_names(study).values():
        names += [f"figures/{figure}.{suffix}" for suffix in wanted.figures]
    names += ["study.gpkg"] if wanted.geopackage and "areas" in study.ground else []
    return [*names, "page.html"] if wanted.page else names


def _figure_names(study: Study) -> dict[str, str]:
    """Give the name of the file of each step that draws."""
    return file_names(s.name for s in study.steps if s.tool.returns in ("Figure", "Map"))


def write_all(
    study: Study, space: Workspace, log: Log, folder: Folder, labels: Labels, *, force: bool
) -> bool:
    """Write every output that is not there yet as it should be.

    Returns
    -------
    bool
        Whether every file was there already.
    """
    writer = _Writer(folder, log, force)
    figures, tables = _parted(space.results)
    wanted = study.outputs
    for name, file in _figure_names(study).items():
        for suffix in wanted.figures:
            writer.write(f"figures/{file}.{suffix}", [name], figures[name].save)
    words = {"language": study.about.language, "labels": labels}
    _write_tables(study, tables, space, writer, words)
    if wanted.geopackage and space.areas is not None:
        _write_layer(tables, space, writer, words)
    if wanted.page:
        _write_page(study, figures, tables, space, writer, words)
    return writer.all_reused


def styles(wanted: Outputs) -> tuple[Style, ...]:
    """Say how pictures are drawn for the outputs that a study wants."""
    files = tuple(Style(suffix, DPI) for suffix in wanted.figures)
    return (*files, ON_PAGE) if wanted.page else files


class _Writer:
    """Writes a file unless it is there, made from the same results and untouched since."""

    def __init__(self, folder: Folder, log: Log, force: bool) -> None:
        self.folder = folder
        self.log = log
        self.force = force
        self.all_reused = True

    def write(
        self, name: str, sources: list[str], save: Callable[[Path], Any], **settings: Any
    ) -> None:
        """Write one file, made from the results of the steps named."""
        path = self.folder.path / name
        made_from = store.key(sources={s: self.log.keys[s] for s in sources}, settings=settings)
        known = {} if self.force else self.folder.output(name)
        fresh = (
            known.get("key") == made_from
            and path.is_file()
            and _files.digest(path) == known.get("sha256")
        )
        if not fresh:
            self.all_reused = False
            path.parent.mkdir(parents=True, exist_ok=True)
            save(path)
        noted = {"key": made_from, "sha256": _files.digest(path)}
        self.log.files[name] = {**noted, "step": sources[0]} if len(sources) == 1 else noted


def _parted(results: Mapping[str, Result]) -> tuple[dict[str, Any], dict[str, Result]]:
    """Part the figures from the results that are tables."""
    figures = {name: r for name, r in results.items() if hasattr(r, "save")}
    return figures, {name: r for name, r in results.items() if name not in figures}


def _write_tables(
    study: Study,
    tables: Mapping[str, Result],
    space: Workspace,
    writer: _Writer,
    words: Mapping[str, Any],
) -> None:
    from spatialccd import write_tables

    named = all_dated(tables, writer.log.times)
    more = _arrangement(study, space)
    sources = [name for name in ("panel", "areas") if name in writer.log.keys]
    for suffix in study.outputs.tables:
        writer.write(
            f"tables.{suffix}",
            [*sources, *tables],
            lambda path: write_tables(named, path, areas=space.areas, **words, **more),
            **words,
            place=study.about.place,
            groups=study.outputs.groups,
        )


def _arrangement(study: Study, space: Workspace) -> dict[str, Any]:
    """Say what captions and the arrangement of tables need: the place, and groups of units."""
    groups = study.outputs.groups
    return {"place": study.about.place, "groups": groups and space.column(groups)[0]}


def _write_layer(
    tables: Mapping[str, Result], space: Workspace, writer: _Writer, words: Mapping[str, Any]
) -> None:
    from spatialccd import write_geopackage

    named = all_dated(tables, writer.log.times)
    writer.write(
        "study.gpkg",
        ["areas", *tables],
        lambda path: write_geopackage(named, space.areas, path, **words),
        **words,
    )


def _write_page(
    study: Study,
    figures: Mapping[str, Any],
    tables: Mapping[str, Result],
    space: Workspace,
    writer: _Writer,
    words: Mapping[str, Any],
) -> None:
    from spatialccd import write_page

    about = study.about
    linked = "xlsx" in study.outputs.tables
    writer.write(
        "page.html",
        ["panel", *tables, *figures],
        lambda path: write_page(
            {"panel": space.panel, **all_dated(tables, writer.log.times)},
            path,
            title=about.title,
            areas=space.areas,
            figures=figures,
            notes=about.notes,
            warnings=_not_told(tables, writer.log.warnings),
            workbook=writer.folder.path / "tables.xlsx" if linked else None,
            **_arrangement(study, space),
            **words,
        ),
        about=about.model_dump(),
        groups=study.outputs.groups,
        linked=linked,
        **words,
    )


def _not_told(tables: Mapping[str, Result], notes: Sequence[Note]) -> list[Note]:
    """Leave out the areas without data, which the page's report of the join tells anyhow.

    Units of the panel that are lost stay among the warnings.
    """
    report = tables.get("join")
    if not isinstance(report, JoinReport) or report.only_in_panel:
        return list(notes)
    return [n for n in notes if not (n["step"] == "join" and TOLD in n["message"])]
