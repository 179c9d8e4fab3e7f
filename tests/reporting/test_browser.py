"""The pages in a real browser, from disk and without a network.

Chromium comes from the system (`apt-get install chromium`), Playwright drives it. Where either is
missing these tests are skipped.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import TINY, Forks

playwright = pytest.importorskip(
    "playwright.sync_api", reason="no Playwright: pip install -e '.[dev]' brings it"
)
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PROGRAM = next(filter(None, map(shutil.which, PROGRAMS)), None)
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no Chromium on this system: apt-get install chromium brings it"
)
KINDS = ("pictures", "ring", "compare")
DRAWN = "html[data-drawn=yes]"

TEXTS = """() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour[3] === 1) return colour;
    }
    return [255, 255, 255, 1];
  };
  const contrast = (one, other) => {
    const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim().slice(0, 40);
    if (!text || !element.checkVisibility() || element.closest("script, style, noscript")) continue;
    found.push([text, contrast(parse(getComputedStyle(element).color), behind(element))]);
  }
  const paper = parse(getComputedStyle(document.body).backgroundColor);
  const hex = (text) => [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
  for (const each of Bokeh.documents)
    for (const model of each.roots().flatMap((root) => [...root.references()]))
      if (model.type.endsWith("Axis"))
        found.push(["axis", contrast(hex(model.major_label_text_color), paper)]);
  return found;
}"""
"""Each visible text, with its contrast against its background."""

WIDE = """() => {
  const inside = (e) => e.parentElement?.closest(".scroll, .canvas, .skip");
  return [...document.body.querySelectorAll("*")]
    .filter((e) => e.checkVisibility() && !inside(e) && !e.closest("svg, .skip"))
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5
      || e.getBoundingClientRect().left < -0.5)
    .map((e) => e.outerHTML.slice(0, 120));
}"""
"""Elements that stick out of the window, except for those in a box that scrolls."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(
    _forks: Forks, _trained: Path, _pictures: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """A page of each kind."""
    folder = tmp_path_factory.mktemp("pages")
    env = {"GANZOO_OFFLINE": "1", "GANZOO_NO_REPORT": "1"}
    other = folder / "other"
    _forks(*TINY, "--loss", "minimax", "--steps", "60", "--out", other, **env).ok()
    written = {kind: folder / f"{kind}.html" for kind in KINDS}
    _forks("report", _pictures, "--out", written["pictures"], **env).ok()
    _forks("report", _trained, "--out", written["ring"], **env).ok()
    _forks("compare", _trained, other, "--out", written["compare"], **env).ok()
    return written


class Visit:
    """An open page, with its requests and its complaints."""

    def __init__(self, browser: Any, path: Path, **context: Any) -> None:
        options = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
        self.context = browser.new_context(**options | context)
        self.context.set_offline(True)
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda said: said.type in ("error", "warning") and self.complaints.append(said.text),
        )
        self.page.set_default_timeout(180_000)  # a busy machine takes its time
        self.page.goto(path.as_uri())
        if context.get("java_script_enabled", True):
            self.page.wait_for_selector(DRAWN, state="attached")

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def hover(self, plot: Any, share: float) -> str:
        """The text that a figure shows at the pointer."""
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        tip = self.page.locator(".ganzoo-tip:visible")
        for y in (0.4, 0.5, 0.6):  # it may take a move or two until the figure is ready
            self.page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * y)
            self.page.wait_for_timeout(100)
            if tip.count():
                break
        tip.first.wait_for(timeout=5_000)
        return str(tip.first.inner_text())


@pytest.mark.parametrize("kind", KINDS)
def test_it_opens_from_disk_without_a_network(
    browser: Any, pages: dict[str, Path], kind: str
) -> None:
    with Visit(browser, pages[kind]) as visit:
        charts = visit.page.locator(".chart")
        assert charts.count() >= 7
        for i in range(charts.count()):
            assert charts.nth(i).locator("canvas").count(), charts.nth(i).inner_text()
        images = visit.page.evaluate("[...document.images].map(i => i.naturalWidth)")
        assert images
        assert min(images) > 8
        assert visit.complaints == []
        assert {url.partition(":")[0] for url in visit.asked} <= {"file", "data", "blob"}


def test_the_page_itself_forbids_the_network(
    browser: Any, pages: dict[str, Path], tmp_path: Path
) -> None:
    """The page cannot request anything, even if it tries."""
    text = pages["ring"].read_text()
    assert text.count("</main>") == 1
    spy = "<img src='https://example.org/spy.png'><script>window.hit = 1</script></main>"
    (tmp_path / "page.html").write_text(text.replace("</main>", spy))
    with Visit(browser, tmp_path / "page.html") as visit:
        assert visit.page.evaluate("window.hit") is None
        assert len(visit.complaints) == 2, visit.complaints
        assert all("Content Security Policy" in text for text in visit.complaints)


@pytest.mark.parametrize("kind", KINDS)
def test_the_slider_moves_by_keyboard(browser: Any, pages: dict[str, Path], kind: str) -> None:
    with Visit(browser, pages[kind]) as visit:
        player = visit.page.locator(".player").first
        slider, output = player.locator("input[type=range]"), player.locator("output")
        images = player.locator("img[data-track]")

        def seen() -> list[tuple[str, str]]:
            return [(i.get_attribute("src"), i.get_attribute("alt")) for i in images.all()]

        def drawn() -> bytes:
            visit.page.evaluate("Promise.all([...document.images].map((i) => i.decode()))")
            visit.page.wait_for_timeout(100)
            shot: bytes = player.locator(".panels").screenshot()
            return shot

        slider.focus()
        visit.page.keyboard.press("End")  # a comparison may start at an earlier step
        last, said, shown = seen(), output.inner_text(), drawn()
        visit.page.keyboard.press("Home")
        first = seen()
        for before, after in zip(last, first, strict=True):
            assert before[0] != after[0]
            assert before[1] != after[1]
        assert drawn() != shown
        assert output.inner_text() == slider.get_attribute("aria-valuetext") != said
        visit.page.keyboard.press("ArrowRight")
        assert seen() not in (first, last)
        visit.page.keyboard.press("End")
        assert (seen(), output.inner_text()) == (last, said)
        assert visit.complaints == []


def test_it_plays_and_stops(browser: Any, pages: dict[str, Path]) -> None:
    with Visit(browser, pages["ring"]) as visit:
        player = visit.page.locator(".player").first
        button, slider = player.locator(".play"), player.locator("input[type=range]")
        top = slider.get_attribute("max")
        button.click()
        assert slider.input_value() == "0"
        assert "Stop" in button.inner_text()
        playwright.expect(slider).to_have_value(top)
        assert "Play" in button.inner_text()
        button.click()
        button.click()
        assert "Play" in button.inner_text()
        stood = slider.input_value()
        visit.page.wait_for_timeout(400)
        assert slider.input_value() == stood
    with Visit(browser, pages["ring"], reduced_motion="reduce") as visit:
        player = visit.page.locator(".player").first
        player.locator(".play").click()
        visit.page.wait_for_timeout(500)  # three pictures' time elsewhere
        assert player.locator("input[type=range]").input_value() == "0"


def test_hovering_a_curve_tells_its_values(
    browser: Any, pages: dict[str, Path], pictures: Path
) -> None:
    with (pictures / "metrics.csv").open() as file:
        rows = {int(row["step"]): row for row in csv.DictReader(file)}
    with Visit(browser, pages["pictures"]) as visit:
        plot = visit.page.locator("#chart-loss .plot")
        said = visit.hover(plot, 0.5)
        step = int(re.search(r"step (\d+)", said)[1])  # type: ignore[index]
        for name in ("discriminator", "generator"):
            value = float(re.search(rf"{name}\s+(\S+)", said)[1])  # type: ignore[index]
            assert value == pytest.approx(float(rows[step][f"{name}_loss"]), abs=1e-3)
        assert visit.hover(plot, 0.8) != said
        assert visit.complaints == []


def test_hovering_a_curve_tells_which_run_it_is(browser: Any, pages: dict[str, Path]) -> None:
    with Visit(browser, pages["compare"]) as visit:
        said = visit.hover(visit.page.locator(".chart .plot").first, 0.4)
        assert re.search(r"step \d+\s+● run\s+\S+\s+● other\s+\S+", said), said


def test_a_key_hides_its_curve(browser: Any, pages: dict[str, Path]) -> None:
    with Visit(browser, pages["ring"]) as visit:
        chart = visit.page.locator("#chart-loss")
        before = chart.locator(".plot").screenshot()
        key = chart.get_by_role("button", name="generator")
        key.press("Enter")
        assert key.get_attribute("aria-pressed") == "false"
        visit.page.wait_for_timeout(300)
        assert chart.locator(".plot").screenshot() != before


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_overflows(browser: Any, pages: dict[str, Path], kind: str, width: int) -> None:
    with Visit(browser, pages[kind], viewport={"width": width, "height": 800}) as visit:
        visit.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        visit.page.wait_for_timeout(100)
        sizes = "[document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]"
        scrolled, there = visit.page.evaluate(sizes)
        assert scrolled <= there == width
        assert visit.page.evaluate(WIDE) == []
        assert visit.complaints == []


@pytest.mark.parametrize("kind", KINDS)
def test_all_text_can_be_read_in_light_and_in_the_dark(
    browser: Any, pages: dict[str, Path], kind: str
) -> None:
    shots = set()
    with Visit(browser, pages[kind], color_scheme="dark") as visit:
        for scheme in ("dark", "light"):  # as it is opened, and as it becomes
            visit.page.emulate_media(color_scheme=scheme)
            visit.page.wait_for_timeout(200)
            texts = visit.page.evaluate(TEXTS)
            assert len(texts) > 100
            assert [text for text in texts if text[1] < 4.5] == []
            shots.add(visit.page.locator(".plot").first.screenshot())
            shots.add(visit.page.screenshot())
    assert len(shots) == 4


def test_the_keyboard_reaches_everything(browser: Any, pages: dict[str, Path]) -> None:
    with Visit(browser, pages["ring"]) as visit:
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.className") == "skip"
        reached = []
        for _ in range(60):
            visit.page.keyboard.press("Tab")
            here = visit.page.evaluate(
                "(() => { const e = document.activeElement, s = getComputedStyle(e);"
                " return [e.tagName, e.type ?? '', s.outlineStyle] })()"
            )
            if here[0] == "BODY":
                break
            reached.append(tuple(here[:2]))
            assert here[2] != "none", here
        for each in (("INPUT", "range"), ("BUTTON", "button"), ("A", ""), ("SUMMARY", "")):
            assert each in reached


def test_the_command_is_copied(browser: Any, pages: dict[str, Path], trained: Path) -> None:
    with Visit(browser, pages["ring"], permissions=["clipboard-read", "clipboard-write"]) as visit:
        visit.page.locator("#run .copy").click()
        visit.page.locator("#run .copy", has_text="Copied").wait_for()
        copied = visit.page.evaluate("navigator.clipboard.readText()")
        assert copied == json.loads((trained / "run.json").read_text())["command"]


@pytest.mark.parametrize("kind", KINDS)
def test_without_javascript_there_is_the_rest(
    browser: Any, pages: dict[str, Path], kind: str
) -> None:
    with Visit(browser, pages[kind], java_script_enabled=False) as visit:
        assert visit.page.locator(".controls:visible").count() == 0
        assert visit.page.locator(".copy:visible").count() == 0
        assert visit.page.locator("img[data-track]:visible").count()
        assert "JavaScript" in visit.page.locator("noscript p:visible").first.inner_text()
        visit.page.locator(".chart summary").first.click()
        assert visit.page.locator(".chart table:visible td").count()


NASTY = "<script>window.hit = 1</script><img src=x onerror='window.hit = 2'>"
PLUGIN = f"""
import ganzoo

@ganzoo.hookimpl
def ganzoo_models():
    paper = ganzoo.Paper({NASTY!r}, 2014, url="javascript:window.hit=3")
    yield ganzoo.Model(
        name="nasty", summary={NASTY!r}, paper=paper,
        factory="ganzoo.builtin.vanilla_mlp:VanillaMLP", dataset="ring",
    )
"""


def test_a_plugins_text_is_text(browser: Any, forked: Forks, tmp_path: Path) -> None:
    (tmp_path / "nasty.py").write_text(PLUGIN)
    plugin = ("--plugin", "nasty.py")
    forked(*plugin, "train", "nasty", *TINY[2:], "--steps", "40", "--out", "run").ok()
    record = json.loads(Path("run/run.json").read_text())
    record["settings"]["model." + NASTY] = NASTY
    Path("run/run.json").write_text(json.dumps(record))
    metrics = Path("run/metrics.csv")
    metrics.write_text(metrics.read_text().replace("D(x)", NASTY.replace(",", "") + "@y0{safe}"))
    shutil.copytree("run", NASTY.replace("/", ""))
    forked(*plugin, "report", "run").ok()
    forked(*plugin, "compare", "run", NASTY.replace("/", ""), "--out", "compare.html").ok()
    for page in ("run/report.html", "compare.html"):
        with Visit(browser, tmp_path / page) as visit:
            visit.hover(visit.page.locator(".plot").first, 0.5)
            title = visit.page.locator("h3", has_text="onerror")
            said = visit.hover(visit.page.locator(".chart").filter(has=title).locator(".plot"), 0.5)
            assert "report" not in page or NASTY.replace(",", "") in said
            assert visit.page.evaluate("window.hit") is None
            assert visit.page.locator("a[href^=javascript]").count() == 0
            assert visit.page.get_by_text("onerror").count()
            assert visit.complaints == []
