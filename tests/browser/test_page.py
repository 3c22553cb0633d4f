"""The map of the page in a real browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import spatialccd as sc
from tests.browser.acts import center_of, find, find_all, go_to, hover, phone, press, put, touch


@pytest.fixture
def ccd(toys):
    return sc.coupling_coordination(economy=toys.scores["economy"], ecology=toys.scores["ecology"])


@pytest.fixture(params=["en", "zh"])
def page(request, toys, ccd, tmp_path, plain):
    """The page opened, with the result behind it and its language."""
    path = sc.write_page(
        {"ccd": ccd}, tmp_path / "p.html", title="Toy", areas=toys.areas, language=request.param
    )
    plain.get(path.as_uri())
    go_to(plain, "#map")
    return plain, ccd, request.param


@pytest.fixture
def on_phone(toys, ccd, tmp_path, plain):
    phone(plain)
    plain.get(
        sc.write_page({"ccd": ccd}, tmp_path / "p.html", title="Toy", areas=toys.areas).as_uri()
    )
    go_to(plain, "#map")
    return plain


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
    assert f"{ccd.D['A07', 2020]:.4g}" in hover(browser, "A07")
    put(browser, "#time", 0, "input")
    assert find(browser, "#time-shown").text == "2018"
    shown = hover(browser, "A08")
    assert "Area 8 (A08)" in shown
    assert f"{ccd.D['A08', 2018]:.4g}" in shown


def test_another_result_recolors_the_map(page):
    browser, _, language = page
    layers = browser.execute_script(
        "return [...document.querySelectorAll('#layer option')].map(o => o.textContent)"
    )
    grade = "协调等级" if language == "zh" else "grade"
    assert len(layers) == 6
    assert layers[-1].lower() == grade
    put(browser, "#layer", 5, "change")
    legend = find(browser, "#legend").text
    counts = [int(n.text) for n in find_all(browser, "#legend div small")]
    assert sum(counts) == 36
    assert ("勉强协调" if language == "zh" else "Barely coordinated") in legend


def test_a_click_draws_the_series_of_a_unit(page):
    browser, ccd, _ = page
    assert not find(browser, "#series").is_displayed()
    find(browser, "#atlas path[data-unit='A14']").click()
    assert find(browser, "#series figcaption").text == "Area 14: D"
    dots = find_all(browser, "#series circle")
    heights = [float(dot.get_attribute("cy")) for dot in dots]
    series = ccd.D.xs("A14", level="unit").sort_index().to_numpy()
    assert np.corrcoef(heights, series)[0, 1] == pytest.approx(-1, abs=1e-3)


def test_play_runs_through_the_years(page):
    from selenium.webdriver.support.wait import WebDriverWait

    browser, _, language = page
    find(browser, "#play").click()
    assert find(browser, "#play").text == ("暂停" if language == "zh" else "Pause")
    WebDriverWait(browser, 20).until(lambda b: find(b, "#time-shown").text == "2019")
    find(browser, "#play").click()


def test_a_screenshot_is_not_blank(page, tmp_path):
    from PIL import Image

    browser, _, _ = page
    path = Path(tmp_path / "page.png")
    browser.save_screenshot(str(path))
    with Image.open(path) as image:
        assert len(image.convert("RGB").getcolors(maxcolors=1 << 24)) > 50


# --- by keys --------------------------------------------------------------------------------------


def _focused(browser):
    return browser.execute_script("return document.activeElement.dataset.unit ?? null")


def test_tab_reaches_the_map_and_arrows_go_from_area_to_area(page):
    from selenium.webdriver import Keys

    browser, ccd, _ = page
    find(browser, "#reset").click()
    press(browser, Keys.TAB)
    assert _focused(browser) == "A00"  # the grid's lower left corner
    assert f"{ccd.D['A00', 2020]:.4g}" in find(browser, "#tip").text
    press(browser, Keys.ARROW_RIGHT)
    assert _focused(browser) == "A01"
    press(browser, Keys.ARROW_UP)
    assert _focused(browser) == "A07"
    assert "Area 7 (A07)" in find(browser, "#tip").text
    press(browser, Keys.ENTER)
    assert find(browser, "#series figcaption").text == "Area 7: D"
    assert find(browser, "[data-unit=A07]").get_attribute("aria-pressed") == "true"
    press(browser, Keys.ESCAPE)
    assert not find(browser, "#tip").is_displayed()
    press(browser, Keys.TAB)
    assert _focused(browser) is None  # one stop for all areas


def test_the_tip_of_an_area_that_keys_reached_goes_along(page):
    """Zooming by keys, and the scrolling that brings an area into the window, took it away."""
    from selenium.webdriver import Keys
    from selenium.webdriver.support.wait import WebDriverWait

    browser, _, _ = page
    find(browser, "#reset").click()
    press(browser, Keys.TAB)
    place = find(browser, "#tip").location
    press(browser, "+")
    WebDriverWait(browser, 20).until(
        lambda b: "scale(1.6" in (find(b, "#atlas g").get_attribute("transform") or "")
    )
    assert "A00" in find(browser, "#tip").text
    assert find(browser, "#tip").location != place
    press(browser, "0")
    before = browser.execute_script("scrollBy(0, 60); return scrollY")
    WebDriverWait(browser, 20).until(lambda b: b.execute_script("return scrollY") >= before)
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    assert "A00" in find(browser, "#tip").text
    press(browser, Keys.ESCAPE)
    assert not find(browser, "#tip").is_displayed()
    browser.execute_script("scrollBy(0, -60)")
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    assert not find(browser, "#tip").is_displayed()  # dismissed is dismissed


def test_every_control_has_a_name_and_the_slider_says_its_year(page):
    browser, _, _ = page
    tree = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    wanted = {"button", "slider", "combobox", "searchbox", "link"}
    found = [node for node in tree if node.get("role", {}).get("value") in wanted]
    assert {node["role"]["value"] for node in found} >= {"button", "slider", "combobox"}
    assert [node for node in found if not node["name"].get("value", "").strip()] == []
    assert find(browser, "#time").get_attribute("aria-valuetext") == "2020"
    put(browser, "#time", 1, "input")
    assert find(browser, "#time").get_attribute("aria-valuetext") == "2019"


def test_buttons_zoom(page):
    from selenium.webdriver.support.wait import WebDriverWait

    browser, _, _ = page

    def scale():
        moved = find(browser, "#atlas g").get_attribute("transform") or "scale(1)"
        return float(moved.rpartition("scale(")[2].rstrip(")"))

    find(browser, "#zoom-in").click()
    WebDriverWait(browser, 20).until(lambda _: scale() == pytest.approx(1.6))
    find(browser, "#zoom-out").click()
    WebDriverWait(browser, 20).until(lambda _: scale() == pytest.approx(1))
    find(browser, "#zoom-in").click()
    WebDriverWait(browser, 20).until(lambda _: scale() == pytest.approx(1.6))
    find(browser, "#reset").click()
    WebDriverWait(browser, 20).until(lambda _: scale() == pytest.approx(1))


# --- on a telephone -------------------------------------------------------------------------------


def test_a_tap_shows_the_tip_and_the_series(on_phone, ccd):
    touch(on_phone, center_of(on_phone, "#atlas path[data-unit='A08']"))
    assert "Area 8 (A08)" in find(on_phone, "#tip").text
    assert f"{ccd.D['A08', 2020]:.4g}" in find(on_phone, "#tip").text
    assert find(on_phone, "#series figcaption").text == "Area 8: D"


def test_one_finger_pans_the_map_and_not_the_page(on_phone):
    before = center_of(on_phone, "#atlas path[data-unit='A14']")
    scrolled = on_phone.execute_script("return scrollY")
    x, y = before
    touch(on_phone, (x, y), (x + 20, y + 10), (x + 40, y + 20), (x + 60, y + 30))
    after = center_of(on_phone, "#atlas path[data-unit='A14']")
    assert after[0] - before[0] == pytest.approx(60, abs=25)
    assert after[1] - before[1] == pytest.approx(30, abs=15)
    assert on_phone.execute_script("return scrollY") == scrolled


def test_nothing_runs_out_of_a_narrow_page(toys, ccd, tmp_path, plain):
    phone(plain)
    long = toys.panel.assign(**{"an_indicator_with_a_very_long_name_" * 4: 1.0})
    lisa = sc.local_moran(ccd.D.xs(2020, level="time"), toys.graph, n_permutations=99, seed=1)
    path = sc.write_page(
        {"panel": long, "ccd": ccd, "lisa": lisa},
        tmp_path / "p.html",
        title="A_title_without_any_place_to_break_" * 3,
        areas=toys.areas,
        figures={"grades": sc.map_grades(ccd, toys.areas, time=2020)},
        notes="x" * 300,
        warnings=[{"step": "y" * 80, "message": "z" * 300}],
    )
    plain.get(path.as_uri())
    plain.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
    wide = plain.execute_script(
        "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide == [390, 390]
