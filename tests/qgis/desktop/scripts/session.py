"""Runs in QGIS's desktop (``qgis.bin --code``): what a user does, and pictures of it.

It reads ``session.json`` beside the home folder's ``LAYERS`` and writes pictures and
``told.json`` to ``PICTURES``; both are environment variables.
"""

import inspect
import os

import processing
import spatialccd_qgis as ccd
from desk import PICTURES, settle, tell
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface
from spatialccd_qgis import client

LAYERS = os.environ["LAYERS"]


def picture(widget, name):
    settle(1.5)
    widget.grab().save(os.path.join(PICTURES, name + ".png"))


def message(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def workers():
    """List the processes that wait for the next call."""
    return [worker._process.pid for worker in client._idle]


def session():
    told = {}
    project = QgsProject.instance()
    provinces = QgsVectorLayer(f"{LAYERS}/provinces.gpkg", "provinces", "ogr")
    georgia = QgsVectorLayer(f"{LAYERS}/georgia.gpkg", "georgia", "ogr")
    project.addMapLayer(provinces)
    lisa = ccd.local_moran("provinces", field="D", unit="adcode", seed=1)
    told["first_workers"] = workers()
    ccd.local_moran("provinces", field="D", unit="adcode", seed=1)
    told["second_workers"] = workers()
    told["lisa"] = [lisa.featureCount(), lisa.renderer().type(), lisa.name()]
    told["in_project"] = lisa.id() in project.mapLayers()
    told["layer_typo"] = message(lambda: ccd.local_moran("province", field="D"))
    told["setting_typo"] = message(lambda: ccd.local_moran("provinces", field="D", sead=1))
    told["text_field"] = message(lambda: ccd.local_moran("provinces", field="name_zh"))
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    iface.mainWindow().resize(1400, 900)
    iface.mapCanvas().setExtent(provinces.extent())
    for dock in iface.mainWindow().findChildren(QDockWidget):
        if dock.objectName() == "ProcessingToolbox":
            dock.show()
            dock.searchBox.setText("moran")
    iface.mapCanvas().refreshAllLayers()
    settle(2)
    picture(iface.mainWindow(), "desktop")
    dialog = processing.createAlgorithmDialog("spatialccd:local_moran", {"INPUT": "provinces"})
    dialog.resize(1000, 700)
    dialog.show()
    picture(dialog, "dialog")
    told["dialog"] = dialog.isVisible()
    dialog.close()
    project.addMapLayer(georgia)
    mgwr = ccd.mgwr(georgia, y="PctBach", x=["PctRural", "PctPov", "PctBlack"])
    told["mgwr"] = [mgwr.featureCount(), mgwr.renderer().type(), mgwr.styleManager().styles()]
    ccd.layout(mgwr, title="MGWR: coefficient of PctRural", path=f"{PICTURES}/layout.png")
    coordination = ccd.coupling_coordination(
        f"{LAYERS}/panel.gpkg",
        fields=["urban", "ecology"],
        unit="code",
        time_field="year",
        boundaries="provinces",
        boundaries_unit="adcode",
    )
    told["coordination"] = [coordination.featureCount(), coordination.renderer().type()]
    long = "A title that is much longer than any page is wide, as titles of papers tend to be; " * 2
    ccd.atlas(coordination, "year", f"{PICTURES}/atlas", title=long)
    made = ccd.atlas(coordination, "year", f"{PICTURES}/atlas.pdf", title="D, provinces")
    told["atlas"] = {
        "files": sorted(os.listdir(f"{PICTURES}/atlas")),
        "pages": made.atlas().count(),
        "kept": [made.name() == one.name() for one in project.layoutManager().printLayouts()],
        "temporal": coordination.temporalProperties().isActive(),
    }
    told["help"] = [str(inspect.signature(ccd.local_moran)), ccd.local_moran.__doc__]
    told["names"] = dir(ccd)
    told["fields_typo"] = message(lambda: ccd.local_moran("provinces", y="DD", unit="adcod"))
    told["tool_typo"] = message(lambda: ccd.local_morann)
    georgia.setName("provinces")
    told["ambiguous"] = message(lambda: ccd.local_moran("provinces", field="D"))
    told["by_id"] = ccd.local_moran(provinces.id(), field="D", seed=1).featureCount()
    georgia.setName("georgia")
    gwr = ccd.gwr("georgia", y="PctBach", x=["PctRural", "PctPov"], local_collinearity=True)
    extra = project.mapLayersByName("Local collinearity: PctBach")
    alone = ccd.local_collinearity("georgia", y="PctBach", x=["PctRural", "PctPov"])
    told["also"] = [gwr.name(), [one.featureCount() for one in extra], alone.name()]
    told["gwr_layers"] = len(project.mapLayersByName("GWR: PctBach"))
    moved = ccd.mean_center(
        f"{LAYERS}/panel.gpkg",
        y="ecology",
        unit="code",
        time_field="year",
        boundaries="provinces",
        boundaries_unit="adcode",
        moves=True,
    )
    (moves,) = project.mapLayersByName("Moves: ecology")
    ccd.layout(moves, title="Moves", path=f"{PICTURES}/moves.png", base="provinces")
    table = {"unit": "code", "time_field": "year"}
    areas = {"boundaries": "provinces", "boundaries_unit": "adcode"}
    told["shown"] = [
        layer.renderer().classAttribute()
        for layer in (
            ccd.forecast_gm11(f"{LAYERS}/panel.gpkg", y="urban", **table, **areas),
            ccd.predict_gwr("georgia", y="PctBach", x=["PctRural"], layer_new="georgia"),
            ccd.stratify(f"{LAYERS}/panel.gpkg", x=["urban"], **table, **areas),
        )
    ]
    told["center"] = [moved.featureCount(), moved.renderer().type(), moved.labelsEnabled()]
    told["moves"] = [moves.featureCount(), moves.renderer().type(), moves.crs().authid()]
    shares = ccd.obstacle_degree(
        f"{LAYERS}/panel.gpkg",
        systems={"城镇": {"urban": "benefit"}, "生态": {"ecology": "benefit", "x1": "cost"}},
        unit="code",
        time_field="year",
    )
    told["systems"] = [field.name() for field in shares.fields()]
    told["study"] = [
        layer.name() for layer in ccd.run_study(os.environ["STUDY"], f"{PICTURES}/study")
    ]
    return told


tell(session, "told.json")
