"""Algorithms as parts of a model: two of ours and one of QGIS's in a chain, and each alone."""

import pytest
from conftest import CASES
from figures import assert_same
from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingOutputNumber,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProject,
)

Source = QgsProcessingModelChildParameterSource
AREAS = "china_provinces_last.gpkg"


def algorithm(identifier):
    return QgsApplication.processingRegistry().createAlgorithmById(identifier)


def child(model, identifier, name, output=None, **sources):
    """Put an algorithm into a model; its output `output` becomes the model's."""
    made = QgsProcessingModelChildAlgorithm(identifier)
    made.setChildId(name)
    for parameter, source in sources.items():
        made.addParameterSources(parameter, [source])
    if output:
        result = QgsProcessingModelOutput(name, name)
        result.setChildId(name)
        result.setChildOutputName(output)
        made.setModelOutputs({name: result})
    model.addChildAlgorithm(made)


@pytest.fixture
def chain(plugin):
    """Clusters of a field, of which the hot ones are kept; and hot spots of their lags."""
    model = QgsProcessingModelAlgorithm("Clusters and their lags", "tests")
    model.addModelParameter(
        QgsProcessingParameterFeatureSource("layer", "Layer"), QgsProcessingModelParameter("layer")
    )
    model.addModelParameter(
        QgsProcessingParameterField("field", "Field", None, "layer"),
        QgsProcessingModelParameter("field"),
    )
    given = {"seed": 1, "n_permutations": 999, "correction": "none"}
    given = {name: Source.fromStaticValue(value) for name, value in given.items()}
    child(
        model,
        "spatialccd:local_moran",
        "clusters",
        "OUTPUT",
        INPUT=Source.fromModelParameter("layer"),
        UNIT_FIELD=Source.fromStaticValue("adcode"),
        y=Source.fromModelParameter("field"),
        **given,
    )
    child(
        model,
        "spatialccd:local_getis_ord",
        "lags",
        "OUTPUT",
        INPUT=Source.fromChildOutput("clusters", "OUTPUT"),
        UNIT_FIELD=Source.fromStaticValue("adcode"),
        y=Source.fromStaticValue("lag"),
        **given,
    )
    child(
        model,
        "native:extractbyattribute",
        "hot",
        "OUTPUT",
        INPUT=Source.fromChildOutput("clusters", "OUTPUT"),
        FIELD=Source.fromStaticValue("cluster"),
        OPERATOR=Source.fromStaticValue(0),
        VALUE=Source.fromStaticValue("High-High"),
    )
    return model


def run_model(model, values, feedback):
    """Run a model as the toolbox does; give its layers by the outputs' names.

    A model's output is called ``child:name`` by older versions of QGIS, ``name`` by newer ones.
    """
    outputs = {d.name().split(":")[-1]: d.name() for d in model.destinationParameterDefinitions()}
    values = {**values, **dict.fromkeys(outputs.values(), "memory:")}
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    agreed, problem = model.checkParameterValues(values, context)
    assert agreed, problem
    can, why = model.canExecute()
    assert can, why
    results, successful = model.run(values, context, feedback)
    assert successful, feedback.errors
    return {name: context.takeResultLayer(results[key]) for name, key in outputs.items()}


def test_a_chain_gives_the_librarys_figures_and_survives_its_file(
    chain, feedback, material, tmp_path
):
    path = str(tmp_path / "chain.model3")
    assert chain.toFile(path)
    again = QgsProcessingModelAlgorithm()
    assert again.fromFile(path)
    for model in (chain, again):
        values = {"layer": str(material / AREAS), "field": "urban"}
        layers = run_model(model, values, feedback)
        assert_same(layers["clusters"], CASES["local_moran-china_provinces"])
        assert_same(layers["lags"], CASES["lags of clusters"])
        kinds = CASES["local_moran-china_provinces"]["columns"]["cluster"]
        assert layers["hot"].featureCount() == kinds.count("High-High") > 0


def test_a_single_figure_is_offered_and_taken_on(plugin, feedback, material):
    """The R2 of a GWR is written into every row by one of QGIS's own tools."""
    model = QgsProcessingModelAlgorithm("Fit", "tests")
    model.addModelParameter(
        QgsProcessingParameterFeatureSource("layer", "Layer"), QgsProcessingModelParameter("layer")
    )
    case = CASES["gwr-georgia-alone"]
    given = {n: Source.fromStaticValue(v) for n, v in case["values"].items() if n != "INPUT"}
    child(model, "spatialccd:gwr", "fit", INPUT=Source.fromModelParameter("layer"), **given)
    child(
        model,
        "native:fieldcalculator",
        "taken",
        "OUTPUT",
        INPUT=Source.fromChildOutput("fit", "OUTPUT"),
        FIELD_NAME=Source.fromStaticValue("fit"),
        FIELD_TYPE=Source.fromStaticValue(0),
        FIELD_LENGTH=Source.fromStaticValue(0),
        FIELD_PRECISION=Source.fromStaticValue(0),
        FORMULA=Source.fromExpression("to_string(@fit_r2)"),
    )
    numbers = model.availableSourcesForChild("taken", [], [QgsProcessingOutputNumber.typeName()])
    assert {"r2", "adj_r2", "aicc"} <= {source.outputName() for source in numbers}
    layers = run_model(model, {"layer": str(material / "georgia_last.gpkg")}, feedback)
    written = [feature["fit"] for feature in layers["taken"].getFeatures()]
    assert len(written) == 159
    assert written == pytest.approx([case["single"]["r2"]] * 159, rel=1e-10)


def by_hand(model, name, values, outputs):
    """Add a tool to a model as a user does in its dialog: fill in, press OK.

    Layers are wired to the model's inputs, all else is typed in; what is not
    named stays as the dialog has it.
    """
    from processing.modeler.ModelerParametersDialog import ModelerParametersDialog

    dialog = ModelerParametersDialog(algorithm(f"spatialccd:{name}"), model)
    wrappers = dialog.widget.widget.wrappers
    for parameter, value in values.items():
        wired = parameter in ("INPUT", "BOUNDARIES")
        source = Source.fromModelParameter if wired else Source.fromStaticValue
        wrapper = wrappers[parameter]
        fill = getattr(wrapper, "setWidgetValue", None) or wrapper.setValue
        fill(source(parameter if wired else value))
    for output, called in outputs.items():
        wrappers[output].setToModelOutput(called)
    made = dialog.createAlgorithm()
    dialog.deleteLater()
    model.addChildAlgorithm(made)


@pytest.mark.parametrize(
    "name", [n for n in CASES if n.endswith("-china_provinces") and "index" in CASES[n]]
)
def test_every_tool_can_be_put_into_a_model_by_its_dialog(plugin, feedback, name):
    case = CASES[name]
    model = QgsProcessingModelAlgorithm("One tool", "tests")
    layers = {key: case["values"][key] for key in ("INPUT", "BOUNDARIES") if key in case["values"]}
    for key in layers:
        model.addModelParameter(
            QgsProcessingParameterFeatureSource(key, key), QgsProcessingModelParameter(key)
        )
    by_hand(model, case["tool"], case["values"], {"OUTPUT": "found"})
    assert_same(run_model(model, layers, feedback)["found"], case)


def test_a_layer_made_by_a_tool_is_offered_to_the_next(plugin):
    for name in sorted(
        {case["tool"] for case in CASES.values() if case["tool"] and "index" in case}
    ):
        model = QgsProcessingModelAlgorithm("Two tools", "tests")
        child(model, f"spatialccd:{name}", "first")
        child(model, "spatialccd:local_moran", "second")
        offered = model.availableSourcesForChild(
            "second",
            [QgsProcessingParameterFeatureSource.typeName()],
            [QgsProcessingOutputVectorLayer.typeName()],
        )
        assert ["first", "OUTPUT"] in [[s.outputChildId(), s.outputName()] for s in offered], name
