"""Chinese of the errors that a user of QGIS meets most; others stay in English.

As in the report's sentences the English template is the key, ``{}`` is what it is about.
What QGIS's own side says stands here; what tools raise in ``errors.txt``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ERRORS = {
    # of layers and fields
    "the field {} must hold numbers, not {}; {}": "字段 {} 必须是数值，而非 {}；{}",
    "the field {} must hold numbers, not {}": "字段 {} 必须是数值，而非 {}",
    "there is no feature to work on: the layer or its selection is empty": (
        "没有可用的要素：图层或其选择集为空"
    ),
    "{} features have no code in the unit or time field; fill the field, select others, or leave "
    "them out by a filter": "{} 个要素的单元或年份字段为空；请补全、另行选择，或用过滤器排除",
    "the unit field holds the same unit more than once: {}; choose the time field too, or a field "
    "whose codes are unique": (
        "单元字段中有重复的单元：{}；请同时选择年份字段，或选择代码唯一的字段"
    ),
    "the unit field holds the same unit more than once: {}; keep one row for each, or a field "
    "whose codes are unique": (
        "单元字段中有重复的单元：{}；请每个单元每年只留一行，或选择代码唯一的字段"
    ),
    "{}: {} features have no geometry: {}; delete them or leave them out by a filter": (
        "{}：{} 个要素没有几何：{}；请删除，或用过滤器排除"
    ),
    "{} needs to know where the units are; choose a layer with geometry, or a layer of boundaries "
    "beside the table": "{} 需要单元的位置；请选择有几何的图层，或在表之外选择边界图层",
    "join needs a layer of boundaries beside the table; choose one": (
        "数据连接需要表之外的边界图层；请选择"
    ),
    # of values
    "{} has missing or infinite values: {}; {}": "{} 有缺失或无穷值：{}；{}",
    "{} has missing values: {}; {}": "{} 有缺失值：{}；{}",
    "{} is not numeric; {}": "{} 不是数值；{}",
    "{} has no variation": "{} 没有变化",
    "fill them, or leave these features out by a selection or a filter": (
        "请补全，或用选择、过滤器排除这些要素"
    ),
    "choose another method under Neighbors": "请在“邻接”下选择其他方法",
    "leave the year field empty, or choose a table of several years": (
        "请不要选择年份字段，或选择多年的表"
    ),
    "choose the year field, and the one year to use": "请选择年份字段，以及要用的一年",
    "choose the unit field and the year field, or filter the layer to one year": (
        "请选择单元字段与年份字段，或将图层过滤为一年"
    ),
    "reproject the layer first (Vector > Data Management Tools > Reproject Layer) to a plane in "
    "meters, such as {}": "请先将图层重投影到以米为单位的平面坐标系，如 {}（矢量 > 数据管理工具）",
    "reproject the layer first (Vector > Data Management Tools > Reproject Layer) to a plane in "
    "meters": "请先将图层重投影到以米为单位的平面坐标系（矢量 > 数据管理工具）",
    "set it in the layer's properties, under Source": "请在图层属性的“源”中设置",
    "state the right one in the layer's properties, under Source": "请在图层属性的“源”中改正",
    "use Vector geometry > Swap X and Y coordinates of the Processing toolbox": (
        "请用处理工具箱的“交换 X 与 Y 坐标”"
    ),
    "tick that the places are taken into account, or choose islands = apart": (
        "请勾选“考虑单元的位置”，或将孤岛的处理设为 apart"
    ),
    "make numbers of it with the field calculator (to_real), or name it under categorical": (
        "请用字段计算器（to_real）转为数值，或列入类别字段"
    ),
    "for one place over time choose the year as the code of the unit, and no year field": (
        "若是同一地方的多年数据，请将年份选作单元代码，不选年份字段"
    ),
    # of settings
    "{}: {} must be one of {}, not {}; did you mean {}?": (
        "{}：{} 须为 {} 之一，而非 {}；是否为 {}？"
    ),
    "{}: {} must be one of {}, not {}": "{}：{} 须为 {} 之一，而非 {}",
    "time={} is not in the panel; it has {}": "年份 {} 不在表中；有 {}",
    "no column is called {}; there are {}": "没有名为 {} 的字段；有 {}",
    "no column is called {}; did you mean {}?": "没有名为 {} 的字段；是否为 {}？",
    # of the process
    "spatialccd failed: {}": "spatialccd 出错：{}",
    "{} was not made: {}": "未能生成 {}：{}",
}


#: What stands between several errors of one text, and the same in Chinese.
_BETWEEN = {". ": "。", "; ": "；"}
#: What a template names: first without such signs, so that it does not run on into the next error.
_NAME, _ANYTHING = r"((?:(?!; |\. ).)*?)", "(.*?)"


@cache
def library() -> dict[str, str]:
    """Read the Chinese of the errors that tools raise.

    Examples
    --------
    >>> library()["y is constant: there is nothing to explain"]
    'y 为常数：无可解释'
    """
    lines = Path(__file__).with_name("errors.txt").read_text(encoding="utf-8").splitlines()
    told = (line.partition(" | ") for line in lines if line and not line.startswith("#"))
    return {english: chinese for english, _, chinese in told}


def retell(text: str, language: str) -> str:
    """Give an error in a language; one without an entry is told by the report's words, or stays.

    Examples
    --------
    >>> retell("the field 'a' must hold numbers, not x", "zh")
    "字段 'a' 必须是数值，而非 x"
    """
    if language == "en":
        return text
    told = _told(text, _NAME) or _joined(text) or _told(text, _ANYTHING)
    if told is not None:
        return told
    from spatialccd.report.words.sentences import retell as other  # pandas: seconds

    told = other(text, "zh")
    if told == text and "; " in text:
        return "；".join(retell(part, language) for part in text.split("; "))
    return told


def _told(text: str, named: str) -> str | None:
    """Give one error by its template, or None where it has none; `named` is what {} stands for."""
    for pattern, chinese in _patterns(named):
        found = pattern.fullmatch(text)
        if found:
            return chinese.format(*(retell(part, "zh") for part in found.groups()))
    return None


def _joined(text: str) -> str | None:
    """Give several errors of one text, each by its template, or None where one has none."""
    for sign in _BETWEEN:
        for at in reversed([found.start() for found in re.finditer(re.escape(sign), text)]):
            if (first := _told(text[:at], _NAME)) is None:
                continue
            rest = text[at + len(sign) :]
            if (others := _told(rest, _NAME) or _joined(rest)) is not None:
                return first + _BETWEEN[sign] + others
    return None


@cache
def _patterns(named: str) -> list[tuple[re.Pattern[str], str]]:
    """Compile the templates, the longest first: it says most of what it matches."""
    told = {**library(), **ERRORS}
    return [
        (re.compile(re.escape(template).replace(r"\{\}", named)), told[template])
        for template in sorted(told, key=len, reverse=True)
    ]
