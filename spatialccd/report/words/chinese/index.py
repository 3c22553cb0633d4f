"""Chinese of what is said of indices."""

from __future__ import annotations

SENTENCES = {
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
}
