"""The paper that charts are drawn on: size, typeface, quiet axes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, Literal, get_args

from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure as Drawing
from matplotlib.text import Text

from spatialccd.errors import FontWarning, ParameterError, check_choice, warn
from spatialccd.report.paper.fonts import INSTALL, Typeface, typeface
from spatialccd.report.paper.layout import WIDTHS, Ruler, Width
from spatialccd.report.paper.palettes import CATEGORIES
from spatialccd.report.paper.ticks import write_plain
from spatialccd.report.words.language import Language
from spatialccd.report.words.spoken import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MM = 1 / 25.4
#: Sizes of type in points; journals take none below 6 at the width a figure is printed at.
TITLE, LABEL, SMALL = 8.5, 7.0, 6.0
GRID = "#d9d9d9"
INK = "#333333"
#: How a scale of logarithms writes its ticks; any other $ is a dollar, and no formula begins there.
_POWER = re.compile(r"\$\\mathdefault\{[-−\d.{}^]*(\\times[-−\d.{}^]*)?\}\$")


@dataclass(frozen=True)
class Paper:
    """A blank chart: where it is drawn, in which words."""

    figure: Drawing
    face: Typeface
    words: Words
    letters: bool = False
    _headed: list[Axes] = field(default_factory=list, repr=False)

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.words.language

    def say(self, words: object) -> str:
        """Name a variable, or give words in the language of the chart."""
        return self.words.say(words)

    def name(self, variable: object) -> str:
        """Name a variable of the data, as labels do."""
        return self.words.name(variable)

    def panels(
        self, n: int, columns: int, *, share_x: bool = False, share_y: bool = False
    ) -> list[Axes]:
        """Give n places of a grid, row after row; the rest of the last row stays empty."""
        rows = math.ceil(n / columns)
        grid = self.figure.subplots(
            rows, columns, sharex=share_x, sharey=share_y, squeeze=False
        ).ravel()
        for ax in grid[n:]:
            ax.set_visible(False)
        return list(grid[:n])

    @cached_property
    def ruler(self) -> Ruler:
        """Measures words in the typeface of the chart."""
        return Ruler()

    @property
    def width(self) -> float:
        """Width of the chart in mm."""
        return float(self.figure.get_size_inches()[0]) / _MM

    def wrap(self, words: object, room: float, size: float = SMALL) -> str:
        """Say words, in lines of at most `room` mm."""
        return self.ruler.wrap(self.say(words), self.face.font(size), room)

    def height(self, words: str, size: float = SMALL) -> float:
        """Give the height of words in mm."""
        return self.ruler.text(words, self.face.font(size))[1]

    def resize(self, height_mm: float) -> None:
        """Give the chart the height that its words turned out to need."""
        self.figure.set_size_inches(self.figure.get_size_inches()[0], height_mm * _MM)

    def ticks(self, ax: Axes, at: Any, words: Sequence[str], room: float) -> None:
        """Write what stands at places along x: all, or every second, third ... where it fits."""
        widest = max(self.ruler.text(str(w), self.face.font(SMALL))[0] for w in words) + 1.2
        step = max(1, math.ceil(widest / room))
        ax.set_xticks(list(at), [w if i % step == 0 else "" for i, w in enumerate(words)])

    def columns(self, labels: Sequence[Any]) -> int:
        """Give how many entries of a legend stand side by side."""
        widest = max(self.ruler.text(str(w), self.face.font(SMALL))[0] for w in labels) + 9.0
        return int(min(len(labels), max(1, (self.width - 4) // widest)))

    def head(self, ax: Axes, words: object = "") -> None:
        """Write the title of a panel, after (a), (b), (c) ... where letters are wished."""
        self._headed.append(ax)
        parts = [letter(len(self._headed) - 1)] if self.letters else []
        text = " ".join([*parts, *([self.say(words)] if words not in (None, "") else [])])
        place = ax.get_subplotspec()
        columns = place.get_gridspec().ncols if place is not None else 1
        room = (self.width - 14.0) / columns - 6.0
        ax.set_title(self.ruler.wrap(text, self.face.font(LABEL), room), fontsize=LABEL)

    def quiet(self, ax: Axes, *, grid: Literal["x", "y", ""] = "y") -> None:
        """Take away what is not data; `grid` names the axis of the grid lines."""
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            ax.spines[side].set_color(INK)
            ax.spines[side].set_linewidth(0.6)
        ax.tick_params(labelsize=SMALL, width=0.6, length=2.5, color=INK, labelcolor=INK)
        ax.set_axisbelow(True)
        if grid:
            ax.grid(axis=grid, color=GRID, linewidth=0.5)

    def number_bars(
        self, ax: Axes, bars: Any, words: Sequence[str], ink: str, *, halo: bool = False
    ) -> None:
        """Write into the middle of bars; words that are empty leave theirs bare."""
        behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if halo else None
        ink = INK if halo else ink
        for bar, text in zip(bars, words, strict=True):
            x, y = bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2
            if text:
                ax.text(
                    x, y, text, ha="center", va="center", fontsize=SMALL, color=ink, bbox=behind
                )

    def finished(self, title: str | None) -> Drawing:
        """Set the title and every text in the typeface of the chart."""
        if title:
            words = self.ruler.wrap(title, self.face.font(TITLE), self.width - 6)
            self.figure.suptitle(words, fontsize=TITLE)
        write_plain(self.figure)
        self._set_type()
        self.figure.draw_without_rendering()  # makes the texts of the ticks
        texts = self._set_type()
        self.face.check(text.get_text() for text in texts)
        return self.figure

    def _set_type(self) -> list[Any]:
        texts: list[Any] = self.figure.findobj(Text)
        for text in texts:
            text.set_fontfamily(list(self.face.families))
            text.set_parse_math(_POWER.fullmatch(text.get_text()) is not None)
        return texts


def paper(
    language: Language,
    width: Width,
    height_mm: float,
    *,
    letters: bool = False,
    labels: Mapping[str, object] | None = None,
) -> Paper:
    """Lay out a blank chart; in English where no Chinese font is installed."""
    words = Words.of(language, labels)
    check_choice("width", width, get_args(Width))
    face = typeface()
    if language == "zh" and not face.chinese:
        warn(f"no Chinese font was found: labels are in English; {INSTALL}", FontWarning)
        words = replace(words, language="en")
    figure = Drawing(figsize=(WIDTHS[width] * _MM, height_mm * _MM), layout="constrained")
    return Paper(figure, face, words, letters)


def check_result(name: str, given: Any, *classes: type) -> None:
    """Raise ``ParameterError`` unless `given` is one of these results."""
    if not isinstance(given, classes):
        wanted = " or ".join(c.__name__ for c in classes)
        raise ParameterError(f"{name} must be a {wanted}, not {type(given).__name__}")


def letter(i: int) -> str:
    """Give the letter of the i-th panel.

    Examples
    --------
    >>> letter(0), letter(27)
    ('(a)', '(ab)')
    """
    before = ascii_lowercase[i // 26 - 1] if i >= 26 else ""
    return f"({before}{ascii_lowercase[i % 26]})"


def pale(shade: str, share: float) -> str:
    """Mix a color with white; EPS knows no transparency, so nothing is drawn see-through.

    Examples
    --------
    >>> pale("#000000", 0.2)
    '#cccccc'
    """
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(shade))
    return to_hex((red, green, blue))


def color(i: int) -> str:
    """Give the color of the i-th group."""
    return CATEGORIES[i % len(CATEGORIES)]
