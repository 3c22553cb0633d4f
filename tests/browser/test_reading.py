"""The page without scripts, in print, in the dark, and for who cannot see it."""

from __future__ import annotations

import base64
import io
import re

import pytest

import spatialccd as sc
from tests.browser.acts import barriers, find, find_all, phone


@pytest.fixture(params=["en", "zh"])
def path(request, toys, tmp_path):
    """Write a page with every kind of part."""
    ccd = sc.coupling_coordination(economy=toys.scores["economy"], ecology=toys.scores["ecology"])
    lisa = sc.local_moran(ccd.D.xs(2020, level="time"), toys.graph, n_permutations=99, seed=1)
    income = toys.year["income"].clip(upper=38)
    tobit = sc.tobit(income, toys.year[["schools", "smoke"]], lower=None, upper=38)
    return sc.write_page(
        {"panel": toys.panel, "ccd": ccd, "lisa": lisa, "tobit": tobit},
        tmp_path / "page.html",
        title="Toy",
        areas=toys.areas,
        figures={"grades": sc.map_grades(ccd, toys.areas, time=2020)},
        warnings=[{"step": "ccd", "message": "a warning"}],
        workbook=sc.write_tables({"ccd": ccd}, tmp_path / "tables.xlsx"),
        language=request.param,
    )


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("narrow", [False, True])
def test_axe_finds_no_barrier(path, plain, axe, dark, narrow):
    if narrow:
        phone(plain)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    plain.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    plain.get(path.as_uri())
    plain.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
    plain.execute_script(
        "document.querySelector('#tables th button').click();"
        "document.querySelector('#atlas path').dispatchEvent(new MouseEvent('click'))"
    )
    assert find(plain, "#tip").is_displayed()
    found, tried = barriers(plain, axe)
    assert found == []
    assert tried > 20


def test_axe_would_find_a_barrier(path, plain, axe):
    plain.get(path.as_uri())
    plain.execute_script("document.querySelector('#zoom-in').removeAttribute('aria-label');"
                         "document.querySelector('#zoom-in').removeAttribute('title');"
                         "document.querySelector('#zoom-in').textContent = ''")  # fmt: skip
    found, _ = barriers(plain, axe)
    assert any("button-name" in one for one in found)


def test_without_scripts_the_map_stands_there_with_its_legend(path, plain):
    plain.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    plain.get(path.as_uri())
    areas = find_all(plain, "#atlas g > path")
    assert len(areas) == 36
    assert areas[0].size["width"] > 10
    assert len({area.get_attribute("fill") for area in areas}) == 5
    assert "A35" in areas[-1].get_attribute("data-unit")
    legend = find_all(plain, "#legend div small")
    assert sum(int(count.text) for count in legend) == 36
    assert "JavaScript" in find(plain, "header").text
    assert not find(plain, "#play").is_displayed()
    assert not find(plain, "#tables .csv").is_displayed()
    assert find(plain, "#table-1 tbody tr").is_displayed()
    assert find(plain, "#table-1 a").get_attribute("href").endswith("/tables.xlsx")


def test_in_the_dark_the_page_is_dark_and_figures_keep_their_ground(path, plain):
    def ground(selector):
        words = find(plain, selector).value_of_css_property("background-color")
        return sum(int(n) for n in re.findall(r"\d+", words)[:3])

    plain.get(path.as_uri())
    light = ground("body")
    scheme = {"name": "prefers-color-scheme", "value": "dark"}
    plain.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    assert light == 3 * 255
    assert ground("body") < 3 * 60
    assert ground(".picture img") == 3 * 255


@pytest.mark.parametrize("scripts", [True, False])
def test_print_unfolds_every_table_and_keeps_the_colors_of_the_legend(path, plain, scripts):
    from PIL import Image

    plain.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
    plain.get(path.as_uri())
    pdf = base64.b64decode(plain.execute_cdp_cmd("Page.printToPDF", {})["data"])
    text = _text_of(pdf)
    assert "local_moran" in text  # of the steps
    assert "High-High" in text or "高-高聚集" in text
    titles = [head.text for head in find_all(plain, "details.table summary")]
    assert len(titles) >= 5
    closed = find_all(plain, "details.table:not([open])")
    assert len(closed) == len(titles) - 2  # on the screen they are folded again
    assert "A35" in text
    assert text.count("(0.") >= 3 or text.count("[0.") >= 3  # the legend and standard errors
    image = _first_map(pdf)
    assert isinstance(image, Image.Image)
    colors = {c for _, c in image.convert("RGB").getcolors(maxcolors=1 << 24)}
    for color in {area.get_attribute("fill") for area in find_all(plain, "#atlas g > path")}:
        assert tuple(int(color[i : i + 2], 16) for i in (1, 3, 5)) in colors


def _text_of(pdf):
    import shutil
    import subprocess

    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext: apt install poppler-utils")
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def _first_map(pdf):
    """Draw the pages up to the one with the map."""
    import subprocess

    from PIL import Image

    for page in range(1, 5):
        command = ["pdftoppm", "-png", "-r", "60", "-f", str(page), "-l", str(page), "-"]
        png = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
        image = Image.open(io.BytesIO(png))
        if len(image.convert("RGB").getcolors(maxcolors=1 << 24)) > 400:
            return image
    return None
