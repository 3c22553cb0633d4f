"""What journals ask of a file: fonts, formats, sizes of type, nothing of the user's style."""

from __future__ import annotations

import re
import shutil
import subprocess

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from PIL import Image

import spatialccd as sc
from spatialccd.errors import ParameterError
from spatialccd.report.paper.fonts import typeface


@pytest.fixture
def chinese_map(toys):
    if not typeface().chinese:
        pytest.skip("no Chinese font is installed")
    values = toys.year["income"].rename("人均收入 $a$ 与 $b$")
    return sc.map_values(values, toys.areas, language="zh", title="各市的收入 $1 and $2")


@pytest.fixture
def grades(toys):
    ccd = sc.coupling_coordination(**toys.scores)
    return sc.chart_grades(ccd, language="zh" if typeface().chinese else "en")


def _tool(name):
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def _check_title(drawn, other, folder):
    """Check that a picture has the title's ink where the PNG has it."""
    drawn.save(folder / "screen.png", dpi=100)
    page = Image.open(other).convert("L")
    screen = Image.open(folder / "screen.png").convert("L").resize(page.size)
    top = slice(0, page.size[1] // 16)
    inked = [np.asarray(each)[top] < 128 for each in (page, screen)]
    columns = [ink.any(axis=0) for ink in inked]
    assert (columns[0] == columns[1]).mean() > 0.85
    assert inked[0].sum() > 0.6 * inked[1].sum() > 0


@pytest.mark.parametrize("kind", ["chinese_map", "grades"])
def test_pdf_has_truetype_fonts_alone_that_strict_readers_take(kind, request, tmp_path):
    path = request.getfixturevalue(kind).save(tmp_path / "figure.pdf")
    listed = subprocess.run([_tool("pdffonts"), path], capture_output=True, text=True, check=True)
    rows = listed.stdout.splitlines()[2:]
    assert rows
    assert all("TrueType" in row and "Type 3" not in row for row in rows)
    assert not listed.stderr  # "Mismatch between font type and embedded font file"
    dots = subprocess.run(
        [_tool("pdftotext"), path, "-"], capture_output=True, text=True, check=True
    )
    assert not dots.stderr


def test_chinese_in_a_pdf_is_text_and_looks_as_on_the_screen(chinese_map, tmp_path):
    path = chinese_map.save(tmp_path / "figure.pdf")
    words = subprocess.run([_tool("pdftotext"), path, "-"], capture_output=True, check=True)
    assert "各市的收入 $1 and $2" in words.stdout.decode()
    subprocess.run([_tool("pdftoppm"), "-r", "100", "-png", path, tmp_path / "page"], check=True)
    _check_title(chinese_map, next(tmp_path.glob("page*.png")), tmp_path)


def test_svg_holds_words_as_text(chinese_map, tmp_path):
    words = chinese_map.save(tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert "各市的收入 $1 and $2" in words
    assert words == chinese_map.save(tmp_path / "again.svg").read_text(encoding="utf-8")


def test_eps_is_the_same_each_time_and_shows_chinese(chinese_map, tmp_path):
    path = chinese_map.save(tmp_path / "figure.eps")
    assert path.read_bytes() == chinese_map.save(tmp_path / "again.eps").read_bytes()
    assert b"/FontType 3" not in path.read_bytes()
    where = tmp_path / "eps.png"
    subprocess.run(
        [_tool("gs"), "-q", "-dEPSCrop", "-sDEVICE=png16m", "-r100", "-o", where, path], check=True
    )
    _check_title(chinese_map, where, tmp_path)


@pytest.mark.parametrize("suffix", ["tif", "tiff", "jpg", "jpeg"])
def test_dots_are_opaque_and_say_their_density(chinese_map, tmp_path, suffix):
    path = chinese_map.save(tmp_path / f"figure.{suffix}", dpi=600)
    with Image.open(path) as image:
        assert image.mode == "RGB"
        assert [round(float(d)) for d in image.info["dpi"]] == [600, 600]
        if suffix.startswith("tif"):
            assert image.info["compression"] == "tiff_lzw"
        assert image.size[0] == int(90 / 25.4 * 600)


def test_a_loaded_figure_still_gives_tiff(chinese_map, tmp_path):
    sc.save(chinese_map, tmp_path / "figure.scc")
    path = sc.load(tmp_path / "figure.scc").save(tmp_path / "figure.tif")
    with Image.open(path) as image:
        assert image.info["compression"] == "tiff_lzw"
    with pytest.raises(ParameterError, match="eps"):
        sc.load(tmp_path / "figure.scc").save(tmp_path / "figure.eps")


_LOUD = {
    "font.size": 25.0,
    "axes.grid": True,
    "axes.facecolor": "yellow",
    "figure.facecolor": "pink",
    "savefig.facecolor": "green",
    "lines.linewidth": 9.0,
    "xtick.color": "red",
    "axes.unicode_minus": False,
    "pdf.fonttype": 3,
    "patch.linewidth": 5.0,
    "savefig.bbox": "tight",
    "axes.prop_cycle": mpl.cycler(color=["#ff0000"]),
}


def test_a_style_of_the_users_does_not_leak_in(toys, tmp_path):
    def draw(name):
        ccd = sc.coupling_coordination(**toys.scores)
        made = [
            sc.chart_grades(ccd),
            sc.chart_density(sc.kernel_density(ccd.D)),
            sc.map_values(toys.year["income"] - 5, toys.areas, scheme="continuous"),
        ]
        paths = [m.save(tmp_path / f"{name}{i}.png", dpi=80) for i, m in enumerate(made)]
        return [path.read_bytes() for path in paths]

    plain = draw("plain")
    with mpl.rc_context(_LOUD):
        assert draw("loud") == plain
        assert mpl.rcParams["font.size"] == 25.0


def test_letters_stand_before_the_titles_of_panels(toys):
    D = sc.coupling_coordination(**toys.scores).D
    drawn = sc.map_grades(D, toys.areas, letters=True)
    words = [text.get_text() for text in drawn.figure.texts]
    years = toys.years
    assert [f"({mark}) {year}" for mark, year in zip("abc", years, strict=False)] == [
        word for word in words if re.match(r"\([a-z]\)", word)
    ][:3]
    chain = sc.spatial_markov(D, toys.graph, k=3)
    titles = [ax.get_title() for ax in sc.chart_transitions(chain, letters=True).figure.axes]
    assert titles[0].startswith("(a) ")
    assert titles[1].startswith("(b) ")


def test_a_minus_is_a_minus(toys):
    values = pd.Series(np.linspace(-0.3, 0.2, len(toys.areas)), toys.areas.index, name="change")
    drawn = sc.map_values(values, toys.areas, palette="RdBu")
    words = {
        text.get_text() for text in drawn.figure.findobj(Text) if re.search(r"\d", text.get_text())
    }
    assert any("−0." in word for word in words)
    assert not any(re.search(r"(?<![\w\d])-\d", word) for word in words)
