"""The settings that a preset, a loss and a model suggest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ganzoo.errors import UsageError, suggest
from ganzoo.registry.records import PARTS, Loss, Model, Preset
from ganzoo.registry.registry import Entry
from ganzoo.registry.settings import Override
from ganzoo.training.request import listed_names


def preset_of(model: Model, name: str | None) -> Preset | None:
    """The preset of this name.

    Raises:
        UsageError: The model has no such preset.
    """
    if name is None:
        return None
    presets = {preset.name: preset for preset in model.presets}
    if name not in presets:
        hint = suggest(name, presets) if presets else "; it has none"
        raise UsageError(f"unknown preset {name!r} of {model.name}{hint}")
    return presets[name]


def defaults(
    model: Model, preset: Preset | None, chosen: Mapping[str, Entry]
) -> Iterator[Override]:
    """The settings that preset, loss and model suggest, those that win first.

    A setting of a part applies only to the part that it was made for, and not to the user's
    replacement. If the user replaced the loss, the loss comes before the preset.
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
            part, _, rest = key.partition(".")
            names = listed_names(parts.get(part))
            if part == "penalty" and "." not in rest and len(names) == 1:
                key = f"penalty.{names[0]}.{rest}"
            if part == "penalty":
                names = tuple(name for name in names if key.startswith(f"penalty.{name}."))
            theirs = {e.record.name for g, e in chosen.items() if g.partition(".")[0] == part}
            if part == "model" or part not in PARTS or theirs & {*names}:
                yield Override(key, value, source)


def of_only(override: Override, penalties: Mapping[str, Entry]) -> Override:
    """The only penalty's settings have keys without its name, as in runs of any version."""
    if [*penalties] != ["penalty"]:
        return override
    name = penalties["penalty"].record.name
    return replace(override, key=re.sub(rf"^penalty\.{name}\.", "penalty.", override.key))
