from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from shapely.geometry import GeometryCollection, LineString, Point, Polygon, box

import spatialccd as sc
from spatialccd.errors import (
    AlignmentError,
    DataError,
    GeometryError,
    GeometryWarning,
    ParameterError,
)
from spatialccd.report.paper import palettes


def _axes(drawn, name):
    return next(axes for axes in drawn.figure.axes if axes.get_label() == name)


def _legend_texts(drawn):
    return [text.get_text() for legend in drawn.figure.legends for text in legend.get_texts()]


def _box_of(artist):
    renderer = FigureCanvasAgg(artist.get_figure(root=True)).get_renderer()
    return artist.get_window_extent(renderer)


@pytest.fixture(scope="module")
def provinces(root):
    return sc.read_boundaries("china_provinces")


@pytest.fixture(scope="module")
def degrees(shared):
    frame = pd.read_csv(shared / "data/china_province_ccd_2011_2020.csv", dtype={"adcode": str})
    return frame.rename(columns={"adcode": "unit", "year": "time"}).set_index(["unit", "time"])["D"]


def test_grades_of_the_31_provinces_count_as_the_study_says(provinces, degrees):
    drawn = sc.map_grades(degrees, provinces, time=[2011, 2020])
    counts = drawn.legend.set_index("class")
    upper = counts.index[5:10]
    assert counts.loc[upper, "2011"].sum() == 4
    assert counts.loc[upper, "2020"].sum() == 19
    assert counts.loc["No data"].tolist()[2:] == [3, 3]  # Taiwan, Hong Kong, Macao


def test_legend_lists_every_class_with_its_count(toys):
    drawn = sc.map_grades(toys.scores["economy"], toys.areas, time=2019)
    texts = _legend_texts(drawn)
    assert len(texts) == 10
    assert texts[0].startswith("Extreme disorder [0.00, 0.10) (")
    assert sum(int(text.rsplit("(", 1)[1][:-1]) for text in texts) == 36


def test_each_area_has_the_color_of_its_class(toys):
    values = toys.year["income"]
    drawn = sc.map_values(values, toys.areas, k=4)
    (collection,) = [c for c in _axes(drawn, "map 0").collections if isinstance(c, PathCollection)]
    colors = drawn.legend.set_index("class")["color"]
    expected = [colors[name] for name in drawn.table["class"].reindex(toys.units)]
    assert [to_hex(color) for color in collection.get_facecolors()] == expected


def test_quantile_classes_hold_equal_numbers(toys):
    drawn = sc.map_values(toys.year["income"], toys.areas, k=4)
    assert drawn.legend["n"].to_list() == [9, 9, 9, 9, 0]


@pytest.mark.parametrize("scheme", ["natural_breaks", "equal_interval", "std", "continuous"])
def test_every_scheme_draws(toys, scheme):
    drawn = sc.map_values(toys.year["income"], toys.areas, scheme=scheme)
    assert drawn.table["value"].equals(toys.year["income"])


def test_own_breaks_bound_the_classes(toys):
    drawn = sc.map_values(toys.year["income"], toys.areas, breaks=[25.0, 30.0, 99.0])
    low = drawn.table.query("value <= 25")["class"].unique()
    assert list(low) == [drawn.legend["class"][0]]
    assert len(drawn.legend) == 4  # the break above the data makes no class


@pytest.mark.parametrize("palette", palettes.DIVERGING)
@pytest.mark.parametrize("scheme", ["quantiles", "natural_breaks", "equal_interval", "std"])
def test_colors_of_two_ends_part_at_the_center(toys, palette, scheme):
    values = toys.year["income"] - toys.year["income"].quantile(0.3)
    for center in (None, values.median()):
        drawn = sc.map_values(values, toys.areas, palette=palette, center=center, scheme=scheme)
        shades = palettes.ramp(palette, 11)
        low, high = set(shades[:5]), set(shades[6:])
        part = 0.0 if center is None else center
        for side, hues in ((values <= part, low), (values > part, high)):
            classes = set(drawn.table["class"][side])
            colors = drawn.legend.set_index("class")["color"][list(classes)]
            # Nearer to the shades of its own end than to those of the other.
            assert all(_nearest(color, low | high) in hues for color in colors)
        other = drawn.table["class"]
        assert not set(other[values <= part]) & set(other[values > part])


def test_limits_set_by_hand_keep_their_side_of_the_center(toys):
    values = pd.Series(np.linspace(-0.9, 3.9, len(toys.units)), toys.areas.index)
    drawn = sc.map_values(
        values, toys.areas, palette="RdBu", center=0, breaks=[0, 1, 2, 3], scheme="breaks"
    )
    colors = drawn.legend["color"].tolist()[:5]
    assert colors == [palettes.ramp("RdBu", 9)[3], *palettes.ramp("RdBu", 9)[5:]]
    across = sc.map_values(values, toys.areas, palette="RdBu", center=0, breaks=[-0.5, 0.5])
    assert across.legend["color"].tolist()[1] == palettes.ramp("RdBu", 3)[1]


def test_a_center_is_never_dropped(toys):
    for scheme in ("quantiles", "continuous"):
        with pytest.raises(ParameterError, match="center=0 needs a palette with two ends"):
            sc.map_values(toys.year["income"], toys.areas, center=0, scheme=scheme)


def _nearest(color, shades):
    def distance(other):
        pairs = zip(bytes.fromhex(color[1:]), bytes.fromhex(other[1:]), strict=True)
        return sum((a - b) ** 2 for a, b in pairs)

    return min(shades, key=distance)


def test_small_multiples_share_classes_and_have_a_bar_of_counts_each(toys):
    drawn = sc.map_values(toys.panel["income"], toys.areas, k=3)
    maps = [axes for axes in drawn.figure.axes if axes.get_label().startswith("map")]
    bars = [axes for axes in drawn.figure.axes if axes.get_label() == "counts"]
    assert len(maps) == len(bars) == 3
    assert drawn.legend[["2018", "2019", "2020"]].sum().to_list() == [36, 36, 36]
    assert all(axes.get_xlim() == maps[0].get_xlim() for axes in maps)


@pytest.mark.parametrize("count", [1, 2, 5, 7, 10])
@pytest.mark.parametrize("width", ["single", "double"])
def test_legend_text_and_maps_never_overlap_or_leave_the_sheet(toys, count, width):
    years = toys.scores["economy"].unstack("time")[2018]
    panel = pd.concat({2000 + i: years for i in range(count)}, names=["time"]).swaplevel()
    drawn = sc.map_grades(panel, toys.areas, width=width, title="A title", source="A source")
    sheet = drawn.figure.bbox
    legend = _box_of(drawn.figure.legends[0])
    assert sheet.x0 <= legend.x0
    assert legend.x1 <= sheet.x1
    assert sheet.y0 <= legend.y0
    assert legend.y1 <= sheet.y1
    for axes in drawn.figure.axes:
        assert not legend.overlaps(axes.bbox)
    for text in drawn.figure.texts:
        extent = _box_of(text)
        assert sheet.x0 - 1 <= extent.x0
        assert extent.x1 <= sheet.x1 + 1
        assert not legend.overlaps(extent)


@pytest.mark.parametrize("name", ["china_provinces", "us_counties"])
def test_scale_bar_is_true_at_the_center_of_the_map(name):
    areas = sc.read_boundaries(name)
    if name == "us_counties":
        areas = areas[~areas.index.str[:2].isin(["02", "15", "60", "66", "69", "72", "78"])]
        crs = "EPSG:5070"
    else:
        crs = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m"
    drawn = sc.map_values(pd.Series(np.arange(len(areas)) * 1.0, areas.index), areas)
    bars = [p for p in _axes(drawn, "map 0").patches if p.get_gid() == "scale bar"]
    length = sum(bar.get_width() for bar in bars)
    plane = areas.to_crs(crs)
    left, bottom, right, top = plane.total_bounds
    x, y = (left + right) / 2, (bottom + top) / 2
    ends = gpd.GeoSeries([Point(x - length / 2, y), Point(x + length / 2, y)], crs=plane.crs)
    one, other = ends.to_crs(4326)
    _, _, meters = plane.crs.get_geod().inv(one.x, one.y, other.x, other.y)
    assert drawn.scale_bar == 1_000_000
    assert meters == pytest.approx(drawn.scale_bar, rel=0.01)


def test_north_arrow_leans_towards_the_pole(provinces):
    from spatialccd.report.paper.projection import lay_out

    plane = lay_out(provinces)
    left, bottom, right, top = plane.bounds
    assert plane.north(0.0, (bottom + top) / 2) == pytest.approx(0, abs=0.01)  # meridian 105 E
    assert plane.north(right, top) > 10  # in the east of it the pole is to the left
    assert plane.north(left, top) < -10


def test_projection_is_said(provinces):
    drawn = sc.map_values(pd.Series(1.0, provinces.index), provinces)
    assert "105° E" in drawn.projection
    assert any(
        drawn.projection in text.get_text().replace("\n", " ") for text in drawn.figure.texts
    )


def test_projection_of_a_chinese_figure_is_chinese(toys):
    from spatialccd.report.words.sentences import retell

    for words in (
        "Lambert azimuthal equal-area, centered on 28° N, 140° W",
        "Albers equal-area conic, parallels 25° N and 47° N, meridian 105° E",
        "Equal Earth, centered on 0° E",
    ):
        assert not re.search("[a-z]{2}", retell(words, "zh"))


def test_a_part_of_a_layer_is_projected_for_itself():
    states = sc.read_boundaries("us_states")
    values = pd.Series(np.arange(len(states), dtype=float), states.index)
    whole = sc.map_values(values, states)
    assert "Alaska (0.35 of the scale), Hawaii and territories moved" in whole.projection
    axes = _axes(whole, "map 0")  # the states fill the sheet, not a strip of the hemisphere
    assert np.ptp(axes.get_xlim()) < 5.2e6
    drawn = sc.map_values(values, states, extent=(-125, 24, -66, 50))
    assert "EPSG:5070" in drawn.projection
    left, right = _axes(drawn, "map 0").get_xlim()
    assert right - left < 7_000_000


@pytest.mark.parametrize("scheme", ["quantiles", "continuous"])
def test_a_part_has_counts_and_limits_of_its_own(scheme):
    states = sc.read_boundaries("us_states")
    values = pd.Series(np.arange(len(states), dtype=float) ** 3, states.index)
    extent = (-125, 31, -109, 49)
    drawn = sc.map_values(values, states, extent=extent, scheme=scheme)
    assert {"06", "53", "32"} <= set(drawn.table.index)
    assert not {"02", "12", "36"} & set(drawn.table.index)
    whole = sc.map_values(values[drawn.table.index], states.loc[drawn.table.index], scheme=scheme)
    pd.testing.assert_frame_equal(drawn.legend, whole.legend)
    with_inset = sc.map_values(values, states, extent=extent, inset=(-161, 18, -154, 23))
    assert "15" in with_inset.table.index
    with pytest.raises(AlignmentError, match="99"):  # a unit without an area, wherever it is
        sc.map_values(pd.concat([values, pd.Series({"99": 1.0})]), states, extent=extent)
    with pytest.raises(ParameterError, match="no unit lies within"):
        sc.map_values(values, states, extent=(10, 40, 20, 50))


def test_units_without_a_figure_are_hatched_and_counted(toys):
    drawn = sc.map_values(toys.year["income"].iloc[6:], toys.areas)
    assert _legend_texts(drawn)[-1] == "No data (6)"
    hatched = [c for c in _axes(drawn, "map 0").collections if c.get_hatch()]
    assert len(hatched[0].get_paths()) == 6


def test_missing_figures_are_no_data(toys):
    values = toys.year["income"].copy()
    values.iloc[0] = np.nan
    drawn = sc.map_values(values, toys.areas)
    assert drawn.legend.set_index("class").loc["No data", "n"] == 1


def test_a_figure_without_an_area_is_named(toys):
    with pytest.raises(AlignmentError, match="A35"):
        sc.map_values(toys.year["income"], toys.areas.iloc[:-1])


def test_lisa_colors_only_known_clusters(toys):
    clusters = pd.Series("Not significant", toys.units).to_frame("cluster")
    clusters.iloc[0] = "High-High"
    drawn = sc.map_lisa(clusters, toys.areas)
    counts = drawn.legend.set_index("class")
    assert counts.loc[["High-High", "Low-Low", "Not significant"], "n"].to_list() == [1, 0, 35]
    assert counts.loc["High-High", "color"] == palettes.CLUSTERS["High-High"]
    with pytest.raises(DataError, match="Higher"):
        sc.map_lisa(clusters.replace("High-High", "Higher"), toys.areas)
    with pytest.raises(ParameterError, match="cluster"):
        sc.map_lisa(clusters.rename(columns={"cluster": "kind"}), toys.areas)


def test_lisa_of_a_result_says_its_level(toys):
    lisa = sc.local_moran(toys.year["income"], toys.graph, n_permutations=99, seed=1)
    drawn = sc.map_lisa(lisa, toys.areas)
    note = " ".join(text.get_text() for text in drawn.figure.texts)
    assert "p ≤ 0.05" in note
    assert "FDR" in note
    assert drawn.table["class"].astype(str).equals(lisa.cluster.astype(str).rename("class"))


def test_coefficients_share_one_scale_about_zero(toys):
    coef = pd.DataFrame(
        {"small": np.linspace(-0.1, 0.2, 36), "large": np.linspace(-3.0, 1.0, 36)}, toys.units
    )
    drawn = sc.map_coefficients(coef, toys.areas, coef.abs() > 0.05, scale="shared")
    bar = _axes(drawn, "color bar")
    assert bar.get_ylim() == (-3.0, 3.0) or bar.get_xlim() == (-3.0, 3.0)
    muted = drawn.table["muted"].unstack("covariate").reindex(toys.units)
    for name in coef:
        assert muted[name].to_list() == (coef[name].abs() <= 0.05).to_list()
    first = _axes(drawn, "map 0").collections[0].get_facecolors()
    grey = [to_hex(color) == palettes.MUTED for color in first]
    assert grey == (coef["small"].abs() <= 0.05).to_list()


def test_each_covariate_has_a_scale_that_spans_what_is_colored(toys):
    coef = pd.DataFrame(
        {"small": np.linspace(-0.1, 0.2, 36), "large": np.linspace(-9.0, 1.0, 36)}, toys.units
    )
    shown = coef.assign(large=coef["large"].where(coef["large"] > -2)).notna()
    shown["none"], coef["none"] = False, 1.0
    drawn = sc.map_coefficients(coef, toys.areas, shown)
    bars = [ax.get_xlim() for ax in drawn.figure.axes if ax.get_label() == "color bar"]
    largest = coef["large"][shown["large"]].abs().max()
    assert bars == [pytest.approx((-0.2, 0.2)), pytest.approx((-largest, largest))]
    assert drawn.table.xs("none", level="covariate")["muted"].all()
    # A map without a colored unit has no scale, alone too.
    alone = sc.map_coefficients(coef, toys.areas, shown, columns=["none"])
    assert not [ax for ax in alone.figure.axes if ax.get_label() == "color bar"]


def test_coefficients_of_a_result_carry_bandwidths(toys):
    fitted = sc.gwr(toys.year["income"], toys.year[["schools"]], toys.areas)
    drawn = sc.map_coefficients(fitted, toys.areas, columns=["schools"])
    titles = [text.get_text() for text in drawn.figure.texts]
    assert any(title.startswith("schools") for title in titles)


def test_coefficients_of_a_panel_are_mapped_at_one_time(toys):
    X = toys.panel[["schools", "forest"]]
    fitted = sc.gtwr(toys.panel["income"], X, toys.areas, bandwidth=60, time_scale=30.0)
    year = fitted.coef.index.get_level_values(1).max()
    drawn = sc.map_coefficients(fitted, toys.areas, columns=["schools"], time=year).table
    expected = fitted.coef["schools"].xs(year, level=1)
    value = drawn["value"].xs("schools", level="covariate").reindex(expected.index)
    assert value.to_list() == expected.to_list()
    with pytest.raises(ParameterError, match="say which time="):
        sc.map_coefficients(fitted, toys.areas)
    with pytest.raises(ParameterError, match="time"):
        sc.map_coefficients(fitted, toys.areas, time=1800)


def test_coefficients_of_a_results_table_find_their_verdicts(toys):
    fitted = sc.gwr(toys.year["income"], toys.year[["schools"]], toys.areas)
    table = fitted.to_frame()
    drawn = sc.map_coefficients(
        table[["coef_schools"]], toys.areas, table[["significant_schools"]]
    ).table
    own = sc.map_coefficients(fitted, toys.areas, columns=["schools"]).table
    pd.testing.assert_frame_equal(drawn, own)


# --- bad and odd input ----------------------------------------------------------------------------


def test_nothing_to_draw_is_an_error(toys):
    with pytest.raises(DataError, match="36"):
        sc.map_values(pd.Series(np.nan, toys.units), toys.areas)
    with pytest.raises(DataError, match="text"):
        sc.map_values(pd.Series("x", toys.units), toys.areas)


def test_one_value_is_one_class(toys):
    drawn = sc.map_values(pd.Series(3.0, toys.units), toys.areas)
    assert drawn.legend["label"].to_list() == ["3", "No data"]
    sc.map_values(pd.Series(3.0, toys.units), toys.areas, scheme="continuous")


def test_one_unit(toys):
    drawn = sc.map_values(pd.Series([3.0], toys.units[:1]), toys.areas.iloc[:1])
    assert drawn.scale_bar > 0


def test_unknown_words_get_a_hint(toys):
    values = toys.panel["income"]
    with pytest.raises(ParameterError, match="did you mean 'quantiles'"):
        sc.map_values(values, toys.areas, scheme="quantile")
    with pytest.raises(ParameterError, match="2021"):
        sc.map_values(values, toys.areas, time=2021)
    with pytest.raises(ParameterError, match="one time only"):
        sc.map_values(toys.year["income"], toys.areas, time=2020)
    with pytest.raises(ParameterError, match="two ends"):
        sc.map_values(values, toys.areas, scheme="continuous", palette="Blues", center=0.0)
    with pytest.raises(ParameterError, match="rising"):
        sc.map_values(values, toys.areas, breaks=[2.0, 1.0])
    with pytest.raises(ParameterError, match="names"):
        sc.map_values(values, toys.areas, names="nam")
    with pytest.raises(ParameterError, match="west < east"):
        sc.map_values(values, toys.areas, extent=(10, 0, 5, 5))


def test_too_many_maps_for_a_sheet(toys):
    year = toys.year["income"]
    panel = pd.concat(dict.fromkeys(range(200), year), names=["time"]).swaplevel()
    with pytest.raises(ParameterError, match="200 maps"):
        sc.map_values(panel, toys.areas)


def test_a_layer_without_crs_has_no_scale(toys):
    with pytest.warns(GeometryWarning, match="no CRS"):
        drawn = sc.map_values(toys.year["income"], toys.areas.set_crs(None, allow_override=True))
    assert drawn.scale_bar == 0
    assert drawn.projection == ""


def test_empty_geometry_is_named_and_not_drawn(toys):
    areas = toys.areas.copy()
    areas.loc["A03", "geometry"] = Polygon()
    with pytest.warns(GeometryWarning, match="A03"):
        sc.map_values(toys.year["income"], areas)
    with pytest.raises(GeometryError, match="no geometry"):
        sc.map_values(toys.year["income"], areas.assign(geometry=Polygon()))


def test_mixed_geometry_draws_polygons_and_points(toys):
    areas = toys.areas.copy()
    shapes = areas.geometry.to_list()
    shapes[0] = GeometryCollection([shapes[0], LineString([(0, 0), (1, 1)])])
    shapes[1] = Point(15_000, 5_000)
    areas = areas.set_geometry(gpd.GeoSeries(shapes, areas.index, crs=areas.crs))
    drawn = sc.map_values(toys.year["income"], areas)
    polygons, points = _axes(drawn, "map 0").collections
    assert len(polygons.get_paths()) == 35
    assert len(points.get_offsets()) == 1


def test_holes_stay_open(toys):
    from spatialccd.report.paper.projection import polygon_paths

    ring = Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (3, 1), (3, 3), (1, 3)]])
    (path,), rows = polygon_paths(np.array([ring]))
    assert rows.tolist() == [0]
    assert path.contains_point((0.5, 0.5))
    shell, hole = path.to_polygons()
    area = [0.5 * np.sum(p[:-1, 0] * p[1:, 1] - p[1:, 0] * p[:-1, 1]) for p in (shell, hole)]
    assert area[0] == pytest.approx(16)
    assert area[1] == pytest.approx(-4)


def test_antimeridian():
    areas = gpd.GeoDataFrame(
        geometry=[box(178, -18, 180, -16), box(-180, -18, -178, -16)],
        index=pd.Index(["west", "east"], name="unit"),
        crs=4326,
    )
    drawn = sc.map_values(pd.Series([1.0, 2.0], areas.index), areas)
    left, right = _axes(drawn, "map 0").get_xlim()
    assert right - left < 600_000  # four degrees, not the way round the world


def test_dots_labels_overlay_inset(toys):
    line = gpd.GeoSeries([LineString([(0, 0), (60_000, 60_000)])], crs=toys.areas.crs)
    drawn = sc.map_values(
        toys.year["income"],
        toys.areas,
        dots=True,
        names="name",
        overlay=line.to_frame("geometry"),
        inset=(0, 0, 0.2, 0.2),
        extent=(0, 0, 0.5, 0.5),
    )
    axes = _axes(drawn, "map 0")
    assert len(axes.collections[1].get_offsets()) == 36
    assert _axes(drawn, "inset 0").get_xlim()[1] == pytest.approx(22_264, rel=0.01)
    names = {text.get_text() for text in axes.texts}
    assert "Area 0" in names


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "webp"])
def test_save_by_suffix(toys, tmp_path, suffix):
    drawn = sc.map_values(toys.year["income"], toys.areas)
    path = drawn.save(tmp_path / f"map.{suffix}", dpi=60)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
    magic = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "webp": b"RIFF"}[suffix]
    assert path.read_bytes().startswith(magic)
    with pytest.raises(ParameterError, match="suffix"):
        drawn.save(tmp_path / "map.bmp")


def test_no_global_state_is_touched(toys):
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    sc.map_values(toys.year["income"], toys.areas, language="en")
    assert dict(mpl.rcParams) == before
