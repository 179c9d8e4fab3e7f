"""What records consist of: a paper, a preset, a score, and which values their fields may have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from ganzoo.errors import GanzooError
from ganzoo.registry.field import is_line

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
REFERENCE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


EXPECTED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "name": (
        lambda v: isinstance(v, str) and NAME.fullmatch(v),
        "lower-case words joined by hyphens, such as 'least-squares'",
    ),
    "Score.name": (
        lambda v: isinstance(v, str) and v.isidentifier() and v.islower(),
        "a lower-case word, such as 'covered'",
    ),
    "factory": (
        lambda v: isinstance(v, str) and REFERENCE.fullmatch(v),
        "the form 'package.module:name'",
    ),
    "summary": (is_line, "one line of text"),
    "title": (is_line, "one line of text"),
    "str": (lambda v: isinstance(v, str), "text"),
    "str | None": (lambda v: v is None or isinstance(v, str), "text or None"),
    "int": (lambda v: type(v) is int, "a whole number"),
    "scores": (
        lambda v: isinstance(v, tuple) and v and all(isinstance(score, Score) for score in v),
        "a tuple of ganzoo.Score, at least one",
    ),
    "better": (lambda v: v in ("higher", "lower", None), "'higher', 'lower' or None"),
    "bool": (lambda v: type(v) is bool, "True or False"),
    "Paper | None": (lambda v: v is None or isinstance(v, Paper), "a ganzoo.Paper or None"),
    "tuple[str, ...]": (
        lambda v: isinstance(v, tuple) and all(isinstance(name, str) for name in v),
        "a tuple of names, such as ('image',)",
    ),
    "presets": (
        lambda v: (
            isinstance(v, tuple)
            and all(isinstance(preset, Preset) for preset in v)
            and len({preset.name for preset in v}) == len(v)
        ),
        "a tuple of ganzoo.Preset, each with a name of its own",
    ),
    "Mapping[str, Any]": (
        lambda v: isinstance(v, Mapping) and all(isinstance(key, str) for key in v),
        "settings by qualified key, such as {'trainer.lr': 1e-4}",
    ),
}
"""Field, by its name or by its annotation -> whether a value fits, and what would fit."""


def check(what: str, record: Any) -> None:
    """Check all fields of a record or of one of its details.

    Raises:
        GanzooError: A field has a wrong value.
    """
    for each in fields(record):
        value = getattr(record, each.name)
        named = f"{type(record).__name__}.{each.name}", each.name, str(each.type)
        rule = next((EXPECTED[name] for name in named if name in EXPECTED), None)
        if rule and not rule[0](value):
            raise GanzooError(f"{what}: {each.name} is {value!r}; expected {rule[1]}")


@dataclass(frozen=True)
class Paper:
    """Where an idea was published."""

    title: str
    year: int
    arxiv: str = ""
    """The identifier on arXiv, such as ``"1406.2661"``."""
    url: str = ""
    """The address of a paper that is not on arXiv."""

    def __post_init__(self) -> None:
        check("paper", self)

    @property
    def link(self) -> str:
        """The paper's address, or an empty text if none is known."""
        return f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else self.url


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Settings of a model that belong together: ``ganzoo train vanilla-mlp --preset quick``."""

    name: str
    """Lower-case words joined by hyphens. ``paper`` is the paper's own setting, ``quick`` the best
    known for a minute on a laptop."""
    summary: str
    """One sentence on its purpose and its source."""
    loss: str | None = None
    """The loss to use. ``None`` means the model's own."""
    penalty: str | None = None
    """The penalty to use, or several with commas. ``None`` means the loss's own."""
    dataset: str | None = None
    """The dataset to use. ``None`` means the model's own."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Values by qualified key, such as ``{"trainer.lr": 1e-3, "model.width": 16}``."""

    def __post_init__(self) -> None:
        check(f"preset {self.name}", self)


@dataclass(frozen=True)
class Score:
    """One of the numbers that a metric returns."""

    name: str
    """A Python identifier. Tables put the metric's name before it: ``"modes.covered"``."""
    summary: str
    """One sentence on what it measures, with its unit."""
    better: Literal["higher", "lower"] | None = None
    """The better direction. ``None`` means that neither is better."""
    known: Mapping[str, tuple[float, str]] = field(default_factory=dict, compare=False)
    """Dataset -> the best known value and what reached it, such as
    ``{"ring": (8, "pacgan with pack=2")}``."""

    def __post_init__(self) -> None:
        check(f"score {self.name}", self)
