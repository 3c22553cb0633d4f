"""The study of ``examples/us_states`` by the library: what QGIS must give too."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

import spatialccd as sc
from spatialccd.errors import SpatialCCDWarning

FOLDER = Path(__file__).parents[3] / "examples" / "us_states"
SYSTEMS = {
    "infrastructure": {
        "highways_per_worker": "benefit",
        "water_per_worker": "benefit",
        "other_public_per_worker": "benefit",
    },
    "economy": {
        "product_per_worker": "benefit",
        "private_capital_per_worker": "benefit",
        "unemployment_rate": "cost",
    },
}
FACTORS = ["log_workers", "log_density"]
LAST = 1986


def figures() -> dict[str, Any]:
    """Give the figures of each step, by state (and year) or by factor."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpatialCCDWarning)
        table = sc.read_panel(FOLDER / "data" / "indicators.csv", unit="fips", time="year")
        joined = sc.join(table, sc.read_boundaries("us_states"), on="code")
        panel, areas = joined.panel, joined.areas
        scores = {n: sc.composite_index(panel[list(d)], d) for n, d in SYSTEMS.items()}
        D = sc.coupling_coordination(**scores).D
        graph = sc.neighbors(areas)
        moran = sc.global_moran(D, graph, seed=1)
        last = D.xs(LAST, level=1)
        X = panel[FACTORS].xs(LAST, level=1)
        lisa = sc.local_moran(last, graph, seed=1)
        strata = sc.stratify(X, method="quantile", k=4).to_frame()
        regions = sc.spatial_strata(X, areas, k=5).to_frame()
        q = sc.factor_detector(last, pd.concat([strata, regions], axis=1), seed=1)
        model = sc.mgwr(last, X, areas)
    return {
        "D": {f"{unit} {year}": value for (unit, year), value in D.items()},
        "moran": moran.I.to_dict(),
        "I": lisa.to_frame()["I"].to_dict(),
        "cluster": lisa.to_frame()["cluster"].astype(str).to_dict(),
        "q": sorted(q.to_frame()["q"].tolist()),
        "coef": model.to_frame()["coef_log_workers"].to_dict(),
    }


def write(folder: Path) -> None:
    """Write the boundaries, the table and the figures for QGIS's Python."""
    areas = sc.read_boundaries("us_states").reset_index()
    areas.to_file(folder / "us_states.gpkg", engine="pyogrio", VERSION="1.3")
    table = (FOLDER / "data" / "indicators.csv").read_text(encoding="utf-8")
    (folder / "indicators.csv").write_text(table, encoding="utf-8")
    (folder / "us_states.json").write_text(json.dumps(figures()), encoding="utf-8")
