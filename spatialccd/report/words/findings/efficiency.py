"""What measures of efficiency and productivity say."""

from __future__ import annotations

from typing import Any

import numpy as np

from spatialccd.report.words.findings.told import (
    LEVEL,
    Told,
    at,
    number,
    p_value,
    percent,
    times,
)


def envelopment(result: Any, told: Told) -> list[str]:
    """Mean score and number of efficient units at the last time."""
    last = times(result.table.index)[-1]
    table = at(result.table, last)
    score = table["score"].dropna()
    if score.empty:
        return []
    efficient = int(table.loc[score.index, "efficient"].eq(True).sum())
    return [
        told.both(
            f"The mean efficiency{told.at(last)} is {number(score.mean())}; {efficient} of "
            f"{len(score)} units are efficient.",
            f"{told.at(last)}平均效率为{number(score.mean())}；{len(score)}个单元中{efficient}个有效。",
        )
    ]


def productivity(result: Any, told: Told) -> list[str]:
    """Give the mean change of productivity a step, and say whether it differs from none."""
    means = (
        result.means.xs("All", level=0) if "All" in result.means.index.get_level_values(0) else None
    )
    if means is None or "mean" not in means.index:
        return []
    added = result.settings.get("kind") == "luenberger"
    change = means.at["mean", "tfpch"] - (0.0 if added else 1.0)
    if not np.isfinite(change):
        return []
    verb = told.both("grows", "增长") if change > 0 else told.both("falls", "下降")
    size = number(abs(change)) if added else percent(abs(change))
    return [
        told.both(
            f"Productivity {verb} by {size} from one time to the next, as a mean"
            f"{_sure(result, told)}.",
            f"相邻时间之间全要素生产率平均{verb}{size}{_sure(result, told)}。",
        )
    ]


def _sure(result: Any, told: Told) -> str:
    """Say what the interval makes of it; nothing without one."""
    if result.mean_intervals is None:
        return ""
    row = result.mean_intervals.loc[("All", "mean"), "tfpch"]
    low, high = row["low"], row["high"]
    none = 0.0 if result.settings.get("kind") == "luenberger" else 1.0
    sure = not low <= none <= high
    return told.both(
        f" (interval of the index {number(low)} to {number(high)}: "
        f"{'more than noise' if sure else 'it may be none'})",
        f"（指数区间{number(low)}至{number(high)}，{'显著' if sure else '不显著'}）",
    )


def heterogeneity(result: Any, told: Told) -> list[str]:
    """Whether groups differ, by the mean of each unit over time."""
    said = []
    tests = result.tests
    for grouping in dict.fromkeys(tests.index.get_level_values("grouping")):
        own = tests.xs(grouping, level="grouping")
        if "mean" not in own.index or not np.isfinite(own.at["mean", "p"]):
            continue
        p = own.at["mean", "p"]
        differ = p <= LEVEL
        name = told.variable(grouping)
        said.append(
            told.both(
                f"Groups by {name} {'differ' if differ else 'do not significantly differ'}"
                f"{told.within(result)} ({p_value(p)}, Kruskal-Wallis).",
                f"按{name}分组，{told.of(result)}组间差异{'显著' if differ else '不显著'}"
                f"（{p_value(p)}，Kruskal-Wallis检验）。",
            )
        )
    return said
