"""How result layers are drawn: grades of D, clusters, coefficients, figures."""

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsClassificationRange,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsProcessingLayerPostProcessorInterface,
    QgsRendererCategory,
    QgsRendererRange,
    QgsRuleBasedRenderer,
    QgsSymbol,
    QgsWkbTypes,
)
from qgis.PyQt.QtXml import QDomDocument

from .catalog import catalog

_CLASSES = 5
_SEQUENTIAL = ("#ffffd9", "#c7e9b4", "#41b6c4", "#225ea8", "#081d58")


def apply(layer, names, style=""):
    """Style a result layer by what its columns are.

    Parameters
    ----------
    layer : QgsVectorLayer
        The result.
    names : dict of str to str
        The layer's field of each column of the result.
    style : str, optional
        A style in the words of QGIS, of a result that draws itself.

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
    coefficients = [name for name in names if name.startswith("coef_")]
    if coefficients:
        _apply_coefficients(layer, names, coefficients)
        return True
    renderer = _renderer(layer, names)
    if renderer is None:
        return False
    layer.setRenderer(renderer)
    layer.triggerRepaint()
    return True


class Styler(QgsProcessingLayerPostProcessorInterface):
    """Styles a layer when Processing has put it into the project."""

    #: Processing keeps no reference to a post-processor of Python: we do, until it ran.
    _waiting = []

    def __init__(self, names, style):
        super().__init__()
        self._names = names
        self._style = style

    @classmethod
    def kept_for(cls, names, style):
        """Make a styler that lives until its layer is loaded."""
        styler = cls(names, style)
        cls._waiting.append(styler)
        return styler

    def postProcessLayer(self, layer, context, feedback):
        apply(layer, self._names, self._style)
        if self in Styler._waiting:
            Styler._waiting.remove(self)


def _renderer(layer, names):
    """Choose the first style that fits: clusters, grades, and then a column of figures."""
    styles = catalog()["styles"]
    if "cluster" in names:
        found = _values(layer, names["cluster"])
        kinds = [(k, k, color) for k, color in styles["clusters"].items() if k in found]
        return _categories(layer, names["cluster"], kinds)
    if "grade" in names:
        ten = [
            (
                g["label"],
                "{} [{:g}, {:g})".format(g["label"], g["lower"], g["lower"] + 0.1),
                g["color"],
            )
            for g in styles["grades"]
        ]
        field = names["grade"]
        known = {label for label, _, _ in ten}
        if _values(layer, field) <= known:
            return _categories(layer, field, ten)
    for name in names.values():
        field = layer.fields().at(layer.fields().lookupField(name))
        if field.isNumeric():
            return _graduated(layer, name)
    return None


def _apply_coefficients(layer, names, coefficients):
    """Give a named style to every coefficient; show that of the first covariate."""
    manager = layer.styleManager()
    shown = next((c for c in coefficients if c != "coef_Intercept"), coefficients[0])
    for coefficient in [c for c in coefficients if c != shown] + [shown]:
        term = coefficient[len("coef_") :]
        significant = names.get("significant_" + term)
        layer.setRenderer(_coefficient(layer, names[coefficient], significant))
        manager.addStyleFromLayer(term)
    manager.setCurrentStyle(shown[len("coef_") :])
    layer.triggerRepaint()


def _coefficient(layer, field, significant):
    """Draw a coefficient about zero, and units where it is not significant muted."""
    styles = catalog()["styles"]
    top = max((abs(v) for v in _numbers(layer, field)), default=0) or 1.0
    colors = styles["diverging"]
    step = 2 * top / len(colors)
    root = QgsRuleBasedRenderer.Rule(None)
    condition = f'"{significant}" and ' if significant else ""
    for i, color in enumerate(colors):
        low, high = -top + i * step, -top + (i + 1) * step
        closing = "<=" if i == len(colors) - 1 else "<"
        rule = f'{condition}"{field}" >= {low!r} and "{field}" {closing} {high!r}'
        label = f"{low:.3g} to {high:.3g}"
        root.appendChild(QgsRuleBasedRenderer.Rule(_symbol(layer, color), 0, 0, rule, label))
    if significant:
        rule = f'not "{significant}"'
        muted = _symbol(layer, styles["muted"])
        root.appendChild(QgsRuleBasedRenderer.Rule(muted, 0, 0, rule, "Not significant"))
    return QgsRuleBasedRenderer(root)


def _categories(layer, field, kinds):
    """Draw kinds in their own colors."""
    return QgsCategorizedSymbolRenderer(
        field,
        [QgsRendererCategory(value, _symbol(layer, color), label) for value, label, color in kinds],
    )


def _graduated(layer, field):
    """Draw figures in quantiles, or about zero where they straddle it."""
    values = sorted(_numbers(layer, field))
    if not values:
        return None
    if values[0] < 0 < values[-1]:
        colors = catalog()["styles"]["diverging"]
        top = max(-values[0], values[-1])
        cuts = [-top + 2 * top * i / len(colors) for i in range(len(colors) + 1)]
    else:
        colors = _SEQUENTIAL
        cuts = [_quantile(values, i / _CLASSES) for i in range(_CLASSES + 1)]
    ranges = []
    for color, low, high in zip(colors, cuts, cuts[1:]):
        if high > low or len(ranges) == 0:
            label = f"{low:.3g} – {high:.3g}"
            part = QgsClassificationRange(label, low, high)
            ranges.append(QgsRendererRange(part, _symbol(layer, color)))
    return QgsGraduatedSymbolRenderer(field, ranges)


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
