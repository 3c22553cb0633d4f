"""Several figures on one page, with letters."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib.figure as mpl
import numpy as np
import pandas as pd
from matplotlib.transforms import Bbox

from spatialccd._result import record
from spatialccd.errors import ParameterError, check_range
from spatialccd.report.paper.chart import check_result, letter
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.fonts import typeface
from spatialccd.report.paper.layout import MM_PER_INCH, WIDTHS
from spatialccd.report.paper.rendered import STYLES, Rendered
from spatialccd.report.paper.style import in_house_style

if TYPE_CHECKING:
    from matplotlib.backend_bases import RendererBase

_LETTER = 8.5
#: In mm: above each figure for its letter, above the whole for its title, between figures.
_STRIP, _TITLE, _GAP = 4.6, 7.0, 2.0
_PAGE = WIDTHS["double"]


@in_house_style
def figure_panel(
    figures: Mapping[str, Figure] | Sequence[Figure],
    *,
    columns: int | None = None,
    letters: bool = True,
    title: str | None = None,
) -> Figure:
    """Put figures side by side on one page, lettered (a), (b), (c).

    Figures keep their size, so that type stays as large as it was: draw those
    that are to stand beside each other with ``width="single"``.

    Parameters
    ----------
    figures : mapping of str to Figure, or sequence of Figure
        Maps and charts to show, from left to right, top to bottom. They are not changed.
    columns : int, optional
        How many in a row; as many as 190 mm hold when omitted.
    letters : bool, default True
        Write (a), (b), ... above the figures.
    title : str, optional
        Stands above it.

    Returns
    -------
    Figure
        ``.table`` says which letter is which figure: name, tool, and its size
        and place in mm from the upper left.

    Raises
    ------
    ParameterError
        There is no figure or one is none, or so many columns are wider than the
        page.

    Examples
    --------
    >>> from spatialccd import chart_grades, coordination_grades
    >>> grades = coordination_grades(pd.Series([0.45, 0.55, 0.52]))
    >>> both = [chart_grades(grades, width="single"), chart_grades(grades, width="single")]
    >>> figure_panel(both).table[["width", "left"]].to_numpy().tolist()
    [[90.0, 0.0], [90.0, 92.0]]
    """
    settings = record("figure_panel", locals())
    if columns is not None:
        check_range("columns", columns, 1)
    named = (
        dict(figures)
        if isinstance(figures, Mapping)
        else {str(i): one for i, one in enumerate(figures, start=1)}
    )
    if not named:
        raise ParameterError("name the figures that are to stand on the page")
    for name, one in named.items():
        check_result(name, one, Figure)
    sizes = {
        name: tuple(float(side) * MM_PER_INCH for side in one.figure.get_size_inches())
        for name, one in named.items()
    }
    rows = _rows(sizes, columns)
    table = _places(named, sizes, rows, letters=letters, top=_TITLE if title else 0.0)
    width = float((table["left"] + table["width"]).max())
    height = float((table["top"] + table["height"]).max())
    board = Board(figsize=(width / MM_PER_INCH, height / MM_PER_INCH))
    face = typeface()
    if title:
        board.text(0.5, 1 - 1.5 / height, face.text(title), ha="center", va="top",
                   fontproperties=face.font(_LETTER, "bold"))  # fmt: skip
    for row in table.itertuples():
        board.put(named[str(row.name)].figure, row.left, height - row.top - row.height)
        if row.letter:
            board.text(
                (row.left + 1.0) / width, 1 - (row.top - _STRIP + 0.6) / height, row.letter,
                ha="left", va="top", fontproperties=face.font(_LETTER, "bold"),
            )  # fmt: skip
    return Figure(settings=settings, figure=board, table=table)


def _rows(sizes: Mapping[str, tuple[float, ...]], columns: int | None) -> list[list[str]]:
    """Fill rows from left to right."""
    rows: list[list[str]] = [[]]
    for name in sizes:
        wide = _width([*rows[-1], name], sizes)
        full = len(rows[-1]) == columns if columns else wide > _PAGE + 0.5
        if rows[-1] and full:
            rows.append([])
        rows[-1].append(name)
    for row in rows:
        wide = _width(row, sizes)
        if len(row) > 1 and wide > _PAGE + 0.5:
            raise ParameterError(
                f"{len(row)} figures in a row are {wide:.0f} mm wide, and the page is "
                f'{_PAGE:.0f}: draw them with width="single", or take fewer columns'
            )
    return rows


def _width(row: Sequence[str], sizes: Mapping[str, tuple[float, ...]]) -> float:
    return sum(sizes[name][0] for name in row) + _GAP * (len(row) - 1)


def _places(
    named: Mapping[str, Figure],
    sizes: Mapping[str, tuple[float, ...]],
    rows: Sequence[Sequence[str]],
    *,
    letters: bool,
    top: float,
) -> pd.DataFrame:
    """Say where each figure stands, in mm from the upper left of the page."""
    found: list[dict[str, Any]] = []
    for row in rows:
        top += _STRIP if letters else 0.0
        left = 0.0
        for name in row:
            mark = letter(len(found)) if letters else ""
            width, height = (round(side, 6) for side in sizes[name])
            found.append(
                {"letter": mark, "name": name, "tool": named[name].settings.tool,
                 "left": left, "top": top, "width": width, "height": height}
            )  # fmt: skip
            left += width + _GAP
        top += max(sizes[name][1] for name in row) + _GAP
    return pd.DataFrame(found)


@dataclass
class _Part:
    figure: mpl.Figure
    left: float  # inches from the lower left
    bottom: float


class Board(mpl.Figure):
    """A matplotlib figure that draws others at places of its own: text and lines stay such."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.parts: list[_Part] = []

    def put(self, figure: mpl.Figure | Rendered, left: float, bottom: float) -> None:
        """Place a figure by its lower left corner, in mm."""
        inches = (left / MM_PER_INCH, bottom / MM_PER_INCH)
        if isinstance(figure, Rendered):
            self._put_picture(figure, *inches)
            return
        figure.draw_without_rendering()  # settles its layout
        self.parts.append(_Part(figure, *inches))

    def findobj(self, match: Any = None, include_self: bool = True) -> list[Any]:
        """Find artists on the board and on its parts."""
        found = list(super().findobj(match, include_self))
        return [*found, *(one for part in self.parts for one in part.figure.findobj(match))]

    def draw(self, renderer: RendererBase) -> None:
        """Draw the board's own texts, then its parts."""
        super().draw(renderer)
        for part in self.parts:
            with _moved(part, self.dpi):
                part.figure.draw(renderer)

    def _put_picture(self, figure: Rendered, left: float, bottom: float) -> None:
        """Place a figure that was loaded from a file: its picture is all there is of it."""
        from PIL import Image

        width, height = self.get_size_inches()
        wide, high = figure.get_size_inches()
        axes = self.add_axes((left / width, bottom / height, wide / width, high / height))
        axes.imshow(np.asarray(Image.open(io.BytesIO(figure.picture(STYLES[0])))))
        axes.axis("off")


@contextmanager
def _moved(part: _Part, dpi: float) -> Iterator[None]:
    """Move a figure to its place on the board, and back to itself."""
    figure = part.figure
    size, own_dpi, engine = figure.get_size_inches(), figure.dpi, figure.get_layout_engine()
    ground = figure.patch.get_visible()
    figure.set_layout_engine("none")  # it is settled, and would be settled elsewhere
    figure.patch.set_visible(False)
    figure.dpi = dpi
    corners = figure.bbox_inches.get_points().copy()
    figure.bbox_inches.set_points(Bbox.from_bounds(part.left, part.bottom, *size).get_points())
    try:
        yield
    finally:
        figure.bbox_inches.set_points(corners)
        figure.dpi = own_dpi
        figure.patch.set_visible(ground)
        if engine is not None:
            figure.set_layout_engine(engine)
