"""``spatialccd docs``: the documentation that came with this installation."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from spatialccd.errors import ParameterError

_PACKAGE = Path(__file__).resolve().parents[1]
#: Where it stands in an installation, and in a checkout.
_PLACES = (_PACKAGE / "_docs", _PACKAGE.parent / "docs" / "built")


def find(topic: str | None = None) -> Path:
    """Give the first page, or that of a function.

    Raises
    ------
    ParameterError
        The documentation was not built for this installation, or has no such page.
    """
    home = next((place for place in _PLACES if (place / "index.html").is_file()), None)
    if home is None:
        raise ParameterError(
            "this installation has no documentation; in the project's folder make it with: "
            'pip install ".[docs]" && sphinx-build docs docs/built'
        )
    if topic is None:
        return home / "index.html"
    page = home / "made" / "reference" / "api" / f"spatialccd.{topic}.html"
    if not page.is_file():
        from spatialccd.errors import closest

        known = [path.stem.removeprefix("spatialccd.") for path in page.parent.glob("*.html")]
        near = closest(topic, known)
        hint = f"; did you mean {near!r}?" if near else ""
        raise ParameterError(f"the documentation has no page called {topic!r}{hint}")
    return page


def show(
    topic: Annotated[str | None, typer.Argument(help="A function, such as mgwr.")] = None,
    path: Annotated[bool, typer.Option("--path", help="Print the page's path alone.")] = False,
) -> None:
    """Open the documentation, which reads without network."""
    page = find(topic)
    typer.echo(str(page))
    if not path:
        webbrowser.open(page.as_uri())
