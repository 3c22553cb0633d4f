"""What tests of strata, of specifications and of networks say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from spatialccd.report.words.findings.drivers import last_part
from spatialccd.report.words.findings.told import LEVEL, Told, number, p_value

#: Strata are compared for no more factors than these.
_FACTORS = 3


def risk(result: Any, told: Told) -> list[str]:
    """Between which strata of a factor the means lie, and whether the two differ."""
    means, part = last_part(result.means, tuple(result.by), told)
    pairs, _ = last_part(result.pairs, tuple(result.by), told)
    said = []
    for factor, own in means.dropna(subset=["mean"]).groupby("factor", sort=False):
        if len(own) < 2:
            continue
        low, high = own.loc[own["mean"].idxmin()], own.loc[own["mean"].idxmax()]
        between = told.both(
            f"{told.variable(factor)}: highest in {high['stratum']} ({number(high['mean'])}), "
            f"lowest in {low['stratum']} ({number(low['mean'])})",
            f"{told.variable(factor)}以{high['stratum']}层最高（{number(high['mean'])}），"
            f"{low['stratum']}层最低（{number(low['mean'])}）",
        )
        said.append(f"{between}{_differ(pairs, factor, {low['stratum'], high['stratum']}, told)}")
    if not said:
        return []
    of = told.of(result)
    listed = told.both("; ", "；").join(said[:_FACTORS])
    return [
        told.both(
            f"Means{of} by stratum{told.at(part)}: {listed}.",
            f"{told.at(part)}{of}分层均值：{listed}。",
        )
    ]


def _differ(pairs: pd.DataFrame, factor: object, two: set[object], told: Told) -> str:
    """Say whether two strata differ; nothing where that was not tested."""
    own = pairs[pairs["factor"] == factor]
    row = own[[{a, b} == two for a, b in zip(own["stratum_a"], own["stratum_b"], strict=True)]]
    if row.empty or row["p"].isna().all():
        return ""
    sure = bool(row["significant"].iloc[0])
    return told.both(
        f", which {'differ' if sure else 'do not differ'} significantly",
        f"，二者差异{'显著' if sure else '不显著'}",
    )


def ecological(result: Any, told: Told) -> list[str]:
    """Which factors differ in how much they explain, in the last part."""
    rows, part = last_part(result.figures, tuple(result.by), told)
    rows = rows[rows["p"].notna()]
    if rows.empty:
        return []
    alpha = float(result.settings["alpha"])
    found = rows[rows["significant"].astype(bool)].sort_values("p")
    if found.empty:
        return [
            told.both(
                f"No two factors{told.at(part)} differ significantly in what they explain "
                f"(p > {alpha:g}); this test has little power.",
                f"{told.at(part)}任意两因子的解释力均无显著差异（p > {alpha:g}）；该检验功效较低。",
            )
        ]
    said = []
    for _, row in found.iterrows():
        first, second = ("a", "b") if row["q_a"] >= row["q_b"] else ("b", "a")
        names = [told.variable(row[f"factor_{one}"]) for one in (first, second)]
        said.append(
            told.both(
                f"{names[0]} more than {names[1]} ({p_value(row['p'])})",
                f"{names[0]}大于{names[1]}（{p_value(row['p'])}）",
            )
        )
    listed = told.list(said, most=4)
    rest = len(rows) - len(found)
    return [
        told.both(
            f"Factors that differ in what they explain{told.at(part)}: {listed}; {rest} of "
            f"{len(rows)} pairs do not differ significantly.",
            f"{told.at(part)}解释力差异显著的因子对：{listed}；{len(rows)}对中{rest}对差异不显著。",
        )
    ]


#: What the tests of specification point to.
_MODELS = {
    "ols": ("no lag of y or of the error", "无需空间滞后项或空间误差项"),
    "sar": ("the spatial lag model (SAR)", "空间滞后模型（SAR）"),
    "sem": ("the spatial error model (SEM)", "空间误差模型（SEM）"),
    "sdm": ("the spatial Durbin model (SDM)", "空间杜宾模型（SDM）"),
}
_EFFECTS = {
    "two-way": ("effects of units and times", "个体与时间双向效应"),
    "unit": ("effects of units", "个体效应"),
    "time": ("effects of times", "时间效应"),
    "none": ("no effects of units or times", "无个体或时间效应"),
}


def specification(result: Any, told: Told) -> list[str]:
    """Which model and effects the tests point to, and the tests without spatial lags."""
    at = 0 if told.language == "en" else 1
    model = _MODELS.get(result.model, (str(result.model).upper(),) * 2)[at]
    effects = _EFFECTS.get(result.effects, (str(result.effects),) * 2)[at]
    tests = [
        f"{words} {number(row['statistic'])} ({p_value(row['p'])})"
        for name, words in (("lm_lag", "LM lag"), ("lm_error", "LM error"),
                            ("robust_lm_lag", told.both("robust LM lag", "稳健LM lag")),
                            ("robust_lm_error", told.both("robust LM error", "稳健LM error")))
        if name in result.table.index and np.isfinite((row := result.table.loc[name])["p"])
    ]  # fmt: skip
    listed = told.both(", ", "，").join(tests)
    return [
        told.both(
            f"The tests point to {model} with {effects}: {listed}.",
            f"检验结果指向{model}，{effects}：{listed.replace(' (', '（').replace(')', '）')}。",
        )
    ]


def qap(result: Any, told: Told) -> list[str]:
    """Whether two networks go together."""
    row = result.table.iloc[0]
    if not np.isfinite(row["r"]) or not np.isfinite(row["p_sim"]):
        return []
    sure, up = row["p_sim"] <= LEVEL, row["r"] > 0
    facts = f"r = {number(row['r'])}"
    facts += told.both(", ", "，") + p_value(row["p_sim"])
    n = int(row["n_pairs"])
    if not sure:
        return [
            told.both(
                f"The two networks do not go together significantly ({facts}; {n:,} pairs).",
                f"两个网络的相关不显著（{facts}；{n:,}对）。",
            )
        ]
    return [
        told.both(
            f"The two networks go {'together' if up else 'against each other'} "
            f"({facts}; {n:,} pairs).",
            f"两个网络显著{'正' if up else '负'}相关（{facts}；{n:,}对）。",
        )
    ]


def mrqap(result: Any, told: Told) -> list[str]:
    """Which networks explain the other, by standardized coefficients."""
    table = result.table.drop(index="Intercept", errors="ignore").dropna(subset=["p_sim"])
    if table.empty:
        return []
    found = table[table["p_sim"] <= LEVEL].sort_values("p_sim")
    others = [told.variable(name) for name in table.index.difference(found.index, sort=False)]
    fit = f"R² = {number(result.r2)}"
    if found.empty:
        return [
            told.both(
                f"No network explains the other significantly (p > {LEVEL:g}; {fit}): "
                f"{told.list(others)}.",
                f"各网络的影响均不显著（p > {LEVEL:g}；{fit}）：{told.list(others)}。",
            )
        ]
    said = []
    for name, row in found.iterrows():
        facts = f"β = {number(row['beta'])}{told.both(', ', '，')}{p_value(row['p_sim'])}"
        said.append(
            told.both(f"{told.variable(name)} ({facts})", f"{told.variable(name)}（{facts}）")
        )
    rest = (
        told.both(f" Not significant: {told.list(others)}.", f"不显著：{told.list(others)}。")
        if others
        else ""
    )
    listed = told.list(said)
    return [
        told.both(
            f"Networks that explain the other: {listed}; {fit}.",
            f"影响显著的网络：{listed}；{fit}。",
        )
        + rest
    ]
