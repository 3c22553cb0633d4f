"""The commands about QGIS: ``spatialccd qgis install | uninstall | check | package``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True, help="The QGIS plugin: install it, check it, pack it for the plugin site."
)

_Profile = Annotated[str, typer.Option(help="The user profile of QGIS.")]
_Folder = Annotated[
    Path | None,
    typer.Option(help="Folder that holds 'profiles'; the usual one of this system by default."),
]


@app.command()
def install(profile: _Profile = "default", qgis_dir: _Folder = None) -> None:
    """Put the plugin into QGIS, and note that this Python has spatialccd."""
    from spatialccd.qgis.install import install as put_in

    typer.echo(f"{put_in(profile, qgis_dir)}: installed; restart QGIS if it is open")


@app.command()
def uninstall(profile: _Profile = "default", qgis_dir: _Folder = None) -> None:
    """Take the plugin out of QGIS."""
    from spatialccd.qgis.install import uninstall as take_out

    typer.echo(f"{take_out(profile, qgis_dir)}: removed")


@app.command()
def check(profile: _Profile = "default", qgis_dir: _Folder = None) -> None:
    """Find QGIS, show versions, and run one tool through it."""
    from spatialccd.qgis.install import check as look

    for line in look(profile, qgis_dir):
        typer.echo(line)


@app.command()
def package(
    out: Annotated[Path, typer.Argument(help="The zip to write.")] = Path("spatialccd_qgis.zip"),
) -> None:
    """Pack the plugin as the zip that the plugin site takes."""
    from spatialccd.qgis.install import package as pack

    written = pack(out)
    typer.echo(f"{written}: {written.stat().st_size / 1024:.0f} kB")
