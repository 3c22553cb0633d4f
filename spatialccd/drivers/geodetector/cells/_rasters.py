"""Stacks of rasters on one grid, read window by window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spatialccd.data.layers.raster import opened
from spatialccd.drivers.geodetector.cells._sources import PIECE, Block, Classes, Column
from spatialccd.errors import GeometryError, ParameterError, listed, require


@dataclass(frozen=True)
class RasterPiece:
    """Some rows of a grid: from row `top` up to `bottom`."""

    paths: Mapping[str, str]
    band: int
    top: int
    bottom: int

    def blocks(self, names: Sequence[str], classes: frozenset[str], most: int) -> Iterator[Block]:
        """As `Piece.blocks`. Cells without data are missing."""
        from rasterio.windows import Window

        with ExitStack() as stack:
            grids = {n: stack.enter_context(opened(self.paths[n], self.band)) for n in names}
            first = grids[names[0]]
            for top, left, height, width in self._windows(first, most):
                window = Window(left, top, width, height)
                columns = {
                    n: _column(grid.read(self.band, window=window, masked=True), n in classes)
                    for n, grid in grids.items()
                }
                down = np.arange(top, top + height)[:, None] * first.width
                yield Block((down + np.arange(left, left + width)).ravel(), columns)

    def _windows(self, grid: Any, most: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield top, left, height, width: whole tiles as long as they hold few enough cells."""
        tall, wide = (min(a, b) for a, b in zip(grid.block_shapes[0], grid.shape, strict=True))
        tall = max(1, min(tall, most))
        across = min(grid.width, max(1, most // tall // wide) * wide, max(1, most // tall))
        down = max(1, most // across // tall) * tall
        for top in range(self.top, self.bottom, down):
            height = min(down, self.bottom - top)
            for left in range(0, grid.width, across):
                yield top, left, height, min(across, grid.width - left)


class RasterSource:
    """Rasters by name, cell by cell."""

    def __init__(self, paths: Mapping[str, Path], band: int) -> None:
        require("rasterio", "raster")
        if not paths:
            raise ParameterError("source names no raster")
        lost = [str(path) for path in paths.values() if not path.is_file()]
        if lost:
            raise ParameterError(f"no raster at {listed(lost)}; check the paths")
        self.paths = {name: str(path) for name, path in paths.items()}
        self.band, self.columns, self.local = band, list(paths), ""
        self.label = f"the stack of {len(paths)} rasters"

    def head(self, names: Sequence[str]) -> pd.DataFrame:
        """As `Source.head`: all are numbers; the grids are compared."""
        first = names[0]
        with opened(self.paths[first], self.band) as ours:
            for name in names[1:]:
                with opened(self.paths[name], self.band) as theirs:
                    _check_alike(ours, theirs, self.paths[first], self.paths[name])
            self.shape, self.tall = ours.shape, int(ours.block_shapes[0][0])
        return pd.DataFrame({name: np.empty(0) for name in names})

    def pieces(self, most: int) -> list[Any]:
        """As `Source.pieces`."""
        height, width = self.shape
        step = max(1, max(most, PIECE) // width // self.tall) * self.tall
        return [
            RasterPiece(self.paths, self.band, top, min(top + step, height))
            for top in range(0, height, step)
        ]

    def count(self) -> int:
        """As `Source.count`."""
        return int(self.shape[0] * self.shape[1])


def _column(read: Any, classes: bool) -> Column:
    """Give the cells of a window: numbers, NaN without data, or codes."""
    values, mask = read.data.ravel(), np.ma.getmaskarray(read).ravel()
    if not classes:
        numbers = values.astype(float)
        numbers[mask] = np.nan
        return numbers
    mask = mask | (np.isnan(values) if values.dtype.kind == "f" else False)
    codes = np.full(values.size, -1, dtype=np.int64)
    codes[~mask], labels = pd.factorize(values[~mask])
    return Classes(codes, pd.Index(labels))


def _check_alike(ours: Any, theirs: Any, first: str, other: str) -> None:
    """Raise unless two rasters have the same cells."""
    names = f"{Path(first).name} and {Path(other).name}"
    remedy = f"; bring them to one grid, for example with: rio warp {Path(other).name} aligned.tif"
    remedy += f" --like {Path(first).name}"
    if ours.crs != theirs.crs:
        raise GeometryError(
            f"{names} differ in their coordinate systems ({ours.crs} and {theirs.crs}){remedy}"
        )
    if ours.shape != theirs.shape:
        sizes = [f"{g.height} x {g.width}" for g in (ours, theirs)]
        raise GeometryError(f"{names} differ in their cells ({' and '.join(sizes)}){remedy}")
    a, b = np.array(ours.transform)[:6], np.array(theirs.transform)[:6]
    cell = np.hypot(a[0], a[3])
    # What matters is where the last cells lie: a thousandth of a cell is rounding of the file.
    reach = np.array([ours.width, ours.height, 1.0] * 2)
    if (np.abs(a - b) * reach).max() > 1e-3 * cell:
        raise GeometryError(
            f"{names} differ in the place or the size of their cells (corners {a[2]:g}, {a[5]:g} "
            f"and {b[2]:g}, {b[5]:g}; cells {a[0]:g} and {b[0]:g} wide){remedy}"
        )
