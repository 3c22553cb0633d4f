"""The commands about QGIS: ``spatialccd qgis install | uninstall | check | package``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from spatialccd.cli.once import OnceTyper
from spatialccd.cli.saying import say

app = OnceTyper(
    no_args_is_help=True, help="The QGIS plugin: install it, check it, pack it for the plugin site."
)

_Profile = Annotated[
    str | None,
    typer.Option(help="The user profile of QGIS; the one that QGIS starts with by default."),
]
_Folder = Annotated[
    Path | None,
    typer.Option(help="Folder that holds 'profiles'; the usual one of this system by default."),
]
_Version = Annotated[
    int | None, typer.Option(help="3 or 4, where both are there; asked on a terminal.")
]


@app.command()
def install(profile: _Profile = None, qgis_dir: _Folder = None, version: _Version = None) -> None:
    """Put the plugin into QGIS, and note that this Python has spatialccd."""
    from spatialccd.qgis.install import install as put_in

    where = put_in(profile, qgis_dir, _meant(qgis_dir, version))
    say(f"{where}: installed; restart QGIS if it is open")


@app.command()
def uninstall(profile: _Profile = None, qgis_dir: _Folder = None, version: _Version = None) -> None:
    """Take the plugin out of QGIS."""
    from spatialccd.qgis.install import uninstall as take_out

    say(f"{take_out(profile, qgis_dir, _meant(qgis_dir, version))}: removed")


@app.command()
def check(profile: _Profile = None, qgis_dir: _Folder = None, version: _Version = None) -> None:
    """Find QGIS, show versions, and run one tool through it."""
    from spatialccd.qgis.check import check as look

    for line in look(profile, qgis_dir, _meant(qgis_dir, version)):
        say(line)


@app.command()
def package(
    out: Annotated[Path, typer.Argument(help="The zip to write.")] = Path("spatialccd_qgis.zip"),
) -> None:
    """Pack the plugin as a zip, and say what the plugin site would not take."""
    from spatialccd.qgis.package import package as pack
    from spatialccd.qgis.package import problems

    written = pack(out)
    say(f"{written}: {written.stat().st_size / 1024:.0f} kB")
    found = problems(written)
    if not found:
        say("ready for upload to the plugin site")
        return
    say("QGIS installs it from the zip; it is not ready for upload to the plugin site:")
    for problem in found:
        say(f"- {problem}")


def _meant(qgis_dir: Path | None, version: int | None) -> int | None:
    """Ask which QGIS is meant where several are there and a person can answer."""
    from spatialccd.qgis.profiles import homes

    versions = sorted({home.version for home in homes()})
    if version is not None or qgis_dir is not None or len(versions) < 2 or not sys.stdin.isatty():
        return version
    answer: int = typer.prompt(f"Which QGIS ({' or '.join(map(str, versions))})", type=int)
    return answer
