"""Progress of a study on a terminal and how long steps took; plain lines where there is none."""

from __future__ import annotations

from time import perf_counter
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from spatialccd.report.words.names import visible

#: Steps that took less are not worth a word at the end.
_SLOW = 1.0
_MOST_SLOW = 3


class Bars:
    """One bar a step, kept on the screen when the step has ended."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._live = console.is_terminal
        self._bars = Progress(
            TextColumn("{task.fields[number]:>7}"),
            TextColumn("{task.description:28}", markup=False),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
            disable=not self._live,
        )
        self._task = TaskID(0)
        self._number = ""
        self._since = 0.0
        self._took: dict[str, float] = {}
        self._unchanged = 0

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
        self._number, self._since = f"{number}/{total}", perf_counter()
        name = visible(step)
        self._task = self._bars.add_task(name, total=None, number=self._number, note="")

    def progress(self, done: int, total: int) -> None:
        """Move the bar of the current step."""
        self._bars.update(self._task, completed=done, total=total)

    def end(self, step: str, *, reused: bool) -> None:
        """Fill the bar of a step, and say whether it was made and how long this took."""
        seconds, step = perf_counter() - self._since, visible(step)
        self._unchanged += reused
        if not reused:
            self._took[step] = seconds
        note = "unchanged" if reused else f"made, {seconds:.1f} s"
        self._bars.update(self._task, completed=1, total=1, note=note)
        self._bars.stop_task(self._task)
        if not self._live:
            line = f"{self._number:>7} {step}: {note}"
            self._bars.console.print(line, highlight=False, markup=False, soft_wrap=True)

    def summary(self) -> str:
        """Say how many steps were made, and which took longest."""
        made = len(self._took)
        text = f"{made} made, {self._unchanged} unchanged"
        slow = sorted(self._took.items(), key=lambda item: -item[1])[:_MOST_SLOW]
        slow = [(step, seconds) for step, seconds in slow if seconds >= _SLOW]
        if not slow:
            return text
        named = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in slow)
        return f"{text}; slowest: {named}"
