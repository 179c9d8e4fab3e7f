"""Commands with all their options, and values that are hostile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from random import Random
from typing import Any

import typer
from conftest import TINY
from kind import World, complaint_about, fewer

from ganzoo.cli.app import app
from ganzoo.prose.commands import shell_command
from ganzoo.registry.settings import settings_of

STARTS = {
    "train": [*TINY[1:], "--steps", "3", "--out", "new"],
    "sample": ["run"],
    "evaluate": ["run", "--metric", "modes", "-n", "500"],
    "report": ["run"],
    "compare": ["run", "run"],
    "reproduce": ["ring-8", "--score-only"],
    "write": [*TINY[1:], "--steps", "3", "-o", "my.py"],
    "diagnose": ["run"],
    "list": [],
    "info": ["bce"],
    "runs": ["."],
    "plugins list": [],
    "plugins show": ["builtin"],
    "plugins new": ["my-loss", "--kind", "loss"],
    "plugins check": ["bce"],
}
"""Arguments with which each command succeeds, or fails as it should."""
NUMBERS = (
    "0", "-1", "-0", "+1", "1.5", "1e400", "-1e400", "1e-400", "nan", "inf", "-inf", "1_000",
    "²", "٣", "0x10", "1" * 25, "1" * 5000, "-" + "9" * 5000, "1e" + "9" * 4000,
    str(2**63 - 1), str(2**63), str(-(2**63) - 1), "1,2,3", "3-1", "0-99999999999", ",", "1,,2",
)  # fmt: skip
TEXTS = (
    "", " ", "-", "--", "=", "=x", "a=b=c", ".", "~", "\\", "'", '"', "`ls`",
    "$(ls)", "{}", "%s%n", "\x1b[31mred", "\x1b]0;title\x07", "\r\x08", "\x9b2J", "\x7f",
    "a\nError: b", "\t", "\u202eabc", "\u2066x", "\u200b", "\ufeff", "\u2028", "[red]x[/red]",
    "[/]", "[link=x]", ":smile:", "é", "e\u0301", "数字", "🙂", "\udcff", "x\udc80y", "x" * 256,
    "x" * 5000, "x/" * 3000, "é" * 200, "[" * 2000, "{a=" * 900, "[1,", '"', "'''", "true",
    "none", "null", '{"a": 1}', "1979-05-27", "nosuch", "best", "bce", "run",
    "run/run.json", "run/run.json/x", "a,b", "ring", "wgan-gp",
)  # fmt: skip


OUTSIDE = re.compile(r"(^|=)/|\.\.")
"""Paths that are not below the current folder."""
LONG = ("--steps", "--epochs", "--scale", "--seeds")
"""Options with which a valid command takes long."""


class CommandLine:
    """Lists of words after ``ganzoo``."""

    def case(self, random: Random) -> list[str]:
        name = random.choice(list(STARTS))
        words = list(STARTS[name])
        if random.random() < 0.3:
            place = random.randrange(len(words) + 1)
            words[place : place + 1] = [_value(random)]
        for _ in range(random.choice((0, 1, 1, 2))):
            words += _option(_commands()[name], random)
        root = _option(_commands()[""], random) if random.random() < 0.1 else []
        return [*root, *name.split(), *words]

    def complaint(self, case: list[str], world: World) -> str:
        line = " ".join(case)
        if any(OUTSIDE.search(word) for word in case):
            return ""  # it could harm a file that is not the test's
        if "\0" in line or ("train" in case and "--steps 3 " not in line):
            return ""  # no process can have it, or it trains for ever
        if "reproduce" in case and "--score-only" not in case:
            return ""
        return complaint_about(world.ganzoo(*case))

    def smaller(self, case: list[str]) -> Iterator[list[str]]:
        return fewer(case)

    def shown(self, case: list[str]) -> str:
        return shell_command(*case)


@cache
def _commands() -> dict[str, Any]:
    """Name -> the command, as the command line itself has it; the root's name is empty."""
    found: dict[str, Any] = {}

    def collect(name: str, command: Any) -> None:
        for child, inner in getattr(command, "commands", {}).items():
            collect(f"{name} {child}".strip(), inner)
        if not name or not hasattr(command, "commands"):
            found[name] = command

    collect("", typer.main.get_command(app()))
    return found


def _option(command: Any, random: Random) -> list[str]:
    """An option with its value. Some are hostile themselves."""
    options = [p for p in command.params if p.param_type_name == "option"]
    options = [p for p in options if "completion" not in p.name]
    if not options:
        return []
    chosen = random.choice(options)
    name = random.choice(chosen.opts)
    if getattr(chosen, "is_flag", False):
        return [name]
    if random.random() < 0.03:
        return [_value(random)]
    if name == "--set":
        return [name, f"{random.choice(_keys())}={_value(random)}"]
    values = [_value(random) for _ in range(chosen.nargs)]
    if name in LONG and re.fullmatch(r"[\d,-]{1,19}", values[0]):
        return []  # it may be right to train for ever, or many runs
    return [name, *values]


@cache
def _keys() -> Sequence[str]:
    from ganzoo.builtin.toys import Ring
    from ganzoo.builtin.vanilla_mlp import VanillaMLP
    from ganzoo.engine.config import TrainerConfig

    groups = {"trainer": TrainerConfig, "model": VanillaMLP, "dataset": Ring}
    keys = [s.key for group, cls in groups.items() for s in settings_of(group, cls)]
    return [key for key in keys if key != "trainer.steps"]


def _value(random: Random) -> str:
    kind = random.random()
    if kind < 0.4:
        return random.choice(NUMBERS)
    if kind < 0.85:
        return random.choice(TEXTS)
    return random.choice(NUMBERS + TEXTS)[:300] + random.choice(TEXTS)


KIND = CommandLine()
