"""A comparison of many runs in a real browser: nothing is cut off, and the facts are right."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import Forks

import ganzoo.reporting.columns as compared

test_browser = pytest.importorskip("test_browser", exc_type=pytest.skip.Exception)
pytestmark = test_browser.pytestmark
browser = test_browser.browser
Visit, WIDE = test_browser.Visit, test_browser.WIDE

LONG = "a-run-whose-name-says-everything-that-was-changed-in-it-20250131-121314"
NAMES = ["run", LONG, *(f"run-{i}" for i in range(9)), "digits", "digits-again", "unbroken" * 9]
BEST = "run-3"
WIDTHS = pytest.mark.parametrize("width", [375, 1440])


@pytest.fixture(scope="module")
def page(
    _forks: Forks, _trained: Path, _pictures: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Fourteen runs of points and pictures. The one called `BEST` found the most modes."""
    folder = tmp_path_factory.mktemp("many")
    for i, name in enumerate(NAMES):
        shutil.copytree(_pictures if "digits" in name else _trained, folder / name)
        if "digits" not in name:
            health = folder / name / "health.csv"
            *lines, last = health.read_text().splitlines()
            at = lines[0].split(",").index("modes")
            cells = last.split(",")
            cells[at] = "8" if name == BEST else str(i % 3)
            health.write_text("\n".join([*lines, ",".join(cells)]) + "\n")
    written = folder / "page.html"
    _forks("compare", *(folder / name for name in NAMES), "--out", written).ok()
    return written


def visit(browser: Any, page: Path, width: int) -> Any:
    return Visit(browser, page, viewport={"width": width, "height": 800})


@WIDTHS
def test_nothing_is_cut(browser: Any, page: Path, width: int) -> None:
    with visit(browser, page, width) as there:
        opened = "document.querySelectorAll('details').forEach(d => { d.open = true })"
        there.page.evaluate(opened)
        assert there.page.evaluate("document.scrollingElement.scrollWidth") <= width
        assert there.page.evaluate(WIDE) == []
        assert there.complaints == []


@WIDTHS
def test_every_column_can_be_reached_and_its_rows_keep_their_names(
    browser: Any, page: Path, width: int
) -> None:
    with visit(browser, page, width) as there:
        table = there.page.locator("#outcomes .sides")
        heads = table.locator("thead th")
        assert [text.strip() for text in heads.all_inner_texts()[1:]] == NAMES
        first = table.locator("tbody tr", has_text="modes").first.locator("th")
        table.evaluate("e => { e.scrollTo(e.scrollWidth, 0) }")
        box = table.bounding_box()
        last, fixed = heads.last.bounding_box(), first.bounding_box()
        assert last["x"] + last["width"] <= box["x"] + box["width"] + 1
        assert fixed["x"] - box["x"] <= 2
        assert last["x"] >= fixed["x"] + fixed["width"] - 1, "the fixed column hides the last one"


@WIDTHS
def test_samples_come_first_and_stand_side_by_side(browser: Any, page: Path, width: int) -> None:
    with visit(browser, page, width) as there:
        assert there.page.locator("main section").first.get_attribute("id") == "grids"
        figures = there.page.locator("#grids figure")
        assert figures.count() == len(NAMES)
        boxes = [figures.nth(i).locator(".canvas").bounding_box() for i in range(4)]
        assert boxes[1]["x"] > boxes[0]["x"] + boxes[0]["width"]
        assert min(box["width"] for box in boxes) > 120
        ends = [box["y"] + box["height"] for box in boxes[:2]]
        assert abs(ends[0] - ends[1]) < 1
        assert there.page.locator("#grids output").inner_text() == "step 40"


def test_a_run_has_one_colour_throughout(browser: Any, page: Path) -> None:
    with visit(browser, page, 1440) as there:
        frames = there.page.eval_on_selector_all(
            "#grids .canvas", "all => all.map(e => getComputedStyle(e).borderTopColor)"
        )
        heads = there.page.eval_on_selector_all(
            "#outcomes thead th + th", "all => all.map(e => getComputedStyle(e).borderTopColor)"
        )
        keys = there.page.eval_on_selector_all(
            ".legend .swatch", "all => all.map(e => getComputedStyle(e).backgroundColor)"
        )
        curves = there.page.evaluate(
            """name => Bokeh.documents[0].roots()[0].renderers.filter(r => r.name == name)
               .map(r => r.glyph.line_color.value ?? r.glyph.line_color)[0]""",
            BEST,
        )
        assert frames == heads == keys
        assert len(set(frames)) == len(NAMES)
        i = NAMES.index(BEST)
        named = compared.palette(len(NAMES))[i]
        assert curves == named
        assert frames[i] == f"rgb({', '.join(str(int(named[k : k + 2], 16)) for k in (1, 3, 5))})"


def test_the_best_is_marked(browser: Any, page: Path) -> None:
    with visit(browser, page, 1440) as there:
        row = there.page.locator("#outcomes tbody tr", has_text="Higher is better").first
        cells = row.locator("td")
        marked = [i for i in range(len(NAMES)) if "best" in cells.nth(i).inner_text()]
        assert [NAMES[i] for i in marked] == [BEST]
        weight = "e => getComputedStyle(e).fontWeight"
        assert int(cells.nth(marked[0]).evaluate(weight)) > int(cells.first.evaluate(weight))
        distance = there.page.locator("#outcomes tbody tr", has_text="Lower is better").first
        assert "best" not in " ".join(distance.locator("td").all_inner_texts()), "of other data"


def test_curves_are_switched_off_and_the_rest_has_the_room(browser: Any, page: Path) -> None:
    shown = """() => Bokeh.documents.flatMap(d => d.roots()).map(
      root => root.renderers.filter(r => r.glyph.type == "Line" && r.name && r.visible).length)"""
    with visit(browser, page, 1440) as there:
        keys = there.page.locator(".legend button.key")
        assert keys.all_inner_texts() == NAMES
        before = there.page.evaluate(shown)
        assert max(before) == len(NAMES)
        plot = there.page.locator(".plot").first
        drawn = plot.screenshot()
        keys.nth(NAMES.index("digits")).click()
        there.page.wait_for_timeout(200)
        after = there.page.evaluate(shown)
        both = list(zip(before, after, strict=True))
        assert max(a for b, a in both if b == len(NAMES)) == len(NAMES) - 1
        assert all(b - a in (0, 1) for b, a in both)
        assert plot.screenshot() != drawn
        there.page.get_by_role("button", name="Hide all").click()
        assert set(there.page.evaluate(shown)) == {0}
        there.page.get_by_role("button", name="Show all").click()
        assert there.page.evaluate(shown) == before
        assert there.complaints == []
