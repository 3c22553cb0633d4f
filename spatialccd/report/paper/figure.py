"""What every drawing function returns: a picture, the numbers behind it, a safe way to save."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spatialccd._files import replacing
from spatialccd._result import Result
from spatialccd.errors import ParameterError, check_choice, check_range
from spatialccd.report.paper.formats import SUFFIXES
from spatialccd.report.paper.rendered import DPI, Rendered, Style, draw

if TYPE_CHECKING:
    import matplotlib.figure as mpl
    import pandas as pd
    from matplotlib.axes import Axes

#: Dots an inch in a notebook, and the bytes from which its SVG would swell the file.
_ON_SCREEN = 150
_MOST_LINES = 300_000


@dataclass(frozen=True, eq=False, kw_only=True)
class Figure(Result):
    """A picture and the numbers it shows.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        Made without pyplot: nothing to close, safe in threads. A figure that was
        loaded from a file holds its pictures instead (PNG, SVG, PDF and WebP at
        300 dpi): it can be saved and put on a page, and not be drawn on.
    table : DataFrame
        The numbers behind the picture.
    """

    figure: mpl.Figure | Rendered
    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the numbers behind the picture."""
        return self.table.copy()

    @property
    def ax(self) -> Axes:
        """The axes of the first panel, matplotlib's own: to draw on before saving.

        Raises
        ------
        ParameterError
            The figure was loaded from a file: it is a picture by now.
        """
        if isinstance(self.figure, Rendered):
            raise ParameterError(
                "this figure was loaded from a file and is a picture: draw it again from the data "
                "to draw on it"
            )
        return self.figure.axes[0]

    def _repr_html_(self) -> None:
        """Leave a notebook to the picture: it would show a table before it."""
        return

    def _repr_png_(self) -> bytes | None:
        """Show the picture in a notebook; None of a loaded one that is held in no such form."""
        if isinstance(self.figure, Rendered):
            return self.figure.as_png()
        return self._drawn("png", _ON_SCREEN)

    def _repr_svg_(self) -> str | None:
        """Show the picture as lines and letters, where these take no more room than dots."""
        if isinstance(self.figure, Rendered):
            svg = self.figure.pictures.get(Style("svg", DPI), b"")
        else:
            svg = self._drawn("svg", DPI)
        return svg.decode() if 0 < len(svg) <= _MOST_LINES else None

    def _drawn(self, form: str, dpi: int) -> bytes:
        buffer = io.BytesIO()
        draw(self.figure, buffer, Style(form, dpi))
        return buffer.getvalue()

    def save(self, path: str | os.PathLike[str], *, dpi: int = DPI) -> Path:
        """Write the picture by the suffix of `path`; give the path back.

        As lines: .pdf and .eps with TrueType fonts (Chinese in .eps as outlines), .svg
        with text. As dots: .png, .tif (LZW), .jpg, .webp. The file is written
        beside its place and then renamed, so that `path` is never half a picture.

        Raises
        ------
        ParameterError
            The suffix is another one, or `dpi` is not between 50 and 1200; or the
            figure was loaded from a file that does not hold it so.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        check_choice("the suffix of path", suffix, SUFFIXES)
        check_range("dpi", dpi, 50, 1200)
        with replacing(path) as temporary:
            draw(self.figure, temporary, Style(suffix[1:], dpi))
        return path


@dataclass(frozen=True, eq=False, kw_only=True)
class Map(Figure):
    """A map, or the same map at several times or for several columns.

    Attributes
    ----------
    table : DataFrame
        On the labels of what was drawn: its figures, and the class of each.
    legend : DataFrame
        One row an entry: ``label``, ``color``, and a column of counts a panel.
    projection : str
        The coordinates it is drawn in, in words; empty for a layer without any.
    scale_bar : float
        Length of the scale bar in meters; 0 when none could be drawn.
    """

    legend: pd.DataFrame
    projection: str
    scale_bar: float
