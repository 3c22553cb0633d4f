"""A Dask cluster of two processes gives what one process gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from tests.drivers.gwr.conftest import Field

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")


@pytest.mark.filterwarnings("ignore")  # distributed's own, at start and at shutdown
def test_two_processes_give_the_same_bandwidths_and_coefficients(field: Field) -> None:
    field = field.take(100)
    alone = sc.mgwr(field.y, field.X, field.places)
    probed = sc.mgwr(field.y, field.X, field.places, inference="stochastic", seed=1)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        together = sc.mgwr(field.y, field.X, field.places, client=client)
        leaves = sc.mgwr(field.y, field.X, field.places, engine="moments", seed=1, client=client)
        local = [
            sc.gwr(field.y, field.X, field.places, engine=engine, client=client)
            for engine in ("sorted", "moments")
        ]
        probed_together = sc.mgwr(
            field.y, field.X, field.places, inference="stochastic", seed=1, client=client
        )
    by_moments = sc.mgwr(field.y, field.X, field.places, engine="moments", seed=1)
    pd.testing.assert_frame_equal(leaves.to_frame(), by_moments.to_frame(), rtol=1e-10)
    assert leaves.inference == "stochastic"
    assert leaves.settings["engine"] == "moments"
    once = sc.gwr(field.y, field.X, field.places)
    for found in local:
        pd.testing.assert_series_equal(found.bandwidth, once.bandwidth)
        pd.testing.assert_frame_equal(found.coef, once.coef, rtol=1e-8)
        pd.testing.assert_frame_equal(found.se, once.se, rtol=1e-8)
    pd.testing.assert_series_equal(together.bandwidth, alone.bandwidth)
    pd.testing.assert_frame_equal(together.to_frame(), alone.to_frame(), rtol=1e-10)
    pd.testing.assert_frame_equal(together.curve, alone.curve, rtol=1e-10)
    np.testing.assert_allclose(probed_together.se, probed.se, rtol=1e-5)
