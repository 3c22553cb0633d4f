"""Chinese of what is said of spatial panels, thresholds and mediation."""

from __future__ import annotations

SENTENCES = {
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
    "Hausman's p of {} is by {#} of {#} draws: the others have no test.": (
        "{0} 的 Hausman 检验 p 值由 {2} 次抽样中的 {1} 次得出：其余抽样无法检验。"
    ),
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
