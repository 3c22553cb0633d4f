"""How a result shows itself in a notebook: the head of its table, and its notes."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_ROWS = 10
_COLUMNS = 12
_DIGITS = 4


def as_html(call: str, frame: pd.DataFrame, notes: Sequence[str], further: Sequence[str]) -> str:
    """Write a result as a short HTML table between its call and its notes.

    Parameters
    ----------
    call : str
        How it was made.
    frame : DataFrame
        The first and last rows and columns of a larger one are shown, with its size.
    notes : sequence of str
        What must be read with it.
    further : sequence of str
        Names of the tables beside the main one.

    Examples
    --------
    >>> import pandas as pd
    >>> text = as_html("f(x)", pd.DataFrame({"a": [0.123456]}), ["p < 0.05"], [])
    >>> "0.1235" in text, "<li>p &lt; 0.05</li>" in text
    (True, True)
    """
    import pandas as pd

    shapes = [name for name, dtype in frame.dtypes.items() if str(dtype) == "geometry"]
    table = (
        pd.DataFrame(frame)
        .drop(columns=shapes)
        .to_html(
            max_rows=_ROWS,
            max_cols=_COLUMNS,
            border=0,
            show_dimensions=len(frame) > _ROWS or frame.shape[1] - len(shapes) > _COLUMNS,
            float_format=lambda value: f"{value:.{_DIGITS}g}",
            na_rep="",
        )
    )
    told = list(notes)
    if further:
        told.append(f"Further tables, in .further(): {', '.join(further)}")
    listed = "".join(f"<li>{html.escape(note)}</li>" for note in told)
    head = f"<p><code>{html.escape(call)}</code></p>"
    return f"<div>{head}{table}{f'<ul>{listed}</ul>' if listed else ''}</div>"
