"""Text of any origin reaches a terminal without control characters and markup in it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from conftest import TINY, Forks, Result
from terminal import Terminal

from ganzoo.prose.visible import visible

HOSTILE = "\x1b[31m\x1b]0;t\x07\r\x9b2J\u202e\u2066\u200b[red]z[/red]"
SHOWN = r"\x1b[31m\x1b]0;t\x07\r\x9b2J\u202e\u2066\u200b[red]z[/red]"


def shows(result: Result) -> Result:
    """It shows the hostile text, and has no control characters."""
    words = re.sub(r"[\s│]+", "", result.out + result.err)
    assert SHOWN in words.replace(r"\x0d", r"\r"), result  # how Typer writes it
    return clean(result)


def clean(result: Result) -> Result:
    for text in (result.out, result.err):
        assert visible(text) == text
        assert "Traceback" not in text
    return result


ARGUMENTS = (
    ("info", HOSTILE), ("list", HOSTILE), (HOSTILE,), ("list", f"--{HOSTILE}"),
    ("plugins", HOSTILE), ("plugins", "show", HOSTILE), ("plugins", "check", HOSTILE),
    ("plugins", "new", HOSTILE, "--kind", "loss"), ("plugins", "new", "x", "--kind", HOSTILE),
    ("--plugin", HOSTILE, "list"), ("sample", HOSTILE), ("sample", "trained", "--out", HOSTILE),
    ("evaluate", HOSTILE), ("diagnose", HOSTILE),
    ("evaluate", "trained", "--step", HOSTILE), ("evaluate", "trained", "--metric", HOSTILE),
    ("evaluate", "trained", "--set", HOSTILE), ("report", HOSTILE), ("compare", HOSTILE),
    ("report", "trained", "--out", f"/dev/null/{HOSTILE}/x"), ("reproduce", HOSTILE),
    ("write", HOSTILE, "-o", "my.py"), ("runs", HOSTILE), ("train", HOSTILE),
    ("train", "--resume", HOSTILE),
    ("train", "--config", HOSTILE), *((*TINY, "--set", f"{each}={HOSTILE}") for each in (
        "lr", "generator", "schedule", "dataset.size", HOSTILE)),
    *(("train", "vanilla-mlp", each, HOSTILE) for each in (
        "--preset", "--dataset", "--loss", "--penalty", "--observer", "--metric", "--device",
        "--set", "--seeds")),
)  # fmt: skip
NUMBERS = (
    ("sample", "trained", "--step", HOSTILE), ("train", "--steps", HOSTILE),
    ("train", "--seed", HOSTILE), ("reproduce", "--scale", HOSTILE),
)  # fmt: skip
"""Typer does not show the values of these."""


def test_arguments(forked: Forks, trained: Path) -> None:
    for args in ARGUMENTS:
        result = shows(forked(*args))
        assert result.status == (0 if args[0] == "runs" else 2 - ("/dev/null" in args[-1])), args

    for args in NUMBERS:
        clean(forked(*args)).refused(2, args[-2])


def test_a_files_name_and_what_is_in_a_run(forked: Forks, trained: Path) -> None:
    status = trained / "status.json"
    status.write_text(json.dumps({"status": HOSTILE, "step": 3}))
    clean(forked("runs", ".").ok())
    status.write_text(json.dumps({"status": "failed", "step": 3, "error": HOSTILE}))
    clean(forked("runs", ".").ok())
    record = json.loads((trained / "run.json").read_text())
    (trained / "run.json").write_text(json.dumps({**record, "started": HOSTILE}))
    shows(forked("runs", "."))
    Path("pictures").mkdir()
    Path("pictures", f"{HOSTILE.replace('/', '|')}.png").write_bytes(b"x")
    options = ("--dataset", "image-folder", "--set", "dataset.root=pictures")
    result = clean(forked("train", "vanilla-mlp", *options))
    assert result.status == 1
    assert SHOWN.replace("/", "|") in result.err


PLUGIN = f"""
import logging, warnings, dataclasses
import ganzoo
TEXT = {HOSTILE!r}

@ganzoo.hookimpl
def ganzoo_losses():
    yield ganzoo.Loss(name="odd", summary=TEXT.replace("\\r", ""), factory="odd:Odd")

@dataclasses.dataclass(frozen=True)
class Odd:
    def __post_init__(self):
        logging.getLogger("ganzoo").warning("first " + TEXT)
        logging.getLogger("other").warning("second %s", TEXT)
        warnings.warn("third " + TEXT)
        raise ganzoo.GanzooError("fourth " + TEXT)

    def discriminator(self, real, fake):
        return real.mean()

    def generator(self, fake):
        return fake.mean()
"""


def test_a_plugin(forked: Forks) -> None:
    Path("odd.py").write_text(PLUGIN, encoding="utf-8")
    for command in ("list", "losses"), ("info", "odd"):
        result = clean(forked("--plugin", "odd.py", *command).ok())
        assert SHOWN.replace(r"\r", "") in result.out
    listed = forked("--plugin", "odd.py", "list", "losses", "--json").ok().json
    assert HOSTILE.replace("\r", "") in {record["summary"] for record in listed}
    result = clean(forked("--plugin", "odd.py", *TINY, "--loss", "odd", "--out", "new"))
    assert result.status == 1
    for which in ("first", "second", "fourth"):
        assert f"{which} {SHOWN}" in result.err, result
    assert f"third {SHOWN}".replace(r"\r", " ") in result.err  # a warning is one line


def test_a_program_gets_the_exact_name_and_a_person_a_visible_one(forked: Forks) -> None:
    name = f"r{HOSTILE.replace('/', '|')}"
    result = forked(*TINY, "--steps", "20", "--out", name)
    assert (result.status, result.out) == (0, f"{name}\n")
    assert visible(result.err) == result.err
    again = [line.strip() for line in result.err.splitlines() if "--resume" in line]
    assert again == [r"ganzoo train --resume $'r" + SHOWN.replace("/", "|").replace(
        r"\x9b", r"\u009b") + "' --steps 40"]  # fmt: skip
    before = "import os, sys\nsys.stdout = os.fdopen(os.dup(2), 'w')"
    terminal = Terminal(forked, "sample", name, before=before)
    assert terminal.end() == 0
    assert visible(terminal.shown, keep="\r\n") == terminal.shown
    assert f"r{SHOWN.replace('/', '|')}/sample-step20" in terminal.shown


def test_bars_in_a_terminal_have_their_colours_and_no_others(forked: Forks) -> None:
    args = (*TINY, "--steps", "40", "--no-preview", "--out", "[red]r\x1b]0;t\x07")
    terminal = Terminal(forked, *args)
    assert terminal.end() == 0
    assert "\x1b]" not in terminal.shown
    assert "\x07" not in terminal.shown
    assert r"[red]r\x1b]0;t\x07" in terminal.shown
    assert "\x1b[32mFinished 40 steps." in terminal.shown
    plain = re.sub(r"\x1b\[[?\d;]*[a-zA-Z]", "", terminal.shown)
    assert visible(plain, keep="\r\n") == plain


LINES = "x\nError: ganzoo\n\nError: y"


def test_no_line_of_a_value_looks_like_a_message(forked: Forks, trained: Path) -> None:
    plugin = PLUGIN.replace(repr(HOSTILE), repr(LINES)).replace("summary=TEXT", "summary='x'")
    Path("odd.py").write_text(plugin, encoding="utf-8")
    commands = [[LINES if word == HOSTILE else word for word in args] for args in ARGUMENTS]
    for args in (*commands, ["--plugin", "odd.py", *TINY, "--loss", "odd", "--out", "new"]):
        result = forked(*args)
        starts = re.findall("(?m)^Error: .*", result.err)
        assert len(starts) <= (result.status > 0), (args, result)
        assert starts[:1] not in (["Error: ganzoo"], ["Error: y"]), (args, result)
    traced = forked("--traceback", "--plugin", "odd.py", *TINY, "--loss", "odd", "--out", "new")
    assert re.findall("(?m)^Error: .*", traced.err) == ["Error: loss odd (odd.py): fourth x"]


def test_completion(forked: Forks) -> None:
    Path("odd.py").write_text(PLUGIN, encoding="utf-8")
    words = {"_GANZOO_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "ganzoo info od"}
    before = "import ganzoo.registry.registry as r, pathlib\nr.register(pathlib.Path('odd.py'))"
    result = clean(forked(before=before, **words).ok())
    assert '"odd":"' + SHOWN.replace(r"\r", "") in result.out
