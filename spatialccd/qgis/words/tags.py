"""Words by which a toolbox finds a tool, beyond its name: the field's, in both languages."""

from __future__ import annotations

#: Of all tools of a station.
_STATIONS = {
    "index": ("composite index", "综合评价", "权重", "指标"),
    "coupling": ("coupling coordination", "CCD", "耦合协调", "耦合"),
    "dynamics": ("inequality", "时空演变", "差异", "演变"),
    "efficiency": ("efficiency", "效率", "数据包络"),
    "association": ("ESDA", "spatial autocorrelation", "空间自相关", "空间关联"),
    "network": ("network", "网络", "引力"),
    "drivers": ("drivers", "driving factors", "驱动因素", "影响因素"),
    "report": ("map", "制图", "地图"),
}
#: Of tools whose name begins, or ends, with a word.
_TOOLS = {
    "moran": ("Moran", "Moran's I", "莫兰", "莫兰指数"),
    "local_moran": ("LISA", "cluster map", "hotspot", "hot spot", "热点", "聚类", "局部自相关"),
    "lisa": ("LISA", "聚类", "时空跃迁"),
    "geary": ("Geary's C", "吉尔里"),
    "getis_ord": ("Getis-Ord", "Gi*", "hotspot", "hot spot", "热点", "冷热点"),
    "hot_spots": ("hotspot", "hot spot", "space-time cube", "热点", "时空热点"),
    "detector": ("Geodetector", "geographical detector", "地理探测器", "q statistic"),
    "stratify": ("Geodetector", "地理探测器", "discretize", "reclassify", "离散化"),
    "strata": ("Geodetector", "地理探测器", "OPGD", "离散化"),
    "gwr": ("geographically weighted regression", "地理加权回归"),
    "gtwr": ("geographically and temporally weighted regression", "时空地理加权回归"),
    "mgtwr": (
        "multiscale geographically and temporally weighted regression",
        "多尺度时空地理加权回归",
    ),
    "dea": ("data envelopment analysis", "super efficiency", "SBM", "超效率"),
    "directional_distance": ("DDF", "undesirable output", "非期望产出"),
    "malmquist": ("TFP", "productivity", "全要素生产率"),
    "entropy_weights": ("熵权法", "熵值法"),
    "composite_index": ("entropy weight", "熵权法", "熵值法"),
    "topsis": ("TOPSIS", "entropy TOPSIS", "熵权TOPSIS"),
    "ahp_weights": ("analytic hierarchy process", "层次分析法"),
    "obstacle_degree": ("obstacle factors", "障碍因子", "障碍度"),
    "decoupling": ("Tapio", "脱钩"),
    "dagum_gini": ("Gini", "Dagum", "基尼系数"),
    "theil": ("Theil", "泰尔指数"),
    "kernel_density": ("KDE", "核密度"),
    "markov": ("Markov chain", "马尔可夫"),
    "convergence": ("convergence", "收敛"),
    "mean_center": ("gravity center", "重心迁移"),
    "standard_deviational_ellipse": ("SDE", "标准差椭圆"),
    "neighbors": ("spatial weights", "W matrix", "空间权重矩阵", "邻接矩阵"),
    "spatial_panel": ("SDM", "SAR", "SEM", "spatial Durbin", "空间杜宾", "空间计量"),
    "spatial_regression": ("SDM", "SAR", "SEM", "spatial lag", "空间滞后", "空间计量"),
    "join": ("join", "连接", "匹配"),
    "zonal_panel": ("zonal statistics", "分区统计", "夜间灯光", "NDVI"),
}


def tags(name: str, station: str) -> list[str]:
    """List the words that find a tool.

    Examples
    --------
    >>> {"Gi*", "热点", "ESDA"} <= set(tags("local_getis_ord", "association"))
    True
    """
    own = [
        word
        for part, words in _TOOLS.items()
        if name == part or name.endswith(f"_{part}") or name.startswith(f"{part}_")
        for word in words
    ]
    return list(dict.fromkeys([*own, *_STATIONS.get(station, ())]))
