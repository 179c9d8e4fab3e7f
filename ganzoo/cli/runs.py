"""``ganzoo runs``: the runs in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ganzoo.cli.console import add_row, command, make_table, out, print_json, say
from ganzoo.errors import BrokenFile


@command
def runs(
    root: Annotated[
        Path, typer.Argument(help="The folder that holds the runs.", metavar="DIR")
    ] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """List the runs in a folder, newest first."""
    from ganzoo.runs.folder import Run, all_runs

    found: list[dict[str, Any]] = []
    candidates = [Run(root)] if Run(root).exists else all_runs(root)
    for run in candidates:
        try:
            record = run.record
        except BrokenFile as error:
            say(str(error), style="yellow")
            continue
        status, step = run.status()
        found.append(
            {
                "run": str(run.path),
                "model": record.model,
                "dataset": record.dataset,
                "loss": record.loss,
                "step": step,
                "total": record.total,
                "status": status,
                "started": record.started,
            }
        )
    if as_json:
        print_json(found)
    elif not found:
        say(f"No runs under {root}. `ganzoo train vanilla-mlp` starts one.")
    else:
        table = make_table("run", "model", "dataset", "loss", "steps", "status", "started")
        for row in found:
            steps = f"{row['step']:,} / {row['total']:,}"
            cells = [row[k] or "" for k in ("run", "model", "dataset", "loss")]
            add_row(table, *cells, steps, row["status"], row["started"])
        out.print(table)
