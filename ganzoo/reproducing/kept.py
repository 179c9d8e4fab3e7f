"""Keeps the scores of each run behind a page ``PAGE.md``, in ``PAGE/EXPERIMENT.json``.

A paper's runs take days on several machines. Their folders are too large to keep, but their scores
are not. A page's section is written from these files, and runs from other machines add to them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganzoo.errors import BrokenFile, UsageError
from ganzoo.files import write_whole
from ganzoo.reproducing.experiment import Experiment
from ganzoo.reproducing.scoring import Scored
from ganzoo.runs.reading import read_json
from ganzoo.sweeping.folder import spelt_seeds

Runs = Mapping[str, Sequence[Scored]]
"""By system's name."""


@dataclass(frozen=True)
class _Kept:
    protocol: dict[str, Any]
    runs: list[Scored]

    def __post_init__(self) -> None:
        if len({run.steps for run in self.runs}) > 1:
            raise ValueError("runs of different lengths")
        if len({run.seed for run in self.runs}) < len(self.runs):
            raise ValueError("two runs of one seed")


def file_beside(page: Path, experiment: Experiment) -> Path:
    """``docs/reproduction.md`` -> ``docs/reproduction/ring-8.json``."""
    return page.with_suffix("") / f"{experiment.name}.json"


def read(path: Path, experiment: Experiment) -> Runs:
    """The kept runs that fit the current experiment. Without a file there are none.

    Runs of another protocol and runs without one of the columns are left out.

    Raises:
        BrokenFile: the file is damaged.
    """
    now, columns = _protocols(experiment), {column.score for column in experiment.columns}
    return {
        name: [run for run in one.runs if columns <= run.final.keys() & run.best.keys()]
        for name, one in _all(path).items()
        if one.protocol == now.get(name)
    }


def lost(path: Path, runs: Runs) -> list[str]:
    """Descriptions of the kept runs that ``runs`` does not contain."""
    found = []
    for name, one in _all(path).items():
        there = {run.seed for run in runs.get(name, ())}
        steps = {run.steps for run in runs.get(name, ())}
        if gone := [run for run in one.runs if run.seed not in there or run.steps not in steps]:
            found.append(
                f"{name} {spelt_seeds(run.seed for run in gone)} of {gone[0].steps:,} steps, "
                "because the experiment was changed or longer runs replace them"
            )
    return found


def _all(path: Path) -> dict[str, _Kept]:
    try:
        kept: dict[str, _Kept] = read_json(path, dict[str, _Kept], "a file of kept scores")
    except FileNotFoundError:
        return {}
    except BrokenFile as error:
        raise BrokenFile(
            f"{error}. Without this file, only the runs that are here count"
        ) from error
    return kept


def refuse_shorter(path: Path, experiment: Experiment, steps: Mapping[str, int]) -> None:
    """Refuse runs that would replace longer kept ones.

    Args:
        steps: system's name -> steps of its new runs.

    Raises:
        UsageError: longer runs are kept.
        BrokenFile: the file is damaged.
    """
    kept = read(path, experiment)
    for name, new in steps.items():
        if (longest := max((run.steps for run in kept.get(name, ())), default=0)) > new:
            raise UsageError(
                f"{path} has runs of {longest:,} steps for {name}, and those of {new:,} would "
                "replace them; write another page or remove that file"
            )


def merged(experiment: Experiment, kept: Runs, new: Runs) -> Runs:
    """Both together, by seed and in the experiment's order. New runs replace kept ones.

    A mean needs runs of one length. If the new runs have another length, only they count.
    """
    together = {}
    for name in (system.name for system in experiment.systems):
        by_seed = {run.seed: run for run in new.get(name, ())}
        lengths = {run.steps for run in by_seed.values()}
        for run in kept.get(name, ()):
            if not lengths or run.steps in lengths:
                by_seed.setdefault(run.seed, run)
        if by_seed:
            together[name] = [by_seed[seed] for seed in sorted(by_seed)]
    return together


def write(path: Path, experiment: Experiment, runs: Runs) -> None:
    """Keep these scores. They replace the file.

    Raises:
        GanzooError: the file cannot be written.
    """
    protocols = _protocols(experiment)
    content = {
        name: {"protocol": protocols[name], "runs": [run.plain() for run in each]}
        for name, each in runs.items()
    }
    write_whole(path, (json.dumps(content, indent=1) + "\n").encode())


def _protocols(experiment: Experiment) -> dict[str, dict[str, Any]]:
    """System's name -> everything that its scores depend on, as JSON returns it."""
    common = {name: getattr(experiment, name) for name in ("dataset", "metric", "samples")}
    common["best_by"] = experiment.columns[0].score
    protocols = {
        system.name: {
            **common,
            **{name: getattr(system, name) for name in ("model", "loss", "penalty")},
            "settings": {**experiment.settings, **system.settings},
        }
        for system in experiment.systems
    }
    plain: dict[str, dict[str, Any]] = json.loads(json.dumps(protocols))
    return plain
