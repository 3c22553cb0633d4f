"""Chinese of what is said of spatial association."""

from __future__ import annotations

SENTENCES = {
    "units with one neighbor, whose value alone makes their figure: {}; read them as a pair, or "
    "link more (method='knn', n_attach=)": (
        "只有一个邻居的单元，其统计量仅由该邻居决定：{}；请成对解读，"
        "或增加链接（method='knn'、n_attach=）"
    ),
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
}
