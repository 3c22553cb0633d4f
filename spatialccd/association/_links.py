"""Array kernels that decide who is whose neighbor by distance, and what follows from links.

What a border is stands in ``data.contiguity``.

Every kernel returns a sparse matrix of weights, row = focal, column =
neighbor, in the order of its input and without links from a unit to itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import sparse
from scipy.spatial import KDTree

from spatialccd._globe import EARTH_KM, unit_vectors
from spatialccd._types import FloatArray, IntArray

Matrix: TypeAlias = sparse.csr_array

#: In meters.
EARTH_RADIUS = 1000 * EARTH_KM

#: Room for rounding when a distance is compared with a threshold.
_SLACK = 1 + 1e-9

#: A link list longer than this does not fit a common computer's memory as a graph.
MAX_LINKS = 20_000_000


@dataclass(frozen=True)
class Points:
    """Places as points; distances are straight, or along the Earth's surface.

    Attributes
    ----------
    xyz : array, shape (n, 2) or (n, 3)
        Plane coordinates, or points on the sphere.
    great_circle : bool
        Whether `xyz` lies on the sphere.
    """

    xyz: FloatArray
    great_circle: bool

    @classmethod
    def on_plane(cls, xy: FloatArray) -> Points:
        """Take plane coordinates, shape (n, 2)."""
        return cls(np.ascontiguousarray(xy, dtype=float), great_circle=False)

    @classmethod
    def on_sphere(cls, lonlat: FloatArray) -> Points:
        """Take longitude and latitude in degrees, shape (n, 2)."""
        xyz = unit_vectors(np.asarray(lonlat, dtype=float))
        return cls(EARTH_RADIUS * xyz, great_circle=True)

    def __len__(self) -> int:
        return len(self.xyz)

    def arc(self, chord: FloatArray) -> FloatArray:
        """Turn straight distances into distances along the surface."""
        if not self.great_circle:
            return chord
        half = np.clip(chord / (2 * EARTH_RADIUS), 0, 1)
        return np.asarray(2 * EARTH_RADIUS * np.arcsin(half), dtype=float)

    def chord(self, arc: float) -> float:
        """Turn a distance along the surface into a straight one."""
        if not self.great_circle:
            return arc
        return float(2 * EARTH_RADIUS * np.sin(min(arc / (2 * EARTH_RADIUS), np.pi / 2)))

    def distance(self, rows: IntArray, columns: IntArray) -> FloatArray:
        """Distance of each pair, in meters or in the unit of the coordinates."""
        return self.arc(np.linalg.norm(self.xyz[rows] - self.xyz[columns], axis=1))

    def nearest(self, k: int, rows: IntArray | None = None) -> tuple[IntArray, FloatArray]:
        """Find the k nearest others of each place.

        Parameters
        ----------
        k : int
            How many, less than n.
        rows : array of int, optional
            The places asked about; all when None.

        Returns
        -------
        (array of int, array), shape (len(rows), k)
            Positions, nearest first, and distances.
        """
        asked = np.arange(len(self)) if rows is None else rows
        chord, found = KDTree(self.xyz).query(self.xyz[asked], k=k + 1)
        others = found != asked[:, None]
        # Where many places coincide, the place itself may not be among the
        # k + 1 found: then the farthest of them goes instead.
        others[others.all(axis=1), -1] = False
        shape = (len(asked), k)
        return found[others].reshape(shape), self.arc(chord[others].reshape(shape))

    def pairs(self, threshold: float | None) -> tuple[IntArray, IntArray]:
        """List the pairs i < j no farther apart than `threshold`; all pairs when None."""
        if threshold is None:
            return np.triu_indices(len(self), k=1)
        found = KDTree(self.xyz).query_pairs(self.chord(threshold) * _SLACK, output_type="ndarray")
        return found[:, 0], found[:, 1]


def higher_order(first: Matrix, order: int) -> Matrix:
    """Link all units that at most `order` steps of `first` join, with weight 1."""
    reached = first
    for _ in range(order - 1):
        reached = reached + reached @ first
        reached.data[:] = 1.0
    return without_self(reached)


def knn(points: Points, k: int) -> Matrix:
    """Link each place to its k nearest, with weight 1."""
    found, _ = points.nearest(k)
    return from_rows(found, np.ones(found.shape))


def distance_band(points: Points, threshold: float) -> Matrix:
    """Link places no farther apart than `threshold`, with weight 1."""
    i, j = points.pairs(threshold)
    return symmetric(i, j, np.ones(len(i)), len(points))


def inverse_distance(points: Points, power: float, threshold: float | None) -> Matrix:
    """Link places with weight distance ** -power."""
    i, j = points.pairs(threshold)
    return symmetric(i, j, points.distance(i, j) ** -power, len(points))


def kernel_fixed(points: Points, kernel: str, bandwidth: float) -> Matrix:
    """Link places with a kernel of their distance over one bandwidth."""
    compact = kernel in COMPACT
    i, j = points.pairs(bandwidth if compact else None)
    weights = kernel_weight(points.distance(i, j) / bandwidth, kernel)
    matrix = symmetric(i, j, weights, len(points))
    matrix.eliminate_zeros()
    return matrix


def kernel_adaptive(points: Points, kernel: str, k: int) -> Matrix:
    """Link each place to its k nearest; its bandwidth reaches to the next beyond them."""
    found, distance = points.nearest(k + 1)
    bandwidth = distance[:, -1:]
    weights = kernel_weight(distance[:, :k] / np.where(bandwidth > 0, bandwidth, 1.0), kernel)
    matrix = from_rows(found[:, :k], weights)
    matrix.eliminate_zeros()
    return matrix


#: Kernels that are zero from the bandwidth on.
COMPACT = ("triangular", "epanechnikov", "bisquare", "uniform")


def kernel_weight(u: FloatArray, kernel: str) -> FloatArray:
    """Evaluate a kernel at distances in bandwidths; 1 at distance 0."""
    inside = u <= 1
    if kernel == "triangular":
        return np.where(inside, 1 - u, 0.0)
    if kernel == "epanechnikov":
        return np.where(inside, 1 - u**2, 0.0)
    if kernel == "bisquare":
        return np.where(inside, (1 - u**2) ** 2, 0.0)
    if kernel == "uniform":
        return np.where(inside, 1.0, 0.0)
    if kernel == "exponential":
        return np.exp(-u)
    return np.exp(-0.5 * u**2)


def attach(matrix: Matrix, alone: IntArray, found: IntArray, weights: FloatArray | None) -> Matrix:
    """Link units without neighbors to those found for them, both ways.

    Parameters
    ----------
    matrix : sparse array, shape (n, n)
    alone : array of int, shape (a,)
        Units without neighbors.
    found : array of int, shape (a, k)
        Those to link each to.
    weights : array, shape (a, k), optional
        Of the new links; None gives them the smallest weight that stands in
        `matrix`, which is 1 for binary links.
    """
    if weights is None:
        weights = np.full(found.shape, matrix.data.min() if matrix.nnz else 1.0)
    one = np.repeat(alone, found.shape[1])
    new = symmetric(one, found.ravel(), weights.ravel(), matrix.shape[0])
    return sparse.csr_array(matrix.maximum(new))


def islands(matrix: Matrix) -> IntArray:
    """Give the positions of units without neighbors."""
    return np.flatnonzero(np.diff(matrix.indptr) == 0)


def without_self(matrix: Matrix) -> Matrix:
    """Drop the links of units to themselves."""
    coo = matrix.tocoo()
    other = coo.row != coo.col
    return sparse.csr_array((coo.data[other], (coo.row[other], coo.col[other])), shape=matrix.shape)


def symmetric(i: IntArray, j: IntArray, weights: FloatArray, n: int) -> Matrix:
    """Link pairs both ways; a pair listed twice counts once."""
    rows, columns = np.concatenate([i, j]), np.concatenate([j, i])
    flat, first = np.unique(rows * np.int64(n) + columns, return_index=True)
    data = np.concatenate([weights, weights])[first]
    return sparse.csr_array((data, (flat // n, flat % n)), shape=(n, n))


def from_rows(found: IntArray, weights: FloatArray) -> Matrix:
    """Build a matrix from the neighbors of each unit and their weights, shape (n, k) each."""
    n, k = found.shape
    rows = np.repeat(np.arange(n), k)
    return sparse.csr_array((weights.ravel(), (rows, found.ravel())), shape=(n, n))
