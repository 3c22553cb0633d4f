"""The built documentation as readers meet it; docs/built is made by the stage before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.acts import barriers, find, phone

SITE = Path(__file__).parents[2] / "docs" / "built"
PAGES = [
    "index",
    "start/ten_minutes",
    "start/doors",
    "guide/coupling",
    "guide/association",
    "guide/gwr",
    "validation",
    "differences",
    "zh/start",
    "made/gallery/index",
    "made/reference/catalog",
    "made/reference/api/spatialccd.mgwr",
]


@pytest.fixture(params=PAGES)
def page(request):
    path = SITE / f"{request.param}.html"
    if not SITE.is_dir():
        pytest.skip("the documentation is not built: sphinx-build docs docs/built")
    return path.as_uri()


@pytest.mark.parametrize("narrow", [False, True])
def test_axe_finds_no_barrier(page, plain, axe, narrow):
    if narrow:
        phone(plain)
    plain.get(page)
    found, tried = barriers(plain, axe)
    assert found == []
    assert tried > 15


def test_a_telephone_reads_it_without_moving_it_sideways(page, plain):
    phone(plain)
    plain.get(page)
    assert find(plain, "h1").is_displayed()
    wide = plain.execute_script("return document.documentElement.scrollWidth")
    assert wide <= plain.execute_script("return window.innerWidth")
