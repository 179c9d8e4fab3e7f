"""From what a person asked for to everything that a run is made of.

Who sets what, the first wins: the user, the preset, the loss (WGAN needs its own betas), the model,
the default. Where the user replaced a preset's loss, the loss comes before the preset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ganzoo.engine.config import TrainerConfig
from ganzoo.errors import DoesNotFit, UsageError, suggest
from ganzoo.registry.records import (
    KINDS,
    PARTS,
    Dataset,
    Loss,
    Metric,
    Model,
    Observer,
    Penalty,
    Preset,
    Record,
)
from ganzoo.registry.registry import Entry, Registry
from ganzoo.registry.settings import Override, Setting, Value, make, resolve, settings_of

NAMES = (*PARTS, "preset")
"""What a request names one of."""


@dataclass(frozen=True)
class Request:
    """What a person asked for. ``None``: whatever the model suggests."""

    model: str | None = None
    loss: str | None = None
    penalty: str | None = None
    dataset: str | None = None
    preset: str | None = None
    """One of the model's `Preset`; ``None``: the model as it is."""
    overrides: tuple[Override, ...] = ()
    observers: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    """Empty: whichever fit the data."""

    def over(self, other: Request) -> Request:
        """This request, and ``other`` wherever this one is silent."""
        metrics = self.metrics or other.metrics
        names = {name.rpartition("/")[2] for name in metrics}
        theirs = tuple(
            override
            for override in other.overrides
            if not override.key.startswith("metric.") or override.key.split(".")[1] in names
        )
        return Request(
            **{part: getattr(self, part) or getattr(other, part) for part in NAMES},
            overrides=self.overrides + theirs,
            observers=tuple(dict.fromkeys(self.observers + other.observers)),
            metrics=metrics,
        )

    def without(self, part: str) -> Request:
        """This request with nothing said of ``part``."""
        overrides = tuple(w for w in self.overrides if not w.key.startswith(f"{part}."))
        kept = {name: getattr(self, name) for name in NAMES if name != part}
        if part == "model":
            kept["preset"] = None  # it is the model's
        metrics = () if part == "metric" else self.metrics
        return Request(**kept, overrides=overrides, observers=self.observers, metrics=metrics)


@dataclass(frozen=True)
class Plan:
    """Everything that a run is made of, by name and value; nothing is built yet."""

    request: Request
    preset: Preset | None
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
        overrides = (Override(key, value, source), *self.request.overrides)
        return replace(
            self,
            request=replace(self.request, overrides=overrides),
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
    preset = _preset(suggestion, request.preset)
    if preset:
        loss_name, data_name = preset.loss or suggestion.loss, preset.dataset or suggestion.dataset
        suggestion = replace(suggestion, loss=loss_name, dataset=data_name)
    loss = _loss(registry, model, suggestion, request)
    penalty = _penalty(
        registry, model, loss, request.penalty or (preset.penalty if preset else None)
    )
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
    overrides = (*request.overrides, *_defaults(suggestion, preset, chosen))
    values = resolve(settings, _one_length(overrides))
    return Plan(request, preset, chosen, observers, metrics, settings, values)


def _preset(model: Model, name: str | None) -> Preset | None:
    if name is None:
        return None
    presets = {preset.name: preset for preset in model.presets}
    if name not in presets:
        hint = suggest(name, presets) if presets else "; it has none"
        raise UsageError(f"unknown preset {name!r} of {model.name}{hint}")
    return presets[name]


def _defaults(
    model: Model, preset: Preset | None, chosen: Mapping[str, Entry]
) -> Iterator[Override]:
    """The settings that preset, loss and model suggest, those that win first.

    A setting of a part holds for the part that it was made for, and not for one that the user put
    in its place. Where that part is the loss, the preset was made for another, and comes after it.
    """
    loss = chosen["loss"].record if "loss" in chosen else None
    own_loss = loss is not None and loss.name == model.loss
    made_for = {"loss": model.loss, "dataset": model.dataset}
    given: list[tuple[str, Mapping[str, Any], Mapping[str, str | None]]] = []
    if isinstance(loss, Loss):
        made_for["penalty"] = loss.penalty if own_loss else None
        given.append((f"loss {loss.name}", loss.defaults, {"penalty": loss.penalty}))
    if preset:
        penalty = preset.penalty or made_for.get("penalty")
        values = (f"preset {preset.name}", preset.settings, {**made_for, "penalty": penalty})
        given.insert(0 if own_loss else len(given), values)
    given.append((f"model {model.name}", model.defaults, made_for))
    for source, values_of, parts in given:
        for key, value in values_of.items():
            part = key.partition(".")[0]
            if (
                part == "model"
                or part not in PARTS
                or (part in chosen and chosen[part].record.name == parts.get(part))
            ):
                yield Override(key, value, source)


def _check_asked(request: Request) -> None:
    """A setting of a metric or observer that nobody asked for would be an unknown one."""
    for override in request.overrides:
        kind, _, rest = override.key.partition(".")
        if kind not in KINDS or not KINDS[kind].several:
            continue
        name = rest.partition(".")[0]
        if name not in {each.rpartition("/")[2] for each in getattr(request, KINDS[kind].plural)}:
            raise UsageError(f"{override.source}: {override.key} needs --{kind} {name}, too")


def _chosen(
    registry: Registry, kind: type[Record], asked: str | None, suggested: str, by: Entry
) -> Entry:
    """What the user asked for, or what a record suggests, which means its own plugin's first."""
    if asked:
        return registry.find(kind, asked)
    return registry.find(kind, suggested, near=by)


def _penalty(
    registry: Registry, model: Entry, loss: Entry | None, asked: str | None
) -> Entry | None:
    suggested = loss.record.penalty if loss and isinstance(loss.record, Loss) else None
    name = asked or suggested
    if name is None or name == "none":
        return None
    if loss is None:
        raise DoesNotFit(f"{model.record.name} brings its own objective and takes no penalty")
    return _chosen(registry, Penalty, asked, name, loss)


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
    kept = tuple(w for w in request.overrides if w.key.removeprefix("dataset.") not in own)
    return plan(registry, replace(request, dataset=name, overrides=kept))


def _one_length(overrides: Sequence[Override]) -> Sequence[Override]:
    """A run is so many epochs, or so many steps: the first that is asked for decides."""
    lengths = ("epochs", "trainer.epochs", "steps", "trainer.steps")
    first = next((w for w in overrides if w.key in lengths), None)
    if first and first.key.endswith("steps"):
        return [Override("trainer.epochs", None, first.source), *overrides]
    return overrides


def asked_keys(plan: Plan) -> tuple[str, ...]:
    """Keys that the user set, rather than the zoo."""
    return tuple(
        key
        for key, value in plan.values.items()
        if not value.source.startswith(("default", "model ", "loss ", "preset "))
        and value.value is not None  # no epochs: who asks for steps did not ask for that
    )
