"""What a reader does with a page, as the tests do it."""

from __future__ import annotations


def find(browser, selector):
    return browser.find_element("css selector", selector)


def find_all(browser, selector):
    return browser.find_elements("css selector", selector)


def put(browser, selector, value, event):
    """Set a control as its user would."""
    browser.execute_script(
        "const e = document.querySelector(arguments[0]); e.value = arguments[1];"
        "e.dispatchEvent(new Event(arguments[2]))",
        selector, value, event,
    )  # fmt: skip


def hover(browser, unit):
    """Rest the mouse on an area; give what the tip says."""
    from selenium.webdriver import ActionChains

    area = find(browser, f"#atlas path[data-unit='{unit}']")
    ActionChains(browser).move_to_element(area).perform()
    return find(browser, "#tip").text


def press(browser, *keys):
    from selenium.webdriver import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def phone(browser):
    """Look at the page on a telephone, by touch."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True},
    )
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})


def touch(browser, *points):
    """Put one finger down at the first point, move it over the others, and lift it."""
    send = browser.execute_cdp_cmd
    x, y = points[0]
    send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for x, y in points[1:]:
        send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def center_of(browser, selector):
    """Say where the middle of an element is in the window."""
    return browser.execute_script(
        "const b = document.querySelector(arguments[0]).getBoundingClientRect();"
        "return [b.x + b.width / 2, b.y + b.height / 2]",
        selector,
    )


def go_to(browser, selector):
    browser.execute_script(
        "document.querySelector(arguments[0]).scrollIntoView({behavior: 'instant'})", selector
    )


def barriers(browser, axe):
    """Give what axe finds, a line for each element, and how many rules it tried.

    Style sheets are not fetched a second time: beside a page in a folder Chromium forbids it.
    """
    browser.execute_script(axe)
    told = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {preload: false}).then(done)"
    )
    found = [
        f"{rule['id']}: {node['html'][:120]} {node['failureSummary']}"
        for rule in told["violations"]
        for node in rule["nodes"]
    ]
    return found, len(told["passes"])
