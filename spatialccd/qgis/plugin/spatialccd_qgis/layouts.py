"""A result on paper: title, map, legend, scale bar; one page, or one a year."""

import os
import textwrap

from qgis.core import (
    QgsCoordinateTransform,
    QgsExpression,
    QgsFeatureRequest,
    QgsLayoutExporter,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemScaleBar,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLegendStyle,
    QgsPrintLayout,
    QgsProject,
    QgsUnitTypes,
)
from qgis.PyQt.QtCore import QRectF
from qgis.PyQt.QtGui import QColor, QFont

_MARGIN = 10.0
_LEGEND = 72.0
_TITLE = 18.0
_LARGEST, _SMALLEST = 18, 9
_LEGEND_LARGEST, _SMALLEST_LEGEND = 10, 5


def layout(layer, title=None, path=None, name=None, crs=None):
    """Lay a result out for print, and write it as PDF, PNG or SVG.

    Parameters
    ----------
    layer : QgsVectorLayer
        A styled layer of the project.
    title : str, optional
        Stands above the map; the layer's name by default. It is written smaller
        or on two lines rather than run off the page.
    path : str, optional
        The file to write, by its suffix.
    name : str, optional
        What the layout is called in the project; one of that name is replaced.
    crs : QgsCoordinateReferenceSystem, optional
        The map's projection; the project's by default.

    Returns
    -------
    QgsPrintLayout
        In the project's layout manager.
    """
    project = QgsProject.instance()
    made = _page(project, layer, title or layer.name(), crs)
    made.setName(name or f"spatialccd: {layer.name()}")
    manager = project.layoutManager()
    old = manager.layoutByName(made.name())
    if old is not None:
        manager.removeLayout(old)
    manager.addLayout(made)
    if path:
        _export(made, str(path))
    return made


def atlas(layer, time, folder, title=None, suffix="png", crs=None):
    """Write one page for every year of a result in long form.

    Parameters
    ----------
    layer : QgsVectorLayer
        A styled layer with a row for each unit and year; all pages share its classes.
    time : str
        The field of the year.
    folder : str
        Where the pages go; it is made if need be.
    title : str, optional
        Stands above the maps, before the year; the layer's name by default.
    suffix : {"png", "pdf", "svg"}
        The kind of file.
    crs : QgsCoordinateReferenceSystem, optional
        The maps' projection; the project's by default.

    Returns
    -------
    list of str
        The files, in the order of the years.
    """
    place = layer.fields().lookupField(time)
    if place < 0:
        known = ", ".join(f.name() for f in layer.fields())
        raise ValueError(f"the layer has no field {time!r}; there are {known}")
    os.makedirs(str(folder), exist_ok=True)
    written = []
    for year in sorted(layer.uniqueValues(place)):
        chosen = QgsExpression.createFieldEqualityExpression(time, year)
        part = layer.materialize(QgsFeatureRequest().setFilterExpression(chosen))
        part.setName(layer.name())
        part.setRenderer(layer.renderer().clone())
        project = QgsProject.instance()
        project.addMapLayer(part, False)
        try:
            page = _page(project, part, f"{title or layer.name()}, {year}", crs)
            written.append(os.path.join(str(folder), f"{year}.{suffix}"))
            _export(page, written[-1])
        finally:
            project.removeMapLayer(part.id())
    return written


def _page(project, layer, title, crs):
    """Compose an A4 page lying on its side."""
    page = QgsPrintLayout(project)
    page.initializeDefaults()
    size = page.pageCollection().page(0).pageSize()
    width, height = size.width(), size.height()
    _add_title(page, title, width - 2 * _MARGIN)
    top = _MARGIN + _TITLE
    drawn = QgsLayoutItemMap(page)
    frame = QRectF(_MARGIN, top, width - 2 * _MARGIN - _LEGEND, height - top - _MARGIN)
    drawn.attemptSetSceneRect(frame)
    drawn.setFrameEnabled(True)
    drawn.setLayers([layer])
    drawn.setCrs(crs or project.crs() if (crs or project.crs()).isValid() else layer.crs())
    to_map = QgsCoordinateTransform(layer.crs(), drawn.crs(), project)
    extent = to_map.transformBoundingBox(layer.extent())
    extent.scale(1.06)
    drawn.zoomToExtent(extent)
    page.addLayoutItem(drawn)
    left = width - _MARGIN - _LEGEND + 4
    _add_legend(page, drawn, layer, left, top)
    _add_scale(page, drawn, frame)
    return page


def _add_title(page, title, width):
    """Write the title as large as the page lets it be, at worst on two lines."""
    label = QgsLayoutItemLabel(page)
    label.setText(title)
    for points in range(_LARGEST, _SMALLEST - 1, -1):
        _set_font(label, points)
        if label.sizeForText().width() <= width:
            break
    else:
        letters = int(len(title) * width / label.sizeForText().width() * 0.95)
        lines = textwrap.wrap(title, max(letters, 10))
        label.setText("\n".join(lines[:2]) + (" …" if len(lines) > 2 else ""))
    label.attemptMove(QgsLayoutPoint(_MARGIN, _MARGIN))
    label.attemptResize(QgsLayoutSize(width, _TITLE - 2))
    page.addLayoutItem(label)


def _set_font(label, points):
    font = QFont(label.font())
    font.setPointSize(points)
    label.setFont(font)


def _add_legend(page, drawn, layer, left, top):
    """Add the legend, in letters small enough for it to stay on the page."""
    legend = QgsLayoutItemLegend(page)
    legend.setLinkedMap(drawn)
    legend.setAutoUpdateModel(False)
    root = legend.model().rootGroup()
    root.clear()
    root.addLayer(layer)
    legend.setResizeToContents(True)
    legend.attemptMove(QgsLayoutPoint(left, top))
    page.addLayoutItem(legend)
    paper = page.pageCollection().page(0).pageSize()
    room = paper.width() - left - _MARGIN / 2, paper.height() - top - _MARGIN
    for points in range(_LEGEND_LARGEST, _SMALLEST_LEGEND - 1, -1):
        for part in (
            QgsLegendStyle.Style.Title,
            QgsLegendStyle.Style.Subgroup,
            QgsLegendStyle.Style.SymbolLabel,
        ):
            font = QFont(legend.styleFont(part))
            font.setPointSize(points)
            legend.setStyleFont(part, font)
        legend.adjustBoxSize()
        if legend.rect().width() <= room[0] and legend.rect().height() <= room[1]:
            break


def _add_scale(page, drawn, frame):
    """Add a scale bar in kilometers in the lower left of the map."""
    bar = QgsLayoutItemScaleBar(page)
    bar.setStyle("Single Box")
    bar.setLinkedMap(drawn)
    bar.applyDefaultSettings()
    bar.applyDefaultSize(QgsUnitTypes.DistanceUnit.DistanceKilometers)
    bar.setNumberOfSegmentsLeft(0)
    bar.setNumberOfSegments(2)
    bar.setBackgroundEnabled(True)
    bar.setBackgroundColor(QColor(255, 255, 255, 200))
    bar.attemptMove(QgsLayoutPoint(frame.left() + 3, frame.bottom() - 16))
    page.addLayoutItem(bar)


def _export(page, path):
    exporter = QgsLayoutExporter(page)
    suffix = os.path.splitext(path)[1].lower()
    if suffix == ".pdf":
        done = exporter.exportToPdf(path, QgsLayoutExporter.PdfExportSettings())
    elif suffix == ".svg":
        done = exporter.exportToSvg(path, QgsLayoutExporter.SvgExportSettings())
    elif suffix == ".png":
        settings = QgsLayoutExporter.ImageExportSettings()
        settings.dpi = 200
        done = exporter.exportToImage(path, settings)
    else:
        raise ValueError(f"cannot write {suffix or 'a file without suffix'}; use pdf, png or svg")
    if done != QgsLayoutExporter.ExportResult.Success:
        raise OSError(f"QGIS could not write {path}")
