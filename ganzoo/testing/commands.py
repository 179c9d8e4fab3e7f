"""Checks of a command: what its record names, and its help."""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Iterator
from typing import Any

from ganzoo.errors import GanzooError
from ganzoo.registry.commands import built
from ganzoo.testing.check import expect, failed
from ganzoo.testing.stage import Stage


def its_reference_names_a_command(stage: Stage) -> None:
    """its reference names a function that Typer can call, or a typer.Typer."""
    _built(stage)


def it_has_a_lesson(stage: Stage) -> None:
    """its module has a docstring, which `ganzoo info` shows."""
    module = stage.entry.record.factory.partition(":")[0]
    expect(
        bool(importlib.import_module(module).__doc__),
        f"{module} has no docstring",
        "begin the file with what the command does, for whom, and how to read its output",
    )


def its_help_explains_it(stage: Stage) -> None:
    """its help says what it does, and explains every argument and option."""
    for name, command in _every(stage.entry.record.name, _built(stage)):
        expect(
            bool(command.help),
            f"`ganzoo {name}` has no help",
            "give its function a docstring, which begins with one sentence about what it does",
        )
        for each in command.params:
            expect(
                bool(getattr(each, "help", None)) or getattr(each, "hidden", False),
                f"`ganzoo {name}` does not explain {each.opts[0]}",
                'write Annotated[int, typer.Option(help="...")] or typer.Argument(help="...")',
            )


def its_help_can_be_shown(stage: Stage) -> None:
    """`ganzoo NAME --help` works."""
    for name, command in _every(stage.entry.record.name, _built(stage)):
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                command.main(["--help"], prog_name=f"ganzoo {name}", standalone_mode=False)
        except Exception as error:
            raise failed(
                f"`ganzoo {name} --help` ends with {type(error).__name__}: {error}",
                "look at the texts and defaults of its arguments and options",
            ) from error
        expect(
            "Usage:" in printed.getvalue(),
            f"`ganzoo {name} --help` shows no usage",
            "leave the option --help to Typer",
        )


def _built(stage: Stage) -> Any:
    """The command as Typer makes it.

    Raises:
        Failed: Typer cannot make it.
    """
    record = stage.entry.record
    advice = (
        "name a function whose parameters have types that Typer reads, or a typer.Typer. "
        "docs/hooks/ has a page about `ganzoo.Command`"
    )
    try:
        return built(record.name, stage.cls)
    except GanzooError as error:
        raise failed(f"{record.factory}: {error}", advice) from error
    except Exception as error:  # Typer raises several for types that it does not know
        said = f"Typer cannot make a command of it ({type(error).__name__}: {error})"
        raise failed(f"{record.factory}: {said}", advice) from error


def _every(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """A command and all commands in it, with the words that call each."""
    yield name, command
    for word, inner in getattr(command, "commands", {}).items():
        yield from _every(f"{name} {word}", inner)


CHECKS = (
    its_reference_names_a_command,
    it_has_a_lesson,
    its_help_explains_it,
    its_help_can_be_shown,
)
