"""What to try: for each fault, in each situation, a change that was seen to help.

Every line of the table has a slow test in ``tests/diagnosis/test_remedies.py``. It trains a run
that has the fault, then the very command that is offered, and compares the two. Where no line fits
a run, nothing is offered: an untested guess could cost the reader an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution

from ganzoo.diagnosis.command import Changes
from ganzoo.runs.record import RunRecord

CRITICS = ("wgan", "wgan-gp", "wgan-div")
OPTIMIZER = ("trainer.optimizer", "trainer.lr", "trainer.betas")
NORMALISED: Changes = {
    "model.norm": "batch",
    "trainer.optimizer": None,
    "trainer.lr": 1e-3,
    "trainer.betas": (0.5, 0.999),
}
"""What made perceptrons draw digits soonest: ``docs/presets.md``."""


@dataclass(frozen=True)
class Remedy:
    """A change that helps against some faults in some situation."""

    name: str
    faults: tuple[str, ...]
    fits: Callable[[RunRecord], bool]
    """Whether a run is such as it was tested on."""
    advice: str
    """What to do and why, without a full stop."""
    changes: Callable[[RunRecord], Changes]
    package: str = ""
    """The distribution that it needs; empty where the core is enough."""

    @property
    def installed(self) -> bool:
        """Whether the command would run here."""
        try:
            return not self.package or bool(distribution(self.package))
        except PackageNotFoundError:
            return False


def remedy(fault: str, record: RunRecord) -> Remedy | None:
    """The first that fits a run, one that is installed before one that is not."""
    fitting = [r for r in REMEDIES if fault in r.faults and r.fits(record)]
    return next((r for r in fitting if r.installed), fitting[0] if fitting else None)


def _points(record: RunRecord) -> bool:
    return record.extent is not None


def _unbounded_critic(record: RunRecord) -> bool:
    return record.loss in ("wgan-gp", "wgan-div") and record.penalty is None


def _critic_is_new(record: RunRecord) -> bool:
    return _points(record) and record.loss is not None and record.loss not in CRITICS


def _perceptrons(record: RunRecord) -> bool:
    """That make pictures."""
    return record.model == "vanilla-mlp" and not _points(record)


def _plain_perceptrons(record: RunRecord) -> bool:
    return _perceptrons(record) and record.settings.get("model.norm", "none") == "none"


def _wasserstein(record: RunRecord) -> Changes:
    """With the optimizer of its paper, and the weight that points of a size of 1 need."""
    left_out = dict.fromkeys((*OPTIMIZER, "trainer.critic_moves"))
    return {"--loss": "wgan-gp", "--penalty": None, **left_out, "penalty.weight": 0.1}


def _its_penalty(record: RunRecord) -> Changes:
    """The penalty that the loss names itself."""
    weight = record.loss == "wgan-gp" and _points(record)
    return {"--penalty": None, **({"penalty.weight": 0.1} if weight else {})}


REMEDIES = (
    Remedy(
        "penalty",
        ("explosion",),
        _unbounded_critic,
        "train with the penalty that this loss is made for, which bounds the critic's slope",
        _its_penalty,
    ),
    Remedy(
        "bce and batch norm",
        ("won",),
        lambda record: record.loss == "minimax" and _plain_perceptrons(record),
        "let the generator maximise log D(G(z)), whose gradient does not vanish, and normalise its "
        "layers",
        lambda record: {"--loss": "bce", **NORMALISED},
    ),
    Remedy(
        "bce",
        ("won",),
        lambda record: record.loss == "minimax" and not _points(record),
        "let the generator maximise log D(G(z)), whose gradient does not vanish",
        lambda record: {"--loss": "bce"},
    ),
    Remedy(
        "wgan-gp",
        ("explosion", "collapse", "oscillation"),
        _critic_is_new,
        "train with WGAN-GP, whose critic measures a distance that only samples of all modes "
        "make small",
        _wasserstein,
        package="ganzoo-wgan",
    ),
    Remedy(
        "batch norm",
        ("explosion", "won", "collapse", "oscillation"),
        lambda record: record.loss not in ("minimax", *CRITICS) and _plain_perceptrons(record),
        "normalise the generator's layers with batch norm and train with less momentum",
        lambda record: NORMALISED,
    ),
    Remedy(
        "r1",
        ("memorising",),
        lambda record: (
            record.penalty is None and record.loss not in CRITICS and _perceptrons(record)
        ),
        "keep the discriminator flat at the data with the penalty r1, so that it pulls samples "
        "towards them more gently",
        lambda record: {"--penalty": "r1"},
        package="ganzoo-wgan",
    ),
)
"""The first that fits is offered."""
