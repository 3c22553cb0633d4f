"""Which fields look like the code of a unit and its year, and whether a layer repeats areas.

Told by names, types and repeats, so that a panel is not taken for a cross-section whose
units are each other's neighbors in every other year.
"""

import re

from qgis.core import NULL, QgsFeatureRequest, QgsWkbTypes

_TIME = re.compile(
    r"^(year|years|yr|time|date|month|quarter|period|年|年份|年度|时间|日期|时期)$", re.IGNORECASE
)
_UNIT = re.compile(
    r"^(.*code|geoid|.*fips|unit|unit_?id|id|areakey|region_?id|.*代码|编码|区划码|行政区划.*|.*name.*|"
    r"名称|.*名称|省|市|县|省份|城市|地区|province|city|county|state)$",
    re.IGNORECASE,
)
_YEARS = range(1800, 2201)
#: Rows looked at; a guess from so many holds for the rest.
_MOST = 20000


class Guess:
    """What a layer looks like.

    Attributes
    ----------
    unit, time : str
        Fields that look like the unit and the year; empty where none does.
    """

    def __init__(self, unit="", time=""):
        self.unit = unit
        self.time = time


def fields_of(source):
    """Guess the fields of unit and year of a layer or a source.

    Parameters
    ----------
    source : QgsVectorLayer or QgsProcessingFeatureSource

    Returns
    -------
    Guess
    """
    names = [field.name() for field in source.fields()]
    columns = _columns(source, names)
    if not columns or not next(iter(columns.values())):
        return Guess()
    for time in _times(names, columns):
        for unit in _units(names, columns):
            if unit != time and _keys(columns[unit], columns[time]):
                return Guess(unit, time)
    for unit in _units(names, columns):
        if _UNIT.match(unit) and len(set(columns[unit])) == len(columns[unit]):
            return Guess(unit)
    return Guess()


def figures_of(layer, found, texts):
    """List the fields of a layer that may be figures: what tells rows apart is none.

    Parameters
    ----------
    layer : QgsVectorLayer
    found : Guess
        Its unit and year.
    texts : list of str
        Text fields whose values are numbers.
    """
    keys = {layer.fields().at(place).name() for place in layer.primaryKeyAttributes()}
    aside = {found.unit, found.time, *keys}
    return [
        field.name()
        for field in layer.fields()
        if field.name() not in aside and (field.isNumeric() or field.name() in texts)
    ]


def repeated(source):
    """Count the areas that a source draws more than once, and the rows that draw them.

    Points may well lie at one place; they count only where unit and year tell them apart.

    Returns
    -------
    tuple of int
        Shapes, and rows.
    """
    seen = {}
    for feature in source.getFeatures(QgsFeatureRequest().setNoAttributes()):
        if feature.hasGeometry():
            key = bytes(feature.geometry().asWkb())
            seen[key] = seen.get(key, 0) + 1
    copies = [count for count in seen.values() if count > 1]
    if QgsWkbTypes.geometryType(source.wkbType()) != QgsWkbTypes.GeometryType.PolygonGeometry:
        whole = seen and len(copies) == len(seen) and len(set(seen.values())) == 1
        if not (whole and fields_of(source).time):
            return 0, 0
    return len(copies), sum(copies)


def numbers_in_text(source):
    """List the text fields whose values are all numbers, as of a CSV file that OGR opened."""
    fields = [f.name() for f in source.fields() if not f.isNumeric() and f.typeName() != "Date"]
    columns = _columns(source, fields)
    return [
        name
        for name in fields
        if any(v not in (None, "") for v in columns[name])
        and all(v in (None, "") or _number(v) is not None for v in columns[name])
    ]


def _columns(source, names):
    """Read the values of some fields, of the first rows."""
    places = [source.fields().lookupField(name) for name in names]
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry).setLimit(_MOST)
    rows = [feature.attributes() for feature in source.getFeatures(request)]
    return {
        name: [None if row[place] == NULL else row[place] for row in rows]
        for name, place in zip(names, places)
    }


def _times(names, columns):
    """List the fields that may be years: by name first, then by their values."""
    named = [n for n in names if _TIME.match(n) and _repeats(columns[n])]
    return named + [n for n in names if n not in named and _years(columns[n])]


def _units(names, columns):
    """List the fields that may be codes: by name first, then text, then whole numbers."""
    whole = [n for n in names if all(_is_label(v) for v in columns[n])]
    return sorted(
        whole,
        key=lambda n: (
            not _UNIT.match(n),
            "name" in n.lower() or "名" in n,  # codes before names
            not all(isinstance(v, str) for v in columns[n]),
        ),
    )


def _keys(units, times):
    """Whether unit and year tell all rows apart, and most units have several years."""
    pairs = set(zip(units, times))
    count = len(set(units))
    return len(pairs) == len(units) and count > 1 and len(units) >= 1.5 * count


def _years(values):
    found = [_number(v) for v in values]
    return all(v is not None and v % 1 == 0 and int(v) in _YEARS for v in found) and _repeats(
        values
    )


def _repeats(values):
    return None not in values and 1 < len(set(map(str, values))) < len(values)


def _is_label(value):
    if isinstance(value, bool) or value in (None, ""):
        return False
    return isinstance(value, (int, str)) or (isinstance(value, float) and value % 1 == 0)


def _number(value):
    """Give a value as a number; None where it is none."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
