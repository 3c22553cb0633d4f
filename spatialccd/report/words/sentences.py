"""Chinese of the sentences in which tools warn and report.

The English template is the key, so a sentence is written once; ``{}`` stands for
what it is about and ``{#}`` for a count, in the same order in both unless numbered.
"""

from __future__ import annotations

import re
from functools import cache

from spatialccd.report.words.language import Language, say

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
    "  by code of a municipality: {}": "  按直辖市代码：{}",
    "  by name without suffix: {}": "  略去通名：{}",
    "  by name with suffix: {}": "  补上通名：{}",
    "{#} label was matched with a suffix left out or added ({}); check them, and write the full "
    "names or codes, or say aliases={name: code}": (
        "{} 个标签增减通名后才匹配（{}）；请核对，并改写全称或代码，或以 aliases= 指定"
    ),
    "{#} labels were matched with a suffix left out or added ({}); check them, and write the full "
    "names or codes, or say aliases={name: code}": (
        "{} 个标签增减通名后才匹配（{}）；请核对，并改写全称或代码，或以 aliases= 指定"
    ),
    "{#} of {#} rows of the crosswalk met no row of the panel ({}); compare their codes, names and "
    "years with the panel's": (
        "代码变更表的 {1} 行中有 {0} 行在面板中没有对应（{2}）；请核对代码、名称与年份"
    ),
    "{#} of the panel's codes are now shared among several, and are left as they are ({}); give a "
    "crosswalk with weights for them": (
        "面板中 {} 个代码已拆分为多个，未作转换（{}）；请提供带权重的代码变更表"
    ),
    "the crosswalk sums {}, which by name or range (0-1, 0-100) may be rates or shares; name rates "
    "in averaged=, and what weighs them in average_by=": (
        "按代码变更加总的 {} 从名称或取值范围（0-1、0-100）看可能是比率；"
        "比率请列入 averaged=，其权重列入 average_by="
    ),
    "{#} of {#} areas have values under less than 99% of their land ({}): statistics are those of "
    "that part, and missing where there is none; check the raster's extent and its mark of no "
    "data": (
        "{1} 个区域中有 {0} 个不足 99% 的面积有栅格数值（{2}）："
        "统计量只代表该部分，全无数值者为缺失；"
        "请核对栅格的范围与无数据标记"
    ),
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
    "times are {} to {} years apart: a move counts as one whatever the years it took, so that "
    "probabilities are of no one span": (
        "各期相隔 {} 至 {} 年：一次转移无论历时多少年均计为一次，转移概率不对应同一时段"
    ),
    # what is missing
    "missing {} in {} of {} rows: {}": "{2} 行中有 {1} 行缺少 {0}：{3}",
    "both scores are 0, and the two are level": "两项得分均为 0，二者持平",
    "a first year has no change since one before": "首年没有上一年可比",
    "values do not differ between units": "各单元数值无差异",
    "values do not differ between units, or two units are too few": "各单元数值无差异，或单元过少",
    "units do not differ": "各单元无差异",
    "the units of the group do not differ": "组内各单元无差异",
    "the first year has no spread": "首年无离散",
    "the mean is 0": "均值为 0",
    "the mean is not positive": "均值不为正",
    "a value is not positive": "存在非正数值",
    "the weight is 0": "权重为 0",
    "weights do not differ between indicators": "各指标权重无差异",
    "all units share one rank": "各单元排名相同",
    "years to come": "未来年份",
    "four years leave none to forecast": "四年数据不足以逐年检验预测",
    "one peak only": "只有一个峰",
    "the program has no solution, see status": "线性规划无解，见状态列",
    "beta is not between -1 and 0": "β 不在 -1 与 0 之间",
    "nobody was ever in this class": "没有单元处于该类型",
    # reading of tables
    "{}: {#} mark was taken off a number ({})": "{}：已去掉 {} 个数字旁的标记（{}）",
    "{}: {#} marks were taken off numbers ({})": "{}：已去掉 {} 个数字旁的标记（{}）",
    "they are kept in panel.attrs['flags']": "标记保存在 panel.attrs['flags'] 中",
    "text={} keeps the cells as they stand": "如需保留原文，请指定 text={}",
    "{}: {#} cell holds a mark in place of a figure ({})": "{}：{} 个单元格以标记代替数值（{}）",
    "{}: {#} cells hold a mark in place of a figure ({})": "{}：{} 个单元格以标记代替数值（{}）",
    "they count as missing, and the marks are kept in panel.attrs['flags']": (
        "按缺失值处理，标记保存在 panel.attrs['flags'] 中"
    ),
    "{}: {#} cell is a formula that failed ({})": "{}：{} 个单元格为出错的公式（{}）",
    "{}: {#} cells are formulas that failed ({})": "{}：{} 个单元格为出错的公式（{}）",
    "they count as missing": "按缺失值处理",
    "{}: {#} number in parentheses is read as negative, as accounts write it ({})": (
        "{}：{} 个括号内的数按会计写法读作负数（{}）"
    ),
    "{}: {#} numbers in parentheses are read as negative, as accounts write them ({})": (
        "{}：{} 个括号内的数按会计写法读作负数（{}）"
    ),
    "if they are something else (standard errors, notes), say text={}": (
        "若为其他含义（标准误、注释等），请指定 text={}"
    ),
    "{}: {#} number is grouped as in 12,34,567 (lakh) ({})": (
        "{}：{} 个数按印度习惯分节，如 12,34,567（{}）"
    ),
    "{}: {#} numbers are grouped as in 12,34,567 (lakh) ({})": (
        "{}：{} 个数按印度习惯分节，如 12,34,567（{}）"
    ),
    "they are read without their commas": "已去掉分节逗号",
    "{}: {#} number is one that programs write for a missing value ({})": (
        "{}：{} 个数是软件常用的缺失值代码（{}）"
    ),
    "{}: {#} numbers are ones that programs write for a missing value ({})": (
        "{}：{} 个数是软件常用的缺失值代码（{}）"
    ),
    "if they are, say missing={}": "若确为缺失，请指定 missing={}",
    "{}: {#} cell of a column kept as text looks like a number ({})": (
        "{}：按文本保留的列中有 {} 个单元格形似数字（{}）"
    ),
    "{}: {#} cells of columns kept as text look like numbers ({})": (
        "{}：按文本保留的列中有 {} 个单元格形似数字（{}）"
    ),
    "write them as plain numbers, or say text={} to keep them so": (
        "请改写为普通数字，或指定 text={} 保留文本"
    ),
    "{}: {#} number with a leading zero is read as a number ({})": (
        "{}：{} 个带前导零的数按数值读取（{}）"
    ),
    "{}: {#} numbers with a leading zero are read as numbers ({})": (
        "{}：{} 个带前导零的数按数值读取（{}）"
    ),
    "if they are codes, say text={}": "若为代码，请指定 text={}",
    "{}: {#} cell with a leading zero makes its column one of codes, kept as text ({})": (
        "{}：{} 个带前导零的单元格使所在列按代码保留为文本（{}）"
    ),
    "{}: {#} cells with a leading zero make their columns ones of codes, kept as text ({})": (
        "{}：{} 个带前导零的单元格使所在列按代码保留为文本（{}）"
    ),
    "say text={} if that is right, else write them without the zero": (
        "若无误请指定 text={}，否则请去掉前导零"
    ),
    "{}: {#} unit is called as a missing value is ({})": "{}：{} 个单元的标签形同缺失值（{}）",
    "{}: {#} units are called as a missing value is ({})": "{}：{} 个单元的标签形同缺失值（{}）",
    "all other units are numbers: it may be a missing code": "其余单元均为数字代码：可能缺少代码",
    "{}: {#} row of notes below the data is left out ({})": "{}：已略去数据下方 {} 行注释（{}）",
    "{}: {#} rows of notes below the data are left out ({})": "{}：已略去数据下方 {} 行注释（{}）",
    "their words are kept in panel.attrs['notes']": "其文字保存在 panel.attrs['notes'] 中",
    "{}: {#} unit is a total or a mean of others ({})": "{}：{} 个单元是其他单元的合计或平均（{}）",
    "{}: {#} units are totals or means of others ({})": "{}：{} 个单元是其他单元的合计或平均（{}）",
    "by name, or because the figures are the sum of all others': leave out what is no unit with "
    "drop_units={}": "依据名称，或因其数值等于其余单元之和：请用 drop_units={} 剔除",
    "{}: {#} row without a label takes that of the row above, as of a merged cell ({})": (
        "{}：{} 行无标签，按合并单元格取上一行的标签（{}）"
    ),
    "{}: {#} rows without a label take that of the row above, as of merged cells ({})": (
        "{}：{} 行无标签，按合并单元格取上一行的标签（{}）"
    ),
    "write the label on every row if that is wrong": "若有误，请在每行写明标签",
    "{}: {#} column of times is read by a rule ({})": "{}：{} 列时间按规则读取（{}）",
    "years of account are named by the year in which they begin ({} is {})": (
        "跨年度以起始年份命名（{} 记为 {}）"
    ),
    "years of account (FY2010) keep the year they are named by": "财年（FY2010）沿用其名称中的年份",
    "years of two digits are read as {} to {}": "两位数年份读作 {} 至 {}",
    "{}: {#} column name with a number that is taken for a name, not for a time ({})": (
        "{}：{} 个列名中的数字视为名称而非时间（{}）"
    ),
    "{}: {#} column names with numbers that are taken for names, not for times ({})": (
        "{}：{} 个列名中的数字视为名称而非时间（{}）"
    ),
    "by its place and its company it is no time (a price base, a size)": (
        "从位置和其他列名看它不是时间（如价格基期、尺寸）"
    ),
    "its figures count for every time": "其数值适用于所有时间",
    "{}: {#} column name has a time that stands in no other column ({})": (
        "{}：{} 个列名的时间未见于其他列（{}）"
    ),
    "{}: {#} column names have times that stand in no other column ({})": (
        "{}：{} 个列名的时间未见于其他列（{}）"
    ),
    "rename them if it is no time": "若不是时间，请改名",
    # index
    "without a bound at 0 the shares of these sets would be negative: {}": (
        "若不加非负约束，以下各组权重的份额将为负：{}"
    ),
    "one value only: {}; a constant carries no information and gets weight 0": (
        "只有一个取值的指标：{}；常数不含信息，权重为 0"
    ),
    "all values lie on one side of the target: {}; none scores 1, and the indicator ranks as a "
    "plain benefit or cost: check target and unit of measurement": (
        "所有取值都在目标值的同一侧：{}；没有单元得 1 分，该指标的排序等同于正向或负向指标："
        "请核对目标值与计量单位"
    ),
    "closeness is relative to the rows given: leaving one out can change the order of the others": (
        "贴近度相对于所给样本而言：剔除一个样本可能改变其余样本的排序"
    ),
    "KMO is below 0.5: the indicators share too little for components": (
        "KMO 低于 0.5：指标间共性太少，不适合主成分分析"
    ),
    "KMO and Bartlett's test are missing: indicators are exact sums of others, or too few vary": (
        "KMO 与 Bartlett 检验缺失：有指标是其他指标的线性组合，或有变化的指标太少"
    ),
    "Q is relative to the rows given: 0 for the best of them and 1 for the worst": (
        "Q 相对于所给样本而言：其中最优者为 0，最劣者为 1"
    ),
    "starts that are as good as the best give other weights: {}; see lowest and highest, and do "
    "not rely on one set": (
        "与最优解同样好的其他起点给出不同的权重：{}；参见 lowest 与 highest，不要只依赖一组权重"
    ),
    "a grey relational degree is no test and no correlation: read it beside chance_mean, the "
    "degree of the same series in random order": (
        "灰色关联度不是检验，也不是相关系数：请与 chance_mean（同一序列随机次序下的关联度）对照"
    ),
    "each year was ranked by itself: scores do not compare between years": (
        "各年分别排序：得分不可跨年比较"
    ),
    # coupling
    "all values of {} lie in [0, 1]: if they are scores scaled by their range, relative changes "
    "and states hang on the sample; give levels": (
        "{} 的取值均在 [0, 1] 内：若为极差标准化得分，变化率与脱钩状态取决于样本；请使用原始水平值"
    ),
    "{#} far link joins neighbors and counts as near only": (
        "{} 条远程联系的两端互为邻居，只计入近邻"
    ),
    "{#} far links join neighbors and count as near only": (
        "{} 条远程联系的两端互为邻居，只计入近邻"
    ),
    "{} weights sum to {} to {} by unit and not to 1: its C and D are no means and can leave "
    "[0, 1]": "{} 权重按单元求和为 {} 至 {} 而非 1：其 C、D 不是均值，可能超出 [0, 1]",
    "the unit has no partner there": "该单元在此范围内没有联系对象",
    "each subsystem's scores were put into [{}, {}] by their range over these rows: D and grades "
    "do not compare with those of other samples or years": (
        "各子系统得分已按本样本的极差变换到 [{}, {}]：D 与协调等级不可与其他样本或年份比较"
    ),
    "first is {}, second is {}": "前者为 {}，后者为 {}",
    "in {#} rows the second score is 0: the second lags": "{} 行的后者得分为 0：判为后者滞后",
    "in {#} row the second score is 0: the second lags": "{} 行的后者得分为 0：判为后者滞后",
    "both shares are 0": "两项份额均为 0",
    "this C is a mean of grey relational coefficients and not that of coupling_coordination; read "
    "it beside chance_mean": (
        "此处的 C 为灰色关联系数的均值，并非耦合协调模型中的 C；请与 chance_mean 对照"
    ),
    "indicators without weight are in no figure: {}": "权重为 0 的指标未纳入计算：{}",
    "the driver did not change, or a base is 0": "驱动力无变化，或基期为 0",
    # association
    "The permutations move x and y together: they hold r fixed, and p_sim is about how the pairs "
    "lie in space, not about whether x has to do with y.": (
        "置换时 x 与 y 成对移动、r 不变："
        "p_sim 检验的是各对数值在空间上的排列，而非 x 与 y 是否有关。"
    ),
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
    "{} times: hot in 90% of steps is then hot in every one, no unit can be a historical spot, "
    "and trends are hardly seen": (
        "仅有 {} 期：90% 的时期即为每一期，不可能出现历史热点，趋势也几乎无法检出"
    ),
    "each step's values are compared with those of the same steps": "各期数值与同期数值比较",
    "each step's values are compared with those of all steps, so that a rise everywhere makes "
    "late steps hot everywhere": "各期数值与全部时期比较，普遍上升会使后期处处成为热点",
    "{} units are linked to all others, and have no score in some step": (
        "{} 个单元与其他所有单元相连，在某些时期没有得分"
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
    # efficiency
    "{} distances to the frontier of another time are -1 or less, where no efficiency exists, and "
    "their figures are missing: {}; kind='luenberger' adds distances up and needs none, "
    "kind='global' has none": (
        "{} 个相对于其他时期前沿的距离不大于 -1，不存在相应的效率值，结果缺失：{}；"
        "kind='luenberger' 以距离相加而无需效率值，kind='global' 则不会出现"
    ),
    "means leave out {} of {} changes of which a distance to the frontier of another time does not "
    "exist, in every column alike; kind='global' measures against one frontier of all times and "
    "leaves no gaps": (
        "均值在各列中一律剔除了 {1} 个变化中的 {0} 个，因其相对于其他时期前沿的距离不存在；"
        "kind='global' 以全部时期的同一前沿度量，不会出现缺口"
    ),
    "{} units{} for {} inputs and {} outputs: with fewer than {} units most lie on the frontier "
    "whatever they do; drop columns or pool": (
        "{0} 个单元{1}对应 {2} 项投入与 {3} 项产出：少于 {4} 个单元时多数必然位于前沿面上；"
        "请减少指标或合并年份"
    ),
    "{} programs of {} could not be solved, since amounts span too many orders, and their figures "
    "are missing: {}; leave out rows of another size, or amounts next to zero": (
        "{1}中 {0} 个线性规划因数值相差的数量级过大而无法求解，相应结果缺失：{2}；"
        "请剔除规模悬殊的行或接近零的数值"
    ),
    "{} programs of {} have no solution and their figures are missing: {}": (
        "{1}中 {0} 个线性规划无解，相应结果缺失：{2}"
    ),
    # network
    "a gravity network is a picture of its formula: it was computed from masses and distances and "
    "not observed, so that its density, its center and what it goes with are in part the "
    "formula's (table: formula); regressing it on what it was made from is circular": (
        "引力网络是其公式的写照：由质量与距离算出而非观测所得，其密度、中心及相关因素部分来自公式本身"
        "（见“公式自身的结果”表）；以构造它的变量解释它属于循环论证"
    ),
    "{} pairs have equal wealth, hence economic distance and strength 0, however near they are": (
        "{} 对单元的人均水平相同，经济距离与联系强度为 0，无论相距多近"
    ),
    "a unit is out of reach; harmonic closeness counts it as 0": (
        "存在无法到达的单元；调和接近度将其计为 0"
    ),
    "{} is a gravity network, computed from masses, distances and wealth: what it goes with of "
    "these, or of what depends on them, is its formula and no finding": (
        "{} 是由质量、距离与人均水平算出的引力网络："
        "它与这些变量及其相关变量的关系是公式使然，并非发现"
    ),
    "CONCOR finds blocks in any network: densities spread by {} over blocks, and by {} to {} where "
    "ties are rewired at random": (
        "CONCOR 在任何网络中都能分出板块：板块密度的离散程度为 {}，随机重连网络为 {} 至 {}"
    ),
    "block 0, as units without ties: {}": "以下单元没有联系，记为板块 0：{}",
    "correlation with the ideal pattern {}; of rewired networks {} to {}, whose units keep how "
    "many ties they have": ("与理想模式的相关为 {}；保持各单元联系数的随机重连网络为 {} 至 {}"),
    "{} of {} starts ended at a core as good as this": "{1} 次搜索中有 {0} 次得到同样好的核心",
    "{} pairs, R2 = {}": "{} 对单元，R² = {}",
    "y is 0 and 1: coefficients are differences in the probability of a tie": (
        "y 取 0 和 1：系数为联系概率之差"
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
    # projections
    "Albers equal-area conic, parallels {} and {}, meridian {}": (
        "阿尔伯斯等积圆锥投影，标准纬线{}、{}，中央经线{}"
    ),
    "Albers equal-area conic for the conterminous United States (EPSG:5070)": (
        "美国本土阿尔伯斯等积圆锥投影（EPSG:5070）"
    ),
    "Lambert conformal conic, parallels {} and {}, meridian {}": (
        "兰伯特等角圆锥投影，标准纬线{}、{}，中央经线{}"
    ),
    "Lambert azimuthal equal-area, centered on {}, {}": "兰伯特等积方位投影，中心{}、{}",
    "Equal Earth, centered on {}": "等积地球投影，中央经线{}",
    "{}° N": "{}°N",
    "{}° S": "{}°S",
    "{}° E": "{}°E",
    "{}° W": "{}°W",
    # tables
    "Stars by the corrected p-value, and only where a row counts as significant.": (
        "星号依据校正后的 p 值，且仅标注判定为显著的行。"
    ),
    "Left out of every figure, as units without a neighbor: {}.": (
        "因无邻居而未纳入任何结果的单元：{}。"
    ),
    "In no move, as units without a neighbor: {}.": "因无邻居而不计入转移的单元：{}。",
    "No test where units of a grade are too few to vary: {}.": (
        "单元数过少、无从变动的等级组合不作检验：{}。"
    ),
    "x and y are each autocorrelated{}: p_sim, which takes all orders of x for alike, is too small "
    "then. Two independent variables like that reject 18% to 53% at 5%: I does not show by itself "
    "that one has to do with the other.": (
        "x 与 y 各自均存在空间自相关{}：p_sim 视 x 的所有排列等可能，因而偏小；此类相互独立的"
        "变量在 5% 水平下拒绝率可达 18% 至 53%：I 本身并不能说明二者有关。"
    ),
    "This test has little power: with {#} rows a factor of q = 0.3 differs significantly from one "
    "of q = {} or more only, and of two unrelated factors without effect none of 1,000 pairs did "
    "at 10%. Not significant does not mean alike.": (
        "该检验功效很低：{} 行数据时，q = 0.3 的因子只有与 q ≥ {} 的因子相比才会显著；"
        "两个无关且无效应的因子，1,000 对在 10% 水平下无一显著。不显著不等于相同。"
    ),
    'p_synergy says "more than chance", not "more than the sum".': (
        "p_synergy 表示“超出偶然”，而非“超出两者之和”。"
    ),
    'p_synergy says "more than chance", not "more than the sum", and with '
    "null='stronger_factor' it can reject too often where rows are few (n = {#} here): up to 9.5% "
    "of pairs that do not interact at 5% with 31 rows. Judge by p_gain.": (
        "p_synergy 表示“超出偶然”，而非“超出两者之和”；且在 null='stronger_factor' 下样本少时"
        "拒绝过多（此处 n = {}）：31 行时无交互的因子对在 5% 水平下最多有 9.5% 被拒绝。"
        "请依据 p_gain 判断。"
    ),
    "{#} of {#} pairs have no test: a stratum of one row has no spread, and strata of one value "
    "each have none to compare.": (
        "{1} 对中有 {0} 对无法检验：单行分层没有离散度，各自只有一个取值的分层无从比较。"
    ),
    "Pairs of factors with q = 1 each have no F.": "两个因子 q 均为 1 时没有 F 值。",
    "p_norm is missing for {#} units: the value, or all others that could stand around it, do not "
    "vary beside the largest.": (
        "{} 个单元没有 p_norm：与最大值相比，其取值或周围可能出现的取值没有变动。"
    ),
    # regressions
    "Standard errors are clustered in {#} clusters as by Stata's vce(cluster): factor G/(G-1) "
    "(n-1)/(n-k), t with {#} degrees of freedom.": (
        "标准误按 {} 个聚类计算，同 Stata 的 vce(cluster)：系数 G/(G-1) (n-1)/(n-k)，"
        "t 检验自由度为 {}。"
    ),
    "Standard errors are clustered in {#} clusters as by Stata's vce(cluster): factor G/(G-1), "
    "z.": ("标准误按 {} 个聚类计算，同 Stata 的 vce(cluster)：系数 G/(G-1)，z 检验。"),
    "Standard errors are clustered in {#} clusters and bias-reduced (CR2, Bell and McCaffrey), t "
    "with the degrees of freedom of Satterthwaite.": (
        "标准误按 {} 个聚类计算并作偏差修正（CR2，Bell 与 McCaffrey），"
        "t 检验用 Satterthwaite 自由度。"
    ),
    "{#} clusters are few: the test of a coefficient can reject up to twice as often as its level "
    "says; cov='cr2' does not.": (
        "{} 个聚类偏少：系数检验的实际拒绝率可达名义水平的两倍；cov='cr2' 则不会。"
    ),
    "{#} clusters are few: the test of a coefficient rejects more often than its level says.": (
        "{} 个聚类偏少：系数检验的实际拒绝率高于名义水平。"
    ),
    "Units have {#} to {#} times: the variances are Swamy and Arora's with the harmonic mean of "
    "these numbers, as by Stata's xtreg, re; plm, and the option sa of Stata, weight units by "
    "their times (Baltagi and Chang) and differ.": (
        "各单元有 {} 至 {} 期：方差分量按 Swamy-Arora 法，期数取调和平均，同 Stata 的 xtreg, re；"
        "plm 与 Stata 的 sa 选项按期数加权（Baltagi-Chang），结果不同。"
    ),
    "All slopes at once have no test (f): they are too many for the clusters.": (
        "全部斜率的联合检验（f）不存在：斜率个数超出聚类数所能支持。"
    ),
    "Mundlak's test is missing: no covariate varies both between units and within them, or units "
    "are too few for the means of as many covariates.": (
        "Mundlak 检验缺失：没有协变量同时在单元间与单元内变化，或单元数少于所需的均值个数。"
    ),
    # strata
    "whole numbers of few distinct values were cut into fewer strata: {}; if they are codes of "
    "classes, such as soil types, name them: categorical={}": (
        "取值较少的整数被切成更少的分层：{}；若为类别编码（如土壤类型），请指定 categorical={}"
    ),
    "whole numbers of few distinct values are compared as amounts: {}; if they are codes of "
    "classes, such as soil types, their differences mean nothing: leave them out, or give a "
    "column of 0 and 1 for each class": (
        "取值较少的整数被当作数量比较：{}；若为类别编码（如土壤类型），其差值没有意义："
        "请剔除，或改为每类一列的 0/1 变量"
    ),
    "{} ({} into {})": "{}（{} 个取值切成 {} 层）",
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
    words = sentence.split(", ")
    told = [say(word, language) for word in words]
    if all(one != other for one, other in zip(words, told, strict=True)):
        return "、".join(told)  # a list of columns
    return say(sentence, language)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Compile the templates, the longest first: it says most of what it matches."""
    patterns = []
    for template in sorted(_SENTENCES, key=len, reverse=True):
        text = re.escape(template).replace(r"\{\}", "(.*?)").replace(r"\{\#\}", r"([\d,]+)")
        patterns.append((re.compile(text), _SENTENCES[template]))
    return patterns
