"""Tells a run's observers what happens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import torch

from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.events import Ended, Event, Started, Step
from ganzoo.engine.random import GlobalRandom, derive
from ganzoo.errors import PluginFailed
from ganzoo.registry.boundary import headline
from ganzoo.registry.registry import Entry
from ganzoo.runs.folder import Run
from ganzoo.runs.trace import keep_trace
from ganzoo.training.plan import Plan

logger = logging.getLogger("ganzoo")
Observe = Callable[[Event], None]


class Observers:
    """Functions of every event, and the observers of plugins. One that fails gets no more events,
    and the run continues."""

    def __init__(self, run: Run, settled: Plan, functions: Sequence[Observe]) -> None:
        self._run = run
        plugged = (_Plugged(entry, settled) for entry in settled.observers)
        self._observers: list[Observe] = [*functions, *plugged]

    def tell(self, event: Event) -> None:
        """Pass on an event."""
        for observe in list(self._observers):
            try:
                observe(event)
            except Exception as error:
                self._observers.remove(observe)
                line = f"observer {_name(observe)} failed: {headline(error)}"
                if isinstance(error, PluginFailed):
                    line = str(error)
                kept = keep_trace(self._run, error)
                more = f" The traceback is in {kept}." if kept else ""
                told = "%s. The run continues without it.%s"
                logger.warning(told, line, more, extra={"error": error})


class _Plugged:
    """An observer of a plugin. `Started` opens it. It has a random state of its own."""

    def __init__(self, entry: Entry, settled: Plan) -> None:
        config: TrainerConfig = settled.make("trainer")
        self.name = entry.record.name
        self._observer = settled.make(entry.record.group)
        self._guard = settled.boundary(entry.record.group)
        seed = derive(config.seed, "observer", self.name)
        self._random = GlobalRandom(seed, torch.device("cpu"))
        self._observe: Callable[[Step | Ended], None] | None = None

    def __call__(self, event: Event) -> None:
        with self._random:
            if isinstance(event, Started):
                self._observe = self._guard(self._watch, event)
            elif self._observe is not None:  # Ctrl-C may come before watch() returns
                self._guard(self._observe, event)

    def _watch(self, started: Started) -> Callable[[Step | Ended], None]:
        observe: Callable[[Step | Ended], None] = self._observer.watch(started)
        if not callable(observe):
            what = "nothing" if observe is None else f"a {type(observe).__name__}"
            raise TypeError(f"watch() returned {what}; expected a function of each event")
        return observe


def _name(observe: Observe) -> str:
    if isinstance(observe, _Plugged):
        return observe.name
    return getattr(observe, "__name__", type(observe).__name__)
