"""The plots of the speed page, drawn from the figures that tests/benchmarks measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from sphinx.application import Sphinx

_MARKS = ("o", "s", "^", "D", "v")
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9")


def make(app: Sphinx, config: Any) -> None:
    """Draw one picture for each kind of work in speed.json."""
    source = Path(app.srcdir)
    measured = json.loads((source / "speed.json").read_text(encoding="utf-8"))
    folder = source / "made" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for i, (work, runs) in enumerate(measured.items()):
        figure = Figure(figsize=(6.3, 3.6), layout="constrained")
        _draw(figure.add_subplot(), work, runs)
        figure.savefig(folder / f"speed_{i + 1}.png", dpi=180)


def _draw(ax: Any, work: str, runs: list[dict[str, Any]]) -> None:
    """Plot seconds against n, one line for each program."""
    for k, who in enumerate(dict.fromkeys(run["who"] for run in runs)):
        own = sorted((run["n"], run["seconds"]) for run in runs if run["who"] == who)
        ax.plot(*zip(*own, strict=True), marker=_MARKS[k], color=_COLORS[k], label=who)
    ax.set(xscale="log", yscale="log", xlabel="Places", ylabel="Seconds", title=work)
    ax.grid(which="major", color="0.9")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)


def setup(app: Sphinx) -> dict[str, bool]:
    """Draw before Sphinx reads."""
    app.connect("config-inited", make)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
