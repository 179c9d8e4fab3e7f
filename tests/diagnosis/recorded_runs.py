"""Tables of real runs, and what each run was declared to be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

RECORDED = Path(__file__).parent / "diagnosed"
"""Tables of real runs; ``python -m benchmarks.diagnosis tune --keep tests/diagnosis/diagnosed``."""


def recorded() -> Sequence[Path]:
    return sorted(RECORDED.iterdir())


def declared(path: Path) -> str:
    """``collapse-digits`` -> ``collapse``; ``healthy-...`` -> nothing."""
    word = path.name.partition("-")[0]
    return "" if word == "healthy" else word
