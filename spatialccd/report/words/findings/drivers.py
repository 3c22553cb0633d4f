"""What detectors and regressions say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from spatialccd.report.words.findings.told import LEVEL, Told, number, p_value

#: Terms of a regression that no reader asks for in a sentence.
_ASIDE = frozenset(["Intercept", "rho", "lambda", "phi", "sigma2"])


def last_part(
    frame: pd.DataFrame, by: tuple[str, ...], told: Told
) -> tuple[pd.DataFrame, str | None]:
    """Give the rows of the last part, and what it is called; all rows where there is one."""
    if not by:
        return frame, None
    last = frame.iloc[-1]
    here = np.logical_and.reduce([(frame[name] == last[name]).to_numpy() for name in by])
    return frame[here], told.both(", ", "、").join(told.kind(last[name]) for name in by)


def factors(result: Any, told: Told) -> list[str]:
    """Name the factors that explain most in the last part, of those beyond chance."""
    rows, part = last_part(result.figures, tuple(result.by), told)
    rows = rows[rows["q"].notna()].sort_values("q", ascending=False)
    test = next((name for name in ("p_permutation", "p_f") if name in rows), None)
    if rows.empty or test is None:
        return []
    found = rows[rows[test] <= LEVEL]
    of = told.of(result)
    if found.empty:
        return [
            told.both(
                f"No factor explains more{of}{told.at(part)} than chance would (p > {LEVEL:g}).",
                f"{told.at(part)}没有因子对{of.removesuffix('的')}的解释力显著高于随机"
                f"（p > {LEVEL:g}）。",
            )
        ]
    said = [
        f"{told.variable(row['factor'])} (q = {number(row['q'])}, {p_value(row[test])})"
        for _, row in found.head(3).iterrows()
    ]
    rest = len(rows) - len(found)
    more = (
        told.both(f" {rest} of {len(rows)} factors are not significant.",
                  f"{len(rows)}个因子中{rest}个不显著。")
        if rest
        else ""
    )  # fmt: skip
    zh = "、".join(one.replace(" (", "（").replace(", ", "，").replace(")", "）") for one in said)
    return [
        told.both(
            f"What explains most{of}{told.at(part)}: {', '.join(said)}.",
            f"{told.at(part)}{of}主要驱动因子：{zh}。",
        )
        + more
    ]


def interactions(result: Any, told: Told) -> list[str]:
    """Name the pair that explains most in the last part, and say whether it gains."""
    rows, part = last_part(result.figures, tuple(result.by), told)
    rows = rows[rows["q"].notna()]
    if rows.empty:
        return []
    row = rows.loc[rows["q"].idxmax()]
    pair = f"{told.variable(row['factor_a'])} ∩ {told.variable(row['factor_b'])}"
    p = row.get("p_gain", np.nan)
    gain = ""
    if np.isfinite(p):
        sure = p <= LEVEL
        gain = told.both(
            f"; it {'gains' if sure else 'does not significantly gain'} on the stronger of the two "
            f"({p_value(p)})",
            f"；较单一强因子的提升{'显著' if sure else '不显著'}（{p_value(p)}）",
        )
    return [
        told.both(
            f"The strongest pair{told.at(part)} is {pair} (q = {number(row['q'])}, "
            f"{told.kind(row['type'])}){gain}.",
            f"{told.at(part)}交互作用最强的因子对为{pair}（q = {number(row['q'])}，"
            f"{told.kind(row['type'])}）{gain}。",
        )
    ]


def local_regression(result: Any, told: Told) -> list[str]:
    """Give the fit against the global regression, bandwidths, and where terms are significant."""
    return [_fit(result, told), _bandwidths(result, told), *_significant(result, told)]


def _fit(result: Any, told: Told) -> str:
    fit = result.ols_fit
    better = result.aicc < fit["aicc"]
    squares = result.settings.get("family", "gaussian") == "gaussian"
    share, explained = ("R² =", "R²") if squares else ("a share of the deviance of", "偏差解释率")
    return told.both(
        f"The local model{told.of(result)} explains {share} {number(result.r2)} against "
        f"{number(fit['r2'])} of one regression for all places; by AICc "
        f"({number(result.aicc)} against {number(fit['aicc'])}) it fits "
        f"{'better' if better else 'no better'}.",
        f"{told.of(result)}局部模型{explained} = {number(result.r2)}"
        f"（全局回归{number(fit['r2'])}）；"
        f"按AICc（{number(result.aicc)}对{number(fit['aicc'])}）"
        f"{'优于' if better else '不优于'}全局回归。",
    )


def _bandwidths(result: Any, told: Told) -> str:
    fixed = bool(result.settings.get("fixed"))
    unit = told.both(" km", "千米") if fixed and result.great_circle else ""
    of = "" if fixed else told.both(f" of {len(result.coef)}", f"/{len(result.coef)}")
    kind = (
        told.both("Bandwidths", "带宽")
        if fixed
        else told.both("Bandwidths (number of neighbors)", "带宽（邻居数）")
    )
    known = result.bandwidth.dropna()
    if known.empty:
        return ""
    if known.nunique() == 1 and len(known) > 1:
        one = f"{number_of(known.iloc[0])}{of}{unit}"
        return told.both(f"{kind}: {one}, for all terms.", f"{kind}：{one}，各项相同。")
    same = told.both("the same everywhere", "全局系数")
    listed = [
        f"{told.variable(name)} {number_of(b) + of + unit if np.isfinite(b) else same}"
        for name, b in known.items()
    ]
    return told.both(
        f"{kind}: {told.list(listed, most=8)}.", f"{kind}：{told.list(listed, most=8)}。"
    )


def number_of(bandwidth: float) -> str:
    """Write a bandwidth: a whole number as such."""
    return f"{bandwidth:,.0f}" if bandwidth == round(bandwidth) else number(bandwidth)


def _significant(result: Any, told: Told) -> list[str]:
    """Where each covariate is significant, and with what sign."""
    said = []
    for name in result.coef.columns:
        if name == "Intercept":
            continue
        here = result.significant[name].eq(True)
        up, down = (
            int((here & side).sum()) for side in (result.coef[name] > 0, result.coef[name] < 0)
        )
        variable = told.variable(name)
        if not up + down:
            said.append(told.both(f"{variable} nowhere", f"{variable}均不显著"))
            continue
        signs = [f"+ {up}"] * bool(up) + [f"− {down}"] * bool(down)
        said.append(
            told.both(f"{variable} ({', '.join(signs)})", f"{variable}（{'，'.join(signs)}）")
        )
    if not said:
        return []
    total = len(result.coef)
    return [
        told.both(
            f"Significant at {LEVEL:g}, corrected, in how many of {total} places: "
            f"{'; '.join(said)}.",
            f"{total}处中显著（{LEVEL:g}，已校正）的个数：{'；'.join(said)}。",
        )
    ]


def variability(result: Any, told: Told) -> list[str]:
    """Name the terms whose coefficients vary over space by more than chance."""
    p = result.table["p"].dropna()
    if p.empty:
        return []
    said = [f"{told.variable(name)} ({p_value(value)})" for name, value in p[p <= LEVEL].items()]
    if told.language == "zh":
        said = [one.replace(" (", "（").replace(")", "）") for one in said]
    if not said:
        return [
            told.both(
                f"No coefficient varies over space by more than chance (p > {LEVEL:g}).",
                f"没有系数的空间变异显著大于随机（p > {LEVEL:g}）。",
            )
        ]
    listed = told.list(said, most=6)
    return [
        told.both(
            f"Coefficients that vary over space by more than chance: {listed}.",
            f"空间变异显著大于随机的系数：{listed}。",
        )
    ]


def regression(result: Any, told: Told) -> list[str]:
    """Name the significant terms with their signs; of a model with a lag of y, its effects."""
    table, what = _tested(result, told)
    if table.empty:
        return []
    y = told.variable(result.dependent)
    found = table[table["p"] <= LEVEL].sort_values("p")
    rest = told.list(
        (told.variable(name) for name in table.index.difference(found.index, sort=False)), most=8
    )
    if found.empty:
        return [
            told.both(
                f"No {what} on {y} is significant (p > {LEVEL:g}): {rest}.",
                f"对{y}的{what}均不显著（p > {LEVEL:g}）：{rest}。",
            )
        ]
    said = [
        f"{told.variable(name)} ({'+' if row['value'] > 0 else ''}{number(row['value'])}, "
        f"{p_value(row['p'])})"
        for name, row in found.iterrows()
    ]
    if told.language == "zh":
        said = [one.replace(" (", "（").replace(", ", "，").replace(")", "）") for one in said]
    listed = told.list(said, most=6)
    others = told.both(f" Not significant: {rest}.", f"不显著：{rest}。") if rest else ""
    return [
        told.both(f"Significant {what} on {y}: {listed}.", f"对{y}显著的{what}：{listed}。")
        + others,
        *_lag(result, told),
    ]


def _tested(result: Any, told: Told) -> tuple[pd.DataFrame, str]:
    """Give what a reader may quote, with its p-values: total effects where y has a spatial lag."""
    effects = getattr(result, "effects", None)  # of a panel these are those of its units
    if isinstance(effects, pd.DataFrame) and "total_p" in effects:
        table = effects[["total", "total_p"]].set_axis(["value", "p"], axis=1)
        return table.dropna(), told.both("total effects", "总效应")
    if isinstance(effects, pd.DataFrame) and "effect" in effects.index.names:
        table = effects.xs("total", level="effect")[["value", "p"]]
        return table.dropna(), told.both("total effects", "总效应")
    terms = result.terms
    own = [name for name in terms.index if _is_covariate(name)]
    table = terms.loc[own, ["coef", "p"]].set_axis(["value", "p"], axis=1)
    return table.dropna(), told.both("coefficients", "系数")


def _is_covariate(name: object) -> bool:
    words = str(name)
    return words not in _ASIDE and not words.startswith(("log_s", "log s", "ln "))


def _lag(result: Any, told: Told) -> list[str]:
    """Say whether y hangs on y of the neighbors."""
    if "rho" not in result.terms.index:
        return []
    rho, p = result.terms.loc["rho", ["coef", "p"]]
    if not np.isfinite(p):
        return []
    sure = p <= LEVEL
    return [
        told.both(
            f"It {'hangs' if sure else 'does not significantly hang'} on that of the neighbors "
            f"(ρ = {number(rho)}, {p_value(p)}).",
            f"邻居的影响{'显著' if sure else '不显著'}（ρ = {number(rho)}，{p_value(p)}）。",
        )
    ]
