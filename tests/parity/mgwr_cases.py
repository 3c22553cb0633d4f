"""Data sets on which our MGWR and the mgwr package are compared.

Three real ones are shipped inside the libpysal wheel; twenty are generated.
Both the script that asks mgwr (``make_mgwr_reference.py``) and the tests read
them from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from libpysal import examples

DATA = Path(__file__).parent / "data"
SEEDS = range(20)
KERNELS = ("bisquare", "gaussian", "exponential")


@dataclass(frozen=True)
class Case:
    """One comparison: raw data on unit, and the kernel to use."""

    name: str
    y: pd.Series
    X: pd.DataFrame
    places: pd.DataFrame
    kernel: str = "bisquare"
    fixed: bool = False
    every: int = 1  # reference coefficients are kept for each so-manyth unit


def georgia() -> Case:
    """Share of graduates in 159 counties, the data of mgwr's own examples."""
    table = _indexed(pd.read_csv(examples.get_path("GData_utm.csv")))
    return Case(
        "georgia",
        table["PctBach"],
        table[["PctFB", "PctBlack", "PctRural"]],
        table[["X", "Y"]],
    )


def tokyo() -> Case:
    """Log of working-age deaths over those expected in 262 municipalities."""
    table = _indexed(pd.read_csv(examples.get_path("Tokyomortality.csv")))
    y = np.log(table["db2564"] / table["eb2564"]).rename("log_smr")
    X = table[["OCC_TEC", "OWNH", "POP65", "UNEMP"]]
    return Case("tokyo", y, X, table[["X_CENTROID", "Y_CENTROID"]])


def berlin() -> Case:
    """Log price of 2,203 flats to let in Prenzlauer Berg."""
    layer = gpd.read_file(f"zip://{examples.get_path('prenzlauer.zip')}")
    table = _indexed(pd.DataFrame(layer.drop(columns="geometry")))
    y = np.log(table["price"]).rename("log_price")
    X = table[["review_sco", "accommodat", "bathrooms"]]
    return Case("berlin", y, X, table[["X", "Y"]], every=20)


def generated(seed: int) -> Case:
    """Make a data set of 50-400 units and 2-6 columns (the constant among them)."""
    rng = np.random.default_rng(1000 + seed)
    n = int(rng.integers(50, 401))
    k = int(rng.integers(2, 7)) - 1
    unit = pd.Index([f"u{i:03d}" for i in range(n)], name="unit")
    places = pd.DataFrame(rng.uniform(0, 500, (n, 2)), index=unit, columns=["x", "y"])
    east, north = places.to_numpy().T / 500
    X = pd.DataFrame(rng.normal(size=(n, k)), index=unit, columns=[f"x{j}" for j in range(k)])
    surfaces = [1 + east, np.sin(3 * north), 0.5 * np.ones(n), east * north, np.cos(4 * east)]
    y = 2 * north + sum(X.iloc[:, j] * surfaces[j] for j in range(k)) + 0.5 * rng.normal(size=n)
    return Case(
        f"generated_{seed:02d}",
        y.rename("y"),
        X,
        places,
        kernel=KERNELS[seed % 3],
        fixed=bool(seed // 3 % 2),
        every=max(1, n // 20),
    )


def _indexed(table: pd.DataFrame) -> pd.DataFrame:
    table.index = pd.Index([f"u{i:04d}" for i in range(len(table))], name="unit")
    return table
