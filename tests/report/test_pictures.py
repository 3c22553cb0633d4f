"""What reaches the paper: colors at the places they belong to, every kind on real layers."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

import spatialccd as sc
from spatialccd.report.paper import palettes
from spatialccd.report.paper.projection import lay_out
from spatialccd.report.paper.style import house_style

_FAR = ["02", "15", "60", "66", "69", "72", "78"]


def _picture(drawn, dpi=150):
    buffer = io.BytesIO()
    drawn.figure.savefig(buffer, format="png", dpi=dpi)
    return np.asarray(Image.open(buffer).convert("RGB")) / 255.0


def _colors_at_the_anchors(drawn, areas, name="map 0", dpi=150):
    """Give the color of the pixel inside each area, (n, 3), and the units."""
    drawn.figure.set_dpi(dpi)
    axes = next(each for each in drawn.figure.axes if each.get_label() == name)
    plane = lay_out(areas)
    image = _picture(drawn, dpi)
    columns, rows = np.rint(axes.transData.transform(plane.anchors)).astype(int).T
    return image[image.shape[0] - 1 - rows, columns], plane.units


def _expected(colors):
    return np.array([to_rgb(color) for color in colors])


@pytest.fixture(scope="module")
def provinces():
    areas = sc.read_boundaries("china_provinces")
    return areas.drop(index=["810000", "820000"])  # too small for a pixel of their own


@pytest.fixture(scope="module")
def counties():
    areas = sc.read_boundaries("us_counties")
    return areas[~areas.index.str[:2].isin(_FAR)]


def test_every_province_shows_the_color_of_its_grade(provinces):
    D = pd.Series(np.linspace(0.02, 0.98, len(provinces)), provinces.index)
    drawn = sc.map_grades(D, provinces, width="double")
    seen, units = _colors_at_the_anchors(drawn, provinces)
    color = drawn.legend.set_index("class")["color"]
    wanted = _expected(color[drawn.table["class"].reindex(units)])
    # Taiwan, Shanghai and Tianjin are a few pixels wide: allow for edges there.
    assert (np.abs(seen - wanted).max(axis=1) < 0.02).sum() >= len(units) - 2


def test_insignificant_coefficients_are_grey_on_paper(provinces):
    coef = pd.DataFrame({"x": np.linspace(-1, 1, len(provinces))}, provinces.index)
    drawn = sc.map_coefficients(coef, provinces, coef.abs() > 0.5, width="double")
    seen, units = _colors_at_the_anchors(drawn, provinces)
    grey = np.abs(seen - _expected([palettes.MUTED])).max(axis=1) < 0.02
    wanted = (coef["x"].abs() <= 0.5).reindex(units).to_numpy()
    assert (grey == wanted).mean() > 0.95
    red, _, blue = seen[~wanted & ~grey].T
    sign = np.sign(coef["x"].reindex(units).to_numpy()[~wanted & ~grey])
    assert (np.sign(red - blue) == sign).all()


def _kinds(areas):
    rng = np.random.default_rng(5)
    n = len(areas)
    values = pd.Series(rng.normal(size=n), areas.index, name="value")
    D = pd.Series(rng.uniform(size=n), areas.index)
    clusters = pd.DataFrame(
        {"cluster": rng.choice(["High-High", "Low-Low", "Not significant"], n)}, areas.index
    )
    coef = pd.DataFrame(rng.normal(size=(n, 3)), areas.index, columns=["a", "b", "c"])
    return {
        "grades": lambda: sc.map_grades(D, areas),
        "classes": lambda: sc.map_values(values, areas, scheme="natural_breaks"),
        "scale": lambda: sc.map_values(values, areas, scheme="continuous", palette="PuOr"),
        "dots": lambda: sc.map_values(values, areas, dots=True),
        "lisa": lambda: sc.map_lisa(clusters, areas),
        "coefficients": lambda: sc.map_coefficients(coef, areas, coef.abs() > 1),
        "bivariate": lambda: sc.map_bivariate(D, values, areas),
    }


@pytest.mark.parametrize("layer", ["provinces", "counties"])
@pytest.mark.parametrize(
    "kind", ["grades", "classes", "scale", "dots", "lisa", "coefficients", "bivariate"]
)
def test_every_kind_on_every_layer(kind, layer, request):
    areas = request.getfixturevalue(layer)
    drawn = _kinds(areas)[kind]()
    assert drawn.scale_bar >= 100_000
    assert "Albers" in drawn.projection
    counts = drawn.legend.drop(columns=["class", "label", "color"])
    assert (counts.sum() == len(areas)).all()
    assert _picture(drawn, dpi=60).std() > 0.05


def test_maps_drawn_in_threads_are_the_maps_drawn_one_by_one(toys):
    def draw(year):
        drawn = sc.map_grades(toys.scores["economy"], toys.areas, time=year)
        with house_style():  # as save() has it: matplotlib's settings are those of all threads
            return _picture(drawn, dpi=80)

    one_by_one = [draw(year) for year in toys.years]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(draw, toys.years))
    for one, other in zip(one_by_one, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_counties_fit_on_a_page(counties, tmp_path):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(len(counties), 20)), counties.index).add_prefix("x")
    path = sc.write_page({"gwr": frame}, tmp_path / "p.html", title="Counties", areas=counties)
    assert path.stat().st_size < 20e6
