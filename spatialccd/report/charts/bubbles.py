"""Bubbles of pairs of factors: as large as q, in the color of how the two work together."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import GRID, INK, SMALL
from spatialccd.report.paper.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd.report.paper.chart import Paper

#: Radius of q = 1, in cells; a bubble whose figure stands inside is at least so wide, in mm.
_FULL, _INSIDE = 0.47, 5.0
#: Of a factor alone.
_SINGLE = "#d4d4d4"
_BOLD, _THIN = 1.3, 0.3
#: What the key shows, where the triangle leaves room for so many.
_KEY = {2: (0.25,), 3: (1.0, 0.25)}
_LONG_KEY = (1.0, 0.5, 0.25)


def draw(ax: Axes, part: pd.DataFrame, names: list[str], sure: pd.Series, cell_mm: float) -> None:
    """Draw a bubble for each pair and, on the diagonal, for each factor alone.

    Parameters
    ----------
    part : DataFrame
        Rows of a panel: factor_a, factor_b, q, q_a, q_b and type.
    sure : Series of bool
        On the rows; pairs whose edge is bold.
    cell_mm : float
        Width of a cell; figures are written where they fit.
    """
    place = {name: i for i, name in enumerate(names)}
    n = len(names)
    for at in range(n):
        ax.plot([-0.5, at], [at, at], color=GRID, linewidth=0.4, zorder=0)
        ax.plot([at, at], [at, n - 0.5], color=GRID, linewidth=0.4, zorder=0)
    single: dict[str, float] = {}
    for row, bold in zip(part.itertuples(index=False), sure, strict=True):
        single |= {row.factor_a: row.q_a, row.factor_b: row.q_b}
        if not pd.isna(row.type):
            shade = palettes.INTERACTIONS[row.type]
            _bubble(ax, (place[row.factor_a], place[row.factor_b]), row.q, shade, cell_mm, bold)
    for name, q in single.items():
        _bubble(ax, (place[name], place[name]), q, _SINGLE, cell_mm, bold=False)
    ax.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5), aspect="equal")


def _bubble(
    ax: Axes, at: tuple[int, int], q: float, shade: str, cell_mm: float, bold: bool
) -> None:
    if pd.isna(q):
        return
    radius = _FULL * sqrt(max(q, 0.0))
    ax.add_patch(
        Circle(at, radius, facecolor=shade, edgecolor=INK, linewidth=_BOLD if bold else _THIN)
    )
    if cell_mm < _INSIDE:
        return
    inside = 2 * radius * cell_mm >= _INSIDE
    ax.text(
        at[0], at[1] + (0.0 if inside else radius + 0.04), number(q, 2), ha="center",
        va="center" if inside else "top", fontsize=SMALL,
        color=palettes.ink_on(shade) if inside else INK,
    )  # fmt: skip


def key(ax: Axes, n: int) -> None:
    """Show how large some q are, in the half of the square that pairs leave free."""
    for row, q in enumerate(_KEY.get(n, _LONG_KEY)):
        radius = _FULL * sqrt(q)
        ax.add_patch(
            Circle((n - 1, row), radius, facecolor="none", edgecolor="#8c8c8c", linewidth=0.6)
        )
        ax.text(n - 1, row + radius + 0.04, f"q = {q:g}", ha="center", va="top", fontsize=SMALL,
                color=INK)  # fmt: skip


def explain(sheet: Paper, figures: pd.DataFrame, alpha: float) -> list[Any]:
    """Give the entries of the legend: kinds of interaction, factors alone, bold edges."""
    used = {
        kind: shade
        for kind, shade in palettes.INTERACTIONS.items()
        if (figures["type"] == kind).any()
    }
    entries = [_entry(sheet.say(kind), shade, _THIN) for kind, shade in used.items()]
    entries.append(_entry(sheet.say("one factor alone"), _SINGLE, _THIN))
    if "p_gain" in figures:
        entries.append(_entry(boldness(sheet, figures, alpha), "white", _BOLD))
    return entries


def boldness(sheet: Paper, figures: pd.DataFrame, alpha: float) -> str:
    """Say what is small where a mark or an edge is bold."""
    p = "p" if "p_synergy" in figures else sheet.say("p (gain)")
    return f"{sheet.say('bold')}{sheet.words.colon}{p} ≤ {alpha:g}"


def _entry(label: str, shade: str, edge: float) -> Line2D:
    return Line2D(
        [], [], linestyle="", marker="o", markersize=5, markerfacecolor=shade,
        markeredgecolor=INK, markeredgewidth=edge, label=label,
    )  # fmt: skip
