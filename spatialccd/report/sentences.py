"""Chinese of the sentences in which tools warn and report.

The English template is the key, so a sentence is written once; ``{}`` stands for
what it is about and ``{#}`` for a count, in the same order in both unless numbered.
"""

from __future__ import annotations

import re
from functools import cache

from spatialccd.report.language import Language, say

_SENTENCES = {
    # join and panel
    "{}; left out, and listed in the join report": "{}；未纳入分析，详见数据连接报告",
    "{#} unit{} no area ({}) and {#} area{} no data ({})": (
        "面板中 {0} 个单元无对应边界（{2}），{3} 个区域无数据（{5}）"
    ),
    "{#} units of the panel have no area ({})": "面板中 {} 个单元无对应边界（{}）",
    "{#} unit of the panel has no area ({})": "面板中 {} 个单元无对应边界（{}）",
    "{#} units of the panel have no area:": "面板中 {} 个单元无对应边界：",
    "{#} unit of the panel has no area:": "面板中 {} 个单元无对应边界：",
    "{#} areas have no data ({})": "{} 个区域无数据（{}）",
    "{#} area has no data ({})": "{} 个区域无数据（{}）",
    "{#} areas have no data:": "{} 个区域无数据：",
    "{#} area has no data:": "{} 个区域无数据：",
    "{} (perhaps {})": "{}（可能是 {}）",
    "Units in both: {}": "两侧均有的单元：{}",
    "  by code: {}": "  按代码：{}",
    "  by leading zeros: {}": "  补前导零：{}",
    "  by aliases=: {}": "  按指定别名：{}",
    "  by alias: {}": "  按别名：{}",
    "  by {}: {}": "  按 {}：{}",
    "Areas that the panel calls by several labels:": "面板中有多个标签的区域：",
    "Changes of code applied:": "已应用的代码变更：",
    "Still missing:": "仍然缺失：",
    "  {} at the start or end of the series": "  {} 个位于序列首尾",
    "  {} in a gap longer than the limit": "  {} 个位于超过上限的缺口内",
    "  {} no value of this unit is known": "  {} 个所在单元没有任何数值",
    "  {} text that changes over time, or is not known": "  {} 个为随时间变化或未知的文本",
    "  {} this method needs other known values": "  {} 个缺少该方法所需的已知值",
    "{}; fill_missing() fills the short gaps of a series": "{}；短缺口可用 fill_missing 补齐",
    "{}; fill them in, or leave these units or columns out": "{}；请补齐，或剔除这些单元或指标",
    "{}: {#} values are missing ({})": "{}：{} 个数值缺失（{}）",
    "{}: {#} value is missing ({})": "{}：{} 个数值缺失（{}）",
    "{} was read as {}, which is a guess; if names look wrong, say encoding=": (
        "{} 按推测的编码 {} 读取；若名称显示异常，请指定 encoding="
    ),
    "{}: {} invalid geometries were repaired: {}": "{}：已修复 {} 个无效几何：{}",
    "projected to {}; distances are in meters": "已投影至{}；距离单位为米",
    # index
    "one value only: {}; a constant carries no information and gets weight 0": (
        "只有一个取值的指标：{}；常数不含信息，权重为 0"
    ),
    # association
    "units without a neighbor were {}: {}": "无邻居的单元{}：{}",
    "linked to the nearest": "已与最近单元相连",
    "dropped from the graph and from every figure": "已从邻接关系与全部结果中剔除",
    "kept without a neighbor and without a test": "予以保留，但无邻居，也不作检验",
    "units without a neighbor stay in mean and variance: {}; see neighbors(islands=...)": (
        "无邻居的单元仍计入均值与方差：{}；参见 neighbors(islands=...)"
    ),
    "units without a neighbor in both sets of weights: {}": "在两套权重中没有共同邻居的单元：{}",
    "no unit can be significant: {} permutations give p-values from {} on, and alpha={} asks for "
    "{} ({}, {} tests); take at least {}": (
        "任何单元都不可能显著：{} 次置换的最小 p 值为 {}，而 alpha={} 要求 {}（{}，{} 次检验）；"
        "至少需要 {} 次置换"
    ),
    "{} units share a place with another: {}; they are each other's nearest at distance 0": (
        "{} 个单元与其他单元位置重合：{}；它们互为距离 0 的最近邻"
    ),
    # dynamics
    "groups of fewer than {} units: {}; {}": "单元数少于 {} 的组：{}；{}",
    "inequality within a single unit is 0 by definition": "单个单元的组内差异按定义为 0",
    "units without neighbors have no spatial lag and are left out: {}": (
        "无邻居的单元没有空间滞后，未纳入：{}"
    ),
    # efficiency
    "{} units{} for {} inputs and {} outputs: with fewer than {} units most lie on the frontier "
    "whatever they do; drop columns or pool": (
        "{0} 个单元{1}对应 {2} 项投入与 {3} 项产出：少于 {4} 个单元时多数必然位于前沿面上；"
        "请减少指标或合并年份"
    ),
    "{} programs of {} have no solution and their figures are missing: {}": (
        "{1}中 {0} 个线性规划无解，相应结果缺失：{2}"
    ),
    # drivers
    "thin strata make q large by themselves (see expected_q): {}": (
        "样本过少的分层会使 q 偏大（参见 expected_q）：{}"
    ),
    "{}: {#} strata for {#} rows": "{}：{} 层对应 {} 行",
    "{}: {#} strata for {#} rows, {#} of one unit": "{}：{} 层对应 {} 行，其中 {} 层仅有一个单元",
    "{} parts of the map are regions by themselves: {}": "地图上 {} 个孤立部分自成一区：{}",
    "separate parts of the map were linked: {}": "地图上互不相连的部分已连接：{}",
    "{} units share a place with another: {}; neighbors are counted more than once. Fit each year "
    "by itself, or use gtwr for a panel": (
        "{} 个单元与其他单元位置重合：{}；邻居被重复计数。请逐年拟合，或对面板数据使用 gtwr"
    ),
    "backfitting stopped after {} rounds with a score of change of {}, above tol={}; raise "
    "max_iter": "后退拟合在 {} 轮后停止，变化分值 {} 仍高于 tol={}；请增大 max_iter",
    "{}: bandwidth on the lower bound {}; the best may be smaller, or the units are too few for "
    "so local a coefficient (see min_bandwidth)": (
        "{}：带宽位于下限 {}；最优带宽可能更小，或单元过少，不足以估计如此局部的系数"
        "（参见 min_bandwidth）"
    ),
    "the units have no effect of their own beyond chance (rho is 0): tobit with cov='cluster' "
    "says the same": "各单元没有超出偶然的个体效应（rho 为 0）：tobit 加 cov='cluster' 结果相同",
    "twice as many nodes move the log-likelihood by {}: take more than n_nodes={}": (
        "节点数加倍使对数似然变动 {}：请取大于 n_nodes={} 的节点数"
    ),
    "no value of y lies at lower={} or upper={}: nothing is censored, and the estimate is that of "
    "least squares. Values end at {} and {}: is one of these the limit?": (
        "y 没有取 lower={} 或 upper={} 的值：无归并，估计即为最小二乘。取值范围为 {} 至 {}："
        "界限是否在其中之一？"
    ),
    "stochastic inference did not settle in {} rounds: standard errors are rough; the covariates' "
    "surfaces are all but confounded, raise min_bandwidth": (
        "随机推断在 {} 轮内未收敛：标准误较粗略；各自变量的曲面几乎混同，请增大 min_bandwidth"
    ),
    "the backfitting of random responses did not settle: what rests on them is rough; the "
    "covariates' surfaces are all but confounded, raise min_bandwidth": (
        "随机响应的后退拟合未收敛，以其为据的结果较粗略；各自变量的曲面几乎混同，"
        "请增大 min_bandwidth"
    ),
    # notes of GWR and its kin
    "{}: golden section ended at {}, the curve's minimum is at {} and lower by {} "
    "(see search='exhaustive')": (
        "{}：黄金分割搜索止于 {}，而准则曲线的最小值在 {}，低 {}（见 search='exhaustive'）"
    ),
    "One unit of time counts as {} units of distance.": "一个时间单位相当于 {} 个距离单位。",
    "AICc counts tr S + 1 parameters throughout, as GWR and mgwr do; mgtwr puts tr S into its "
    "correction for small samples and prints a lower one.": (
        "AICc 全程以 tr S + 1 为参数个数，与 GWR 及 mgwr 一致；"
        "mgtwr 的小样本修正项用 tr S，其值偏低。"
    ),
    "Standard errors are estimates with a relative error of {}": "标准误为估计值，相对误差 {}",
    "local_r2 is missing at {} places around which y has one value.": (
        "{} 个地点周围的 y 只有一个取值，local_r2 缺失。"
    ),
    "Backfitting had not converged.": "后退拟合未收敛。",
    "Null: every slope is the same everywhere, and errors are alike where places are near (Matern "
    "covariance with a nugget, weighed by restricted likelihood).": (
        "原假设：各斜率处处相同，误差在邻近地点相似（带块金的 Matérn 协方差，按限制似然加权）。"
    ),
    "Null: the observations could as well stand on any other places, so that every coefficient is "
    "the same everywhere and errors are independent. Autocorrelated errors break it too, and are "
    "then taken for a varying intercept, or slopes where covariates are autocorrelated as well; "
    "see null='autocorrelated'.": (
        "原假设：各观测可置于任意地点，即系数处处相同且误差独立。误差自相关同样违背该假设，"
        "会被误认为截距变化，自变量也自相关时还会被误认为斜率变化；见 null='autocorrelated'。"
    ),
    "Bandwidths are those of the fit, held in each draw.": "带宽沿用原拟合结果，每次模拟不变。",
    "Bandwidths are searched anew in each draw, as the fit did.": (
        "每次模拟均按原拟合方式重新搜索带宽。"
    ),
    "The Intercept's p is large whatever it does: a surface of its own and autocorrelated errors "
    "are one and the same to the data.": (
        "截距的 p 值无论如何都偏大：截距自身的曲面与自相关误差在数据上无从区分。"
    ),
    "Condition numbers and variance decomposition are of W X, as in mgwr; of W^(1/2) X, whose "
    "normal equations are solved, they differ (weighting='root').": (
        "条件数与方差分解取自 W X，与 mgwr 一致；取自正规方程实际所用的 W^(1/2) X 时数值不同"
        "（weighting='root'）。"
    ),
    "Condition numbers and variance decomposition are of W^(1/2) X, whose normal equations are "
    "solved; mgwr prints those of W X (weighting='kernel').": (
        "条件数与方差分解取自正规方程实际所用的 W^(1/2) X；mgwr 给出的是 W X 的数值"
        "（weighting='kernel'）。"
    ),
    "Each interval is for one coefficient at one place, around the coefficient less the bias that "
    "smoothing leaves; over all places it holds the truth as often as it says.": (
        "每个区间对应一个地点的一个系数，以扣除平滑偏差后的系数为中心；就全部地点而言，"
        "其覆盖真值的比例与所称一致。"
    ),
    "MGWR predictions have no standard errors: the projections of backfitting are known at the "
    "observations only.": "MGWR 预测没有标准误：后退拟合的投影仅在观测点已知。",
    "se is that of a new observation: sigma sqrt(1 + x'CC'x).": (
        "标准误针对新观测：sigma sqrt(1 + x'CC'x)。"
    ),
    "{}: outside the times fitted ({} to {}), predicted from the nearest of them without carrying "
    "on a trend.": "{}：超出拟合时段（{} 至 {}），由最近时点预测，未外推趋势。",
    # maps and charts
    "no Chinese font was found: legend and notes are in English; {}": (
        "未找到中文字体，图例与注记为英文；{}"
    ),
    "no Chinese font was found: labels are in English; {}": "未找到中文字体，图中文字为英文；{}",
    "no installed font holds {} (drawn as {}); {}": "已安装的字体缺少 {}（以 {} 代替）；{}",
    "{} areas have no geometry and are not drawn: {}": "{} 个区域没有几何，未绘制：{}",
    "areas has no CRS: drawn as it is, without scale bar and north arrow; set one with "
    "areas.set_crs(...)": "边界没有坐标参考系：按原样绘制，无比例尺与指北针",
    # lists
    "{} and {#} more": "{}，另有 {} 个",
}


def retell(text: str, language: Language) -> str:
    """Give a warning, or a report line by line, in a language.

    A sentence without an entry stays as it is.

    Examples
    --------
    >>> retell("Units in both: 31", "zh"), retell("Units in both: 31", "en")
    ('两侧均有的单元：31', 'Units in both: 31')
    """
    if language == "en":
        return text
    return "\n".join(_retold(line, language) for line in text.split("\n"))


def _retold(sentence: str, language: Language) -> str:
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(sentence)
        if found:
            return chinese.format(*(_retold(part, language) for part in found.groups()))
    parts = sentence.split("; ")
    if len(parts) > 1:
        return "；".join(_retold(part, language) for part in parts)
    return say(sentence, language)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Compile the templates, the longest first: it says most of what it matches."""
    patterns = []
    for template in sorted(_SENTENCES, key=len, reverse=True):
        text = re.escape(template).replace(r"\{\}", "(.*?)").replace(r"\{\#\}", r"([\d,]+)")
        patterns.append((re.compile(text), _SENTENCES[template]))
    return patterns
