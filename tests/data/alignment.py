"""Arguments for the alignment test of every public function of this station."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.toys import Toys


def _holed(toys: Toys) -> pd.DataFrame:
    """The toy panel with a hole and an absent row inside two series."""
    panel = toys.panel.copy()
    panel.loc[(toys.units[3], toys.years[1]), "income"] = float("nan")
    return panel.drop(index=[(toys.units[5], toys.years[1])])


CASES: dict[str, Any] = {
    "fill_missing": lambda toys: {"panel": _holed(toys)},
    "join": lambda toys: {"panel": toys.panel, "areas": toys.areas, "unmatched": "error"},
}
