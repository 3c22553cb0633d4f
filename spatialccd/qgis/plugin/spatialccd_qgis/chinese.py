"""The plugin's own sentences in Chinese; those of tools stand in ``catalog.json``."""

CHINESE = {
    # forms
    "Layer or table with the figures": "含数据的图层或表",
    "Code of the unit (the feature id if none is chosen)": "单元代码字段（不选则用要素编号）",
    "Year, where the table is in long form": "年份字段（长表时选择）",
    "The one year to use (the last if empty)": "所用的一年（留空为最后一年）",
    "Boundaries, where the figures are in a table": "边界图层（数据在表中时选择）",
    "Code of the boundaries": "边界的代码字段",
    "layer of new places, with the same fields": "新位置的图层（字段相同）",
    "code of the new places": "新位置的代码字段",
    "indicators, their directions and perhaps weights": "指标、方向与权重",
    "name": "名称",
    "Take the places into account": "考虑单元的位置",
    "Neighbors: ": "邻接：",
    "Figure": "图",
    "Log": "日志",
    "Indicator": "指标",
    "Direction": "方向",
    "Weight": "权重",
    "Best value": "目标值",
    "more is better": "正向（越大越好）",
    "less is better": "负向（越小越好）",
    "a target is best": "适度（目标值最好）",
    "Add a row": "添加一行",
    "Take the row away": "删除该行",
    "Indicators of which more is better (benefit)": "正向指标（越大越好，benefit）",
    "Indicators of which less is better (cost)": "负向指标（越小越好，cost）",
    "Indicators of which a target is best (moderate)": "适度指标（目标值最好，moderate）",
    "A row for each indicator: its field; benefit (more is better), cost (less is better) or "
    "moderate; its weight, where you give your own (they sum to 1); and for a moderate one the "
    "best value, or two ends as 18:24. On a line: gdp,benefit,,,smoke,cost,,": (
        "每个指标一行：字段；benefit 正向、cost 负向或 moderate 适度；自定权重"
        "（总和为 1，可留空）；适度指标的目标值，或区间 18:24。"
        "写在一行时：gdp,benefit,,,smoke,cost,,"
    ),
    "It can also give, from the same run:": "同一次运行还可给出：",
    "Run a study": "运行整个研究",
    "Run a study.toml: tables, maps, layers and one page from one file.": (
        "运行 study.toml：由一个文件得到表、图、图层与网页。"
    ),
    "Only what changed since the last run into the same folder is made anew.": (
        "同一文件夹中只重新生成有变化的部分。"
    ),
    "Study file": "研究文件",
    "Make everything anew": "全部重新生成",
    "Folder of the results": "结果文件夹",
    # guesses
    "unit {field}": "单元 {field}",
    "year {field}": "年份 {field}",
    "Guessed: {fields}.": "推断：{fields}。",
    "Text fields read as numbers: {fields}.": "按数值读取的文本字段：{fields}。",
    "The layer {layer} has {count} units in {rows} rows, so each would count as a place of its "
    "own.": "图层 {layer} 有 {count} 个单元出现在 {rows} 行中，每行会被当作一个独立的地方。",
    "The layer {layer} draws {count} areas more than once, in {rows} rows, so each copy would "
    "count as a place of its own.": (
        "图层 {layer} 中有 {count} 个区域重复出现，共 {rows} 行，每个副本会被当作一个独立的地方。"
    ),
    " It is a panel: {unit} looks like the unit and {time} like the year.": (
        "这是面板数据：{unit} 像单元字段，{time} 像年份字段。"
    ),
    " {time} looks like the year.": "{time} 像年份字段。",
    " Choose them as Code of the unit and Year, or filter to one year.": (
        "请选作单元代码字段与年份字段，或过滤为一年。"
    ),
    " Filter the layer to one year.": "请将图层过滤为一年。",
    " Keep one row for each.": "请每个区域只留一行。",
    # messages
    "Choose a field for {fields}.": "请选择字段：{fields}。",
    "Choose a layer for {label}.": "请选择图层：{label}。",
    "Choose a layer for {label} (under Advanced).": "请选择图层：{label}（在高级参数中）。",
    "{label} takes {words}, not {value}.": "{label} 可取 {words}，而非 {value}。",
    "{label} takes one field, not {fields}.": "{label} 只能取一个字段，而非 {fields}。",
    "{label} takes a number, not {value}.": "{label} 须为数字，而非 {value}。",
    "{label} ({name}) does not take {value}.": "{label}（{name}）不能取 {value}。",
    "Say where {label} goes ({name}).": "请指定 {label} 的去处（{name}）。",
    "There is no file {path}.": "没有文件 {path}。",
    "No layer is called {name} and there is no such file; {hint}": (
        "没有名为 {name} 的图层或文件；{hint}"
    ),
    "did you mean {near}?": "是否为 {near}？",
    " (did you mean {near}?)": "（是否为 {near}？）",
    "there are {fields}": "有 {fields}",
    "; there are {fields}": "；有 {fields}",
    "the project has no layers": "项目中没有图层",
    "The layer {layer} has no field {fields}{listing}.": (
        "图层 {layer} 没有字段 {fields}{listing}。"
    ),
    "The layer {layer} has no coordinate reference system; set it in the layer's properties, "
    "under Source.": "图层 {layer} 没有坐标参考系；请在图层属性的“源”中设置。",
    "The layer {layer} has no features to work on; if only selected features are to be used, "
    "select some.": "图层 {layer} 没有可用的要素；若只用所选要素，请先选择。",
    "The layer {layer} is a table without geometry, and a layout draws maps; write_tables(layer, "
    "path) puts it on paper.": (
        "图层 {layer} 是没有几何的表，而布局绘制地图；可用 write_tables(layer, path) 输出表。"
    ),
    "A shapefile has names of 10 bytes at most; these were cut: {names}. A GeoPackage keeps them "
    "whole.": "Shapefile 的字段名最多 10 字节，以下字段名被截短：{names}。GeoPackage 可保留全名。",
    "Stopped; nothing was changed.": "已停止；没有任何改动。",
    "QGIS cannot open {path}.": "QGIS 打不开 {path}。",
    "Stop": "停止",
    "note:": "提示：",
    "Year: {time}": "年份：{time}",
    "The plugin spatialccd is not switched on; see Plugins, Manage and Install Plugins.": (
        "插件 spatialccd 未启用；见“插件 > 管理并安装插件”。"
    ),
    "Calls of spatialccd_qgis belong to QGIS's main thread. With wait=False a call does not stop "
    "it; in a task or a thread of your own use processing.run(...).": (
        "spatialccd_qgis 的调用须在 QGIS 主线程中。wait=False 时不会停住界面；"
        "在任务或自己的线程中请用 processing.run(...)。"
    ),
    # layers
    " and {count} more": " 等另 {count} 个",
    "Made by spatialccd {version}, {tool}({settings}), from the layer {input}.": (
        "由 spatialccd {version} 的 {tool}({settings}) 生成，来自图层 {input}。"
    ),
    "Not significant": "不显著",
    "Coefficient of {term}": "{term} 的系数",
    " (coefficient of {term})": "（{term} 的系数）",
    # the Python
    "QGIS does not know which Python has spatialccd.": "QGIS 不知道哪个 Python 装有 spatialccd。",
    "Choose Plugins > spatialccd > Set up, which makes one; or install it in any Python from 3.11 "
    "on with: pip install spatialccd; then tell QGIS with: spatialccd qgis install": (
        "请选择“插件 > spatialccd > 设置”自动建立；或在 3.11 以上的任一 Python 中 "
        "pip install spatialccd，再运行 spatialccd qgis install"
    ),
    "Set up": "设置",
    "Set up…": "设置…",
    "Python of spatialccd": "spatialccd 的 Python",
    "The sums are done in a Python beside QGIS, so that nothing is installed into QGIS's own.": (
        "计算在 QGIS 之外的 Python 中进行，不会向 QGIS 自带的 Python 安装任何东西。"
    ),
    "A Python that has spatialccd": "装有 spatialccd 的 Python",
    "Or one made for it, in your QGIS profile": "或在 QGIS 用户配置中新建一个",
    "What pip installs: spatialccd, or a wheel file.": (
        "pip 安装的内容：spatialccd，或 wheel 文件。"
    ),
    "Wheel file…": "wheel 文件…",
    "Browse…": "浏览…",
    "Search": "搜索",
    "Test": "测试",
    "Use it": "使用",
    "has spatialccd {version}": "有 spatialccd {version}",
    "no spatialccd": "没有 spatialccd",
    "{path} answers with spatialccd {version}.": "{path} 应答：spatialccd {version}。",
    "QGIS uses {path}.": "QGIS 使用 {path}。",
    "It was not taken; the one before stays.": "未采用；保持原来的选择。",
    "No Python from 3.11 on was found; get one from python.org or your system.": (
        "没有找到 3.11 以上的 Python；请从 python.org 或系统软件源安装。"
    ),
}

#: What is worded without QGIS: faults of the worker and of Pythons; ``{}`` is what it is about.
FAULTS = {
    "QGIS does not know which Python has spatialccd. {}": (
        "QGIS 不知道哪个 Python 装有 spatialccd。{}"
    ),
    "cannot start the Python {} ({}). {}": "无法启动 Python {}（{}）。{}",
    "the Python {} did not answer": "Python {} 没有应答",
    "the plugin and spatialccd {} do not belong together; run: spatialccd qgis install": (
        "插件与 spatialccd {} 版本不符；请运行 spatialccd qgis install"
    ),
    "the Python {} has no spatialccd. {}": "Python {} 没有安装 spatialccd。{}",
    "the Python {} lacks {}; install it with: {}": "Python {} 缺少 {}；请安装：{}",
    "the worker ended by itself with code {}; nothing was changed, run the tool again": (
        "计算进程自行结束（代码 {}）；没有任何改动，请重新运行"
    ),
    "{} (out of memory?)": "{}，可能内存不足",
    "{}: there is no such file": "{}：没有该文件",
    "{}: it is the Microsoft Store's link and no Python": ("{}：这是微软商店的链接，不是 Python"),
    "{}: it does not answer in {} s": "{}：{} 秒内没有应答",
    "{}: it does not start ({})": "{}：无法启动（{}）",
    "{}: it is no Python ({})": "{}：不是 Python（{}）",
    "{} is Python {}; spatialccd needs 3.11 or newer": "{} 是 Python {}；spatialccd 需要 3.11 以上",
    "{} lacks the modules venv and ensurepip; on Debian and Ubuntu: {}": (
        "{} 缺少 venv 与 ensurepip 模块；在 Debian 与 Ubuntu 上：{}"
    ),
    "there is no file {}": "没有文件 {}",
    "{} does not start ({})": "{} 无法启动（{}）",
    "this Python cannot make environments with pip; on Debian and Ubuntu: {}": (
        "该 Python 不能建立带 pip 的环境；在 Debian 与 Ubuntu 上：{}"
    ),
    "this Python cannot make environments with pip": "该 Python 不能建立带 pip 的环境",
}
