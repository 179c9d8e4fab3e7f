"""A run's display in a terminal: real processes in a terminal emulator."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import TINY, Forks
from emulator import FRAME_END, Terminal
from rich.cells import cell_len
from same_runs import assert_same

from ganzoo.cli.preview.curves import Curves
from ganzoo.cli.preview.pixels import drawn
from ganzoo.pictures.samples import Samples
from ganzoo.registry.records import Field

DIGITS = (
    "train", "vanilla-mlp", "--dataset", "mnist-5k", "--batch-size", "16", "--steps", "100000",
    "--set", "generator=8", "--set", "discriminator=8", "--set", "samples=36", "--set", "threads=1",
    "--set", "log_every=5", "--out", "run",
)  # fmt: skip
ENDLESS = (*TINY, "--steps", "100000", "--out", "run")
CENTRE = "e08838"
"""The colour of the marks, as drawn."""
QUICK = "from ganzoo.cli import display; display.SHARE = 1"
"""Frames follow each other even on a busy machine."""


def plain(text: str) -> str:
    """Without escape sequences."""
    return re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", text)


def assert_one_frame(terminal: Terminal) -> None:
    """The last frame is complete, and nothing is left of earlier ones."""
    for part in ("samples at step", "epoch ", "discriminator loss", " samples/s", " left"):
        assert terminal.count(part) == 1, (part, terminal.lines)
    corners = [sum(line.count(corner) for line in terminal.lines) for corner in "┌┐└┘"]
    assert len(set(corners)) == 1, terminal.lines


def assert_left(terminal: Terminal) -> None:
    """Below the last frame are only the lines that say how to continue."""
    *_, told, command, last = terminal.lines
    assert re.fullmatch(r"Interrupted at step [\d,]+ of 100,000. To continue:", told)
    assert (command, last) == ("  ganzoo train --resume run", "Interrupted.")
    assert_one_frame(terminal)


@pytest.mark.parametrize(("size", "plots"), [((60, 24), 2), ((80, 24), 2), ((200, 50), 2)])
def test_pictures_next_to_curves(forked: Forks, size: tuple[int, int], plots: int) -> None:
    terminal = Terminal(forked, *DIGITS, size=size, before=QUICK)
    terminal.until_drawn()
    terminal.until_drawn()
    terminal.interrupt()
    assert terminal.end() == 130
    assert_left(terminal)
    echoed = plain(terminal.shown).replace("^C", "")  # it stands at the end of a row
    text = echoed.replace("\r\n", "\n").replace("\r", "\n")
    rows = [line for line in text.split("\n") if re.search("[▄│━┌└]", line)]
    assert max(map(cell_len, rows)) <= size[0], [r for r in rows if cell_len(r) > size[0]]
    last = text[text.rindex("samples at step") :].split("\n")
    assert max(i for i, line in enumerate(last) if "gradient" in line) < size[1]
    assert sum(line.count("┌") for line in last) == plots
    shown = "\n".join(terminal.lines)
    assert len(re.findall("loss (━ )?discriminator (━ )?generator", shown)) == 1
    assert len(re.findall(r"(━ )?D\(x\) (━ )?D\(G\(z\)\)$", shown, re.MULTILINE)) == 1
    assert ("loss ━ discriminator ━ generator" in shown) == (size[0] > 60), "where there is room"
    assert re.search(r"The samples show \d+ of 10 digits", shown)
    assert terminal.count("Good: D(x) and D(G(z)) near 0.5, and both losses steady.") == 1
    pictures = max(line.count("▄") for line in terminal.lines)
    assert size[0] / 3 < pictures < size[0] / 1.6


@pytest.mark.parametrize("reflows", [False, True])
def test_a_resize_leaves_nothing_behind(forked: Forks, reflows: bool) -> None:
    terminal = Terminal(forked, *DIGITS, size=(100, 30), before=QUICK)
    terminal.until_drawn()
    for size in ((60, 24), (120, 40), (80, 20), (64, 30)):
        terminal.resize(size, reflows=reflows)
        terminal.until_drawn()  # this frame may still have the former size
        terminal.until_drawn()
        terminal.until(lambda: terminal.shown.endswith(FRAME_END))
        assert_one_frame(terminal)
        assert terminal.count("Training vanilla-mlp") == 1
    terminal.interrupt()
    assert terminal.end() == 130
    assert_left(terminal)


def test_the_end_of_a_run(forked: Forks) -> None:
    terminal = Terminal(forked, *TINY, "--steps", "40", "--out", "run")
    assert terminal.end() == 0
    assert terminal.process.read("out") == "run\n"
    lines = terminal.lines
    assert terminal.count("samples at step 40") == 1
    assert lines.index("Finished 40 steps.") > next(i for i, x in enumerate(lines) if "left" in x)
    assert lines[-1] == "  ganzoo train --resume run --steps 80"


def test_points_over_the_centres_of_the_real_ones(forked: Forks) -> None:
    terminal = Terminal(forked, *ENDLESS, size=(100, 30), before=QUICK)
    terminal.until_drawn()
    cells = [cell for row in terminal.screen.buffer.values() for cell in row.values()]
    assert sum(CENTRE in (cell.fg, cell.bg) for cell in cells) > 8
    assert re.search("The samples show [0-8] of 8 modes", "\n".join(terminal.lines))
    terminal.interrupt()
    assert terminal.end() == 130
    assert_left(terminal)


OFTEN = """
from ganzoo.cli import display
from ganzoo.cli.preview import panel
display.FRAME, display.SHARE, panel.EVERY, panel.SHARE = 0, 1e9, 0, 1e9
"""


def test_looking_on_changes_nothing(forked: Forks) -> None:
    """It changes no weights and no files, with an average and with samples at each step."""
    args = (*TINY, "--steps", "60", "--set", "ema=0.9")
    forked(*args, "--quiet", "--out", "quiet").ok()
    terminal = Terminal(forked, *args, "--out", "watched", before=OFTEN)
    assert terminal.end() == 0
    between = {int(n) % 20 for n in re.findall(r"samples at step (\d+)", terminal.shown)}
    assert len(between) > 10, "nothing was sampled between the grids"
    assert_same(Path("watched"), Path("quiet"))


def test_a_resumed_run_shows_its_past(forked: Forks, trained: Path) -> None:
    terminal = Terminal(forked, "train", "--resume", trained, "--steps", "45")
    assert terminal.end() == 0
    (axis,) = (line for line in terminal.lines if line.endswith("45 steps"))
    assert axis.split()[-3] == "5"


def test_a_resumed_run_with_scores_shows_its_past(forked: Forks) -> None:
    forked(*TINY, "--steps", "40", "--evaluate-every", "20", "--out", "run").ok()
    terminal = Terminal(forked, "train", "--resume", "run", "--steps", "60")
    assert terminal.end() == 0
    assert terminal.count("the preview failed") == 0
    (axis,) = (line for line in terminal.lines if line.endswith("60 steps"))
    assert axis.split()[-3] == "5"


# Where it is not wanted, or cannot be


LATIN = """
import io, sys
sys.stderr = io.TextIOWrapper(io.FileIO(2, "w"), "latin-1", "replace", write_through=True)
"""


@pytest.mark.parametrize("why", ["not wanted", "no colour", "no blocks", "no room"])
def test_bars_without_a_preview(forked: Forks, why: str) -> None:
    option = ("--no-preview",) if why == "not wanted" else ()
    env = {"NO_COLOR": "1"} if why == "no colour" else {}
    before = LATIN if why == "no blocks" else ""
    size = (80, 8) if why == "no room" else (80, 24)
    args = (*TINY, "--steps", "40", *option, "--out", "run")
    terminal = Terminal(forked, *args, size=size, before=before, **env)
    assert terminal.end() == 0
    assert not set("▄▀┌") & set(terminal.shown)
    for part in ("epoch 2/2", "40/40", " samples/s", "generator loss", "Finished 40 steps."):
        assert terminal.count(part) == 1, terminal.lines
    if why == "no colour":
        assert not re.search(r"\x1b\[[\d;]*(3[0-8]|4[0-8]|9\d)[\d;]*m", terminal.shown)


@pytest.mark.parametrize("options", [("--quiet",), ("--quiet", "--no-preview")])
def test_quiet_in_a_terminal(forked: Forks, options: tuple[str, ...]) -> None:
    terminal = Terminal(forked, *TINY, "--steps", "20", *options, "--out", "run")
    assert terminal.end() == 0
    assert terminal.shown == ""


UNLOADED = """
import atexit, os, sys
atexit.register(lambda: {"rich_pixels", "uniplot"} & set(sys.modules) and os._exit(77))
"""


@pytest.mark.parametrize("args", [("list",), (*TINY, "--steps", "5", "--out", "run")])
def test_drawing_libraries_are_not_loaded_if_nothing_is_drawn(
    forked: Forks, args: tuple[str, ...]
) -> None:
    forked(*args, before=UNLOADED).ok()


BREAKING = """
from ganzoo.cli.preview import panel
was = panel.Panel.look
def look(self):
    if self._step >= 20:
        raise ValueError("no more")
    was(self)
panel.Panel.look = look
"""


def test_a_preview_that_fails_ends_alone_and_is_reported_above_the_bars(forked: Forks) -> None:
    terminal = Terminal(forked, *TINY, "--steps", "40", "--out", "run", before=BREAKING + OFTEN)
    assert terminal.end() == 0
    assert terminal.count("the preview failed and is off from now on (ValueError: no") == 1
    lines = terminal.lines
    (told,) = (i for i, line in enumerate(lines) if "preview failed" in line)
    (bar,) = (i for i, line in enumerate(lines) if " samples/s" in line)
    assert told < bar
    assert terminal.count("Finished 40 steps.") == 1


def test_a_run_that_fails(forked: Forks) -> None:
    terminal = Terminal(forked, *ENDLESS, "--set", "lr=1e30")
    assert terminal.end() == 1
    assert re.search("Error: .*Start again with a smaller", " ".join(terminal.lines))
    assert terminal.count(" samples/s") == 1


# Samples


def test_samples_in_a_terminal(forked: Forks, trained: Path) -> None:
    terminal = Terminal(forked, "sample", trained, "--show", "--out", "x.png")
    assert terminal.end() == 0
    assert terminal.process.read("out") == "x.png\n"
    assert Path("x.png").exists()
    rows = [line for line in terminal.lines if "▄" in line]
    assert {len(line) for line in rows} == {42}
    assert len(rows) == 21
    assert CENTRE in {cell.fg for row in terminal.screen.buffer.values() for cell in row.values()}


def test_samples_where_nothing_can_be_drawn(forked: Forks, trained: Path) -> None:
    result = forked("sample", trained, "--show", "--out", "x.png").ok()
    assert result.out == "x.png\n"
    assert result.err.startswith("--show needs a terminal with colours")
    terminal = Terminal(forked, "sample", trained, "--show", "--out", "y.png", NO_COLOR="1")
    assert terminal.end() == 0
    assert "▄" not in terminal.shown


# What fits


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 64, 64), (1, 6, 8), (2, 16, 16), (3, 9, 80)])
@pytest.mark.parametrize("n", [1, 5, 64])
def test_pictures_fit_and_are_as_many_as_can_be(shape: tuple[int, int, int], n: int) -> None:
    samples = Samples(torch.rand(n, *shape) * 2 - 1, Field(shape, range=(-1.0, 1.0)))
    for columns in (10, 30, 45, 80, 200):
        for lines in (4, 9, 20, 60):
            pixels = drawn(samples, columns, lines)
            if pixels is None:
                assert columns < shape[2] / shape[1] * 2
                continue
            height, width, colours = pixels.shape
            assert 0 < height <= 2 * lines
            assert 0 < width <= columns
            assert colours == 3
            assert pixels.std() > 5, "grey is all that is left"


def test_a_picture_is_what_it_shows() -> None:
    values = torch.zeros(2, 1, 28, 28)
    values[0, 0, :14], values[1, 0, :, :14] = 1, 1  # above, and to the left
    pixels = drawn(Samples(values, Field((1, 28, 28), range=(0.0, 1.0))), 29, 10)
    assert pixels is not None
    first, second = pixels[:, :14, 0], pixels[:, 15:, 0]
    assert (first[:7] == 255).all()
    assert (first[7:] == 0).all()
    assert (second[:, :7] == 255).all()
    assert (second[:, 7:] == 0).all()


def test_points_lie_where_they_are() -> None:
    points = torch.tensor([[0.95, 0.95]] * 50 + [[-0.9, 0.0], [float("nan"), 0.0]])
    samples = Samples(points, Field((2,)), extent=1.0)
    pixels = drawn(samples, 40, 10, np.array([[0.0, -0.5], [7.0, 7.0]]))
    assert pixels is not None
    assert pixels.shape == (20, 20, 3)
    bright = pixels.sum(axis=2)
    assert np.unravel_index(bright.argmax(), bright.shape) == (0, 19)  # above, to the right
    marked = {(int(y), int(x)) for y, x in np.argwhere(pixels[:, :, 0] == 226)}
    assert marked == {(14, 9), (14, 11), (13, 10), (15, 10)}


@pytest.mark.parametrize("values", [(0.5, 0.5), (1e-9, 1e30), (-3.0, 2.0)])
@pytest.mark.parametrize("rows", [2, 7, 5_000])
def test_curves_fit(values: tuple[float, float], rows: int) -> None:
    curves = Curves()
    low, high = values
    for i in range(rows):
        loss = low if i % 2 else high
        row = {"discriminator_loss": loss, "generator_loss": low, "penalty": 1.0}
        curves.add(50 * (i + 1), {**row, "score(x)": loss, "score(G(z))": -loss})
    for width in (16, 24, 64):
        for height in (6, 12, 30):
            lines = curves.lines(width, height)
            assert len(lines) <= height
            assert all(line.cell_len <= width for line in lines)
    text = "\n".join(line.plain for line in curves.lines(60, 30))
    assert "loss ━ discriminator ━ generator\n" in text
    assert "━ score(x) ━ score(G(z))\n" in text
    assert "loss discriminator generator" in curves.lines(29, 12)[0].plain
    assert curves.good.startswith("Good: score(x) and score(G(z)) approach each other")
    assert f"{high + (low == high):.3g}" in text
    assert f"{50 * rows:,} steps" in text or rows > 2_000
