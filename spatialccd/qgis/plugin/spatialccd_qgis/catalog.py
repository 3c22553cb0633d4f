"""The tools, as the package wrote them down in ``catalog.json``."""

import json
from functools import lru_cache
from pathlib import Path

from .texts import language

STATIONS = {
    "data": "1 Data",
    "index": "2 Index",
    "coupling": "3 Coupling coordination",
    "dynamics": "4 Dynamics",
    "efficiency": "5 Efficiency",
    "association": "6 Spatial association",
    "network": "7 Networks",
    "drivers": "8 Drivers",
    "report": "9 Maps for print",
    "study": "9 Study",
}
_STATIONS_ZH = {
    "data": "1 数据",
    "index": "2 指数",
    "coupling": "3 耦合协调",
    "dynamics": "4 时空演变",
    "efficiency": "5 效率",
    "association": "6 空间关联",
    "network": "7 网络",
    "drivers": "8 驱动因素",
    "report": "9 制图",
    "study": "9 整个研究",
}
#: Words of tools' names that are not written small.
_WORDS = {
    "gwr": "GWR", "mgwr": "MGWR", "gtwr": "GTWR",
    "mgtwr": "MGTWR", "dea": "DEA", "sbm": "SBM", "ahp": "AHP",
    "cv": "CV", "critic": "CRITIC", "lisa": "LISA", "gm11": "GM(1,1)", "moran": "Moran",
    "geary": "Geary", "getis": "Getis-", "ord": "Ord", "gini": "Gini", "dagum": "Dagum",
    "theil": "Theil", "markov": "Markov", "tobit": "Tobit", "malmquist": "Malmquist",
    "gozh": "GOZH", "lesh": "LESH", "rgd": "RGD", "spade": "SPADE", "idsa": "IDSA",
    "sesu": "SESU", "losh": "LOSH", "shapley": "Shapley", "topsis": "TOPSIS", "vikor": "VIKOR",
    "gra": "GRA", "pca": "PCA", "qap": "QAP", "mrqap": "MRQAP", "concor": "CONCOR",
    "mann": "Mann-", "kendall": "Kendall", "pettitt": "Pettitt", "hurst": "Hurst", "lee": "Lee",
}  # fmt: skip


@lru_cache(maxsize=None)
def catalog():
    """Read tools, neighbor settings and styles."""
    return json.loads((Path(__file__).parent / "catalog.json").read_text(encoding="utf-8"))


def tools():
    """List the tools in the order of a study."""
    return catalog()["tools"]


@lru_cache(maxsize=None)
def _chinese_names():
    found = {}
    for tool in tools():
        found[tool["name"]] = tool["zh"].get("name")
        for other in tool["also"]:
            found.setdefault(other["name"], other["zh"].get("name"))
        for step in tool["before"]["steps"] if tool["before"] else []:
            found.setdefault(step["tool"], None)
    return found


@lru_cache(maxsize=None)
def calls():
    """List what the console can call: tools, and those that go on from another's result.

    Returns
    -------
    dict of str to list of dict
        By name: the tools whose algorithm gives it, the tool itself or several others.
    """
    found = {tool["name"]: [tool] for tool in tools()}
    for tool in tools():
        for other in tool["also"]:
            if not other["part"]:
                found.setdefault(other["name"], []).append(tool)
    return found


def group(station, question=""):
    """Give the heading that the tools of a station, or of one of its questions, stand under.

    >>> group("dynamics", "How unequal?")
    '4 Dynamics: How unequal?'
    """
    chinese = language() == "zh"
    heading = (_STATIONS_ZH if chinese else STATIONS).get(station, station.capitalize())
    if not question:
        return heading
    asked = catalog()["questions_zh"].get(question, question) if chinese else question
    return f"{heading}：{asked}" if chinese else f"{heading}: {asked}"


def group_id(station, question=""):
    """Give the key of that heading: letters and numbers only, whatever the language.

    >>> group_id("dynamics", "How unequal?")
    'dynamics_how_unequal'
    """
    words = "".join(c if c.isalnum() else " " for c in question.lower()).split()
    return "_".join([station, *words])


def display_name(name):
    """Give a tool's name as it is written in a sentence, in QGIS's language.

    >>> display_name("local_getis_ord")
    'Local Getis-Ord'
    """
    if language() == "zh" and _chinese_names().get(name):
        return _chinese_names()[name]
    words = [_WORDS.get(word, word) for word in name.split("_")]
    text = " ".join(words).replace("- ", "-")
    return text[0].upper() + text[1:]
