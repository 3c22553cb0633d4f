"""Dots and their intervals on named rows: what forests, weights and rankings are drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from spatialccd.report.paper.chart import INK, SMALL, pale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd.report.paper.chart import Paper

#: More rows than this are drawn without their names, closer together.
NAMED = 70
_ROW, _BARE_ROW = 3.4, 0.5
#: Of the sheet's width, what names may take.
SHARE = 0.38
#: Between the names of rows, and what all rows may take, in mm.
_BETWEEN, _TALLEST = 0.9, 215.0
#: Between the dots of one row, as a share of the row.
_SPREAD = 0.62
#: Room in mm that the mark of a legend's entry takes beside its words.
_HANDLE = 9.5


@dataclass(frozen=True)
class Dots:
    """One figure of each row.

    Attributes
    ----------
    label : str
        What the legend calls it; empty for no entry.
    values : Series
        On the names of the rows; missing figures are left out.
    color : str or Series of str
        One, or one a row.
    ends : pair of Series, optional
        Low and high of an interval.
    filled : Series of bool, optional
        Rows whose dot is filled; all when omitted.
    marker : str
        Of matplotlib.
    stem : bool
        A line from zero carries each dot.
    ends_color : str
        Of the interval, where it is not that of the dot.
    """

    label: str
    values: pd.Series
    color: Any
    ends: tuple[pd.Series, pd.Series] | None = None
    filled: pd.Series | None = None
    marker: str = "o"
    stem: bool = False
    ends_color: str = ""


def height(
    sheet: Paper,
    words: Sequence[str],
    series: int = 1,
    *,
    share: float = SHARE,
    least: float = _ROW,
) -> float:
    """Give the height in mm that rows of dots with these names need, without axis and title."""
    if len(words) > NAMED:
        return min(max(len(words) * _BARE_ROW, 100.0), 200.0)
    tallest = max(sheet.height(name) for name in named(sheet, words, share))
    return len(words) * max(least, 2.0 * series, tallest + _BETWEEN) + 4.0


def named(sheet: Paper, words: Sequence[object], share: float = SHARE) -> list[str]:
    """Break names of rows into lines; shorten those that would make the chart too tall."""
    room = _TALLEST / len(words) - _BETWEEN
    wrapped_words = [wrapped(sheet, word, share) for word in words]
    if max(map(sheet.height, wrapped_words)) <= room:
        return wrapped_words
    room = max(room, sheet.height("Xg") + 0.1)
    return [shortened(sheet, word, share, room) for word in words]


def shortened(sheet: Paper, word: object, share: float, room: float) -> str:
    """Leave out the middle of a name until its lines are at most `room` mm high."""
    text = str(word)
    lines = wrapped(sheet, text, share)
    for kept in range(len(text) - 1, 6, -1):
        if sheet.height(lines) <= room:
            break
        head, tail = text[: (kept + 1) // 2].rstrip(), text[-(kept // 2) :].lstrip()
        lines = wrapped(sheet, f"{head}\u2026{tail}", share)
    return lines


def draw(
    sheet: Paper,
    ax: Axes,
    names: Sequence[Any],
    series: Sequence[Dots],
    *,
    reference: float | None = None,
    share: float = SHARE,
    beside: bool = True,
    words: Sequence[str] | None = None,
) -> None:
    """Draw dots on rows, the first name on top.

    Parameters
    ----------
    names : sequence
        The labels of the rows.
    series : sequence of Dots
        Beside each other within a row, or on one line.
    reference : float, optional
        Where a line stands: 0 for effects, 1 for ratios.
    share : float, default 0.38
        How much of the sheet's width names may take before they are wrapped.
    beside : bool, default True
        Put several series of a row beside each other, or all on its line.
    words : sequence of str, optional
        What the rows are called; the names when omitted.
    """
    rows = np.arange(len(names), dtype=float)
    if reference is not None:
        ax.axvline(reference, color=INK, linewidth=0.6, zorder=1)
    for i, one in enumerate(series):
        offset = (i - (len(series) - 1) / 2) * _SPREAD / max(len(series), 1) if beside else 0.0
        _draw(ax, names, one, rows + offset, small=len(names) > NAMED)
    ax.set_ylim(len(names) - 0.4, -0.6)
    if len(names) <= NAMED:
        ax.set_yticks(rows, named(sheet, words or names, share))
    else:
        ax.set_yticks([])
    sheet.quiet(ax, grid="x")
    ax.tick_params(axis="y", length=0)


def _draw(ax: Axes, names: Sequence[Any], one: Dots, at: Any, *, small: bool) -> None:
    values = one.values.reindex(names).to_numpy(dtype=float)
    colors = (
        one.color.reindex(names).to_numpy(dtype=object)
        if isinstance(one.color, pd.Series)
        else np.full(len(names), one.color, dtype=object)
    )
    if one.ends is not None:
        low, high = (end.reindex(names).to_numpy(dtype=float) for end in one.ends)
        there = np.isfinite(low) & np.isfinite(high)
        ax.hlines(
            at[there], low[there], high[there], color=one.ends_color or list(colors[there]),
            linewidth=0.5 if small else 0.9, zorder=2,
        )  # fmt: skip
    if one.stem:
        ax.hlines(at, 0, values, color=[pale(c, 0.35) for c in colors], linewidth=1.6, zorder=2)
    filled = (
        np.ones(len(names), dtype=bool)
        if one.filled is None
        else one.filled.reindex(names).fillna(False).to_numpy(dtype=bool)
    )
    there = np.isfinite(values)
    ax.scatter(
        values[there], at[there], s=4 if small else 12, marker=one.marker, zorder=3, linewidths=0.8,
        edgecolors=list(colors[there]),
        facecolors=[c if f else "white" for c, f in zip(colors[there], filled[there], strict=True)],
    )  # fmt: skip


def wrapped(sheet: Paper, words: object, share: float = SHARE) -> str:
    """Break words into lines that take no more than a share of the sheet's width."""
    return broken(sheet, words, sheet.width * share)


def broken(sheet: Paper, words: object, room: float, size: float = SMALL) -> str:
    """Break words into lines of at most `room` mm."""
    return sheet.ruler.wrap(sheet.face.text(str(words)), sheet.face.font(size), room)


def key(label: str, color: str, marker: str = "o", *, filled: bool = True) -> Line2D:
    """Give the entry of a legend for dots."""
    return Line2D(
        [], [], color=color, marker=marker, linestyle="", markersize=3.5, label=label,
        markerfacecolor=color if filled else "white", markeredgewidth=0.8,
    )  # fmt: skip


def explain(sheet: Paper, handles: Sequence[Any], note: str = "") -> None:
    """Put a legend below everything, in as many columns as fit; nothing without entries.

    A note stands above its entries.
    """
    if not handles:
        return
    ruler, font = sheet.ruler, sheet.face.font(SMALL)
    words = [broken(sheet, one.get_label(), sheet.width * 0.8) for one in handles]
    widest = max(ruler.text(text, font)[0] for text in words) + _HANDLE
    columns = max(1, min(len(handles), int(sheet.width / widest)))
    sheet.figure.legend(
        handles=list(handles), labels=words, loc="outside lower center", ncols=columns,
        fontsize=SMALL, frameon=False, handletextpad=0.4, columnspacing=1.4,
        title=broken(sheet, note, sheet.width * 0.9) or None, title_fontsize=SMALL,
    )  # fmt: skip


def whole(axis: Any, most: int = 7) -> None:
    """Put ticks at whole numbers only: years, counts."""
    axis.set_major_locator(MaxNLocator(nbins=most, integer=True, min_n_ticks=1))
