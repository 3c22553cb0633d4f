"""Chinese of what is said of GWR and its kin."""

from __future__ import annotations

SENTENCES = {
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
}
