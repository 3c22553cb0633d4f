"""Hot spots, bandwidths and bivariate maps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

import spatialccd as sc
from spatialccd.errors import DataError, ParameterError
from spatialccd.report.paper import palettes


@pytest.fixture
def fitted(toys):
    return sc.gwr(toys.year["income"], toys.year[["schools"]], toys.areas, bandwidth=20)


def _legend_texts(drawn):
    return [text.get_text() for legend in drawn.figure.legends for text in legend.get_texts()]


def test_hot_spots_have_a_legend_of_their_own(toys):
    found = sc.local_getis_ord(toys.year["income"], toys.graph, seed=1)
    drawn = sc.map_lisa(found, toys.areas)
    assert drawn.figure.legends[0].get_title().get_text() == "Hot and cold spots"
    counts = drawn.legend.set_index("class")["n"]
    assert counts["Hot spot"] == (found.cluster == "Hot spot").sum() > 0
    np.testing.assert_array_equal(drawn.table["value"], found.G.reindex(drawn.table.index))


def test_local_geary_has_a_legend_of_its_own(toys):
    found = sc.local_geary(toys.year["income"], toys.graph, n_permutations=99, seed=1)
    kinds = set(sc.map_lisa(found, toys.areas).legend["class"])
    assert {"High-High", "Low-Low", "Not significant", "No data"} <= kinds


def test_clusters_of_two_statistics_do_not_mix(toys):
    mixed = pd.DataFrame({"cluster": ["Hot spot", "Low-High"]}, toys.units[:2])
    with pytest.raises(DataError, match="one statistic"):
        sc.map_lisa(mixed, toys.areas)


def test_bandwidths_reach_to_the_nth_nearest(fitted, toys):
    drawn = sc.map_bandwidths(fitted, toys.areas)
    centers = toys.areas.centroid
    xy = np.column_stack([centers.x, centers.y])
    expected = np.sort(cdist(xy, xy), axis=1)[:, 19] / 1000
    reach = drawn.table["value"].unstack("covariate")["schools"].reindex(toys.units)
    np.testing.assert_allclose(reach, expected)
    titles = [text.get_text() for text in drawn.figure.texts]
    assert "schools (20 of 36)" in titles


def test_bandwidths_on_the_globe_are_great_circles(toys):
    areas = sc.read_boundaries("china_provinces")
    rng = np.random.default_rng(1)
    x = pd.DataFrame({"x": rng.normal(size=34)}, areas.index)
    y = x["x"] + rng.normal(size=34)
    drawn = sc.map_bandwidths(sc.gwr(y, x, areas, bandwidth=34), areas, columns=["x"])
    from pyproj import Geod

    from spatialccd.data.layers.geometry import coordinates

    places = coordinates(areas).xy
    here = areas.index.get_loc("110000")
    there = np.tile(places[here], (34, 1))
    _, _, meters = Geod(ellps="sphere").inv(there[:, 0], there[:, 1], places[:, 0], places[:, 1])
    assert drawn.table.loc[("110000", "x"), "value"] == pytest.approx(meters.max() / 1000, rel=1e-3)


def test_fixed_bandwidths_are_refused(toys):
    fitted = sc.gwr(
        toys.year["income"], toys.year[["schools"]], toys.areas, fixed=True, bandwidth=60_000.0
    )
    with pytest.raises(ParameterError, match="fixed"):
        sc.map_bandwidths(fitted, toys.areas)


def test_bivariate_classes_are_thirds_of_each(toys):
    drawn = sc.map_bivariate(toys.year["income"], toys.year["schools"], toys.areas)
    first = drawn.table["class"].str.split(", ").str[0]
    assert first.value_counts().to_dict() == {"low": 12, "middle": 12, "high": 12}
    top = drawn.table["second"] > toys.year["schools"].quantile(2 / 3)
    assert (drawn.table["class"].str.split(", ").str[1] == "high").equals(top)
    square = next(axes for axes in drawn.figure.axes if axes.get_label() == "legend square")
    assert len(square.patches) == 9
    colors = drawn.legend.set_index("class")["color"]
    assert colors["high, high"] == palettes.BIVARIATE[2][2]


def test_bivariate_over_years_and_with_gaps(toys):
    x, y = toys.scores["economy"].copy(), toys.scores["ecology"]
    x.iloc[0] = np.nan
    drawn = sc.map_bivariate(x, y, toys.areas)
    assert drawn.legend.set_index("class").loc["No data", "2018"] == 1
    assert _legend_texts(drawn) == ["No data"]
