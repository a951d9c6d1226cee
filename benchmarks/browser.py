"""How long a page takes to open in the Chromium of the system."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path


class NoBrowser(Exception):
    """Says what is missing to open a page."""


def seconds_to_open(page: str) -> float:
    """Open a page in headless Chromium, and return the seconds until all of it was loaded.

    Raises:
        NoBrowser: where there is none, or nothing to drive it with.
    """
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
    except ImportError:
        raise NoBrowser("needs the extra: pip install 'gradcheck[browser]'") from None
    if not (chromium and driver):
        raise NoBrowser("needs a browser: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.html")
        path.write_text(page, encoding="utf-8")
        browser = webdriver.Chrome(options=options, service=Service(driver))
        try:
            browser.get("about:blank")
            browser.get(path.as_uri())
            milliseconds = browser.execute_script(
                "return performance.timing.loadEventEnd - performance.timing.navigationStart"
            )
        finally:
            browser.quit()
    return float(milliseconds) / 1000
