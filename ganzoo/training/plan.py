"""From what a person asked for to everything that a run is made of.

Who sets what, the first wins: the user, the loss (WGAN needs its own betas), the model, the
default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ganzoo.engine.config import TrainerConfig
from ganzoo.errors import DoesNotFit, UsageError
from ganzoo.registry.records import (
    KINDS,
    PARTS,
    Dataset,
    Loss,
    Metric,
    Model,
    Observer,
    Penalty,
    Record,
)
from ganzoo.registry.registry import Entry, Registry
from ganzoo.registry.settings import Setting, Value, Wish, make, resolve, settings_of


@dataclass(frozen=True)
class Request:
    """What a person asked for. ``None``: whatever the model suggests."""

    model: str | None = None
    loss: str | None = None
    penalty: str | None = None
    dataset: str | None = None
    wishes: tuple[Wish, ...] = ()
    observers: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    """Empty: whichever fit the data."""

    def over(self, other: Request) -> Request:
        """This request, and ``other`` wherever this one is silent."""
        metrics = self.metrics or other.metrics
        names = {name.rpartition("/")[2] for name in metrics}
        theirs = tuple(
            wish
            for wish in other.wishes
            if not wish.key.startswith("metric.") or wish.key.split(".")[1] in names
        )
        return Request(
            **{part: getattr(self, part) or getattr(other, part) for part in PARTS},
            wishes=self.wishes + theirs,
            observers=tuple(dict.fromkeys(self.observers + other.observers)),
            metrics=metrics,
        )

    def without(self, part: str) -> Request:
        """This request with nothing said of ``part``."""
        wishes = tuple(w for w in self.wishes if not w.key.startswith(f"{part}."))
        kept = {p: getattr(self, p) for p in PARTS if p != part}
        metrics = () if part == "metric" else self.metrics
        return Request(**kept, wishes=wishes, observers=self.observers, metrics=metrics)


@dataclass(frozen=True)
class Plan:
    """Everything that a run is made of, by name and value; nothing is built yet."""

    request: Request
    entries: Mapping[str, Entry]
    """Group of settings, such as ``model`` or ``metric.modes`` -> the record that was chosen."""
    observers: tuple[Entry, ...]
    metrics: tuple[Entry, ...]
    settings: tuple[Setting, ...]
    values: Mapping[str, Value]
    """Qualified key -> its value and who set it."""

    def make(self, group: str) -> Any:
        """The model, loss, ... with its settings, or ``None`` where the run has none."""
        if group == "trainer":
            return make(group, TrainerConfig, self.values)
        entry = self.entries.get(group)
        return make(group, entry.resolve(), self.values) if entry else None

    @property
    def model(self) -> Entry:
        """The model."""
        return self.entries["model"]

    def entry(self, part: str) -> Entry | None:
        """What was chosen as ``model``, ``loss``, ``penalty`` or ``dataset``."""
        return self.entries.get(part)

    def having(self, key: str, value: Any, source: str) -> Plan:
        """This plan with another value of a setting."""
        wishes = (Wish(key, value, source), *self.request.wishes)
        return replace(
            self,
            request=replace(self.request, wishes=wishes),
            values={**self.values, key: Value(value, source)},
        )


def plan(registry: Registry, request: Request, *, to_sample: bool = False) -> Plan:
    """Settle names and settings. To sample, the dataset need not be known.

    Raises:
        DoesNotFit: the parts do not go together.
        UsageError: an unknown name or key, or a wrong value.
    """
    if request.model is None:
        raise UsageError("which model? `ganzoo list models` shows them")
    model = registry.find(Model, request.model)
    suggestion = model.record
    assert isinstance(suggestion, Model)
    loss = _loss(registry, model, suggestion, request)
    penalty = _penalty(registry, model, loss, request)
    dataset = None
    if not to_sample:
        dataset = _chosen(registry, Dataset, request.dataset, suggestion.dataset, model)
    observers = tuple(registry.find(Observer, name) for name in request.observers)
    found = (registry.find(Metric, name) for name in request.metrics)
    metrics = tuple({entry.qualified: entry for entry in found}.values())

    _check_asked(request)
    entries = {"model": model, "loss": loss, "penalty": penalty, "dataset": dataset}
    entries |= {e.record.group: e for e in (*observers, *metrics)}
    chosen = {group: e for group, e in entries.items() if e}
    classes = {group: e.declared() for group, e in chosen.items()} | {"trainer": TrainerConfig}
    settings = tuple(s for group, cls in classes.items() for s in settings_of(group, cls))
    wishes = [*request.wishes]
    for entry in (loss, model):
        if entry and isinstance(entry.record, (Loss, Model)):
            source = f"{entry.record.kind} {entry.record.name}"
            wishes += [
                Wish(key, value, source)
                for key, value in entry.record.defaults.items()
                if _holds(key.partition(".")[0], entry.record, entries)
            ]
    values = resolve(settings, _one_length(wishes))
    return Plan(request, chosen, observers, metrics, settings, values)


def _check_asked(request: Request) -> None:
    """A setting of a metric or observer that nobody asked for would be an unknown one."""
    for wish in request.wishes:
        kind, _, rest = wish.key.partition(".")
        if kind not in KINDS or not KINDS[kind].several:
            continue
        name = rest.partition(".")[0]
        if name not in {each.rpartition("/")[2] for each in getattr(request, KINDS[kind].plural)}:
            raise UsageError(f"{wish.source}: {wish.key}: ask for it, too, with --{kind} {name}")


def _chosen(
    registry: Registry, kind: type[Record], asked: str | None, suggested: str, by: Entry
) -> Entry:
    """What the user asked for, or what a record suggests, which means its own plugin's first."""
    if asked:
        return registry.find(kind, asked)
    return registry.find(kind, suggested, near=by)


def _penalty(
    registry: Registry, model: Entry, loss: Entry | None, request: Request
) -> Entry | None:
    suggested = loss.record.penalty if loss and isinstance(loss.record, Loss) else None
    name = request.penalty or suggested
    if name is None or name == "none":
        return None
    if loss is None:
        raise DoesNotFit(f"{model.record.name} brings its own objective and takes no penalty")
    return _chosen(registry, Penalty, request.penalty, name, loss)


def _holds(group: str, record: Model | Loss, entries: Mapping[str, Entry | None]) -> bool:
    """Whether a record's default for a group holds: not for a part that the user replaced."""
    if group not in PARTS or group == "model":
        return True
    chosen, by = entries[group], entries[record.kind]
    if group == "penalty" and isinstance(record, Model):  # a model's loss suggests its penalty
        loss = entries["loss"]
        by = loss if loss and loss.record.name == record.loss else None
    return bool(chosen and by and chosen.record.name == getattr(by.record, group, None))


def _loss(registry: Registry, by: Entry, model: Model, request: Request) -> Entry | None:
    if model.output is None:
        if request.loss:
            raise DoesNotFit(f"{model.name} brings its own objective and takes no --loss")
        return None
    entry = _chosen(registry, Loss, request.loss, model.loss or "bce", by)
    assert isinstance(entry.record, Loss)
    if entry.record.input != model.output:
        raise DoesNotFit(
            f"loss {entry.record.name} does not fit {model.name}: it takes {entry.record.input}, "
            f"the model's discriminator gives {model.output}"
        )
    return entry


def fallback(registry: Registry, settled: Plan) -> Plan | None:
    """The plan with other data, for where its own cannot be had; ``None`` where there is none.

    Data that was asked for by name has no other in its place.
    """
    record = settled.entries["dataset"].record
    name = record.fallback if isinstance(record, Dataset) else None
    request = settled.request
    if request.dataset is not None or name is None:
        return None
    own = {s.name for s in settled.settings if s.key.startswith("dataset.")}
    kept = tuple(w for w in request.wishes if w.key.removeprefix("dataset.") not in own)
    return plan(registry, replace(request, dataset=name, wishes=kept))


def _one_length(wishes: list[Wish]) -> list[Wish]:
    """A run is so many epochs, or so many steps: the first that is asked for decides."""
    lengths = ("epochs", "trainer.epochs", "steps", "trainer.steps")
    first = next((w for w in wishes if w.key in lengths), None)
    if first and first.key.endswith("steps"):
        return [Wish("trainer.epochs", None, first.source), *wishes]
    return wishes


def asked_keys(plan: Plan) -> tuple[str, ...]:
    """Keys that the user set, rather than the zoo."""
    return tuple(
        key
        for key, value in plan.values.items()
        if not value.source.startswith(("default", "model ", "loss "))
        and value.value is not None  # no epochs: who asks for steps did not ask for that
    )
