"""The next command to try: the run's own, with a change."""

from __future__ import annotations

import shlex
from typing import Any

from ganzoo.runs.record import RunRecord

Changes = dict[str, Any]
"""``"--loss"`` or a setting's key -> its value; ``None``: leave it out."""
WGAN = "ganzoo-wgan"
"""The distribution that brings the penalties and ``wgan-gp``."""


def mended(record: RunRecord, changes: Changes) -> str:
    """The command that repeats a run, changed. A part that is replaced loses its settings."""
    words = shlex.split(record.command)
    options = list(zip(words[3::2], words[4::2], strict=False))  # after: ganzoo train MODEL
    replaced = {key.removeprefix("--") for key in changes if key.startswith("--")}
    kept = [
        (option, value)
        for option, value in options
        if option not in changes
        and value != "trainer.epochs=None"  # what --steps leaves behind
        and not (
            option == "--set"
            and ((key := value.partition("=")[0]) in changes or key.partition(".")[0] in replaced)
        )
    ]
    new = [
        (key, str(value)) if key.startswith("--") else ("--set", f"{key}={_text(value)}")
        for key, value in changes.items()
        if value is not None
    ]
    order = ["--dataset", "--loss", "--penalty", "--observer", "--set"]
    pairs = sorted(kept + new, key=lambda pair: order.index(pair[0]))
    return shlex.join([*words[:3], *(word for pair in pairs for word in pair)])


def _text(value: Any) -> str:
    return f"{value:.2g}" if isinstance(value, float) else str(value)


def comes_with(record: RunRecord, distribution: str = WGAN) -> str:
    """A hint at what to install, for a run that shows no sign of having it."""
    there = distribution in record.distributions.values()
    return "" if there else f" (it comes with the package {distribution})"


def penalised(record: RunRecord, penalty: str, **settings: float) -> Changes:
    """A penalty on the discriminator's slope, where batch norm does not hide each sample's."""
    changes: Changes = {"--penalty": penalty}
    changes |= {f"penalty.{name}": value for name, value in settings.items()}
    if record.settings.get("model.norm") == "batch":
        changes["model.norm"] = "layer"
    return changes


def wasserstein(record: RunRecord) -> Changes:
    """WGAN-GP with the optimizer that it needs: what was asked of the optimizer goes."""
    own = ("lr", "betas", "optimizer", "critic_moves")
    left_out: Changes = {f"trainer.{name}": None for name in own}
    return {
        "--loss": "wgan-gp",
        **left_out,
        **penalised(record, "gradient-penalty", **({"weight": 0.1} if _points(record) else {})),
    }


def slower(record: RunRecord, factor: float) -> Changes:
    """A smaller learning rate."""
    return {"trainer.lr": float(record.settings["trainer.lr"]) / factor}


def _points(record: RunRecord) -> bool:
    return record.extent is not None
