"""Tools that take the result of another, as QGIS has them: in the other's form.

A QGIS user holds layers, not results. So a tool that goes on from one result is
an optional output of the algorithm that makes it (MGWR also gives its local
collinearity, from the one fit), and a tool that needs several results has the
fields of what makes them in its own form. Both follow from the catalog; the two
tables here hold what a signature cannot say.
"""

from __future__ import annotations

from typing import Any

from spatialccd import catalog
from spatialccd.qgis.pickers import filled_by_words, pickers, setting
from spatialccd.qgis.words import chinese, figures
from spatialccd.report.layers.drawn import LAYERS
from spatialccd.report.words.headings import STEPS

#: Tools that are neither an algorithm nor an output of one, and why.
LEFT_OUT = {
    "read_panel": "QGIS opens tables itself",
    "read_boundaries": "QGIS opens layers itself",
    "read_neighbors": "a weights file is chosen where the tool that needs neighbors asks for them",
    "write_neighbors": "neighbors are written as lines there, and as weights by spatialccd",
    "write_tables": "QGIS saves tables itself, and a study writes all of them",
    "write_geopackage": "QGIS saves layers itself, and a study writes all of them",
    "write_layer": "QGIS saves layers itself, into databases too",
    "figure_panel": "it puts finished figures on one page, and QGIS has print layouts for that",
    "write_page": "a page is about a whole study: run_study writes it",
    "cell_detector": "its cells are read from files in blocks and fill no layer: spatialccd has it",
    "audit": "it compares the printed tables of a paper, which are no layers: spatialccd audit",
}
#: Tools that take scores of several subsystems: what makes one, and how many there must be.
_OF_SYSTEMS = {
    "obstacle_degree": ("composite_index", 1),
    "bootstrap_coordination": ("composite_index", 2),
    "grey_coupling": ("composite_index", 2),
    "coupling_coordination": ("composite_index", 2),
}
#: Tools that take scores and have a second form beside, which makes the scores from indicators.
FROM_INDICATORS: dict[str, dict[str, Any]] = {
    "coupling_coordination": {
        "name": "coupling_from_indicators",
        "title": "Measure from indicators how far two to six subsystems rise together.",
        "zh": {
            "name": "耦合协调度（由指标计算）",
            "help": "由各子系统的指标一步得到综合指数与耦合协调度：每个子系统列出指标、方向与权重，"
            "指标标准化并赋权求和为得分，再计算 C、T、D 与协调等级。",
        },
    }
}
_MOST_SYSTEMS = 6
_SHOWN_SYSTEMS = 2
#: Tools that take several results on the same fields: what makes each, those chosen first.
_OF_SETS = {"combine_weights": ("entropy_weights", "critic_weights", "cv_weights", "equal_weights")}
_CHOSEN_SETS = 2
#: Tools that take results of two kinds: what makes each parameter.
_OF_TWO = {"combine_neighbors": {"first": "neighbors", "second": "economic_neighbors"}}
#: What holds a table of covariates.
_COLUMNS = frozenset(["Columns", "UnitColumns"])
_PARTS_ZH = {"first": "第一个", "second": "第二个"}
#: Settings that mean the same in both tools of a pair, and are asked once.
_COMMON = frozenset(["seed", "n_jobs", "language"])
#: What else a result draws, by part.
_PART_TITLES = {
    "moves": "The moves from each center to the next, as lines.",
    "links": "A line from each unit to each of its neighbors, with its weight.",
}
_PART_NAMES = {"moves": "重心移动", "links": "邻接连线"}


def is_composed(tool: catalog.Tool) -> bool:
    """Whether a tool is an algorithm whose form has the fields of other tools."""
    composed = {**_OF_SYSTEMS, **_OF_SETS, **_OF_TWO}
    return tool.name in composed and tool.name not in FROM_INDICATORS


def followers(tool: catalog.Tool) -> list[catalog.Tool]:
    """List the tools that go on from what `tool` gives, and from nothing else but its layer.

    Examples
    --------
    >>> [t.name for t in followers(catalog.tool("risk_detector"))]
    ['map_risk']
    """
    return [t for t in catalog.tools() if tool.returns in _takes(t)]


def also(tool: catalog.Tool) -> list[dict[str, Any]]:
    """Describe the optional outputs of a tool: the tools that follow, and what it draws."""
    own = {p.name for p in tool.settings} & _COMMON
    parts = [part for part in LAYERS.get(tool.returns, ()) if part]
    return [
        {
            "name": follower.name,
            "part": False,
            "title": follower.title,
            "zh": chinese(follower.name),
            "draws": follower.returns in ("Map", "Figure"),
            "settings": [
                {**setting(p, follower.name), "advanced": True}
                for p in follower.settings
                if p.name not in own
            ],
            "shared": [p.name for p in follower.settings if p.name in own],
            "places": _places(tool, follower),
        }
        for follower in followers(tool)
    ] + [
        {
            "name": part,
            "part": True,
            "title": _PART_TITLES[part],
            "zh": {"name": _PART_NAMES[part], "help": figures.TEXTS[part]},
            "draws": False,
            "settings": [],
            "shared": [],
            "places": None,
        }
        for part in parts
    ]


def before(tool: catalog.Tool) -> dict[str, Any] | None:
    """Describe the steps that a form asks for before the tool itself.

    Returns
    -------
    dict or None
        ``steps``, each with its own pickers and settings; ``shared``, the
        settings asked once for all of them, and the ``prefix`` of their names.
    """
    if tool.name in _OF_SYSTEMS and tool.name not in FROM_INDICATORS:
        return of_systems(tool.name)
    if tool.name in _OF_SETS:
        return _of_sets([catalog.tool(maker) for maker in _OF_SETS[tool.name]])
    if tool.name in _OF_TWO:
        return _of_two({name: catalog.tool(maker) for name, maker in _OF_TWO[tool.name].items()})
    return None


def of_systems(name: str) -> dict[str, Any]:
    """Ask for the indicators of each subsystem, and once for how their scores are made."""
    maker_name, least = _OF_SYSTEMS[name]
    maker = catalog.tool(maker_name)
    entries = [setting(p, maker.name) for p in maker.settings]
    (directions,) = (entry for entry in entries if entry["words"])
    steps = [
        {
            **_step(f"system{i}", maker, f"Subsystem {i}"),
            "zh": {"label": f"子系统 {i}"},
            "indicators": directions,
            "taken": "always" if i <= least else "if filled",
            "named": True,
            "advanced": i > _SHOWN_SYSTEMS,
        }
        for i in range(1, _MOST_SYSTEMS + 1)
    ]
    shared = [entry for entry in entries if not entry["words"]]
    return {"steps": steps, "shared": shared, "prefix": maker.name + "_"}


def _of_sets(makers: list[catalog.Tool]) -> dict[str, Any]:
    """Ask once for the fields, and which of the tools to use on them."""
    steps = [
        {**_step(maker.name, maker, maker.title.rstrip(".")), "taken": "if ticked",
         "zh": {"label": STEPS.get(maker.name, "")}, "ticked": i < _CHOSEN_SETS}
        for i, maker in enumerate(makers)
    ]  # fmt: skip
    entries = [setting(p, makers[0].name) for p in makers[0].settings]
    shared = [entry for entry in entries if entry["words"]]
    return {"steps": steps, "shared": shared, "prefix": ""}


def _of_two(makers: dict[str, catalog.Tool]) -> dict[str, Any]:
    """Ask for all that makes each of the two."""
    steps = [
        {
            **_step(parameter, maker, parameter.capitalize()),
            "zh": {"label": _PARTS_ZH[parameter]},
            "columns": pickers(maker),
            "settings": [
                {**setting(p, maker.name), "advanced": i > 0} for i, p in enumerate(maker.settings)
            ],
            "fits": parameter,
        }
        for parameter, maker in makers.items()
    ]
    return {"steps": steps, "shared": [], "prefix": ""}


def _step(name: str, maker: catalog.Tool, label: str) -> dict[str, Any]:
    """Describe a step that is always taken, and asks for nothing."""
    return {
        "name": name,
        "tool": maker.name,
        "label": label,
        "zh": {},
        "columns": [],
        "indicators": None,
        "settings": [],
        "fills": filled_by_words(maker),
        "fits": None,
        "taken": "always",
        "ticked": False,
        "named": False,
        "advanced": False,
    }


def _takes(tool: catalog.Tool) -> frozenset[str]:
    """Name the classes of the one result that a tool goes on from; none for other tools."""
    if is_composed(tool) or tool.name in LEFT_OUT:
        return frozenset()
    needed = [p for p in tool.data if p.required or p.many == "unnamed"]
    results = [p for p in needed if p.role == "result"]
    return frozenset(results[0].types) if len(results) == 1 else frozenset()


def _places(tool: catalog.Tool, follower: catalog.Tool) -> dict[str, Any] | None:
    """Say which columns a tool wants at new places, for one that goes on with other rows."""
    wanted, own = (
        next((p for p in one.data if p.required and _COLUMNS & set(p.types)), None)
        for one in (follower, tool)
    )
    if wanted is None or own is None:
        return None
    told = setting(wanted, follower.name)
    return {"columns": wanted.name, "of": own.name, "help": told["help"], "zh": told["zh"]}
