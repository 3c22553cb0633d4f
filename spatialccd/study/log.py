"""What a run notes, and whom it tells how it goes along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol


class Watch(Protocol):
    """Told how a study goes along; the command line draws bars from it."""

    def begin(self, step: str, number: int, total: int) -> None:
        """Note that step `number` of `total` begins."""

    def progress(self, done: int, total: int) -> None:
        """Note that `done` of `total` parts of the current step are finished."""

    def end(self, step: str, *, reused: bool) -> None:
        """Note that the step has ended; `reused` says that nothing had to be done."""


@dataclass
class Log:
    """What a run notes for its manifest and its page."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    #: The one time that a step was made for, where it was.
    times: dict[str, Any] = field(default_factory=dict)
    files: dict[str, dict[str, str]] = field(default_factory=dict)
