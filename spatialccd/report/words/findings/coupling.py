"""What scores and their coupling say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from spatialccd.report.words.findings.told import Told, at, change, number, percent, times


def coordination(result: Any, told: Told) -> list[str]:
    """Give mean D at the first and the last time, units by grade, the highest and the lowest."""
    frame = result.to_frame()
    D = frame["D"]
    known = [time for time in times(D.index) if at(D, time).notna().any()]
    if not known:
        return []
    first, last = known[0], known[-1]
    now = at(D, last).dropna()
    if first == last:
        mean = told.both(
            f"Mean D{told.at(last)} is {number(now.mean())} over {len(now)} units.",
            f"{told.at(last)}{len(now)}个单元的D均值为{number(now.mean())}。",
        )
    else:
        before = at(D, first).dropna()
        moved = change(told, (told.at(first), told.at(last)), before.mean(), now.mean())
        counted = (
            told.both(f"{len(now)} units", f"{len(now)}个单元")
            if len(now) == len(before)
            else told.both(
                f"{len(before)} units at first and {len(now)} at last",
                f"期初{len(before)}个、期末{len(now)}个单元",
            )
        )
        mean = told.both(f"Mean D {moved} ({counted}).", f"D均值{moved}（{counted}）。")
    high, low = now.idxmax(), now.idxmin()
    ends = told.both(
        f"It is highest{told.at(last)} in {told.unit(high)} ({number(now[high])}) and lowest in "
        f"{told.unit(low)} ({number(now[low])}).",
        f"{told.at(last)}最高为{told.unit(high)}（{number(now[high])}），"
        f"最低为{told.unit(low)}（{number(now[low])}）。",
    )
    graded = [_grades(frame["grade"], time, told) for time in dict.fromkeys([first, last])]
    differ = number(now[high]) != number(now[low])
    return [mean, *graded, ends if differ else ""]


def _grades(grade: pd.Series, time: Any, told: Told) -> str:
    """Count the units of each grade at one time, the highest grade first."""
    counts = at(grade, time).value_counts()
    known = counts[counts > 0]
    if isinstance(grade.dtype, pd.CategoricalDtype) and grade.cat.ordered:
        known = known.sort_index(ascending=False)
    listed = told.list((f"{told.kind(name)} {count}" for name, count in known.items()), most=12)
    when = told.at(time).strip() or told.both("by grade", "")
    return told.both(f"Units {when}: {listed}.", f"{when}各等级单元数：{listed}。")


def weights(result: Any, told: Told) -> list[str]:
    """Name the heaviest indicator of an index; of weights by year, by their mean."""
    table = result.weights
    by_year = isinstance(table, pd.DataFrame)
    weight = (table.mean() if by_year else table).dropna()
    if len(weight) < 2 or weight.max() - weight.min() < 0.0005:
        return []
    top = weight.sort_values(ascending=False)
    name, share = told.variable(top.index[0]), number(top.iloc[0])
    mean = told.both(" (mean over time)", "（各时间均值）") if by_year else ""
    return [
        told.both(
            f"Of its {len(weight)} indicators {name} weighs most: {share}{mean}.",
            f"{len(weight)}项指标中权重最大的是{name}：{share}{mean}。",
        )
    ]


def obstacles(result: Any, told: Told) -> list[str]:
    """Name the indicator that stands most in the way at the last time, by its mean share."""
    last = times(result.indicators.index)[-1]
    share = at(result.indicators, last).mean().sort_values(ascending=False)
    if share.empty or not share.iloc[0] > 0:
        return []
    system, indicator = share.index[0]
    name = f"{told.variable(indicator)}"
    return [
        told.both(
            f"What stands most in the way{told.at(last)} is {name} of {told.variable(system)}: "
            f"{percent(share.iloc[0])} of the shortfall, as a mean of units.",
            f"{told.at(last)}首要障碍因子为{told.variable(system)}的{name}，"
            f"平均障碍度{percent(share.iloc[0])}。",
        )
    ]


def scissors(result: Any, told: Told) -> list[str]:
    """In how many units which score rises faster at the last time."""
    last = times(result.faster.index)[-1]
    faster = at(result.faster, last).dropna().astype(str)
    counts = faster.value_counts()
    if counts.empty:
        return []
    names = [str(name).removeprefix("speed ") for name in result.speeds.columns]
    parts = [f"{told.variable(name)} {int(counts.get(name, 0))}" for name in names]
    same = int(counts.get("equal", 0))
    if same:
        parts.append(told.both(f"equal {same}", f"相同 {same}"))
    return [
        told.both(
            f"Which score rises faster{told.at(last)}, by number of units: {', '.join(parts)}.",
            f"{told.at(last)}发展较快的子系统（单元数）：{'、'.join(parts)}。",
        )
    ]


def bands(result: Any, told: Told) -> list[str]:
    """In how many units the first score lags, keeps pace or is ahead at the last time."""
    last = times(result.band.index)[-1]
    counts = at(result.band, last).value_counts()
    if not counts.sum():
        return []
    first, second = (told.variable(name) for name in result.scores.columns)
    lagging, even, ahead = (
        int(counts.get(name, 0)) for name in ("lagging", "synchronous", "ahead")
    )
    return [
        told.both(
            f"{first} lags behind {second} in {lagging} units{told.at(last)}, keeps pace in {even} "
            f"and is ahead in {ahead}.",
            f"{told.at(last)}{first}相对{second}：滞后{lagging}个单元，同步{even}个，"
            f"超前{ahead}个。",
        )
    ]


def decoupled(result: Any, told: Told) -> list[str]:
    """Units by state of decoupling at the last time."""
    last = times(result.state.index)[-1]
    counts = at(result.state, last).value_counts()
    known = counts[counts > 0]
    if known.empty:
        return []
    from spatialccd.report.words.cells import say_cell

    listed = told.list(
        (f"{say_cell('state', str(n), told.language)} {c}" for n, c in known.items()), most=9
    )
    return [
        told.both(
            f"Units by state{told.at(last)}: {listed}.", f"{told.at(last)}各状态单元数：{listed}。"
        )
    ]


def forecast(result: Any, told: Told) -> list[str]:
    """Give the mean forecast, and say in how many units it beats carrying the last value on."""
    values = result.values
    ahead = values["observed"].isna()
    known = times(values.index[~ahead])
    coming = times(values.index[ahead])
    if not coming or not known:
        return []
    last, end = known[-1], coming[-1]
    mean = at(values["gm11"], end).mean()
    seen = at(values["observed"], last).mean()
    moved = change(told, (told.at(last), told.at(end)), seen, mean)
    better = result.accuracy["better"].dropna()
    wins = int((better == "gm11").sum())
    return [
        told.both(
            f"By the forecast the mean{told.of(result)} {moved}.".replace("rose", "rises").replace(
                "fell", "falls"
            ),
            f"预测{told.of(result)}均值{moved}。",
        ),
        told.both(
            f"Tried on years already known, it beats the last value carried on in {wins} of "
            f"{len(better)} units.",
            f"对已知年份的检验中，{len(better)}个单元里{wins}个优于朴素预测。",
        )
        if len(better)
        else "",
    ]


#: What the reaches of a metacoupling are called.
_REACHES = {
    "intra": ("within units", "单元内部"),
    "peri": ("with neighbors", "与邻近单元"),
    "tele": ("with far places", "与远程单元"),
}


def metacoupling(result: Any, told: Told) -> list[str]:
    """Give mean D within units, with neighbors and with far places."""
    said = []
    for reach, (en, zh) in _REACHES.items():
        table = getattr(result, reach)
        if "D" not in table or table["D"].dropna().empty:
            continue
        D = table["D"]
        known = [time for time in times(D.index) if at(D, time).notna().any()]
        now = at(D, known[-1]).mean()
        if len(known) == 1:
            said.append(told.both(f"{number(now)} {en}", f"{zh}{number(now)}"))
            continue
        before = at(D, known[0]).mean()
        ends = (told.at(known[0]), told.at(known[-1])) if not said else ("", "")
        moved = told.both(
            f"{number(before)}{ends[0]} and {number(now)}{ends[1]} {en}",
            f"{zh}{ends[0]}{number(before)}、{ends[1]}{number(now)}",
        )
        said.append(moved)
    listed = told.both("; ", "；").join(said)
    return [told.both(f"Mean D: {listed}.", f"D均值：{listed}。")] if said else []
