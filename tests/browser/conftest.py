"""A real browser for the page. Needs Chromium, its driver, and selenium (extra "browser")."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

_BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
_DRIVER = shutil.which("chromedriver")


def pytest_collection_modifyitems(items):
    """Everything here takes a browser, which takes seconds."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.slow)
            # selenium leaves a socket to its driver open until the interpreter ends.
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Start Chromium once; it puts what it downloads into ``browser.downloads``."""
    pytest.importorskip("selenium", reason="selenium is not installed: extra 'browser'")
    if _BROWSER is None:
        pytest.skip("no Chromium: apt install chromium")
    if _DRIVER is None:
        pytest.skip("no chromedriver: apt install chromium-driver")
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
    driver.downloads = tmp_path_factory.mktemp("downloads")
    driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior",
        {"behavior": "allow", "downloadPath": str(driver.downloads)},
    )
    yield driver
    driver.quit()


@pytest.fixture
def plain(browser):
    """The browser as it starts: a wide window, light, with scripts, nothing logged."""
    browser.get_log("browser")
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})
    loud = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert loud == []


@pytest.fixture(scope="session")
def axe():
    """The script of axe-core, which tests pages for barriers; it is no part of the package."""
    where = os.environ.get("AXE_CORE")
    if where is None:
        pytest.skip("no axe-core: npm install axe-core, AXE_CORE=.../axe-core/axe.min.js")
    return Path(where).read_text(encoding="utf-8")
