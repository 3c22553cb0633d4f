"""Write esda_reference.csv: local statistics of a 12 x 12 grid as esda computes them.

Run once, by hand: ``python tests/association/data/make_esda_reference.py``. It
hides numba from esda, which would otherwise compile for half a minute; the
figures do not depend on that.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

SIDE, PERMUTATIONS = 12, 9999


def grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Links (focal, neighbor) of a square grid with queen neighbors, row by row."""
    cells = np.arange(side * side)
    row, column = cells // side, cells % side
    near = (abs(row[:, None] - row) <= 1) & (abs(column[:, None] - column) <= 1)
    near[cells, cells] = False
    return np.nonzero(near)


def main() -> None:
    """Compute and write."""
    sys.modules["numba"] = None  # type: ignore[assignment]
    import esda
    from libpysal.graph import Graph

    focal, neighbor = grid(SIDE)
    graph = Graph.from_arrays(focal, neighbor, np.ones(len(focal)))
    rows = graph.transform("R")
    # Noise, smoothed over neighbors, and skewed.
    noise = np.random.default_rng(20).normal(size=graph.n)
    y = np.exp((noise + rows.lag(noise)) / 2).round(6)
    common = {"permutations": PERMUTATIONS, "seed": 1, "n_jobs": 1}
    moran = esda.Moran_Local(y, rows, **common)
    star = esda.G_Local(y, graph, transform="B", star=True, **common)
    plain = esda.G_Local(y, graph, transform="B", star=None, **common)
    geary = esda.Geary_Local(connectivity=rows, **common).fit(y)
    x = y[::-1].copy()
    bivariate = esda.Moran_Local_BV(x, y, rows, **common)
    table = pd.DataFrame(
        {
            "y": y,
            "moran_I": moran.Is,
            "moran_p": moran.p_sim,
            "moran_q": moran.q,
            "g_star_z": star.Zs,
            "g_star_p": star.p_sim,
            "g_z": plain.Zs,
            "g_p": plain.p_sim,
            "geary_c": geary.localG,
            "geary_p": geary.p_sim,
            "bivariate_I": bivariate.Is,
            "bivariate_p": bivariate.p_sim,
        }
    )
    table.to_csv(Path(__file__).with_name("esda_reference.csv"), index=False, float_format="%.10g")


if __name__ == "__main__":
    main()
