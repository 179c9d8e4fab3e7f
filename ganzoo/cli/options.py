"""What all commands check in their arguments before they use them.

- The message about an unknown option names the option or setting that was meant.
- Numbers fit into 64 bits, names into the file system, and texts into UTF-8.
- Messages show long values shortened.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ganzoo.cli.once import check_once
from ganzoo.prose.commands import joined, quoted
from ganzoo.prose.visible import shortened
from ganzoo.registry.synonyms import SYNONYMS, meant, same

BEFORE = ("--no-plugins", "--plugin", "--traceback")
"""Options of `ganzoo` itself."""


class Flags:
    """A command or group whose help shows no type for an option without a value."""

    def get_params(self, ctx: Any) -> list[Any]:
        """All parameters, ``--help`` included."""
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for each in params:
            if getattr(each, "is_flag", False):
                each.metavar = ""  # newer versions of Typer show <bool> otherwise
        return params


class Group(Flags, TyperGroup):
    """A command that has others in it."""


class Command(Flags, TyperCommand):
    """A command that says what to write instead of an unknown option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as usual, but explain an unknown option, and check the values."""
        given = list(args)
        try:
            check_once(self, ctx, given)
            rest = super().parse_args(ctx, args)
        except Exception as error:
            if type(error).__name__ == "NoSuchOption":  # Typer may include its own click
                self._explain(error, given)
            raise
        check_values(self.params, ctx)
        return rest

    def _explain(self, error: Any, given: Sequence[str]) -> None:
        options = [name for each in self.params for name in each.opts if name.startswith("--")]
        wrong = str(error.option_name)
        hint = _hint(wrong, _value(wrong, given), options, settable=self.name == "train")
        if hint:
            error.message = f"No such option: {wrong}. {hint}"
            error.possibilities = None


@contextlib.contextmanager
def short_messages() -> Iterator[None]:
    """Shorten the values in messages of errors that Typer shows itself."""
    try:
        yield
    except Exception as error:
        if hasattr(error, "format_message") and isinstance(
            getattr(error, "message", None), str
        ):  # Typer may include its own click
            error.message = shortened(error.message)  # type: ignore[attr-defined]
        raise


def check_values(params: Sequence[Any], ctx: Any) -> None:
    """Check the values of all parameters.

    Raises:
        typer.BadParameter: a value cannot be used, whatever the command.
    """
    if ctx.resilient_parsing:  # for completion
        return
    for each in params:
        value = ctx.params.get(each.name)
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if wrong := _wrong(one):
                raise typer.BadParameter(wrong, ctx=ctx, param=each)


def _wrong(value: object) -> str:
    """What is wrong with a value, or an empty string."""
    match value:
        case int() if abs(value) >= 2**63:
            shown = value if abs(value) < 10**100 else "the number"
            bound = "large; expected less than" if value > 0 else "small; expected more than"
            return f"{shown} is too {bound} {'-' * (value < 0)}2**63."
        case float() if not math.isfinite(value):
            return f"{value} is not a finite number."
        case Path():
            try:
                os.lstat(value)
            except ValueError:
                return f"{value} has a NUL character."
            except OSError as error:
                if error.errno == errno.ENAMETOOLONG:
                    return f"{value}: the name is too long."
    return ""


def is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


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
