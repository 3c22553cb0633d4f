"""Boxes of groups: what they span, and the letters and stars above them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import ParameterError
from spatialccd.report.paper.fonts import typeface
from spatialccd.report.paper.letters import letters
from tests.report.test_charts import words
from tests.toys import Toys


@pytest.fixture
def found(toys: Toys) -> sc.GroupHeterogeneity:
    groups = toys.regions.to_frame().assign(size=["small", "large"] * (len(toys.regions) // 2))
    return sc.group_heterogeneity(toys.panel["income"], groups)


def test_boxes_are_the_quartiles_of_the_units_means(
    toys: Toys, found: sc.GroupHeterogeneity
) -> None:
    drawn = sc.chart_heterogeneity(found, grouping="region")
    means = toys.panel["income"].groupby(level="unit").mean()
    for group, own in means.groupby(toys.regions):
        row = drawn.table.loc[("region", group, "mean")]
        np.testing.assert_allclose(
            row[["q1", "median", "q3"]].astype(float), own.quantile([0.25, 0.5, 0.75])
        )
        assert row["n"] == len(own)
    boxes = drawn.figure.axes[0].patches
    spans = [(b.get_path().get_extents().y0, b.get_path().get_extents().y1) for b in boxes]
    np.testing.assert_allclose(spans, drawn.table[["q1", "q3"]])
    dots = [line for line in drawn.figure.axes[0].lines if line.get_marker() == "o"]
    assert sum(len(line.get_xdata()) for line in dots) == len(means)


def test_a_year_can_be_drawn_and_groups_be_ordered(found: sc.GroupHeterogeneity) -> None:
    drawn = sc.chart_heterogeneity(found, grouping="size", time=2019, order=["small", "large"])
    assert list(drawn.table.index) == [("size", "small", 2019), ("size", "large", 2019)]
    test = found.tests.loc[("size", 2019)]
    assert any(f"H(1) = {test['H']:.2f}" in text for text in words(drawn))


def test_letters_follow_the_tests_of_pairs() -> None:
    y = pd.Series(np.r_[np.arange(10.0), np.arange(10.0) + 0.5, np.arange(10.0) + 30])
    groups = pd.DataFrame({"kind": np.repeat(["low", "low too", "high"], 10)})
    found = sc.group_heterogeneity(y, groups)
    table = sc.chart_heterogeneity(found).table
    own = table["letters"].droplevel(["grouping", "time"]).to_dict()
    assert own == {"high": "a", "low": "b", "low too": "b"}
    strict = sc.chart_heterogeneity(found, alpha=1e-9).table
    assert set(strict["letters"]) == {"a"}


def test_letters_of_chains_and_of_all_apart() -> None:
    chain = {("a", "b"): 0.5, ("b", "c"): 0.5, ("c", "d"): 0.5}
    apart = dict.fromkeys([("a", "c"), ("a", "d"), ("b", "d")], 0.0)
    assert letters("abcd", chain | apart, 0.05) == {"a": "a", "b": "ab", "c": "bc", "d": "c"}
    every = {(x, y): 0.0 for x in "abc" for y in "abc" if x < y}
    assert letters("abc", every, 0.05) == {"a": "a", "b": "b", "c": "c"}
    assert letters("abc", {}, 0.05) == {"a": "a", "b": "a", "c": "a"}


def test_years_have_a_box_a_group_and_stars(toys: Toys, found: sc.GroupHeterogeneity) -> None:
    drawn = sc.chart_heterogeneity(found, along="time", label="Income")
    assert len(drawn.figure.axes) == 2
    assert [len(ax.patches) for ax in drawn.figure.axes] == [9, 6]
    assert "letters" not in drawn.table
    p = found.tests["p"].drop("mean", level="time")
    assert {"", *np.select([p < 0.01, p < 0.05, p < 0.1], ["***", "**", "*"], "")} <= words(drawn)
    assert "Income" in words(drawn)


def test_values_that_are_all_one_have_no_letters() -> None:
    groups = pd.DataFrame({"kind": list("aabb")})
    table = sc.chart_heterogeneity(sc.group_heterogeneity(pd.Series([1.0] * 4), groups)).table
    assert set(table["letters"]) == {""}


def test_words_are_chinese(found: sc.GroupHeterogeneity) -> None:
    if not typeface().chinese:
        pytest.skip("no Chinese font is installed")
    said = " ".join(words(sc.chart_heterogeneity(found, language="zh", label="Value")))
    assert "含相同字母的组间差异不显著" in said
    assert "数值" in said


def test_what_is_not_there_is_refused(found: sc.GroupHeterogeneity) -> None:
    with pytest.raises(ParameterError, match="did you mean 'region'"):
        sc.chart_heterogeneity(found, grouping="regio")
    with pytest.raises(ParameterError, match="time"):
        sc.chart_heterogeneity(found, time=1900)
    with pytest.raises(ParameterError, match="each group of size once"):
        sc.chart_heterogeneity(found, grouping="size", order=["small"])
    with pytest.raises(ParameterError, match="must be a GroupHeterogeneity"):
        sc.chart_heterogeneity(found.table)
    once = sc.group_heterogeneity(pd.Series([1.0, 2, 3, 4]), pd.DataFrame({"kind": list("aabb")}))
    with pytest.raises(ParameterError, match="no times"):
        sc.chart_heterogeneity(once, along="time")
