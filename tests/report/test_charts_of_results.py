"""What is drawn of trends, dots, flows, links and panels is what the results hold."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.path import Path

import spatialccd as sc
from spatialccd.errors import AlignmentError, DataError, ParameterError
from spatialccd.report.paper import palettes


@pytest.fixture
def degrees(toys):
    return sc.coupling_coordination(**toys.scores).D


@pytest.fixture
def network(toys):
    masses = toys.year[["income", "schools"]]
    return sc.gravity_network(masses, toys.areas, n_permutations=99, seed=1)


def _png(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=50, format="png")
    return buffer.getvalue()


def test_lines_are_the_means_of_groups(degrees, toys):
    summary = sc.group_summary(degrees, toys.regions)
    drawn = sc.chart_trends(summary)
    (ax,) = drawn.figure.axes
    for line, group in zip(ax.lines, ["Central", "East", "West", "All"], strict=True):
        np.testing.assert_allclose(line.get_ydata(), summary.table["mean"].xs(group, level=1))
        np.testing.assert_array_equal(line.get_xdata(), toys.years)
    both = sc.chart_trends(summary, columns=["mean", "cv"]).table
    assert list(both.index.get_level_values(0).unique()) == ["Mean", "Coefficient of variation"]
    with pytest.raises(ParameterError, match="columns='median'"):
        sc.chart_trends(summary, columns=["median"])


def test_a_test_over_years_has_the_band_of_its_permutations(degrees, toys):
    moran = sc.global_moran(degrees, toys.graph, n_permutations=99, seed=1)
    (ax,) = sc.chart_trends(moran).figure.axes
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 1].max() == pytest.approx(moran.simulated.quantile(0.975).max())
    assert band[:, 1].min() == pytest.approx(moran.simulated.quantile(0.025).min())
    once = sc.global_moran(degrees.xs(2018, level=1), toys.graph, n_permutations=99, seed=1)
    (ax,) = sc.chart_trends(once).figure.axes
    assert sum(bar.get_height() for bar in ax.patches) == 99
    assert ax.lines[0].get_xdata()[0] == once.table["I"].iloc[0]


def test_a_heat_map_has_a_row_a_unit_the_highest_on_top(degrees, toys):
    drawn = sc.chart_trends(sc.coordination_grades(degrees), style="heat")
    image = drawn.figure.axes[0].images[0].get_array()
    last = degrees.xs(toys.years[-1], level=1)
    assert image.shape == (len(toys.units), len(toys.years))
    np.testing.assert_allclose(image[:, -1], last.sort_values(ascending=False))


def test_dots_are_sorted_by_the_last_time(toys):
    scores = sc.topsis(toys.panel, {"income": "benefit", "smoke": "cost"})
    drawn = sc.chart_dots(scores, time=[2018, 2020], top=5)
    best = scores.score.xs(2020, level=1).nlargest(5)
    (ax,) = drawn.figure.axes
    assert [tick.get_text() for tick in ax.get_yticklabels()] == list(best.index)
    np.testing.assert_allclose(ax.collections[-1].get_offsets()[:, 0], best)
    assert list(drawn.table.index[:2]) == [(best.index[0], 2018), (best.index[1], 2018)]
    with pytest.raises(ParameterError, match="columns='x'"):
        sc.chart_dots(scores, columns=["x"])


def test_forest_dots_are_filled_where_the_interval_leaves_out_zero(toys):
    rng = np.random.default_rng(4)
    X = pd.DataFrame(rng.normal(size=(60, 2)), columns=["strong", "none"])
    y = 2 * X["strong"] + rng.normal(size=60)
    fitted = sc.quantile_regression(y, X, quantiles=(0.25, 0.75), seed=1)
    drawn = sc.chart_forest(fitted)
    table = drawn.table
    apart = (table["low"] > 0) | (table["high"] < 0)
    assert apart.groupby(level="term").all().to_dict() == {"none": False, "strong": True}
    (ax,) = drawn.figure.axes
    filled = [c for c in ax.collections if len(c.get_offsets()) == 2 and len(c.get_sizes())]
    white = [[to_hex(face) == "#ffffff" for face in dots.get_facecolors()] for dots in filled]
    assert white == [[False, True]] * 2


def test_flows_count_every_unit_once_a_step(degrees, toys):
    grades = sc.coordination_grades(degrees)
    drawn = sc.chart_flows(grades)
    steps = drawn.table.groupby(level=["time", "next"])["n"].sum()
    assert (steps == len(toys.units)).all()
    stayed = (grades.grade.unstack()[2018] == grades.grade.unstack()[2019]).sum()
    moves = drawn.table.loc[(2018, 2019), "n"]
    same = moves.index.get_level_values(0) == moves.index.get_level_values(1)
    assert moves[same].sum() == stayed
    with pytest.raises(ParameterError, match="two times"):
        sc.chart_flows(grades, time=[2018])
    with pytest.raises(ParameterError, match="one time"):
        sc.chart_flows(toys.regions)


def test_points_lie_in_the_field_of_their_state(toys):
    rng = np.random.default_rng(2)
    index = pd.MultiIndex.from_product([range(400), [1, 2]], names=["unit", "time"])
    pressure, driver = (pd.Series(rng.uniform(5, 15, 800), index) for _ in range(2))
    found = sc.decoupling(pressure, driver)
    drawn = sc.chart_decoupling(found, n_labels=0)
    (ax,) = drawn.figure.axes
    colors = {to_hex(patch.get_facecolor()): patch.get_xy() for patch in ax.patches}
    assert len(colors) == 8
    fields = dict(zip(_FIELDS, colors.values(), strict=True))
    for state, part in drawn.table.groupby(drawn.table["state"].astype(str)):
        points = 100 * part[["driver_change", "pressure_change"]].to_numpy()
        assert Path(fields[state]).contains_points(points).all(), state


_FIELDS = [
    "strong decoupling", "weak decoupling", "expansive coupling", "expansive negative decoupling",
    "strong negative decoupling", "weak negative decoupling", "recessive coupling",
    "recessive decoupling",
]  # fmt: skip


def test_chords_of_groups_add_up_to_the_ties(network, toys):
    table = sc.chart_chord(network, toys.regions).table
    counted = network.strength.where(network.ties == 1, 0.0)
    assert table.to_numpy().sum() == pytest.approx(counted.to_numpy().sum())
    west = toys.regions.index[toys.regions == "West"]
    assert table.loc["West", "West"] == pytest.approx(counted.loc[west, west].to_numpy().sum())
    few = sc.chart_chord(network, top=10)
    assert (few.table.to_numpy() > 0).sum() == 10
    with pytest.raises(AlignmentError, match="A00"):
        sc.chart_chord(network, toys.regions.drop("A00"))


def test_links_are_wider_the_stronger(network, toys):
    drawn = sc.map_links(network, toys.areas, top=30)
    assert len(drawn.table) == 30
    largest = network.to_frame().query("tie == 1")["strength"].nlargest(30)
    np.testing.assert_allclose(np.sort(drawn.table["strength"]), np.sort(largest))
    lines = next(c for c in drawn.figure.axes[0].collections if c.get_capstyle() == "round")
    assert (np.diff(lines.get_linewidths()) >= 0).all()  # the widest on top
    assert any("30" in text.get_text() for text in drawn.figure.texts)
    graph = sc.neighbors(toys.areas)
    links = sc.map_links(graph, toys.areas).table
    assert len(links) == graph.graph.n_edges / 2


def test_classes_have_the_colors_of_their_result(toys):
    found = sc.relative_development(toys.scores["economy"], toys.scores["ecology"])
    drawn = sc.map_classes(found, toys.areas, time=2019)
    assert drawn.legend["color"].to_list()[:3] == list(palettes.BANDS.values())
    counts = found.band.xs(2019, level=1).value_counts()
    listed = drawn.legend.set_index("class")["2019"]
    assert listed["ahead"] == counts["ahead"]
    many = pd.Series([f"g{i}" for i in range(len(toys.units))], toys.units)
    with pytest.raises(ParameterError, match="36 classes are more than the 16 colors"):
        sc.map_classes(many, toys.areas)


def test_strata_of_one_time_are_panels_and_of_several_need_a_name(toys):
    strata = sc.stratify(toys.year[["smoke", "forest"]], k=3)
    drawn = sc.map_classes(strata, toys.areas)
    assert set(drawn.table.index.get_level_values(-1)) == {"smoke", "forest"}
    with pytest.raises(ParameterError, match="name one factor by column="):
        sc.map_classes(sc.stratify(toys.panel[["smoke", "forest"]], k=3), toys.areas)


def test_figures_part_where_the_result_says(toys):
    found = sc.mismatch_index(toys.panel["income"], toys.panel["smoke"])
    drawn = sc.map_figures(found, toys.areas, time=2018)
    np.testing.assert_allclose(
        drawn.table["value"].xs(2018, level=1), found.table["ratio"].xs(2018, level=1)
    )
    assert any("Colors part at 1." in text.get_text() for text in drawn.figure.texts)
    with pytest.raises(ParameterError, match="name one column"):
        sc.map_figures(found, toys.areas, columns=["ratio", "excess"], time=[2018, 2019])


def test_a_panel_of_figures_keeps_their_size_and_leaves_them_alone(degrees, toys, tmp_path):
    chart = sc.chart_grades(sc.coordination_grades(degrees), width="single")
    area = sc.map_grades(degrees, toys.areas, time=2018, width="single")
    before = _png(chart.figure), _png(area.figure)
    page = sc.figure_panel({"grades": chart, "map": area, "more": chart}, title="Three")
    assert page.table["letter"].to_list() == ["(a)", "(b)", "(c)"]
    assert page.table["left"].to_list() == [0.0, 92.0, 0.0]
    words = page.save(tmp_path / "page.svg").read_text(encoding="utf-8")
    assert words.count("Number of units<") == 2
    assert "(c)" in words
    assert "Three" in words
    assert (_png(chart.figure), _png(area.figure)) == before
    page.save(tmp_path / "page.eps")
    sc.save(chart, tmp_path / "chart.scc")
    loaded = sc.figure_panel([sc.load(tmp_path / "chart.scc"), area], letters=False)
    assert loaded.table["letter"].to_list() == ["", ""]
    wide = sc.chart_grades(sc.coordination_grades(degrees))
    with pytest.raises(ParameterError, match="282 mm wide"):
        sc.figure_panel([wide, wide], columns=2)
    with pytest.raises(ParameterError, match="name the figures"):
        sc.figure_panel([])


def test_weights_of_years_lie_on_the_span_of_their_set(toys):
    both = {"income": "benefit", "smoke": "cost"}
    yearly = sc.entropy_weights(toys.panel, both, pooled=False)
    drawn = sc.chart_weights(entropy=yearly, equal=sc.equal_weights(toys.panel, both))
    sums = drawn.table["weight"].groupby(level=["set", "time"]).sum()
    np.testing.assert_allclose(sums, 1.0)
    assert [t.get_text() for t in drawn.figure.legends[0].get_texts()] == ["entropy", "equal"]
    with pytest.raises(ParameterError, match="name the weights"):
        sc.chart_weights()


def test_one_group_missing_values_and_many_units_are_drawn(toys):
    units = pd.Index([f"County of a very long name, number {i}" for i in range(300)], name="unit")
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product([units, [2019, 2020]], names=["unit", "time"])
    D = pd.Series(rng.uniform(size=600), index, name="D")
    many = sc.chart_dots(sc.coordination_grades(D))
    assert many.figure.axes[0].get_ylabel() == "300 units"
    one = sc.group_summary(D, pd.Series("all of them", units))
    assert sc.chart_trends(one).table.shape == (2, 2)
    gaps = sc.coordination_grades(D.drop(D.index[3]))
    cells = sc.chart_trends(gaps, style="heat").figure.axes[0].images[0].get_array()
    assert np.ma.count_masked(cells) == 1
    none = sc.relative_development(0 * D, (0 * D).rename("other"))
    with pytest.raises(DataError, match="missing"):
        sc.chart_dots(none)


def test_a_shift_is_drawn_between_its_times_and_ranks_beside_their_units():
    index = pd.MultiIndex.from_product([list("ab"), range(2001, 2013)], names=["unit", "time"])
    y = pd.Series([*[1.0, 2, 1.5, 1.2, 1.8, 1.4], *[5, 6, 5.5, 5.2, 5.8, 5.6], *range(12)], index)
    found = sc.pettitt(y.astype(float), seed=1)
    left, _ = sc.chart_shifts(found).figure.axes
    up = left.collections[0].get_offsets()[:, 0]
    assert 2006.5 in up
    sizes = pd.Series([1000.0, 480, 350, 240, 210, 160], index=list("abcdef"))
    fitted = sc.rank_size(sizes)
    (ax,) = sc.chart_rank_size(fitted).figure.axes
    x, ranks = (np.log(ax.lines[0].get_xdata()), np.log(ax.lines[0].get_ydata()))
    assert -np.diff(ranks)[0] / np.diff(x)[0] == pytest.approx(fitted.table["pareto"].iloc[0])
    assert fitted.points["size"].to_list() == sizes.to_list()
