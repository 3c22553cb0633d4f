"""Chinese of what is said of dynamics."""

from __future__ import annotations

SENTENCES = {
    "Bandwidths: x {}, y {}; {#} pairs.": "带宽：x 为 {}，y 为 {}；共 {} 对。",
    "Blank in {#} of {#} rows, where the condition is rarer than 1% of its peak.": (
        "{} / {} 行留空：条件的密度低于其峰值的 1%。"
    ),
    # dynamics
    "groups of fewer than {} units: {}; {}": "单元数少于 {} 的组：{}；{}",
    "inequality within a single unit is 0 by definition": "单个单元的组内差异按定义为 0",
    "units without neighbors have no spatial lag and are left out: {}": (
        "无邻居的单元没有空间滞后，未纳入：{}"
    ),
    "p and verdict take years as independent; where a year's spread depends on the year before "
    "(small p_durbin_watson) p is too small, and a spread that only drifts looks like a trend": (
        "p 值与结论假定各年相互独立；若某年的离散程度依赖于上一年（DW检验p值小），"
        "则 p 值偏小，仅随机漂移的离散程度看上去也像有趋势"
    ),
    "the spread of {} depends on the year before (Durbin and Watson's d in brackets, 2 without "
    "dependence): p of its trend is too small, and the verdict may be chance; report the change "
    "from first to last year, or use more years": (
        "{}的离散程度依赖于上一年（括号内为 DW 统计量，无依赖时为 2）：其趋势的 p 值偏小，"
        "结论可能出于偶然；请报告首末年变化，或使用更多年份"
    ),
    "with unit effects and {} spans a unit, values that converge to nothing give beta about {} "
    "(Nickell's bias): that of {} is no evidence of convergence, whatever its p": (
        "含个体效应且每个单元有 {} 个时段时，不收敛的数值也会给出约 {} 的 β（Nickell 偏误）："
        "{}的 β 无论 p 值如何都不能作为收敛的证据"
    ),
    "unit effects bias beta towards convergence (Nickell 1981), the more the fewer the years: with "
    "{} spans of one length a unit, random walks, which converge to nothing, give beta about {}, "
    "and p knows nothing of it": (
        "个体效应使 β 偏向收敛（Nickell 1981），年份越少偏误越大：每个单元有 {} 个等长时段时，"
        "并不收敛的随机游走给出的 β 约为 {}，而 p 值未考虑这一点"
    ),
    "spans of {} years: growth is per year, and beta that of one year, from one speed fitted to "
    "all spans": "时段长度为 {} 年：增长按年计，β 为一年的系数，由各时段共同拟合的收敛速度得到",
    "intervals without width: {}; units of a group do not differ, or groups do not overlap, in "
    "the sample, which does not say that they never do": (
        "宽度为零的区间：{}；样本中组内单元无差异或各组无交叉，并不表示总体亦然"
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
    "p takes times as independent; where a time depends on the one before, a series that only "
    "drifts looks like a trend": (
        "p 值假定各期相互独立；若某期依赖于上一期，仅随机漂移的序列看上去也像有趋势"
    ),
    "Hamed and Rao's variance allows for autocorrelation in long series; in short ones p stays "
    "too small": "Hamed–Rao 方差只在长序列中能计入自相关；短序列的 p 值仍然偏小",
    "p takes seasons, and years of one season, as independent": (
        "p 值假定各季节之间、同一季节的各年之间相互独立"
    ),
    "{} times cannot tell a trend from autocorrelation, with either variance": (
        "{} 期数据无论用哪种方差都无法区分趋势与自相关"
    ),
    "a trend is claimed of units whose times depend on the one before: {}": (
        "以下单元被判为有趋势，但其各期依赖于上一期：{}"
    ),
    "p is exact: with {} times the normal score is too coarse": (
        "p 值取自精确分布：{} 期数据的正态近似过于粗略"
    ),
    "one value at all times": "各期数值相同",
    "autocorrelation makes Hamed and Rao's variance negative; say a smaller lag": (
        "自相关使 Hamed–Rao 方差为负；请取较小的 lag"
    ),
    "p takes times as independent; a steady rise or fall, or a series that drifts, looks like a "
    "change of level in its middle": (
        "p 值假定各期相互独立；持续升降或随机漂移的序列看上去像在中段发生了水平突变"
    ),
    "with {} times no change can be significant at 5%; it takes {}": (
        "{} 期数据的突变不可能在 5% 水平上显著；至少需要 {} 期"
    ),
    "a change is claimed with fewer than three times on one side: {}": (
        "以下单元的突变点一侧不足三期：{}"
    ),
    "shares are those expected if units go on moving as they did, each by itself; intervals are "
    "of the probabilities alone, not of what so many units will do": (
        "占比为各单元相互独立且继续按既有概率转移时的期望值；"
        "区间只反映转移概率的不确定性，不含单元实际转移的随机性"
    ),
    "{} steps ahead is more than half of the {} times of the data: what the probabilities do not "
    "know grows with every step": "外推 {} 步超过数据 {} 期的一半：转移概率未能反映的因素逐步累积",
    "the matrix is not the same at all times (LR test, p = {}), as a projection takes it to be": (
        "转移矩阵并非各期相同（LR 检验 p = {}），而预测假定其不变"
    ),
    "classes with fewer than {} moves: {}": "转移次数少于 {} 的类型：{}",
    "intervals that leave out the share itself, as the half move that is added to each count "
    "weighs more than the moves there are: {}": (
        "区间不含比重本身（转移次数太少，每个频数加上的 1/2 影响过大）：{}"
    ),
    "each unit's class of neighbors is held as at the last time": "各单元的邻居类型固定为末期类型",
    "classes that are never left once entered: {}": "进入后不再离开的类型：{}",
    "the long run hangs on the start": "长期极限取决于初始状态",
    "independent noise of this length has H {} in the mean and above {} in 5% of cases: H above "
    ".5 is no sign of persistence": (
        "同长度独立噪声的 H 均值为 {}，有 5% 高于 {}：H 大于 0.5 并不表示持续性"
    ),
    "a trend, or years that depend on the year before, make H large without long memory": (
        "趋势或各年之间的依赖也会使 H 偏大，并不需要长期记忆"
    ),
    "pareto is the slope of rank on size, zipf that of size on rank: papers print either, and "
    "one is large where the other is small": (
        "b 为位序对规模的斜率，q 为规模对位序的斜率：文献两者皆用，一大则另一小"
    ),
}
