"""Sections of plugins: what they may give, and that one that fails harms nothing."""

from __future__ import annotations

import logging
import shutil
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
import torch
from annotated_types import Ge
from conftest import TINY, Forks, process_state, snapshot
from markupsafe import Markup
from PIL import Image

import ganzoo
from ganzoo.registry.isolation import Plugin, ask
from ganzoo.registry.registry import Registry, found
from ganzoo.registry.settings import Override
from ganzoo.reporting.curves import Chart
from ganzoo.reporting.layout import Cells, Group, laid_out
from ganzoo.reporting.players import Still
from ganzoo.reporting.sections import Sections
from ganzoo.runs.folder import Run

GREY = Image.new("L", (8, 4), 128)
SAMPLES = ganzoo.Samples(torch.zeros(6, 1, 4, 4), ganzoo.Field((1, 4, 4), range=(-1, 1)))
POINTS = ganzoo.Samples(torch.zeros(6, 2), ganzoo.Field((2,)))
gives: Callable[[Any], object] = lambda run: None  # noqa: E731


@dataclass(frozen=True)
class Own:
    """Gives what a test wants."""

    each: Annotated[int, Ge(1)] = 3
    """A number."""

    def show(self, run: ganzoo.Recorded) -> object:
        return gives((self, run))


@dataclass(frozen=True)
class Other:
    """Always shows a line."""

    def show(self, run: ganzoo.Recorded) -> Iterator[str]:
        yield f"The model is {run.model}."


def zoo(*classes: type) -> Registry:
    """The installed plugins, and one with sections of these classes."""
    module: Any = types.ModuleType("own")
    records = [
        ganzoo.Section(name=f"own-{name.lower()}", summary="Own.", factory=f"{__name__}:{name}")
        for name in (cls.__name__ for cls in classes)
    ]
    module.ganzoo_sections = ganzoo.hookimpl(lambda: records)
    plugin = ask(Plugin("own", "ganzoo-own"), module)
    assert plugin.failure is None
    return Registry([*found().plugins, plugin])


def shown(run: Path, *overrides: Override) -> tuple[list[Group], str]:
    """What `Own` shows of a run, and why it shows nothing."""
    sections = Sections(zoo(Own), overrides).of([(Run(run), None)])
    if not sections:
        return [], ""
    ((part,),) = (section.parts for section in sections)
    return list(part.groups), part.problem


def give(monkeypatch: pytest.MonkeyPatch, what: Callable[[Any], object]) -> None:
    monkeypatch.setitem(globals(), "gives", what)


# What it gives


def test_pieces_are_grouped_in_their_order() -> None:
    given = [
        "One.", "Two.", ganzoo.Table(("a",), [(1,)]), ganzoo.Picture(GREY), ganzoo.Picture(SAMPLES),
        ganzoo.LineChart([1, 2], {"a": [3, 4]}), "Three.",
    ]  # fmt: skip
    groups = laid_out(iter(given), "s", "Own")
    sizes = [(group.kind, len(group.items)) for group in groups]
    assert sizes == [("text", 2), ("table", 1), ("picture", 2), ("chart", 1), ("text", 1)]


def test_the_cells_of_a_table() -> None:
    rows = [
        ("a", 12345, 0.123456, None, True),
        ("b", np.int64(2), np.float32(0.5), 3, np.bool_(False)),
    ]
    ((group),) = laid_out([ganzoo.Table("abcde", rows, title="T")], "s", "Own")
    (table,) = group.items
    assert isinstance(table, Cells)
    assert table.rows == [
        ["a", "12,345", "0.1235", "–", "yes"],
        ["b", "2", "0.5", "3", "no"],
    ]
    assert table.right == [False, True, True, True, False]
    ((empty),) = laid_out([ganzoo.Table(("a", "b"), [])], "s", "Own")
    assert (empty.items[0].rows, empty.items[0].right) == ([], [False, False])


def test_pictures_of_pillow_and_of_samples() -> None:
    given = [
        ganzoo.Picture(GREY, title="Grey"), ganzoo.Picture(SAMPLES, columns=6),
        ganzoo.Picture(POINTS), ganzoo.Picture(GREY.convert("P")),
    ]  # fmt: skip
    ((group),) = laid_out(given, "s", "Own")
    grey, samples, points, palette = group.items
    assert all(isinstance(each, Still) for each in group.items)
    assert (grey.width, grey.height, grey.alt, grey.smooth) == (8, 4, "Grey", True)
    assert samples.width > 4 * samples.height
    assert (samples.alt, samples.smooth) == ("Own", False)
    assert (points.smooth, points.width > 300) == (True, True)
    assert palette.picture.startswith("data:image/webp;base64,")


def test_the_lines_of_a_chart() -> None:
    x = torch.linspace(0, 1, 5)
    lines = {"a": [1, 2, float("nan"), 4, float("inf")], "b": x.numpy()}
    ((group),) = laid_out([ganzoo.LineChart(x, lines, axis="share", log=True)], "s", "Own")
    (chart,) = group.items
    assert isinstance(chart, Chart)
    assert (chart.id, chart.title, chart.axis) == ("s-0", "Own", "share")
    assert not chart.log  # b has a zero
    assert [line.name for line in chart.lines] == ["a", "b"]
    assert np.isnan(chart.lines[0].values).tolist() == [False, False, True, False, True]
    assert len({line.colour for line in chart.lines}) == 2


def test_all_text_is_plain() -> None:
    nasty = Markup("<b>\x1b[31m\ud800</b>")
    given = [nasty, ganzoo.Table([nasty], [[nasty]], title=nasty)]
    text, table = (group.items[0] for group in laid_out(given, "s", "Own"))
    every = [text, table.title, *table.columns, *table.rows[0]]
    assert {type(each) for each in every} == {str}
    assert set(every) == {r"<b>\x1b[31m\ud800</b>"}


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "a text": (lambda: "text", "show() returned one text; yield each piece, or return a list"),
    "a table": (lambda: ganzoo.Table("a", []), "show() returned a Table; yield each piece"),
    "a number": (lambda: 3, "show() returned a int"),
    "a dict": (lambda: [{}], "show() gave a dict; expected text, ganzoo.Table"),
    "nothing": (lambda: [None], "show() gave None; expected text"),
    "samples": (lambda: [SAMPLES], "show() gave a Samples; expected text"),
    "endless": (lambda: iter(lambda: "x", ""), "more than 50 pieces. It may be endless"),
    "long": (lambda: ["x" * 20_001], "a text has 20,001 characters"),
    "short row": (lambda: [ganzoo.Table("ab", [(1,)])], "a row has 1 cells, and its table 2"),
    "many rows": (lambda: [ganzoo.Table("a", [(1,)] * 1_001)], "1,001 rows and 1 columns"),
    "no column": (lambda: [ganzoo.Table((), [])], "0 rows and 0 columns"),
    "cell": (lambda: [ganzoo.Table("a", [[[]]])], "a text is a list; expected str"),
    "tensor": (lambda: [ganzoo.Table("a", [[torch.ones(())]])], "a text is a Tensor"),
    "no picture": (lambda: [ganzoo.Picture(np.zeros(3))], "a Picture has a ndarray"),  # type: ignore[arg-type]
    "wide": (lambda: [ganzoo.Picture(SAMPLES, columns=7)], "columns is 7, and there are 6 samples"),
    "no samples": (lambda: [ganzoo.Picture(SAMPLES[:0])], "have no picture"),
    "huge": (lambda: [ganzoo.Picture(Image.new("L", (5_000, 4_000)))], "5,000 × 4,000 pixels"),
    "no lines": (lambda: [ganzoo.LineChart([1], {})], "a dictionary of 1 to 50 lines"),
    "no points": (lambda: [ganzoo.LineChart([], {"a": []})], "x of a LineChart must be finite"),
    "unsorted": (lambda: [ganzoo.LineChart([2, 1], {"a": [1, 2]})], "in ascending order"),
    "uneven": (lambda: [ganzoo.LineChart([1, 2], {"a": [1]})], "line a has 1 values for 2 of x"),
    "all nan": (lambda: [ganzoo.LineChart([1], {"a": [np.nan]})], "has no finite value"),
    "words": (lambda: [ganzoo.LineChart([1], {"a": ["x"]})], "could not convert string"),  # type: ignore[list-item]
    "a plane": (lambda: [ganzoo.LineChart([1], {"a": [[1]]})], "a has the shape (1, 1)"),  # type: ignore[list-item]
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_no_section_may_give(what: str) -> None:
    given, told = WRONG[what]
    with pytest.raises((TypeError, ValueError)) as caught:
        laid_out(given(), "s", "Own")
    assert told in str(caught.value)


# What it gets


def test_a_run_is_what_its_folder_has(trained: Path) -> None:
    run = ganzoo.Recorded(trained)
    assert (run.model, run.dataset, run.loss, run.penalty) == ("vanilla-mlp", "ring", "bce", None)
    assert (run.step, run.total, run.settings["trainer.batch_size"]) == (40, 40, 16)
    assert run.metrics["step"].tolist() == [5, 10, 15, 20, 25, 30, 35, 40]
    assert len(run.metrics["generator_loss"]) == 8
    assert run.health["step"].tolist() == [0, 20, 40]
    assert run.real
    assert run.real.field.is_point
    assert run.trained(20).step == 20
    assert run.trained().step == 40
    assert run.path == trained.absolute()
    assert repr(run).startswith("<Recorded vanilla-mlp on ring")
    with pytest.raises(ganzoo.UsageError, match="nowhere"):
        ganzoo.Recorded("nowhere")


def test_settings_are_those_that_the_user_gives(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, lambda given: [f"each is {given[0].each}"])
    assert shown(trained)[0][0].items == ["each is 3"]
    assert shown(trained, Override("section.own-own.each", "5", "--set"))[0][0].items == [
        "each is 5"
    ]
    for key, value, told in (
        ("section.own-own.each", "0", "at least 1"),
        ("section.own-own.eech", "1", "did you mean --set .*each=1"),
        ("lr", "1", "unknown setting 'lr'"),
    ):
        with pytest.raises(ganzoo.UsageError, match=told):
            shown(trained, Override(key, value, "--set"))


# What goes wrong


def unfit(_: Any) -> Iterator[str]:
    yield "One."
    raise ganzoo.DoesNotFit("not for this run")


@pytest.mark.parametrize("nothing", [lambda _: None, lambda _: [], unfit])
def test_a_section_that_does_not_fit_is_left_out(
    trained: Path, monkeypatch: pytest.MonkeyPatch, nothing: Callable[[Any], object]
) -> None:
    give(monkeypatch, nothing)
    assert shown(trained) == ([], "")


FAILING: dict[str, str] = {
    "1 / 0": "section own-own (ganzoo-own, test_sections.py:",
    "import sys; sys.exit(3)": "failed: SystemExit: 3",
    "raise ganzoo.UsageError('no such step\\nat all')": "no such step",
    "raise MemoryError": "MemoryError",
    "raise ValueError('two\\nlines')": "failed: ValueError: two lines",
}


@pytest.mark.parametrize("code", FAILING)
def test_a_section_that_fails_gives_one_line(
    trained: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    code: str,
) -> None:
    def fail(_: Any) -> Iterator[str]:
        yield "One."
        torch.set_grad_enabled(False)
        torch.rand(1)
        exec(code, {"ganzoo": ganzoo})

    give(monkeypatch, fail)
    state, numbers = process_state(), torch.get_rng_state()
    caplog.set_level(logging.WARNING, "ganzoo")
    groups, problem = shown(trained)
    assert groups == []
    assert FAILING[code] in problem
    assert "\n" not in problem
    assert process_state() == state
    assert torch.equal(torch.get_rng_state(), numbers)
    assert any(problem in record.getMessage() for record in caplog.records)


def test_the_others_stand(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, lambda _: 1 / 0)
    bad, good = Sections(zoo(Own, Other)).of([(Run(trained), None)])
    assert "ZeroDivisionError" in bad.parts[0].problem
    assert good.parts[0].groups[0].items == ["The model is vanilla-mlp."]


def test_a_run_whose_model_is_not_there(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = trained / "run.json"
    record.write_text(record.read_text().replace('"vanilla-mlp"', '"nosuch"'))
    give(monkeypatch, lambda given: [str(len(given[1].metrics)), repr(given[1].trained())])
    assert "the model nosuch" in shown(trained)[1]
    give(monkeypatch, lambda given: [str(given[1].metrics["step"][-1])])
    assert shown(trained)[0][0].items == ["40.0"]


# The pages

FILE = '''
"""A lesson."""

from dataclasses import dataclass

import ganzoo

@ganzoo.hookimpl
def ganzoo_sections():
    yield ganzoo.Section(name="own-words", summary="Own ``words``.", factory="own:Words")
    yield ganzoo.Section(name="failing", summary="It fails.", factory="own:Failing")
    yield ganzoo.Section(name="unfit", summary="It never fits.", factory="own:Unfit")

@dataclass(frozen=True)
class Words:
    """Words."""
    each: int = 3
    """A number."""
    def show(self, run):
        print("a print")
        yield f"each is {self.each} in <i>{run.loss}</i>"
        yield ganzoo.LineChart(run.metrics["step"], {"loss": run.metrics["generator_loss"]})
        yield ganzoo.Table(("a & b",), [("<u>",)])

@dataclass(frozen=True)
class Failing:
    """Fails."""
    def show(self, run):
        raise ValueError("<s>not today</s>")

@dataclass(frozen=True)
class Unfit:
    """Never fits."""
    def show(self, run):
        raise ganzoo.DoesNotFit("never")
'''


@pytest.fixture
def plugin() -> tuple[str, str]:
    Path("own.py").write_text(FILE)
    return "--plugin", "own.py"


def test_the_report_shows_them(forked: Forks, trained: Path, plugin: tuple[str, str]) -> None:
    before = snapshot(trained)
    args = ("report", "trained", "--out", "page.html")
    done = forked(*plugin, *args, "--set", "section.own-words.each=7").ok()
    assert done.out == "page.html\n"
    assert "a print" in done.err
    (warned,) = [line for line in done.err.splitlines() if "not today" in line]
    assert "section failing (own.py:" in warned
    page = Path("page.html").read_text()
    assert "each is 7 in &lt;i&gt;bce&lt;/i&gt;" in page
    assert "Own words. This section comes from own.py." in page
    assert '<th scope="col">a &amp; b</th>' in page
    assert "<td>&lt;u&gt;</td>" in page
    assert "ValueError: &lt;s&gt;not today&lt;/s&gt;" in page
    assert ">Own words</a></li>" in page
    assert "Unfit" not in page
    assert 'id="networks"' in page
    assert snapshot(trained) == before
    assert "Own words" not in ganzoo.report("trained", "without.html").read_text()


def test_a_wrong_setting_is_refused_before_a_page_is_written(
    forked: Forks, trained: Path, plugin: tuple[str, str]
) -> None:
    for command in (("report", "trained"), ("compare", "trained", "trained")):
        args = (*plugin, *command, "--out", "page.html")
        forked(*args, "--set", "section.own-words.each=x").refused(2, "each is 'x'; expected int")
        forked(*args, "--set", "own-words").refused(2, "expected KEY=VALUE")
    forked("report", "trained", "--set", "each=1").refused(2, "unknown setting 'each'")
    assert not Path("page.html").exists()


def test_a_comparison_shows_them_for_each_run(
    forked: Forks, trained: Path, plugin: tuple[str, str]
) -> None:
    shutil.copytree(trained, "other")
    args = (*plugin, "compare", "trained", "other", "--out", "page.html")
    forked(*args, "--set", "each=7").ok()
    page = Path("page.html").read_text()
    assert page.count("each is 7 in &lt;i&gt;bce&lt;/i&gt;") == 2
    assert page.count("ValueError: &lt;s&gt;not today&lt;/s&gt;") == 2
    assert page.count('id="section-own-words-0"') == 1
    ids = [part.partition('"')[0] for part in page.split('id="')[1:]]
    assert len(ids) == len(set(ids))


def test_a_run_that_ends_writes_a_page_with_them(forked: Forks, plugin: tuple[str, str]) -> None:
    done = forked(*plugin, *TINY, "--steps", "20", "--out", "run", GANZOO_NO_REPORT="").ok()
    assert done.out == "run\n"
    assert "each is 3" in Path("run/report.html").read_text()
    assert "section failing" in done.err
