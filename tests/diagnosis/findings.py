"""A finding for a run of any parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from histories import AWAY, KNOWN, RECORD, ROUND, STUCK, SURE, history

import ganzoo as zoo
from ganzoo.diagnosis import ILLNESSES

SICK = {
    "won": history(AWAY, SURE),
    "collapse": history({**STUCK, "diversity": 0.1}),
    "oscillation": history(ROUND),
    "explosion": history(metrics={"discriminator_loss": 1e6}),
    "memorising": history(KNOWN),
}
"""One that each part of the diagnosis finds."""


def finding_of(illness: str, parts: Mapping[str, Any]) -> zoo.Finding:
    """The finding for a run of these parts."""
    names = {"model": "vanilla-mlp", "dataset": "mnist-5k", "loss": "bce", "penalty": None}
    names |= {k: v for k, v in parts.items() if "." not in k}
    own = {k: v for k, v in parts.items() if "." in k}
    options = [f"--{k} {names[k]}" for k in ("dataset", "loss", "penalty") if names[k]]
    sets = {"trainer.steps": 3000, "trainer.critic_moves": 2, "trainer.lr": 1e-3, **own}
    command = " ".join(
        [
            "ganzoo train",
            str(names["model"]),
            *options,
            *(f"--set {k}={v}" for k, v in sets.items()),
        ]
    )
    record = replace(
        RECORD, **names, asked=tuple(sets), command=command,
        extent=1.0 if names["dataset"] == "ring" else None,
        settings=RECORD.settings | sets | ({"model.norm": "batch"} if "dcgan" in command else {}),
    )  # fmt: skip
    told = replace(SICK[illness], record=record)
    (finding,) = (f for module in ILLNESSES if (f := module.find(told)) and f.illness == illness)
    return finding
