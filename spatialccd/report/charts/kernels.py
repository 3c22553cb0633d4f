"""Charts of stochastic kernels: where a distribution goes, given where it was."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spatialccd._result import record
from spatialccd.dynamics.stochastic_kernel import StochasticKernel
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, color, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

_LEVELS = 9
_SHAPE = {"single": 88.0, "middle": 125.0, "double": 160.0}
_AXES = {
    "own": "Value before",
    "neighbors": "Mean of the neighbors",
    "group": "Mean of the others of the group",
}


@in_house_style
def chart_stochastic_kernel(
    kernel: StochasticKernel,
    *,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
) -> Figure:
    """Draw a stochastic kernel: density of the value for each value of the condition.

    The 45-degree line is dashed; the line along the ridge is the mean of the value.

    Parameters
    ----------
    kernel : StochasticKernel
        What stochastic_kernel returns.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, default "middle"
        90, 140 or 190 mm.

    Returns
    -------
    Figure
        ``.table`` is the ridge: x, density, mode, mean, p05, p95.

    Raises
    ------
    ParameterError
        `kernel` is another result.

    Examples
    --------
    >>> import pandas as pd
    >>> from spatialccd import stochastic_kernel
    >>> rows = pd.MultiIndex.from_product([range(60), [2019, 2020]], names=["unit", "time"])
    >>> start = np.repeat(np.random.default_rng(0).uniform(1, 2, 60), 2)
    >>> chart_stochastic_kernel(stochastic_kernel(pd.Series(start, rows))).table.columns[0]
    'x'
    """
    settings = record("chart_stochastic_kernel", locals())
    check_result("kernel", kernel, StochasticKernel)
    sheet = paper(language, width, _SHAPE.get(width, 125.0), labels=labels)
    ax = sheet.figure.add_subplot()
    x = kernel.conditional.index.to_numpy(dtype=float)
    y = kernel.conditional.columns.to_numpy(dtype=float)
    density = np.ma.masked_invalid(kernel.conditional.to_numpy(dtype=float).T)
    drawn = ax.contourf(x, y, density, levels=_LEVELS, cmap="Blues")
    ax.contour(x, y, density, levels=_LEVELS, colors="white", linewidths=0.3)
    low, high = max(x.min(), y.min()), min(x.max(), y.max())
    ax.plot([low, high], [low, high], color=INK, linewidth=0.7, linestyle="--")
    ax.plot(kernel.ridge["x"], kernel.ridge["mean"], color=color(1), linewidth=1.0)
    given, step = kernel.settings["given"], kernel.settings["step"]
    ax.set_xlabel(sheet.say(_AXES[given]), fontsize=LABEL)
    ax.set_ylabel(sheet.say("Value after" if step else "Value at the time"), fontsize=LABEL)
    known = kernel.ridge.dropna(subset=["mode"])["x"]
    ax.set_xlim(known.min(), known.max())
    ax.set_ylim(y.min(), y.max())
    sheet.quiet(ax, grid="")
    bar = sheet.figure.colorbar(drawn, ax=ax, shrink=0.7, pad=0.02)
    bar.set_label(sheet.say("Density"), fontsize=LABEL)
    bar.ax.tick_params(labelsize=SMALL, width=0.4, length=2)
    bar.outline.set_linewidth(0.4)
    return Figure(settings=settings, figure=sheet.finished(title), table=kernel.to_frame())
