"""Chinese of what maps and charts show; the methods' own stands in the report's words."""

from __future__ import annotations

TEXTS = {
    "map_grades": "绘制一年或多年的耦合协调等级图。",
    "map_values": "将一列数值分级或按连续色带绘制成图，可绘制一年或多年。",
    "map_lisa": "绘制局部空间自相关的聚类与异常值，或冷热点；只有显著的单元着色。",
    "map_coefficients": "绘制局部回归系数，每个变量一幅，颜色以零为界；不显著的单元为浅色。",
    "map_bandwidths": "绘制每个变量的带宽所覆盖的范围，只用于自适应带宽。",
    "map_bivariate": "将两列数值绘制在一幅图中：各分三级，交叉为九类。",
    "map_risk": "绘制风险探测各层的均值。",
    "map_centers": "绘制重心的移动或标准差椭圆。",
    "chart_grades": "绘制各年协调等级的构成。",
    "chart_obstacles": "绘制主要障碍因子及其障碍度。",
    "chart_scissors": "绘制两个子系统的变化速度与剪刀差。",
    "chart_density": "绘制逐年的核密度曲线。",
    "chart_dagum": "绘制 Dagum 基尼系数及其分解随年份的变化。",
    "chart_transitions": "绘制转移概率矩阵。",
    "chart_clubs": "绘制各收敛俱乐部的相对路径。",
    "chart_heterogeneity": "绘制各组的差异及其检验。",
    "chart_moran": "绘制莫兰散点图。",
    "chart_factors": "绘制各因子的 q 值及其显著性。",
    "chart_interactions": "绘制因子两两交互的 q 值。",
    "chart_effects": "绘制空间面板的直接、间接与总效应。",
    "chart_threshold": "绘制门槛的似然比曲线与置信区间。",
    "moves": "重心逐期移动的线段。",
    "links": "每个单元与其各邻居之间的连线及权重。",
}
