"""A tool's dialog: QGIS's own, which also guesses the fields of unit and year."""

from processing.gui.AlgorithmDialog import AlgorithmDialog
from processing.gui.ParametersPanel import ParametersPanel
from qgis.core import (
    Qgis,
    QgsFieldProxyModel,
    QgsFields,
    QgsProcessingContext,
    QgsProcessingParameterEnum,
    QgsProcessingParameterField,
    QgsProcessingParameterMatrix,
    QgsProject,
)
from qgis.gui import QgsFieldComboBox
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QComboBox

from . import guess
from .catalog import catalog
from .indicator_table import IndicatorTable
from .parameters import INPUT, TIME, UNIT
from .texts import language, say

_ANY = QgsFieldProxyModel.Filter.AllTypes
_KINDS = QgsProcessingParameterField.DataType


class ToolDialog(AlgorithmDialog):
    """QGIS's dialog of an algorithm with a panel of our own."""

    def getParametersPanel(self, alg, parent):
        return ToolPanel(parent, alg, self.in_place, self.active_layer)


class ToolPanel(ParametersPanel):
    """Fills in what the chosen layer tells: its unit and year, and numbers kept as text."""

    def initWidgets(self):
        definitions = self.algorithm().parameterDefinitions()
        for definition in definitions:
            if isinstance(definition, QgsProcessingParameterMatrix):
                definition.setMetadata({"widget_wrapper": {"class": IndicatorTable}})
        #: Pickers of numbers, which take text too where a layer keeps its numbers as text.
        self._numeric = [
            d
            for d in definitions
            if isinstance(d, QgsProcessingParameterField) and d.dataType() == _KINDS.Numeric
        ]
        self._busy = False
        self._dialog = self.parent()  # the dialog puts the panel into a stack of its own later
        super().initWidgets()
        self._tell_choices()
        source = self.wrappers.get(INPUT)
        # A table of units by units has no unit and year: its labels are chosen.
        if source is not None and not self.algorithm().takes_matrices():
            source.widgetValueHasChanged.connect(self._take_layer)
            self._take_layer()

    def _take_layer(self, *_):
        """Look at the layer that was chosen, and fill in what it looks like."""
        if self._busy:
            return
        layer = self._layer()
        if layer is None:
            return
        self._busy = True
        try:
            found = guess.fields_of(layer)
            texts = guess.numbers_in_text(layer)
            figures = guess.figures_of(layer, found, texts)
            texts = [name for name in texts if name in figures]
            self._offer(layer, texts, figures)
            filled = [
                self._fill(name, value)
                for name, value in ((UNIT, found.unit), (TIME, found.time))
                if value
            ]
        finally:
            self._busy = False
        self._say(list(filter(None, filled)), texts)

    def _layer(self):
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        value = self.wrappers[INPUT].parameterValue()
        return self.algorithm().parameterAsVectorLayer({INPUT: value}, INPUT, context)

    def _fill(self, name, field):
        """Choose a field in a picker; give it in words, or nothing without such a picker."""
        wrapper = self.wrappers.get(name)
        if wrapper is None:
            return ""
        wrapper.setParameterValue(field, self.processing_context)
        return say("unit {field}" if name == UNIT else "year {field}", field=field)

    def _offer(self, layer, texts, figures):
        """Offer text fields whose values are numbers beside the numeric ones.

        What tells rows apart is no figure: QGIS would choose it, being first, by itself.
        """
        kind = _KINDS.Any if texts else _KINDS.Numeric
        changed = [d for d in self._numeric if d.dataType() != kind]
        for definition in self._numeric:
            definition.setDataType(kind)
        if changed:
            self.wrappers[INPUT].widgetValueHasChanged.emit(self.wrappers[INPUT])
        offered = QgsFields()
        for field in layer.fields():
            if field.name() in figures:
                offered.append(field)
        for definition in self._numeric:
            wrapper = self.wrappers.get(definition.name())
            picker = wrapper.wrappedWidget() if wrapper is not None else None
            # PyQt knows the widget as a plain combo box.
            if picker is not None and picker.metaObject().className() == "QgsFieldComboBox":
                box = sip.cast(picker, QgsFieldComboBox)
                box.setFilters(_ANY)
                box.setFields(offered)

    def _say(self, filled, texts):
        words = []
        if filled:
            words.append(say("Guessed: {fields}.", fields=", ".join(filled)))
        if texts:
            words.append(say("Text fields read as numbers: {fields}.", fields=", ".join(texts)))
        bar = self._dialog.messageBar()
        bar.clearWidgets()
        if words:
            bar.pushMessage("", " ".join(words), Qgis.MessageLevel.Info, 0)

    def _tell_choices(self):
        """Write choices in Chinese beside the words that a script takes."""
        if language() != "zh":
            return
        known = catalog()["choices_zh"]
        for definition in self.algorithm().parameterDefinitions():
            wrapper = self.wrappers.get(definition.name())
            if wrapper is None or not isinstance(definition, QgsProcessingParameterEnum):
                continue
            box = wrapper.wrappedWidget()
            for i in range(box.count() if isinstance(box, QComboBox) else 0):
                word = box.itemText(i)
                if word in known:
                    box.setItemText(i, f"{known[word]}（{word}）")
