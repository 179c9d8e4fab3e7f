"""Sections of plugins in a real browser: everything is shown, and a plugin's text is text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import Forks

test_browser = pytest.importorskip("test_browser", exc_type=pytest.skip.Exception)
pytestmark = test_browser.pytestmark
browser = test_browser.browser
Visit, WIDE, TEXTS = test_browser.Visit, test_browser.WIDE, test_browser.TEXTS

NASTY = "<script>window.hit = 1</script><img src=x onerror='window.hit = 2'>$$x$$@y0{safe}"
CODE = f'''
"""A lesson."""

from dataclasses import dataclass

import ganzoo
from markupsafe import Markup
from PIL import Image

NASTY = Markup({NASTY!r})

@ganzoo.hookimpl
def ganzoo_sections():
    yield ganzoo.Section(name="all-pieces", summary={NASTY!r}, factory="pieces:All")
    yield ganzoo.Section(name="failing", summary="It fails.", factory="pieces:Failing")

@dataclass(frozen=True)
class All:
    """All pieces."""
    def show(self, run):
        yield NASTY
        yield "First paragraph.\\n\\nSecond paragraph. " + "unbroken" * 40
        yield ganzoo.Table(("name", NASTY), [(NASTY, 1.5), ("x" * 300, None)], title=NASTY)
        yield ganzoo.Picture(run.trained().sample(16), title=NASTY)
        yield ganzoo.Picture(Image.linear_gradient("L"), title="A gradient")
        x = [i / 10 for i in range(11)]
        lines = {{NASTY: [v * v for v in x], "linear": x}}
        yield ganzoo.LineChart(x, lines, title=NASTY, hint=NASTY, axis=NASTY)
        yield ganzoo.LineChart(run.metrics["step"], {{"loss": run.metrics["generator_loss"]}})

@dataclass(frozen=True)
class Failing:
    """Fails."""
    def show(self, run):
        raise ValueError(NASTY)
'''


@pytest.fixture(scope="module")
def pages(
    _forks: Forks, _trained: Path, _pictures: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """A report and a comparison with sections."""
    folder = tmp_path_factory.mktemp("sections")
    (folder / "pieces.py").write_text(CODE)
    plugin = ("--plugin", folder / "pieces.py")
    written = {kind: folder / f"{kind}.html" for kind in ("report", "compare")}
    _forks(*plugin, "report", _pictures, "--out", written["report"]).ok()
    _forks(*plugin, "compare", _pictures, _trained, "--out", written["compare"]).ok()
    return written


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("kind", ["report", "compare"])
def test_everything_is_shown_and_nothing_sticks_out(
    browser: Any, pages: dict[str, Path], kind: str, width: int
) -> None:
    runs = 1 if kind == "report" else 2
    with Visit(browser, pages[kind], viewport={"width": width, "height": 900}) as visit:
        section = visit.page.locator("section#section-all-pieces-0")
        assert section.locator("h2").inner_text() == "All pieces"
        assert section.locator("table", has_text="1.5").count() == runs
        assert section.locator("figure img").count() == 2 * runs
        assert section.locator(".chart").count() == 2 * runs
        assert section.locator(".plot .bk-Figure").count() == 2 * runs
        assert section.locator("p", has_text="Second paragraph").count() == runs
        widths = "e => [e.naturalWidth, e.getBoundingClientRect().width]"
        for image in section.locator("figure img").all():
            image.scroll_into_view_if_needed()
            assert min(image.evaluate(widths)) > 0
        failing = visit.page.locator("section#section-failing-1")
        assert failing.inner_text().count("It cannot be shown.") == runs
        assert visit.page.locator(f"nav a[href='#{'section-all-pieces-0'}']").count() == 1
        assert visit.page.locator("#findings, #networks").count() == 1  # the rest is there
        scrolled = visit.page.evaluate("document.scrollingElement.scrollWidth")
        assert scrolled <= width
        assert visit.page.evaluate(WIDE) == []
        assert visit.complaints == []


def test_a_plugins_text_is_text(browser: Any, pages: dict[str, Path]) -> None:
    for path in pages.values():
        with Visit(browser, path) as visit:
            plot = visit.page.locator("#section-all-pieces-0 .plot").first
            said = visit.hover(plot, 0.52)
            assert NASTY in said
            assert "0.5" in said
            assert visit.page.evaluate("window.hit") is None
            assert (
                visit.page.locator("main img[src=x], main .plugged script:not([type])").count() == 0
            )
            assert visit.complaints == []
            assert [
                url for url in visit.asked if not url.startswith(("file:", "data:", "blob:"))
            ] == []


def test_it_can_be_read_in_the_dark(browser: Any, pages: dict[str, Path]) -> None:
    with Visit(browser, pages["report"], color_scheme="dark") as visit:
        assert [text for text in visit.page.evaluate(TEXTS) if text[1] < 4.5] == []
