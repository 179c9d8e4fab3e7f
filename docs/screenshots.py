"""Take the picture of the report page that the docs show.

    ganzoo train vanilla-mlp --preset quick --dataset mnist --out runs/quick
    python docs/screenshots.py runs/quick/report.html

The first command takes about a minute on a laptop. The second needs Playwright (``pip install -e
'.[dev]'``) and a Chromium of the system. It writes ``docs/images/report-1280.png``.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
SIZES = {1280: 2500}
"""Width of the window -> how much of the page is shown."""


def main(page: Path) -> None:
    """Write a picture for each width."""
    programs = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, programs)), None)
    if program is None:
        sys.exit("no Chromium on this system: apt-get install chromium brings it")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for width, height in SIZES.items():
            tab = browser.new_page(viewport={"width": width, "height": height})
            tab.goto(page.resolve().as_uri())
            tab.wait_for_selector("html[data-drawn=yes]", state="attached")
            tab.wait_for_timeout(500)
            tab.screenshot(path=IMAGES / f"report-{width}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
