"""Chinese of what is said of coupling."""

from __future__ import annotations

SENTENCES = {
    "{} has the smallest error ahead: mase {}, from {#} origins a unit. The best method of a sing"
    "le "
    "unit is chosen from few forecasts: prefer the best over all units.": (
        "{} 的样本外误差最小：MASE {}，每单元 {} 个起点。单个单元的最优方法由少数预测选出："
        "宜采用全部单元的最优方法。"
    ),
    "No method does clearly better than carrying the last value on.": (
        "没有方法明显优于沿用末期值。"
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
    "without rescale D runs from {} to {}, with it from {} to {}; {#} of {#} rows change their gr"
    "ade, "
    "and the orders correlate by {}": (
        "不变换时 D 为 {} 至 {}，变换后为 {} 至 {}；{}/{} 行的协调等级改变，排名相关系数为 {}"
    ),
    "nothing, as D is constant": "无（D 为常数）",
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
}
