"""``python -m benchmarks.diagnosis tune|hold``: the diagnosis held against real runs.

Trains the runs of `benchmarks.patients` that are not there yet, asks of each what the diagnosis
finds, and writes the table into ``docs/diagnosis.md``, between its markers. ``tune --keep FOLDER``
copies the tables of a few runs for the tests, rounded.
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

from benchmarks.patients import KEPT, SETS, Patient, shapes
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
    patients = SETS[chosen]
    shapes(runs / "shapes", 2_000)
    shapes(runs / "few-shapes", 300)
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda patient: train(patient, runs), patients))
    table = written(patients, runs)
    print(table)
    begin, end = (f"<!-- {chosen}: {word} -->" for word in ("begin", "end"))
    between = re.compile(f"{begin}.*{end}", re.DOTALL)
    page.write_text(between.sub(lambda _: f"{begin}\n{table}\n{end}", page.read_text()))
    if keep:
        for patient in patients:
            if patient.name in KEPT:
                copy(runs / patient.name, keep / f"{patient.illness or 'healthy'}-{patient.name}")


def train(patient: Patient, runs: Path) -> None:
    """Train a run to its end. One that diverges is a run, too."""
    if (runs / patient.name).exists():
        return
    words = ["train", *shlex.split(patient.settings), "--set", "threads=1", "--quiet"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "GANZOO_NO_REPORT": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "ganzoo", *words, "--out", patient.name],
        cwd=runs, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    print(f"{patient.name}: {done.stderr or 'trained'}", file=sys.stderr)


def written(patients: tuple[Patient, ...], runs: Path) -> str:
    """The table, and how many are right."""
    lines = ["| run | declared | found | right |", "| --- | --- | --- | --- |"]
    right = {True: 0, False: 0}
    for patient in patients:
        found = [finding.illness for finding in diagnose(Run(runs / patient.name))]
        good = patient.illness in found if patient.illness else not found
        right[bool(patient.illness)] += good
        cells = [
            patient.illness or "healthy",
            ", ".join(found) or "nothing",
            "yes" if good else "**no**",
        ]
        lines.append(f"| `{patient.settings}` | {' | '.join(cells)} |")
    sick = sum(bool(patient.illness) for patient in patients)
    told = (
        f"**{right[True]} of {sick} sick runs and {right[False]} of {len(patients) - sick} healthy"
    )
    return "\n".join([*lines, "", f"{told} ones are right.**"])


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
