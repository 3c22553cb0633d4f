"""Chinese of what is said of the data station: tables, names, borders, missing values."""

from __future__ import annotations

SENTENCES = {
    "there is no folder to keep compiled loops in, so that each process compiles them anew (some "
    "seconds); set NUMBA_CACHE_DIR to a folder that can be written": (
        "没有可存放编译结果的文件夹，每个进程须重新编译（数秒）；"
        "请将 NUMBA_CACHE_DIR 设为可写的文件夹"
    ),
    # join and panel
    "{}; left out, and listed in the join report": "{}；未纳入分析，详见数据连接报告",
    "{}; left out, and listed in the join report; maps draw {} of these areas as no data": (
        "{}；未纳入分析，详见数据连接报告；地图将其中 {} 个区域绘为“无数据”"
    ),
    "{#} unit{} no area ({}) and {#} area{} no data ({})": (
        "面板中 {0} 个单元无对应边界（{2}），{3} 个区域无数据（{5}）"
    ),
    "{#} units of the panel have no area ({})": "面板中 {} 个单元无对应边界（{}）",
    "{#} unit of the panel has no area ({})": "面板中 {} 个单元无对应边界（{}）",
    "{#} units of the panel have no area:": "面板中 {} 个单元无对应边界：",
    "{#} unit of the panel has no area:": "面板中 {} 个单元无对应边界：",
    "{#} areas have no data ({})": "{} 个区域无数据（{}）",
    "{#} area has no data ({})": "{} 个区域无数据（{}）",
    "the panel is of {#} of the layer's {#} areas": "面板仅含图层{1}个区域中的{0}个",
    "{#} areas have no data:": "{} 个区域无数据：",
    "{#} area has no data:": "{} 个区域无数据：",
    "{} (perhaps {})": "{}（可能是 {}）",
    "Units in both: {}": "两侧均有的单元：{}",
    "  by code: {}": "  按代码：{}",
    "  by leading zeros: {}": "  补前导零：{}",
    "  by code of a municipality: {}": "  按直辖市代码：{}",
    "  by name without suffix: {}": "  略去通名：{}",
    "  by name with suffix: {}": "  补上通名：{}",
    "{#} label was matched with a suffix left out or added ({}); check them, and write the full "
    "names or codes, or say aliases={name: code}": (
        "{} 个标签增减通名后才匹配（{}）；请核对，并改写全称或代码，或以 aliases= 指定"
    ),
    "{#} labels were matched with a suffix left out or added ({}); check them, and write the full "
    "names or codes, or say aliases={name: code}": (
        "{} 个标签增减通名后才匹配（{}）；请核对，并改写全称或代码，或以 aliases= 指定"
    ),
    "{#} of {#} rows of the crosswalk met no row of the panel ({}); compare their codes, names and "
    "years with the panel's": (
        "代码变更表的 {1} 行中有 {0} 行在面板中没有对应（{2}）；请核对代码、名称与年份"
    ),
    "{#} of the panel's codes are now shared among several, and are left as they are ({}); give a "
    "crosswalk with weights for them": (
        "面板中 {} 个代码已拆分为多个，未作转换（{}）；请提供带权重的代码变更表"
    ),
    "the crosswalk sums {}, which by name or range (0-1, 0-100) may be rates or shares; name rates "
    "in averaged=, and what weighs them in average_by=": (
        "按代码变更加总的 {} 从名称或取值范围（0-1、0-100）看可能是比率；"
        "比率请列入 averaged=，其权重列入 average_by="
    ),
    "{#} of {#} areas have values under less than 99% of their land ({}): statistics are those of "
    "that part, and missing where there is none; check the raster's extent and its mark of no "
    "data": (
        "{1} 个区域中有 {0} 个不足 99% 的面积有栅格数值（{2}）："
        "统计量只代表该部分，全无数值者为缺失；"
        "请核对栅格的范围与无数据标记"
    ),
    "  by aliases=: {}": "  按指定别名：{}",
    "  by alias: {}": "  按别名：{}",
    "  by {}: {}": "  按 {}：{}",
    "Areas that the panel calls by several labels:": "面板中有多个标签的区域：",
    "Changes of code applied:": "已应用的代码变更：",
    "Still missing:": "仍然缺失：",
    "  {} at the start or end of the series": "  {} 个位于序列首尾",
    "  {} in a gap longer than the limit": "  {} 个位于超过上限的缺口内",
    "  {} no value of this unit is known": "  {} 个所在单元没有任何数值",
    "  {} text that changes over time, or is not known": "  {} 个为随时间变化或未知的文本",
    "  {} this method needs other known values": "  {} 个缺少该方法所需的已知值",
    "{}; fill_missing() fills the short gaps of a series": "{}；短缺口可用 fill_missing 补齐",
    "{}; fill them in, or leave these units or columns out": "{}；请补齐，或剔除这些单元或指标",
    "{}: {#} values are missing ({})": "{}：{} 个数值缺失（{}）",
    "{}: {#} value is missing ({})": "{}：{} 个数值缺失（{}）",
    "{} was read as {}, which is a guess; if names look wrong, say encoding=": (
        "{} 按推测的编码 {} 读取；若名称显示异常，请指定 encoding="
    ),
    "{}: {} invalid geometries were repaired: {}": "{}：已修复 {} 个无效几何：{}",
    "projected to {}; distances are in meters": "已投影至{}；距离单位为米",
    "times are {} to {} years apart: a move counts as one whatever the years it took, so that "
    "probabilities are of no one span": (
        "各期相隔 {} 至 {} 年：一次转移无论历时多少年均计为一次，转移概率不对应同一时段"
    ),
    # what is missing
    "missing {} in {} of {} rows: {}": "{2} 行中有 {1} 行缺少 {0}：{3}",
    "both scores are 0, and the two are level": "两项得分均为 0，二者持平",
    "a first year has no change since one before": "首年没有上一年可比",
    "values do not differ between units": "各单元数值无差异",
    "values do not differ between units, or two units are too few": "各单元数值无差异，或单元过少",
    "units do not differ": "各单元无差异",
    "the units of the group do not differ": "组内各单元无差异",
    "the first year has no spread": "首年无离散",
    "the mean is 0": "均值为 0",
    "the mean is not positive": "均值不为正",
    "a value is not positive": "存在非正数值",
    "the weight is 0": "权重为 0",
    "weights do not differ between indicators": "各指标权重无差异",
    "all units share one rank": "各单元排名相同",
    "years to come": "未来年份",
    "four years leave none to forecast": "四年数据不足以逐年检验预测",
    "one peak only": "只有一个峰",
    "the program has no solution, see status": "线性规划无解，见状态列",
    "beta is not between -1 and 0": "β 不在 -1 与 0 之间",
    "nobody was ever in this class": "没有单元处于该类型",
    # reading of tables
    "{}: {#} mark was taken off a number ({})": "{}：已去掉 {} 个数字旁的标记（{}）",
    "{}: {#} marks were taken off numbers ({})": "{}：已去掉 {} 个数字旁的标记（{}）",
    "they are kept in panel.attrs['flags']": "标记保存在 panel.attrs['flags'] 中",
    "text={} keeps the cells as they stand": "如需保留原文，请指定 text={}",
    "{}: {#} cell holds a mark in place of a figure ({})": "{}：{} 个单元格以标记代替数值（{}）",
    "{}: {#} cells hold a mark in place of a figure ({})": "{}：{} 个单元格以标记代替数值（{}）",
    "they count as missing, and the marks are kept in panel.attrs['flags']": (
        "按缺失值处理，标记保存在 panel.attrs['flags'] 中"
    ),
    "{}: {#} cell is a formula that failed ({})": "{}：{} 个单元格为出错的公式（{}）",
    "{}: {#} cells are formulas that failed ({})": "{}：{} 个单元格为出错的公式（{}）",
    "they count as missing": "按缺失值处理",
    "{}: {#} number in parentheses is read as negative, as accounts write it ({})": (
        "{}：{} 个括号内的数按会计写法读作负数（{}）"
    ),
    "{}: {#} numbers in parentheses are read as negative, as accounts write them ({})": (
        "{}：{} 个括号内的数按会计写法读作负数（{}）"
    ),
    "if they are something else (standard errors, notes), say text={}": (
        "若为其他含义（标准误、注释等），请指定 text={}"
    ),
    "{}: {#} number is grouped as in 12,34,567 (lakh) ({})": (
        "{}：{} 个数按印度习惯分节，如 12,34,567（{}）"
    ),
    "{}: {#} numbers are grouped as in 12,34,567 (lakh) ({})": (
        "{}：{} 个数按印度习惯分节，如 12,34,567（{}）"
    ),
    "they are read without their commas": "已去掉分节逗号",
    "{}: {#} number is one that programs write for a missing value ({})": (
        "{}：{} 个数是软件常用的缺失值代码（{}）"
    ),
    "{}: {#} numbers are ones that programs write for a missing value ({})": (
        "{}：{} 个数是软件常用的缺失值代码（{}）"
    ),
    "if they are, say missing={}": "若确为缺失，请指定 missing={}",
    "{}: {#} cell of a column kept as text looks like a number ({})": (
        "{}：按文本保留的列中有 {} 个单元格形似数字（{}）"
    ),
    "{}: {#} cells of columns kept as text look like numbers ({})": (
        "{}：按文本保留的列中有 {} 个单元格形似数字（{}）"
    ),
    "write them as plain numbers, or say text={} to keep them so": (
        "请改写为普通数字，或指定 text={} 保留文本"
    ),
    "{}: {#} number with a leading zero is read as a number ({})": (
        "{}：{} 个带前导零的数按数值读取（{}）"
    ),
    "{}: {#} numbers with a leading zero are read as numbers ({})": (
        "{}：{} 个带前导零的数按数值读取（{}）"
    ),
    "if they are codes, say text={}": "若为代码，请指定 text={}",
    "{}: {#} cell with a leading zero makes its column one of codes, kept as text ({})": (
        "{}：{} 个带前导零的单元格使所在列按代码保留为文本（{}）"
    ),
    "{}: {#} cells with a leading zero make their columns ones of codes, kept as text ({})": (
        "{}：{} 个带前导零的单元格使所在列按代码保留为文本（{}）"
    ),
    "say text={} if that is right, else write them without the zero": (
        "若无误请指定 text={}，否则请去掉前导零"
    ),
    "{}: {#} unit is called as a missing value is ({})": "{}：{} 个单元的标签形同缺失值（{}）",
    "{}: {#} units are called as a missing value is ({})": "{}：{} 个单元的标签形同缺失值（{}）",
    "all other units are numbers: it may be a missing code": "其余单元均为数字代码：可能缺少代码",
    "{}: {#} row of notes below the data is left out ({})": "{}：已略去数据下方 {} 行注释（{}）",
    "{}: {#} rows of notes below the data are left out ({})": "{}：已略去数据下方 {} 行注释（{}）",
    "their words are kept in panel.attrs['notes']": "其文字保存在 panel.attrs['notes'] 中",
    "{}: {#} unit is a total or a mean of others ({})": "{}：{} 个单元是其他单元的合计或平均（{}）",
    "{}: {#} units are totals or means of others ({})": "{}：{} 个单元是其他单元的合计或平均（{}）",
    "by name, or because the figures are the sum of all others': leave out what is no unit with "
    "drop_units={}": "依据名称，或因其数值等于其余单元之和：请用 drop_units={} 剔除",
    "{}: {#} row without a label takes that of the row above, as of a merged cell ({})": (
        "{}：{} 行无标签，按合并单元格取上一行的标签（{}）"
    ),
    "{}: {#} rows without a label take that of the row above, as of merged cells ({})": (
        "{}：{} 行无标签，按合并单元格取上一行的标签（{}）"
    ),
    "write the label on every row if that is wrong": "若有误，请在每行写明标签",
    "{}: {#} column of times is read by a rule ({})": "{}：{} 列时间按规则读取（{}）",
    "years of account are named by the year in which they begin ({} is {})": (
        "跨年度以起始年份命名（{} 记为 {}）"
    ),
    "years of account (FY2010) keep the year they are named by": "财年（FY2010）沿用其名称中的年份",
    "years of two digits are read as {} to {}": "两位数年份读作 {} 至 {}",
    "{}: {#} column name with a number that is taken for a name, not for a time ({})": (
        "{}：{} 个列名中的数字视为名称而非时间（{}）"
    ),
    "{}: {#} column names with numbers that are taken for names, not for times ({})": (
        "{}：{} 个列名中的数字视为名称而非时间（{}）"
    ),
    "by its place and its company it is no time (a price base, a size)": (
        "从位置和其他列名看它不是时间（如价格基期、尺寸）"
    ),
    "its figures count for every time": "其数值适用于所有时间",
    "{}: {#} column name has a time that stands in no other column ({})": (
        "{}：{} 个列名的时间未见于其他列（{}）"
    ),
    "{}: {#} column names have times that stand in no other column ({})": (
        "{}：{} 个列名的时间未见于其他列（{}）"
    ),
    "rename them if it is no time": "若不是时间，请改名",
}
