"""Writes a result as a section of a Markdown page, with all that a reader needs to check it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ganzoo.errors import GanzooError
from ganzoo.files import read_whole, unreadable, write_whole
from ganzoo.reporting.spread import Spread
from ganzoo.reproducing.experiment import Column, System
from ganzoo.reproducing.result import FAR, Result
from ganzoo.reproducing.scoring import Scored
from ganzoo.runs.reading import MOST
from ganzoo.sweeping.folder import spelt_seeds

HEAD = """# Reproduction

This page compares the results of papers with those of ganzoo under the same protocols.
`ganzoo reproduce NAME` trains and scores an experiment and writes its section between two comments.
It keeps the text outside them.

*Final* means the weights at the end of a run. *Best* means the checkpoint with the best first
score. One set of samples selects it and another set scores it, because the best of many checkpoints
is also the luckiest. Means are over seeds, and ± is the standard error of the mean. An asterisk
marks a final mean that is more than two standard errors away from a reported one. If the paper
gives a standard error too, the two are combined.

The folder with this page's name holds the scores of each run, in NAME.json. The same command on
another machine, for other seeds or systems, adds to this file. Longer runs of a system replace all
its shorter ones.
"""


def section(result: Result, commands: Sequence[str]) -> str:
    """The result in Markdown, with its protocol and every difference."""
    experiment = result.experiment
    parts = [
        f"## {experiment.title} (`{experiment.name}`)",
        experiment.about.strip(),
        "\n".join(("```", *commands, "```")),
        "\n".join(_table(result)),
        _bullets("Sources", [_source(result, key) for key in experiment.sources]),
        _bullets("Our runs", list(_protocol(result))),
        _bullets("How this differs from the papers' protocols", list(_differences(result))),
        _bullets(f"Means more than {FAR:g} standard errors apart", _apart(result)),
        _bullets("What we tried to close the gap", list(experiment.tried)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def there(path: Path, name: str) -> str:
    """The page as it is, or a new page's head if the file does not exist.

    Raises:
        GanzooError: the page cannot be read, or its comments do not enclose one section.
    """
    try:
        page = read_whole(path, MOST).decode().replace("\r\n", "\n")
    except FileNotFoundError:
        page = HEAD
    except UnicodeDecodeError as error:
        raise unreadable(path, error) from error
    begin, end = _comments(name)
    sections = len(_former(name).findall(page))
    if sections > 1 or page.count(begin) != sections or page.count(end) != sections:
        raise GanzooError(f"{path}: expected {begin} and, after it, {end}, each once, or neither")
    return page


def write(path: Path, name: str, text: str) -> None:
    """Write a section into a page. It replaces the experiment's former one.

    Raises:
        GanzooError: the page cannot be read or written.
    """
    page = there(path, name)
    begin, end = _comments(name)
    whole = f"{begin}\n{text}{end}\n"
    replaced, count = _former(name).subn(lambda _: whole, page)
    write_whole(path, (replaced if count else f"{page.rstrip()}\n\n{whole}").encode())


def _comments(name: str) -> tuple[str, str]:
    return f"<!-- ganzoo reproduce {name} -->", f"<!-- end of {name} -->"


def _former(name: str) -> re.Pattern[str]:
    begin, end = map(re.escape, _comments(name))
    return re.compile(f"{begin}.*?{end}\n?", re.DOTALL)


def _table(result: Result) -> Iterator[str]:
    columns = result.experiment.columns
    yield "| | | " + " | ".join(column.title for column in columns) + " |"
    yield "| --- | --- |" + " ---: |" * len(columns)
    for system in result.experiment.systems:
        for i, (who, cells) in enumerate(rows(result, system)):
            shown = " | ".join(cells).replace("*", "\\*")
            yield f"| {system.name if not i else ''} | {who} | {shown} |"


def rows(result: Result, system: System) -> Iterator[tuple[str, list[str]]]:
    """The rows of the papers, then our final and our best one. Each has a name and its cells."""
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
            cells.append(ours + "*" * bool(far))
        yield f"ours, {moment}", cells


def text(column: Column, value: Spread | None) -> str:
    """``7.9 ± 0.1``, or an empty text if there is no number."""
    if value is None:
        return ""
    mean = column.text(value.mean)
    if math.isnan(value.error):
        return mean
    error = column.text(value.error)
    return f"{mean.removesuffix(' %')} ± {error}"


def _source(result: Result, key: str) -> str:
    source = result.experiment.sources[key]
    return f"[{source.paper}]({source.link}), {source.where}: {source.protocol}."


def _protocol(result: Result) -> Iterator[str]:
    experiment = result.experiment
    for system in experiment.systems:
        if runs := result.runs.get(system.name):
            seeds = ", ".join(str(run.seed) for run in runs)
            hours = sum(run.seconds for run in runs) / 3600
            best = ", ".join(f"{run.best_step:,}" for run in runs)
            s = "s" * (len(runs) > 1)
            yield (
                f"{system.name}: {runs[0].steps:,} of {experiment.steps:,} steps with seed{s} "
                f"{seeds} ({hours:.1f} h in total). Step{s} of the best checkpoint{s}: {best}."
            )
        else:
            yield f"{system.name}: not trained."
    yield (
        f"The metric `{experiment.metric}` compares {experiment.samples:,} samples of each run's "
        f"weights with the dataset `{experiment.dataset}`."
    )
    yield from _origins(result)


def _origins(result: Result) -> Iterator[str]:
    """Machine, code and date of the runs. If these differ, each line names its runs."""
    dates: dict[str, list[str]] = {}
    of: dict[str, dict[str, list[int]]] = {}
    for name, runs in result.runs.items():
        for run in runs:
            versions = ", ".join(f"{what} {number}" for what, number in run.versions.items())
            origin = f"{run.hardware}, {versions}, {run.commit}"
            dates.setdefault(origin, []).append(run.started[:10])
            of.setdefault(origin, {}).setdefault(name, []).append(run.seed)
    for origin, systems in of.items():
        which = ", ".join(
            f"{name} (seed{'s' * (len(seeds) > 1)} {spelt_seeds(seeds)})"
            for name, seeds in systems.items()
        )
        begun = " to ".join(dict.fromkeys((min(dates[origin]), max(dates[origin]))))
        yield f"{f'{which}: ' if len(of) > 1 else ''}{origin}. Started {begun}."


def _differences(result: Result) -> Iterator[str]:
    experiment = result.experiment
    for steps, who in _alike(result, lambda runs: runs[0].steps):
        if steps != experiment.steps:
            share = f"{steps / experiment.steps:.3g} of the protocol"
            yield f"{who}{steps:,} steps instead of {experiment.steps:,} ({share})."
    for count, who in _alike(result, len):
        if count != experiment.seeds:
            yield f"{who}{count} {'runs' if count > 1 else 'run'} instead of {experiment.seeds}."
    yield from experiment.differs
    for system in experiment.systems:
        yield from (f"{system.name}: {difference}" for difference in system.differs)


def _alike(result: Result, number: Callable[[Sequence[Scored]], int]) -> Iterator[tuple[int, str]]:
    """Each value of a number, with the names of its systems unless all systems share it."""
    who: dict[int, list[str]] = {}
    for name, runs in result.runs.items():
        who.setdefault(number(runs), []).append(name)
    for value, names in who.items():
        yield value, f"{', '.join(names)}: " if len(who) > 1 else ""


def _apart(result: Result) -> list[str]:
    experiment, found = result.experiment, []
    for system in experiment.systems:
        for column in experiment.columns:
            for key, theirs in result.theirs(system, column.score).items():
                if result.far(system, column.score, key):
                    ours = text(column, result.ours(system, column.score))
                    found.append(
                        f"{system.name}, {column.title}: ours {ours}, "
                        f"{experiment.sources[key].paper} {text(column, theirs)}."
                    )
    return found


def _bullets(title: str, items: list[str]) -> str:
    return f"{title}:\n\n" + "\n".join(f"- {item}" for item in items) if items else ""
