"""How result layers are drawn: grades of D, clusters, coefficients, figures."""

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsClassificationRange,
    QgsExpression,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsLineSymbol,
    QgsMapLayerStyle,
    QgsMarkerSymbol,
    QgsProcessingLayerPostProcessorInterface,
    QgsRendererCategory,
    QgsRendererRange,
    QgsRuleBasedRenderer,
    QgsSingleSymbolRenderer,
    QgsSymbol,
    QgsWkbTypes,
)
from qgis.PyQt.QtXml import QDomDocument

from . import provenance, years
from .catalog import catalog
from .texts import language, say

#: The property of a layer that has a style for each coefficient, called after its covariate.
COEFFICIENTS = "spatialccd/coefficients"
#: Classes on each side of zero.
_SIDE = 3
#: Columns that say what a row is about, and are no figures.
_LABELS = ("unit", "time")
#: Columns shown before others of a result, which may begin with what went into it.
_FIRST = ("D", "ratio", "gm11", "degrees", "tfpch")
_SEQUENTIAL = ("#ffffd9", "#c7e9b4", "#41b6c4", "#225ea8", "#081d58")


def apply(layer, names, style="", time=""):
    """Style a result layer by what its columns are.

    Parameters
    ----------
    layer : QgsVectorLayer
        The result.
    names : dict of str to str
        The layer's field of each column of the result.
    style : str, optional
        A style in the words of QGIS, of a result that draws itself.
    time : str, optional
        The field of the year, where a layer has a row for each unit and year: the last is
        drawn, or that of a map which plays.

    Returns
    -------
    bool
        Whether anything was there to style.
    """
    if not layer.isSpatial():
        return False
    if style:
        document = QDomDocument()
        document.setContent(style)
        layer.importNamedStyle(document)
        layer.triggerRepaint()
        return True
    shown = _last(layer, time)
    # Before the styles: each keeps what a layer knew when it was made.
    _tell_years(layer, time, shown)
    coefficients = [name for name in names if name.startswith("coef_")]
    if coefficients and "predicted" not in names:
        _apply_coefficients(layer, names, coefficients, time if shown else "")
        return True
    renderer = _renderer(layer, names)
    if renderer is None:
        return False
    if shown:
        _of_one_year(layer, renderer, time, shown)
    layer.setRenderer(renderer)
    layer.triggerRepaint()
    return True


def _last(layer, time):
    """Give the last of several times; nothing where there is one or none."""
    if not time or layer.fields().lookupField(time) < 0:
        return ""
    found = years.labels(layer, time)
    return found[-1] if len(found) > 1 else ""


def _of_one_year(layer, renderer, time, shown):
    """Have a renderer draw the rows of one year only: of others it sees no value."""
    field = QgsExpression.quotedColumnRef(renderer.classAttribute())
    rule = years.condition(layer, time, shown)
    renderer.setClassAttribute(f"if({rule}, {field}, NULL)")


def _tell_years(layer, time, shown):
    """Make a layer of several years temporal, and note the one that is drawn."""
    if shown:
        years.make_temporal(layer, years.year(time, years.labels(layer, time)))
        years.remember(layer, time, shown)


def pale(layer):
    """Give the style, in the words of QGIS, of a layer that lies beneath a result."""
    copy = layer.clone()
    copy.setRenderer(QgsSingleSymbolRenderer(_symbol(copy, catalog()["styles"]["ground"])))
    style = QgsMapLayerStyle()
    style.readFromLayer(copy)
    return style.xmlData()


class Styler(QgsProcessingLayerPostProcessorInterface):
    """Styles a layer when Processing has put it into the project."""

    #: Processing keeps no reference to a post-processor of Python: we do, until it ran.
    _waiting = []

    def __init__(self, names, style, time, aliases, made):
        super().__init__()
        self._names = names
        self._style = style
        self._time = time
        self._aliases = aliases
        self._made = made

    @classmethod
    def kept_for(cls, *about):
        """Make a styler that lives until its layer is loaded."""
        styler = cls(*about)
        cls._waiting.append(styler)
        return styler

    def postProcessLayer(self, layer, context, feedback):
        for field, alias in self._aliases.items():
            place = layer.fields().lookupField(field)
            if place >= 0:
                layer.setFieldAlias(place, alias)
        provenance.write(layer, self._made)
        apply(layer, self._names, self._style, self._time)
        if self in Styler._waiting:
            Styler._waiting.remove(self)


def _renderer(layer, names):
    """Choose the first style that fits: clusters, grades, a column of figures, or of kinds."""
    styles = catalog()["styles"]
    if "cluster" in names:
        found = _values(layer, names["cluster"])
        kinds = [(k, _told(k), color) for k, color in styles["clusters"].items() if k in found]
        return _categories(layer, names["cluster"], kinds)
    if "grade" in names:
        ten = [
            (
                g["label"],
                _interval(g["label"], g["lower"], upper),
                g["color"],
            )
            for g, upper in zip(styles["grades"], _upper_bounds(styles["grades"]))
        ]
        field = names["grade"]
        known = {label for label, _, _ in ten}
        if _values(layer, field) <= known:
            return _categories(layer, field, ten)
    shown = [column for column in _FIRST if column in names]
    for column in [*shown, *(c for c in names if c not in _LABELS)]:
        if layer.fields().at(layer.fields().lookupField(names[column])).isNumeric():
            return _graduated(layer, names[column])
    for column in (c for c in names if c not in _LABELS):
        found = sorted(_values(layer, names[column]))
        if 0 < len(found) <= len(styles["kinds"]):
            kinds = [(kind, kind, color) for kind, color in zip(found, styles["kinds"])]
            return _categories(layer, names[column], kinds)
    return None


def _upper_bounds(grades):
    return [grade["lower"] for grade in grades[1:]] + [1.0]


def _told(label):
    """Give what a class is called in QGIS's language."""
    return catalog()["styles"]["labels_zh"].get(label, label) if language() == "zh" else label


def _interval(label, lower, upper):
    """Write the bounds of a grade; the last holds 1 too."""
    return "{} [{:g}, {:g}{}".format(_told(label), lower, upper, "]" if upper == 1 else ")")


def _apply_coefficients(layer, names, coefficients, time=""):
    """Give a named style to every coefficient; show that of the first covariate."""
    manager = layer.styleManager()
    layer.setCustomProperty(COEFFICIENTS, True)
    shown = next((c for c in coefficients if c != "coef_Intercept"), coefficients[0])
    for coefficient in [c for c in coefficients if c != shown] + [shown]:
        term = coefficient[len("coef_") :]
        significant = names.get("significant_" + term)
        rule = years.condition(layer, time, _last(layer, time)) if time else ""
        layer.setRenderer(_coefficient(layer, names[coefficient], significant, rule))
        manager.addStyleFromLayer(term)
    manager.setCurrentStyle(shown[len("coef_") :])
    layer.triggerRepaint()


def _coefficient(layer, field, significant, only=""):
    """Draw a coefficient about zero, and units where it is not significant muted."""
    root = QgsRuleBasedRenderer.Rule(None)
    only = f"{only} and " if only else ""
    condition = only + (f'"{significant}" and ' if significant else "")
    classes = _classes(_numbers(layer, field))
    for i, (low, high, color) in enumerate(classes):
        closing = "<=" if i == len(classes) - 1 else "<"
        rule = f'{condition}"{field}" >= {low!r} and "{field}" {closing} {high!r}'
        label = f"{low:.3g} to {high:.3g}"
        root.appendChild(QgsRuleBasedRenderer.Rule(_symbol(layer, color), 0, 0, rule, label))
    if significant:
        rule = f'{only}not "{significant}"'
        muted = _symbol(layer, catalog()["styles"]["muted"])
        root.appendChild(QgsRuleBasedRenderer.Rule(muted, 0, 0, rule, say("Not significant")))
    return QgsRuleBasedRenderer(root)


def _categories(layer, field, kinds):
    """Draw kinds in their own colors."""
    return QgsCategorizedSymbolRenderer(
        field,
        [QgsRendererCategory(value, _symbol(layer, color), label) for value, label, color in kinds],
    )


def _graduated(layer, field):
    """Draw figures in quantiles, on each side of zero where they straddle it."""
    values = _numbers(layer, field)
    if not values:
        return None
    straddle = min(values) < 0 < max(values)
    classes = _classes(values) if straddle else _quantiles(sorted(values), _SEQUENTIAL)
    ranges = [
        QgsRendererRange(
            QgsClassificationRange(f"{low:.3g} – {high:.3g}", low, high), _symbol(layer, color)
        )
        for low, high, color in classes
    ]
    return QgsGraduatedSymbolRenderer(field, ranges)


def _classes(values):
    """Cut figures about zero: quantiles of each side, cold below and warm above.

    Returns
    -------
    list of tuple
        Lower end, upper end and color, from low to high; without a gap.
    """
    colors = catalog()["styles"]["diverging"]
    below = _quantiles(sorted(v for v in values if v < 0), colors[:_SIDE])
    above = _quantiles(sorted(v for v in values if v >= 0), colors[-_SIDE:])
    if below and above:  # they meet at zero
        below[-1] = (below[-1][0], 0.0, below[-1][2])
        above[0] = (0.0, above[0][1], above[0][2])
    return below + above


def _quantiles(values, colors):
    """Cut sorted figures into as many classes as there are colors; fewer where they are equal."""
    if not values:
        return []
    count = len(colors)
    cuts = [_quantile(values, i / count) for i in range(count + 1)]
    found = [(low, high, c) for low, high, c in zip(cuts, cuts[1:], colors) if high > low]
    return found or [(cuts[0], cuts[-1], colors[count // 2])]


def _symbol(layer, color):
    """Give the symbol of a class for the layer's kind of geometry."""
    edge = catalog()["styles"]["edge"]
    kind = layer.geometryType()
    if kind == QgsWkbTypes.GeometryType.PolygonGeometry:
        return QgsFillSymbol.createSimple(
            {"color": color, "outline_color": edge, "outline_width": "0.1"}
        )
    if kind == QgsWkbTypes.GeometryType.PointGeometry:
        return QgsMarkerSymbol.createSimple(
            {"color": color, "outline_color": edge, "outline_width": "0.1", "size": "2.5"}
        )
    if kind == QgsWkbTypes.GeometryType.LineGeometry:
        return QgsLineSymbol.createSimple({"color": color, "width": "0.4"})
    return QgsSymbol.defaultSymbol(kind)


def _values(layer, field):
    place = layer.fields().lookupField(field)
    return {str(v) for v in layer.uniqueValues(place) if isinstance(v, str) and v}


def _numbers(layer, field):
    """Give the figures of a field without NULL."""
    place = layer.fields().lookupField(field)
    found = (feature.attribute(place) for feature in layer.getFeatures())
    return [float(value) for value in found if isinstance(value, (int, float))]


def _quantile(values, share):
    position = share * (len(values) - 1)
    below = int(position)
    above = min(below + 1, len(values) - 1)
    return values[below] + (position - below) * (values[above] - values[below])
