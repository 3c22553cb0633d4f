"""Columns on the page and in QGIS have the colors that the figures have."""

from __future__ import annotations

import subprocess
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

import spatialccd as sc
from spatialccd.report.layers.keys import classes, columns_on_units
from spatialccd.report.page.layers import layers
from spatialccd.report.paper import palettes
from spatialccd.report.words.spoken import Words


@pytest.fixture
def local(toys):
    """Give a table as local regressions have it: one term of one sign, one of two."""
    n = len(toys.areas)
    table = pd.DataFrame(
        {
            "coef_smoke": np.linspace(-2.0, -0.5, n),
            "significant_smoke": np.arange(n) % 3 > 0,
            "coef_income": np.linspace(-1.0, 3.0, n),
            "significant_income": np.arange(n) > 4,
        },
        toys.areas.index,
    )
    return table


def _key(frame, name):
    columns = columns_on_units({"mgwr": frame}, frame.index)
    return classes(next(c for c in columns if c.name == name), Words())


def _blue(color):
    red, _, blue = to_rgb(color)
    return blue - red


def test_a_coefficient_of_one_sign_is_darkest_where_strongest(local):
    key = _key(local, "coef_smoke")
    assert all(_blue(color) > 0 for color in key.colors[:-1])
    light = [sum(to_rgb(color)) for color in key.colors[:-1]]
    assert light == sorted(light)  # from the most negative to the weakest


def test_what_is_not_significant_is_grey_and_does_not_stretch_the_classes(local):
    key = _key(local, "coef_income")
    grey = key.codes == len(key.labels) - 1
    assert (key.labels[-1], key.colors[-1]) == ("Not significant", palettes.MUTED)
    assert (grey == ~local["significant_income"]).all()
    sure = local.loc[local["significant_income"], "coef_income"]
    assert (key.edges[0][0], key.edges[-1][1]) == (sure.min(), sure.max())
    for (low, high), color in zip(key.edges, key.colors, strict=False):
        assert _blue(color) > 0 if high <= 0 else _blue(color) < 0 if low >= 0 else True
    assert 0.0 in [high for _, high in key.edges]


def test_nothing_significant_is_all_grey(local):
    key = _key(local.assign(significant_smoke=False), "coef_smoke")
    assert key.labels == ["Not significant"]
    assert (key.codes == 0).all()


def test_figures_below_zero_are_darkest_where_farthest_from_it(toys):
    change = pd.DataFrame({"change": np.linspace(-9, -1, len(toys.areas))}, toys.areas.index)
    light = [sum(to_rgb(color)) for color in _key(change, "change").colors]
    assert light == sorted(light)


def test_the_page_has_the_same_classes(local, toys):
    (shown,) = (
        layer
        for layer in layers({"mgwr": local}, toys.areas.index, toys.areas.index, Words("zh"))
        if layer.column == "coef_income"
    )
    assert shown.labels[-1] == "不显著"
    assert shown.values[0][0] == -1.0
    assert shown.classes[0][0] == len(shown.labels) - 1


_COUNT = """
import sys
from qgis.core import *
app = QgsApplication([], False); app.initQgis()
layer = QgsVectorLayer(f"{sys.argv[1]}|layername=results", "x", "ogr")
assert layer.isValid()
print(layer.loadDefaultStyle())
renderer, context = layer.renderer(), QgsRenderContext()
scopes = QgsExpressionContextUtils.globalProjectLayerScopes(layer)
context.setExpressionContext(QgsExpressionContext(scopes))
renderer.startRender(context, layer.fields())
for feature in layer.getFeatures():
    context.expressionContext().setFeature(feature)
    symbols = renderer.originalSymbolsForFeature(feature, context)
    print(feature["unit"], ",".join(symbol.color().name() for symbol in symbols))
renderer.stopRender(context)
"""


def test_qgis_draws_every_area_once(local, toys, tmp_path):
    if not Path("/usr/lib/python3/dist-packages/qgis").is_dir():
        pytest.skip("QGIS is not installed")
    partly = local[["coef_income", "significant_income"]].drop(index=local.index[[5, 17]])
    path = sc.write_geopackage({"mgwr": partly}, toys.areas, tmp_path / "study.gpkg")
    script = tmp_path / "count.py"
    script.write_text(textwrap.dedent(_COUNT), encoding="utf-8")
    done = subprocess.run(
        ["/usr/bin/python3", script, path],
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    rows = dict(line.split(" ") if " " in line else (line, "") for line in _areas(done.stdout))
    assert len(rows) == len(toys.areas), done.stderr
    key = _key(partly, "coef_income")
    wanted = key.codes.map(dict(enumerate(key.colors)))
    for unit, color in wanted.items():
        assert rows[str(unit)] == color
    for unit in local.index[[5, 17]]:
        assert rows[str(unit)] == palettes.NO_DATA


def _areas(printed):
    return [line for line in printed.splitlines() if line.startswith("A")]
