"""The same spatial panel under several sets of weights, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from spatialccd._progress import counter
from spatialccd._result import Result, record
from spatialccd.drivers.panels._layout import Approach, PanelEffects, PanelModel
from spatialccd.drivers.panels.spatial_panel import SpatialPanel, spatial_panel
from spatialccd.errors import ParameterError, SpatialCCDError, check_choice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatialccd._types import Columns, Graph, Progress, Values

ComparedCov = Literal["expected", "observed", "robust", "cluster"]

_SPATIAL = ("rho", "lambda")


@dataclass(frozen=True, eq=False, kw_only=True)
class GraphComparison(Result):
    """Estimates under several sets of weights.

    Attributes
    ----------
    table : DataFrame
        By graph: spatial_rho and spatial_lambda (those of the model) with _se and _p,
        sigma2, log_likelihood, aic.
    effects : DataFrame
        On (graph, term, effect): as of spatial_panel.
    fits : mapping of str to SpatialPanel
        Each estimate, for ``regression_table(**fits)``.
    """

    table: pd.DataFrame
    effects: pd.DataFrame
    fits: Mapping[str, SpatialPanel]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a graph."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the effects under each graph."""
        return {"effects": self.effects}

    def notes(self) -> list[str]:
        """Give the remarks of each estimate."""
        return list(dict.fromkeys(note for fit in self.fits.values() for note in fit.remarks))


def compare_graphs(
    y: Values,
    X: Columns,
    *,
    model: PanelModel = "sar",
    effects: PanelEffects = "unit",
    approach: Approach = "transformation",
    cov: ComparedCov | None = None,
    row_standardize: bool = True,
    n_draws: int = 1000,
    seed: int | None = None,
    confidence: float = 0.95,
    progress: Progress | None = None,
    **graphs: Graph,
) -> GraphComparison:
    """Fit a spatial panel under several sets of weights, as a test of robustness.

    Parameters
    ----------
    y : Series
        What is explained, on (unit, time), or on unit for ``effects="none"``.
    X : DataFrame
        Covariates on the index of y.
    model : {"sar", "sem", "sdm", "slx", "sac", "sdem", "gns"}, default "sar"
        As of spatial_panel.
    effects : {"unit", "time", "two-way", "random", "none"}, default "unit"
        As of spatial_panel.
    approach : {"transformation", "direct", "corrected"}, default "transformation"
        As of spatial_panel.
    cov : {"expected", "observed", "robust", "cluster"}, optional
        As of spatial_panel, without conley.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    n_draws : int, default 1000
        Draws for the simulated errors of effects.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    confidence : float, default 0.95
        Level of the intervals.
    progress : callable, optional
        Told how many graphs are done, and how many there are.
    **graphs : Neighbors or libpysal Graph
        By name: ``queen=..., economic=...``.

    Returns
    -------
    GraphComparison
        ``.table`` by graph, ``.effects``, ``.fits``.

    Raises
    ------
    ParameterError
        No graphs are given.
    AlignmentError
        y, X and a graph do not carry the same labels.
    EstimationError
        As of spatial_panel; the message begins with the graph.

    Notes
    -----
    Log-likelihoods of different W are those of models that are not nested: the
    higher one is a better description, and no test says by how much.

    Examples
    --------
    >>> import numpy as np
    >>> from libpysal.graph import Graph
    >>> near = Graph.from_dicts({i: {(i - 1) % 9: 1, (i + 1) % 9: 1} for i in range(9)})
    >>> far = Graph.from_dicts({i: {(i - 3) % 9: 1, (i + 3) % 9: 1} for i in range(9)})
    >>> rows = pd.MultiIndex.from_product([range(9), range(4)], names=["unit", "time"])
    >>> rng = np.random.default_rng(1)
    >>> X = pd.DataFrame({"x": rng.normal(size=36)}, rows)
    >>> y = 2 * X["x"] + rng.normal(size=36)
    >>> compare_graphs(y, X, near=near, far=far, seed=1).table["spatial_rho"].round(2).to_dict()
    {'near': -0.01, 'far': 0.03}
    """
    settings = record("compare_graphs", locals())
    check_choice("model", model, get_args(PanelModel))
    if not graphs:
        raise ParameterError("no graphs are given; pass them by name: queen=..., economic=...")
    fits, step = {}, counter(progress, len(graphs))
    for name, graph in graphs.items():
        try:
            fits[name] = spatial_panel(
                y,
                X,
                graph,
                model=model,
                effects=effects,
                approach=approach,
                cov=cov,
                row_standardize=row_standardize,
                n_draws=n_draws,
                seed=seed,
                confidence=confidence,
            )
        except SpatialCCDError as error:
            error.args = (f"{name}: {error}", *error.args[1:])
            raise
        step(1)
    table = pd.DataFrame({name: _line(fit) for name, fit in fits.items()}).T
    return GraphComparison(
        settings=settings,
        table=table.rename_axis("graph"),
        effects=pd.concat({name: fit.effects for name, fit in fits.items()}, names=["graph"]),
        fits=fits,
    )


def _line(fit: SpatialPanel) -> dict[str, float]:
    line: dict[str, float] = {}
    for name in _SPATIAL:
        if name in fit.terms.index:
            term = fit.terms.loc[name]
            line |= {
                f"spatial_{name}": term["coef"],
                f"spatial_{name}_se": term["se"],
                f"spatial_{name}_p": term["p"],
            }
    line["sigma2"] = fit.coef["sigma2"]
    return line | {name: fit.statistics[name] for name in ("log_likelihood", "aic")}
