"""I - rho W for any rho: its determinant, its traces and its inverse."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.linalg import lapack
from scipy.sparse.linalg import eigs, eigsh, splu

from spatialccd import _align
from spatialccd.errors import EstimationError, listed

if TYPE_CHECKING:
    import pandas as pd

    from spatialccd._types import FloatArray

#: Units up to which eigenvalues are taken; sparse factors are as exact, and faster beyond.
EIGENVALUES = 3000
#: The same where W is not similar to a symmetric matrix: its eigenvalues take far longer.
COMPLEX_EIGENVALUES = 1200
#: Units up to which a full matrix of them is made: 1.8 GB.
DENSE = 15_000
#: A step so small that the derivative along it is exact.
_STEP = 1e-20


class Operator:
    """A weights matrix W, and what a likelihood needs of I - rho W.

    G(rho) = W (I - rho W)^-1. A trace takes a complex rho too, and is then right
    to the first order of its imaginary part: derivatives by complex steps pass
    through it.

    Parameters
    ----------
    links : sparse array, shape (n, n)
        Weights as they are, before any standardization.
    row_standardize : bool
        Divide each row by its sum.
    """

    def __init__(self, links: sparse.csr_array[np.float64], *, row_standardize: bool) -> None:
        self.size: int = links.shape[0]
        sums = np.asarray(links.sum(axis=1)).ravel()
        scale = np.ones(self.size)
        if row_standardize:
            scale = np.divide(1.0, sums, out=np.zeros(self.size), where=sums != 0)
        self.matrix = sparse.csr_array(sparse.diags_array(scale) @ links)
        self.row_sums = np.asarray(self.matrix.sum(axis=1)).ravel()
        #: No eigenvalue is larger; what is nothing beside it is rounding, in any unit of weights.
        self.largest: float = float(abs(self.matrix).sum(axis=1).max(initial=0.0)) or 1.0
        even = abs(links - links.T)
        self._similar: Any = None
        if (even.max() if even.nnz else 0.0) == 0 and (scale >= 0).all():
            # W = D^-1 C has the eigenvalues of D^-1/2 C D^-1/2, which is symmetric.
            self._root = np.sqrt(np.where(scale > 0, scale, 1.0))
            root = sparse.diags_array(self._root)
            self._similar = sparse.csr_array(root @ links @ root)
        self._trace = lru_cache(maxsize=512)(self._find_trace)
        self._determinant = lru_cache(maxsize=512)(self._find_determinant)

    @property
    def row_normalized(self) -> bool:
        """Whether every row adds up to 1; an island's does not."""
        return bool(np.abs(self.row_sums - 1).max() < 1e-12)

    @cached_property
    def eigenvalues(self) -> FloatArray | None:
        """The eigenvalues of W, complex where W asks for it; None where there are too many."""
        limit = COMPLEX_EIGENVALUES if self._similar is None else EIGENVALUES
        return self.all_eigenvalues if self.size <= limit else None

    @cached_property
    def all_eigenvalues(self) -> FloatArray:
        """The eigenvalues of W however long they take."""
        if self._similar is not None:
            return np.asarray(np.linalg.eigvalsh(self._similar.toarray()))
        return np.asarray(np.linalg.eigvals(self.matrix.toarray()))

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """The interval around 0 in which I - rho W can be inverted (LeSage and Pace, 4.3)."""
        nothing = 1e-9 * self.largest
        if self.eigenvalues is not None:
            real = self.eigenvalues.real[np.abs(self.eigenvalues.imag) < nothing]
            low, high = float(real.min(initial=0.0)), float(real.max(initial=0.0))
        elif self._similar is not None:
            low = self._extreme("SA")
            high = 1.0 if self.row_normalized else self._extreme("LA")
        else:
            # Its real eigenvalues are not all known: take the circle that holds them. Of rows that
            # add up to 1 it is known, and a search for it may take minutes.
            even = self.row_normalized and bool((self.matrix.data >= 0).all())
            high = 1.0 if even else self._extreme("LM")
            low = -high
        if self.row_normalized:
            high = 1.0
        free = 1 / self.largest  # links without a way back leave I - rho W regular everywhere
        return (1 / low if low < -nothing else -free), (1 / high if high > nothing else free)

    def _extreme(self, which: str) -> float:
        """Give the lowest ("SA") or highest ("LA") eigenvalue, or the size of the first ("LM")."""
        start = np.ones(self.size) + np.arange(self.size) % 7  # any vector, the same each time
        if which == "LM":
            found = eigs(self.matrix, 1, which=which, v0=start, return_eigenvectors=False)
        else:
            found = eigsh(self._similar, 1, which=which, v0=start, return_eigenvectors=False)
        return float(np.abs(found[0]) if which == "LM" else found[0])

    def log_determinant(self, rho: float) -> float:
        """Give ln |I - rho W|."""
        return self._determinant(float(rho))

    def trace(self, rho: complex) -> Any:
        """Give tr G(rho), which is minus the slope of the log-determinant."""
        real, imaginary = float(np.real(rho)), float(np.imag(rho))
        value = self._trace(real)
        return value + 1j * imaginary * self.trace_square(real) if imaginary else value

    def trace_square(self, rho: float) -> float:
        """Give tr G(rho) G(rho), the slope of the trace."""
        if self.eigenvalues is not None:
            return float(((self.eigenvalues / (1 - rho * self.eigenvalues)) ** 2).sum().real)
        step = 1e-5 / self.largest
        return (self._trace(rho + step) - self._trace(rho - step)) / (2 * step)

    def lagged_inverse(self, rho: float) -> FloatArray:
        """Give G(rho) = W (I - rho W)^-1, shape (n, n).

        Raises
        ------
        EstimationError
            There are so many units that it would not fit into memory.
        """
        if self.size > DENSE:
            raise EstimationError(
                f"{self.size} units: errors take a full matrix of them, and beyond {DENSE} it does "
                "not fit into memory; take fewer units or coarser areas"
            )
        if self._similar is None:
            inverse = np.linalg.inv(np.eye(self.size) - rho * self.matrix.toarray())
        else:
            # Symmetric and positive definite: half the work, and no pivots.
            triangle, wrong = lapack.dpotrf(
                np.eye(self.size) - rho * self._similar.toarray(), lower=1, overwrite_a=1
            )
            half, failed = lapack.dpotri(triangle, lower=1, overwrite_c=1)
            if wrong or failed:
                raise EstimationError(f"I - rho W cannot be inverted at rho = {rho:.6g}")
            half = np.tril(half)
            whole = half + half.T
            whole[np.diag_indices_from(whole)] /= 2
            inverse = self._root[:, None] * whole / self._root
        return np.asarray(self.matrix @ inverse)

    def solve(self, rho: complex, right: FloatArray) -> FloatArray:
        """Give (I - rho W)^-1 right, for right of shape (n,) or (n, m)."""
        dtype = np.result_type(type(rho), right.dtype)
        return np.asarray(self._factor(rho).solve(np.asarray(right, dtype=dtype)))

    def _factor(self, rho: complex) -> Any:
        system = sparse.eye_array(self.size) - rho * self.matrix
        if self._similar is None:
            return splu(sparse.csc_array(system))
        return splu(
            sparse.csc_array(system),
            permc_spec="MMD_AT_PLUS_A",
            options={"SymmetricMode": True},
        )

    def _find_determinant(self, rho: float) -> float:
        if self.eigenvalues is not None:
            return float(np.log(np.abs(1 - rho * self.eigenvalues)).sum())
        return float(np.log(np.abs(self._factor(rho).U.diagonal())).sum())

    def _find_trace(self, rho: float) -> float:
        if self.eigenvalues is not None:
            return float((self.eigenvalues / (1 - rho * self.eigenvalues)).sum().real)
        diagonal = self._factor(rho + 1j * _STEP).U.diagonal()
        return float(-(diagonal.imag / diagonal.real).sum() / _STEP)


def operator_of(graph: Any, units: pd.Index, *, row_standardize: bool) -> Operator:
    """Give the operator of a graph, its rows and columns in the order of `units`.

    Raises
    ------
    AlignmentError
        Graph and units do not hold the same labels.
    EstimationError
        The graph has no links, or a unit is its own neighbor.
    """
    links = _align.graph_matrix(graph, units, row_standardize=False)
    if not links.nnz:
        raise EstimationError("the graph has no links: there are no neighbors to depend on")
    own = units[links.diagonal() != 0]
    if len(own):
        raise EstimationError(
            f"units are their own neighbors: {listed(own)}; a spatial lag is one of others: take "
            "these links out of the graph"
        )
    return Operator(links, row_standardize=row_standardize)


class Determinant:
    """The log-determinant of I - rho W and its slopes, with or without W's unit root.

    Taking the means of times off a row-normalized W takes one eigenvalue, 1, out
    of it: ln |I - rho F'WF| = ln |I - rho W| - ln(1 - rho) (Lee and Yu 2010).
    """

    def __init__(self, operator: Operator, *, swept: bool) -> None:
        self.operator = operator
        self.swept = swept

    def value(self, rho: float) -> float:
        """Give the log-determinant."""
        gone = np.log(abs(1 - rho)) if self.swept else 0.0
        return float(self.operator.log_determinant(rho) - gone)

    def trace(self, rho: complex) -> Any:
        """Give tr G; complex steps pass through."""
        return self.operator.trace(rho) - (1 / (1 - rho) if self.swept else 0.0)
