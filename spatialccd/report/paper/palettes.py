"""Colors: ColorBrewer schemes that stay apart for color-blind readers.

Brewer, C. A. (2003). A transition in improving maps: the ColorBrewer example.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Colormap, to_hex, to_rgb

from spatialccd.errors import ParameterError, check_choice

Palette = Literal[
    "YlGnBu", "Blues", "Greens", "Oranges", "Purples", "YlOrBr", "viridis", "cividis",
    "RdBu", "RdYlBu", "PuOr", "BrBG", "PiYG",
]  # fmt: skip
#: Two-ended schemes; their middle is a value that means something, such as zero.
DIVERGING = ("RdBu", "RdYlBu", "PuOr", "BrBG", "PiYG")

NO_DATA = "#ffffff"
NO_DATA_HATCH = "#9a9a9a"
MUTED = "#dcdcdc"
EDGE = "#5a5a5a"
#: Of one side, in grays; areas without data are hatched the other way.
HATCH, HATCH_INK = "xxxx", "#4d4d4d"
#: Areas that lie beneath what a figure is about.
GROUND = "#f4f4f4"

#: Red to blue through pale yellow: disorder to coordination.
_GRADES = "RdYlBu"
CLUSTERS = {
    "High-High": "#ca0020",
    "Low-Low": "#0571b0",
    "High-Low": "#f4a582",
    "Low-High": "#92c5de",
    "Other positive": "#fee0b6",
    "Negative": "#b2abd2",
    "Positive": "#e08214",
    "Among its like": "#ca0020",
    "Among others": "#92c5de",
    "Heterogeneous": "#ca0020",
    "Homogeneous": "#0571b0",
    "Hot spot": "#ca0020",
    "Cold spot": "#0571b0",
    "New hot spot": "#ffeda0",
    "Consecutive hot spot": "#feb24c",
    "Intensifying hot spot": "#67000d",
    "Persistent hot spot": "#cb181d",
    "Diminishing hot spot": "#fb6a4a",
    "Sporadic hot spot": "#fcc5b0",
    "Oscillating hot spot": "#e78ac3",
    "Historical hot spot": "#a1705d",
    "New cold spot": "#ccece6",
    "Consecutive cold spot": "#66c2a4",
    "Intensifying cold spot": "#08306b",
    "Persistent cold spot": "#2171b5",
    "Diminishing cold spot": "#6baed6",
    "Sporadic cold spot": "#c6dbef",
    "Oscillating cold spot": "#8da0cb",
    "Historical cold spot": "#5e7d8a",
    "No pattern": "#ededed",
    "Not significant": "#ededed",
    "No neighbors": "#c9c0d3",
}
_UP, _DOWN, _PALE = "#ca0020", "#0571b0", "#dcdcdc"
#: Lightness of a line, at the most.
_SEEN = 0.63
_UNTESTED = CLUSTERS["No neighbors"]
TRENDS = {"rising": _UP, "falling": _DOWN, "no trend": _PALE, "not tested": _UNTESTED}
SHIFTS = {"up": _UP, "down": _DOWN, "no shift": _PALE}
MEMORY = {"persistent": "#e66101", "antipersistent": "#5e3c99", "like noise": _PALE}
BANDS = {"lagging": "#e66101", "synchronous": "#b8d8a8", "ahead": "#2b7bba"}
#: Kinds of interaction of two factors, from what weakens to what enhances most.
INTERACTIONS = {
    "Nonlinear weaken": "#2166ac",
    "Univariate weaken": "#92c5de",
    "Equal to the stronger": "#e0ecf4",
    "Bi-factor enhance": "#f4a582",
    "Independent": "#fff2b3",
    "Nonlinear enhance": "#b2182b",
}
PARTS = {"core": "#b30000", "periphery": "#fdd49e"}
#: Tapio's states: green where the driver grows faster, blue where both fall, red where the
#: pressure grows faster.
DECOUPLING = {
    "strong decoupling": "#1a7837",
    "weak decoupling": "#7fbf7b",
    "expansive coupling": "#d9f0d3",
    "expansive negative decoupling": "#fdae61",
    "recessive decoupling": "#2166ac",
    "recessive coupling": "#92c5de",
    "weak negative decoupling": "#f4a6c0",
    "strong negative decoupling": "#b2182b",
    "undefined": _PALE,
}
#: Who moved in the Moran scatterplot (Rey 2001).
MOVES = {
    "none": _PALE,
    "unit": "#fdae61",
    "neighbors": "#80b1d3",
    "both alike": "#1b7837",
    "both unlike": "#7b3294",
}
DIRECTIONS = {
    "unit rises, neighbors rise": _UP,
    "unit rises, neighbors stay": "#f4a582",
    "unit rises, neighbors fall": "#e6ab02",
    "unit stays, neighbors rise": "#fddbc7",
    "unit stays, neighbors stay": _PALE,
    "unit stays, neighbors fall": "#d1e5f0",
    "unit falls, neighbors rise": "#7570b3",
    "unit falls, neighbors stay": "#92c5de",
    "unit falls, neighbors fall": _DOWN,
}
#: Classes without an order, apart for color-blind readers (Okabe and Ito 2008), then others.
CATEGORIES = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#a6761d",
    "#222255", "#b2df8a", "#f0e442", "#882255", "#117733", "#cab2d6", "#aa4499", "#88ccee",
)  # fmt: skip
#: Three by three for two variables (rows: second, low to high; columns: first, low to
#: high): blue for the first alone, orange for the second alone, black where both are high
#: (after Stevens 2015, in the color-blind safe pair of blue and orange).
BIVARIATE = (
    ("#f3f3f3", "#b4d3e1", "#509dc2"),
    ("#f3e6b3", "#b3b3b3", "#376387"),
    ("#f3b300", "#b36600", "#101010"),
)


def categories(k: int) -> list[str]:
    """Give `k` colors of classes without an order.

    Raises
    ------
    ParameterError
        There are more classes than colors that a reader can tell apart.

    Examples
    --------
    >>> categories(2)
    ['#0072b2', '#d55e00']
    """
    if k > len(CATEGORIES):
        raise ParameterError(
            f"{k} classes are more than the {len(CATEGORIES)} colors that a reader can tell "
            "apart; put classes together, or draw figures"
        )
    return list(CATEGORIES[:k])


def ramp(palette: str, k: int) -> list[str]:
    """Give `k` colors of a scheme, from low to high.

    Diverging schemes run from blue or cool (low) to red or warm (high).

    Examples
    --------
    >>> ramp("Blues", 3)
    ['#dfecf7', '#68acd5', '#084a91']
    """
    colormap = scheme(palette)
    low, high = (0.04, 0.96) if palette in DIVERGING else (0.12, 0.9)
    if palette in ("viridis", "cividis"):
        low, high = 0.0, 1.0
    stops = np.linspace(low, high, k) if k > 1 else np.array([(low + high) / 2])
    return [to_hex(colormap(stop)) for stop in stops]


def drawn(fill: str) -> str:
    """Give a color of areas as a line or a dot has it: dark enough to be seen on white paper.

    Examples
    --------
    >>> drawn("#ca0020"), drawn("#dcdcdc")
    ('#ca0020', '#a1a1a1')
    """
    red, green, blue = to_rgb(fill)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    darker = _SEEN / light if light > _SEEN else 1.0
    return to_hex((red * darker, green * darker, blue * darker))


def middle(palette: str, center: float | None, low: float, high: float) -> float | None:
    """Give the figure at which the colors of a scheme part; None where they run one way.

    It is `center`, or zero where the figures of a two-ended scheme lie on both sides of it.

    Raises
    ------
    ParameterError
        A center was given to a scheme that runs one way.
    """
    if center is None:
        return 0.0 if palette in DIVERGING and low < 0 < high else None
    if palette not in DIVERGING:
        raise ParameterError(
            f"center={center!r} needs a palette with two ends: {', '.join(DIVERGING)}"
        )
    return float(center)


def class_colors(palette: str, edges: Sequence[float], center: float | None) -> list[str]:
    """Give the colors of classes between edges, of which those on either side of `center` differ.

    The pale middle is kept for a class that holds the center; without a center the
    colors run over all classes.

    Examples
    --------
    >>> class_colors("RdBu", [-1, 0, 1, 2], 0) == [ramp("RdBu", 5)[1], *ramp("RdBu", 5)[3:]]
    True
    """
    k = len(edges) - 1
    if center is None:
        return ramp(palette, k)
    below = sum(upper <= center for upper in edges[1:])
    above = sum(lower >= center for lower in edges[:-1])
    reach = max(below, above, 1)
    shades = ramp(palette, 2 * reach + 1)
    between = shades[reach : reach + k - below - above]
    return [*shades[reach - below : reach], *between, *shades[reach + 1 : reach + 1 + above]]


def scheme(palette: str) -> Colormap:
    """Give a scheme as a matplotlib colormap; red-blue ones turned so that red is high."""
    check_choice("palette", palette, get_args(Palette))
    turned = palette in ("RdBu", "RdYlBu", "PuOr")
    return mpl.colormaps[f"{palette}_r" if turned else palette]


def parted(fill: str) -> tuple[str, str]:
    """Part a fill into its color and its hatch; most have none.

    Examples
    --------
    >>> parted("#bdbdbd|xxxx"), parted("#333333")
    (('#bdbdbd', 'xxxx'), ('#333333', ''))
    """
    color, _, hatch = fill.partition("|")
    return color, hatch


def gray_grades(k: int) -> list[str]:
    """Give a gray to each of `k` grades, worst (light) to best (dark), the lower half hatched.

    Examples
    --------
    >>> gray_grades(4)
    ['#fcfcfc|xxxx', '#a8a8a8|xxxx', '#8f8f8f', '#1f1f1f']
    """
    low, high = np.linspace(0.99, 0.66, k // 2), np.linspace(0.56, 0.12, k - k // 2)
    shades = [to_hex((light, light, light)) for light in (*low, *high)]
    return [f"{shade}|{HATCH}" if i < k // 2 else shade for i, shade in enumerate(shades)]


def gray_clusters(kinds: Sequence[str]) -> dict[str, str]:
    """Give a gray to each kind of cluster: dark to light, those low or cold hatched.

    Examples
    --------
    >>> list(gray_clusters(["High-High", "Low-Low", "Not significant"]).values())
    ['#404040', '#b2b2b2|xxxx', '#fafafa']
    """
    cold = [kind for kind in kinds if kind.startswith("Low-") or "old spot" in kind]
    hot = [kind for kind in kinds if kind.startswith("High-") or "ot spot" in kind]
    fills = {
        kind: to_hex((light,) * 3) for kind, light in zip(hot, _spread(0.25, hot), strict=True)
    }
    fills |= {
        kind: f"{to_hex((light,) * 3)}|{HATCH}"
        for kind, light in zip(cold, _spread(0.7, cold), strict=True)
    }
    quiet = {"Other positive": "#c8c8c8", "Negative": "#e0e0e0", "No neighbors": "#fafafa|.."}
    return {kind: fills.get(kind, quiet.get(kind, "#fafafa")) for kind in kinds}


def _spread(dark: float, kinds: Sequence[str]) -> list[float]:
    return [float(light) for light in np.linspace(dark, min(dark + 0.5, 0.98), len(kinds) + 1)[:-1]]


def ink_on(color: Any) -> str:
    """Choose the ink that reads better on a color, black or white.

    Examples
    --------
    >>> ink_on("#ffff00"), ink_on("#00007f")
    ('#111111', 'white')
    """
    plain = parted(color)[0] if isinstance(color, str) else color
    red, green, blue = to_rgb(plain)
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.55 else "#111111"


def grade_colors(k: int) -> list[str]:
    """Give a color to each of `k` grades, worst (red) to best (blue).

    Examples
    --------
    >>> grade_colors(2)
    ['#b30d26', '#36479e']
    """
    colormap = mpl.colormaps[_GRADES]
    return [to_hex(colormap(stop)) for stop in np.linspace(0.03, 0.97, k)]
