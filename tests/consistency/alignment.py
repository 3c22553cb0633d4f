"""Arguments of every public function of the station, for the alignment test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CASES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "audit": lambda toys: {
        "tables": {"panel": toys.scores.rename(columns={"economy": "D", "ecology": "q"}) * 1.2}
    },
}
