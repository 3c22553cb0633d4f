"""Names of points in a chart, placed so that no two of them overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import patheffects
from matplotlib.text import Text

from spatialccd._types import BoolArray, FloatArray
from spatialccd.report.words.sentences import retell

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing
    from matplotlib.text import Annotation

    from spatialccd.report.paper.chart import Paper

#: Room between a point and its name, in points of type; a line leads to the farther names.
_GAPS = (3.0, 9.0, 15.0, 22.0, 30.0)
_ANGLES = np.arange(8) * np.pi / 4
#: Room around a name, and half the size of a dot, in points of type.
_MARGIN, _DOT = 0.6, 2.0
_SMALL = 6.0


def write(
    ax: Axes, words: Sequence[str], places: FloatArray, *, size: float, ink: str
) -> list[Annotation]:
    """Write names at their points, shape (k, 2) in data units; ``spread`` moves them apart.

    They take no part in the layout, so that moving them cannot change it.
    """
    halo = [patheffects.withStroke(linewidth=1.2, foreground="white")]
    names = [
        ax.annotate(
            name, (x, y), xytext=(0, 0), textcoords="offset points", ha="center", va="center",
            fontsize=size, zorder=5, path_effects=halo,
            arrowprops={"arrowstyle": "-", "linewidth": 0.4, "color": ink, "shrinkA": 0,
                        "shrinkB": _DOT},
        )
        for name, (x, y) in zip(words, places, strict=True)
    ]  # fmt: skip
    for name in names:
        name.set_in_layout(False)
    return names


def settle(
    sheet: Paper, figure: Drawing, parts: Sequence[tuple[Axes, Sequence[Annotation], FloatArray]]
) -> None:
    """Move names apart in all axes of a finished figure, and tell below how many found no room.

    Parameters
    ----------
    parts : sequence of (Axes, Annotations, array)
        Of each axes the names from ``write`` and all points, shape (n, 2) in data units.
    """
    lost = sum(spread(*part) for part in parts)
    if not lost:
        return
    note = _note(sheet, figure, lost)
    figure.draw_without_rendering()  # the axes give the note its room
    for ax, names, points in parts:
        lost += spread(ax, [name for name in names if name.axes is not None], points)
    note.set_text(_lost(sheet, lost))


def _note(sheet: Paper, figure: Drawing, n: int) -> Text:
    """Write below the axes how many names were left out: in the legend's room where one is there.

    What matplotlib keeps free for a legend and for words below the axes is the larger of both, so
    that they would stand on each other.
    """
    if not figure.legends:
        families = sheet.face.families
        return figure.supxlabel(_lost(sheet, n), fontsize=_SMALL, fontfamily=families)
    legend = figure.legends[-1]
    legend.set_title(_lost(sheet, n), prop=sheet.face.font(_SMALL))
    return legend.get_title()


def _lost(sheet: Paper, n: int) -> str:
    words = "1 name found no room." if n == 1 else f"{n} names found no room."
    return sheet.face.text(retell(words, sheet.language))


def spread(ax: Axes, names: Sequence[Annotation], points: FloatArray) -> int:
    """Move each name beside its point, the first name first, once the axes have their size.

    A name goes to the nearest place inside the axes, away from the middle
    rather than toward it, where it hits no other name and neither it nor its
    line hits a point; where there is none, to where it hits the fewest points;
    where other names take up all the room, it is left out.

    Parameters
    ----------
    names : sequence of Annotation
        From ``write``.
    points : array, shape (n, 2)
        All points of the chart, in data units.

    Returns
    -------
    int
        How many were left out.
    """
    lost = 0
    scale = ax.figure.dpi / 72
    room = np.asarray(ax.get_window_extent().extents)
    dots = ax.transData.transform(points)
    squares = np.hstack([dots - _DOT * scale, dots + _DOT * scale])
    middle = ax.transData.transform((0.0, 0.0))
    taken = np.empty((0, 4))
    for name in names:
        at = ax.transData.transform(name.xy)
        box = Text.get_window_extent(name)  # of the words alone, without the line
        offsets, gaps = _offsets(np.array([box.width, box.height]), at - middle, scale)
        half = np.array([box.width, box.height]) / 2 + _MARGIN * scale
        boxes = np.hstack([at + offsets - half, at + offsets + half])
        fits = (boxes[:, :2] >= room[:2]).all(axis=1) & (boxes[:, 2:] <= room[2:]).all(axis=1)
        fits &= ~_hits(boxes, taken).any(axis=1)
        if not fits.any():
            name.remove()
            lost += 1
            continue
        others = np.abs(dots - at).max(axis=1) > 1e-6
        crossed = (gaps > _GAPS[0])[:, None] & (_from_line(dots, at, boxes) < _DOT * scale)
        crowd = (_hits(boxes, squares) | crossed)[:, others].sum(axis=1)
        crowd = np.where(fits, crowd, np.inf)
        best = int(np.argmin(crowd))  # the first of the best: nearest, and outward
        taken = np.vstack([taken, boxes[best]])
        name.set_position(tuple(offsets[best] / scale))
        assert name.arrow_patch is not None
        name.arrow_patch.set_visible(bool(gaps[best] > _GAPS[0]))
    return lost


def _offsets(size: FloatArray, outward: FloatArray, scale: float) -> tuple[FloatArray, FloatArray]:
    """Give the middles a name of `size` could have around its point, and their gaps, best first.

    Returns arrays, shape (40, 2) in pixels and (40,) in points of type.
    """
    turn = np.abs(np.angle(np.exp(1j * (_ANGLES - np.arctan2(outward[1], outward[0])))))
    angles = _ANGLES[np.argsort(turn.round(6), kind="stable")]
    ways = np.column_stack([np.cos(angles), np.sin(angles)]).round(12)
    gaps = np.repeat(_GAPS, len(angles))
    ways = np.tile(ways, (len(_GAPS), 1))
    return gaps[:, None] * scale * ways + np.sign(ways) * size / 2, gaps


def _from_line(dots: FloatArray, at: FloatArray, boxes: FloatArray) -> FloatArray:
    """Give how far dots (n, 2) are from the lines from `at` to the nearest of boxes: (b, n)."""
    line = np.clip(at, boxes[:, :2], boxes[:, 2:]) - at
    along = (dots - at) @ line.T / (line**2).sum(axis=1)
    feet = at + np.clip(along, 0, 1).T[:, :, None] * line[:, None, :]
    return np.asarray(np.linalg.norm(dots - feet, axis=2))


def _hits(boxes: FloatArray, others: FloatArray) -> BoolArray:
    """Say which boxes overlap, (b, 4) against (o, 4) of left, bottom, right, top: (b, o)."""
    one, other = boxes[:, None, :], others[None, :, :]
    apart = (one[..., :2] >= other[..., 2:]) | (other[..., :2] >= one[..., 2:])
    return np.asarray(~apart.any(axis=2))
