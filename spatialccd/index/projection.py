"""Weights from projection pursuit: the direction in which rows clump and spread most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd._progress import counter, each
from spatialccd._result import record
from spatialccd.errors import ConvergenceWarning, check_range, listed, warn
from spatialccd.index.scaling import prepare
from spatialccd.index.weights import Weights

if TYPE_CHECKING:
    from spatialccd._progress import Step
    from spatialccd._types import Columns, FloatArray, Progress
    from spatialccd.index._targets import Target
    from spatialccd.index.scaling import Direction

#: Window of the local density, in standard deviations of the projection.
_WINDOW = 0.1
#: Starts whose Q is within this share of the best are as good, and weights of theirs that
#: are further apart than the other are other weights.
_AS_GOOD, _APART = 0.01, 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class ProjectionWeights(Weights):
    """Weights from projection pursuit, and how sure they are.

    Attributes
    ----------
    table : DataFrame
        ``weight``, and ``lowest`` and ``highest`` weight among the starts that came
        within 1% of the best.
    search : DataFrame
        ``best`` and ``second`` Q, and ``as_good``, the number of starts within 1%
        of the best; one row, or one a year.
    """

    search: pd.DataFrame

    def further(self) -> dict[str, pd.DataFrame]:
        """Give what the search found."""
        return {"search": self.search.copy()}


def projection_pursuit_weights(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    n_starts: int = 20,
    seed: int | None = None,
    pooled: bool = True,
    progress: Progress | None = None,
) -> ProjectionWeights:
    """Weigh indicators by the projection whose values clump and spread most.

    With z the scaled indicators and a direction a >= 0 of length 1: p_i = sum_j
    a_j z_ij, and Q = S D is made as large as can be found, with S the standard
    deviation of p and D = sum_ij (R - r_ij) over all pairs with r_ij = |p_i - p_j|
    below R = 0.1 S. The weights are w = a^2, which sum to 1.

    Parameters
    ----------
    panel : DataFrame
        Indicators on unit or on (unit, time).
    directions : mapping
        Indicator to "benefit" (more is better), "cost" (less is better) or
        "moderate" (neither: a target is best).
    targets : mapping, optional
        What is best for each moderate indicator: a value, or two rising values
        between which all are best, such as ``{"density": 20, "warmth": [18, 24]}``;
        those of columns that `directions` does not name serve other subsystems.
    n_starts : int, default 20
        Random directions to search from, 2 or more, beside each indicator alone.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    pooled : bool, default True
        One set of weights from all units and years. False gives each year its own.
    progress : callable, optional
        Told how many directions were searched from, and how many there are.

    Returns
    -------
    ProjectionWeights
        ``.weights`` sum to 1; ``.table`` with their spread over equally good
        starts; ``.search``.

    Raises
    ------
    ParameterError, PanelError, AlignmentError
        As ``scale``; `n_starts` out of range.

    Warns
    -----
    ConstantWarning
        An indicator has one value only; its weight is 0.
    ConvergenceWarning
        Two starts within 1% of the best Q differ by more than 0.05 in a weight: the
        data do not settle the weights.

    Notes
    -----
    When not to use it: where the weights have to mean something. Q has jumps and
    many tops; an indicator of two values, or one with ties, makes rows clump and
    draws weight for that alone. Papers search by genetic algorithms and print one
    run; other seeds give other weights. Read ``lowest`` and ``highest``.

    References
    ----------
    Friedman and Tukey (1974), IEEE Trans. Comput. C-23(9), 881-890.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"x": [0, 1, 8, 9, 10, 2], "y": [3, 9, 1, 8, 2, 5]}, list("abcdef"))
    >>> result = projection_pursuit_weights(panel, {"x": "benefit", "y": "benefit"}, seed=1)
    >>> result.weights.idxmax(), round(float(result.weights.sum()), 9)
    ('x', 1.0)
    """
    settings = record("projection_pursuit_weights", locals())
    check_range("n_starts", n_starts, 2)
    ready = prepare(panel, directions, targets=targets, pooled=pooled, interval=None)
    tables, searches, unsettled = [], [], []
    step = counter(progress, sum(int((~one).sum()) + n_starts for one in ready.constant))
    for (time, rows), constant in zip(ready.pools, ready.constant, strict=True):
        rng = np.random.default_rng(seed)  # a year's weights do not hang on the other years
        tops, directions_found = _search(ready.z[rows][:, ~constant], n_starts, rng, step)
        good = directions_found[tops >= (1 - _AS_GOOD) * tops[0]] ** 2
        columns = np.zeros((3, len(constant)))
        columns[:, ~constant] = good[0], good.min(axis=0), good.max(axis=0)
        names = ["weight", "lowest", "highest"]
        table = pd.DataFrame(columns.T, index=ready.indicators, columns=names)
        where = "" if time is None else f" in {time}"
        wide = table.index[table["highest"] - table["lowest"] > _APART]
        unsettled += [f"{name}{where}" for name in wide]
        tables.append(table)
        searches.append({"best": tops[0], "second": tops[1], "as_good": len(good)})
    if unsettled:
        warn(
            f"starts that are as good as the best give other weights: {listed(unsettled)}; see "
            "lowest and highest, and do not rely on one set",
            ConvergenceWarning,
        )
    times: list[Any] = ["all" if time is None else time for time, _ in ready.pools]
    return ProjectionWeights(
        settings=settings,
        table=ready.by_pool(tables),
        search=pd.DataFrame(searches, index=pd.Index(times, name="time")),
    )


def quality(p: FloatArray) -> float:
    """Give Q = S D of projected values `p` (m,), by sorting: m log m and not m^2 steps."""
    S = float(p.std(ddof=1))
    R = _WINDOW * S
    p = np.sort(p)
    first = np.searchsorted(p, p - R, side="left")
    sums = np.concatenate([[0.0], np.cumsum(p)])
    below = np.arange(len(p)) - first  # how many lie up to R below each
    near = below * (R - p) + sums[np.arange(len(p))] - sums[first]
    return S * float(2 * near.sum() + len(p) * R)  # each pair twice, and each row with itself


def _search(
    z: FloatArray, n_starts: int, rng: np.random.Generator, step: Step
) -> tuple[FloatArray, FloatArray]:
    """Climb from each axis and from random directions; give Q, falling, and directions (s, k)."""
    from scipy import optimize

    def direction(x: FloatArray) -> FloatArray:
        return np.asarray(np.abs(x) / np.linalg.norm(x))

    def loss(x: FloatArray) -> float:
        return -quality(z @ direction(x))

    k = z.shape[1]
    options = {"maxfev": 400 * k, "xatol": 1e-6, "fatol": 1e-10, "adaptive": k > 4}
    starts = np.vstack([np.eye(k), rng.normal(size=(n_starts, k))])
    found = []
    for i in each(len(starts), step):
        x = direction(starts[i])
        for _again in range(2):  # a simplex that has shrunk onto a jump gets a second, fresh one
            x = direction(optimize.minimize(loss, x, method="Nelder-Mead", options=options).x)
        found.append(x)
    tops = np.array([-loss(x) for x in found])
    order = np.argsort(-tops, kind="stable")
    return tops[order], np.array(found)[order]
