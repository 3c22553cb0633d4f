"""Arguments for the alignment test: labels decide, positions never do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.toys import Toys


def _scores(toys: Toys) -> dict[str, Any]:
    return {"economy": toys.scores["economy"], "ecology": toys.scores["ecology"]}


CASES: dict[str, Callable[[Toys], dict[str, Any]]] = {
    "coupling_coordination": _scores,
    "coordination_grades": lambda toys: {"D": toys.scores["economy"]},
}
