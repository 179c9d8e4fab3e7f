"""The root command: options before any command, and the commands."""

from __future__ import annotations

import importlib
import os
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from ganzoo import __version__
from ganzoo.cli.console import command
from ganzoo.cli.options import Command

HELP = "A zoo of generative adversarial networks: train them, sample from them, add your own."
COMMANDS = {
    "train": (
        "ganzoo.cli.train:train",
        "Train a model. Ctrl-C keeps what was learnt; --resume goes on from there.",
    ),
    "sample": (
        "ganzoo.cli.sample:sample",
        "Sample from what was trained; prints the file's name.",
    ),
    "evaluate": (
        "ganzoo.cli.evaluate:evaluate",
        "Score a run's samples. The result is kept in its folder, with its protocol.",
    ),
    "report": (
        "ganzoo.cli.report:report",
        "Write a run's page: samples, curves, networks, settings, and what went wrong.",
    ),
    "compare": (
        "ganzoo.cli.compare:compare",
        "Compare runs: first where their settings differ, then what came of it.",
    ),
    "reproduce": (
        "ganzoo.cli.reproduce:reproduce",
        "Train what a paper trained, score it as the paper did, and set ours beside theirs.",
    ),
    "diagnose": (
        "ganzoo.cli.diagnose:diagnose",
        "Say what is wrong with a run, by which numbers, why, and what to try.",
    ),
    "list": (
        "ganzoo.cli.listing:list_records",
        "Show the zoo: models, losses, datasets and what else plugins give.",
    ),
    "info": (
        "ganzoo.cli.info:info",
        "Show what something is, its paper, its lesson and its settings.",
    ),
    "runs": (
        "ganzoo.cli.runs:runs",
        "Show the runs in a folder, newest first.",
    ),
    "plugins": (
        "ganzoo.cli.plugins:plugins",
        "Plugins: what is installed, and why one is left out.",
    ),
}
"""Name -> where the command is, and what the root's help says of it: its own first words, which are
there only once its module is loaded."""


def app(words: Collection[str] | None = None) -> typer.Typer:
    """The command line; of the commands, only those among ``words`` are loaded.

    Loading all of them takes longer than most of them run. Those that are not loaded are listed
    in the help, which is all that can be seen of a command that nobody names. ``None`` loads all.
    """
    zoo = typer.Typer(
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


def _not_loaded() -> None:
    raise AssertionError("a command that was not among the words was called")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ganzoo {__version__}")
        raise typer.Exit


@command
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    no_plugins: Annotated[
        bool, typer.Option("--no-plugins", help="Leave out all plugins but the built-in one.")
    ] = False,
    plugin: Annotated[
        list[Path] | None,
        typer.Option(
            "--plugin",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Add the plugin in a Python file.",
        ),
    ] = None,
) -> None:
    """Before any command."""
    from ganzoo.registry.registry import register, registry, strict  # --help does without

    if no_plugins:
        os.environ["GANZOO_PLUGINS"] = ""
    for file in plugin or []:
        register(file)
    if strict() and context.invoked_subcommand != "plugins":
        registry()
