"""The widget of a subsystem's indicators: a row each, chosen from the layer's fields."""

from processing.gui.wrappers import WidgetWrapper
from qgis.core import QgsProcessingContext, QgsProject
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from . import guess
from .parameters import INDICATOR_COLUMNS, INPUT
from .texts import say

_ROWS = 3
_HEIGHT = 150
_DIRECTIONS = (
    ("benefit", "more is better"),
    ("cost", "less is better"),
    ("moderate", "a target is best"),
)


class IndicatorTable(WidgetWrapper):
    """Stands for a matrix of indicator, direction, weight and best value."""

    def createWidget(self):
        self._fields = []
        self._table = QTableWidget(0, len(INDICATOR_COLUMNS))
        self._table.setHorizontalHeaderLabels([say(column) for column in INDICATOR_COLUMNS])
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._table.verticalHeader().hide()
        self._table.setMinimumHeight(_HEIGHT)
        add, take = QPushButton(say("Add a row")), QPushButton(say("Take the row away"))
        add.clicked.connect(lambda: self._add())
        take.clicked.connect(lambda: self._table.removeRow(self._table.currentRow()))
        buttons = QHBoxLayout()
        buttons.addWidget(add)
        buttons.addWidget(take)
        buttons.addStretch()
        widget = QWidget()
        box = QVBoxLayout(widget)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._table)
        box.addLayout(buttons)
        for _ in range(_ROWS):
            self._add()
        return widget

    def postInitialize(self, wrappers):
        for wrapper in wrappers:
            if wrapper.parameterDefinition().name() == INPUT:
                self._source = wrapper
                wrapper.widgetValueHasChanged.connect(lambda *_: self._take_layer())
                self._take_layer()

    def setValue(self, value):
        cells = value.split(",") if isinstance(value, str) else list(value or [])
        self._table.setRowCount(0)
        for start in range(0, len(cells), len(INDICATOR_COLUMNS)):
            self._add(*("" if cell is None else str(cell) for cell in cells[start : start + 4]))
        while self._table.rowCount() < _ROWS:
            self._add()

    def value(self):
        cells = []
        for row in range(self._table.rowCount()):
            field, direction = (self._table.cellWidget(row, column) for column in (0, 1))
            rest = [self._table.cellWidget(row, column).text().strip() for column in (2, 3)]
            if field.currentText():
                cells += [field.currentText(), direction.currentData(), *rest]
        return cells

    def _add(self, field="", direction="benefit", weight="", target=""):
        row = self._table.rowCount()
        self._table.insertRow(row)
        names = QComboBox()
        names.addItems(["", *self._fields])
        if field and names.findText(field) < 0:
            names.addItem(field)
        names.setCurrentText(field)
        names.currentTextChanged.connect(lambda _: self.widgetValueHasChanged.emit(self))
        ways = QComboBox()
        for word, meaning in _DIRECTIONS:
            ways.addItem(say(meaning), word)
        ways.setCurrentIndex(max(ways.findData(direction or "benefit"), 0))
        for column, widget in enumerate((names, ways, QLineEdit(weight), QLineEdit(target))):
            self._table.setCellWidget(row, column, widget)

    def _take_layer(self):
        """Offer the layer's fields of numbers, those that keep them as text too."""
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        value = self._source.parameterValue()
        algorithm = self.parameterDefinition().algorithm()
        layer = algorithm.parameterAsVectorLayer({INPUT: value}, INPUT, context)
        if layer is None:
            return
        texts = guess.numbers_in_text(layer)
        self._fields = guess.figures_of(layer, guess.fields_of(layer), texts)
        for row in range(self._table.rowCount()):
            names = self._table.cellWidget(row, 0)
            kept = names.currentText()
            names.clear()
            names.addItems(["", *self._fields])
            names.setCurrentText(kept if kept in self._fields else "")
