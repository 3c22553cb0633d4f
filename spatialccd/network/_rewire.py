"""Random networks whose units have as many ties as in the one observed."""

from __future__ import annotations

import numpy as np

from spatialccd._types import FloatArray

#: Swaps tried for each tie.
_SWAPS = 10


def rewired(A: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Swap the ends of ties (n, n) at random; every unit sends and gets as many as before.

    Where all ties are returned they stay so: a tie and its return move together.
    """
    B = A.copy()
    symmetric = np.array_equal(A, A.T)
    origin, end = np.nonzero(np.triu(A) if symmetric else A)
    for _ in range(_SWAPS * len(origin)):
        i, j = rng.integers(len(origin), size=2)
        a, b, c, d = origin[i], end[i], origin[j], end[j]
        if symmetric and rng.random() < 0.5:
            c, d = d, c
        if a in (c, d) or b in (c, d) or B[a, d] or B[c, b]:
            continue
        for value, ties in ((0, ((a, b), (c, d))), (1, ((a, d), (c, b)))):
            for x, y in ties:
                B[x, y] = value
                if symmetric:
                    B[y, x] = value
        origin[i], end[i], origin[j], end[j] = a, d, c, b
    return B
