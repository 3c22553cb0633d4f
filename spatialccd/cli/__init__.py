"""The command line: ``run`` for a study, ``catalog``, and one command for every tool."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from spatialccd import catalog
from spatialccd.catalog.questions import STATIONS
from spatialccd.cli import docs, qgis, studies
from spatialccd.cli.once import OnceTyper
from spatialccd.cli.saying import say, say_warnings
from spatialccd.cli.tools import command, listing
from spatialccd.cli.warm import warm
from spatialccd.errors import Cancelled, ParameterError, SpatialCCDError, reason

_EXIT_FOUND = 1
_EXIT_BAD_INPUT = 2
_EXIT_STOPPED = 130


class _ToolGroup(TyperGroup):
    """A group that makes the whole command of a tool when it is called, and not to list it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            study = ctx.invoked_subcommand == "run"
            kept = "finished steps are kept for the next run" if study else "nothing was written"
            raise Cancelled(f"stopped; {kept}") from None

    def list_commands(self, ctx: Any) -> list[str]:
        own = super().list_commands(ctx)
        return [*own, *(tool.name for tool in catalog.tools() if tool.name not in own)]

    def get_command(self, ctx: Any, name: str) -> Any:
        known = super().get_command(ctx, name)
        if known is not None or not _is_tool(name):
            return known
        return listing(catalog.tool(name))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not _is_tool(args[0]) or super().get_command(ctx, args[0]) is not None:
            return super().resolve_command(ctx, args)
        return args[0], command(catalog.tool(args[0])), args[1:]


def _is_tool(name: str) -> bool:
    return any(tool.name == name for tool in catalog.tools())


app = OnceTyper(
    cls=_ToolGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Spatial econometrics on geometry-aware data: from yearbook table to figure.",
)
app.add_typer(qgis.app, name="qgis")
app.command("docs")(docs.show)


@app.callback(invoke_without_command=True)
def _root(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from spatialccd import __version__

        typer.echo(__version__)
        raise typer.Exit
    del ctx


@app.command()
def run(
    study: Annotated[Path, typer.Argument(help="The study.toml.")],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write to; by default 'results' beside the study."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Make everything anew.")] = False,
) -> None:
    """Run a study: tables, maps, layers and one page from one file."""
    from spatialccd.cli.bars import Bars
    from spatialccd.study import run_study

    folder = out or study.parent / "results"
    with Bars() as bars:
        manifest = run_study(study, folder, force=force, watch=bars)
    for steps, message in _told_once(manifest["warnings"]):
        say(f"note: [{', '.join(steps)}] {message}")
    say(bars.summary())
    made = len(manifest["outputs"])
    page = folder / "page.html"
    say(f"{made} files in {folder}" + (f"; open {page}" if page.exists() else ""))


def _told_once(notes: list[dict[str, str]]) -> list[tuple[list[str], str]]:
    """Say what several steps told in the same words once, with the steps that did."""
    steps: dict[str, list[str]] = {}
    for note in notes:
        steps.setdefault(note["message"], []).append(note["step"])
    return [(list(dict.fromkeys(names)), message) for message, names in steps.items()]


for _command in (*studies.COMMANDS, warm):
    app.command()(_command)


@app.command()
def audit(
    files: Annotated[list[Path], typer.Argument(help="Tables in long form: CSV or workbooks.")],
    copied: Annotated[
        float, typer.Option(help="Share of equal cells at which a year counts as copied.")
    ] = 0.5,
    grades: Annotated[
        str | None,
        typer.Option(metavar="LABEL=LOWER,...", help="Classes of D in place of the usual ten."),
    ] = None,
) -> None:
    """Check the tables of a study against what must hold whatever the data.

    Exit code 1 when something was found.
    """
    from spatialccd.consistency.audit import audit_files

    found = audit_files(files, grades=_grades(grades) if grades else None, copied=copied)
    say(found.summary())
    if not found.sound:
        raise typer.Exit(_EXIT_FOUND)


def _grades(text: str) -> dict[str, float]:
    """Read classes written as "low=0,high=0.5"."""
    from spatialccd._forms import check_once

    pairs = [part.rpartition("=") for part in text.split(",")]
    try:
        grades = [(label.strip(), float(lower)) for label, equals, lower in pairs if equals]
    except ValueError:
        grades = []
    if len(grades) < len(pairs):
        raise ParameterError(f"--grades {text!r} is not LABEL=LOWER,LABEL=LOWER,...")
    check_once("--grades", (label for label, _ in grades))
    return dict(grades)


@app.command("catalog")
def list_tools(
    json: Annotated[bool, typer.Option("--json", help="All parameters, as JSON.")] = False,
) -> None:
    """List every tool by station and by the question that it answers, a line each."""
    if json:
        typer.echo(catalog.to_json())
        return
    for station, parts in catalog.by_question().items():
        typer.echo(f"\n{station}: {STATIONS[station]}")
        for question, tools in parts.items():
            typer.echo(f"  {question}")
            for tool in tools:
                typer.echo(f"    {tool.name:26} {tool.title}")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a fault of the input is one line and exit code 2."""
    _speak_utf8()
    say_warnings()
    sys.exit(_guarded(lambda: app(arguments, standalone_mode=True)))


def _guarded(call: Callable[[], Any]) -> int:
    try:
        call()
    except Cancelled as error:
        _say_error(str(error))
        return _EXIT_STOPPED
    except KeyboardInterrupt:  # before a command begins, or after its end
        _say_error("stopped")
        return _EXIT_STOPPED
    except SpatialCCDError as error:
        _say_error(str(error))
        return _EXIT_BAD_INPUT
    except BrokenPipeError:
        raise  # the reader of our output has gone
    except OSError as error:
        _say_error(f"{error.filename}: {reason(error)}" if error.filename else reason(error))
        return _EXIT_BAD_INPUT
    except MemoryError:
        _say_error("the memory of this computer is not enough; take fewer rows or units")
        return _EXIT_BAD_INPUT
    return 0


def _say_error(message: str) -> None:
    say(f"spatialccd: {' '.join(message.split())}", err=True)


def _speak_utf8() -> None:
    """Print Chinese on a console whose own encoding cannot."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
