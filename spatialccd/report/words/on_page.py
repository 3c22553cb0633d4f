"""Chinese of the words that only the page prints: its controls and what they say."""

from __future__ import annotations

ON_PAGE = {
    "Skip to the content": "跳至正文",
    "Findings": "主要发现",
    "Steps": "研究步骤",
    "Map": "地图",
    "Without JavaScript the map is a picture, and tables show their first rows.": (
        "未启用JavaScript时，地图为静态图，表格仅显示前若干行。"
    ),
    "Hover, tap or go to an area with the arrow keys for its values; click it or press Enter to "
    "see its series over time.": (
        "悬停、轻触或用方向键移至某一单元查看数值；点击或按回车键查看其时间序列。"
    ),
    "Zoom": "缩放",
    "Zoom in": "放大",
    "Zoom out": "缩小",
    "All tables as a workbook": "全部表格（工作簿）",
    "Workbook": "工作簿",
    "Search": "搜索",
    "Show all rows": "显示全部行",
    "Download as CSV": "下载CSV",
    "{shown} of {found} rows shown, {total} in all": "显示{found}行中的{shown}行，共{total}行",
}
