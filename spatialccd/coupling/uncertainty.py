"""How far D hangs on which indicators were chosen: a bootstrap over indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd
from scipy import special

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.coupling._scores import aligned_parts, system_weights
from spatialccd.coupling.degree import Variant, coupling
from spatialccd.errors import ParameterError, check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Progress
    from spatialccd.index.composite import CompositeIndex


#: Smaller shares and chances are rounding.
_LEAST = 1e-12


@dataclass(frozen=True, eq=False, kw_only=True)
class CoordinationInterval(Result):
    """D with an interval over the choice of indicators.

    Attributes
    ----------
    table : DataFrame
        On the caller's index: ``D`` as computed from all indicators; ``low``
        and ``high`` of the percentile interval; ``se``, the standard deviation
        over samples; ``rank`` in its year (1 the best) with ``rank_low`` and
        ``rank_high``.
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give D, its interval and its rank, one row as the caller's row."""
        return self.table.copy()


def bootstrap_coordination(
    *indices: CompositeIndex,
    variant: Variant = "standard",
    weights: Sequence[float] | Mapping[str, float] | None = None,
    n_bootstrap: int = 999,
    confidence: float = 0.95,
    seed: int | None = None,
    progress: Progress | None = None,
    **named: CompositeIndex,
) -> CoordinationInterval:
    """Give an interval of D over the choice of indicators.

    A subsystem's indicators are taken as a sample of those that could have been
    chosen. Each draw moves its score as another such sample would: on the scale
    of logits, with a t distribution whose spread is that of the indicators about
    their weighted mean, the same draw for all units. D is computed from the
    scores so drawn.

    Parameters
    ----------
    *indices : CompositeIndex
        The subsystems, as ``composite_index`` gives them.
    variant : {"standard", "wang", "fan"}, default "standard"
        The formula of C.
    weights : sequence or mapping of float, optional
        Weights of the subsystems in T; equal when omitted.
    n_bootstrap : int, default 999
        Number of bootstrap samples.
    confidence : float, default 0.95
        Level of the intervals.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Called with samples done and in all.
    **named : CompositeIndex
        More subsystems, given by name.

    Returns
    -------
    CoordinationInterval
        ``.table``.

    Raises
    ------
    ParameterError
        Fewer than two subsystems, or one with a single indicator of weight.
    AlignmentError
        The subsystems do not carry the same labels.

    Notes
    -----
    The interval answers "what if other indicators like these had been chosen?"
    and not "how well were they measured?". It is wide where a unit is strong in
    some indicators and weak in others.

    Examples
    --------
    >>> import pandas as pd
    >>> from spatialccd import composite_index
    >>> values = np.random.default_rng(0).normal(size=(4, 12)) + [[0.0], [1.0], [2.0], [4.0]]
    >>> panel = pd.DataFrame(values, list("abcd"), list("uvwxyzmnopqr"))
    >>> economy = composite_index(panel, dict.fromkeys("uvwxyz", "benefit"), weights="equal")
    >>> ecology = composite_index(panel, dict.fromkeys("mnopqr", "benefit"), weights="equal")
    >>> table = bootstrap_coordination(economy=economy, ecology=ecology, seed=1).table
    >>> table[["D", "low", "high", "rank_low", "rank_high"]].round(2)
          D   low  high  rank_low  rank_high
    a  0.18  0.08  0.34       3.0        4.0
    b  0.42  0.30  0.60       3.0        4.0
    c  0.66  0.51  0.78       2.0        2.0
    d  1.00  1.00  1.00       1.0        1.0
    """
    settings = record("bootstrap_coordination", locals())
    check_choice("variant", variant, get_args(Variant))
    check_range("n_bootstrap", n_bootstrap, 1)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    parts, caller = aligned_parts(indices, named, at_least=2)
    a = system_weights(weights, list(parts))
    arrays = [(z.to_numpy(), w.to_numpy()) for z, w in parts.values()]
    for name, (_, w) in zip(parts, arrays, strict=True):
        if ((w > 0).sum(axis=1) < 2).any():
            raise ParameterError(
                f"{name} rests on one indicator: there is nothing to draw from; add to it"
            )
    rng = np.random.default_rng(seed)
    index = next(iter(parts.values()))[0].index
    systems = [_subsystem(z, w) for z, w in arrays]
    D = _degrees(np.column_stack([_expit(system.logit) for system in systems]), a, variant)
    draws = np.empty((n_bootstrap, len(index)))
    for b in range(n_bootstrap):
        U = np.column_stack([system.draw(rng) for system in systems])
        draws[b] = _degrees(U, a, variant)
        if progress is not None:
            progress(b + 1, n_bootstrap)
    table = _table(D, draws, index, confidence)
    return CoordinationInterval(settings=settings, table=_align.restore(table, caller))


@dataclass(frozen=True)
class _Subsystem:
    """How far other indicators like those of a subsystem would move its score.

    Attributes
    ----------
    logit : array, shape (m,)
        Of the score U; it keeps what moves within (0, 1).
    pull : array, shape (m, k)
        What each indicator does to that, p (z - U) / (U (1 - U)) with p its
        weight; 0 for a score of 0 or 1, which no indicator differs from.
    df : float
        Degrees of freedom: indicators, as many as their weights are worth, less 1.
    """

    logit: FloatArray
    pull: FloatArray
    df: float

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Draw scores (m,): t distributed about the one given, on the scale of logits."""
        normal = rng.standard_normal(self.pull.shape[1])
        shrunk = max(rng.chisquare(self.df) / self.df, _LEAST)
        return _expit(self.logit + self.pull @ normal / np.sqrt(shrunk))


def _subsystem(z: FloatArray, w: FloatArray) -> _Subsystem:
    """Take scaled indicators and their weights, (m, k) each."""
    p = w / w.sum(axis=1, keepdims=True)
    U = np.clip((p * z).sum(axis=1), 0.0, 1.0)
    worth = 1 / (p**2).sum(axis=1)  # k, of equal weights
    room = U * (1 - U)
    inside = room > _LEAST
    # Deviations from their own mean are too small by (k - 1) / k.
    scale = np.divide(np.sqrt(worth / (worth - 1)), room, out=np.zeros_like(U), where=inside)
    logit = np.log(np.clip(U, _LEAST, None)) - np.log(np.clip(1 - U, _LEAST, None))
    logit[U <= 0], logit[U >= 1] = -np.inf, np.inf
    return _Subsystem(logit, p * (z - U[:, None]) * scale[:, None], float(worth.min()) - 1)


def _expit(x: FloatArray) -> FloatArray:
    return np.asarray(special.expit(x))


def _degrees(U: FloatArray, a: FloatArray, variant: Variant) -> FloatArray:
    """D (m,) of scores (m, s)."""
    return np.asarray(np.sqrt(coupling(U, variant) * (U @ a)))


def _table(D: FloatArray, draws: FloatArray, index: pd.Index, confidence: float) -> pd.DataFrame:
    tail = 100 * (1 - confidence) / 2
    low, high = np.percentile(draws, [tail, 100 - tail], axis=0)
    table = pd.DataFrame({"D": D, "low": low, "high": high, "se": draws.std(axis=0)}, index=index)
    time = index.get_level_values(1) if index.nlevels > 1 else np.zeros(len(index))
    ranks = pd.DataFrame(draws.T, index=index).groupby(time).rank(ascending=False)
    table["rank"] = table["D"].groupby(time).rank(ascending=False)
    table[["rank_low", "rank_high"]] = np.percentile(ranks, [tail, 100 - tail], axis=1).T
    return table
