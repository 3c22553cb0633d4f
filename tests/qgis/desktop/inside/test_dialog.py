"""A tool's own dialog: unit and year filled in, numbers kept as text, a table of indicators."""

import pytest
from layers import cells, panel
from qgis.core import QgsProject, QgsVectorLayer

CSV = "code,year,gdp,name\n" + "".join(
    f"u{unit},{year},{unit + year / 10},n{unit}\n" for unit in range(4) for year in (2019, 2020)
)


@pytest.fixture
def open_dialog(plugin, qgis_new_project, monkeypatch):
    """Open the dialog of a tool as the toolbox does."""
    from processing.gui import ParametersPanel
    from spatialccd_qgis.dialog import ToolDialog

    monkeypatch.setattr(ParametersPanel, "iface", None)  # the stub has no browser
    opened = []

    def make(name, layer):
        QgsProject.instance().addMapLayer(layer)
        algorithm = plugin._provider.algorithm(name).create()
        dialog = algorithm.createCustomParametersWidget(None)
        assert isinstance(dialog, ToolDialog)
        dialog.setParameters({"INPUT": layer.id()})
        opened.append(dialog)
        return dialog

    yield make
    for dialog in opened:
        dialog.close()
        dialog.deleteLater()


def value(dialog, name):
    return dialog.mainWidget().wrappers[name].parameterValue()


def offered(dialog, name):
    box = dialog.mainWidget().wrappers[name].wrappedWidget()
    return [box.itemText(i) for i in range(box.count())]


def test_unit_and_year_are_filled_in_when_the_layer_is_chosen(open_dialog):
    dialog = open_dialog("local_moran", panel(3, [2018, 2019, 2020]))
    assert (value(dialog, "UNIT_FIELD"), value(dialog, "TIME_FIELD")) == ("code", "year")
    other = cells(3)
    QgsProject.instance().addMapLayer(other)
    dialog.setParameters({"INPUT": other.id()})
    assert not value(dialog, "TIME_FIELD")


def test_what_tells_rows_apart_is_offered_as_no_figure(open_dialog):
    dialog = open_dialog("local_moran", panel(3, [2018, 2019]))
    assert offered(dialog, "y") == ["First score", "b", "covariate"]  # an alias stands for a field
    assert value(dialog, "y") == "a"


def test_numbers_kept_as_text_are_offered_and_read(open_dialog, tmp_path, run):
    path = tmp_path / "table.csv"
    path.write_text(CSV)
    layer = QgsVectorLayer(str(path), "table", "ogr")
    assert not any(field.isNumeric() for field in layer.fields())
    dialog = open_dialog("sigma_convergence", layer)
    assert offered(dialog, "y") == ["gdp"]
    assert (value(dialog, "UNIT_FIELD"), value(dialog, "TIME_FIELD")) == ("code", "year")
    given = {"INPUT": layer, "UNIT_FIELD": "code", "TIME_FIELD": "year", "y": "gdp"}
    found = run("spatialccd:group_summary", {**given, "OUTPUT": "memory:"})["OUTPUT"]
    means = {str(f["time"]): f["mean"] for f in found.getFeatures()}
    assert means["2020"] == pytest.approx(1.5 + 202)


def test_a_table_of_indicators_gives_what_is_chosen(open_dialog):
    dialog = open_dialog("coupling_from_indicators", panel(3, [2019, 2020]))
    wrapper = dialog.mainWidget().wrappers["system1_indicators"]
    cells_of = ["a", "cost", "0.4", "", "b", "moderate", "0.6", "0.2:0.5"]
    wrapper.setParameterValue(cells_of, dialog.mainWidget().processing_context)
    assert value(dialog, "system1_indicators") == cells_of
    assert wrapper._fields == ["a", "b", "covariate"]


def test_the_dialog_runs_what_it_shows(open_dialog, run):
    layer = panel(4, [2019, 2020])
    dialog = open_dialog("coupling_from_indicators", layer)
    shown = dialog.mainWidget()
    given = {
        "system1_name": "城镇",
        "system1_indicators": ["a", "benefit", "", "", "covariate", "cost", "", ""],
        "system2_name": "生态",
        "system2_indicators": ["b", "benefit", "", ""],
    }
    for name, one in given.items():
        shown.wrappers[name].setParameterValue(one, shown.processing_context)
    values = {**dialog.createProcessingParameters(), "OUTPUT": "memory:"}
    found = run("spatialccd:coupling_from_indicators", values)["OUTPUT"]
    names = [field.name() for field in found.fields()]
    assert names[-6:] == ["城镇", "生态", "C", "T", "D", "grade"]
    by_hand = {"INPUT": layer, "UNIT_FIELD": "code", "TIME_FIELD": "year", **given}
    again = run("spatialccd:coupling_from_indicators", {**by_hand, "OUTPUT": "memory:"})["OUTPUT"]
    assert [f["D"] for f in found.getFeatures()] == [f["D"] for f in again.getFeatures()]
    assert all(0 <= f["D"] <= 1 for f in found.getFeatures())


def test_the_help_button_opens_a_page_that_is_there(plugin):
    from qgis.PyQt.QtCore import QUrl

    for algorithm in plugin._provider.algorithms():
        if algorithm.name() != "run_study":
            page = QUrl(algorithm.helpUrl()).toLocalFile()
            assert page.endswith(f"/help/en/{algorithm.name()}.html")
            with open(page, encoding="utf-8") as file:
                assert "<h1>" in file.read()


def test_what_the_help_of_qgis_process_prints_is_taken(plugin):
    """It prints choices with their numbers, as "0: queen", and says to give the number."""
    from qgis.core import QgsProcessingContext, QgsProcessingParameterEnum

    checked = 0
    for algorithm in plugin._provider.algorithms():
        for definition in algorithm.parameterDefinitions():
            if not isinstance(definition, QgsProcessingParameterEnum):
                continue
            for number, word in enumerate(definition.options()):
                for given in (number, str(number), word):
                    values = {definition.name(): given}
                    _, problem = algorithm.checkParameterValues(values, QgsProcessingContext())
                    assert definition.description() not in problem, (algorithm.name(), given)
                    checked += 1
            _, problem = algorithm.checkParameterValues(
                {definition.name(): "none of these"}, QgsProcessingContext()
            )
            assert f"{definition.description()} takes {definition.options()[0]}" in problem
    assert checked > 500


def test_labels_of_a_matrix_are_chosen_and_not_guessed(open_dialog):
    dialog = open_dialog("qap_correlation", panel(3, [2018, 2019]))
    assert not value(dialog, "UNIT_FIELD")
    assert "TIME_FIELD" not in dialog.mainWidget().wrappers


def test_a_call_from_the_console_takes_several_matrices(plugin, run, tmp_path):
    from spatialccd_qgis import arguments, catalog

    (tmp_path / "far.csv").write_text(
        "u,a,b,c,d\na,0,1,2,3\nb,1,0,1,2\nc,2,1,0,1\nd,3,2,1,0\n", encoding="utf-8"
    )
    (tmp_path / "ties.csv").write_text(
        "from,to,tons\na,b,3\nb,c,2\nc,d,4\nd,a,1\nb,a,1\n", encoding="utf-8"
    )
    far, ties = (QgsVectorLayer(str(tmp_path / f"{n}.csv"), n, "ogr") for n in ("far", "ties"))
    QgsProject.instance().addMapLayers([far, ties])
    (tool,) = catalog.calls()["mrqap"]
    told = arguments.documentation("mrqap", [tool])
    assert "networks1_name" in told
    assert "time_field" not in told
    given = {"origin": "from", "destination": "to", "numbers": "tons", "n_permutations": 99}
    given |= {"networks1": "far", "networks1_name": "距离", "networks1_unit": "u", "seed": 1}
    algorithm = plugin._provider.algorithm("mrqap").create()
    values = arguments.values(tool, algorithm, given, fields=ties.fields())
    found = run("spatialccd:mrqap", {**values, "INPUT": ties, "OUTPUT": "memory:"})["OUTPUT"]
    assert [f["term"] for f in found.getFeatures()] == ["Intercept", "距离"]
    made = found.customProperty("spatialccd/made", "")
    assert str(tmp_path) not in made
