"""What the shell offers when a person presses Tab."""

from __future__ import annotations

from collections.abc import Callable

from ganzoo.registry.records import Dataset, Loss, Metric, Model, Observer, Penalty, Record
from ganzoo.registry.registry import found


def _names(kind: type[Record]) -> Callable[[str], list[tuple[str, str]]]:
    """Completes names of a kind, each shown with its summary."""

    def complete(incomplete: str) -> list[tuple[str, str]]:
        records = [e.record for e in found().entries(kind)]
        return [(r.name, r.summary) for r in records if r.name.startswith(incomplete)]

    return complete


models = _names(Model)
losses = _names(Loss)
penalties = _names(Penalty)
datasets = _names(Dataset)
observers = _names(Observer)
metrics = _names(Metric)
names = _names(Record)


def checkable(incomplete: str) -> list[tuple[str, str]]:
    """Distributions, plugins and records: what can be checked."""
    there = dict(names(incomplete))
    for plugin in found().plugins:
        for name in (plugin.distribution, plugin.name):
            if name.startswith(incomplete):
                there[name] = f"all of {plugin.source}"
    return list(there.items())


def runs(incomplete: str) -> list[str]:
    """Runs under ``runs/`` that begin with what is typed."""
    from ganzoo.runs.folder import all_runs

    return [str(r.path) for r in all_runs() if str(r.path).startswith(incomplete)]
