"""Chord chart: the ties between units or groups as ribbons across a circle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.patches import PathPatch, Wedge
from matplotlib.path import Path

from spatialccd import _align
from spatialccd._result import record
from spatialccd.errors import DataError, check_range
from spatialccd.network.blocks import Blocks
from spatialccd.network.core import CorePeriphery
from spatialccd.network.gravity import Network
from spatialccd.report.charts import rows
from spatialccd.report.paper.chart import INK, SMALL, check_result, color, pale, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import WIDTHS, Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd._types import FloatArray, Groups
    from spatialccd.report.paper.chart import Paper

_RING = 0.05
#: Of the circle, between all arcs together.
_GAPS = 0.08
_OTHERS = "…"


@in_house_style
def chart_chord(
    network: Network,
    groups: Groups | Blocks | CorePeriphery | None = None,
    *,
    top: int = 60,
    most: int = 32,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
) -> Figure:
    """Draw the ties of a network as ribbons across a circle, as wide as they are strong.

    A ribbon has at each end the width of what that end sends, and the color of
    the end that sends more. With groups or blocks the ribbons are between these.

    Parameters
    ----------
    network : Network
        What ``gravity_network`` returns.
    groups : Series, Blocks or CorePeriphery, optional
        The group of each unit: draw ties between groups.
    top : int, default 60
        Draw so many of the strongest ties between units; all between groups.
    most : int, default 32
        Arcs for so many units, those with the strongest ties; the others are one.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, default "middle"
        90, 140 or 190 mm.

    Returns
    -------
    Figure
        ``.table`` has the strength of each ribbon: origin by destination.

    Raises
    ------
    ParameterError
        `network` is another result.
    AlignmentError
        A unit of the network has no group.
    DataError
        No tie counts.

    References
    ----------
    Krzywinski et al. (2009), Circos. Genome Research 19, 1639-1645.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from spatialccd import gravity_network
    >>> names = pd.Index(list("abcd"), name="unit")
    >>> places = gpd.GeoSeries.from_xy([0, 1, 0, 2], [0, 0, 1, 2], index=names, crs=3857)
    >>> size = pd.DataFrame({"people": [1.0, 2, 3, 4]}, names)
    >>> net = gravity_network(size, places, n_permutations=99, seed=1)
    >>> chart_chord(net).table.shape
    (4, 4)
    """
    settings = record("chart_chord", locals())
    check_result("network", network, Network)
    check_range("top", top, 1)
    check_range("most", most, 2)
    flows = network.strength.where(network.ties == 1, 0.0).astype(float)
    if not (flows.to_numpy() > 0).any():
        raise DataError("no tie counts: there is nothing to draw")
    sheet = paper(language, width, min(WIDTHS[width], 170.0) + 6.0, labels=labels)
    table = _strongest(flows, top, most)
    if groups is not None:
        table = _between(sheet, flows, groups)
    (ax,) = sheet.panels(1, 1)
    _draw(sheet, ax, table)
    note = _said(sheet, flows, table, groups is not None)
    if note:
        sheet.figure.supxlabel(note, fontsize=SMALL, color=INK)
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _between(sheet: Paper, flows: pd.DataFrame, groups: Any) -> pd.DataFrame:
    """Add ties up by group of origin and destination."""
    if isinstance(groups, Blocks):
        own = groups.table["block"].map(lambda n: f"{sheet.say('Block')} {n}")
    elif isinstance(groups, CorePeriphery):
        own = groups.table["part"].map(sheet.say)
    else:
        own = _align.cross_section(groups, "groups")
    _align.check_within(flows.index, _align.labels(own, "groups"), "network", "groups")
    label = own.reindex(flows.index)
    table = flows.groupby(label.to_numpy()).sum().T.groupby(label.to_numpy()).sum().T
    return table.rename_axis(index="origin", columns="destination")


def _strongest(flows: pd.DataFrame, top: int, most: int) -> pd.DataFrame:
    """Keep the strongest ties, and the units with the strongest; the rest of the units is one."""
    values = flows.to_numpy(copy=True)
    limit = np.sort(values[values > 0])[::-1][: min(top, int((values > 0).sum()))][-1]
    kept = flows.where(flows >= limit, 0.0)
    weight = kept.sum(axis=0) + kept.sum(axis=1)
    kept = kept.loc[weight > 0, weight > 0]
    weight = weight[weight > 0]
    if len(weight) > most:
        large = set(weight.nlargest(most - 1).index)
        called = np.array([str(unit) if unit in large else _OTHERS for unit in kept.index])
        kept = kept.groupby(called, sort=False).sum().T.groupby(called, sort=False).sum().T
    return kept.rename_axis(index="origin", columns="destination")


def _draw(sheet: Paper, ax: Axes, table: pd.DataFrame) -> None:
    """Draw arcs by what a unit sends, and ribbons between them."""
    matrix = table.to_numpy(dtype=float)
    sent = matrix.sum(axis=1)
    got = matrix.sum(axis=0)
    room = np.maximum(sent, 0.02 * sent.max()) + 0.0 * got
    n = len(room)
    span = 2 * np.pi * (1 - _GAPS) * room / room.sum()
    begin = np.r_[0.0, np.cumsum(span + 2 * np.pi * _GAPS / n)][:-1]
    shades = [color(i) for i in range(n)]
    for i in range(n):
        first, last = np.degrees(np.pi / 2 - begin[i] - span[i]), np.degrees(np.pi / 2 - begin[i])
        ax.add_patch(Wedge((0, 0), 1.0, first, last, width=_RING, color=shades[i], linewidth=0))
        _name(sheet, ax, str(table.index[i]), begin[i] + span[i] / 2)
    places = _places(matrix, begin, span)
    pairs = [(i, j) for i in range(n) for j in range(i, n) if matrix[i, j] + matrix[j, i] > 0]
    for i, j in sorted(pairs, key=lambda pair: -(matrix[pair] + matrix[pair[::-1]])):
        if i == j:
            _within(ax, places[i, i], shades[i])
            continue
        stronger = i if matrix[i, j] >= matrix[j, i] else j
        _ribbon(ax, places[i, j], places[j, i], shades[stronger])
    ax.set(xlim=(-1.42, 1.42), ylim=(-1.42, 1.42), aspect="equal")
    ax.axis("off")


def _places(matrix: FloatArray, begin: FloatArray, span: FloatArray) -> FloatArray:
    """Give where on the arc of the row's unit its tie to the column's begins and ends, (n, n, 2).

    The ends stand in the order of the circle, so that ribbons cross little.
    """
    n = len(matrix)
    places = np.zeros((n, n, 2))
    for i in range(n):
        total = matrix[i].sum()
        at = begin[i]
        for step in range(n):
            j = (i - step) % n
            wide = span[i] * matrix[i, j] / total if total > 0 else 0.0
            places[i, j] = at, at + wide
            at += wide
    return places


def _ribbon(ax: Axes, one: FloatArray, other: FloatArray, shade: str) -> None:
    radius = 1.0 - _RING - 0.01
    a0, a1 = (_point(angle, radius) for angle in one)
    b0, b1 = (_point(angle, radius) for angle in other)
    middle = (0.0, 0.0)
    corners = [a0, *_arc(one, radius), a1, middle, b0, *_arc(other, radius), b1, middle, a0]
    n_a, n_b = len(_arc(one, radius)), len(_arc(other, radius))
    codes = [
        Path.MOVETO, *[Path.LINETO] * n_a, Path.LINETO, Path.CURVE3, Path.CURVE3,
        *[Path.LINETO] * n_b, Path.LINETO, Path.CURVE3, Path.CURVE3,
    ]  # fmt: skip
    ax.add_patch(PathPatch(Path(corners, codes), facecolor=pale(shade, 0.55), edgecolor=shade,
                           linewidth=0.2, zorder=1))  # fmt: skip


def _within(ax: Axes, ends: FloatArray, shade: str) -> None:
    """Draw what a group sends to itself as a hill on its arc."""
    radius = 1.0 - _RING - 0.01
    first, last = (_point(angle, radius) for angle in ends)
    height = max(0.55, radius - 0.6 * float(ends[1] - ends[0]))
    top = _point(float(ends.mean()), height)
    corners = [first, *_arc(ends, radius), last, top, first]
    codes = [Path.MOVETO, *[Path.LINETO] * (len(corners) - 3), Path.CURVE3, Path.CURVE3]
    ax.add_patch(
        PathPatch(Path(corners, codes), facecolor=pale(shade, 0.55), linewidth=0, zorder=1)
    )


def _arc(ends: FloatArray, radius: float) -> list[tuple[float, float]]:
    steps = 3 + int(abs(ends[1] - ends[0]) / 0.03)
    return [_point(angle, radius) for angle in np.linspace(ends[0], ends[1], steps)[1:-1]]


def _point(angle: float, radius: float) -> tuple[float, float]:
    """Give a place on the circle; angles run clockwise from the top."""
    return radius * float(np.sin(angle)), radius * float(np.cos(angle))


def _name(sheet: Paper, ax: Axes, words: str, angle: float) -> None:
    """Write a name along its radius, never upside down."""
    x, y = _point(angle, 1.03)
    right = np.sin(angle) >= 0
    turned = 90 - np.degrees(angle) if right else 270 - np.degrees(angle)
    broken = rows.broken(sheet, words, sheet.width * 0.17)
    ax.text(
        x, y, broken, ha="left" if right else "right", va="center", rotation=turned,
        rotation_mode="anchor", fontsize=SMALL, color=INK,
    )  # fmt: skip


def _said(sheet: Paper, flows: pd.DataFrame, table: pd.DataFrame, grouped: bool) -> str:
    """Say how many ties are drawn where it is not all of them."""
    there, drawn = int((flows.to_numpy() > 0).sum()), int((table.to_numpy() > 0).sum())
    if grouped or drawn >= there:
        return ""
    return sheet.say("The {} strongest of {} ties").format(drawn, there)
