"""Chinese of what is said of networks."""

from __future__ import annotations

SENTENCES = {
    # network
    "a gravity network is a picture of its formula: it was computed from masses and distances and "
    "not observed, so that its density, its center and what it goes with are in part the "
    "formula's (table: formula); regressing it on what it was made from is circular": (
        "引力网络是其公式的写照：由质量与距离算出而非观测所得，其密度、"
        "中心及相关因素部分来自公式本身"
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
}
