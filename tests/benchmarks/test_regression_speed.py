"""Speed of spatial regressions beside spreg; ``pytest -s`` on this file prints it.

A lag of y and one of the error on 3,107 squares (as many as US counties) with queen neighbors, ours
before and after the peer's, effects with their 1,000 draws in ours alone. spreg's default is a full
matrix; its "ord" takes eigenvalues. Nothing timed is asserted; estimates are.
"""

from __future__ import annotations

import io
import os
import time
import warnings
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from libpysal.weights import WSP
from scipy import sparse
from scipy.sparse.linalg import spsolve

import spatialccd as sc
from spatialccd import _align

N, SIDE, RHO = 3107, 56, 0.6
SPREG = {"lag": "ML_Lag", "error": "ML_Error"}


def _made(model: str) -> tuple[pd.Series, pd.DataFrame, Graph]:
    at = np.arange(N)
    row, column = at // SIDE, at % SIDE
    near = sparse.coo_array(
        (np.abs(row[:, None] - row) <= 1) & (np.abs(column[:, None] - column) <= 1)
    )
    keep = near.row != near.col
    graph = Graph.from_arrays(near.row[keep], near.col[keep], np.ones(keep.sum()))
    W = _align.graph_matrix(graph, pd.Index(at))
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.normal(size=(N, 2)), columns=["a", "b"])
    mean, e = 1 + X["a"] - 0.5 * X["b"], rng.normal(size=N)
    system = sparse.csc_array(sparse.eye_array(N) - RHO * W)
    y = spsolve(system, mean + e) if model == "lag" else mean + spsolve(system, e)
    return pd.Series(np.asarray(y)), X, graph


def _timed(model: str, method: str | None) -> dict[str, Any]:
    import spreg

    y, X, graph = _made(model)
    matrix = sparse.csr_matrix(_align.graph_matrix(graph, y.index))
    w = WSP(matrix).to_W(silence_warnings=True)
    start, used = time.perf_counter(), time.process_time()
    if method is None:
        found = sc.spatial_regression(y, X, graph, model=model, seed=1).coef.to_numpy()
    else:
        with redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer = getattr(spreg, SPREG[model])
            found = peer(y.to_numpy()[:, None], X.to_numpy(), w, method=method).betas.ravel()
    seconds = {"s": time.perf_counter() - start, "of processor": time.process_time() - used}
    return seconds | {"parameter": found[-1]}


@pytest.mark.parametrize("model", SPREG)
def test_speed_beside_spreg(model: str) -> None:
    _timed(model, None)  # imports
    methods = [None, "full", "ord", None]
    table = pd.DataFrame([_timed(model, method) for method in methods])
    table.index = pd.Index([method or "ours" for method in methods])
    for column in ("s", "of processor"):
        table[f"ratio, {column}"] = table[column] / table.loc["ours", column].mean()
    print(f"\n{model}, {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}\n{table.to_string()}")
    np.testing.assert_allclose(table["parameter"], table["parameter"].iloc[0], atol=1e-5)
