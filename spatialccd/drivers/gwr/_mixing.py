"""Fewer rounds to the limit of a slow iteration (Anderson 1965; Walker and Ni 2011).

For a linear iteration, as backfitting at fixed bandwidths is, this is GMRES,
restarted as it goes: the next state mixes the latest rounds so that, were the
iteration to go on as it did, what it still moves would be least.
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: Keeps the normal equations regular when rounds point the same way.
_RIDGE = 1e-6


class Mixture:
    """Mixes the rounds of one iteration; each column of the states is mixed by itself.

    Parameters
    ----------
    depth : int
        Earlier rounds that are kept.
    """

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self._moves: list[Any] = []
        self._images: list[Any] = []
        self._last: tuple[Any, Any] | None = None

    def next(self, state: Any, image: Any) -> Any:
        """Give the state to go on from, where plain iteration goes on from `image`.

        Parameters
        ----------
        state, image : (k, n, m)
            One round's start and end.
        """
        move = image - state
        if self._last is not None:
            self._moves.append(move - self._last[0])
            self._images.append(image - self._last[1])
            del self._moves[: -self.depth], self._images[: -self.depth]
        self._last = (move, image)
        mixed = image.copy()
        for share, step in zip(self._shares(move), self._images, strict=True):
            mixed -= share * step
        return mixed

    def _shares(self, move: Any) -> Any:
        """Solve the least squares of `move` on the changes of earlier moves, (depth, m)."""
        width = len(self._moves)
        if not width:
            return []
        normal = np.empty((move.shape[-1], width, width))
        right = np.empty((move.shape[-1], width, 1))
        for a, one in enumerate(self._moves):
            right[:, a, 0] = _dot(one, move)
            for b in range(a + 1):
                normal[:, a, b] = normal[:, b, a] = _dot(one, self._moves[b])
        diagonal = np.einsum("mii->mi", normal)
        diagonal += _RIDGE * diagonal + np.finfo(np.float32).tiny
        return np.linalg.solve(normal, right)[:, :, 0].T.astype(move.dtype)


def _dot(one: Any, other: Any) -> Any:
    """Give the inner products of columns, (m,)."""
    return np.einsum("knm,knm->m", one, other)
