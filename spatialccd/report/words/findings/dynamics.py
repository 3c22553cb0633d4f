"""What measures of spread, growth and movement say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from spatialccd.report.words.cells import say_cell
from spatialccd.report.words.findings.told import LEVEL, Told, change, number, p_value, percent


def _ends(table: pd.DataFrame, told: Told) -> tuple[str, str] | None:
    """Say when the first and the last row are; None for a single one."""
    return (told.at(table.index[0]), told.at(table.index[-1])) if len(table) > 1 else None


def inequality(result: Any, told: Told) -> list[str]:
    """Dagum's Gini at the first and the last time, and its largest source at the last."""
    table = result.table[result.table["G"].notna()]
    if table.empty:
        return []
    last = table.iloc[-1]
    of = told.of(result)
    ends = _ends(table, told)
    if ends:
        moved = change(told, ends, table["G"].iloc[0], last["G"])
        said = told.both(f"The Gini coefficient{of} {moved}.", f"{of}基尼系数{moved}。")
    else:
        said = told.both(
            f"The Gini coefficient{of} is {number(last['G'])}.",
            f"{of}基尼系数为{number(last['G'])}。",
        )
    sources = {
        "share_w": ("differences within groups", "组内差异"),
        "share_nb": ("net differences between groups", "组间净值差异"),
        "share_t": ("the overlap of groups", "超变密度"),
    }
    shares = pd.Series({name: last.get(name, np.nan) for name in sources}).dropna()
    if shares.empty or not last["G"] > 0:
        return [said]
    top = shares.idxmax()
    when = ends[1] if ends else ""
    return [
        said,
        told.both(
            f"Most of it{when} comes from {sources[top][0]} ({percent(shares[top] / 100)}).",
            f"{when}主要来源为{sources[top][1]}（{percent(shares[top] / 100)}）。",
        ),
    ]


def theil(result: Any, told: Told) -> list[str]:
    """Theil's index at the first and the last time, and the part between groups."""
    table = result.table[result.table["theil"].notna()]
    if table.empty:
        return []
    last, ends, of = table.iloc[-1], _ends(table, told), told.of(result)
    if ends:
        moved = change(told, ends, table["theil"].iloc[0], last["theil"])
        said = told.both(f"Theil's index{of} {moved}.", f"{of}泰尔指数{moved}。")
    else:
        said = told.both(
            f"Theil's index{of} is {number(last['theil'])}.",
            f"{of}泰尔指数为{number(last['theil'])}。",
        )
    share = last.get("share_between", np.nan)
    if not np.isfinite(share):
        return [said]
    when = ends[1] if ends else ""
    return [
        said,
        told.both(
            f"Differences between groups make up {percent(share / 100)}{when}.",
            f"{when}组间差异占{percent(share / 100)}。",
        ),
    ]


def groups(result: Any, told: Told) -> list[str]:
    """Name the groups with the highest and the lowest mean at the last time."""
    table = result.table
    time = table.index.get_level_values(0)[-1] if table.index.nlevels == 2 else None
    mean = (table["mean"] if time is None else table["mean"].xs(time, level=0)).dropna()
    mean = mean.drop("All", errors="ignore")
    if len(mean) < 2 or number(mean.max()) == number(mean.min()):
        return []
    high, low = mean.idxmax(), mean.idxmin()
    return [
        told.both(
            f"By group, the mean{told.of(result)} is highest{told.at(time)} in {told.kind(high)} "
            f"({number(mean[high])}) and lowest in {told.kind(low)} ({number(mean[low])}).",
            f"{told.at(time)}各组{told.of(result)}均值最高为{told.kind(high)}"
            f"（{number(mean[high])}），最低为{told.kind(low)}（{number(mean[low])}）。",
        )
    ]


def sigma(result: Any, told: Told) -> list[str]:
    """Whether the spread of all units narrowed."""
    if "All" not in result.trend.index:
        return []
    row = result.trend.loc["All"]
    if not np.isfinite(row["first"]):
        return []
    years = result.spread.index
    moved = change(told, (told.at(years[0]), told.at(years[-1])), row["first"], row["last"])
    what = told.both(
        f"The spread{told.of(result)} over all units", f"全部单元{told.of(result)}差异"
    )
    verdict = {
        "converges": ("units converge", "呈σ收敛"),
        "diverges": ("units diverge", "呈发散"),
    }.get(str(row["verdict"]), ("no significant trend", "无显著趋势"))
    p = f"{told.both(', ', '，')}{p_value(row['p'])}" if np.isfinite(row["p"]) else ""
    return [told.both(f"{what} {moved}: {verdict[0]}{p}.", f"{what}{moved}：{verdict[1]}{p}。")]


def beta(result: Any, told: Told) -> list[str]:
    """Whether units that start low grow faster, and in how many years half a gap closes."""
    if "All" not in result.table.index:
        return []
    row = result.table.loc["All"]
    b, p = row["beta"], row["p"]
    if not np.isfinite(p):
        return []
    figures = f"β = {number(b)}{told.both(', ', '，')}{p_value(p)}"
    of = told.within(result)
    if p > LEVEL:
        return [
            told.both(
                f"No significant catching-up{of} ({figures}).", f"{of}β收敛不显著（{figures}）。"
            )
        ]
    if b > 0:
        return [
            told.both(
                f"Units that start high grow faster{of}: they diverge ({figures}).",
                f"{of}起点高者增长更快，呈发散（{figures}）。",
            )
        ]
    half = row.get("half_life", np.nan)
    years = (
        told.both(f" Half of a gap closes in {half:.1f} years.", f"差距减半约需{half:.1f}年。")
        if np.isfinite(half)
        else ""
    )
    return [
        told.both(
            f"Units that start low grow faster{of} ({figures}).",
            f"{of}起点低者增长更快，存在β收敛（{figures}）。",
        )
        + years
    ]


def clubs(result: Any, told: Told) -> list[str]:
    """How many clubs there are, and how many units each holds."""
    members = result.members["club"]
    sizes = members[members > 0].value_counts().sort_index()
    alone = int((members == 0).sum())
    none = (
        told.both(f" {alone} units belong to none.", f"{alone}个单元不属于任何俱乐部。")
        if alone
        else ""
    )
    if sizes.empty:
        return [told.both("No club of units converges.", "没有收敛的俱乐部。")]
    listed = told.list((str(n) for n in sizes), most=12)
    return [
        told.both(
            f"Units by converging club{told.of(result)}, from the highest: {listed}.",
            f"{told.of(result)}收敛俱乐部自高至低的单元数：{listed}。",
        )
        + none
    ]


def trends(result: Any, told: Told) -> list[str]:
    """In how many units the trend rises or falls."""
    counts = result.table["trend"].astype(str).value_counts()
    parts = [
        f"{say_cell('trend', name, told.language)} {counts[name]}"
        for name in ("rising", "falling", "no trend", "not tested")
        if name in counts
    ]
    return [
        told.both(
            f"Units by trend{told.of(result)}: {', '.join(parts)}.",
            f"{told.of(result)}趋势（单元数）：{'、'.join(parts)}。",
        )
    ]


def shifts(result: Any, told: Told) -> list[str]:
    """Count the units whose level changed at some time."""
    counts = result.table["shift"].astype(str).value_counts()
    parts = [
        f"{say_cell('shift', name, told.language)} {counts[name]}"
        for name in ("up", "down", "no shift")
        if name in counts
    ]
    return [
        told.both(
            f"Units by shift of level{told.of(result)}: {', '.join(parts)}.",
            f"{told.of(result)}水平突变（单元数）：{'、'.join(parts)}。",
        )
    ]


def rank_size(result: Any, told: Told) -> list[str]:
    """Give the Pareto exponent at the last time, and whether Zipf's law can be held."""
    table = result.table[result.table["pareto"].notna() & result.table["p"].notna()]
    if table.empty:
        return []
    row, time = table.iloc[-1], table.index[-1]
    when = "" if str(time) == "all" else told.at(time)
    figures = f"{number(row['pareto'])}{told.both(', ', '，')}{p_value(row['p'])}"
    differs = row["p"] <= LEVEL
    return [
        told.both(
            f"The Pareto exponent{told.of(result)}{when} {'differs' if differs else 'does not'}"
            f"{'' if differs else ' significantly differ'} from 1, that of Zipf's law ({figures}).",
            f"{when}{told.of(result)}帕累托指数与Zipf定律（1）{'有' if differs else '无'}显著差异"
            f"（{figures}）。",
        )
    ]


def markov(result: Any, told: Told) -> list[str]:
    """How likely a unit stays in its class, and where most units end."""
    counts = result.counts
    moves = counts.to_numpy().sum()
    if not moves:
        return []
    stay = np.diag(counts.to_numpy()).sum() / moves
    said = told.both(
        f"From one time to the next {percent(stay)} of units stay in their class.",
        f"相邻时间之间{percent(stay)}的单元保持原等级。",
    )
    steady = result.steady_state.dropna()
    if steady.empty:
        return [said]
    top = steady.idxmax()
    return [
        said,
        told.both(
            f"If moves went on so, {told.kind(top)} would in the long run hold most units "
            f"({percent(steady[top])}).",
            f"若转移规律不变，长期占比最大的等级为{told.kind(top)}（{percent(steady[top])}）。",
        ),
    ]


def spatial_markov(result: Any, told: Told) -> list[str]:
    """Whether moves depend on the neighbors."""
    p = result.tests["p_LR"].get("lag", np.nan)
    if not np.isfinite(p):
        return []
    if p <= LEVEL:
        return [
            told.both(
                f"Moves between classes depend on the neighbors ({p_value(p)}).",
                f"等级转移受邻居影响（{p_value(p)}）。",
            )
        ]
    return [
        told.both(
            f"Moves between classes do not significantly depend on the neighbors ({p_value(p)}).",
            f"等级转移不显著依赖邻居（{p_value(p)}）。",
        )
    ]


def center(result: Any, told: Told) -> list[str]:
    """How far the center moved from the first to the last time."""
    path = result.path
    if len(path) < 2 or not np.isfinite(result.total):
        return []
    layer = any("GeoDataFrame" in str(value) for value in result.settings.values())
    unit = (
        told.both(" km", "千米") if layer else ""
    )  # a table's coordinates have units of their own
    first, last = path.index[0], path.index[-1]
    return [
        told.both(
            f"Between {first} and {last} the center{told.of(result)} moved "
            f"{number(result.total)}{unit}.",
            f"{first}至{last}，{told.of(result)}重心移动了{number(result.total)}{unit}。",
        )
    ]
