"""Mediation: how much of an effect goes through what lies between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._progress import counter
from spatialccd._result import Result, record
from spatialccd.drivers._estimates import (
    Design,
    check_absorbed,
    check_rank,
    make_design,
)
from spatialccd.errors import PanelError, ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    from spatialccd._progress import Step
    from spatialccd._types import Columns, FloatArray, Progress, Values

MediationEffects = Literal["none", "unit", "time", "two-way"]

#: Draws that are computed at once, between two words of progress.
_TOGETHER = 50


@dataclass(frozen=True, eq=False, kw_only=True)
class Mediation(Result):
    """Effects through mediators and past them.

    Attributes
    ----------
    table : DataFrame
        By effect: "through M" for each mediator (a b), indirect (their sum), direct,
        total; value, se, low, high and p by bootstrap, and share of the total.
    paths : DataFrame
        By path: "x to M" (a), "M to y" (b), with value, se, low, high, p.
    """

    table: pd.DataFrame
    paths: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row an effect."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the single paths."""
        return {"paths": self.paths}

    def notes(self) -> list[str]:
        """Say when a share means little."""
        total = self.table.loc["total"]
        if total["low"] <= 0 <= total["high"]:
            return ["The total effect may be 0: shares of it mean nothing."]
        return []


def mediation(
    y: Values,
    x: Values,
    mediators: Columns,
    controls: Columns | None = None,
    *,
    effects: MediationEffects = "unit",
    n_bootstrap: int = 2000,
    confidence: float = 0.95,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Mediation:
    """Split the effect of x on y into what goes through mediators and what does not.

    M = a x + c z + e, y = d x + b M + c z + e; through M goes a b, d is direct.

    Parameters
    ----------
    y : Series
        What is explained, on unit or (unit, time).
    x : Series
        Whose effect is split, on the index of y.
    mediators : DataFrame
        What lies between; several stand side by side.
    controls : DataFrame, optional
        Covariates of both equations.
    effects : {"none", "unit", "time", "two-way"}, default "unit"
        Fixed effects in both equations; "none" for a cross-section.
    n_bootstrap : int, default 2000
        Number of bootstrap samples of whole units (of rows, in a cross-section).
    confidence : float, default 0.95
        Level of the intervals, between percentiles of the draws.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told how many bootstrap samples are done, and how many there are.

    Returns
    -------
    Mediation
        ``.table`` of effects, ``.paths`` a and b.

    Raises
    ------
    AlignmentError
        y, x, mediators and controls do not carry the same labels, or a value is
        missing.
    SingularDesignError
        A column is constant, follows from others, or is taken up by the effects.
    PanelError
        Effects on a cross-section.

    Notes
    -----
    The product a b is not normal: its interval is of draws, not 1.96 errors. Direct
    and indirect effects add up to the total exactly, the equations being linear. That
    M lies between x and y, and that nothing drives M and y together, is assumed and
    not tested; without it b is no effect. The usual three-step test adds nothing.

    References
    ----------
    MacKinnon, Lockwood and Williams (2004), Multivar. Behav. Res. 39, 99-128.
    Preacher and Hayes (2008), Behav. Res. Methods 40, 879-891.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = pd.Series(rng.normal(size=200))
    >>> M = pd.DataFrame({"M": 0.5 * x + 0.5 * rng.normal(size=200)})
    >>> y = M["M"] + 0.3 * x + 0.5 * rng.normal(size=200)
    >>> found = mediation(y, x, M, effects="none", n_bootstrap=200, seed=1)
    >>> found.table["value"].round(2).to_dict()
    {'through M': 0.4, 'indirect': 0.4, 'direct': 0.47, 'total': 0.87}
    """
    settings = record("mediation", locals())
    check_choice("effects", effects, get_args(MediationEffects))
    check_range("n_bootstrap", n_bootstrap, 99)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    design, names = _design(y, x, mediators, controls)
    if effects != "none" and design.index.nlevels == 1:
        raise PanelError(f"effects={effects!r} need times; a cross-section takes effects='none'")
    columns, units = _swept(design, effects)
    products = np.einsum("ni,nj->nij", columns, columns)
    by_unit = np.zeros((int(units.max()) + 1, *products.shape[1:]))
    np.add.at(by_unit, units, products)
    rng = np.random.default_rng(seed)
    count = len(by_unit)
    weights = rng.multinomial(count, np.full(count, 1 / count), size=n_bootstrap).astype(float)
    k = len(names)
    value = _effects(by_unit.sum(axis=0)[None], k)[0]
    simulated = _drawn(weights, by_unit, k, counter(progress, n_bootstrap))
    labels = [
        *(f"{x.name or 'x'} to {name}" for name in names),
        *(f"{name} to {design.dependent}" for name in names),
        *(f"through {name}" for name in names),
        "indirect",
        "direct",
        "total",
    ]
    table = _table(labels, value, simulated, confidence)
    effects_table = table.iloc[2 * k :].rename_axis("effect")
    effects_table = effects_table.assign(share=effects_table["value"] / table.loc["total", "value"])
    return Mediation(
        settings=settings, table=effects_table, paths=table.iloc[: 2 * k].rename_axis("path")
    )


def _design(y: Any, x: Any, mediators: Any, controls: Any) -> tuple[Design, list[str]]:
    """Align all; give x, mediators and controls as one design, and the mediators' names."""
    if not isinstance(x, pd.Series) or not isinstance(mediators, pd.DataFrame):
        raise ParameterError("x must be one column (a Series) and mediators a DataFrame")
    name = str(x.name or "x")
    frames = {"x": x.rename(name).to_frame(), "mediators": mediators}
    if controls is not None:
        frames["controls"] = controls
    taken = [str(column) for frame in frames.values() for column in frame.columns]
    twice = sorted({column for column in taken if taken.count(column) > 1})
    if twice:
        raise ParameterError(f"{listed(twice)} stands in more than one place; give it one part")
    X = pd.concat(_align.align(**frames), axis=1)
    return make_design(y, X), [str(column) for column in mediators.columns]


def _swept(design: Design, effects: str) -> tuple[FloatArray, Any]:
    """Give y, x, mediators, controls and dummies of times, less means of units; and the units."""
    check_absorbed(design, effects)
    index = design.index
    is_panel = index.nlevels > 1
    units = pd.factorize(index.get_level_values(0))[0]
    columns = np.column_stack([design.y, design.X[:, 1:]])
    if effects in ("none", "unit"):
        extra = np.ones((len(columns), 1))
    else:
        times = pd.factorize(index.get_level_values(1))[0]
        extra = np.eye(times.max() + 1)[times]
    columns = np.column_stack([columns, extra])
    if is_panel and effects in ("unit", "two-way"):
        means = pd.DataFrame(columns).groupby(units).transform("mean").to_numpy()
        # The columns of times add up to one: the first goes with the units' means.
        columns = np.delete(columns - means, columns.shape[1] - extra.shape[1], axis=1)
    plain = design.X.shape[1] - 1
    names = [*design.names[1:], *("a time" for _ in range(columns.shape[1] - 1 - plain))]
    check_rank(columns[:, 1:], names)
    return columns, units


def _drawn(weights: FloatArray, by_unit: FloatArray, k: int, step: Step) -> FloatArray:
    """Give `_effects` of samples that take each unit as often as `weights` (B, units) say."""
    found = []
    for start in range(0, len(weights), _TOGETHER):
        some = weights[start : start + _TOGETHER]
        found.append(_effects(np.tensordot(some, by_unit, axes=1), k))
        step(len(some))
    return np.concatenate(found)


def _effects(products: FloatArray, k: int) -> FloatArray:
    """Compute a, b, a b, indirect, direct and total from cross products, (B, m, m) -> (B, 3k + 3).

    Columns are y, x, k mediators, then what both equations hold.
    """
    m = products.shape[1]
    mediators = np.arange(2, 2 + k)
    shared = np.array([1, *range(2 + k, m)])
    first = _solve(products, shared, np.array([0, *mediators]))
    second = _solve(products, np.array([1, *mediators, *range(2 + k, m)]), np.array([0]))
    a, total = first[:, 0, 1:], first[:, 0, 0]
    direct, b = second[:, 0, 0], second[:, 1 : 1 + k, 0]
    through = a * b
    rest = [through.sum(axis=1, keepdims=True), direct[:, None], total[:, None]]
    return np.concatenate([a, b, through, *rest], axis=1)


def _solve(products: FloatArray, right: Any, left: Any) -> FloatArray:
    """Give slopes of the columns `left` on the columns `right`, (B, right, left)."""
    square = products[:, right[:, None], right]
    size = np.sqrt(np.einsum("bii->bi", square))
    size = np.where(size > 0, size, 1.0)
    even = square / size[:, :, None] / size[:, None, :]
    # A draw may lack what a dummy needs: the least squares of least length then.
    inverse = np.linalg.pinv(even, rcond=1e-12, hermitian=True)
    return np.asarray(
        inverse @ (products[:, right[:, None], left] / size[:, :, None]) / size[:, :, None]
    )


def _table(
    labels: list[str], value: FloatArray, simulated: FloatArray, confidence: float
) -> pd.DataFrame:
    low, high = np.quantile(simulated, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    below = (simulated <= 0).sum(axis=0)
    tail = np.minimum(below, len(simulated) - below)
    return pd.DataFrame(
        {
            "value": value,
            "se": simulated.std(axis=0, ddof=1),
            "low": low,
            "high": high,
            "p": np.minimum(1.0, 2 * (1 + tail) / (1 + len(simulated))),
        },
        labels,
    )
