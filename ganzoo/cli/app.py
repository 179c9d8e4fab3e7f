"""The root command: options before any command, and the commands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ganzoo import __version__
from ganzoo.cli.compare import compare
from ganzoo.cli.console import command
from ganzoo.cli.diagnose import diagnose
from ganzoo.cli.evaluate import evaluate
from ganzoo.cli.info import info
from ganzoo.cli.listing import list_records
from ganzoo.cli.plugins import plugins
from ganzoo.cli.report import report
from ganzoo.cli.reproduce import reproduce
from ganzoo.cli.runs import runs
from ganzoo.cli.sample import sample
from ganzoo.cli.train import train
from ganzoo.registry.registry import register, registry, strict

app = typer.Typer(
    help="A zoo of generative adversarial networks: train them, sample from them, add your own.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ganzoo {__version__}")
        raise typer.Exit


@app.callback()
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
    if no_plugins:
        os.environ["GANZOO_PLUGINS"] = ""
    for file in plugin or []:
        register(file)
    if strict() and context.invoked_subcommand != "plugins":
        registry()


app.command("train")(train)
app.command("sample")(sample)
app.command("evaluate")(evaluate)
app.command("report")(report)
app.command("compare")(compare)
app.command("reproduce")(reproduce)
app.command("diagnose")(diagnose)
app.command("list")(list_records)
app.command("info")(info)
app.command("runs")(runs)
app.add_typer(plugins, name="plugins")
