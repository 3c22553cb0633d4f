"""The clusters that local statistics find, and the legends they stand in."""

from __future__ import annotations

_SPOTS = {
    "New": "新增",
    "Consecutive": "连续",
    "Intensifying": "加强",
    "Persistent": "持续",
    "Diminishing": "减弱",
    "Sporadic": "分散",
    "Oscillating": "振荡",
    "Historical": "历史",
}
#: Chinese of what a hot or cold spot does over the years (as in ArcGIS).
_PATTERNS = {
    f"{kind} {sort} spot": f"{kind_zh}的{sort_zh}点"
    for sort, sort_zh in (("hot", "热"), ("cold", "冷"))
    for kind, kind_zh in _SPOTS.items()
}

#: Chinese of each cluster.
CLUSTERS = {
    "High-High": "高-高聚集",
    "Low-Low": "低-低聚集",
    "High-Low": "高-低异常",
    "Low-High": "低-高异常",
    "Other positive": "其他正相关",
    "Negative": "负相关",
    "Positive": "多变量正相关",
    "Among its like": "同类聚集",
    "Among others": "异类包围",
    "Heterogeneous": "离散较大",
    "Homogeneous": "离散较小",
    "Hot spot": "热点",
    "Cold spot": "冷点",
    **_PATTERNS,
    "No pattern": "未检测到模式",
    "Not significant": "不显著",
    "No neighbors": "无邻居",
}
#: Which clusters a statistic finds, by the heading of its legend.
FAMILIES = {
    "Local Moran cluster": ("High-High", "Low-Low", "High-Low", "Low-High"),
    "Hot and cold spots": ("Hot spot", "Cold spot"),
    "Emerging hot spots": (*_PATTERNS, "No pattern"),
    "Local multivariate Geary cluster": ("Positive", "Negative"),
    "Local join count cluster": ("Among its like", "Among others"),
    "Local heteroscedasticity": ("Heterogeneous", "Homogeneous"),
    "Local Geary cluster": ("High-High", "Low-Low", "Other positive", "Negative"),
}
