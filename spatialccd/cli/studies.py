"""The commands about studies: start one, check it, show its steps, its form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spatialccd.cli.saying import say
from spatialccd.errors import ParameterError, counted

_Study = Annotated[Path, typer.Argument(help="The study.toml.")]
_Out = Annotated[
    Path | None,
    typer.Option(help="Folder of the results; by default 'results' beside the study."),
]


def new(
    data: Annotated[Path, typer.Argument(help="The table: CSV, a workbook, or any other.")],
    areas: Annotated[
        str | None,
        typer.Option(
            help="Boundaries: a file, or a bundled name. Found from the units if bundled."
        ),
    ] = None,
    unit: Annotated[
        str | None, typer.Option(help="Column of the units; found if it can be.")
    ] = None,
    time: Annotated[
        str | None, typer.Option(help="Column of the times; found if it can be.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; by default 'study.toml' beside the table.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Start a study of a table: a study.toml that runs as it is, its guesses marked."""
    from spatialccd._files import replacing
    from spatialccd.study.draft import draft_study

    path = out or data.parent / "study.toml"
    if path.exists() and not force:
        raise ParameterError(f"{path} is there already; write elsewhere with --out, or use --force")
    draft = draft_study(data, path.parent, areas=areas, unit=unit, time=time)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(draft.text, encoding="utf-8")
    for line in draft.said:
        say(f"- {line}")
    say(f"wrote {path}; look it over, then: spatialccd run {path}")


def check(study: _Study) -> None:
    """Check a study without running it: keys, files, columns, the join."""
    from spatialccd.study.preview import check_study

    found = check_study(study)
    panel = found.ground.panel
    assert panel is not None
    units = panel.index.get_level_values(0).nunique()
    times = panel.index.get_level_values(1).nunique() if panel.index.nlevels > 1 else 1
    for note in found.ground.notes:
        say(f"note: [{note['step']}] {note['message']}")
    say(
        f"{study.name}: {counted(len(found.plan.steps), 'step', 'steps')} on "
        f"{counted(units, 'unit', 'units')} and {counted(times, 'time', 'times')}; nothing is wrong"
    )


def steps(study: _Study, out: _Out = None) -> None:
    """Show the steps of a study: what each needs, and what a run would make anew and why."""
    from spatialccd.study.preview import preview_study

    found = preview_study(study, out or study.parent / "results")
    width = max((len(one.name) for one in found), default=0)
    for one in found:
        state = "unchanged" if one.unchanged else f"to make: {one.why}"
        needs = f" <- {', '.join(one.needs)}" if one.needs else ""
        say(f"{one.name:{width}}  {state}{needs}")
    left = sum(not one.unchanged for one in found)
    say(f"{left} of {counted(len(found), 'step', 'steps')} to make")


def schema(
    keys: Annotated[
        bool, typer.Option("--keys", help="A page of every key, in Markdown, instead.")
    ] = False,
) -> None:
    """Print the JSON schema of study files, with which editors complete and check them.

    Save it beside the study and begin the study with the line "#:schema FILE".
    """
    import json

    from spatialccd.study.schema import keys_page, study_schema

    say(keys_page() if keys else json.dumps(study_schema(), ensure_ascii=False, indent=1))


#: In the order in which a study meets them.
COMMANDS = (new, check, steps, schema)
