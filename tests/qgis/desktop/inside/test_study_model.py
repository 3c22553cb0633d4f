"""The whole study of an example as one model: from the table to clusters, drivers and a map."""

import json
import math

import pytest
from conftest import MATERIAL
from qgis.core import (
    QgsProcessingModelAlgorithm,
    QgsProcessingModelParameter,
    QgsProcessingParameterFeatureSource,
)
from qgis.PyQt.QtGui import QImage
from test_modeler import Source, child, run_model

INFRASTRUCTURE = ["highways_per_worker", "water_per_worker", "other_public_per_worker"]
ECONOMY = ["product_per_worker", "private_capital_per_worker"]
FACTORS = ["log_workers", "log_density"]
FIGURES = json.loads((MATERIAL / "us_states.json").read_text(encoding="utf-8"))


def cells(benefit, cost=()):
    """Give a table of indicators."""
    rows = [(name, "benefit", "", "") for name in benefit] + [(n, "cost", "", "") for n in cost]
    return [cell for row in rows for cell in row]


@pytest.fixture
def study(plugin, tmp_path):
    """The model; its inputs are the table and the boundaries."""
    model = QgsProcessingModelAlgorithm("Infrastructure and economy", "tests")
    for name in ("table", "boundaries"):
        model.addModelParameter(
            QgsProcessingParameterFeatureSource(name, name), QgsProcessingModelParameter(name)
        )

    def step(name, source, called=None, output="OUTPUT", **given):
        wired = source if not isinstance(source, str) else Source.fromChildOutput(source, "OUTPUT")
        values = {
            key: value if isinstance(value, Source) else Source.fromStaticValue(value)
            for key, value in given.items()
        }
        identifier = f"spatialccd:{name}"
        child(model, identifier, called or name, output, INPUT=wired, UNIT_FIELD=unit, **values)

    unit = Source.fromStaticValue("fips")
    step(
        "join",
        Source.fromModelParameter("table"),
        output=None,
        TIME_FIELD="year",
        panel=[*INFRASTRUCTURE, *ECONOMY, "unemployment_rate", *FACTORS],
        BOUNDARIES=Source.fromModelParameter("boundaries"),
        BOUNDARIES_UNIT="unit",
    )
    step(
        "coupling_from_indicators",
        "join",
        "coordination",
        TIME_FIELD="year",
        system1_name="infrastructure",
        system1_indicators=cells(INFRASTRUCTURE),
        system2_name="economy",
        system2_indicators=cells(ECONOMY, ["unemployment_rate"]),
    )
    step("global_moran", "coordination", "moran", TIME_FIELD="year", y="D", seed=1)
    step("local_moran", "coordination", "lisa", TIME_FIELD="year", AT_TIME="1986", y="D", seed=1)
    step("stratify", "lisa", "strata", output=None, X=FACTORS, method="quantile", k=4)
    step("spatial_strata", "strata", "regions", X=FACTORS, k=5)
    step(
        "factor_detector",
        "regions",
        "factors",
        y="D",
        strata=["log_workers_2", "log_density_2", "region_2"],
        seed=1,
    )
    step("mgwr", "lisa", "mgwr", y="D", X=FACTORS)
    step(
        "map_lisa", "lisa", "map", output=None, lisa=["cluster"], FIGURE=str(tmp_path / "lisa.png")
    )
    return model


def by(layer, keys, column):
    return {" ".join(str(f[key]) for key in keys): f[column] for f in layer.getFeatures()}


def same(found, expected):
    assert set(found) == {str(key) for key in expected}
    for key, value in expected.items():
        assert math.isclose(found[str(key)], value, rel_tol=1e-9, abs_tol=1e-12), key


def test_the_model_gives_the_librarys_figures_and_survives_its_file(study, feedback, tmp_path):
    path = str(tmp_path / "study.model3")
    assert study.toFile(path)
    again = QgsProcessingModelAlgorithm()
    assert again.fromFile(path)
    inputs = {"table": str(MATERIAL / "indicators.csv")}
    inputs["boundaries"] = str(MATERIAL / "us_states.gpkg")
    layers = run_model(again, inputs, feedback)
    same(by(layers["coordination"], ("fips", "year"), "D"), FIGURES["D"])
    same(by(layers["moran"], ("time",), "I"), FIGURES["moran"])
    same(by(layers["lisa"], ("fips",), "I"), FIGURES["I"])
    same(by(layers["mgwr"], ("fips",), "coef_log_workers"), FIGURES["coef"])
    q = sorted(by(layers["factors"], ("factor",), "q").values())
    assert q == pytest.approx(FIGURES["q"], rel=1e-9)
    assert not QImage(str(tmp_path / "lisa.png")).isNull()
