"""A run to train, and what it is declared to be."""

from __future__ import annotations

from dataclasses import dataclass

PLANE = "--set model.latent=2 --set model.generator=[64,64] --set model.discriminator=[64,64]"
"""Small perceptrons for points."""


@dataclass(frozen=True)
class DeclaredRun:
    """A run, and what is wrong with it."""

    name: str
    fault: str
    """Empty: nothing."""
    settings: str
    """Arguments of ``ganzoo train``."""
