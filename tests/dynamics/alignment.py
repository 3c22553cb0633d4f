"""Arguments for the alignment test: labels decide, positions never do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.toys import Toys

CASES: dict[str, Callable[[Toys], dict[str, Any]]] = {
    "group_summary": lambda toys: {"y": toys.scores["economy"], "groups": toys.regions},
}
