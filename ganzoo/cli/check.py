"""``ganzoo plugins check``: whether what a plugin gives keeps its promises."""

from __future__ import annotations

import contextlib
import sys
import traceback
from typing import TYPE_CHECKING, Annotated, Any
from unittest import SkipTest

import typer

from ganzoo.cli import complete
from ganzoo.cli.console import asked, command, out, print_json, say

if TYPE_CHECKING:
    from ganzoo.testing import Check


OTHERS = {"ganzoo", "torch", *sys.stdlib_module_names}
"""Packages that are no plugin's."""


@command
def check(
    name: Annotated[
        str,
        typer.Argument(
            help="A plugin, a distribution, or one model, loss, ...",
            autocompletion=complete.checkable,
        ),
    ],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="For what must be set to be tried."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Try out what a plugin gives; exit status 1 where a promise is not kept."""
    from ganzoo.testing import checks  # loads torch

    outcomes: list[dict[str, Any]] = []
    for each in checks(name, dict(map(asked, settings or ()))):
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

    result, told = "ok", ""
    try:
        with contextlib.redirect_stdout(sys.stderr):  # stdout has data only
            check()
    except SkipTest as error:
        result, told = "skipped", str(error)
    except Failed as error:
        result, told = "failed", str(error)
    except Exception as error:  # the plugin's own: where it happened is what helps
        result, told = "failed", f"{type(error).__name__}: {error}\n{_where(error)}"
    return {"of": check.subject, "check": check.title, "result": result, "told": told.strip()}


def _where(error: Exception) -> str:
    """The last line that ran in the plugin: what it called fails far from what is wrong."""
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
    """A line, and what went wrong, unless one mistake has been told already."""
    style = {"ok": "green", "skipped": "yellow", "failed": "bold red"}[outcome["result"]]
    out.print(f"[{style}]{outcome['result']:8}[/]", end="")
    out.print(f"{outcome['of']}: {outcome['check']}", markup=False, soft_wrap=True)
    told = "(for the same reason)" if again and outcome["told"] else outcome["told"]
    for line in told.splitlines():
        out.print(f"        {line}", markup=False, soft_wrap=True)
