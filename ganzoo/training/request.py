"""What a user requests for a run: names of its parts, and values of settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ganzoo.registry.records import NAMED, PARTS
from ganzoo.registry.settings import Override

NAMES = (*PARTS, "preset")
"""What a request has one name for."""


@dataclass(frozen=True)
class Request:
    """What a user requests. ``None`` takes what the model suggests."""

    model: str | None = None
    loss: str | None = None
    penalty: str | None = None
    """Several are joined by commas: ``r1,dragan``."""
    dataset: str | None = None
    preset: str | None = None
    """Name of one of the model's presets. ``None`` takes no preset."""
    overrides: tuple[Override, ...] = ()
    observers: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    """Names of metrics. If empty, all that fit the data."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Group of settings -> the distribution that provided this part of a recorded run. It only
    decides between several records of the recorded name."""
    left_out: tuple[str, ...] = ()
    """Parts that the plan does without, because nothing will use them."""
    augmentation: str | None = None

    def over(self, other: Request) -> Request:
        """This request, completed by ``other``. The observer ``none`` drops those of ``other``."""
        metrics = self.metrics or other.metrics
        observers = self.observers
        if "none" not in observers:
            observers = tuple(dict.fromkeys(observers + other.observers))
        dropped = {*other.metrics, *other.observers} - {*metrics, *observers}
        groups = {*map(bare, dropped)} - {*map(bare, (*metrics, *observers))}
        theirs = tuple(
            override
            for override in other.overrides
            if not override.key.startswith(("metric.", "observer."))
            or override.key.split(".")[1] not in groups
        )
        return Request(
            **{part: getattr(self, part) or getattr(other, part) for part in NAMES},
            overrides=self.overrides + theirs,
            observers=observers,
            metrics=metrics,
            origins={
                group: distribution
                for group, distribution in other.origins.items()
                if getattr(self, group, None) in (None, getattr(other, group, None))
            },
            left_out=other.left_out,
        )

    def without(self, part: str) -> Request:
        """This request without ``part`` and its settings."""
        overrides = tuple(w for w in self.overrides if not w.key.startswith(f"{part}."))
        kept: dict[str, Any] = {part: None} if part in NAMES else {}
        if part == "model":
            kept["preset"] = None  # it belongs to the model
        metrics = () if part == "metric" else self.metrics
        observers = () if part == "observer" else self.observers
        return replace(self, **kept, overrides=overrides, observers=observers, metrics=metrics)


def recorded_names(content: Mapping[str, Any]) -> dict[str, Any]:
    """The names that a ``run.json`` or ``sweep.json`` has, as fields of a `Request`.

    The names count. A distribution, or a plugin's file, only decides between several of one name.
    So a run opens with the same file under another name, or with a module that Python registers.
    """
    names: dict[str, str] = {part: name for part in PARTS if (name := content.get(part))}
    penalties = listed_names(names.get("penalty"))
    lists = {kind: content.get(cls.plural, ()) for kind, cls in NAMED.items()}
    lists |= {"penalty": penalties} if len(penalties) > 1 else {}
    several = {f"{kind}.{bare(name)}": name for kind, each in lists.items() for name in each}
    found = {part: name for part, name in names.items() if part not in lists} | several
    origins = {group: name.rpartition("/")[0] for group, name in found.items() if "/" in name}
    return {
        **{part: ",".join(map(bare, listed_names(name))) for part, name in names.items()},
        **{cls.plural: tuple(map(bare, lists[kind])) for kind, cls in NAMED.items()},
        "preset": content.get("preset"),
        "origins": {**content.get("distributions", {}), **origins},
    }


def listed_names(text: str | None) -> tuple[str, ...]:
    """The names in a text that joins them by commas. ``None`` has none."""
    return tuple(name.strip() for name in text.split(",")) if text else ()


def bare(qualified: str) -> str:
    """The name without its distribution."""
    return qualified.rpartition("/")[2]
