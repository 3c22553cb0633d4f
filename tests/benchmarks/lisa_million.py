"""Local tests of a million areas: seconds, and the peak of memory.

    python -m tests.benchmarks.lisa_million                     # all, each in a process of its own
    python -m tests.benchmarks.lisa_million local_moran 100000  # one, of fewer areas

No peer is timed beside it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from libpysal.graph import Graph

import spatialccd as sc

TOOLS = ("local_moran", "local_getis_ord", "local_geary", "neighbors")
#: Rows and columns off, to whom an area of a grid is linked: six neighbors, as areas have about.
_STEPS = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1))


def linked(side: int) -> Graph:
    """Link the areas of a square grid to six neighbors each."""
    place = np.arange(side * side)
    row, column = place // side, place % side
    ends = []
    for down, right in _STEPS:
        there = (row + down >= 0) & (row + down < side)
        there &= (column + right >= 0) & (column + right < side)
        ends.append(np.stack([place, (row + down) * side + column + right])[:, there])
    focal, neighbor = np.concatenate(ends, axis=1)
    order = np.lexsort((neighbor, focal))
    links = pd.MultiIndex.from_arrays([focal[order], neighbor[order]], names=["focal", "neighbor"])
    return Graph(pd.Series(1.0, links, name="weight"), is_sorted=True)


def squares(side: int) -> gpd.GeoDataFrame:
    """Make as many square areas."""
    x, y = (values.ravel() * 1e3 for values in np.meshgrid(np.arange(side), np.arange(side)))
    return gpd.GeoDataFrame(geometry=shapely.box(x, y, x + 1e3, y + 1e3), crs=3857)


def measure(tool: str, n: int) -> str:
    """Time one tool."""
    side = int(n**0.5)
    if tool == "neighbors":
        areas = squares(side)
        start = time.perf_counter()
        sc.neighbors(areas)
    else:
        graph = linked(side)
        y = pd.Series(np.random.default_rng(0).normal(size=side * side))
        start = time.perf_counter()
        getattr(sc, tool)(y, graph, n_permutations=999, seed=1, n_jobs=-1)
    seconds = time.perf_counter() - start
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    memory = f"{int(peak[1]) / 1e6:.2f} GB" if peak else ""
    return f"{tool} of {side * side:,}: {seconds:.1f} s, {memory}"


def main() -> None:
    """Measure what is asked for."""
    if len(sys.argv) > 2:
        print(measure(sys.argv[1], int(sys.argv[2])))
        return
    for tool in sys.argv[1:] or TOOLS:
        call = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.lisa_million", tool]
        subprocess.run([*call, "1000000"], check=True)


if __name__ == "__main__":
    main()
