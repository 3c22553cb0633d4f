"""Chinese words of the cells of tables, by column.

A word such as "neighbors" means one thing as a heading and another as a kind of
move, and a unit may be called "low"; so only the columns named here are
translated, and classes that nothing else is called by.
"""

from __future__ import annotations

from spatialccd.coupling.degree import GRADES
from spatialccd.report.words.clusters import CLUSTERS
from spatialccd.report.words.language import Language, say

#: Words that mean the same in every column.
_ANYWHERE = frozenset(["yes", "no", *CLUSTERS, *(grade.label for grade in GRADES)])
#: Columns whose words stand in legends too.
_CLASSES = frozenset(["from", "lag", "type", "class"])

#: Columns whose cells name variables.
VARIABLES = frozenset(
    [
        *(
            "pair of factors",
            "factor",
            "factor_a",
            "factor_b",
            "indicator",
            "subsystem",
            "pair",
            "first",
            "second",
        ),
        *("term", "variable", "covariate", "parameter", "path", "y", "x", "outcome", "mediator"),
    ]
)

#: Terms that are made of a variable.
TERMS: dict[str, dict[Language, str]] = {
    r"lag of (.+)": {"en": "Spatial lag of {}", "zh": "{}的空间滞后"},
    r"mean of (.+)": {"en": "Mean of {}", "zh": "{}的均值"},
    r"(.+): long-run direct": {"en": "{}: long-run direct", "zh": "{}：长期直接效应"},
    r"(.+): long-run indirect": {"en": "{}: long-run indirect", "zh": "{}：长期间接效应"},
    r"(.+): long-run total": {"en": "{}: long-run total", "zh": "{}：长期总效应"},
    r"(.+): direct": {"en": "{}: direct", "zh": "{}：直接效应"},
    r"(.+): indirect": {"en": "{}: indirect", "zh": "{}：间接效应"},
    r"(.+): total": {"en": "{}: total", "zh": "{}：总效应"},
}
#: Figures of fit that stand below the terms of regressions.
FIT = frozenset(
    [
        *("dependent", "n", "units", "r2", "r2_within", "log_likelihood", "aic", "bic"),
        *("sigma_u", "log_scale", "log_sigma_u", "left_censored", "right_censored"),
    ]
)

_MOVES = {
    "unit": {"unit rises": "本单元上升", "unit stays": "本单元不变", "unit falls": "本单元下降"},
    "neighbors": {
        "neighbors rise": "邻居上升",
        "neighbors stay": "邻居不变",
        "neighbors fall": "邻居下降",
    },
}
_CELLS = {
    "status": {"matched": "已匹配", "only in panel": "仅在面板中", "only in areas": "仅在边界中"},
    "how": {
        "code": "代码",
        "leading zeros": "补前导零",
        "aliases=": "指定别名",
        "alias": "别名",
        "code of a municipality": "直辖市代码",
        "name without suffix": "略去通名",
        "name with suffix": "补上通名",
        "not in the panel": "面板中没有",
        "in the areas": "在边界中",
    },
    "kind": {
        "none": "无变化",
        "unit": "仅本单元变化",
        "neighbors": "仅邻居变化",
        "both alike": "同向变化",
        "both unlike": "反向变化",
    },
    "verdict": {"converges": "收敛", "diverges": "发散", "no trend": "无显著趋势"},
    "trend": {
        "rising": "上升",
        "falling": "下降",
        "no trend": "无显著趋势",
        "not tested": "未检验",
    },
    "state": {
        "hot": "热",
        "cold": "冷",
        "neither": "不显著",
        "strong decoupling": "强脱钩",
        "weak decoupling": "弱脱钩",
        "expansive coupling": "扩张连结",
        "expansive negative decoupling": "扩张负脱钩",
        "recessive decoupling": "衰退脱钩",
        "recessive coupling": "衰退连结",
        "weak negative decoupling": "弱负脱钩",
        "strong negative decoupling": "强负脱钩",
        "undefined": "无法判定",
    },
    "memory": {
        "persistent": "持续",
        "antipersistent": "反持续",
        "like noise": "与噪声无异",
        "not tested": "未检验",
    },
    "shift": {"up": "上移", "down": "下移", "no shift": "无显著突变"},
    "band": {"lagging": "滞后", "synchronous": "同步", "ahead": "超前"},
    "faster": {"equal": "相同"},
    "returns_to_scale": {"increasing": "递增", "decreasing": "递减", "constant": "不变"},
    "group": {"All": "全部"},
    "region": {"All": "全部"},
    "method": {
        "natural_breaks": "自然断点",
        "quantile": "分位数",
        "equal_interval": "等间隔",
        "geometric": "几何间隔",
        "standard_deviation": "标准差",
        "k_means": "K均值",
        "head_tail": "头尾分割",
    },
    "time": {"all": "全部", "mean": "均值"},
    "unit": {"Mean of the group": "组均值", "Mean of all": "总体均值"},
    "direction": {
        "benefit": "+（正向）",
        "cost": "−（负向）",
        "moderate": "适度",
    }
    | {
        f"{unit}, {neighbors}": f"{unit_zh}，{neighbors_zh}"
        for unit, unit_zh in _MOVES["unit"].items()
        for neighbors, neighbors_zh in _MOVES["neighbors"].items()
    },
    "grade": {
        "good": "好",
        "qualified": "合格",
        "just qualified": "勉强合格",
        "unqualified": "不合格",
        "Disorder": "失调",
        "Transition": "过渡",
        "Coordination": "协调",
    },
    "figure": {
        "density": "网络密度",
        "densities": "板块密度",
        "correlation": "与理想模式的相关",
        "reciprocity": "互惠性",
        "units": "单元数",
        "ties": "联系数",
        "connectedness": "关联度",
        "hierarchy": "等级度",
        "efficiency": "网络效率",
    },
    "part": {"core": "核心", "periphery": "边缘"},
    "role": {
        "two-way spillover": "双向溢出",
        "net spillover": "净溢出",
        "net benefit": "净受益",
        "broker": "经纪人",
        "none": "无联系",
    },
    "better": {"naive": "朴素预测"},
    "term": {
        "Intercept": "截距",
        "beta": "β（初始水平）",
        "rho": "ρ（y的空间滞后）",
        "lambda": "λ（误差的空间滞后）",
        "phi": "φ",
        "sigma2": "σ²",
        "lagged y": "y的时间滞后",
        "lag of lagged y": "y的时空滞后",
    },
    "effect": {"direct": "直接效应", "indirect": "间接效应", "total": "总效应"},
    "club": {"All": "全部"},
    "test": {
        "order": "与前一状态无关",
        "time": "时间同质性",
        "lm_lag": "LM滞后",
        "lm_error": "LM误差",
        "robust_lm_lag": "稳健LM滞后",
        "robust_lm_error": "稳健LM误差",
        "lm_sarma": "LM SARMA",
        "lr_sdm_sar": "LR：SDM对SAR",
        "lr_sdm_sem": "LR：SDM对SEM",
        "wald_sdm_sar": "Wald：SDM对SAR",
        "wald_sdm_sem": "Wald：SDM对SEM",
        "lr_units": "LR：个体效应",
        "f_units": "F：个体效应",
        "lr_times": "LR：时间效应",
        "f_times": "F：时间效应",
        "hausman_sdm": "Hausman（SDM）",
        "mundlak_sdm": "Mundlak（SDM）",
        "hausman_sar": "Hausman（SAR）",
        "mundlak_sar": "Mundlak（SAR）",
        "pesaran_cd": "Pesaran CD",
    },
}


#: Words of cells that are symbols in English too.
_SYMBOLS = {"term": {"beta": "β", "rho": "ρ", "lambda": "λ", "phi": "φ", "sigma2": "σ²"}}


def say_cell(column: str, words: str, language: Language) -> str:
    """Give the words of a cell in a language; those of the data stay as they are.

    Examples
    --------
    >>> say_cell("kind", "neighbors", "zh"), say_cell("name", "neighbors", "zh")
    ('仅邻居变化', 'neighbors')
    >>> say_cell("before", "High-Low", "zh"), say_cell("grade", "good", "en")
    ('高-低异常', 'good')
    """
    if words.startswith("<= "):
        return say(words, language)
    if language == "en":
        return _SYMBOLS.get(column, {}).get(words, words)
    own = _CELLS.get(column, {})
    if words in own:
        return own[words]
    return say(words, language) if column in _CLASSES or words in _ANYWHERE else words


def say_kind(words: str) -> str:
    """Give the Chinese of a kind that heads a column, where no two columns mean it differently.

    Examples
    --------
    >>> say_kind("strong decoupling"), say_kind("none")
    ('强脱钩', 'none')
    """
    if words in _ANYWHERE:
        return say(words, "zh")
    if words.startswith("All "):  # all groups together, at a time
        return "全部" + words.removeprefix("All")
    found = {own[words] for own in _CELLS.values() if words in own}
    return found.pop() if len(found) == 1 else words
