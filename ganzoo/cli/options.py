"""Unknown options: their message names the option or setting that was meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from itertools import pairwise
from typing import Any

from typer.core import TyperCommand

from ganzoo.prose.commands import joined, quoted
from ganzoo.registry.synonyms import SYNONYMS, meant, same

BEFORE = ("--no-plugins", "--plugin", "--traceback")
"""Options of `ganzoo` itself."""


class Command(TyperCommand):
    """A command that says what to write instead of an unknown option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as usual, but explain an unknown option."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            if type(error).__name__ == "NoSuchOption":  # Typer may include its own click
                self._explain(error, given)
            raise

    def _explain(self, error: Any, given: Sequence[str]) -> None:
        options = [name for each in self.params for name in each.opts if name.startswith("--")]
        wrong = str(error.option_name)
        hint = _hint(wrong, _value(wrong, given), options, settable=self.name == "train")
        if hint:
            error.message = f"No such option: {wrong}. {hint}"
            error.possibilities = None


def _value(option: str, given: Sequence[str]) -> str:
    """The value that was given to an option, or an empty string."""
    for word, after in pairwise([*given, "-"]):
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
        if word == option and not after.startswith("-"):
            return after
    return ""


def _hint(wrong: str, value: str, options: Sequence[str], settable: bool) -> str:
    if wrong in BEFORE:
        given = f"{wrong} {value or 'FILE'}" if wrong == "--plugin" else wrong
        return f"It stands before the command: ganzoo {given} ..."
    word, names = wrong.removeprefix("--"), [option.removeprefix("--") for option in options]
    settings = same(word, _settings()) if settable and not same(word, names) else []
    if settings:
        return f"It is a setting: --set {settings[0]}={quoted(value) if value else '...'}"
    close = [joined([f"--{name}", *filter(None, [value])]) for name in meant(word, names)]
    return f"Did you mean {' or '.join(close)}?" if close else ""


def _settings() -> list[str]:
    """Names of settings that could be mistaken for options."""
    from ganzoo.engine.config import TrainerConfig  # needed only after a typing mistake

    return list(dict.fromkeys([*(each.name for each in fields(TrainerConfig)), *SYNONYMS]))
