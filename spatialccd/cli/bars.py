"""Progress of a study on a terminal; plain lines where there is none."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from spatialccd.report.words.names import visible


class Bars:
    """One bar a step, kept on the screen when the step has ended."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._live = console.is_terminal
        self._bars = Progress(
            TextColumn("{task.fields[number]:>5}"),
            TextColumn("{task.description:28}", markup=False),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
            disable=not self._live,
        )
        self._task = TaskID(0)

    def __enter__(self) -> Self:
        """Start drawing."""
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop drawing; what was drawn stays."""
        self._bars.stop()

    def begin(self, step: str, number: int, total: int) -> None:
        """Start the bar of a step."""
        name = visible(step)
        self._task = self._bars.add_task(name, total=None, number=f"{number}/{total}", note="")
        if not self._live:
            self._bars.console.print(f"{number}/{total} {name}", highlight=False, markup=False)

    def progress(self, done: int, total: int) -> None:
        """Move the bar of the current step."""
        self._bars.update(self._task, completed=done, total=total)

    def end(self, step: str, *, reused: bool) -> None:
        """Fill the bar of a step."""
        del step
        note = "unchanged" if reused else ""
        self._bars.update(self._task, completed=1, total=1, note=note)
        self._bars.stop_task(self._task)
