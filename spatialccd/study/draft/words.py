"""What the names of columns say: codes and names of units, times, directions, subsystems."""

from __future__ import annotations

import re

_CODE = re.compile(
    r"(?i)(^|_)(adcode|code|fips|geoid\d*|gbcode|countyfp|areakey|nuts_?id|iso_?a?3?|dm|id|no)$"
    r"|代码|编码|区划码|行政区划"
)
_UNIT = re.compile(
    r"(?i)(^|_)(unit|units|name|names|region|province|prefecture|city|county|district|state|area"
    r"|areas|geo|geography|geoname|country|country name|place|dmus?)(_?(zh|cn|en|name))?$"
    r"|\\time_period$|地区|省|市$|城市|区县|县|区域|名称|单元|国家"
)
_TIME = re.compile(
    r"(?i)^(year|years|yr|time|date|period|quarter|month|time_?period|annee|jahr)$"
    r"|年份|年度|^年$|时间|日期|季度|月份|时期"
)
#: Less is better: harm, want, and what is used up.
_COST = re.compile(
    r"(?i)unempl|emission|pollut|waste|sewage|discharge|(^|_)(so2|co2|nox|cod|pm2\.?5|pm10)"
    r"|smoke|dust|crime|homicid|mortal|death|poverty|(^|_|pct)pov|poor|illiter|litr$|disease"
    r"|depress|divorce|dvrc|accident|debt|deficit|inequal|gini|pesticid|fertiliz|plastic_film"
    r"|mulch|diesel|energy_(use|cons|intens)|consumption_of_(energy|water|coal)|drought|erosion"
    r"|bdel|noinsur|nohealthins"
    r"|失业|排放|污染|废水|废气|废物|固废|污水|粉尘|烟尘|二氧化|氮氧|能耗|煤耗|水耗|犯罪|死亡|贫困"
    r"|文盲|离婚|事故|负债|债务|赤字|差距|基尼|农药|化肥|农膜|地膜|薄膜|柴油|荒漠|侵蚀|灾"
)
#: Neither is better by itself: sizes, shares of kinds of people, of land, of ages.
_NEITHER = re.compile(
    r"(?i)^(popu?|population|totpop\d*|area|ages?_.*|.*_wm|.*ethnic.*|hhld.*)$"
    r"|black|white|hispanic|asian|foreign|elderly|(^|_|pct)(fb|eld)$"
    r"|性别比|民族|家庭户规模"
)
#: Where a unit lies is no indicator of it.
_COORDINATE = re.compile(
    r"(?i)^(x|y|z|lat|latitude|lon|lng|long|longitude?|utm_?[xy]|(centroid|coord)_?[xy]|[xy]_?coord)$"
    r"|^(经度|纬度)"
)
#: Subsystems by what their names hold, the most telling first; names in English and Chinese.
SYSTEMS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (english, chinese, re.compile(pattern, re.IGNORECASE))
    for english, chinese, pattern in (
        (
            "environment",
            "生态环境",
            r"emission|pollut|waste|sewage|so2|co2|nox|pm2|pm10|smoke|dust|forest|green|ecolog"
            r"|environ|water_q|wetland|air|pesticid|fertiliz|mulch|plastic|diesel|ndvi"
            r"|排放|污染|废|污水|尘|二氧化|森林|绿|生态|环境|湿地|空气|农药|化肥|膜|柴油|植被",
        ),
        (
            "innovation",
            "科技创新",
            r"patent|(^|_)rd_|r&d|scitech|tech|hitech|innovat|专利|研发|科技|技术|创新|高新",
        ),
        (
            "economy",
            "经济发展",
            r"gdp|product|income|revenue|invest|capital|wage|trade|export|industr|consum|fiscal"
            r"|budget|machin|生产总值|产值|收入|财政|投资|工资|进出口|消费|经济|工业|农机|机耕",
        ),
        (
            "society",
            "社会发展",
            r"educ|school|doctor|hospital|health|house|hous_|insur|library|road|school|empl"
            r"|教育|学校|医|卫生|保险|住房|道路|图书|就业|社会",
        ),
        ("population", "人口", r"popu?|urban|density|migra|age|人口|城镇|城市化|密度"),
    )
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def is_code(name: str) -> bool:
    """Whether a column is called like one of codes.

    Examples
    --------
    >>> is_code("adcode"), is_code("行政区划代码"), is_code("income")
    (True, True, False)
    """
    return _CODE.search(name) is not None


def is_unit(name: str) -> bool:
    """Whether a column is called like one of places."""
    return _UNIT.search(name) is not None


def is_time(name: str) -> bool:
    """Whether a column is called like one of times."""
    return _TIME.search(name) is not None


def is_coordinate(name: str) -> bool:
    """Whether a column is called like one of coordinates."""
    return _COORDINATE.search(name) is not None


def is_han(text: str) -> bool:
    """Whether a text holds Chinese characters."""
    return _HAN.search(text) is not None


def direction(name: str) -> str | None:
    """Guess whether more of a column is better; None where neither is.

    Examples
    --------
    >>> direction("unemployment_rate"), direction("废水排放量"), direction("gdp"), direction("pop")
    ('cost', 'cost', 'benefit', None)
    """
    if _NEITHER.search(name):
        return None
    return "cost" if _COST.search(name) else "benefit"


def system(name: str, chinese: bool) -> str | None:
    """Guess which subsystem a column belongs to.

    Examples
    --------
    >>> system("forest_share", False), system("人均生产总值", True), system("x1", False)
    ('environment', '经济发展', None)
    """
    for english, own, pattern in SYSTEMS:
        if pattern.search(name):
            return own if chinese else english
    return None
