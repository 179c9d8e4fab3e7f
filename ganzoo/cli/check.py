"""``ganzoo plugins check``: tests whether a plugin's records keep the contract."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING, Annotated, Any
from unittest import SkipTest

import typer
from rich.text import Text

from ganzoo.cli import complete
from ganzoo.cli.apart import apart
from ganzoo.cli.console import command, key_value, out, print_json, say
from ganzoo.errors import PluginFailed
from ganzoo.registry.boundary import headline

if TYPE_CHECKING:
    from ganzoo.testing import Check


OTHERS = {"ganzoo", "torch", *sys.stdlib_module_names}
"""Packages that do not belong to a plugin."""


@command
def check(
    name: Annotated[
        str,
        typer.Argument(
            help="A plugin, a distribution, or a single model, loss, ...",
            autocompletion=complete.checkable,
            metavar="NAME",
        ),
    ],
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A setting that the checks need because it has no default.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Check what a plugin provides. The exit status is 1 if a check fails."""
    from ganzoo.testing import checks  # loads torch

    outcomes: list[dict[str, Any]] = []
    for each in checks(name, dict(map(key_value, settings or ()))):
        outcome = _tried(each)
        if not as_json:
            _show(outcome, again=outcome["told"] in (o["told"] for o in outcomes))
        outcomes.append(outcome)
    if as_json:
        print_json(outcomes)
    counts = {r: sum(o["result"] == r for o in outcomes) for r in ("ok", "skipped", "failed")}
    say(", ".join(f"{count} {result}" for result, count in counts.items()))
    if counts["failed"]:
        raise typer.Exit(1)


def _tried(check: Check) -> dict[str, Any]:
    from ganzoo.testing import Failed

    result, message = "ok", ""
    try:
        with apart():
            check()
    except SkipTest as error:
        result, message = "skipped", str(error)
    except Failed as error:
        result, message = "failed", str(error)
    except (Exception, SystemExit) as error:  # in the plugin: its place in the code helps most
        cause = error.__cause__ if isinstance(error, PluginFailed) else None
        result, message = "failed", f"{headline(cause or error)}\n{_where(cause or error)}"
    return {"of": check.subject, "check": check.title, "result": result, "told": message.strip()}


def _where(error: BaseException) -> str:
    """The last line that ran in the plugin. The error itself may come from far below it."""
    frames = traceback.extract_tb(error.__traceback__)
    modules = (f.f_globals.get("__name__", "") for f, _ in traceback.walk_tb(error.__traceback__))
    theirs = [
        frame
        for frame, module in zip(frames, modules, strict=False)
        if module.partition(".")[0] not in OTHERS
    ]
    last = (theirs or frames)[-1]
    return f"{last.filename}:{last.lineno}: {last.line}"


def _show(outcome: dict[str, Any], again: bool) -> None:
    """Print a result, and its message unless an earlier check had the same one."""
    style = {"ok": "green", "skipped": "yellow", "failed": "bold red"}[outcome["result"]]
    result = Text(f"{outcome['result']:8}", style)
    out.print(result.append(f"{outcome['of']}: {outcome['check']}", "default"), soft_wrap=True)
    message = "(for the same reason)" if again and outcome["told"] else outcome["told"]
    for line in message.splitlines():
        out.print(f"        {line}", soft_wrap=True)
