"""Tables made here: a healthy run's, and what is different where one goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import ganzoo as zoo
from ganzoo.diagnosis.diagnosis import examine
from ganzoo.diagnosis.history import History
from ganzoo.runs.record import RunRecord

Curve = float | Callable[[float], float]
"""A column: a number, or a function of the share of the run."""

RECORD = RunRecord(
    model="vanilla-mlp",
    loss="bce",
    penalty=None,
    dataset="mnist-5k",
    settings={"trainer.seed": 0, "trainer.lr": 2e-4, "trainer.critic_moves": 1},
    asked=(),
    distributions={"model": "ganzoo-core"},
    versions={},
    fields={"image": zoo.Field(shape=(1, 28, 28), range=(-1, 1))},
    total=3_000,
    steps_per_epoch=77,
    extent=None,
    started="",
    command="ganzoo train vanilla-mlp --dataset mnist-5k --loss bce --set trainer.steps=3000",
)


def rows(columns: Mapping[str, Curve], every: int, until: int) -> list[dict[str, float]]:
    steps = range(every, until + 1, every)
    return [
        {"step": s, **{k: v(s / until) if callable(v) else v for k, v in columns.items()}}
        for s in steps
    ]


def history(
    health: Mapping[str, Curve] | None = None,
    metrics: Mapping[str, Curve] | None = None,
    *,
    until: int = 3_000,
    **changes: Any,
) -> History:
    """A healthy run's, except for what is given."""
    good: dict[str, Curve] = {
        "diversity": lambda t: 0.2 + 0.7 * t,
        "distance": lambda t: 1.5 - 1.4 * t,
        "change": 0.3,
        "seen": 2.0,
        "unseen": 1.9,
        "fake": -2.0,
    }
    moves: dict[str, Curve] = {
        "discriminator_loss": 0.8,
        "D(x)": 0.75,
        "D(G(z))": 0.25,
        "discriminator_gradient": 2.0,
        "generator_loss": 1.4,
        "generator_gradient": 3.0,
    }
    modes = changes.pop("modes", 0)
    error = changes.pop("error", "")
    return History(
        replace(RECORD, **changes),
        rows(good | dict(health or {}), 200, until),
        rows(moves | dict(metrics or {}), 50, until),
        error,
        modes,
    )


def found(seen: History) -> list[str]:
    """The faults of a run."""
    return [finding.fault for finding in examine(seen, "runs/1").findings]


def signs(seen: History) -> list[str]:
    """What would be its faults, had it trained for long enough."""
    return [sign.fault for sign in examine(seen, "runs/1").signs]


SURE = {"D(x)": 0.99, "D(G(z))": 0.01, "discriminator_loss": 0.03}
AWAY: dict[str, Curve] = {"distance": 0.9}
"""With `SURE`, a discriminator that has won."""
STUCK: dict[str, Curve] = {"distance": 0.5}
"""Where samples are alike, too, a collapse."""
ROUND: dict[str, Curve] = {"diversity": 0.5, "change": 0.9, "distance": 0.6}
"""An oscillation."""
KNOWN: dict[str, Curve] = {"seen": 3.0, "unseen": 0.5, "fake": -2.0}
"""A discriminator that memorises."""
EARLY: dict[str, Curve] = {"diversity": 0.01, "distance": 1.5, "change": 1.0}
"""What every run begins with."""
