"""What every engine answers: sums over the observations around each place.

The algorithms ask `KernelSums` and need not know who answers: rows sorted by distance
(`Neighbors`, or `RowsOnCluster` of several machines), moments in trees (`Discs`,
`DiscsOnCluster`), places times times (`Product`), or a bandwidth beyond everything
(`Everywhere`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np

from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import FloatArray, IntArray
    from spatialccd.drivers.gwr._space import Space
    from spatialccd.drivers.gwr._threads import Threads


class Local(NamedTuple):
    """Local regressions at m places; see ``_loops.local_systems``."""

    beta: FloatArray
    leverage: FloatArray
    variance: FloatArray
    spread: FloatArray
    dependent: IntArray

    @classmethod
    def blank(cls, m: int, k: int) -> Local:
        """Give those of m places and k terms, for loops to fill in; no term is dependent."""
        beta, leverage, variance = np.zeros((3, m, k))
        return cls(beta, leverage, variance, np.zeros(m), np.full(m, -1))


class KernelSums:
    """Sums over n observations around m focal places, weighted by the kernel.

    Attributes
    ----------
    space : Space
        The observations, and the kernel.
    threads : Threads
    on_disk : bool
        Whether what is summed over did not fit into the memory.
    """

    space: Space
    threads: Threads
    on_disk: bool = False

    @property
    def whole_curves(self) -> bool:
        """Whether one pass gives the criterion at every bandwidth."""
        return False

    @property
    def looks_ahead(self) -> int:
        """Forks of a golden section to take in one pass: more where a bandwidth costs little."""
        return 0

    @property
    def looks_near(self) -> int:
        """Neighbors between the ends of a golden section from which it is taken whole, in one pass.

        0 where near bandwidths cost as much as others.
        """
        return 0

    def weighted_sums(
        self, values: FloatArray, points: FloatArray, upto: int | None = None
    ) -> FloatArray:
        """Give sum_j w_ij v_j at each (ascending) bandwidth and focal place, (c, P, m).

        The sums of c vectors, `values` (c, n), take little longer than those of one:
        what takes time is to fetch the neighbors. Those after the first can be left out
        beyond the first `upto` bandwidths.
        """
        raise NotImplementedError

    def smooth_many(self, values: Any, point: float, out: Any) -> None:
        """Write weighted sums of many columns (n, p), single precision, into `out` (m, p)."""
        raise NotImplementedError

    def local_systems(
        self, X: FloatArray, y: FloatArray, point: float, *, focal: FloatArray, full: bool
    ) -> Local:
        """Regress y on X around every focal place, whose covariates are `focal`."""
        raise NotImplementedError

    def nearest(self, k: int) -> IntArray:
        """Give the k nearest other observations of each observation, (m, k)."""
        raise NotImplementedError

    @property
    def fewest(self) -> int:
        """How many observations a focal place sees at least: all, or those up to its time."""
        raise NotImplementedError

    def distance_range(self) -> tuple[float, float]:
        """Give the smallest and largest distance between two different observations."""
        raise NotImplementedError

    def reach(self, point: float) -> FloatArray:
        """Give the distance h that a bandwidth has around each focal place, (m,)."""
        raise NotImplementedError

    # Only those that hold or make the weights of all pairs answer what follows.

    def whole_curve(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Give RSS, trace, leave-one-out sum and gaps for every b, (4, n)."""
        _needs_pairs()

    def local_curve(self, X: FloatArray, y: FloatArray, points: FloatArray) -> FloatArray:
        """Give RSS, trace, leave-one-out sum and gaps of GWR at ascending bandwidths, (4, P)."""
        _needs_pairs()

    def over_kernel(
        self, loop: Callable[..., None], point: float, arguments: tuple[Any, ...], width: int
    ) -> None:
        """Call a loop over what one bandwidth reaches; a pair of places costs `width` numbers."""
        _needs_pairs()

    def parts_over_kernel(
        self,
        loop: Callable[..., None],
        point: float,
        arguments: tuple[Any, ...],
        shape: tuple[int, ...],
    ) -> FloatArray:
        """Call a loop that adds to an array, over what one bandwidth reaches."""
        _needs_pairs()

    def weights(self, point: float, rows: slice = slice(None)) -> FloatArray:
        """Give dense weights of some focal places, (m, n) in the order of the places."""
        _needs_pairs()

    def sparse_weights(self, point: float) -> Any:
        """Give the weights that are not zero, (m, n) as ``scipy.sparse.csr_array``; bisquare."""
        _needs_pairs()

    def share_reached(self, point: float) -> float:
        """Give the share of all pairs that a bandwidth reaches."""
        _needs_pairs()


def _needs_pairs() -> NoReturn:
    raise ParameterError(
        "this needs the weights of all pairs, which engine='moments' never holds; take "
        "engine='sorted' (10 bytes a pair), or inference='stochastic' or 'none'"
    )
