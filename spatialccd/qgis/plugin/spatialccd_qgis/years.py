"""A layer of several years: one is drawn, and QGIS's temporal controller plays them all."""

from qgis.core import Qgis, QgsExpression

#: The layer's properties: the field of the times, and the time that is drawn.
FIELD, SHOWN = "spatialccd/time_field", "spatialccd/time_shown"


def labels(layer, field):
    """List the times of a layer in order."""
    place = layer.fields().lookupField(field)
    return sorted(v for v in layer.uniqueValues(place) if isinstance(v, (int, float, str)))


def year(field, times):
    """Give the expression of a year for each time: itself, or its place among other labels."""
    column = QgsExpression.quotedColumnRef(field)
    if all(_is_year(label) for label in times):
        return f"to_int({column})"
    words = ", ".join(QgsExpression.quotedString(str(label)) for label in times)
    return f"(2001 + array_find(array({words}), to_string({column})))"


def year_of(time, times):
    """Give the year that stands for one time."""
    if all(_is_year(label) for label in times):
        return int(float(time))
    return 2001 + [str(label) for label in times].index(str(time))


def moment(expression, rest):
    """Give the expression of a moment in a year."""
    return f"make_datetime({expression}, {rest})"


def make_temporal(layer, expression):
    """Have each row of a layer last for its year."""
    properties = layer.temporalProperties()
    properties.setMode(Qgis.VectorTemporalMode.FeatureDateTimeStartAndEndFromExpressions)
    properties.setStartExpression(moment(expression, "1, 1, 0, 0, 0"))
    properties.setEndExpression(moment(expression, "12, 31, 23, 59, 59"))
    properties.setIsActive(True)


def condition(layer, field, shown):
    """Give the expression of the rows to draw: of the map's year, or of the year shown.

    A map that plays knows its moment; any other draws `shown`, never all years at once.
    """
    times = labels(layer, field)
    return f"{year(field, times)} = coalesce(year(@map_start_time), {year_of(shown, times)})"


def remember(layer, field, shown):
    """Note in a layer which field holds its times, and which one is drawn."""
    layer.setCustomProperty(FIELD, field)
    layer.setCustomProperty(SHOWN, str(shown))


def shown_in(layer):
    """Give the time that is drawn of a layer of several; nothing for other layers."""
    return layer.customProperty(SHOWN, "") or ""


def _is_year(label):
    text = str(label)
    whole = text[:-2] if text.endswith(".0") else text
    return whole.isdigit() and 0 < int(whole) < 10000
