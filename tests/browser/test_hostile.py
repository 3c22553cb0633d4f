"""Names that could break a page: markup, quotes, no place to break, emoji, words of JavaScript."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

import spatialccd as sc
from tests.browser.acts import find, find_all, go_to, hover, phone, put

HOSTILE = [
    "</script><script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 1'>",
    "\"double\" 'single' `back` \\ backslash",
    "x" * 200,
    "👩‍👩‍👧‍👦🗺️",
    "constructor",
    "__proto__",
    "${7*7} {{ 7*7 }} %s &amp; &#60;",
    "first\nsecond\tthird",
    "مرحبا שלום",
    "=HYPERLINK(1)",
    "-->",
]


@pytest.fixture
def page(toys, tmp_path, plain):
    """A page in which every name is one of these."""
    names = [HOSTILE[i % len(HOSTILE)] for i in range(36)]
    areas = toys.areas.assign(name=names)
    frame = pd.DataFrame(
        {
            **{name: toys.year["income"] + i for i, name in enumerate(HOSTILE)},
            "kind": pd.Series(names, toys.units),
        }
    )
    path = sc.write_page(
        dict.fromkeys(HOSTILE[:3], frame),
        tmp_path / "p.html",
        title=HOSTILE[0],
        areas=areas,
        notes=HOSTILE,
        warnings=[{"step": name, "message": name} for name in HOSTILE],
    )
    plain.get(path.as_uri())
    return plain, frame, names


def test_they_stand_there_as_they_are_and_run_nothing(page):
    browser, frame, names = page
    assert find(browser, "h1").text == HOSTILE[0]
    assert browser.execute_script("return window.broken") is None
    groups = find_all(browser, "#layer optgroup")
    assert [group.get_attribute("label") for group in groups] == HOSTILE[:3]
    options = browser.execute_script(
        "return [...document.querySelectorAll('#layer optgroup')[0].children].map(o => o.text)"
    )
    assert options[:-1] == [" ".join(name.split()) for name in HOSTILE]
    put(browser, "#layer", 1, "change")
    go_to(browser, "#map")
    for unit, name in zip(frame.index[:12], names[:12], strict=True):
        if len(name) < 100:
            assert " ".join(name.split()) in " ".join(hover(browser, unit).split())
    browser.execute_script("document.querySelector('[data-unit=A05]')"
                           ".dispatchEvent(new MouseEvent('click'))")  # fmt: skip
    assert find(browser, "#series figcaption").text.startswith("constructor")
    assert browser.execute_script("return window.broken") is None


def test_tables_search_and_sort_them(page):
    browser, _, _ = page
    put(browser, "#table-1 input", "__PROTO__", "input")
    rows = find_all(browser, "#table-1 tbody tr")
    assert len(rows) == 3
    put(browser, "#table-1 input", "</script>", "input")
    assert len(find_all(browser, "#table-1 tbody tr")) == 3
    assert find_all(browser, "#table-1 tbody script") == []
    for head in find_all(browser, "#table-1 th button"):
        browser.execute_script("arguments[0].click()", head)
    assert browser.execute_script("return window.broken") is None


def test_they_are_downloaded_as_they_are(page):
    from selenium.webdriver.support.wait import WebDriverWait

    browser, _, names = page
    for old in browser.downloads.iterdir():
        old.unlink()
    browser.execute_script("document.querySelector('#table-1 .csv').click()")
    WebDriverWait(browser, 20).until(
        lambda _: [f for f in browser.downloads.iterdir() if f.suffix == ".csv"]
    )
    (file,) = browser.downloads.iterdir()
    with file.open(encoding="utf-8-sig", newline="") as text:
        head, *rows = csv.reader(text)
    assert len(head) == len(rows[0])
    assert rows[5][-1] == "constructor"
    assert rows[10][-1] == "'=HYPERLINK(1)"
    assert [row[-1].lstrip("'") for row in rows] == [n.lstrip("'") for n in names]


def test_they_do_not_run_out_of_a_narrow_page(page):
    browser, _, _ = page
    phone(browser)
    browser.refresh()
    browser.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
    wide = browser.execute_script(
        "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide == [390, 390]
