"""Grey relational coupling: how near the indicators of two subsystems run to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._grey import coefficients, extremes
from spatialccd._result import Result, record
from spatialccd.coupling._scores import aligned_parts
from spatialccd.errors import ParameterError, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.index.composite import CompositeIndex


@dataclass(frozen=True, eq=False, kw_only=True)
class GreyCoupling(Result):
    """Grey relational coupling of two subsystems.

    Attributes
    ----------
    C : Series
        Mean coefficient of a row over all pairs of indicators, in (0, 1], on the
        caller's index.
    degrees : DataFrame
        Degree of each pair: indicators of the first subsystem by those of the second.
    chance : DataFrame
        One row: the mean degree, and the mean and 95% quantile of what it is when
        the rows of the second subsystem are permuted, by the same min D and max D.
    left_out : tuple of str
        Indicators without weight, which have one value only.
    """

    C: pd.Series
    degrees: pd.DataFrame
    chance: pd.DataFrame
    left_out: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give C, one row as the caller's row."""
        return self.C.to_frame()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the degrees of the pairs, with their means, and what chance gives."""
        degrees = self.degrees.assign(mean=self.degrees.mean(axis=1))
        degrees.loc["mean"] = degrees.mean()
        return {"degrees of pairs": degrees, "chance": self.chance.copy()}

    def notes(self) -> list[str]:
        """Say what this C is not, and what is not in it."""
        notes = [
            "this C is a mean of grey relational coefficients and not that of "
            "coupling_coordination; read it beside chance_mean"
        ]
        if self.left_out:
            notes.append(f"indicators without weight are in no figure: {listed(self.left_out)}")
        return notes


def grey_coupling(
    *indices: CompositeIndex,
    rho: float = 0.5,
    n_permutations: int = 999,
    seed: int | None = None,
    **named: CompositeIndex,
) -> GreyCoupling:
    """Measure how near the indicators of two subsystems run to each other.

    xi_ij(t) = (min D + rho max D) / (D_ij(t) + rho max D), with D_ij(t) the absolute
    difference in row t of scaled indicator i of the first subsystem and j of the
    second, min and max over all pairs and rows. The coupling C(t) is the mean over
    the pairs, the degree of a pair the mean over the rows.

    Parameters
    ----------
    *indices : CompositeIndex
        Two subsystems, as ``composite_index`` gives them.
    rho : float, default 0.5
        Distinguishing coefficient, above 0 and up to 1.
    n_permutations : int, default 999
        Random orders of the second subsystem's rows for ``.chance``; 0 for none.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    **named : CompositeIndex
        The subsystems, given by name.

    Returns
    -------
    GreyCoupling
        ``.C`` of each row, ``.degrees`` of each pair, ``.chance``.

    Raises
    ------
    ParameterError
        Not two subsystems, or what is given is no CompositeIndex.
    AlignmentError
        The subsystems do not carry the same labels.

    Notes
    -----
    When not to use it: as a stronger form of coupling coordination. It says how
    near scaled values lie, not whether they are high; and it is large by itself:
    independent uniform indicators have a C near 0.6 at rho 0.5. A C of 0.65 to
    0.85, which papers call "strong coupling", is often what permuted rows give. And
    the largest difference is the measure of all: subsystems that run together
    throughout can have a smaller C than those that part once; ``.chance`` tells
    the two apart.

    The weights of the indicators play no part.

    References
    ----------
    Liu, Li and Song (2005), Acta Geogr. Sin. 60(2), 237-247 (in Chinese).

    Examples
    --------
    >>> import pandas as pd
    >>> from spatialccd import composite_index
    >>> panel = pd.DataFrame(
    ...     {"jobs": [1, 2, 5], "rent": [2, 3, 4], "smoke": [5, 4, 1]}, index=list("abc")
    ... )
    >>> urban = composite_index(panel, {"jobs": "benefit", "rent": "benefit"})
    >>> air = composite_index(panel, {"smoke": "cost"})
    >>> result = grey_coupling(urban=urban, air=air, seed=1)
    >>> result.C.round(3).to_dict(), result.degrees["smoke"].round(3).to_dict()
    ({'a': 1.0, 'b': 0.667, 'c': 1.0}, {'jobs': 1.0, 'rent': 0.778})
    """
    settings = record("grey_coupling", locals())
    check_range("rho", rho, 0, 1, open_low=True)
    check_range("n_permutations", n_permutations, 0)
    parts, caller = aligned_parts(indices, named, at_least=2)
    if len(parts) != 2:
        raise ParameterError(f"grey coupling is of two subsystems, not {len(parts)}: give a pair")
    used = {name: z.loc[:, (w > 0).any()] for name, (z, w) in parts.items()}
    out = [
        str(c) for name, (z, _) in parts.items() for c in z.columns.difference(used[name].columns)
    ]
    first, second = used.values()
    X, Y = first.to_numpy(dtype=float), second.to_numpy(dtype=float)
    distance = _distance(X, Y)
    ends = extremes(distance, rho, (0, 1, 2))  # chance is measured by the same ends
    xi = coefficients(distance, ends)
    rng = np.random.default_rng(seed)
    chance = [
        coefficients(_distance(X, rng.permutation(Y)), ends).mean() for _ in range(n_permutations)
    ]
    figures = {"degree": xi.mean()}
    if chance:
        figures |= {"chance_mean": np.mean(chance), "chance_95": np.quantile(chance, 0.95)}
    C = pd.Series(xi.mean(axis=(1, 2)), index=first.index, name="C")
    return GreyCoupling(
        settings=settings,
        C=_align.restore(C, caller),
        degrees=pd.DataFrame(
            xi.mean(axis=0),
            index=pd.Index(first.columns, name="indicator"),
            columns=pd.Index(second.columns),
        ),
        chance=pd.DataFrame([figures], index=pd.Index([" - ".join(used)], name="pair")),
        left_out=tuple(out),
    )


def _distance(X: FloatArray, Y: FloatArray) -> FloatArray:
    """Give |x - y| (m, i, j) of every pair of columns of `X` (m, i) and of `Y` (m, j)."""
    return np.asarray(np.abs(X[:, :, None] - Y[:, None, :]))
