"""What ``neighbors`` returns."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._align import restore
from spatialccd._result import Result
from spatialccd.association._graphs import components, links_of, to_graph
from spatialccd.errors import IslandWarning, listed

if TYPE_CHECKING:
    from libpysal.graph import Graph as LibpysalGraph


def no_gaps() -> pd.DataFrame:
    """Give the empty table of areas that lie a hair apart."""
    return pd.DataFrame(columns=["focal", "neighbor", "gap"])


@dataclass(frozen=True, eq=False, kw_only=True)
class Neighbors(Result):
    """Spatial weights and what was done about units without neighbors.

    Attributes
    ----------
    graph : libpysal.graph.Graph
        The weights, not standardized, on the units in the caller's order.
        Units dropped as islands are not in it.
    islands : Index
        Units that the method left without a neighbor, whatever was done next.
    attached : DataFrame
        Links given to islands: focal, neighbor, weight.
    dropped : Index
        Islands taken out of the graph. Functions of this station leave
        exactly these units out of their figures and say so.
    units : Index
        All units, those dropped too, in the caller's order.
    distance_unit : str
        Unit of `threshold` and `bandwidth`: "m" for layers in degrees.
    snap : float or None
        Gap up to which borders count as touching, in the layer's unit; None
        for neighbors that are not by border.
    gaps : DataFrame
        Areas that were not linked though they lie within a hundred times the
        default `snap`: focal, neighbor, gap.
    """

    graph: LibpysalGraph
    islands: pd.Index
    attached: pd.DataFrame
    dropped: pd.Index
    units: pd.Index
    distance_unit: str
    snap: float | None = None
    gaps: pd.DataFrame = field(default_factory=no_gaps)

    @property
    def links(self) -> pd.DataFrame:
        """Every link: focal, neighbor, weight."""
        adjacency = self.graph.adjacency
        return adjacency[adjacency != 0].reset_index()

    def among(self, units: pd.Index) -> Neighbors:
        """Keep the links among some units; weights are those of all units, not made anew.

        Parameters
        ----------
        units : Index
            Units of the graph; others are not asked for.

        Warns
        -----
        IslandWarning
            Units all of whose neighbors are left out. They are kept, without a link.
        """
        graph = self.graph.unique_ids
        kept = graph[graph.isin(units)]
        at = graph.get_indexer(kept)
        matrix = links_of(self.graph)[at][:, at]
        alone = kept[np.diff(matrix.indptr) == 0]
        new = alone.difference(self.islands, sort=False)
        if len(new):
            warnings.warn(
                IslandWarning(
                    f"{len(new):,} units have no neighbor among the {len(kept):,} that are left "
                    f"({listed(new)}); they are kept without one. For neighbors made among these "
                    "units only, choose the rows in the step of the neighbors too"
                ),
                stacklevel=2,
            )
        both = self.attached["focal"].isin(kept) & self.attached["neighbor"].isin(kept)
        near = self.gaps["focal"].isin(kept) & self.gaps["neighbor"].isin(kept)
        return replace(
            self,
            graph=to_graph(matrix, kept, np.arange(len(kept))),
            islands=self.islands[self.islands.isin(kept)].append(new),
            attached=self.attached[both],
            dropped=self.dropped[self.dropped.isin(units)],
            units=self.units[self.units.isin(units)],
            gaps=self.gaps[near],
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a unit: neighbors, weight_sum, component, island, dropped.

        A dropped unit has no component, written as -1.
        """
        matrix = links_of(self.graph)
        frame = pd.DataFrame(
            {
                "neighbors": np.diff(matrix.indptr),
                "weight_sum": np.asarray(matrix.sum(axis=1)).ravel(),
                "component": components(self.graph),
            },
            index=self.graph.unique_ids,
        )
        frame = restore(frame, self.units)
        frame["dropped"] = frame["component"].isna()
        frame = frame.fillna({"neighbors": 0, "weight_sum": 0.0, "component": -1})
        frame = frame.astype({"neighbors": "int64", "component": "int64"})
        frame.insert(3, "island", frame.index.isin(self.islands))
        return frame

    def further(self) -> dict[str, pd.DataFrame]:
        """Give figures of the whole graph, units by neighbors, and what was linked or was not."""
        frame = self.to_frame()
        kept = frame[~frame["dropped"]]
        count, n = kept["neighbors"], len(kept)
        figures = {
            "n_units": n,
            "n_links": int(count.sum()),
            "percent_linked": 100 * count.sum() / max(n * n, 1),
            "mean_neighbors": count.mean(),
            "min_neighbors": count.min(),
            "max_neighbors": count.max(),
            "n_components": kept["component"].nunique(),
            "n_islands": len(self.islands),
        }
        parts = {
            "connectivity": pd.Series(figures, dtype=float).rename_axis("statistic"),
            "neighbor counts": count.value_counts().sort_index().rename("n"),
        }
        found = {name: part.to_frame(part.name or "value") for name, part in parts.items()}
        pairs = {"attached": self.attached, "hair apart": self.gaps}
        return found | {name: pair.copy() for name, pair in pairs.items() if len(pair)}

    def summary(self) -> str:
        """Say how many units, links, neighbors a unit, components and islands."""
        frame = self.to_frame()
        kept = frame[~frame["dropped"]]
        count, n = kept["neighbors"], len(kept)
        lines = [
            repr(self.settings),
            "",
            f"units          {n}",
            f"links          {count.sum()} ({100 * count.sum() / max(n * n, 1):.2f}% of all pairs)",
            f"neighbors      mean {count.mean():.2f}, min {count.min()}, max {count.max()}",
            f"components     {kept['component'].nunique()}",
            f"islands        {len(self.islands)}{_named(self.islands)}",
        ]
        if len(self.attached):
            pairs = self.attached.itertuples(index=False)
            lines.append(f"attached       {listed(f'{p.focal} to {p.neighbor}' for p in pairs)}")
        if len(self.dropped):
            lines.append(f"dropped        {len(self.dropped)}{_named(self.dropped)}")
        if self.snap is not None:
            lines.append(f"touching       gaps up to {self.snap:.3g} in the layer's unit")
        if len(self.gaps):
            pairs = self.gaps.itertuples(index=False)
            lines.append(f"hair apart     {listed(f'{p.focal} and {p.neighbor}' for p in pairs)}")
        return "\n".join(lines)


def _named(units: pd.Index) -> str:
    return f": {listed(units)}" if len(units) else ""
