"""What the shell offers when a person presses Tab."""

from __future__ import annotations

from ganzoo.records import Dataset, Loss, Model, Observer, Penalty, Record
from ganzoo.registry import registry


def _names(kind: type[Record], typed: str) -> list[tuple[str, str]]:
    records = [e.record for e in registry().entries(kind)]
    return [(r.name, r.summary) for r in records if r.name.startswith(typed)]


def models(incomplete: str) -> list[tuple[str, str]]:
    """Models that begin with what is typed."""
    return _names(Model, incomplete)


def losses(incomplete: str) -> list[tuple[str, str]]:
    """Losses that begin with what is typed."""
    return _names(Loss, incomplete)


def penalties(incomplete: str) -> list[tuple[str, str]]:
    """Penalties that begin with what is typed."""
    return _names(Penalty, incomplete)


def datasets(incomplete: str) -> list[tuple[str, str]]:
    """Datasets that begin with what is typed."""
    return _names(Dataset, incomplete)


def observers(incomplete: str) -> list[tuple[str, str]]:
    """Observers that begin with what is typed."""
    return _names(Observer, incomplete)


def names(incomplete: str) -> list[tuple[str, str]]:
    """Everything that begins with what is typed."""
    return _names(Record, incomplete)


def runs(incomplete: str) -> list[str]:
    """Runs under ``runs/`` that begin with what is typed."""
    from ganzoo.runs.folder import all_runs

    return [str(r.path) for r in all_runs() if str(r.path).startswith(incomplete)]
