"""Every result is drawn by some figure, or there is a reason why not; and drawn to be read."""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import spatialccd as sc
from spatialccd import catalog
from spatialccd._result import Result
from spatialccd.errors import SpatialCCDWarning
from tests.test_alignment import CASES, _run
from tests.toys import Toys

_TOYS = Toys()
_FIGURES = [tool for tool in catalog.tools() if tool.returns in ("Figure", "Map")]

#: Results that no figure draws, and why.
NO_FIGURE = {
    "JoinReport": "labels and how they met: read in a table",
    "FilledPanel": "it is data; its columns are drawn as any other column",
    "ZonalPanel": "it is data; map_values draws its columns",
    "Scaled": "a step between indicators and scores; map_values draws its columns",
    "RegressionTable": "it is a table; chart_forest draws the regressions it is made of",
    "SpecificationTests": "tests of different kinds, on no common scale: read in a table",
    "Audit": "findings in words",
    "UnitMatrix": "it is data: what networks are made of and compared with",
    "ModelComparison": "figures of fit of a few models: read in a table",
    "PredictionComparison": "errors of a few models: read in a table",
    "TreeEnsemble": "chart_response_curves draws what it says along each feature",
    "GeoShapley": "parts on the rows of the data; map_values draws its columns",
}


@cache
def _results() -> dict[str, Any]:
    """Give one result of each class that the public functions give."""
    found: dict[str, Any] = {}
    for tool in catalog.tools():
        if tool.station == "report" or tool.name not in CASES or tool.returns in found:
            continue
        made = _run(tool.name, CASES[tool.name](_TOYS))
        if isinstance(made, Result):
            found.setdefault(type(made).__name__, made)
    cells = _TOYS.panel.reset_index(drop=True)  # read from files, it takes no labels
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpatialCCDWarning)
        found["CellDetector"] = sc.cell_detector(
            cells, "smoke", ["income", "schools", "forest"], k=3, n_permutations=19, seed=1
        )
    return found


def _takes(tool: catalog.Tool) -> set[str]:
    """Name the classes of results that a figure draws."""
    kinds = {kind for parameter in tool.data for kind in parameter.types}
    return {kind for kind in kinds if isinstance(getattr(sc, kind, None), type)}


def test_every_result_has_a_figure_or_a_reason_for_none() -> None:
    drawn = set().union(*(_takes(tool) for tool in _FIGURES))
    given = {tool.returns for tool in catalog.tools() if tool.station != "report"}
    results = {name for name in given if hasattr(sc, name) and hasattr(getattr(sc, name), "notes")}
    assert results - drawn - set(NO_FIGURE) == set()
    assert set(NO_FIGURE) & drawn == set()
    assert set(NO_FIGURE) <= results | {"JoinReport"}


_PAIRS = [
    (tool.name, kind)
    for tool in _FIGURES
    for kind in sorted(_takes(tool))
    if kind not in ("Result", "Figure", "Map")
]


def _drawn(name: str, kind: str, **wishes: Any) -> Any:
    """Draw one result by one tool, with what else the tool needs."""
    tool = catalog.tool(name)
    role = next(p for p in tool.data if kind in p.types)
    given = _results()[kind]
    others = {} if role.required or role.many else CASES[name](_TOYS)
    data = others | (
        {"areas": _TOYS.areas} if tool.returns == "Map" or name == "map_centers" else {}
    )
    arguments = {**data, "*": [given]} if role.many else {**data, role.name: given}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpatialCCDWarning)
        positional = arguments.pop("*", ())
        return getattr(sc, name)(
            *positional, **arguments, **(wishes | _WISHES.get((name, kind), {}))
        )


#: What a figure must be asked for to draw the toys' result at all.
_WISHES: dict[tuple[str, str], dict[str, Any]] = {
    ("map_classes", "Strata"): {"column": "income"},
    ("map_classes", "OptimalStrata"): {"column": "smoke"},
    ("chart_flows", "Strata"): {"column": "income"},
    ("chart_matrix", "EcologicalDetector"): {"time": "West, 2018"},
    ("chart_matrix", "GreyRelation"): {"time": "A00"},
    ("map_coefficients", "GTWR"): {"time": 2019},
    ("map_coefficients", "MGTWR"): {"time": 2019},
    ("map_risk", "RiskDetector"): {"time": 2018},
}


def _texts(figure: Any) -> list[Text]:
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def _leaves(figure: Any, text: Text, renderer: Any) -> bool:
    """Whether a text leaves the page by more than two dots."""
    box, page = text.get_window_extent(renderer), figure.bbox.padded(2)
    return box.x0 < page.x0 or box.y0 < page.y0 or box.x1 > page.x1 or box.y1 > page.y1


def _shown(figure: Any) -> set[str]:
    return {text.get_text() for text in _texts(figure)}


def _beyond(drawn: Any) -> list[str]:
    """Name the words that leave the page."""
    figure = drawn.figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    hidden = {
        id(label)
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
        for label in (tick.label1, tick.label2)
    }
    texts = [text for text in _texts(figure) if id(text) not in hidden]
    return [text.get_text() for text in texts if _leaves(figure, text, renderer)]


def _covered(drawn: Any) -> list[str]:
    """Name the axes and words outside that a legend of the sheet lies upon, by a dot or more."""
    figure = drawn.figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    others = {f"axes {ax.get_label()}": ax.get_window_extent(renderer) for ax in figure.axes}
    others |= {text.get_text(): text.get_window_extent(renderer) for text in figure.texts}
    return [
        name
        for legend in figure.legends
        for name, box in others.items()
        if box.width > 0 and legend.get_window_extent(renderer).padded(-1).overlaps(box)
    ]


@pytest.mark.parametrize(("name", "kind"), _PAIRS)
def test_chinese_words_are_chinese_and_on_the_page(name: str, kind: str) -> None:
    drawn = _drawn(name, kind, language="zh")
    assert not _beyond(drawn)
    assert not name.startswith("map_") or not _covered(drawn)
    words = {w for text in _shown(drawn.figure) for w in re.findall("[A-Za-z]{3,}", text)}
    assert not words - _OF_THE_DATA - _NAMES


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), _PAIRS)
def test_english_words_are_on_the_page(name: str, kind: str) -> None:
    assert not _beyond(_drawn(name, kind, language="en"))


#: Names that the toys' data bring.
_OF_THE_DATA = {
    "income", "schools", "smoke", "forest", "economy", "ecology", "West", "Central", "East",
    "near", "queen", "back", "distance", "Mercator", "Pseudo", "WGS", "size", "large", "small",
}  # fmt: skip
#: Names of people and methods that are the same in both languages.
_NAMES = {
    "ARIMA", "CRITIC", "Dagum", "Dunn", "ENP", "FDR", "GTWR", "Gini", "Holm", "Hurst", "Kruskal",
    "LISA", "MGWR", "QAP", "Sen", "Shapley", "Spearman", "TOPSIS", "VIKOR", "Wallis",
}  # fmt: skip
