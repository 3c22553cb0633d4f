"""Time of pictures: ``pytest tests/benchmarks/test_pictures_speed.py --benchmark-enable``."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pytest_benchmark.fixture import BenchmarkFixture

import spatialccd as sc
from tests.report.test_charts import (
    test_a_study_of_counties_runs_from_weights_to_charts as counties,
)


def test_choropleth_of_3107_counties(benchmark: BenchmarkFixture) -> None:
    layer = sc.read_boundaries("us_counties")
    lower = layer[~layer.index.str[:2].isin(["02", "15", "60", "66", "69", "72", "78"])]
    values = pd.Series(np.arange(len(lower), dtype=float), lower.index)
    benchmark(lambda: sc.map_values(values, lower).figure.canvas.draw())


def test_study_of_186_counties(benchmark: BenchmarkFixture) -> None:
    benchmark(counties)


def test_dagum_of_3000_units_in_9_groups(benchmark: BenchmarkFixture) -> None:
    rng = np.random.default_rng(0)
    y, group = pd.Series(rng.gamma(2.0, size=3000)), pd.Series(rng.integers(0, 9, 3000))
    benchmark(lambda: sc.dagum_gini(y, group))
