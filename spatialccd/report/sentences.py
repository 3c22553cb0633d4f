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
    "Units without a neighbor were left out: {}.": "无邻居的单元未纳入：{}。",
    "units without a neighbor in the file were kept so: {}": "文件中无邻居的单元予以保留：{}",
    "links of units to themselves were left out: {}": "已剔除单元与自身的连接：{}",
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
    "Clubs of {} of {}; the first {} times are left out; units join at t > {} (0.1 more where the "
    "club would not hold); long-run variance by the quadratic spectral kernel.": (
        "以{1}的{0}识别俱乐部；剔除前 {2} 期；t > {3} 的单元加入（若俱乐部不成立则每次提高 0.1）；"
        "长期方差以二次谱核估计。"
    ),
    "the trend (Hodrick and Prescott)": "HP 滤波趋势",
    "the values": "原值",
    "logarithms": "对数",
    "levels": "水平值",
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
    "approach='corrected' was taken: {}": "已改用 approach='corrected'：{}",
    "The corrected approach was taken: {}.": "已改用偏误校正法：{}。",
    "{}: rows of W do not add up to 1, so that effects of times were demeaned after the lag and "
    "the bias corrected, in place of Lee and Yu's transformation": (
        "{}：W 的行和不为 1，故时间效应在取空间滞后之后去均值并校正偏误，未用 Lee–Yu 变换"
    ),
    "units without a neighbor ({})": "存在无邻居的单元（{}）",
    "W is not row-standardized": "W 未行标准化",
    "The log-likelihood is that of the direct estimate, before its correction.": (
        "对数似然为校正前直接估计的值。"
    ),
    "The direct approach is biased: the variance with effects of units, rho and lambda with those "
    "of times; the transformation is not.": (
        "直接法有偏：含个体效应时方差有偏，含时间效应时 ρ 与 λ 有偏；正交变换法无此偏误。"
    ),
    "Units without a neighbor stay in the model with lags of 0: {}.": (
        "无邻居的单元保留在模型中，其空间滞后为 0：{} 个。"
    ),
    "Rows of W do not add up to 1: rho lies between {} and {}.": (
        "W 的行和不为 1：ρ 的取值区间为 {} 至 {}。"
    ),
    "The likelihood has {} optima (the best {}, the next {}): rho and lambda can hardly be told "
    "apart.": "似然函数有 {} 个极值（最优 {}，其次 {}）：ρ 与 λ 难以区分。",
    "The ratio of indirect to direct effects is the same for every covariate.": (
        "各自变量的间接效应与直接效应之比相同。"
    ),
    "With few units the intervals of rho and lambda are too narrow.": (
        "单元较少时 ρ 与 λ 的置信区间偏窄。"
    ),
    "Draws of rho outside its bounds were left out of the errors: {}.": (
        "ρ 超出取值区间的抽样未计入标准误：{} 次。"
    ),
    "Without spatial lags: LM lag {}, LM error {}; robust lag {}, robust error {}.": (
        "无空间滞后的模型：LM 滞后 {}，LM 误差 {}；稳健 LM 滞后 {}，稳健 LM 误差 {}。"
    ),
    "Neither is significant at {}: no lag of y or of the error is called for; ols, or slx for the "
    "lags of x.": (
        "在 {} 水平上均不显著：无需 y 或误差的空间滞后；可用 OLS，或以 SLX 纳入 x 的空间滞后。"
    ),
    "Durbin model: LR against sar {}, against sem {}; Wald {}, {}.": (
        "空间杜宾模型：相对 SAR 的 LR {}，相对 SEM 的 LR {}；Wald {}，{}。"
    ),
    "At {}: {}: {}.": "在 {} 水平上：{}：{}。",
    "both restrictions are rejected": "两项约束均被拒绝",
    "only sem is rejected, and LM points to the lag": "仅 SEM 被拒绝，且 LM 指向空间滞后",
    "only sem is rejected, but LM does not point to the lag": "仅 SEM 被拒绝，但 LM 不指向空间滞后",
    "only sar is rejected, and LM points to the error": "仅 SAR 被拒绝，且 LM 指向空间误差",
    "only sar is rejected, but LM does not point to the error": (
        "仅 SAR 被拒绝，但 LM 不指向空间误差"
    ),
    "neither is rejected, and LM points to the lag": "两项约束均未被拒绝，LM 指向空间滞后",
    "neither is rejected, and LM points to the error": "两项约束均未被拒绝，LM 指向空间误差",
    "neither is rejected, and LM does not decide": "两项约束均未被拒绝，LM 亦无法判断",
    "Effects of units: F {}; of times: F {}: {}.": "个体效应：F {}；时间效应：F {}：{}。",
    "Random or fixed ({}): Hausman {}, Mundlak {}: {}.": (
        "随机或固定效应（{}）：Hausman {}，Mundlak {}：{}。"
    ),
    "no test": "无法检验",
    "fixed effects of units": "采用个体固定效应",
    "random effects of units are not rejected": "不拒绝个体随机效应",
    "No Hausman test of {}: {}.": "{} 无法作 Hausman 检验：{}。",
    "the difference of the covariances is not positive definite": "协方差矩阵之差非正定",
    "No Mundlak test of {}: {}.": "{} 无法作 Mundlak 检验：{}。",
    "the likelihood is highest where the units have no random effect (phi at 1, sigma_mu 0); take "
    "effects='none'": "似然在个体无随机效应处最大（φ 为 1，σ_μ 为 0）；请取 effects='none'",
    "Pesaran's CD is void on residuals swept of times and was not computed; take effects='unit' "
    "for it.": ("对去除时间效应的残差，Pesaran CD 检验无效，故未计算；如需请取 effects='unit'。"),
    "The estimate is not stable (largest root {}): y does not settle, and there are no long-run "
    "effects. Take effects of times, or differences of y.": (
        "估计不稳定（最大特征根 {}）：y 不收敛，故无长期效应。请加入时间效应，或对 y 作差分。"
    ),
    "The largest root is {}, close to 1: long-run effects are large and uncertain.": (
        "最大特征根为 {}，接近 1：长期效应数值大且不确定。"
    ),
    "Without correction the slope of lagged y is biased downwards by some 1/T.": (
        "未校正时 y 时间滞后的系数约偏低 1/T。"
    ),
    "A confidence set has gaps: see likelihood_ratio for its values.": (
        "门槛置信集不连续：其取值见 likelihood_ratio。"
    ),
    "The total effect may be 0: shares of it mean nothing.": "总效应可能为 0：占比没有意义。",
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
