"""On a Chinese page every sentence that is not a name or a reference is Chinese."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import spatialccd
from spatialccd import catalog
from spatialccd.report.words import headings, methods_zh
from spatialccd.report.words.language import say, title
from spatialccd.report.words.sentences import retell
from spatialccd.study import run_study

_EXAMPLE = Path(__file__).parents[2] / "examples" / "china_provinces"
_HAN = re.compile(r"[一-鿿]")
#: Tools that give data or files, and no result with a method.
_NO_METHOD = {"read_panel", "read_boundaries"}
_METHODS = [
    tool.name
    for tool in catalog.tools()
    if tool.station != "report" and tool.name not in _NO_METHOD
]


@pytest.mark.parametrize("tool", _METHODS)
def test_every_method_has_a_chinese_name_and_text(tool: str) -> None:
    assert _HAN.search(title(tool, "zh"))
    assert _HAN.search(methods_zh.TEXTS[tool])


def test_no_text_is_left_of_a_tool_that_is_gone() -> None:
    names = {tool.name for tool in catalog.tools()}
    assert set(_METHODS) >= set(methods_zh.TEXTS)
    # Data that a page shows, and a table that is put together from several results.
    assert set(headings.STEPS) - names == {"panel", "areas", "indicator_system"}


@pytest.mark.parametrize(
    "tool", [t.name for t in catalog.tools() if t.name.startswith(("map_", "chart_"))]
)
def test_every_figure_has_a_chinese_title(tool: str) -> None:
    assert _HAN.search(title(tool, "zh"))


def _warnings() -> list[str]:
    """Give the text of every warning in the package, 7 in place of what is filled in."""
    found = []
    for path in Path(spatialccd.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("warn", "warnings.warn"):
                message = (
                    call.args[0].args[0] if isinstance(call.args[0], ast.Call) else call.args[0]
                )
                parts = message.values if isinstance(message, ast.JoinedStr) else [message]
                texts = [p.value if isinstance(p, ast.Constant) else "7" for p in parts]
                found.append("".join(map(str, texts)))
    return [text for text in found if re.search("[a-z]{3}", text)]


@pytest.mark.parametrize("message", _warnings())
def test_every_warning_has_its_chinese(message: str) -> None:
    """A new warning needs its template in ``report/words/sentences.py``."""
    assert not re.search("[a-z]{4,} [a-z]{2,} [a-z]{2,}", retell(message, "zh"))


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "2 units of the panel have no area (Xx, Yy (perhaps 110000 Beijing)) and 1 area has no "
            "data (710000 Taiwan); left out, and listed in the join report",
            "面板中 2 个单元无对应边界（Xx, Yy（可能是 110000 Beijing）），1 个区域无数据"
            "（710000 Taiwan）；未纳入分析，详见数据连接报告",
        ),
        (
            "units without a neighbor were linked to the nearest: Hainan, Macao and 3 more",
            "无邻居的单元已与最近单元相连：Hainan, Macao，另有 3 个",
        ),
        (
            "thin strata make q large by themselves (see expected_q): income: 12 strata for 31 "
            "rows, 2 of one unit; trade: 11 strata for 31 rows",
            "样本过少的分层会使 q 偏大（参见 expected_q）：income：12 层对应 31 行，"
            "其中 2 层仅有一个单元；trade：11 层对应 31 行",
        ),
        ("something that nobody has translated", "something that nobody has translated"),
    ],
)
def test_sentences_are_told_with_what_they_are_about(english: str, chinese: str) -> None:
    assert retell(english, "zh") == chinese
    assert retell(english, "en") == english


class _Words(HTMLParser):
    """The words of a page that are not code, settings or references."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in ("meta", "link", "img", "br", "input"):
            hidden = tag in ("script", "style", "code") or given.get("id") == "settings"
            self.open.append((tag, hidden or "references" in (given.get("class") or "")))
        self.text += [given[name] or "" for name in ("alt", "aria-label") if name in given]

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(hidden for _, hidden in self.open):
            self.text.append(data)


#: Names of people and methods, symbols, a column and regions of the data, a file in the notes.
_NAMES = {
    "region", "CSV", "JavaScript", "fflate", "MIT",
    "Dagum", "FDR", "LISA", "Queen", "Rook", "Gnb", "SSW", "SST", "README", "spatialccd", "ISC",
    "license", "Central", "Eastern", "Western",
}  # fmt: skip


@pytest.mark.slow
def test_no_english_is_left_on_the_chinese_page_of_the_provinces(tmp_path: Path) -> None:
    text = (_EXAMPLE / "study.toml").read_text(encoding="utf-8")
    text = text.replace('"data/', f'"{(_EXAMPLE / "data").as_posix()}/')
    text = re.sub(r"(?m)^seed = 1$", 'seed = 1\nlanguage = "zh"', text)
    text = re.sub(r'(?m)^title = ".*"$', 'title = "新型城镇化与生态环境"', text)
    text = text.replace('place = "China"', 'place = "中国"')
    text = re.sub(r'notes = """.*?"""', 'notes = "协调度见 README.md。"', text, flags=re.S)
    steps = [
        step
        for step in re.split(r"(?m)^(?=\[)", text)
        if not step.startswith(("[chart_", "[map_centers", "[[map_")) and "[outputs]" not in step
    ]
    only_page = '[outputs]\nareas = "all"\nfigures = []\ntables = []\ngeopackage = false\n'
    (tmp_path / "study.toml").write_text(
        "".join([*steps, only_page]).replace("9999", "99"), encoding="utf-8"
    )
    run_study(tmp_path / "study.toml", tmp_path / "out")
    words = _Words()
    words.feed((tmp_path / "out" / "page.html").read_text(encoding="utf-8"))
    lines = [line for part in words.text for line in part.split("\n")]
    told = [line for line in lines if not re.fullmatch(r"\w+\(.*\)", line.strip())]  # calls
    told = [line for line in told if "numpy" not in line]  # versions
    code = r"""\w+=('\w*')?|软件包 '[\w-]+'|pip install "[\w\[\]]+\""""
    told = [re.sub(code, "", line) for line in told]
    areas = spatialccd.read_boundaries("china_provinces")
    names = _NAMES | {word for name in areas["name_en"] for word in name.split()}
    left = {word for line in told for word in re.findall(r"[A-Za-z]{3,}", line)}
    assert left <= names, left - names
    assert say("Methods", "zh") in told
