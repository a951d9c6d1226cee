"""The HTML report in a real browser: what can be clicked, typed and read there."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.numeric.curve import Curve, CurvePoint
from gradcheck.numeric.steps import STEPS
from gradcheck.reports.html.page import as_html
from gradcheck.reports.report import Report
from gradcheck.results.events import RunFinished
from gradcheck.results.settings import Settings

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
if not (CHROMIUM and DRIVER):
    pytest.skip(
        "needs a browser: apt-get install chromium chromium-driver", allow_module_level=True
    )
webdriver = pytest.importorskip("selenium.webdriver", reason="needs gradcheck[browser]")

from selenium.webdriver.chrome.service import Service  # noqa: E402 - after it is known to be there
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

pytestmark = pytest.mark.browser

PASSED, FAILED = ["exp", "relu"], ["matmul", "add_bias"]


@pytest.fixture(scope="module")
def chromium():
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium):
    """The browser as it is at first: light, wide, with scripts, nothing logged."""
    look(chromium)
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    chromium.get("about:blank")
    for log in ("browser", "performance"):
        chromium.get_log(log)
    return chromium


@pytest.fixture
def opened(browser, tmp_path, results, wrong):
    """Write a report and open it."""
    points = tuple(CurvePoint(step=h, difference=h * h + 1, rounding=1e-16 / h) for h in STEPS)
    curve = Curve(
        where="b[1,0]", analytic=0.0, low=1.0, high=1.0, bar=1e-10, chosen=STEPS[5], points=points
    )
    with_curve = replace(wrong, failure=replace(wrong.failure, curve=curve))
    mixed = tuple(with_curve if result is wrong else result for result in results)

    def open_(*shown):
        report = Report(
            finished=RunFinished(shown or mixed, 3.21, False),
            planned=len(shown or mixed),
            settings=Settings(seed=7),
            command_for=lambda op: (
                f"gradcheck run {op} --seed 7 -n 100 --ops a_long_folder/my_ops.py"
            ),
        )
        path = tmp_path / "report.html"
        path.write_text(as_html(report), encoding="utf-8")
        browser.get(path.as_uri())
        return browser

    return open_


def look(browser, *, width=1200, scheme="light"):
    """Set the width of the page and the colours that its reader prefers."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


def names(browser):
    rows = browser.find_elements(By.CSS_SELECTOR, ".ops tbody tr")
    return [row.find_element(By.TAG_NAME, "th").text for row in rows if row.is_displayed()]


def panels(browser):
    articles = browser.find_elements(By.TAG_NAME, "article")
    return [a.find_element(By.TAG_NAME, "h3").text for a in articles if a.is_displayed()]


def head(browser, title):
    (found,) = (
        th
        for th in browser.find_elements(By.CSS_SELECTOR, ".ops thead th")
        if th.text.strip() == title
    )
    return found


def ground(browser):
    script = "return getComputedStyle(document.body).backgroundColor"
    return browser.execute_script(script)


def soon(browser, condition):
    """Wait for what an event brings about."""
    WebDriverWait(browser, 10).until(lambda _: condition())


def requests(browser):
    messages = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [params["request"]["url"] for params in sent]


def test_it_asks_for_nothing_and_complains_of_nothing(opened):
    browser = opened()
    assert requests(browser) == [browser.current_url]
    assert browser.get_log("browser") == []


def test_hostile_text_runs_nowhere(opened, hostile):
    browser = opened(hostile)
    assert browser.execute_script("return typeof hacked") == "undefined"
    assert "<script>hacked=1</script>" in names(browser)[0]
    assert requests(browser) == [browser.current_url]
    assert browser.get_log("browser") == []


def test_a_script_that_got_in_all_the_same_is_refused(opened):
    browser = opened()
    browser.execute_script(
        "const s = document.createElement('script'); s.textContent = 'hacked = 1';"
        "document.body.append(s);"
        "const i = document.createElement('img'); i.src = 'https://example.org/x.png';"
        "document.body.append(i);"
    )
    assert browser.execute_script("return typeof hacked") == "undefined"
    refusals = [entry["message"] for entry in browser.get_log("browser")]
    assert any("script-src" in message for message in refusals)
    assert any("https://example.org/x.png" in message for message in refusals)


def test_a_click_sorts_and_another_one_turns_the_order(opened):
    browser = opened()
    before = names(browser)
    button = head(browser, "op").find_element(By.TAG_NAME, "button")
    button.click()
    assert names(browser) == sorted(before, key=str.lower)
    assert head(browser, "op").get_attribute("aria-sort") == "ascending"
    button.click()
    assert names(browser) == sorted(before, key=str.lower, reverse=True)
    assert head(browser, "op").get_attribute("aria-sort") == "descending"


def test_numbers_are_sorted_as_numbers(opened, passed):
    margins = (9.0, 0.5, 10.0, float("inf"), 1e-7, float("nan"))
    browser = opened(*(replace(passed, op=f"m{m}", margin=m) for m in margins))
    head(browser, "worst margin").find_element(By.TAG_NAME, "button").click()
    assert names(browser) == ["m1e-07", "m0.5", "m9.0", "m10.0", "minf", "mnan"]


def test_only_one_column_claims_to_be_sorted(opened):
    browser = opened()
    for title in ("op", "time"):
        head(browser, title).find_element(By.TAG_NAME, "button").click()
    sorted_by = browser.find_elements(By.CSS_SELECTOR, "[aria-sort]")
    assert [th.text.strip() for th in sorted_by] == ["time"]


def test_typing_filters_rows_and_panels(opened):
    browser = opened()
    everything = len(names(browser))
    query = browser.find_element(By.ID, "query")
    query.send_keys("matmul")
    assert names(browser) == panels(browser) == ["matmul"]
    assert browser.find_element(By.ID, "count").text == f"1 of {everything} ops shown"
    query.clear()
    query.send_keys("nothing fits this")
    assert names(browser) == panels(browser) == []


def test_verdicts_can_be_left_out(opened):
    browser = opened()
    for verdict in ("PASS", "ERROR", "INCONCLUSIVE", "VACUOUS"):
        browser.find_element(By.CSS_SELECTOR, f"input[value={verdict}]").click()
    assert names(browser) == panels(browser) == FAILED


def test_the_keyboard_reaches_and_works_everything(opened):
    browser = opened()
    seen = []
    for _ in range(80):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focus = browser.switch_to.active_element
        if focus.tag_name == "body":
            break
        style = browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", focus)
        assert style != "none", focus.get_attribute("outerHTML")
        seen.append((focus.tag_name, focus.text.strip() or focus.get_attribute("value")))
    assert seen[0] == ("a", "Skip to the ops")
    for wanted in (
        ("button", "Dark colours"),
        ("input", "PASS"),
        ("button", "worst margin"),
        ("a", "matmul"),
        ("button", "Fold all"),
        ("button", "Copy"),
        ("summary", "The curve in numbers"),
    ):
        assert wanted in seen


def test_enter_sorts_and_space_folds(opened):
    browser = opened()
    head(browser, "op").find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert head(browser, "op").get_attribute("aria-sort") == "ascending"
    summary = browser.find_element(By.CSS_SELECTOR, "article summary")
    summary.send_keys(Keys.SPACE)
    assert not browser.find_element(By.CSS_SELECTOR, "article .facts").is_displayed()


def test_the_skip_link_is_seen_when_it_has_the_focus(opened):
    browser = opened()
    skip = browser.find_element(By.CLASS_NAME, "skip")
    assert skip.rect["x"] < 0
    browser.switch_to.active_element.send_keys(Keys.TAB)
    assert skip.rect["x"] >= 0


def test_a_link_opens_a_panel_that_is_folded(opened):
    browser = opened()
    fold = browser.find_element(By.ID, "fold")
    fold.click()
    soon(browser, lambda: fold.text == "Unfold all")
    assert not browser.find_elements(By.CSS_SELECTOR, "article details[open]")
    browser.find_element(By.LINK_TEXT, "matmul").click()
    panel = browser.find_element(By.XPATH, "//article[.//h3='matmul']/details")
    soon(browser, lambda: panel.get_attribute("open"))
    assert len(browser.find_elements(By.CSS_SELECTOR, "article > details[open]")) == 1


def test_copying_says_what_became_of_it(opened):
    browser = opened()
    button = browser.find_element(By.CSS_SELECTOR, ".copied button")
    button.click()
    status = browser.find_element(By.CSS_SELECTOR, ".copied [role=status]")
    soon(browser, lambda: status.text)
    assert status.text in {"Copied", "Selected: copy it with Ctrl+C"}


@pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
def test_colours_follow_the_system_until_the_button_says_otherwise(opened, scheme, other):
    browser = opened()
    grounds = {}
    for each in (other, scheme):
        look(browser, scheme=each)
        grounds[each] = ground(browser)
    assert grounds[scheme] != grounds[other]
    button = browser.find_element(By.ID, "theme")
    soon(browser, lambda: button.text == f"{other.title()} colours")
    button.click()
    assert ground(browser) == grounds[other]
    assert button.text == f"{scheme.title()} colours"


@pytest.mark.parametrize(
    ("selector", "what"),
    [
        (".heat td.p8", "background-color"),
        (".badge.bad", "background-color"),
        ("polyline.reference", "stroke"),
        ("rect.bar", "fill"),
    ],
)
def test_colours_are_ones_that_the_browser_knows(opened, selector, what):
    element = opened().find_element(By.CSS_SELECTOR, selector)
    assert element.value_of_css_property(what) not in {"none", "rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"}


@pytest.mark.parametrize("width", [400, 700, 1200])
def test_the_page_is_never_wider_than_the_window(opened, width):
    browser = opened()
    look(browser, width=width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_cells_of_a_wide_map_show_their_numbers_when_asked(opened, wrong, compare):
    some = tuple(compare(f"b[0,{i}]", i / 8, 0.0) for i in range(8))
    values = np.zeros((1, 8))
    case = replace(wrong.failure.case, inputs={"b": values}, comparisons=some)
    browser = opened(replace(wrong, failure=replace(wrong.failure, case=case, worst=some[7])))
    cell = browser.find_element(By.CSS_SELECTOR, ".heat td.p8")
    assert cell.get_attribute("title") == "b[0,7] 0.875"
    assert cell.value_of_css_property("font-size") == "0px"
    browser.find_element(By.CLASS_NAME, "ask").send_keys(Keys.SPACE)
    assert cell.value_of_css_property("font-size") != "0px"
    assert cell.text == "0.875"


def test_without_scripts_all_is_shown_but_what_needs_them(opened, browser):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    opened()
    tree = browser.execute_cdp_cmd("DOM.getDocument", {"depth": 1})["root"]["nodeId"]

    def count(selector):
        query = {"nodeId": tree, "selector": selector}
        return len(browser.execute_cdp_cmd("DOM.querySelectorAll", query)["nodeIds"])

    assert count("#tools[hidden]") == count("#theme[hidden]") == count("#fold[hidden]") == 1
    assert count(".ops tbody tr") == 7
    assert count("article > details[open]") == 5
    assert count(".ops thead button") == count(".copied button") == 0
    assert count("[hidden]") == 3
