"""Chinese of what is said of figures and tables."""

from __future__ import annotations

SENTENCES = {
    # maps and charts
    "no Chinese font was found: legend and notes are in English; {}": (
        "未找到中文字体，图例与注记为英文；{}"
    ),
    "no Chinese font was found: labels are in English; {}": "未找到中文字体，图中文字为英文；{}",
    "no installed font holds {} (drawn as {}); {}": "已安装的字体缺少 {}（以 {} 代替）；{}",
    "{} areas have no geometry and are not drawn: {}": "{} 个区域没有几何，未绘制：{}",
    "areas has no CRS: drawn as it is, without scale bar and north arrow; set one with "
    "areas.set_crs(...)": "边界没有坐标参考系：按原样绘制，无比例尺与指北针",
    "the inset of the South China Sea is left out: the maritime boundary that belongs into it is "
    "not here. {}; or give lines of your own as overlay=": (
        "南海诸岛附图未绘制：缺少应在其中的海上界线。{}；或以 overlay= 提供自己的界线"
    ),
    "this needs the package {}; install it with: pip install {}": (
        "需要软件包 {}；安装命令：pip install {}"
    ),
    "nothing lies within inset={}, which is left out; give the lines that belong there as "
    "overlay=": ("inset={} 范围内没有任何内容，附图未绘制；请以 overlay= 提供应在其中的界线"),
    # projections
    "Areas are drawn {} times as large at {} as at the equator.": (
        "在{1}处面积放大为赤道处的 {0} 倍。"
    ),
    "1 name found no room.": "1 个名称因空间不足未标注。",
    "{} names found no room.": "{} 个名称因空间不足未标注。",
    "Albers equal-area conic, parallels {} and {}, meridian {}": (
        "阿尔伯斯等积圆锥投影，标准纬线{}、{}，中央经线{}"
    ),
    "Albers equal-area conic for the conterminous United States (EPSG:5070); Alaska (0.35 of the "
    "scale), Hawaii and territories moved": (
        "美国本土阿尔伯斯等积圆锥投影（EPSG:5070）；阿拉斯加（比例尺的 0.35 倍）、"
        "夏威夷及海外领地已移位"
    ),
    "Albers equal-area conic for the conterminous United States (EPSG:5070)": (
        "美国本土阿尔伯斯等积圆锥投影（EPSG:5070）"
    ),
    "Lambert conformal conic, parallels {} and {}, meridian {}": (
        "兰伯特等角圆锥投影，标准纬线{}、{}，中央经线{}"
    ),
    "Lambert azimuthal equal-area, centered on {}, {}": "兰伯特等积方位投影，中心{}、{}",
    "Equal Earth, centered on {}": "等积地球投影，中央经线{}",
    "{}° N": "{}°N",
    "{}° S": "{}°S",
    "{}° E": "{}°E",
    "{}° W": "{}°W",
    # tables
    "Stars by the corrected p-value, and only where a row counts as significant.": (
        "星号依据校正后的 p 值，且仅标注判定为显著的行。"
    ),
    "Left out of every figure, as units without a neighbor: {}.": (
        "因无邻居而未纳入任何结果的单元：{}。"
    ),
    "In no move, as units without a neighbor: {}.": "因无邻居而不计入转移的单元：{}。",
    "No test where units of a grade are too few to vary: {}.": (
        "单元数过少、无从变动的等级组合不作检验：{}。"
    ),
    "x and y are each autocorrelated{}: p_sim, which takes all orders of x for alike, is too small "
    "then. Two independent variables like that reject 18% to 53% at 5%: I does not show by itself "
    "that one has to do with the other.": (
        "x 与 y 各自均存在空间自相关{}：p_sim 视 x 的所有排列等可能，因而偏小；此类相互独立的"
        "变量在 5% 水平下拒绝率可达 18% 至 53%：I 本身并不能说明二者有关。"
    ),
    "This test has little power: with {#} rows a factor of q = 0.3 differs significantly from one "
    "of q = {} or more only, and of two unrelated factors without effect none of 1,000 pairs did "
    "at 10%. Not significant does not mean alike.": (
        "该检验功效很低：{} 行数据时，q = 0.3 的因子只有与 q ≥ {} 的因子相比才会显著；"
        "两个无关且无效应的因子，1,000 对在 10% 水平下无一显著。不显著不等于相同。"
    ),
    'p_synergy says "more than chance", not "more than the sum".': (
        "p_synergy 表示“超出偶然”，而非“超出两者之和”。"
    ),
    'p_synergy says "more than chance", not "more than the sum", and with '
    "null='stronger_factor' it can reject too often where rows are few (n = {#} here): up to 9.5% "
    "of pairs that do not interact at 5% with 31 rows. Judge by p_gain.": (
        "p_synergy 表示“超出偶然”，而非“超出两者之和”；且在 null='stronger_factor' 下样本少时"
        "拒绝过多（此处 n = {}）：31 行时无交互的因子对在 5% 水平下最多有 9.5% 被拒绝。"
        "请依据 p_gain 判断。"
    ),
    "{#} of {#} pairs have no test: a stratum of one row has no spread, and strata of one value "
    "each have none to compare.": (
        "{1} 对中有 {0} 对无法检验：单行分层没有离散度，各自只有一个取值的分层无从比较。"
    ),
    "Pairs of factors with q = 1 each have no F.": "两个因子 q 均为 1 时没有 F 值。",
    "p_norm is missing for {#} units: the value, or all others that could stand around it, do not "
    "vary beside the largest.": (
        "{} 个单元没有 p_norm：与最大值相比，其取值或周围可能出现的取值没有变动。"
    ),
    "Stars of a pair: it explains more than the stronger of its factors.": (
        "因子对的星号：其解释力显著高于较强的单因子。"
    ),
    "n is that of the year with most changes.": "n 为单元最多一年的单元数。",
    # labels
    "[labels] names variables that this study does not have: {}": (
        "[labels] 中有本研究没有的变量：{}"
    ),
    # lists
    "{} and {#} more": "{}，另有 {} 个",
}
