"""A layer of several years is a panel: refused as one year, drawn by year, played by year."""

import pytest
from layers import panel
from qgis.core import (
    QgsDateTimeRange,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsInterval,
    QgsMapRendererCustomPainterJob,
    QgsMapSettings,
    QgsProcessingException,
    QgsProject,
    QgsTemporalNavigationObject,
    QgsUnitTypes,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QSize, QTime
from qgis.PyQt.QtGui import QImage, QPainter

YEARS = [2018, 2019, 2020]
BY_YEAR = {"UNIT_FIELD": "code", "TIME_FIELD": "year"}


@pytest.fixture
def coordination(plugin, qgis_new_project, monkeypatch):
    """The coordination of a panel, as a call from the console adds it."""
    import spatialccd_qgis as ccd
    from qgis import utils

    monkeypatch.setattr(utils, "iface", None)
    return ccd.coupling_coordination(
        panel(4, YEARS), fields=["a", "b"], unit="code", time_field="year"
    )


def drawn(layer, moment=None):
    """Draw a layer, at a range of time or at none; give the picture's bytes."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    settings.setOutputSize(QSize(80, 80))
    if moment is not None:
        settings.setIsTemporal(True)
        settings.setTemporalRange(moment)
        # What a canvas and a layout tell the expressions of a map.
        known = QgsExpressionContext()
        known.appendScope(QgsExpressionContextUtils.mapSettingsScope(settings))
        settings.setExpressionContext(known)
    image = QImage(QSize(80, 80), QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    job = QgsMapRendererCustomPainterJob(settings, painter)
    job.start()
    job.waitForFinished()
    painter.end()
    return bytes(image.constBits().asstring(image.sizeInBytes()))


def only(layer, year):
    """Give a copy of a layer that holds the rows of one year and nothing of time."""
    copy = layer.clone()
    copy.setSubsetString(f'"year" = {year}')
    copy.temporalProperties().setIsActive(False)
    renderer = copy.renderer().clone()
    renderer.setClassAttribute("grade")
    copy.setRenderer(renderer)
    return copy


@pytest.mark.parametrize("tool", ["local_moran", "global_moran", "neighbors", "entropy_weights"])
def test_a_panel_is_refused_as_one_year_and_its_fields_are_named(plugin, feedback, tool):
    import processing

    values = {"INPUT": panel(4, YEARS), "OUTPUT": "memory:", "y": "a"}
    if tool == "entropy_weights":
        values["directions_benefit"] = ["a", "b"]
    with pytest.raises(QgsProcessingException) as raised:
        processing.run(f"spatialccd:{tool}", values, feedback=feedback)
    message = feedback.errors[0] if feedback.errors else str(raised.value)
    assert "draws 16 areas more than once, in 48 rows" in message
    assert "code looks like the unit and year like the year" in message


def test_a_unit_without_its_year_is_told_which_field_looks_like_one(plugin, feedback):
    import processing

    values = {"INPUT": panel(3, YEARS), "UNIT_FIELD": "code", "y": "a", "OUTPUT": "memory:"}
    with pytest.raises(QgsProcessingException) as raised:
        processing.run("spatialccd:local_moran", values, feedback=feedback)
    message = feedback.errors[0] if feedback.errors else str(raised.value)
    assert "has 9 units in 27 rows" in message
    assert "year like the year" in message


@pytest.mark.parametrize("kind", ["long", "one year", "points", "no year"])
def test_the_guess_goes_by_names_types_and_repeats(plugin, kind):
    from layers import cells, points
    from spatialccd_qgis import guess

    layer = {
        "long": lambda: panel(3, YEARS),
        "one year": lambda: panel(3, [2020]),
        "points": lambda: points(5),
        "no year": lambda: cells(3),
    }[kind]()
    found = guess.fields_of(layer)
    expected = {"long": ("code", "year"), "one year": ("code", "")}
    assert (found.unit, found.time) == expected.get(kind, ("", ""))
    count, rows = guess.repeated(layer)
    assert (count, rows) == ((9, 27) if kind == "long" else (0, 0))


def test_the_last_year_is_drawn_and_said(coordination):
    assert coordination.name() == "Coupling coordination: a, b, 2020"
    assert coordination.featureCount() == 48
    assert drawn(coordination) == drawn(only(coordination, 2020))
    assert drawn(coordination) != drawn(only(coordination, 2018))


def test_the_temporal_controller_plays_the_years(coordination):
    player = QgsTemporalNavigationObject()
    player.setNavigationMode(QgsTemporalNavigationObject.NavigationMode.Animated)
    start = QDateTime(QDate(2018, 1, 1), QTime(0, 0))
    player.setTemporalExtents(QgsDateTimeRange(start, QDateTime(QDate(2020, 12, 31), QTime(0, 0))))
    player.setFrameDuration(QgsInterval(1, QgsUnitTypes.TemporalUnit.TemporalYears))
    assert coordination.temporalProperties().isActive()
    for frame, year in enumerate(YEARS):
        moment = player.dateTimeRangeForFrameNumber(frame)
        assert moment.begin().date().year() == year
        assert drawn(coordination, moment) == drawn(only(coordination, year)), year


def test_a_layout_says_the_year_and_an_atlas_has_each(coordination, tmp_path):
    import spatialccd_qgis as ccd
    from qgis.core import QgsLayoutItemLabel

    def titles(page):
        return [item.text() for item in page.items() if isinstance(item, QgsLayoutItemLabel)]

    assert "Coupling coordination: a, b, 2020" in titles(ccd.layout(coordination))
    path = tmp_path / "2018.png"
    page = ccd.layout(coordination.name(), at=2018, path=str(path))
    assert "Coupling coordination: a, b, 2018" in titles(page)
    assert not QImage(str(path)).isNull()
    with pytest.raises(ValueError, match="has no 2015; there are 2018, 2019, 2020"):
        ccd.layout(coordination, at=2015)
    pages = ccd.atlas(coordination.name(), "year")
    assert "Coupling coordination: a, b" in titles(pages)
    assert pages.atlas().count() == 3


def test_a_layer_keeps_aliases_and_knows_how_it_was_made(coordination):
    from spatialccd_qgis import provenance

    place = coordination.fields().lookupField("a")
    assert coordination.attributeAlias(place) == "First score"
    made = provenance.read(coordination)
    assert made["tool"] == "coupling_coordination"
    assert made["resolved"]["variant"] == "standard"
    assert "spatialccd" in made["versions"]
    abstract = coordination.metadata().abstract()
    assert "coupling_coordination(" in abstract
    assert "from the layer panel" in abstract


def test_a_field_is_named_by_its_alias(plugin, qgis_new_project, monkeypatch):
    import spatialccd_qgis as ccd
    from qgis import utils

    monkeypatch.setattr(utils, "iface", None)
    layer = panel(5, [2020])
    found = ccd.local_moran(layer, field="First score", unit="code", seed=1, n_permutations=99)
    assert found.name() == "Local Moran: a"
    with pytest.raises(
        QgsProcessingException, match=r"has no field zz; there are code, year, a, b"
    ):
        ccd.local_moran(layer, field="zz", seed=1)


def test_a_selection_and_a_name_are_honored(plugin, qgis_new_project, monkeypatch):
    import spatialccd_qgis as ccd
    from qgis import utils

    monkeypatch.setattr(utils, "iface", None)
    layer = panel(6, [2020])
    with pytest.raises(ValueError, match="add it there first"):
        ccd.local_moran(layer, field="a", selected=True)
    QgsProject.instance().addMapLayer(layer)
    with pytest.raises(ValueError, match="nothing is selected"):
        ccd.local_moran(layer, field="a", selected=True)
    layer.selectByIds([feature.id() for feature in layer.getFeatures()][:20])
    found = ccd.local_moran(layer, field="a", selected=True, name="some", n_permutations=99)
    assert (found.name(), found.featureCount()) == ("some", 20)


def test_a_shapefile_gets_names_of_its_own_and_the_cut_is_said(run, feedback, tmp_path):
    path = tmp_path / "out.shp"
    given = {"INPUT": panel(6, [2020]), "UNIT_FIELD": "code", "y": "a", "X": ["b", "covariate"]}
    run("spatialccd:gwr", {**given, "bandwidth": 20, "OUTPUT": str(path)})
    from qgis.core import QgsVectorLayer

    names = [field.name() for field in QgsVectorLayer(str(path), "out", "ogr").fields()]
    assert len(names) == len(set(names))
    (warning,) = [text for text in feedback.warnings if "A shapefile has names" in text]
    for long in ("significant_b", "significant_covariate", "coef_Intercept"):
        short = warning.split(f"{long} → ")[1].split(",")[0].split(";")[0]
        assert short in names
