"""Conformance checks: whether a model, loss, dataset, metric, ... keeps the contract.

A complete test for a plugin::

    import pytest
    from ganzoo.testing import checks

    @pytest.mark.parametrize("check", checks("my-plugin"), ids=str)
    def test_it_conforms(check):
        check()

``ganzoo plugins check my-plugin`` runs the same checks. ganzoo's own records pass them too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from ganzoo.errors import UsageError, suggest
from ganzoo.registry.isolation import Plugin, ask
from ganzoo.registry.records import (
    KINDS,
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
from ganzoo.registry.registry import Registry, found
from ganzoo.testing import (
    augmentations,
    commands,
    data,
    formulas,
    games,
    metrics,
    models,
    objectives,
    observers,
    plugins,
    references,
    sections,
)
from ganzoo.testing.check import Check as Check
from ganzoo.testing.check import Failed as Failed
from ganzoo.testing.practice import PRACTICE
from ganzoo.testing.stage import Stage

OWN: dict[type[Record], tuple[Callable[[Stage], None], ...]] = {
    Model: (*models.CHECKS, *games.CHECKS, *objectives.CHECKS),
    Loss: (*formulas.LOSS, *games.CHECKS),
    Penalty: (*formulas.PENALTY, *games.CHECKS),
    Dataset: (*data.CHECKS, *games.CHECKS),
    Augmentation: (*formulas.AUGMENTATION, *augmentations.CHECKS, *games.CHECKS),
    Observer: observers.CHECKS,
    Metric: (*formulas.METRIC, *metrics.CHECKS),
    Section: sections.CHECKS,
    Command: commands.CHECKS,
}
"""The checks of a kind, in addition to those for all records that name a dataclass."""
CHECKS = {
    kind: (*(references.CHECKS if cls.configured else ()), *OWN.get(cls, ()))
    for kind, cls in KINDS.items()
}
"""Kind -> the checks of its records."""


def checks(name: str | ModuleType, settings: Mapping[str, Any] | None = None) -> list[Check]:
    """The checks of a plugin or record. Call each one: see `Check`.

    Args:
        name: of an installed plugin, distribution or record, or a plugin's module.
        settings: by qualified key, for records that need one to be checked, such as
            ``{"dataset.root": "pictures"}``.

    Raises:
        UsageError: nothing installed has this name, or no record has such a setting.
    """
    if isinstance(name, ModuleType):
        plugin = ask(Plugin(name.__name__, name.__name__), name)
        others = [p for p in found().plugins if not _gives_the_same(p, plugin)]
        zoo, whole = Registry([*others, plugin]), [plugin]
    else:
        zoo = found()
        whole = [p for p in zoo.plugins if name in (p.name, p.distribution)]
    entries = [e for e in zoo.entries() if e.plugin in whole] if whole else zoo.named(str(name))
    if not entries and not whole:
        there = {n for p in zoo.plugins for n in (p.name, p.distribution)}
        raise UsageError(
            f"no plugin, distribution or record is called {name!r}"
            f"{suggest(str(name), there | {e.record.name for e in zoo.entries()})}"
            " (a plugin must be installed, such as by `pip install -e FOLDER`)"
        )
    zoo = Registry([*zoo.plugins, PRACTICE])
    stages = [Stage(entry, zoo, settings or {}) for entry in entries]
    _check_known(settings or {}, stages)
    return [
        *(check for plugin in whole for check in _of_plugin(plugin)),
        *(check for stage in stages for check in _of_record(stage)),
    ]


def _gives_the_same(plugin: Plugin, other: Plugin) -> bool:
    """Whether an installed plugin is the same as one that was given as a module."""
    return bool(other.records) and plugin.records == other.records


def _of_plugin(plugin: Plugin) -> Iterator[Check]:
    for function in plugins.CHECKS:
        yield Check(f"plugin {plugin.name}", _title(function), partial(function, plugin))


def _of_record(stage: Stage) -> Iterator[Check]:
    record = stage.entry.record
    for function in CHECKS[record.kind]:
        yield Check(f"{record.kind} {record.name}", _title(function), partial(function, stage))


def _title(function: Callable[..., None]) -> str:
    return (function.__doc__ or "").rstrip(".")


def _check_known(settings: Mapping[str, Any], stages: list[Stage]) -> None:
    if not settings:
        return  # so nothing has to be imported
    known = set().union(*(stage.keys() for stage in stages))
    for key in settings:
        if key not in known:
            raise UsageError(f"unknown setting {key!r}{suggest(key, known)}")
