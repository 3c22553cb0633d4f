"""Arguments for the alignment test: labels decide, positions never do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.toys import Toys

DIRECTIONS = {"income": "benefit", "schools": "benefit", "smoke": "cost", "forest": "benefit"}


def _panel(toys: Toys) -> dict[str, Any]:
    return {"panel": toys.panel, "directions": DIRECTIONS}


CASES: dict[str, Callable[[Toys], dict[str, Any]]] = {
    "scale": _panel,
    "entropy_weights": lambda toys: _panel(toys) | {"pooled": False},
    "equal_weights": _panel,
    "critic_weights": _panel,
    "cv_weights": _panel,
    "composite_index": lambda toys: _panel(toys) | {"pooled": False},
}
