"""What tests of spatial association say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from spatialccd.report.words.findings.told import LEVEL, Told, number, p_value

#: The name of each statistic.
_NAMES = {
    "I": ("Moran's I", "莫兰指数"),
    "C": ("Geary's C", "吉尔里系数"),
    "G": ("General G", "总体G"),
}


def global_test(result: Any, told: Told) -> list[str]:
    """At how many times near units are alike, and the figure at the first and the last."""
    table = result.to_frame()
    statistic = next(name for name in _NAMES if name in table)
    en, zh = _NAMES[statistic]
    name = told.both(f"{en}{told.of(result)}", f"{told.of(result)}{zh}")
    table = table[table[statistic].notna() & table["p_sim"].notna()]
    if table.empty:
        return []
    return [_verdict(_sides(table, statistic), name, told), _ends(table, statistic, told)]


def _sides(table: pd.DataFrame, statistic: str) -> pd.Series:
    """Say of each time: "alike", "unlike" or "none"; of G, "high", "low" or "none"."""
    expected = table[f"expected_{statistic}"]
    above = table[statistic] > expected
    if statistic == "C":  # less than expected where near values are alike
        above = ~above
    words = ("high", "low") if statistic == "G" else ("alike", "unlike")
    side = above.map({True: words[0], False: words[1]})
    return side.where(table["p_sim"] <= LEVEL, "none")


_SIDES = {
    "alike": ("near units have like values", "相近单元取值相似"),
    "unlike": ("near units have unlike values", "相近单元取值相异"),
    "high": ("high values gather", "高值集聚"),
    "low": ("low values gather", "低值集聚"),
}


def _verdict(sides: pd.Series, name: str, told: Told) -> str:
    total = len(sides)
    counts = sides.value_counts()
    found = [side for side in _SIDES if side in counts]
    if not found:
        few = total == 1
        return told.both(
            f"{name} shows no significant clustering"
            f"{'' if few else f' at any of {total} times'} (p > {LEVEL:g}).",
            f"{name}{'' if few else f'在全部{total}个时间均'}未显示显著的空间集聚"
            f"（p > {LEVEL:g}）。",
        )
    if total == 1:
        return told.both(
            f"{name} is significant (p ≤ {LEVEL:g}): {_SIDES[found[0]][0]}.",
            f"{name}显著（p ≤ {LEVEL:g}）：{_SIDES[found[0]][1]}。",
        )
    parts = [
        told.both(
            f"at {counts[side]} of {total} times {_SIDES[side][0]}",
            f"{total}个时间中{counts[side]}个{_SIDES[side][1]}",
        )
        for side in found
    ]
    listed = told.both(", ", "，").join(parts)
    return told.both(
        f"By {name}, {listed} (p ≤ {LEVEL:g}).", f"{name}：{listed}（p ≤ {LEVEL:g}）。"
    )


def _ends(table: pd.DataFrame, statistic: str, told: Told) -> str:
    """Give the figure at the first and the last time, each with its p-value."""
    label = told.both(*_NAMES[statistic])
    ends = list(dict.fromkeys([table.index[0], table.index[-1]]))
    said = []
    for time in ends:
        figure, p = number(table.at[time, statistic]), p_value(table.at[time, "p_sim"])
        when = "" if table.index.name != "time" or str(time) == "all" else told.at(time)
        said.append(told.both(f"{figure}{when} ({p})", f"{when}{figure}（{p}）"))
    return told.both(f"{label}: {', '.join(said)}.", f"{label}：{'，'.join(said)}。")


def local_test(result: Any, told: Told) -> list[str]:
    """How many units stand in which cluster, and which they are where they are few."""
    table = result.to_frame()
    clusters = table["cluster"].astype(str)
    tested = int((clusters != "No neighbors").sum())
    found = clusters[~clusters.isin(["Not significant", "No neighbors", "No pattern"])]
    settings = result.settings
    alpha = settings.get("alpha", LEVEL)
    corrected = settings.get("correction") not in (None, "none")
    level = told.both(
        f"p ≤ {alpha:g}{', corrected for the number of tests' if corrected else ''}",
        f"p ≤ {alpha:g}{'，已按检验次数校正' if corrected else ''}",
    )
    if found.empty:
        return [
            told.both(
                f"No unit of {tested} stands in a significant cluster{told.of(result)} ({level}).",
                f"{tested}个单元均不属于任何显著的{told.of(result).removesuffix('的')}聚类（{level}）。",
            )
        ]
    parts = []
    for kind in dict.fromkeys(clusters[found.index].sort_values()):
        members = [told.unit(label) for label in found.index[found == kind]]
        who = told.both(f" ({told.list(members)})", f"（{told.list(members)}）")
        parts.append(f"{told.kind(kind)} {len(members)}{who if len(members) <= 10 else ''}")
    listed = told.both("; ", "；").join(parts)
    stand = "stands" if len(found) == 1 else "stand"
    return [
        told.both(
            f"{len(found)} of {tested} units {stand} in clusters{told.of(result)} ({level}): "
            f"{listed}.",
            f"{tested}个单元中{len(found)}个处于显著的{told.of(result).removesuffix('的')}聚类"
            f"（{level}）：{listed}。",
        )
    ]


def emerging(result: Any, told: Told) -> list[str]:
    """Units by what hot and cold spots do over the years."""
    pattern = result.to_frame()["cluster"].astype(str)
    found = pattern[~pattern.isin(["No pattern", "No neighbors"])]
    if found.empty:
        return [told.both("No hot or cold spot emerges.", "未检测到新兴热点或冷点。")]
    counts = found.value_counts()
    listed = told.list((f"{told.kind(kind)} {n}" for kind, n in counts.items()), most=8)
    return [told.both(f"Hot and cold spots: {listed}.", f"热点与冷点：{listed}。")]
