"""The root command: options before any command, and the commands."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated

import typer

from ganzoo import __version__
from ganzoo.cli.apart import apart
from ganzoo.cli.console import command, say_error, say_fault
from ganzoo.cli.options import Command
from ganzoo.cli.root import Root, apply
from ganzoo.cli.streams import CannotWrite

HELP = "A zoo of generative adversarial networks: train them, sample from them, add your own."
COMMANDS = {
    "train": (
        "ganzoo.cli.train:train",
        "Train a model. Ctrl-C saves a checkpoint, and --resume continues from it.",
    ),
    "sample": (
        "ganzoo.cli.sample:sample",
        "Generate samples from a run, and print the name of their file.",
    ),
    "evaluate": (
        "ganzoo.cli.evaluate:evaluate",
        "Score a run's samples with metrics, and save the scores in its folder.",
    ),
    "report": (
        "ganzoo.cli.report:report",
        "Write a run's page with its samples, curves, networks, settings and faults.",
    ),
    "compare": (
        "ganzoo.cli.compare:compare",
        "Compare the settings and scores of several runs, and write a page.",
    ),
    "reproduce": (
        "ganzoo.cli.reproduce:reproduce",
        "Repeat a paper's experiment, and compare the results with the paper's.",
    ),
    "write": (
        "ganzoo.cli.write:write",
        "Write a model as one plain PyTorch file, which trains it without ganzoo.",
    ),
    "diagnose": (
        "ganzoo.cli.diagnose:diagnose",
        "Find a run's faults, and show the evidence, the cause and what to try.",
    ),
    "list": (
        "ganzoo.cli.listing:list_records",
        "List the models, losses, datasets and everything else that plugins provide.",
    ),
    "info": (
        "ganzoo.cli.info:info",
        "Explain a model, a loss, a dataset or another entry, and list its settings.",
    ),
    "runs": (
        "ganzoo.cli.runs:runs",
        "List the runs in a folder, newest first.",
    ),
    "plugins": (
        "ganzoo.cli.plugins:plugins",
        "List, show, create and check plugins.",
    ),
}
"""Name -> the module and function of the command, and its line in the root's help. The line repeats
the beginning of the command's docstring, because its module is not loaded for the root's help."""


def app(words: Collection[str] | None = None) -> typer.Typer:
    """The command line. It loads only the commands that are among ``words``.

    Loading all commands takes longer than most of them run. The help lists those that are not
    loaded, which is enough for commands that are not run. ``None`` loads all.
    """
    zoo = typer.Typer(
        cls=Root,
        help=HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    zoo.callback()(root)
    for name, (where, text) in COMMANDS.items():
        if words is not None and name not in words:
            zoo.command(name, help=text)(_not_loaded)
            continue
        module, _, attribute = where.partition(":")
        loaded = getattr(importlib.import_module(module), attribute)
        if isinstance(loaded, typer.Typer):
            zoo.add_typer(loaded, name=name)
        else:
            zoo.command(name, cls=Command)(loaded)
    return zoo


def ended(run: Callable[[], object]) -> int | str | None:
    """Run a command to its end, and write what is still in the buffer of stdout.

    Returns:
        The exit status: see `ganzoo.cli.streams`.
    """
    status: int | str | None = 0
    lost: CannotWrite | None = None
    try:
        run()
    except SystemExit as end:
        status = end.code
    except CannotWrite as error:
        lost = error
    except Exception as error:
        say_fault(error)
        status = 1
    try:
        sys.stdout.flush()
    except CannotWrite as error:
        lost = error
    if lost is None or status or lost.broken_pipe:
        return status
    say_error(lost)
    return 1


def _not_loaded() -> None:
    raise AssertionError("a command that is not loaded was called")


def _version(show: bool) -> None:
    if show:
        typer.echo(f"ganzoo {__version__}")
        raise typer.Exit


@command
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    no_plugins: Annotated[
        bool,
        typer.Option(
            "--no-plugins", is_eager=True, help="Ignore all plugins except the built-in one."
        ),
    ] = False,
    plugin: Annotated[
        list[Path] | None,
        typer.Option(
            "--plugin",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            is_eager=True,
            help="Load a plugin from a Python file.",
        ),
    ] = None,
    traceback: Annotated[
        bool,
        typer.Option("--traceback", is_eager=True, help="Show the whole traceback of an error."),
    ] = False,
) -> None:
    """Apply the options that stand before a command."""
    from ganzoo.registry.registry import registry, strict  # --help does not need it

    apply(context)
    if strict() and context.invoked_subcommand != "plugins":
        with apart():
            registry()
