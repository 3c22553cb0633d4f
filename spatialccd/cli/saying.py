"""What the command line prints: words of ours, in signs that no terminal obeys."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import typer

from spatialccd.errors import SpatialCCDWarning
from spatialccd.report.words.names import visible


def say(text: str, *, err: bool = False) -> None:
    """Print text; control characters that names of the data bring are written out."""
    typer.echo(visible(text), err=err)


def say_warnings() -> None:
    """Have our warnings printed as sentences, without file and line, and no other package's.

    Where Python was told what to do with warnings (-W, PYTHONWARNINGS), that holds for
    the others.
    """
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    warnings.simplefilter("default", SpatialCCDWarning)
    usual = warnings.showwarning

    def show(message: Any, category: type[Warning], *where: Any, **more: Any) -> None:
        if issubclass(category, SpatialCCDWarning):
            say(f"warning: {' '.join(str(message).split())}", err=True)
        else:
            usual(message, category, *where, **more)

    warnings.showwarning = show
