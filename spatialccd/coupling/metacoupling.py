"""Coupling within a unit, with its neighbors and with places far away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, gap_note, record
from spatialccd.coupling._scores import aligned_scores, system_weights
from spatialccd.coupling.degree import Variant, coupling
from spatialccd.errors import ParameterError, check_choice, counted

if TYPE_CHECKING:
    from scipy import sparse

    from spatialccd._types import FloatArray, Graph, IntArray, Values
    from spatialccd.index.composite import CompositeIndex

#: A pair of units mixes its scores in 2^k - 2 ways: 510 for eight subsystems.
_MOST_SYSTEMS = 8
#: Row sums nearer to 1 than this are 1.
_ONE = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class Metacoupling(Result):
    """Coupling of subsystems within units and between them.

    Attributes
    ----------
    scores : DataFrame
        The score of each subsystem, on the caller's index without dropped units.
    intra, peri, tele : DataFrame
        ``C`` and ``D`` within the unit, with its neighbors, and with far places;
        NaN for a unit that has none. `tele` has no columns when no far graph
        was given.
    remarks : tuple of str
        What the weights are.
    dropped : Index
        The units that a graph had dropped, in no figure here.
    """

    scores: pd.DataFrame
    intra: pd.DataFrame
    peri: pd.DataFrame
    tele: pd.DataFrame
    remarks: tuple[str, ...]
    dropped: pd.Index

    def to_frame(self) -> pd.DataFrame:
        """Give scores and, for each reach, C and D; one row as the caller's row."""
        reaches = {"intra": self.intra, "peri": self.peri, "tele": self.tele}
        columns = [table.add_prefix(f"{name}_") for name, table in reaches.items()]
        return pd.concat([self.scores, *columns], axis=1)

    def notes(self) -> list[str]:
        """Say what the weights are, which units were left out and which have no partner."""
        gaps = gap_note(self.to_frame(), ["peri_C", "tele_C"], "the unit has no partner there")
        return [*_align.left_out(self.dropped), *self.remarks, *gaps]


def metacoupling(
    graph: Graph,
    *scores: Values | CompositeIndex,
    tele: Graph | None = None,
    variant: Variant = "wang",
    weights: Sequence[float] | Mapping[str, float] | None = None,
    row_standardize: bool = True,
    **named: Values | CompositeIndex,
) -> Metacoupling:
    """Measure coupling within units, with neighbors and with far places (metacoupling).

    Within a unit, C and D = sqrt(C T) are those of ``coupling_coordination``.
    Between units i and j, C_ij is the mean of C over the 2^k - 2 ways of taking
    some scores from i and the others from j (two subsystems: urban i with
    ecology j, and urban j with ecology i), and T_ij = (T_i + T_j) / 2. Around a
    unit C = sum_j w_ij C_ij and D = sqrt(C sum_j w_ij T_ij), with w the weights
    of the neighbors (peri) or of the far places (tele).

    Parameters
    ----------
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, and by which weight.
    *scores : Series or CompositeIndex
        Score of each subsystem in [0, 1], on unit or on (unit, time).
    tele : Neighbors or libpysal Graph, optional
        Which far places a unit is coupled with, by trade, flights or the inverse
        of distance. Links that `graph` has too are near and do not count here.
    variant : {"standard", "wang", "fan"}, default "wang"
        The formula of C, as in ``coupling_coordination``.
    weights : sequence or mapping of float, optional
        The weights of the subsystems in T, in their order or by name; they sum
        to 1. Equal when omitted.
    row_standardize : bool, default True
        Divide each unit's weights by their sum, so that peri and tele are means.
    **named : Series or CompositeIndex
        More subsystems, given by name: ``urban=..., ecology=...``.

    Returns
    -------
    Metacoupling
        ``.intra``, ``.peri``, ``.tele``, each with C and D.

    Raises
    ------
    ParameterError
        Fewer than two or more than eight subsystems; a graph that links a unit
        to itself; weights that are not as said, or negative.
    DataError
        Scores outside [0, 1]; ``cases`` lists every one.
    AlignmentError
        Scores and graphs do not carry the same labels.

    Notes
    -----
    When not to use it: to show that places influence each other. C_ij compares
    scores; two places that never met are coupled by it when theirs are alike.
    So peri and tele C of units in a smooth surface are close to their own C.

    D around a unit is not the mean of the D_ij. The R package coupling prints,
    in its vignette, figures by a matrix whose rows do not sum to 1 (the
    transpose of the one meant); pass that matrix with ``row_standardize=False``
    to see them again.

    References
    ----------
    Tang et al. (2021), Sustain. Cities Soc. 75, 103405.
    Liu (2017), Integration across a metacoupled world, Ecol. Soc. 22(4), 29.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(["a", "b", "b", "c"], ["b", "a", "c", "b"], [1, 1, 1, 1])
    >>> urban = pd.Series([0.3, 0.5, 0.9], index=list("abc"))
    >>> ecology = pd.Series([0.6, 0.5, 0.4], index=list("abc"))
    >>> metacoupling(graph, urban=urban, ecology=ecology).to_frame().round(3)
       urban  ecology  intra_C  intra_D  peri_C  peri_D
    a    0.3      0.6    0.592    0.516   0.779   0.608
    b    0.5      0.5    1.000    0.707   0.746   0.626
    c    0.9      0.4    0.471    0.554   0.713   0.640
    """
    settings = record("metacoupling", locals())
    check_choice("variant", variant, get_args(Variant))
    U, caller = aligned_scores(scores, named)
    if U.shape[1] > _MOST_SYSTEMS:
        raise ParameterError(
            f"metacoupling takes two to {_MOST_SYSTEMS} subsystems, not {U.shape[1]}: a pair of "
            "units mixes k scores in 2^k - 2 ways"
        )
    a = system_weights(weights, list(U.columns))
    graphs = {"peri": graph} | ({} if tele is None else {"tele": tele})
    gone = pd.Index([])
    for one in graphs.values():
        (U,), left = _align.without_dropped(one, scores=U)
        gone = gone.append(left)
    caller = caller[~caller.get_level_values(0).isin(gone)]
    units = _align.canonical(U.index.get_level_values(0).unique())
    raw = {name: _matrix(one, units, gone, name) for name, one in graphs.items()}
    remarks = _without_near(raw)
    matrices = {
        name: _standardized(matrix) if row_standardize else matrix for name, matrix in raw.items()
    }
    remarks += _row_sums(matrices)
    found = {
        name: _by_year(U, a, matrices.get(name), variant) for name in ("intra", "peri", "tele")
    }
    if tele is None:
        found["tele"] = found["tele"][[]]
    tables = {name: _align.restore(table, caller) for name, table in found.items()}
    return Metacoupling(
        settings=settings,
        scores=_align.restore(U, caller),
        remarks=tuple(remarks),
        dropped=_align.canonical(gone.unique()),
        **tables,
    )


def pair_coupling(U: FloatArray, i: IntArray, j: IntArray, variant: Variant) -> FloatArray:
    """Give C_ij (l,) of pairs of rows of `U` (n, k): the mean over all mixtures of their scores."""
    k = U.shape[1]
    total = np.zeros(len(i))
    for mask in range(1, 2**k - 1):
        from_i = (mask >> np.arange(k)) & 1 == 1
        total += coupling(np.where(from_i, U[i], U[j]), variant)
    return np.asarray(total / (2**k - 2))


def _by_year(U: pd.DataFrame, a: FloatArray, W: Any, variant: Variant) -> pd.DataFrame:
    """Give C and D of every row: within the unit without `W`, else around it."""
    table = pd.DataFrame(np.nan, index=U.index, columns=["C", "D"])
    for rows in _positions(U.index):
        values = U.to_numpy(dtype=float)[rows]
        C, T = coupling(values, variant), values @ a
        if W is not None:
            C, T = _around(values, T, W, variant)
        table.iloc[rows] = np.c_[C, np.sqrt(C * T)]
    return table


def _around(
    values: FloatArray, T: FloatArray, W: sparse.csr_array[np.float64], variant: Variant
) -> tuple[FloatArray, FloatArray]:
    """Sum C_ij and T_ij over the partners of each unit; NaN for a unit without one."""
    links = W.tocoo()
    i, j = links.coords
    n = len(T)
    # C_ij = C_ji: each pair is mixed once.
    pairs, place = np.unique(np.minimum(i, j) * n + np.maximum(i, j), return_inverse=True)
    C_ij = pair_coupling(values, pairs // n, pairs % n, variant)[place]
    alone = np.bincount(i, minlength=n) == 0
    C = np.bincount(i, links.data * C_ij, minlength=n)
    mean_T = np.bincount(i, links.data * (T[i] + T[j]) / 2, minlength=n)
    return np.where(alone, np.nan, C), np.where(alone, np.nan, mean_T)


def _positions(index: pd.Index) -> Iterator[IntArray]:
    """Give the rows of each time; units are in canonical order within it."""
    if index.nlevels == 1:
        yield np.arange(len(index))
        return
    times = index.get_level_values(1)
    for time in times.unique():
        yield np.flatnonzero(times == time)


def _matrix(graph: Any, units: pd.Index, gone: pd.Index, name: str) -> Any:
    """Give the weights among `units`, without those that either graph has dropped."""
    role = "graph" if name == "peri" else "tele"
    own = _align.canonical(_align.labels(_align.as_graph(graph, role), role))
    kept = own[~own.isin(gone)]
    whole = _align.graph_matrix(graph, own, row_standardize=False, role=role)
    matrix = whole[~own.isin(gone)][:, ~own.isin(gone)].tocsr()
    _align.align(scores=pd.Series(0, units), **{role: pd.Series(0, kept)})  # the same labels
    if matrix.diagonal().any():
        raise ParameterError(f"{role} links units to themselves; what is within a unit is intra")
    if (matrix.data < 0).any():
        raise ParameterError(f"{role} has negative weights, by which nothing can be averaged")
    return matrix


def _without_near(matrices: dict[str, Any]) -> list[str]:
    """Take out of the far links those that are near; say how many."""
    if "tele" not in matrices:
        return []
    near = matrices["peri"].astype(bool)
    far = matrices["tele"]
    shared = far.multiply(near).tocsr()
    shared.eliminate_zeros()
    left = (far - shared).tocsr()
    left.eliminate_zeros()
    matrices["tele"] = left
    if not shared.nnz:
        return []
    links = counted(
        shared.nnz,
        "far link joins neighbors and counts as near only",
        "far links join neighbors and count as near only",
    )
    return [links]


def _standardized(matrix: Any) -> Any:
    from scipy import sparse

    sums = np.asarray(matrix.sum(axis=1)).ravel()
    scale = np.divide(1.0, sums, out=np.zeros(len(sums)), where=sums > 0)
    return sparse.csr_array(sparse.diags_array(scale) @ matrix)


def _row_sums(matrices: dict[str, Any]) -> list[str]:
    """Say which figures are no means: their weights do not sum to 1."""
    remarks = []
    for name, matrix in matrices.items():
        sums = np.asarray(matrix.sum(axis=1)).ravel()
        sums = sums[sums > 0]
        if len(sums) and np.abs(sums - 1).max() > _ONE:
            remarks.append(
                f"{name} weights sum to {sums.min():.3g} to {sums.max():.3g} by unit and not to "
                "1: its C and D are no means and can leave [0, 1]"
            )
    return remarks
