"""``ganzoo runs``: the runs in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganzoo.cli.console import add_row, command, make_table, out, print_json, say
from ganzoo.errors import BrokenFile

if TYPE_CHECKING:
    from ganzoo.runs.folder import Run

DAMAGED = "damaged"
"""The status of a run whose ``run.json`` is damaged."""


@command
def runs(
    root: Annotated[
        Path, typer.Argument(help="The folder that holds the runs.", metavar="DIR")
    ] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """List the runs in a folder, newest first."""
    from ganzoo.runs.finding import all_runs
    from ganzoo.runs.folder import Run

    found: list[dict[str, Any]] = []
    candidates = [Run(root)] if Run(root).exists else all_runs(root)
    for run in candidates:
        found.append(row := _row(run))
        if row["problem"]:
            say(row["problem"], style="yellow")
    if as_json:
        print_json(found)
    elif not found:
        say(f"No runs under {root}. `ganzoo train vanilla-mlp` starts one.")
    else:
        table = make_table("run", "model", "dataset", "loss", "steps", "status", "started")
        for row in found:
            steps = "" if row["total"] is None else f"{row['step']:,} / {row['total']:,}"
            cells = [row[k] or "" for k in ("run", "model", "dataset", "loss")]
            add_row(table, *cells, steps, row["status"], row["started"] or "")
        out.print(table)


def _row(run: Run) -> dict[str, Any]:
    """What is known of a run, and what is wrong with its files."""
    from ganzoo.runs.status import UNKNOWN

    names = ("model", "dataset", "loss", "step", "total", "status", "started", "problem")
    row: dict[str, Any] = {"run": str(run.path), **dict.fromkeys(names)}
    try:
        record = run.record
    except BrokenFile as error:
        return {**row, "status": DAMAGED, "problem": str(error)}
    status, step = run.status()
    about = {name: getattr(record, name) for name in ("model", "dataset", "loss", "total")}
    problem = run.error if status == UNKNOWN else None
    started = {"started": record.started, "problem": problem}
    return {**row, **about, "step": step, "status": status, **started}
