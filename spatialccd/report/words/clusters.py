"""The clusters that local statistics find, and the legends they stand in."""

from __future__ import annotations

#: Chinese of each cluster.
CLUSTERS = {
    "High-High": "高-高聚集",
    "Low-Low": "低-低聚集",
    "High-Low": "高-低异常",
    "Low-High": "低-高异常",
    "Other positive": "其他正相关",
    "Negative": "负相关",
    "Hot spot": "热点",
    "Cold spot": "冷点",
    "Not significant": "不显著",
    "No neighbors": "无邻居",
}
#: Which clusters a statistic finds, by the heading of its legend.
FAMILIES = {
    "Local Moran cluster": ("High-High", "Low-Low", "High-Low", "Low-High"),
    "Hot and cold spots": ("Hot spot", "Cold spot"),
    "Local Geary cluster": ("High-High", "Low-Low", "Other positive", "Negative"),
}
