"""Turns a request into a plan, which has everything that a run is made of.

Several may set the same value. The first of these wins: the user, the preset, the loss (WGAN needs
its own betas), the model, the default. If the user replaced the preset's loss, the new loss wins
over the preset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ganzoo.engine.config import TrainerConfig
from ganzoo.errors import DoesNotFit, GanzooError, UsageError
from ganzoo.registry.boundary import Boundary
from ganzoo.registry.records import (
    NAMED,
    Augmentation,
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
from ganzoo.training.length import is_the_users, one_length
from ganzoo.training.places import absolute
from ganzoo.training.request import NAMES as NAMES
from ganzoo.training.request import Request as Request
from ganzoo.training.request import bare, listed_names
from ganzoo.training.suggested import defaults, of_only, preset_of


@dataclass(frozen=True)
class Plan:
    """Everything that a run is made of, as names and values. Nothing is built yet."""

    request: Request
    preset: Preset | None
    entries: Mapping[str, Entry]
    """Group of settings, such as ``model`` or ``metric.modes`` -> the chosen record."""
    observers: tuple[Entry, ...]
    metrics: tuple[Entry, ...]
    settings: tuple[Setting, ...]
    values: Mapping[str, Value]
    """Qualified key -> its value and its source."""

    def make(self, group: str) -> Any:
        """The model, loss, ... with its settings, or ``None`` if the run has none."""
        if group == "trainer":
            return make(group, TrainerConfig, self.values)
        entry = self.entries.get(group)
        if entry is None:
            return None
        cls = entry.resolve()
        for method in entry.record.methods:
            # `fields_of` explains a missing fields()
            if method != "fields" and not callable(getattr(cls, method, None)):
                raise GanzooError(f"{self.boundary(group)}: {cls.__name__} has no method {method}")
        return self.boundary(group).once(make, group, cls, self.values)

    def boundary(self, group: str) -> Boundary:
        """The boundary around the code of the model, loss, ... A loss or a penalty may call the
        model's networks."""
        if group not in self._boundaries:
            others = [self.model] if group.startswith(("loss", "penalty")) else []
            self._boundaries[group] = Boundary(self.entries[group], *others)
        return self._boundaries[group]

    @cached_property
    def _boundaries(self) -> dict[str, Boundary]:
        """Those in use. Each warns only once of what its code changes."""
        return {}

    @cached_property
    def made_dataset(self) -> Any:
        """The dataset with its settings. It is made once, so that it can load what it has found for
        its fields.
        """
        return self.make("dataset")

    @property
    def model(self) -> Entry:
        """The model."""
        return self.entries["model"]

    def entry(self, part: str) -> Entry | None:
        """The chosen ``model``, ``loss``, ``dataset``, ..., or ``None``."""
        return self.entries.get(part)

    def chosen(self, part: str) -> dict[str, Entry]:
        """Group of settings -> the record, for all parts of a kind. Only penalties may be several,
        and their groups are then ``penalty.r1`` and so on."""
        return {g: e for g, e in self.entries.items() if g.partition(".")[0] == part}

    def name(self, part: str) -> str | None:
        """The name of the chosen part. The names of several penalties are joined by commas."""
        return ",".join(e.record.name for e in self.chosen(part).values()) or None

    def having(self, key: str, value: Any, source: str) -> Plan:
        """This plan with another value of a setting."""
        others = (w for w in self.request.overrides if not f".{key}".endswith(f".{w.key}"))
        overrides = (Override(key, value, source), *others)
        return replace(
            self,
            request=replace(self.request, overrides=overrides),
            values={**self.values, key: Value(value, source)},
        )


def plan(registry: Registry, request: Request) -> Plan:
    """Resolve names and settings.

    Raises:
        DoesNotFit: The parts do not fit together.
        UsageError: A name or key is unknown, or a value is wrong.
    """
    if request.model is None:
        raise UsageError("no model is named. `ganzoo list models` shows all")
    origins, left_out = request.origins, request.left_out
    model = registry.find(Model, request.model, near=origins.get("model"))
    suggestion = model.record
    assert isinstance(suggestion, Model)
    preset = preset_of(suggestion, request.preset)
    if preset:
        loss_name, data_name = preset.loss or suggestion.loss, preset.dataset or suggestion.dataset
        suggestion = replace(suggestion, loss=loss_name, dataset=data_name)
    loss = augmentation = dataset = None
    penalties: dict[str, Entry] = {}
    if "loss" not in left_out:
        loss = _loss(registry, model, suggestion, request)
    if "penalty" not in left_out:
        penalties = _penalties(registry, model, loss, request, preset.penalty if preset else None)
    if "augmentation" not in left_out:
        augmentation = _augmentation(registry, model, loss, request)
    if "dataset" not in left_out:
        dataset = _chosen(registry, Dataset, request, suggestion.dataset, model)
    observers = _several(registry, Observer, request)
    metrics = _several(registry, Metric, request)

    _check_named(request, penalties)
    entries = {"model": model, "loss": loss, **penalties, "augmentation": augmentation}
    entries["dataset"] = dataset
    entries |= {e.record.group: e for e in (*observers, *metrics)}
    chosen = {group: e for group, e in entries.items() if e}
    classes = {group: e.declared() for group, e in chosen.items()} | {"trainer": TrainerConfig}
    settings = tuple(s for group, cls in classes.items() for s in settings_of(group, cls))
    overrides = [
        of_only(w, penalties) for w in (*request.overrides, *defaults(suggestion, preset, chosen))
    ]
    values = absolute(settings, resolve(settings, one_length(overrides)))
    return Plan(request, preset, chosen, observers, metrics, settings, values)


def _check_named(request: Request, penalties: Mapping[str, Entry]) -> None:
    """Refuse settings of metrics, observers and penalties that the request does not name."""
    there = {entry.record.name for entry in penalties.values()}
    for override in request.overrides:
        kind, _, rest = override.key.partition(".")
        name, dot, _ = rest.partition(".")
        if kind == "penalty" and dot and there and name not in there:
            raise UsageError(f"{override.source}: {override.key} also needs --penalty {name}")
        if kind not in NAMED:
            continue
        if name not in map(bare, getattr(request, NAMED[kind].plural)):
            raise UsageError(f"{override.source}: {override.key} also needs --{kind} {name}")


def _several(registry: Registry, kind: type[Record], request: Request) -> tuple[Entry, ...]:
    """The records of a kind of which a run may have several, each once."""
    names = [name for name in getattr(request, kind.plural) if name != "none"]
    found = (
        registry.find(kind, name, near=request.origins.get(f"{kind.kind}.{name}")) for name in names
    )
    return tuple({entry.qualified: entry for entry in found}.values())


def _chosen(
    registry: Registry, kind: type[Record], request: Request, suggested: str, by: Entry
) -> Entry:
    """The record that the user names, or that ``by`` suggests, from its own distribution first."""
    if name := getattr(request, kind.kind):
        return registry.find(kind, name, near=request.origins.get(kind.kind))
    return registry.find(kind, suggested, near=by.plugin.distribution)


def _penalties(
    registry: Registry, model: Entry, loss: Entry | None, request: Request, preset: str | None
) -> dict[str, Entry]:
    """Group of settings -> penalty."""
    suggested = loss.record.penalty if loss and isinstance(loss.record, Loss) else None
    named = request.penalty or preset
    names = listed_names(named or suggested)
    if not names or names == ("none",):
        return {}
    if "none" in names:
        raise UsageError("--penalty none leaves out all penalties, so it goes with no other")
    if loss is None:
        raise DoesNotFit(f"{model.record.name} has its own objective and takes no penalty")
    found = []
    for name in names:
        one = replace(request, penalty=name if named else None)
        if near := request.origins.get(f"penalty.{bare(name)}"):
            one = replace(one, origins={"penalty": near})
        found.append(_chosen(registry, Penalty, one, name, loss))
    each = [entry.record.name for entry in found]
    if twice := [name for name in each if each.count(name) > 1]:
        raise UsageError(f"the penalty {twice[0]} is named twice")
    if len(found) == 1:
        return {"penalty": found[0]}
    return {f"penalty.{name}": entry for name, entry in zip(each, found, strict=True)}


def _augmentation(
    registry: Registry, model: Entry, loss: Entry | None, request: Request
) -> Entry | None:
    if request.augmentation in (None, "none"):
        return None
    if loss is None:
        raise DoesNotFit(f"{model.record.name} has its own objective and takes no augmentation")
    return _chosen(registry, Augmentation, request, "", model)


def _loss(registry: Registry, by: Entry, model: Model, request: Request) -> Entry | None:
    if model.output is None:
        if request.loss:
            raise DoesNotFit(f"{model.name} has its own objective and takes no --loss")
        return None
    entry = _chosen(registry, Loss, request, model.loss or "bce", by)
    assert isinstance(entry.record, Loss)
    if entry.record.input != model.output:
        raise DoesNotFit(
            f"loss {entry.record.name} does not fit {model.name}: it takes {entry.record.input}, "
            f"and the model's discriminator outputs {model.output}"
        )
    return entry


def fallback(registry: Registry, settled: Plan) -> Plan | None:
    """The plan with the fallback of its dataset, if that is unavailable, or ``None``.

    A dataset that the user names is never replaced.
    """
    record = settled.entries["dataset"].record
    name = record.fallback if isinstance(record, Dataset) else None
    request = settled.request
    if request.dataset is not None or name is None:
        return None
    own = {s.name for s in settled.settings if s.key.startswith("dataset.")}
    kept = tuple(w for w in request.overrides if w.key.removeprefix("dataset.") not in own)
    return plan(registry, replace(request, dataset=name, overrides=kept))


def asked_keys(plan: Plan) -> tuple[str, ...]:
    """Keys of the settings that the user set."""
    return tuple(
        key
        for key, value in plan.values.items()
        if is_the_users(value.source)
        and value.value is not None  # setting steps also sets epochs to None
    )
