"""Rates against spdep's figures and esda's, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import DataError, EstimationError, IslandWarning, ParameterError
from tests.toys import Toys


def test_north_carolina(shared: Path) -> None:
    folder = shared / "verify" / "spatial_panel_rates_ncsids"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["expected"]
    counties = pd.read_csv(folder / "data.csv").set_index("FIPS").sample(frac=1, random_state=1)
    known = pd.read_csv(folder / "rates_spdep.csv").set_index("FIPS").reindex(counties.index)
    graph = sc.read_neighbors(folder / "nc.gal", counties)
    data = {"events": counties["SID74"], "population": counties["BIR74"]}
    whole = sc.smooth_rates(**data).table
    np.testing.assert_allclose(whole["rate"], known["raw"], atol=1e-12)
    np.testing.assert_allclose(whole["smoothed"], known["eb_global"], atol=1e-12)
    local = sc.smooth_rates(**data, graph=graph, method="spatial_empirical_bayes").table
    own = known["eb_local_own_mean"].fillna(0.0)
    np.testing.assert_allclose(local["smoothed"], own, atol=1e-12)
    for row_standardize, name in ((True, "moran_rates_row"), (False, "moran_rates_binary")):
        moran = sc.global_moran_rates(
            **data, graph=graph, n_permutations=99, seed=1, row_standardize=row_standardize
        )
        assert moran.I.iloc[0] == pytest.approx(expected[name], abs=1e-10)
    assert moran.settings.tool == "global_moran_rates"


def _made(toys: Toys) -> tuple[pd.Series, pd.Series]:
    rng = np.random.default_rng(5)
    people = pd.Series(rng.integers(50, 5000, len(toys.panel)), toys.panel.index, name="people")
    return pd.Series(rng.poisson(0.01 * people), people.index, name="events"), people


@pytest.mark.compares("smooth_rates", "global_moran_rates", against="esda")
def test_esda_gives_the_same(toys: Toys) -> None:
    smoothing = pytest.importorskip("esda.smoothing")
    events, people = (part.xs(2019, level="time") for part in _made(toys))
    theirs = smoothing.Empirical_Bayes(events.to_numpy(), people.to_numpy()).r.ravel()
    np.testing.assert_allclose(sc.smooth_rates(events, people).table["smoothed"], theirs)


def test_each_time_is_smoothed_by_itself(toys: Toys) -> None:
    events, people = _made(toys)
    for settings in ({}, {"graph": toys.graph, "method": "spatial_empirical_bayes"}):
        found = sc.smooth_rates(events, people, **settings).table
        one = sc.smooth_rates(
            events.xs(2019, level="time"), people.xs(2019, level="time"), **settings
        ).table
        pd.testing.assert_frame_equal(found.xs(2019, level="time"), one)
        assert found["kept"].between(0, 1).all()
    moran = sc.global_moran_rates(events, people, toys.graph, n_permutations=19, seed=1)
    one = sc.global_moran_rates(
        events.xs(2020, level="time"),
        people.xs(2020, level="time"),
        toys.graph,
        n_permutations=19,
        seed=1,
    )
    assert moran.I.loc[2020] == pytest.approx(one.I.iloc[0], abs=1e-12)


def test_where_nothing_happened_around_the_rate_is_zero(toys: Toys) -> None:
    events, people = (part.xs(2019, level="time") for part in _made(toys))
    around = ["A00", "A01", "A06", "A07"]
    events = events.where(~events.index.isin(around), 0)
    found = sc.smooth_rates(events, people, toys.graph, method="spatial_empirical_bayes").table
    assert found.loc["A00", "smoothed"] == 0
    assert found["smoothed"].notna().all()


def test_units_that_were_dropped_are_named(toys: Toys) -> None:
    events, people = (part.xs(2019, level="time") for part in _made(toys))
    far = toys.areas.copy()
    far.loc["A00", "geometry"] = far.loc["A00", "geometry"].buffer(-100)
    with pytest.warns(IslandWarning, match="A00"):
        graph = sc.neighbors(far, islands="drop")
    found = sc.smooth_rates(events, people, graph, method="spatial_empirical_bayes")
    assert np.isnan(found.table.loc["A00", "smoothed"])
    assert found.table["rate"].drop("A00").notna().all()
    assert np.isnan(found.table.loc["A00", "rate"])  # in no figure, as of every graph's
    assert "A00" in found.notes()[0]


def test_what_is_no_rate_is_said(toys: Toys) -> None:
    events, people = _made(toys)
    with pytest.raises(DataError, match=r"A03.*2019") as raised:
        sc.smooth_rates(events, people.where(people.index != ("A03", 2019), 0))
    assert len(raised.value.cases) == 1
    with pytest.raises(DataError, match="0 or more"):
        sc.smooth_rates(events - 1000, people)
    with pytest.raises(ParameterError, match="needs a graph"):
        sc.smooth_rates(events, people, method="spatial_empirical_bayes")
    with pytest.raises(EstimationError, match="no events in 2018"):
        sc.global_moran_rates(events * 0, people, toys.graph)
    with pytest.raises(DataError, match="A03 2019"):
        sc.smooth_rates(events.drop(("A03", 2019)), people.drop(("A03", 2019)))
