"""Chinese of what a study says of its steps: which rows they are about, whence names come."""

from __future__ import annotations

SENTENCES = {
    "{}: {#} of {#} units": "{}：{} / {} 个单元",
    "{}: {#} of {#} rows": "{}：{} / {} 行",
    "left out, as {#} units lack values: {}": "{}个单元因缺值而剔除：{}",
    "left out, as {#} unit lacks a value: {}": "{}个单元因缺值而剔除：{}",
    "{} is a column of {}; that of {} is taken; write {} to say which": (
        "{}在{}中均有同名列；此处取{}的列；如需指定，请写作{}"
    ),
    "{#} units have no neighbor among the {#} that are left ({}); they are kept without one. For "
    "neighbors made among these units only, choose the rows in the step of the neighbors too": (
        "{}个单元在所选的{}个单元中没有邻居（{}），按无邻居保留；如需只在所选单元之间建立邻接，"
        "请在邻接步骤中同样选取这些行"
    ),
}
