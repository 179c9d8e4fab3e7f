"""What is installed, as lists of records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ganzoo.registry.listing import Listing
from ganzoo.registry.records import (
    Augmentation,
    Command,
    Dataset,
    Loss,
    Metric,
    Model,
    Observer,
    Penalty,
    Record,
    Section,
)
from ganzoo.registry.registry import registry

R = TypeVar("R", bound=Record)


def models() -> list[Model]:
    """List the installed models."""
    return _records(Model)


def losses() -> list[Loss]:
    """List the installed losses."""
    return _records(Loss)


def datasets() -> list[Dataset]:
    """List the installed datasets."""
    return _records(Dataset)


def penalties() -> list[Penalty]:
    """List the installed penalties."""
    return _records(Penalty)


def augmentations() -> list[Augmentation]:
    """List the installed augmentations."""
    return _records(Augmentation)


def observers() -> list[Observer]:
    """List the installed observers."""
    return _records(Observer)


def metrics() -> list[Metric]:
    """List the installed metrics."""
    return _records(Metric)


def commands() -> list[Command]:
    """List the commands that plugins add."""
    return _records(Command)


def sections() -> list[Section]:
    """List the sections that plugins add to pages."""
    return _records(Section)


def _records(kind: type[R]) -> list[R]:
    records = (e.record for e in registry().entries(kind))
    return Listing((record for record in records if isinstance(record, kind)), _row)


def _row(record: Record) -> Mapping[str, str]:
    """A record as a row of a table."""
    paper = f"{record.paper.title} ({record.paper.year})" if record.paper else ""
    return {"name": record.name, "summary": record.summary, "paper": paper}
