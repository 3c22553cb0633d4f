"""Tables that answer: searched, sorted, unfolded, downloaded."""

from __future__ import annotations

import csv
import math

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from tests.browser.acts import find, find_all, put


@pytest.fixture
def frame():
    """Figures of every size, gaps, words that look like formulas, more rows than are shown."""
    generator = np.random.default_rng(5)
    n = 500
    values = generator.normal(size=n) * 10.0 ** generator.integers(-6, 11, n)
    values[:6] = [0.0625, 0.3125, -0.0, np.nan, np.inf, 1e-5]
    return pd.DataFrame(
        {
            "figure": values,
            "count": generator.integers(0, 5000, n),
            "p_sim": generator.uniform(0, 0.01, n),
            "name": ["=1+1", 'a "quoted", word', "Ärger", "单元", None, "Unit 10"]
            + [f"Unit {i}" for i in range(n - 6)],
        },
        index=pd.Index([f"r{i:03d}" for i in range(n)], name="unit"),
    )


@pytest.fixture(params=["en", "zh"])
def page(request, frame, tmp_path, plain):
    path = sc.write_page(
        {"data": frame}, tmp_path / "p.html", title="T", max_rows=40, language=request.param
    )
    plain.get(path.as_uri())
    return plain


def _cells(browser):
    return browser.execute_script(
        "return [...document.querySelectorAll('#table-1 tbody tr')]"
        ".map(r => [...r.cells].map(c => c.textContent))"
    )


def _sort(browser, column):
    find_all(browser, "#table-1 th button")[column].click()


def test_rows_written_by_the_script_are_those_written_beforehand(page, frame):
    before = _cells(page)
    assert len(before) == 40
    put(page, "#table-1 input", "r", "input")
    assert _cells(page) == before
    put(page, "#table-1 input", "", "input")
    assert _cells(page) == before


def test_all_rows_are_printed_as_python_prints_them(page, frame, tmp_path):
    from spatialccd.report.tables.columns import lay_out
    from spatialccd.report.tables.printed import printed
    from spatialccd.report.words.spoken import Words

    find(page, "#table-1 .more").click()
    written = printed(lay_out("data", frame, Words()), "en", 3, 10_000)
    assert _cells(page) == [[words for words, _ in row] for row in written.rows]
    assert not find(page, "#table-1 .more").is_displayed()


def test_search_looks_through_all_rows(page, frame):
    put(page, "#table-1 input", "UNIT 49", "input")
    names = [row[-1] for row in _cells(page)]
    assert names == ["Unit 49", "Unit 490", "Unit 491", "Unit 492", "Unit 493"]
    assert "500" in find(page, "#table-1 .count").text
    put(page, "#table-1 input", "nothing like it", "input")
    assert _cells(page) == []
    put(page, "#table-1 input", "单元", "input")
    assert [row[0] for row in _cells(page)] == ["r003"]


def test_sort_is_by_value_over_all_rows_gaps_last(page, frame):
    _sort(page, 1)
    order = frame["figure"].sort_values(kind="stable").index
    assert [row[0] for row in _cells(page)] == list(order[:40])
    assert find_all(page, "#table-1 th")[1].get_attribute("aria-sort") == "ascending"
    _sort(page, 1)
    falling = frame["figure"].sort_values(ascending=False, kind="stable").index
    assert [row[0] for row in _cells(page)] == list(falling[:40])
    find(page, "#table-1 .more").click()
    assert _cells(page)[-1][0] == "r003"  # the gap
    _sort(page, 1)
    assert [row[0] for row in _cells(page)] == list(frame.index)
    assert find_all(page, "#table-1 th")[1].get_attribute("aria-sort") is None


def test_names_sort_as_people_count(page):
    _sort(page, 4)
    put(page, "#table-1 input", "Unit", "input")
    assert [row[-1] for row in _cells(page)][:4] == ["Unit 0", "Unit 1", "Unit 2", "Unit 3"]


def test_download_holds_every_row_and_no_formula(page, frame):
    from selenium.webdriver.support.wait import WebDriverWait

    for old in page.downloads.iterdir():
        old.unlink()
    find(page, "#table-1 .csv").click()
    file = page.downloads / "data.csv"
    WebDriverWait(page, 20).until(lambda _: file.exists() and file.stat().st_size > 0)
    with file.open(encoding="utf-8-sig", newline="") as text:
        head, *rows = csv.reader(text)
    assert len(head) == 5
    assert len(rows) == len(frame)
    figures = [float(row[1]) if row[1] else math.nan for row in rows]
    np.testing.assert_allclose(figures, frame["figure"], rtol=1e-7)
    assert [int(row[2]) for row in rows] == frame["count"].to_list()
    assert rows[0][4] == "'=1+1"
    assert rows[1][4] == 'a "quoted", word'
    assert rows[4][4] == ""


def test_standard_errors_stay_below_their_coefficients(toys, tmp_path, plain):
    income = toys.year["income"].clip(upper=38)
    tobit = sc.tobit(income, toys.year[["schools", "smoke"]], lower=None, upper=38)
    plain.get(sc.write_page({"tobit": tobit}, tmp_path / "p.html", title="T").as_uri())
    before = _cells(plain)
    _sort(plain, 1)
    _sort(plain, 1)
    after = _cells(plain)
    order = tobit.terms["coef"].sort_values(ascending=False).index
    assert [row[0] for row in after[::2]] == list(order)
    pairs = {row[0]: below[1] for row, below in zip(before[::2], before[1::2], strict=True)}
    assert {row[0]: below[1] for row, below in zip(after[::2], after[1::2], strict=True)} == pairs
    assert after[1][1] == f"({tobit.terms.loc[order[0], 'se']:,.3f})"


def test_what_is_cut_can_be_shown_whole_with_errors_below_too(toys, tmp_path, plain):
    income = toys.year["income"].clip(upper=38)
    tobit = sc.tobit(income, toys.year[["schools", "smoke"]], lower=None, upper=38)
    path = sc.write_page({"tobit": tobit}, tmp_path / "p.html", title="T", max_rows=2)
    plain.get(path.as_uri())
    assert len(_cells(plain)) == 4
    assert find(plain, "#table-1 .cut").is_displayed()
    find(plain, "#table-1 .more").click()
    assert len(_cells(plain)) == 2 * len(tobit.terms)
    assert find_all(plain, "#table-1 .cut") == []


def test_a_link_to_a_folded_table_unfolds_it(toys, tmp_path, plain):
    ccd = sc.coupling_coordination(economy=toys.scores["economy"], ecology=toys.scores["ecology"])
    results = {"a": toys.panel, "b": toys.year, "ccd": ccd}
    plain.get(sc.write_page(results, tmp_path / "p.html", title="T").as_uri())
    link = find(plain, "#findings a")
    assert find(plain, "#table-3").get_attribute("open") is None
    link.click()
    assert find(plain, "#table-3").get_attribute("open") is not None
