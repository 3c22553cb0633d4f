"""A result on paper: title, map, legend, scale bar; one page, or an atlas of one a year."""

import os
import textwrap

from qgis.core import (
    QgsCoordinateTransform,
    QgsDateTimeRange,
    QgsExpression,
    QgsLayoutExporter,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemScaleBar,
    QgsLayoutObject,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLegendStyle,
    QgsPrintLayout,
    QgsProject,
    QgsProperty,
    QgsRectangle,
    QgsUnitTypes,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QRectF, QTime
from qgis.PyQt.QtGui import QColor, QFont

from . import arguments, layers, styles, threads, years
from .texts import say

_MARGIN = 10.0
_LEGEND = 72.0
_TITLE = 18.0
_LARGEST, _SMALLEST = 18, 9
_LEGEND_LARGEST, _SMALLEST_LEGEND = 10, 5


def layout(layer, title=None, path=None, name=None, crs=None, base=None, at=None):
    """Lay a result out for print, and write it as PDF, PNG or SVG.

    Of a layer of several years one is drawn, and the title says which; of one with a
    style for each coefficient the legend says which covariate is shown.

    Parameters
    ----------
    layer : QgsVectorLayer or str
        A styled layer of the project, or its name.
    title : str, optional
        Stands above the map; the layer's name by default. It is written smaller
        or on two lines rather than run off the page.
    path : str, optional
        The file to write, by its suffix.
    name : str, optional
        What the layout is called in the project; one of that name is replaced.
    crs : QgsCoordinateReferenceSystem, optional
        The map's projection; the project's by default.
    base : QgsVectorLayer or str, optional
        A layer, or its name, to draw beneath: areas under centers or ellipses.
    at : int or str, optional
        The year to draw of a layer of several; that which is shown when omitted.

    Returns
    -------
    QgsPrintLayout
        In the project's layout manager.
    """
    threads.check_main()
    layer = _map_layer(layer)
    made = _page(layer, title or _page_title(layer, at), crs, base)
    if at is not None:
        _draw_year(made, layer, at)
    _keep(made, name or f"spatialccd: {_title(layer, at)}")
    if path:
        _export(made, os.path.expanduser(str(path)))
    return made


def atlas(layer, time, path=None, title=None, name=None, crs=None, suffix="png", base=None):
    """Lay a result in long form out as an atlas: one page a year, all in the same classes.

    The layer is made temporal by that field, so that QGIS's temporal controller
    plays its years too.

    Parameters
    ----------
    layer : QgsVectorLayer or str
        A styled layer of the project with a row for each unit and year, or its name.
    time : str
        The field of the year, or of any other label of a time.
    path : str, optional
        What to write: a PDF with a page for each year (``"years.pdf"``), or a
        folder, which is made if need be, with a picture of each.
    title : str, optional
        Stands above the maps, before the year; the layer's name by default.
    name : str, optional
        What the layout is called in the project; one of that name is replaced.
    crs : QgsCoordinateReferenceSystem, optional
        The maps' projection; the project's by default.
    suffix : {"png", "svg"}
        The kind of pictures in a folder.
    base : QgsVectorLayer or str, optional
        A layer, or its name, to draw beneath.

    Returns
    -------
    QgsPrintLayout
        In the project's layout manager, with its atlas.
    """
    threads.check_main()
    layer = _map_layer(layer)
    place = layer.fields().lookupField(time)
    if place < 0:
        raise ValueError(layers.absent(layer.fields(), layer.name(), [time]))
    labels = years.labels(layer, time)
    if not labels:
        raise ValueError(f"the field {time!r} is empty; choose the field of the years")
    year = years.year(time, labels)
    years.make_temporal(layer, year)
    made = _page(layer, title or _plain_title(layer), crs, base, _LEGEND)
    _add_time(made)
    _turn_pages(made, layer, time, year)
    _keep(made, name or f"spatialccd: {_plain_title(layer)} by {time}")
    if path:
        _export_pages(made, str(path), suffix)
    return made


def _map_layer(given):
    """Give a layer of the project that has something to draw."""
    layer = arguments.vector_layer(given)
    if not layer.isSpatial():
        raise ValueError(
            say(
                "The layer {layer} is a table without geometry, and a layout draws maps; "
                "write_tables(layer, path) puts it on paper.",
                layer=layer.name(),
            )
        )
    return layer


def _title(layer, at=None):
    """Call a layer by its name; that of several years by the one that is drawn."""
    if at is not None:
        return f"{_plain_title(layer)}, {at}"
    shown = years.shown_in(layer)
    name = layer.name()
    return f"{name}, {shown}" if shown and shown not in name else name


def _page_title(layer, at):
    """Head a page: the layer, its year, and the coefficient that is shown."""
    text = _title(layer, at)
    if layer.customProperty(styles.COEFFICIENTS, False):
        term = layer.styleManager().currentStyle()
        text += say(" (coefficient of {term})", term=term)
    return text


def _plain_title(layer):
    """Call a layer by its name without the year that is drawn."""
    end = f", {years.shown_in(layer)}"
    name = layer.name()
    return name[: -len(end)] if len(end) > len(", ") and name.endswith(end) else name


def _draw_year(page, layer, at):
    """Have the map of a page draw one year."""
    field = layer.customProperty(years.FIELD, "")
    if not field:
        raise ValueError(f"the layer {layer.name()} is not of several years")
    times = years.labels(layer, field)
    if str(at) not in map(str, times):
        raise ValueError(f"the field {field!r} has no {at}; there are {', '.join(map(str, times))}")
    year = years.year_of(at, times)
    drawn = page.referenceMap()
    drawn.setIsTemporal(True)
    # July for both: QGIS draws a row whose time overlaps the range, and only that of the year.
    moments = [QDateTime(QDate(year, 7, day), QTime(0, 0)) for day in (1, 2)]
    drawn.setTemporalRange(QgsDateTimeRange(*moments))
    drawn.refresh()


def _keep(made, name):
    """Put a layout into the project, in place of one of that name."""
    manager = QgsProject.instance().layoutManager()
    made.setName(name)
    old = manager.layoutByName(name)
    if old is not None:
        manager.removeLayout(old)
    manager.addLayout(made)


def _turn_pages(page, layer, field, year):
    """Give a layout a page for each time: the first row of each stands for it."""
    column = QgsExpression.quotedColumnRef(field)
    pages = page.atlas()
    pages.setCoverageLayer(layer)
    pages.setFilterFeatures(True)
    pages.setFilterExpression(f"{column} is not null and $id = minimum($id, group_by:={column})")
    pages.setSortFeatures(True)
    pages.setSortExpression(year)
    pages.setPageNameExpression(f"to_string({column})")
    pages.setFilenameExpression("@atlas_pagename")
    pages.setEnabled(True)
    pages.updateFeatures()
    drawn = page.referenceMap()
    drawn.setIsTemporal(True)
    # July for both: QGIS draws a row whose time overlaps the range, and only that of the year.
    kinds = QgsLayoutObject.DataDefinedProperty
    for kind, rest in (
        (kinds.StartDateTime, "7, 1, 0, 0, 0"),
        (kinds.EndDateTime, "7, 2, 0, 0, 0"),
    ):
        moment = QgsProperty.fromExpression(years.moment(year, rest))
        drawn.dataDefinedProperties().setProperty(kind, moment)


def _page(layer, title, crs, base, beside=0.0):
    """Compose an A4 page lying on its side, with room beside the title."""
    project = QgsProject.instance()
    page = QgsPrintLayout(project)
    page.initializeDefaults()
    size = page.pageCollection().page(0).pageSize()
    width, height = size.width(), size.height()
    _add_title(page, title, width - 2 * _MARGIN - beside)
    top = _MARGIN + _TITLE
    drawn = QgsLayoutItemMap(page)
    frame = QRectF(_MARGIN, top, width - 2 * _MARGIN - _LEGEND, height - top - _MARGIN)
    drawn.attemptSetSceneRect(frame)
    drawn.setFrameEnabled(True)
    shown = [layer] if base is None else [layer, arguments.layer(base)]
    drawn.setLayers(shown)
    if base is not None and shown[1].renderer().type() == "singleSymbol":
        drawn.setKeepLayerStyles(True)
        drawn.setLayerStyleOverrides({shown[1].id(): styles.pale(shown[1])})
    drawn.setCrs(crs or project.crs() if (crs or project.crs()).isValid() else layer.crs())
    extent = QgsRectangle()
    for one in shown:
        to_map = QgsCoordinateTransform(one.crs(), drawn.crs(), project)
        extent.combineExtentWith(to_map.transformBoundingBox(one.extent()))
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


def _add_time(page):
    """Write the time of each page of an atlas above the legend."""
    label = QgsLayoutItemLabel(page)
    label.setText("[% @atlas_pagename %]")
    _set_font(label, _LARGEST)
    width = page.pageCollection().page(0).pageSize().width()
    label.attemptMove(QgsLayoutPoint(width - _MARGIN - _LEGEND + 4, _MARGIN))
    label.attemptResize(QgsLayoutSize(_LEGEND - 4, _TITLE - 2))
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
    node = root.addLayer(layer)
    node.setCustomProperty("legend/title-label", _legend_title(layer))
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


def _legend_title(layer):
    """Head the legend: the coefficient that is shown, or the layer's name."""
    if layer.customProperty(styles.COEFFICIENTS, False):
        term = layer.styleManager().currentStyle()
        return say("Coefficient of {term}", term=term)
    return _plain_title(layer) if years.shown_in(layer) else layer.name()


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
        done = exporter.exportToImage(path, _image_settings())
    else:
        raise ValueError(f"cannot write {suffix or 'a file without suffix'}; use pdf, png or svg")
    _check_export(done, path)


def _export_pages(page, path, suffix):
    """Write an atlas as one PDF, or as a folder of pictures."""
    pages = page.atlas()
    if path.lower().endswith(".pdf"):
        done, _ = QgsLayoutExporter.exportToPdf(pages, path, QgsLayoutExporter.PdfExportSettings())
        _check_export(done, path)
        return
    os.makedirs(path, exist_ok=True)
    base = os.path.join(path, "page")  # QGIS names the files by the pages
    if suffix == "svg":
        settings = QgsLayoutExporter.SvgExportSettings()
        done, _ = QgsLayoutExporter.exportToSvg(pages, base, settings)
    elif suffix == "png":
        done, _ = QgsLayoutExporter.exportToImage(pages, base, suffix, _image_settings())
    else:
        raise ValueError(f"cannot write pictures as {suffix!r}; use png or svg, or path='….pdf'")
    _check_export(done, path)


def _image_settings():
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 200
    return settings


def _check_export(done, path):
    if done != QgsLayoutExporter.ExportResult.Success:
        raise OSError(f"QGIS could not write {path}")
