"""A result as a section of a page in Markdown, with all that a reader needs to doubt it."""

from __future__ import annotations

import platform
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ganzoo import __version__
from ganzoo.errors import GanzooError
from ganzoo.files import write_whole
from ganzoo.reproducing.experiment import Column, System
from ganzoo.reproducing.result import FAR, Mean, Result

HEAD = """# Reproduction

What papers report, and what ganzoo finds by their protocol. `ganzoo reproduce NAME` trains, scores
and writes each section, between its two comments; what stands outside of them is kept. *Final* are
the weights at the end of a run. *Best* are those among the kept ones with the best first score,
chosen by other samples than those that are scored: whoever picks the best of many moments has also
picked the luckiest. Means are over seeds, ± is the standard error of the mean, and an asterisk
marks a final mean that is more than two standard errors from a reported one (of both together,
where both are known).
"""


@dataclass(frozen=True)
class Made:
    """How the numbers came to be."""

    command: str
    hardware: str
    commit: str


def section(result: Result, made: Made) -> str:
    """The result in Markdown, with its protocol and every difference."""
    experiment = result.experiment
    runs = [run for each in result.runs.values() for run in each]
    parts = [
        f"## {experiment.title} (`{experiment.name}`)",
        experiment.about.strip(),
        f"```\n{made.command}\n```",
        "\n".join(_table(result)),
        _bullets("Sources", [_source(result, key) for key in experiment.sources]),
        _bullets("Ours", list(_protocol(result, made))) if runs else "Nothing was trained yet.",
        _bullets("What differs from the papers' protocols", list(_differences(result, made))),
        _bullets(f"Where ours is more than {FAR:g} standard errors from theirs", _apart(result)),
        _bullets("What was tried about it", list(experiment.tried)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def write(path: Path, name: str, text: str) -> None:
    """Put a section into a page, in place of the experiment's former one.

    Raises:
        GanzooError: the page cannot be read or written.
    """
    begin, end = f"<!-- ganzoo reproduce {name} -->", f"<!-- end of {name} -->"
    whole = f"{begin}\n{text}{end}\n"
    try:
        page = path.read_text(encoding="utf-8") if path.exists() else HEAD
    except (OSError, ValueError) as error:
        raise GanzooError(f"cannot read {path}: {error}") from error
    former = re.compile(re.escape(begin) + ".*?" + re.escape(end) + "\n", re.DOTALL)
    if former.search(page):
        page = former.sub(lambda _: whole, page)
    else:
        page = f"{page.rstrip()}\n\n{whole}"
    write_whole(path, page.encode())


def hardware() -> str:
    """The processor, as the system names it, and how many cores there are."""
    import os

    name = platform.processor() or platform.machine()
    try:
        told = Path("/proc/cpuinfo").read_text()
        name = next(
            line.partition(":")[2].strip() for line in told.splitlines() if "model name" in line
        )
    except (OSError, StopIteration):
        pass
    return f"{os.cpu_count()} cores of {name}"


def commit() -> str:
    """The commit of ganzoo's code; its version, where it is no checkout."""
    folder = Path(__file__).parent

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    try:
        changed = " with changes" if git("status", "--porcelain", "--", "..") else ""
        return f"commit {git('rev-parse', '--short=10', 'HEAD')}{changed}"
    except (OSError, subprocess.CalledProcessError):
        return f"ganzoo-core {__version__}"


def _table(result: Result) -> Iterator[str]:
    columns = result.experiment.columns
    yield "| | | " + " | ".join(column.title for column in columns) + " |"
    yield "| --- | --- |" + " ---: |" * len(columns)
    for system in result.experiment.systems:
        for i, (who, cells) in enumerate(rows(result, system)):
            yield f"| {system.name if not i else ''} | {who} | " + " | ".join(cells) + " |"


def rows(result: Result, system: System) -> Iterator[tuple[str, list[str]]]:
    """Theirs, ours at the end, ours at its best: who, and a text for each column."""
    experiment = result.experiment
    for key in dict.fromkeys(reported.source for reported in system.reported):
        theirs = [result.theirs(system, column.score).get(key) for column in experiment.columns]
        cells = [text(c, value) for c, value in zip(experiment.columns, theirs, strict=True)]
        yield experiment.sources[key].paper, cells
    for moment in ("final", "best") if system.name in result.runs else ():
        cells = []
        for column in experiment.columns:
            ours = text(column, result.ours(system, column.score, moment))
            sources = result.theirs(system, column.score)
            far = [s for s in sources if moment == "final" and result.far(system, column.score, s)]
            cells.append(ours + "\\*" * bool(far))
        yield f"ours, {moment}", cells


def text(column: Column, value: Mean | None) -> str:
    """``7.9 ± 0.1``; nothing where there is no number."""
    if value is None:
        return ""
    told = column.text(value.value)
    if value.error is None:
        return told
    error = column.text(value.error)
    return f"{told.removesuffix(' %')} ± {error}"


def _source(result: Result, key: str) -> str:
    source = result.experiment.sources[key]
    return f"[{source.paper}]({source.link}), {source.where}: {source.protocol}."


def _protocol(result: Result, made: Made) -> Iterator[str]:
    experiment = result.experiment
    for system in experiment.systems:
        if runs := result.runs.get(system.name):
            seeds = ", ".join(str(run.seed) for run in runs)
            hours = sum(run.seconds for run in runs) / 3600
            best = ", ".join(f"{run.best_step:,}" for run in runs)
            yield (
                f"{system.name}: seeds {seeds}; {runs[0].steps:,} of {experiment.steps:,} steps; "
                f"{hours:.1f} h in all; best at step {best}."
            )
        else:
            yield f"{system.name}: not trained."
    run = next(run for each in result.runs.values() for run in each)
    yield (
        f"{experiment.samples:,} samples of each run's weights, metric `{experiment.metric}` "
        f"against the dataset `{experiment.dataset}`."
    )
    versions = ", ".join(f"{name} {number}" for name, number in run.versions.items())
    yield f"{made.hardware}; {versions}; begun {run.started[:10]}; scored with {made.commit}."


def _differences(result: Result, made: Made) -> Iterator[str]:
    experiment = result.experiment
    trained = {run.steps for runs in result.runs.values() for run in runs}
    for steps in sorted(trained - {experiment.steps}):
        share = steps / experiment.steps
        yield f"{steps:,} steps rather than {experiment.steps:,} ({share:.3g} of the protocol)."
    seeds = {len(runs) for runs in result.runs.values()}
    for count in sorted(seeds - {experiment.seeds}):
        yield f"{count} {'runs' if count > 1 else 'run'} rather than {experiment.seeds}."
    yield from experiment.differs
    for system in experiment.systems:
        yield from (f"{system.name}: {told}" for told in system.differs)


def _apart(result: Result) -> list[str]:
    experiment, found = result.experiment, []
    for system in experiment.systems:
        for column in experiment.columns:
            for key, theirs in result.theirs(system, column.score).items():
                ours = result.ours(system, column.score)
                if ours is not None and result.far(system, column.score, key):
                    found.append(
                        f"{system.name}, {column.title}: ours {text(column, ours)}, "
                        f"{experiment.sources[key].paper} {text(column, theirs)}."
                    )
    return found


def _bullets(title: str, items: list[str]) -> str:
    return f"{title}:\n\n" + "\n".join(f"- {item}" for item in items) if items else ""
