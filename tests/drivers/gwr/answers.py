"""What moments answer as sorted neighbors do, of places and of panels."""

from __future__ import annotations

import numpy as np

from spatialccd.drivers.gwr._discs import Discs
from spatialccd.drivers.gwr._neighbors import Neighbors


def check_answers(discs: Discs, pairs: Neighbors) -> None:
    """Compare local systems at a bandwidth of 60, and many columns smoothed at one of 90."""
    n = len(pairs.d2)
    rng = np.random.default_rng(3)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, 3))])
    y = rng.normal(size=n)
    ours = discs.local_systems(X, y, 60.0, focal=X, full=True)
    theirs = pairs.local_systems(X, y, 60.0, focal=X, full=True)
    for found, known in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(found, known, rtol=1e-7, atol=1e-9)
    many = rng.choice([-1.0, 1.0], (n, 37)).astype(np.float32)
    out, known = np.empty_like(many), np.empty_like(many)
    discs.smooth_many(many, 90.0, out)
    pairs.smooth_many(many, 90.0, known)
    np.testing.assert_allclose(out, known, atol=1e-4)
