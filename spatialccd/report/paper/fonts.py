"""Finds fonts for the words of a figure, Chinese ones above all.

matplotlib looks for glyphs along a list of families. The list made here starts
with a Latin sans serif and ends with a Chinese one if the machine has any.
Fonts are named on each text: ``rcParams`` are global and stay untouched.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from threading import Lock

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties

from spatialccd.errors import FontWarning, listed

LATIN = ("Arial", "Helvetica", "Liberation Sans", "DejaVu Sans")
#: Simplified Chinese first; the Japanese and Traditional faces hold the same characters.
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Heiti SC",
    "STHeiti",
    "Noto Sans CJK JP",
    "Noto Sans CJK TC",
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
    "Source Han Serif SC",
    "Songti SC",
    "STSong",
    "SimSun",
    "FangSong",
    "KaiTi",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)
_CHINESE_FILES = re.compile(
    r"noto.*(cjk|sc)|source-?han|wqy|simhei|simsun|msyh|pingfang|songti|stheiti|droidsansfallback",
    re.IGNORECASE,
)
INSTALL = (
    "install one: Debian/Ubuntu `apt install fonts-noto-cjk`, "
    "Fedora `dnf install google-noto-sans-cjk-fonts`, conda `conda install font-ttf-noto-cjk`, "
    "or put NotoSansSC-Regular.otf into your fonts folder; then run again"
)
_BLANK = "□"
_lock = Lock()


@dataclass(frozen=True)
class Typeface:
    """The families that the texts of one figure are set in.

    Attributes
    ----------
    families : tuple of str
        In the order in which glyphs are looked for.
    chinese : bool
        Whether one of them holds Chinese.
    """

    families: tuple[str, ...]
    chinese: bool

    def font(self, size: float = 7.0, weight: str = "normal") -> FontProperties:
        """Give the font at a size in points."""
        return FontProperties(family=list(self.families), size=size, weight=weight)

    def text(self, words: object) -> str:
        """Write words with an empty box for each character that no family holds."""
        known = _characters(self.families)
        return "".join(c if ord(c) in known or c.isspace() else _BLANK for c in str(words))

    def check(self, texts: Iterable[object]) -> None:
        """Warn with the install line if a text has characters that no family holds."""
        known = _characters(self.families)
        lacking = dict.fromkeys(
            c for text in texts for c in str(text) if ord(c) not in known and not c.isspace()
        )
        if lacking:
            warnings.warn(
                f"no installed font holds {listed(lacking, 12)} (drawn as {_BLANK}); {INSTALL}",
                FontWarning,
                stacklevel=3,
            )


def typeface() -> Typeface:
    """Choose the families among the fonts of this machine.

    Examples
    --------
    >>> typeface().text("Moran's I")
    "Moran's I"
    """
    installed = _installed()
    latin = [name for name in LATIN if name in installed][:1]
    chinese = [name for name in CHINESE if name in installed][:1] or _newly_installed()
    families = dict.fromkeys([*latin, *chinese, "DejaVu Sans"])
    return Typeface(tuple(families), bool(chinese))


def _installed() -> set[str]:
    return {font.name for font in font_manager.fontManager.ttflist}


def _newly_installed() -> list[str]:
    """Look for a Chinese font installed after matplotlib wrote its font cache."""
    with _lock:
        for path in _scan():
            try:
                font_manager.fontManager.addfont(path)
            except (OSError, RuntimeError):  # not a font that FreeType reads
                continue
        installed = _installed()
    return [name for name in CHINESE if name in installed][:1]


def _scan() -> list[str]:
    known = {font.fname for font in font_manager.fontManager.ttflist}
    files = sorted(font_manager.findSystemFonts())
    return [path for path in files if path not in known and _CHINESE_FILES.search(path)]


@cache
def _characters(families: tuple[str, ...]) -> frozenset[int]:
    """List the code points that any of the families holds."""
    found: set[int] = set()
    for family in families:
        path = font_manager.findfont(FontProperties(family=family))
        found |= font_manager.get_font(path).get_charmap().keys()
    return frozenset(found)
