"""``python -m benchmarks.diagnosis tune|tried|hold|short``: the diagnosis tested on real runs.

Trains the runs of `benchmarks.diagnosis_runs` that are not there yet, diagnoses each, and writes
the table into ``docs/diagnosis.md``, between its markers. ``tune --keep FOLDER`` copies the tables
of a few runs for the tests, rounded.
"""

from __future__ import annotations

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.diagnosis_runs import KEPT, SETS
from benchmarks.diagnosis_runs.declared import DeclaredRun
from benchmarks.diagnosis_runs.shapes import shapes
from ganzoo.diagnosis import diagnose
from ganzoo.runs.folder import Run

PAGE = Path(__file__).parent.parent / "docs" / "diagnosis.md"
Chosen = StrEnum("Chosen", list(SETS))


def main(
    chosen: Annotated[Chosen, typer.Argument(help="The set.")],
    runs: Annotated[Path, typer.Option(help="Where the runs lie.")] = Path("runs/diagnosis"),
    jobs: Annotated[int, typer.Option(help="Runs at a time, each on one thread.")] = 1,
    page: Annotated[Path, typer.Option(help="Where the table is written.")] = PAGE,
    keep: Annotated[Path | None, typer.Option(help="Copy a few tables here.")] = None,
) -> None:
    """Train what is not there yet, diagnose all of a set, and write the table."""
    declared = SETS[chosen]
    shapes(runs / "shapes", 2_000)
    shapes(runs / "few-shapes", 300)
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda run: train(run, runs), declared))
    table = judged_early(declared, runs) if chosen == "short" else written(declared, runs)
    print(table)
    begin, end = (f"<!-- {chosen}: {word} -->" for word in ("begin", "end"))
    between = re.compile(f"{begin}.*{end}", re.DOTALL)
    page.write_text(between.sub(lambda _: f"{begin}\n{table}\n{end}", page.read_text()))
    if keep:
        for run in declared:
            if run.name in KEPT:
                copy(runs / run.name, keep / f"{run.fault or 'healthy'}-{run.name}")


def train(run: DeclaredRun, runs: Path) -> None:
    """Train a run to its end. One that diverges is a run, too."""
    if (runs / run.name).exists():
        return
    words = ["train", *shlex.split(run.settings), "--set", "threads=1", "--quiet"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "GANZOO_NO_REPORT": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "ganzoo", *words, "--out", run.name],
        cwd=runs, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    print(f"{run.name}: {done.stderr or 'trained'}", file=sys.stderr)


def written(declared: tuple[DeclaredRun, ...], runs: Path) -> str:
    """The table, and how many are right."""
    lines = ["| run | declared | found | right |", "| --- | --- | --- | --- |"]
    right = {True: 0, False: 0}
    early = 0
    for run in declared:
        diagnosis = diagnose(Run(runs / run.name))
        found = [finding.fault for finding in diagnosis.findings]
        signs = [sign.fault for sign in diagnosis.signs]
        good = run.fault in found + signs if run.fault else not found + signs
        right[bool(run.fault)] += good
        early += bool(run.fault) and good and run.fault not in found
        cells = [
            run.fault or "healthy",
            ", ".join([*found, *(f"{sign} so far" for sign in signs)]) or "nothing",
            "yes" if good else "**no**",
        ]
        lines.append(f"| `{run.settings}` | {' | '.join(cells)} |")
    faulty = sum(bool(run.fault) for run in declared)
    total = (
        f"**ganzoo is right about {right[True]} of {faulty} faulty runs and {right[False]} of "
        f"{len(declared) - faulty} healthy ones.** It reports {early} of the faulty runs as "
        "unfinished."
    )
    return "\n".join([*lines, "", total])


def judged_early(declared: tuple[DeclaredRun, ...], runs: Path) -> str:
    """What is said of normal runs that are short: faults are wrong, signs are not."""
    lines = ["| run | faults | signs so far | verdict |", "| --- | --- | --- | --- |"]
    right = 0
    for run in declared:
        diagnosis = diagnose(Run(runs / run.name))
        faults, signs = (
            ", ".join(f.fault for f in found) or "none"
            for found in (diagnosis.findings, diagnosis.signs)
        )
        verdict = "healthy" if diagnosis.judged else "too early to judge"
        right += not diagnosis.findings
        cells = f"{faults} | {signs} | {'**faulty**' if diagnosis.findings else verdict}"
        lines.append(f"| `{run.settings}` | {cells} |")
    return "\n".join(
        [*lines, "", f"**ganzoo reports no fault in {right} of {len(declared)} runs.**"]
    )


def copy(run: Path, to: Path) -> None:
    """What the diagnosis reads, with four digits."""
    to.mkdir(parents=True, exist_ok=True)
    for name in ("run.json", "status.json"):
        shutil.copy(run / name, to / name)
    for name in ("health.csv", "metrics.csv"):
        with (run / name).open(newline="") as file, (to / name).open("w", newline="") as rounded:
            head, *rows = csv.reader(file)
            table = csv.writer(rounded, lineterminator="\n")
            table.writerow(head)
            table.writerows([row[0], *(f"{float(c):.4g}" for c in row[1:])] for row in rows)


if __name__ == "__main__":
    typer.run(main)
