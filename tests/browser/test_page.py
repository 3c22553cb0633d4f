"""The page in a real browser. Needs Chromium, its driver, and selenium (extra "browser")."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import spatialccd as sc

selenium = pytest.importorskip("selenium", reason="selenium is not installed: extra 'browser'")

_BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
_DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.skipif(_BROWSER is None, reason="no Chromium: apt install chromium"),
    pytest.mark.skipif(_DRIVER is None, reason="no chromedriver: apt install chromium-driver"),
    pytest.mark.slow,
    # selenium leaves a socket to its driver open until the interpreter ends.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def browser():
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--window-size=1400,1000",
    ):
        options.add_argument(flag)
    options.binary_location = _BROWSER
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(_DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(params=["en", "zh"])
def page(request, toys, tmp_path, browser):
    """The page opened, with the result behind it and its language."""
    ccd = sc.coupling_coordination(economy=toys.scores["economy"], ecology=toys.scores["ecology"])
    path = sc.write_page(
        {"ccd": ccd}, tmp_path / "p.html", title="Toy", areas=toys.areas, language=request.param
    )
    browser.get(path.as_uri())
    browser.execute_script("document.getElementById('map').scrollIntoView({behavior: 'instant'})")
    yield browser, ccd, request.param
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def _find(browser, selector):
    return browser.find_element("css selector", selector)


def _set(browser, selector, value, event):
    browser.execute_script(
        "const e = document.querySelector(arguments[0]); e.value = arguments[1];"
        "e.dispatchEvent(new Event(arguments[2]))",
        selector, value, event,
    )  # fmt: skip


def _hover(browser, unit):
    from selenium.webdriver import ActionChains

    area = _find(browser, f"#atlas path[data-unit='{unit}']")
    ActionChains(browser).move_to_element(area).perform()
    return _find(browser, "#tip").text


def test_every_area_is_drawn_and_colored(page):
    browser, _, _ = page
    fills = browser.execute_script(
        "return [...document.querySelectorAll('#atlas g > path')].map(p => p.getAttribute('fill'))"
    )
    assert len(fills) == 36
    assert all(fill.startswith("#") for fill in fills)
    assert len(set(fills)) == 5


def test_hover_shows_the_figure_of_the_year_chosen(page):
    browser, ccd, _ = page
    assert f"{ccd.D['A07', 2020]:.4g}" in _hover(browser, "A07")
    _set(browser, "#time", 0, "input")
    assert _find(browser, "#time-shown").text == "2018"
    shown = _hover(browser, "A08")
    assert "Area 8 (A08)" in shown
    assert f"{ccd.D['A08', 2018]:.4g}" in shown


def test_another_result_recolors_the_map(page):
    browser, _, language = page
    layers = browser.execute_script(
        "return [...document.querySelectorAll('#layer option')].map(o => o.textContent)"
    )
    grade = "协调等级" if language == "zh" else "grade"
    assert layers == ["economy", "ecology", "C", "T", "D", grade]
    _set(browser, "#layer", layers.index(grade), "change")
    legend = _find(browser, "#legend").text
    counts = [int(n.text) for n in browser.find_elements("css selector", "#legend div small")]
    assert sum(counts) == 36
    assert ("勉强协调" if language == "zh" else "Barely coordinated") in legend


def test_a_click_draws_the_series_of_a_unit(page):
    browser, ccd, _ = page
    assert not _find(browser, "#series").is_displayed()
    _find(browser, "#atlas path[data-unit='A14']").click()
    assert _find(browser, "#series figcaption").text == "Area 14: D"
    dots = browser.find_elements("css selector", "#series circle")
    heights = [float(dot.get_attribute("cy")) for dot in dots]
    series = ccd.D.xs("A14", level="unit").sort_index().to_numpy()
    assert np.corrcoef(heights, series)[0, 1] == pytest.approx(-1, abs=1e-3)


def test_play_runs_through_the_years(page):
    from selenium.webdriver.support.wait import WebDriverWait

    browser, _, language = page
    _find(browser, "#play").click()
    assert _find(browser, "#play").text == ("暂停" if language == "zh" else "Pause")
    WebDriverWait(browser, 5).until(lambda b: _find(b, "#time-shown").text == "2019")
    _find(browser, "#play").click()


def test_a_screenshot_is_not_blank(page, tmp_path):
    from PIL import Image

    browser, _, _ = page
    path = Path(tmp_path / "page.png")
    browser.save_screenshot(str(path))
    with Image.open(path) as image:
        assert len(image.convert("RGB").getcolors(maxcolors=1 << 24)) > 50
