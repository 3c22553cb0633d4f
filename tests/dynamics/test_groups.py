"""The published text of the 31-province study, recomputed from its own Table 3."""

from __future__ import annotations

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.dynamics.groups import GroupSummary
from spatialccd.errors import AlignmentError, ParameterError
from tests.toys import Toys


@pytest.fixture(scope="module")
def provinces(root) -> GroupSummary:  # type: ignore[no-untyped-def]
    path = root / "examples" / "china_provinces" / "data" / "china_province_ccd_2011_2020.csv"
    table = pd.read_csv(path, dtype={"adcode": str}).set_index(["adcode", "year"])
    table.index.names = ["unit", "time"]
    return sc.group_summary(table["D"], table["region"], threshold=0.5)


# From the study's text, section "Results and Discussion": three decimals are printed.
@pytest.mark.compares("group_summary", against="the study of 31 provinces, Table 3")
@pytest.mark.parametrize(
    ("time", "group", "mean"),
    [
        (2011, "All", 0.385),
        (2020, "All", 0.508),
        (2011, "Eastern", 0.457),
        (2020, "Eastern", 0.552),
        (2011, "Central", 0.335),
        (2020, "Central", 0.499),
        (2011, "Western", 0.352),
        (2020, "Western", 0.473),
    ],
)
def test_means_are_those_printed(
    provinces: GroupSummary, time: int, group: str, mean: float
) -> None:
    assert provinces.table.loc[(time, group), "mean"] == pytest.approx(mean, abs=0.001)


def test_counts_at_half_are_those_printed(provinces: GroupSummary) -> None:
    """4 provinces in 2011, 19 in 2020, 81.82% of the east in 2020."""
    assert provinces.table.loc[(2011, "All"), "reached"] == 4
    assert provinces.table.loc[(2020, "All"), "reached"] == 19
    assert provinces.table.loc[(2020, "Eastern"), "share"] == pytest.approx(0.8182, abs=5e-5)


def test_wide_has_a_row_a_group_and_a_column_a_time(provinces: GroupSummary) -> None:
    wide = provinces.wide()
    assert list(wide.index) == ["Central", "Eastern", "Western", "All"]
    assert list(wide.columns) == list(range(2011, 2021))


def test_groups_on_unit_and_on_rows_agree(toys: Toys) -> None:
    y = toys.scores["economy"]
    spread = toys.regions.reindex(y.index.get_level_values("unit")).set_axis(y.index)
    on_unit = sc.group_summary(y, toys.regions).to_frame()
    pd.testing.assert_frame_equal(sc.group_summary(y, spread).to_frame(), on_unit)


def test_all_is_the_mean_of_the_groups_by_size(toys: Toys) -> None:
    table = sc.group_summary(toys.scores["economy"], toys.regions).table.reset_index()
    groups = table[table["group"] != "All"]
    pooled = (groups["mean"] * groups["n"]).groupby(groups["time"]).sum() / len(toys.units)
    every = table[table["group"] == "All"].set_index("time")["mean"]
    pd.testing.assert_series_equal(pooled, every, check_names=False)


def test_a_group_called_all_is_refused(toys: Toys) -> None:
    with pytest.raises(ParameterError, match="rename it"):
        sc.group_summary(toys.scores["economy"], toys.regions.replace("East", "All"))


def test_a_missing_value_is_named(toys: Toys) -> None:
    y = toys.scores["economy"].copy()
    y.iloc[4] = float("nan")
    with pytest.raises(AlignmentError, match="A01"):
        sc.group_summary(y, toys.regions)
