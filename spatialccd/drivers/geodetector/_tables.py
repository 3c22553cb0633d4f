"""Frames of figures: one row a factor and part, and the wide layouts of papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from spatialccd.drivers.geodetector._design import Part
from spatialccd.errors import check_choice


def part_frame(part: Part, factors: Sequence[str], figures: Mapping[str, Any]) -> pd.DataFrame:
    """Label the figures of one part: factor, the names in `by`, then the figures."""
    frame = pd.DataFrame({"factor": factors, **figures})
    return label_part(frame, part, 1)


def label_part(frame: pd.DataFrame, part: Part, position: int) -> pd.DataFrame:
    """Insert the values of `by` as columns, from `position` on."""
    for offset, (name, value) in enumerate(part.key.items()):
        frame.insert(position + offset, name, value)
    return frame


def spread_by(
    figures: pd.DataFrame,
    names: Sequence[str],
    by: Sequence[str],
    value: str,
    *,
    across: str | None = None,
) -> pd.DataFrame:
    """Lay one figure out wide, in the order of the rows of `figures`.

    With `across` the parts stand below each other and that column's values
    across; without it the parts stand across and `names` below each other.
    """
    keys = [*names, *by]
    check_choice("value", value, [c for c in figures.columns if c not in keys])
    series = figures.set_index(keys)[value]
    if not by:
        return series.to_frame().T if across else series.to_frame()
    wide = series.unstack([across] if across else list(by), sort=False)
    return wide
