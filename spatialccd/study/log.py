"""What a run notes, and whom it tells how it goes along."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from spatialccd.errors import ParameterError, SpatialCCDError, SpatialCCDWarning, StudyError

#: What a step told: its name, and the message.
Note: TypeAlias = dict[str, str]


class Watch(Protocol):
    """Told how a study goes along; the command line draws bars from it."""

    def begin(self, step: str, number: int, total: int) -> None:
        """Note that step `number` of `total` begins."""

    def progress(self, done: int, total: int) -> None:
        """Note that `done` of `total` parts of the current step are finished."""

    def end(self, step: str, *, reused: bool) -> None:
        """Note that the step has ended; `reused` says that nothing had to be done."""


class Silent:
    """A watch that tells nobody."""

    def begin(self, step: str, number: int, total: int) -> None:
        """Say nothing."""

    def progress(self, done: int, total: int) -> None:
        """Say nothing."""

    def end(self, step: str, *, reused: bool) -> None:
        """Say nothing."""


@dataclass
class Log:
    """What a run notes for its manifest and its page."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    #: The one time that a step was made for, where it was.
    times: dict[str, Any] = field(default_factory=dict)
    files: dict[str, dict[str, str]] = field(default_factory=dict)


@contextmanager
def noted(study: str, step: str) -> Iterator[list[Note]]:
    """Collect a step's warnings, and name the step in its errors."""
    notes: list[Note] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SpatialCCDWarning)
        try:
            yield notes
        except ParameterError as error:
            raise StudyError(f"{study}: [{step}] {error}") from error
        except SpatialCCDError as error:
            error.args = (f"[{step}] {error}", *error.args[1:])
            raise
        finally:
            notes += [
                {"step": step, "message": str(item.message)}
                for item in caught
                if issubclass(item.category, SpatialCCDWarning)
            ]
