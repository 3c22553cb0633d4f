"""The example of the gallery: 48 states, 1970-1986, as the page "ten minutes" makes it."""

from __future__ import annotations

from pathlib import Path

import spatialccd as sc

_TABLE = Path(__file__).parents[2] / "examples" / "us_states" / "data" / "indicators.csv"

INFRASTRUCTURE = dict.fromkeys(
    ["highways_per_worker", "water_per_worker", "other_public_per_worker"], "benefit"
)
ECONOMY = {
    "product_per_worker": "benefit",
    "private_capital_per_worker": "benefit",
    "unemployment_rate": "cost",
}

panel, areas, report = sc.join(
    sc.read_panel(_TABLE, unit="fips", time="year"), sc.read_boundaries("us_states")
)
infrastructure = sc.composite_index(panel, INFRASTRUCTURE)
economy = sc.composite_index(panel, ECONOMY)
ccd = sc.coupling_coordination(infrastructure=infrastructure, economy=economy)
D = ccd.D
last = D.xs(1986, level="time")
region = panel["region"].groupby(level=0).first()
graph = sc.neighbors(areas, method="queen")
