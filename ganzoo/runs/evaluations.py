"""``evaluations.json``: what metrics said of a run, each with the protocol that it was said by."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ganzoo.errors import BrokenFile, reason
from ganzoo.files import write_whole


@dataclass(frozen=True)
class Evaluation:
    """One metric's scores of a run's samples, and how they were made."""

    metric: str
    plugin: str
    """Distribution and version of the metric's."""
    settings: Mapping[str, Any]
    """The metric's, by qualified key."""
    step: int
    """Of the weights."""
    best: bool
    """Whether these were then the run's best weights, by the score that it was trained with. Of a
    run that went on, others may be by now."""
    samples: int
    """How many."""
    seed: int
    """Of the samples' latents."""
    dataset: str
    """What they were held against."""
    versions: Mapping[str, str]
    """Of torch and numpy."""
    scores: Mapping[str, float]
    """By qualified name."""
    seconds: float
    """How long it took, without the sampling."""
    yardsticks: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """``real`` and ``noise`` -> what they score: real data against the rest of it, and noise."""

    def __repr__(self) -> str:
        scores = ", ".join(f"{name} {number(value)}" for name, value in self.scores.items())
        return f"<Evaluation at step {self.step:,}: {scores}>"

    def row(self) -> dict[str, str]:
        """What a table says of it, by column."""
        best = ", the best" if self.best else ""
        told = {"step": f"{self.step:,}{best}", "metric": self.metric}
        scores = "; ".join(f"{name} {number(value)}" for name, value in self.scores.items())
        return {**told, "scores": scores, "samples": f"{self.samples:,}", "seed": str(self.seed)}

    @property
    def protocol(self) -> tuple[Any, ...]:
        """What two evaluations share that say the same thing."""
        plain = asdict(self)
        return tuple(json.dumps(plain[name], sort_keys=True) for name in PROTOCOL)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        held = {name: plain_scores(scores) for name, scores in self.yardsticks.items()}
        return {**asdict(self), "scores": plain_scores(self.scores), "yardsticks": held}


PROTOCOL = ("metric", "plugin", "settings", "step", "samples", "seed", "dataset")


def plain_scores(scores: Mapping[str, float]) -> dict[str, float | str]:
    """For JSON, which has neither NaN nor infinity: they become texts."""
    return {k: v if math.isfinite(v) else str(v) for k, v in scores.items()}


def read_evaluations(path: Path) -> list[Evaluation]:
    """What is in the file, in its order; nothing where there is none.

    Raises:
        BrokenFile: it is damaged.
    """
    if not path.exists():
        return []
    from pydantic import TypeAdapter  # slow to import

    try:
        return TypeAdapter(list[Evaluation]).validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BrokenFile(
            f"{path} is not a list of evaluations ({reason(error)}): delete it, "
            "evaluating makes it anew"
        ) from error


def keep_evaluations(path: Path, new: Sequence[Evaluation]) -> None:
    """Add to the file; what says the same by the same protocol is replaced.

    Raises:
        BrokenFile: what is there is damaged.
    """
    mine = {each.protocol for each in new}
    kept = [each for each in read_evaluations(path) if each.protocol not in mine]
    content = json.dumps([each.plain() for each in (*kept, *new)], indent=2)
    write_whole(path, (content + "\n").encode())


def number(value: float) -> str:
    """A score as a person reads it: ``21,180``, ``244.1``, ``0.8629``; and ``4e-05``."""
    return f"{value:,.0f}" if 1_000 <= abs(value) < 1e9 else f"{value:.4g}"
