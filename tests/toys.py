"""Small labeled inputs: a grid of areas and a panel on them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

if TYPE_CHECKING:
    from libpysal.graph import Graph


def square_grid(rows: int, columns: int, size: float = 10_000.0) -> gpd.GeoDataFrame:
    """Make a grid of square areas in meters, labeled A00, A01, ..."""
    cells = [
        box(c * size, r * size, (c + 1) * size, (r + 1) * size)
        for r in range(rows)
        for c in range(columns)
    ]
    unit = pd.Index([f"A{i:02d}" for i in range(len(cells))], name="unit")
    return gpd.GeoDataFrame(
        {"name": [f"Area {i}" for i in range(len(cells))]},
        geometry=cells,
        index=unit,
        crs="EPSG:3857",
    )


class Toys:
    """A 6 x 6 grid, three years, four indicators, and what is made of them."""

    def __init__(self, rows: int = 6, columns: int = 6, years: int = 3, seed: int = 7) -> None:
        self.areas = square_grid(rows, columns)
        self.units = self.areas.index
        self.years = list(range(2018, 2018 + years))
        self._rng = np.random.default_rng(seed)

    def of(self, **size: int) -> Toys:
        """Give toys of the same kind and another size."""
        return type(self)(**size)

    @cached_property
    def panel(self) -> pd.DataFrame:
        """Four positive indicators on (unit, time); a trend over space and years."""
        index = pd.MultiIndex.from_product([self.units, self.years], names=["unit", "time"])
        n = len(index)
        east = self.areas.geometry.centroid.x.reindex(index.get_level_values(0)).to_numpy()
        east = east / east.max()
        year = index.get_level_values(1).to_numpy() - self.years[0]
        noise = self._rng.normal(size=(n, 4))
        data = {
            "income": 20 + 15 * east + 2 * year + 2 * noise[:, 0],
            "schools": 5 + 2 * east + 0.5 * year + 0.7 * noise[:, 1],
            "smoke": 30 - 8 * east - 1.5 * year + 2 * noise[:, 2],
            "forest": 40 + 6 * noise[:, 3],
        }
        return pd.DataFrame(data, index=index)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Two scores in [0, 1] on (unit, time)."""
        z = (self.panel - self.panel.min()) / (self.panel.max() - self.panel.min())
        return pd.DataFrame(
            {
                "economy": (z["income"] + z["schools"]) / 2,
                "ecology": (1 - z["smoke"] + z["forest"]) / 2,
            }
        )

    @property
    def year(self) -> pd.DataFrame:
        """The panel's last year, on unit."""
        return self.panel.xs(self.years[-1], level="time")

    @cached_property
    def regions(self) -> pd.Series:
        """Three regions, west to east, on unit."""
        third = pd.qcut(self.areas.geometry.centroid.x, 3, labels=["West", "Central", "East"])
        return pd.Series(third.astype(str), index=self.units, name="region")

    @cached_property
    def graph(self) -> Graph:
        """Queen neighbors on unit."""
        from libpysal.graph import Graph

        return Graph.build_contiguity(self.areas, rook=False)

    def shuffled(self, data: Any, seed: int = 3) -> Any:
        """Give the same rows in another order."""
        return data.sample(frac=1, random_state=seed)
