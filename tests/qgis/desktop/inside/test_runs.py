"""What must hold whatever the layer: clear messages, nothing lost, nothing left behind."""

import os
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest
from layers import cells, with_null, without_crs
from qgis.core import (
    NULL,
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsVectorLayer,
)

MORAN = {"y": "y", "seed": 1, "n_permutations": 99, "OUTPUT": "memory:"}


def refused(name, values, feedback):
    """Give what a run ends with: one line of words."""
    import processing

    with pytest.raises(QgsProcessingException) as raised:
        processing.run(f"spatialccd:{name}", values, feedback=feedback)
    message = feedback.errors[0] if feedback.errors else str(raised.value)
    assert "Traceback" not in message
    assert len(message.splitlines()) == 1
    return message


def left_behind():
    """Name the plugin's temporary folders."""
    return [path.name for path in Path(tempfile.gettempdir()).glob("spatialccd-*")]


def children():
    """List the ids of the worker processes that this process has."""
    command = ["ps", "--ppid", str(os.getpid()), "-o", "pid=,args="]
    out = subprocess.run(command, capture_output=True, text=True).stdout
    return [int(line.split()[0]) for line in out.splitlines() if "spatialccd" in line]


@pytest.fixture
def project(qgis_new_project):
    """A new project whose layers are known."""
    return qgis_new_project


@pytest.mark.parametrize(
    ("make", "values", "words"),
    [
        (cells, {"y": "名"}, "the field '名' must hold numbers, not 格"),
        (cells, {"y": "none"}, "has no field none; there are y, a, b, 名"),
        (cells, {"UNIT_FIELD": "名"}, "the same unit more than once"),
        (without_crs, {}, "no coordinate reference system"),
        (with_null, {}, "missing or infinite values"),
    ],
    ids=["text", "no field", "a code twice", "no CRS", "NULL"],
)
def test_a_faulty_layer_is_answered_in_one_line(plugin, feedback, make, values, words):
    given = {**MORAN, "INPUT": make(5), **values}
    assert words in refused("local_moran", given, feedback)
    assert not left_behind()


def test_null_where_the_tool_does_not_look_is_kept(run):
    layer = with_null(5, "a", rows=(3, 7))
    found = run("spatialccd:local_moran", {**MORAN, "INPUT": layer})["OUTPUT"]
    blank = [row for row, f in enumerate(found.getFeatures()) if f["a"] in (None, NULL)]
    assert blank == [3, 7]
    assert found.featureCount() == 25


def test_a_selection_is_respected_and_an_empty_one_is_said(run, feedback, project):
    layer = cells(10)
    project.addMapLayer(layer)
    layer.selectByIds([feature.id() for feature in layer.getFeatures()][:30])
    source = QgsProcessingFeatureSourceDefinition(layer.id(), selectedFeaturesOnly=True)
    some = run("spatialccd:local_moran", {**MORAN, "INPUT": source})["OUTPUT"]
    assert some.featureCount() == 30
    names = [field.name() for field in some.fields()]
    assert {"名", "cluster"} <= set(names)
    assert next(some.getFeatures())["名"] == "格"
    layer.removeSelection()
    message = refused("local_moran", {**MORAN, "INPUT": source}, feedback)
    assert "no features to work on; if only selected" in message


def test_a_filter_is_respected(run):
    layer = cells(10)
    layer.setSubsetString('"a" > 0.5')
    kept = layer.featureCount()
    found = run("spatialccd:local_moran", {**MORAN, "INPUT": layer})["OUTPUT"]
    assert 0 < found.featureCount() == kept < 100


def test_three_thousand_features_keep_their_own_geometry_and_fields(run):
    layer = cells(55)
    found = run("spatialccd:local_moran", {**MORAN, "INPUT": layer})["OUTPUT"]
    assert found.featureCount() == layer.featureCount() == 3025
    own = {f["y"]: (f.geometry().centroid().asPoint(), f["a"]) for f in layer.getFeatures()}
    for feature in found.getFeatures():
        assert own[feature["y"]] == (feature.geometry().centroid().asPoint(), feature["a"])


def test_two_runs_at_once_lose_nothing(plugin, project, monkeypatch):
    import spatialccd_qgis as ccd
    from qgis import utils
    from spatialccd_qgis import client, console

    monkeypatch.setattr(utils, "iface", None)  # the stub has no message bar to draw in
    meet, do, workers = threading.Barrier(2, timeout=60), client.Worker.do, []

    def do_together(worker, *job):
        workers.append(worker)
        meet.wait()  # neither begins before the other has a worker of its own
        return do(worker, *job)

    monkeypatch.setattr(client.Worker, "do", do_together)
    layer = cells(55)
    project.addMapLayer(layer)
    for field in ("a", "b"):
        ccd.local_moran(layer, field=field, seed=1, n_permutations=99, wait=False)
    while console._Job._running:
        QgsApplication.processEvents()
        time.sleep(0.02)
    found = [*project.mapLayersByName("Local Moran: a"), *project.mapLayersByName("Local Moran: b")]
    assert [item.featureCount() for item in found] == [55 * 55, 55 * 55]
    statistics = [[f["I"] for f in item.getFeatures()] for item in found]
    assert statistics[0] != statistics[1]
    assert len(set(workers)) == 2


def test_cancel_during_mgwr_leaves_no_process_no_file_and_the_project_as_it_was(
    plugin, feedback, project
):
    from spatialccd_qgis import client

    layer = cells(40)
    project.addMapLayer(layer)
    before = list(project.mapLayers())
    asked = []

    def stop():
        asked.append(time.monotonic())
        feedback.cancel()

    feedback.progressChanged.connect(
        lambda share: share > 0 and not asked and threading.Timer(0.1, stop).start()
    )
    values = {"INPUT": layer, "y": "y", "X": ["a", "b"], "OUTPUT": "memory:"}
    message = refused("mgwr", values, feedback)
    took = time.monotonic() - asked[0]
    client.close()
    assert message == "Stopped; nothing was changed."
    # The worker is ended half a second after it was asked; a busy machine may stall all of it.
    assert took < 10.0
    assert list(project.mapLayers()) == before
    assert children() == []
    assert not left_behind()


def test_a_worker_that_dies_is_replaced(run, feedback):
    layer = cells(40)
    killed = []

    def kill(share):
        if share > 0 and not killed:
            killed.extend(children())
            for process in killed:
                os.kill(process, 9)

    feedback.progressChanged.connect(kill)
    values = {"INPUT": layer, "y": "y", "X": ["a", "b"], "OUTPUT": "memory:"}
    message = refused("mgwr", values, feedback)
    assert killed
    assert "the worker ended by itself" in message
    assert not left_behind()
    assert (
        run("spatialccd:local_moran", {**MORAN, "INPUT": cells(5)})["OUTPUT"].featureCount() == 25
    )


@pytest.mark.parametrize(
    "shape",
    [
        "CurvePolygon (CompoundCurve (CircularString (0 0, 0.5 0.5, 1 0), (1 0, 0 0)))",
        "MultiPolygonZM (((0 0 1 1, 1 0 1 1, 1 1 1 1, 0 0 1 1)))",
    ],
)
def test_odd_shapes_go_there_and_back(run, shape):
    layer = QgsVectorLayer(f"{shape.split()[0]}?crs=EPSG:3857&field=y:double", "odd", "memory")
    features = []
    for i in range(16):
        feature = QgsFeature(layer.fields())
        moved = QgsGeometry.fromWkt(shape)
        moved.translate(i % 4, i // 4)
        feature.setGeometry(moved)
        feature.setAttributes([i * i % 7])
        features.append(feature)
    assert layer.dataProvider().addFeatures(features)[0]
    given = {**MORAN, "INPUT": layer, "graph_method": "knn", "graph_k": 3}
    found = list(run("spatialccd:local_moran", given)["OUTPUT"].getFeatures())
    assert [f["y"] for f in found] == [f["y"] for f in features]
    for before, after in zip(features, found, strict=True):
        assert after.geometry().isMultipart()
        assert after.geometry().area() == pytest.approx(before.geometry().area(), rel=1e-4)


def test_the_project_is_untouched_by_a_run_of_processing(run, project):
    layer = cells(5)
    project.addMapLayer(layer)
    project.setDirty(False)
    run("spatialccd:local_moran", {**MORAN, "INPUT": layer})
    assert list(QgsProject.instance().mapLayers()) == [layer.id()]
    assert not project.isDirty()
