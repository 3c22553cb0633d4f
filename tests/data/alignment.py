"""Arguments for the alignment test of every public function of this station."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.toys import Toys


def _holed(toys: Toys) -> pd.DataFrame:
    """The toy panel with a hole and an absent row inside two series."""
    panel = toys.panel.copy()
    middle = toys.years[len(toys.years) // 2]
    panel.loc[(toys.units[min(3, len(toys.units) - 1)], middle), "income"] = float("nan")
    return panel.drop(index=[(toys.units[min(5, len(toys.units) - 1)], middle)])


CASES: dict[str, Any] = {
    "fill_missing": lambda toys: {"panel": _holed(toys)},
    "join": lambda toys: {"panel": toys.panel, "areas": toys.areas, "unmatched": "error"},
}

#: How the columns of ``to_frame()`` go with the scale of the panel.
LAWS: dict[str, dict[str, float]] = {"join": {"income|schools|smoke|forest": 1}}
