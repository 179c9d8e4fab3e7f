"""What ``ganzoo train`` says at the end: the files of the run, and commands to try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.cli.console import say
from ganzoo.prose.commands import shell_command

if TYPE_CHECKING:
    from ganzoo.training.run import Training


def farewell(run: Training) -> None:
    """Name the files of a finished run, and what to run next."""
    folder, there = run.run.path, run.run.folder
    say(f"Finished {run.total:,} steps.", style="green")
    rows = {
        "samples": run.run.grid(run.total),
        "report": there / "report.html",
        "animation": there / "training.gif",
        "curves": there / "curves.png",
        "metrics": run.run.metrics.path,
        "settings": run.run.record_file,
    }
    for name, path in rows.items():
        if path.exists():
            say(f"  {name:10} {folder / path.relative_to(there)}")
    say("Next, you can run:")
    record = run.record
    files, scoring = record.files_for(), record.files_for("model", "dataset", "metric")
    sample = shell_command("sample", folder, "--seed", 1, plugins=record.files_for("model"))
    say(f"  {sample}")
    say(f"  {shell_command('evaluate', folder, plugins=scoring)}")
    if run.plan.preset:
        whole = shell_command("train", record.model, plugins=record.files_for("model"))
        say(f"  {whole}   (without the preset {run.plan.preset.name})")
    if not run.trainer.fixed_by:
        longer = "train", "--resume", folder, "--steps", run.total * 2
        say(f"  {shell_command(*longer, plugins=files)}")
