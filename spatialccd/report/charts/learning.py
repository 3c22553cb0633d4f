"""Charts of ensembles: curves along features, with their bands and thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np

from spatialccd._result import record
from spatialccd.drivers.learning.curves import ResponseCurves
from spatialccd.errors import check_choice
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, color, pale, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

Kind = Literal["both", "ale", "partial_dependence"]

_NAMES = {
    "ale": "Accumulated local effect",
    "partial_dependence": "Partial dependence",
}
_COLUMNS = 3
_ROW_MM = 52.0


@in_house_style
def chart_response_curves(
    curves: ResponseCurves,
    *,
    kind: Kind = "both",
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
    letters: bool = False,
) -> Figure:
    """Draw what an ensemble predicts along each feature, with bands and thresholds.

    Dashed lines stand where the accumulated local effect passes its mean, the band leaving 0
    on both sides (all such places where there is no band); marks below are the
    values of the feature that there are: where they are few, read nothing.

    Parameters
    ----------
    curves : ResponseCurves
        What response_curves returns.
    kind : {"both", "ale", "partial_dependence"}, default "both"
        Which curves: accumulated local effects, partial dependence, or both.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, default "double"
        90, 140 or 190 mm.
    letters : bool, default False
        Write (a), (b), (c) and so on before the titles of the panels.

    Returns
    -------
    Figure
        ``.table`` has the rows of the curves that are drawn.

    Raises
    ------
    ParameterError
        `curves` is another result, or `kind` is not known.

    Examples
    --------
    >>> import pandas as pd
    >>> from spatialccd import response_curves
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"rain": rng.uniform(size=60)})
    >>> places = pd.DataFrame(rng.uniform(size=(60, 2)), columns=["x", "y"])
    >>> y = (X["rain"] > 0.6) + 0.1 * pd.Series(rng.normal(size=60))
    >>> found = response_curves(y, X, places, n_trees=30, n_bootstrap=0, n_jobs=1, seed=1)
    >>> sorted(chart_response_curves(found).table["kind"].unique())
    ['ale', 'partial_dependence']
    """
    settings = record("chart_response_curves", locals())
    check_result("curves", curves, ResponseCurves)
    check_choice("kind", kind, get_args(Kind))
    shown = [name for name in _NAMES if kind in ("both", name)]
    table = curves.curves[curves.curves["kind"].isin(shown)]
    features = list(table["feature"].unique())
    columns = 2 if len(features) in (2, 4) else min(_COLUMNS, len(features))
    columns = 1 if width == "single" else columns
    height = 14.0 + _ROW_MM * -(-len(features) // columns)
    sheet = paper(language, width, height, letters=letters, labels=labels)
    axes = sheet.panels(len(features), columns, share_y=True)
    thresholds = curves.thresholds
    if "clear" in thresholds:
        thresholds = thresholds[thresholds["clear"].astype(bool)]
    for ax, feature in zip(axes, features, strict=True):
        ax.axhline(0, color=INK, linewidth=0.6)
        for i, name in enumerate(shown):
            rows = table[(table["feature"] == feature) & (table["kind"] == name)]
            if "low" in rows:
                ax.fill_between(
                    rows["value"],
                    rows["low"],
                    rows["high"],
                    color=pale(color(i), 0.25),
                    linewidth=0,
                )
            ax.plot(rows["value"], rows["effect"], color=color(i), linewidth=1.0, label=name)
        if "ale" in shown:
            for at in thresholds.loc[thresholds["feature"] == feature, "threshold"]:
                ax.axvline(at, color=INK, linewidth=0.6, linestyle="--")
        held = np.unique(curves.values[feature])
        ax.plot(
            held, np.zeros(held.size), "|", color=INK, markersize=4, markeredgewidth=0.4,
            transform=ax.get_xaxis_transform(), clip_on=False,
        )  # fmt: skip
        named = sheet.wrap(sheet.words.measure(feature), 0.82 * sheet.width / columns, LABEL)
        ax.set_xlabel(named, fontsize=LABEL)
        sheet.head(ax)
        sheet.quiet(ax)
    for ax in axes[::columns]:
        ax.set_ylabel(sheet.say("Effect on y"), fontsize=LABEL)
    if len(shown) > 1:
        handles = [line for line in axes[0].lines if line.get_label() in shown]
        words = [sheet.say(_NAMES[str(line.get_label())]) for line in handles]
        sheet.figure.legend(
            handles, words, loc="outside lower center", ncols=2, fontsize=SMALL, frameon=False
        )
    return Figure(
        settings=settings, figure=sheet.finished(title), table=table.reset_index(drop=True)
    )
