"""No unit of the weights moves what has none: one over squared meters is 1e-10, and a weight."""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import spatialccd as sc
from spatialccd.errors import SpatialCCDError
from tests.test_alignment import CASES, TOOLS, _run
from tests.toys import Toys

NAMES = [
    name for name in TOOLS if "row_standardize" in inspect.signature(getattr(sc, name)).parameters
]
#: Figures in the unit of weights that are left as they are: sums over neighbors, slopes of them.
IN_THEIR_UNIT = {
    "local_moran": {"lag", "I", "expected_I", "variance_I"},
    "local_bivariate_moran": {"lag", "I", "expected_I", "variance_I"},
    "local_geary": {"lag", "c", "mean_sim"},
    "global_getis_ord": {"G", "expected_G", "variance", "mean_sim", "sd_sim"},
    "join_counts": {"joins", "expected", "variance", "mean_sim", "sd_sim"},
    "local_multivariate_geary": {"c", "c_income", "c_smoke", "mean_sim"},
    "local_join_counts": {"joins", "weight", "mean_sim"},
    "moran_scatterplot": {"lag"},
    # The way of a unit goes through (z, lag): its shape too has the unit of both.
    "lisa_paths": {"length", "tortuosity", "angle", "lag"},
    # D of a unit and the sum over its neighbors.
    "metacoupling": {"C", "D"},
    "spatial_regression": {"coef", "se", "low", "high"},
    "spatial_panel": {"coef", "se", "low", "high", "value"},
    "compare_graphs": {"spatial_rho", "spatial_rho_se"},
}
#: These ask for row-standardized weights under the effects of their cases, and say so.
REFUSED = {"specification_tests", "dynamic_spatial_panel"}


def _tables(result: Any) -> dict[str, pd.DataFrame]:
    """Give the tables of a result with their labels as columns, those of draws left out."""
    if not is_dataclass(result):
        return {}
    tables = {field.name: getattr(result, field.name) for field in fields(result)}
    return {
        name: table
        for name, table in tables.items()
        if isinstance(table, pd.DataFrame) and name not in ("simulated", "covariance")
    }


@pytest.fixture(scope="module")
def toys() -> Toys:
    return Toys()


def _arguments(name: str, toys: Toys, unit: float, *, row_standardize: bool) -> dict[str, Any]:
    case = CASES[name](toys)
    graphs = {
        key: getattr(value, "graph", value)
        for key, value in case.items()
        if isinstance(getattr(value, "graph", value), Graph)
    }
    assert graphs
    moved = {key: Graph(graph.adjacency * unit) for key, graph in graphs.items()}
    return case | moved | {"row_standardize": row_standardize}


@pytest.mark.parametrize("row_standardize", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_it_moves_nothing_but_what_is_in_it(name: str, toys: Toys, row_standardize: bool) -> None:
    if not row_standardize and name in REFUSED:
        with pytest.raises(SpatialCCDError, match="add up to 1"):
            _run(name, _arguments(name, toys, 1.0, row_standardize=False))
        return
    plain = _run(name, _arguments(name, toys, 1.0, row_standardize=row_standardize))
    in_it = set() if row_standardize else IN_THEIR_UNIT.get(name, set())
    compared = 0
    for unit in (1e-12, 1e9):
        moved = _run(name, _arguments(name, toys, unit, row_standardize=row_standardize))
        for part, table in _tables(plain).items():
            other = _tables(moved)[part]
            for column in [c for c in table if c not in in_it]:
                compared += 1
                one, two = table[column], other[column]
                if pd.api.types.is_float_dtype(one):
                    np.testing.assert_allclose(
                        two, one, rtol=1e-6, atol=1e-9, err_msg=f"{part}.{column}, {unit}"
                    )
                else:
                    assert (two.astype(str) == one.astype(str)).all(), (part, column, unit)
    assert compared
