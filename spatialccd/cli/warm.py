"""``spatialccd warm``: compiles the loops of a fresh machine before they are needed."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from time import perf_counter
from typing import Any

import typer


def warm() -> None:
    """Compile the numerical loops now, so that the first MGWR or DEA does not wait for it.

    They are compiled once for each machine, Python and version of numba, and kept.
    """
    for what, call in _CALLS.items():
        typer.echo(f"{what} ...", nl=False)
        since = perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the data are made up; nobody reads the figures
            call()
        typer.echo(f" {perf_counter() - since:.1f} s")
    typer.echo("compiled, and kept for this machine")


def _grid() -> tuple[Any, Any, Any, Any]:
    """Make places, and two times of figures there, that need every loop."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(1)
    units = pd.Index([f"u{i:02d}" for i in range(64)], name="unit")
    side = np.arange(64)
    places = pd.DataFrame({"x": side % 8 * 1e4, "y": side // 8 * 1e4}, index=units)
    X = pd.DataFrame(rng.normal(size=(64, 2)), index=units, columns=["a", "b"])
    y = X["a"] * places["x"] / 4e4 + X["b"] + rng.normal(size=64) / 10
    index = pd.MultiIndex.from_product([units, [2000, 2001]], names=["unit", "time"])
    panel = pd.DataFrame(rng.uniform(1, 9, (128, 3)), index=index, columns=["l", "k", "q"])
    return places, X, y.rename("y"), panel


def _local_regressions() -> None:
    import spatialccd as sc

    places, X, y, panel = _grid()
    for kernel in ("bisquare", "gaussian"):
        for fixed in (False, True):
            fitted = sc.gwr(y, X, places, kernel=kernel, fixed=fixed)
    sc.predict_gwr(fitted, X, places)
    sc.predict_gwr(sc.gwr(y, X, places, fixed_terms=["b"]), X, places)
    sc.local_collinearity(fitted)
    counts = panel["q"].xs(2000, level="time").round()
    sc.gwr(counts, X, places, family="poisson", bandwidth=60)
    many = sc.mgwr(y, X, places)
    sc.coefficient_intervals(many, n_draws=100, seed=1)
    sc.spatial_variability(many, n_permutations=9, seed=1)
    for engine in ("sorted", "moments"):
        sc.mgwr(y, X, places, engine=engine, inference="stochastic", n_probes=8, seed=1)
    sc.gtwr(panel["q"], panel[["l", "k"]], places)


def _efficiency() -> None:
    import spatialccd as sc

    *_, panel = _grid()
    inputs, outputs = panel[["l", "k"]], panel[["q"]]
    for orientation in ("input", "output"):
        sc.malmquist(inputs, outputs, orientation=orientation, n_bootstrap=9, seed=1)


_CALLS: dict[str, Callable[[], None]] = {
    "local regressions": _local_regressions,
    "efficiency scores": _efficiency,
}
