from __future__ import annotations

import pytest

import spatialccd as sc
from spatialccd.errors import FontWarning
from spatialccd.report.paper import fonts


@pytest.fixture
def without_chinese(monkeypatch):
    """A machine with the fonts of matplotlib alone."""
    monkeypatch.setattr(fonts, "_installed", lambda: {"DejaVu Sans"})
    monkeypatch.setattr(fonts, "_scan", list)


@pytest.fixture
def with_chinese():
    if not fonts.typeface().chinese:
        pytest.skip("no Chinese font is installed: Chinese figures were not drawn")


def _texts(drawn):
    legends = [text.get_text() for legend in drawn.figure.legends for text in legend.get_texts()]
    return legends + [text.get_text() for text in drawn.figure.texts]


def test_without_a_font_the_legend_is_english_and_says_what_to_install(toys, without_chinese):
    with pytest.warns(FontWarning, match="fonts-noto-cjk"):
        drawn = sc.map_grades(toys.scores["economy"], toys.areas, time=2018, language="zh")
    assert any(text.startswith("Mild disorder") for text in _texts(drawn))


def test_without_a_font_other_words_become_boxes(toys, without_chinese):
    with pytest.warns(FontWarning, match="图"):
        drawn = sc.map_grades(toys.scores["economy"], toys.areas, time=2018, title="图 1")
    assert "□ 1" in _texts(drawn)
    drawn.figure.canvas.draw()  # and matplotlib does not complain a second time


def test_latin_words_never_warn(toys, without_chinese):
    sc.map_grades(toys.scores["economy"], toys.areas, time=2018, title="Año 1 – β ≤ 0.5")


def test_with_a_font_everything_is_chinese(toys, with_chinese, tmp_path):
    drawn = sc.map_grades(
        toys.scores["economy"], toys.areas, time=2018, language="zh", title="耦合协调度"
    )
    texts = _texts(drawn)
    assert "耦合协调度" in texts
    assert any(text.startswith("轻度失调 [0.30, 0.40)") for text in texts)
    for suffix in ("png", "pdf", "svg"):  # a missing glyph would be a warning, so an error here
        drawn.save(tmp_path / f"map.{suffix}", dpi=80)


def test_a_font_installed_later_is_found(monkeypatch):
    """matplotlib caches its list of fonts: a new one must not wait for that."""
    from matplotlib import font_manager

    chinese = fonts._CHINESE_FILES.search
    entries = [e for e in font_manager.fontManager.ttflist if not chinese(e.fname)]
    if not any(chinese(path) for path in font_manager.findSystemFonts()):
        pytest.skip("no Chinese font is installed")
    monkeypatch.setattr(font_manager.fontManager, "ttflist", entries)
    assert fonts.typeface().chinese
