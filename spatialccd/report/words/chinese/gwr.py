"""Chinese of what is said of GWR and its kin."""

from __future__ import annotations

SENTENCES = {
    "AICc compares models of one y on the same rows: lower is better, and a difference below 3 "
    "decides nothing": (
        "AICc 仅可在同一因变量、同一样本的模型之间比较：越小越好，相差不足 3 则难分优劣"
    ),
    "{}: fitted to other rows, another y or another scale than the first model, so that R2, AICc "
    "and RSS do not compare with it": (
        "{}：样本、因变量或尺度与第一个模型不同，其 R²、AICc 与残差平方和不可与之比较"
    ),
    "{}: golden section ended at {}, the curve's minimum is at {} and lower by {} "
    "(see search='exhaustive')": (
        "{}：黄金分割搜索止于 {}，而准则曲线的最小值在 {}，低 {}（见 search='exhaustive'）"
    ),
    "{}: one coefficient for all places, as fixed_terms has it.": (
        "{}：各地系数相同（由 fixed_terms 指定）。"
    ),
    "{}: one coefficient for all places and times, as fixed_terms has it.": (
        "{}：各地各时系数相同（由 fixed_terms 指定）。"
    ),
    "Fixed terms by the two steps of Brunsdon et al. (1999) in closed form, which differ from "
    "those of an MGWR.": "全局系数按 Brunsdon 等（1999）两步法的闭式解求得，与 MGWR 的不同。",
    "The interval of the bandwidth is over the bandwidths of .curve.": (
        "带宽区间仅基于 .curve 所列的带宽。"
    ),
    "One unit of time counts as {} units of distance.": "一个时间单位相当于 {} 个距离单位。",
    "One unit of time counts as so many units of distance: {}.": (
        "各变量的一个时间单位相当于以下距离单位：{}。"
    ),
    "Intervals of bandwidths hold at the time scales found, which count as known there.": (
        "带宽区间以所得时间尺度为前提，视其为已知。"
    ),
    "{}: the search ended at time scale {}; {} is lower by {}": (
        "{}：搜索止于时间尺度 {}；{} 的准则值低 {}"
    ),
    "{}: the kernel reaches one time only around most observations.": (
        "{}：多数观测的核仅覆盖一个时点。"
    ),
    "Only the same time and the past count around an observation.": (
        "仅同期与过去的观测参与加权。"
    ),
    "AICc counts tr S + 1 parameters throughout, as GWR and mgwr do; mgtwr puts tr S into its "
    "correction for small samples and prints a lower one.": (
        "AICc 全程以 tr S + 1 为参数个数，与 GWR 及 mgwr 一致；"
        "mgtwr 的小样本修正项用 tr S，其值偏低。"
    ),
    "Sums over neighbors are taken by moments in a tree, exactly; intervals of bandwidths are over "
    "those that the search visited.": (
        "邻域加权和由树的矩精确求得；带宽区间仅基于搜索经过的带宽。"
    ),
    "Standard errors are estimates with a relative error of {}": "标准误为估计值，相对误差 {}",
    "local_r2 is missing at {} places around which y has one value.": (
        "{} 个地点周围的 y 只有一个取值，local_r2 缺失。"
    ),
    "y varies more than Poisson counts do, by a factor of {} (Pearson's chi-squared over n - "
    "tr S): errors are nearer to se times {}.": (
        "y 的变异为泊松计数的 {} 倍（皮尔逊卡方除以 n - tr S）：实际误差更接近标准误的 {} 倍。"
    ),
    "Shares count as one trial each, so that se is that of 0/1 values; of shares of many it is too "
    "large (dispersion {}).": (
        "每个比例按一次试验计，标准误即 0/1 取值的标准误；比例由多次试验得来时偏大（离散度 {}）。"
    ),
    "mgwr stops climbing a likelihood as soon as any one coefficient settles; Cook's distance is "
    "of raw residuals.": ("mgwr 在任一系数稳定时即停止迭代似然；库克距离取自原始残差。"),
    "mgwr's deviance takes every share below 1 for 0: aicc, aic, bic, r2 and the bandwidth "
    "searched are not of these shares; see engine='native'.": (
        "mgwr 的偏差把小于 1 的比例都当作 0：aicc、aic、bic、r2 与搜索所得带宽均非这些比例之值；"
        "见 engine='native'。"
    ),
    "inference is stochastic for {} units and {} terms: above {} units, or beyond memory_limit, "
    "standard errors and t come from random probes, which differ from call to call unless seed= is "
    "given; se_error says how far they are off, and inference='exact' computes them": (
        "{} 个单元、{} 项采用随机推断：超过 {} 个单元或超出 memory_limit 时，标准误与 t 值来自"
        "随机探针，未给定 seed= 时每次调用各不相同；误差见 se_error，inference='exact' 可精确计算"
    ),
    "inference is stochastic, because {}; se_error says how far standard errors are off": (
        "采用随机推断，因为{}；标准误的误差见 se_error"
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
    "MGTWR predictions have no standard errors: the projections of backfitting are known at the "
    "observations only.": "MGTWR 预测没有标准误：后退拟合的投影仅在观测点已知。",
    "se is that of a new observation: sigma sqrt(1 + x'CC'x).": (
        "标准误针对新观测：sigma sqrt(1 + x'CC'x)。"
    ),
    "{}: outside the times fitted ({} to {}), predicted from the nearest of them without carrying "
    "on a trend.": "{}：超出拟合时段（{} 至 {}），由最近时点预测，未外推趋势。",
}
