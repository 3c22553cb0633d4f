"""The words that figures, tables and the page print, in English and in Chinese."""

from __future__ import annotations

from typing import Literal, get_args

from spatialccd.coupling.degree import GRADES
from spatialccd.errors import check_choice
from spatialccd.report.words import headings
from spatialccd.report.words.clusters import CLUSTERS
from spatialccd.report.words.figures import FIGURES
from spatialccd.report.words.on_page import ON_PAGE
from spatialccd.report.words.steps_en import step_title

Language = Literal["en", "zh"]

#: Printed word -> Chinese. The English word is the key, so it is written once.
_CHINESE = {
    # classes; the grades bring their own Chinese
    **CLUSTERS,
    **FIGURES,
    **ON_PAGE,
    **{grade.label: grade.label_zh for grade in GRADES},
    "Standard score of the unit": "单元标准分",
    "Standard score of its neighbors": "邻居标准分",
    "Hot and cold spots": "热点与冷点",
    "Emerging hot spots": "新兴时空热点",
    "Local Geary cluster": "局部吉尔里聚类",
    "Local multivariate Geary cluster": "局部多变量吉尔里聚类",
    "Local join count cluster": "局部连接统计聚类",
    "Local heteroscedasticity": "局部空间异方差",
    "No data": "无数据",
    "low": "低",
    "high": "高",
    # legends
    "Grade of D": "协调等级",
    "Local Moran cluster": "局部莫兰聚类",
    "Coefficient": "回归系数",
    "quantiles": "分位数",
    "natural breaks": "自然断点",
    "equal intervals": "等间隔",
    "standard deviations": "标准差",
    "given breaks": "指定断点",
    "continuous": "连续",
    "Colors part at": "颜色分界值：",
    "each map has its own scale": "各图色标不同",
    "Significant at p ≤ 0.05, adjusted for the number of tests.": (
        "显著性水平 p ≤ 0.05，已按检验次数校正。"
    ),
    "class": "类",
    "classes": "类",
    "In brackets: number of units.": "括号内为单元数。",
    "Bars: number of units per class.": "条带：各类单元数。",
    "bandwidth": "带宽",
    "Reach of the bandwidth (km)": "带宽覆盖距离（千米）",
    "of": "/",
    "Thirds: low, middle, high": "三分位：低、中、高",
    "correction": "校正",
    "permutations": "次置换",
    "Projection": "投影",
    "Frame: the part that is enlarged.": "方框为右图放大的范围。",
    "Source": "资料来源",
    "Intercept": "截距",
    "km": "千米",
    "m": "米",
    "N": "北",
    # charts
    "Within groups": "组内差异",
    "Between groups, net": "组间净值差异",
    "Overlap of groups": "超变密度",
    "Dagum Gini coefficient": "Dagum基尼系数",
    "Number of units": "单元数",
    "Obstacle degree (%)": "障碍度（%）",
    "Speed (score per year)": "发展速度（每年得分）",
    "Mean speed (score per year)": "平均发展速度（每年得分）",
    "Angle (degrees)": "剪刀差（度）",
    "Angle between mean speeds (degrees)": "平均速度的夹角（度）",
    "Density": "密度",
    "Value before": "前期值",
    "Value after": "后期值",
    "Value at the time": "当期值",
    "Mean of the neighbors": "邻居均值",
    "Mean of the others of the group": "同组其他单元均值",
    "tallest peak": "最高峰",
    "Probability": "转移概率",
    "From": "期初状态",
    "To": "期末状态",
    "Spatial lag": "空间滞后",
    "Groups that share a letter do not differ": "含相同字母的组间差异不显著",
    "Kruskal-Wallis test": "Kruskal-Wallis检验",
    "mean over time": "各时间均值",
    # the page
    "Contents": "目录",
    "Study": "研究概况",
    "Data and join": "数据与连接",
    "Interactive map": "交互地图",
    "Figures": "图",
    "Tables": "表",
    "Methods": "方法与公式",
    "Settings and versions": "参数与版本",
    "References": "参考文献",
    "Result": "结果",
    "Time": "时间",
    "Value": "数值",
    "Class": "类别",
    "Step": "步骤",
    "Tool": "工具",
    "Settings": "参数",
    "Package": "软件包",
    "Version": "版本",
    "Versions": "版本",
    "units": "单元",
    "results": "结果",
    "figures": "图",
    "Table": "表",
    "Figure": "图",
    "Sheet": "工作表",
    "Rows": "行数",
    "Columns": "列数",
    "Play": "播放",
    "Warnings": "警告",
    "Rows × columns": "行×列",
    "Median of all units": "全部单元的中位数",
    "yes": "是",
    "no": "否",
    "Pause": "暂停",
    "Reset view": "复位",
    "Made with spatialccd": "生成软件：spatialccd",
    "continued": "续",
    "Standard errors in brackets.": "括号内为标准误。",
    "Test statistics in brackets.": "括号内为检验统计量。",
    "p-values in brackets.": "括号内为p值。",
    "Confidence intervals in brackets.": "括号内为置信区间。",
    # panels
    "Direct effect": "直接效应",
    "Indirect effect": "间接效应",
    "Total effect": "总效应",
    "Threshold variable": "门槛变量",
    "Likelihood ratio": "似然比",
    "Accumulated local effect": "累积局部效应",
    "Partial dependence": "部分依赖",
    "Effect on y": "对y的效应",
    "Club": "俱乐部",
    "No club": "不属于任何俱乐部",
    "Relative to the mean of all units": "相对全部单元的均值",
    # geodetectors
    "Nonlinear weaken": "非线性减弱",
    "Univariate weaken": "单因子非线性减弱",
    "Equal to the stronger": "等于较强因子",
    "Bi-factor enhance": "双因子增强",
    "Independent": "独立",
    "Nonlinear enhance": "非线性增强",
    "q expected without effect": "无效应时的期望q值",
    "interval": "置信区间",
    "pale": "浅色",
    "bold": "粗体",
    "p (gain)": "增益p值",
    "one factor alone": "单因子",
    "Mean of the stratum": "分层均值",
}


def check_language(language: str) -> None:
    """Raise ``ParameterError`` unless the language is known."""
    check_choice("language", language, get_args(Language))


def say(words: str, language: Language) -> str:
    """Give printed words in a language; words without an entry stay as they are.

    Examples
    --------
    >>> say("No data", "zh"), say("No data", "en"), say("gdp_pc", "zh")
    ('无数据', 'No data', 'gdp_pc')
    """
    if words.startswith("<= "):  # the lowest of classes that are limits
        words = f"≤ {words.removeprefix('<= ')}"
    if language == "en":
        return words
    if words in _CHINESE:
        return _CHINESE[words]
    if words in headings.COLUMNS:
        return headings.COLUMNS[words]
    for prefix, said in headings.PREFIXES.items():
        if words.startswith(prefix):
            return said[language] + say(words.removeprefix(prefix), language)
    return words


def title(step: str, language: Language) -> str:
    """Give the title of a step: its tool in words, and what follows the tool's name.

    Examples
    --------
    >>> title("local_moran 2020", "en"), title("local_moran 2020", "zh")
    ("Local Moran's I 2020", '局部莫兰指数 2020')
    """
    tool, space, rest = step.partition(" ")
    if tool not in headings.STEPS:  # a name of the user's own
        return step.replace("_", " ")
    words = headings.STEPS[tool] if language == "zh" else step_title(tool)
    return f"{words}{space}{say(rest, language)}"
