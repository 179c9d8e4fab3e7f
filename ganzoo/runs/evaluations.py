"""``evaluations.json``: a run's scores, each with its protocol."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ganzoo.errors import BrokenFile
from ganzoo.files import write_whole
from ganzoo.runs.reading import Count, read_json


@dataclass(frozen=True)
class Evaluation:
    """One metric's scores of a run's samples, and their protocol."""

    metric: str
    plugin: str
    """Distribution and version of the metric's plugin."""
    settings: Mapping[str, Any]
    """The metric's settings by qualified key."""
    step: Count
    """The step of the weights."""
    best: bool
    """Whether these were the run's best weights at the time. If the run has continued since, later
    ones may be better."""
    samples: Count
    """The number of samples."""
    seed: Count
    """The seed of the latents."""
    dataset: str
    """The dataset that they were compared with."""
    versions: Mapping[str, str]
    """The versions of torch and numpy."""
    scores: Mapping[str, float]
    """The scores by qualified name."""
    seconds: float
    """Duration of the scoring, without the sampling."""
    view: str = ""
    """The view of the model that was scored. Runs of earlier versions had only one."""
    yardsticks: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """``real`` and ``noise`` -> the scores of real data, against other real data, and of noise."""

    def __repr__(self) -> str:
        scores = ", ".join(f"{name} {number(value)}" for name, value in self.scores.items())
        return f"<Evaluation at step {self.step:,}: {scores}>"

    def row(self) -> dict[str, str]:
        """Its row in a table, by column."""
        best = ", the best" if self.best else ""
        start = {"step": f"{self.step:,}{best}", "metric": self.metric}
        scores = "; ".join(f"{name} {number(value)}" for name, value in self.scores.items())
        return {**start, "scores": scores, "samples": f"{self.samples:,}", "seed": str(self.seed)}

    @property
    def protocol(self) -> tuple[Any, ...]:
        """What is equal for two evaluations that measure the same."""
        plain = asdict(self)
        return tuple(json.dumps(plain[name], sort_keys=True) for name in PROTOCOL)

    def plain(self) -> dict[str, Any]:
        """The evaluation as JSON values."""
        held = {name: plain_scores(scores) for name, scores in self.yardsticks.items()}
        return {**asdict(self), "scores": plain_scores(self.scores), "yardsticks": held}


PROTOCOL = ("metric", "plugin", "settings", "step", "samples", "seed", "dataset", "view")


def plain_scores(scores: Mapping[str, float]) -> dict[str, float | str]:
    """Scores as JSON values. NaN and infinity become texts, because JSON has neither."""
    return {k: v if math.isfinite(v) else str(v) for k, v in scores.items()}


def read_evaluations(path: Path) -> list[Evaluation]:
    """The evaluations in the file, in order. Empty if the file is missing.

    Raises:
        BrokenFile: The file is damaged.
    """
    try:
        found: list[Evaluation] = read_json(path, list[Evaluation], "a list of evaluations")
    except FileNotFoundError:
        return []
    except BrokenFile as error:
        raise BrokenFile(f"{error}. Delete it and evaluate the run again") from error
    return found


def keep_evaluations(path: Path, new: Sequence[Evaluation]) -> None:
    """Add evaluations to the file, and replace those with the same protocol.

    Raises:
        BrokenFile: The file is damaged.
    """
    mine = {each.protocol for each in new}
    kept = [each for each in read_evaluations(path) if each.protocol not in mine]
    content = json.dumps([each.plain() for each in (*kept, *new)], indent=2)
    write_whole(path, (content + "\n").encode())


def number(value: float) -> str:
    """A score for people, such as ``21,180``, ``244.1``, ``0.8629`` or ``4e-05``."""
    return f"{value:,.0f}" if 1_000 <= abs(value) < 1e9 else f"{value:.4g}"
