"""Chinese of what is said of efficiency."""

from __future__ import annotations

SENTENCES = {
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
}
