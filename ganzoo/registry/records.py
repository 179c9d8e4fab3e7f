"""What hooks give: records, plain values that say what a thing is.

There is a class for each kind of record, and `KINDS` lists them. Hooks, listings, the scaffold and
the checks follow from it.

A record never holds code, only a reference to it, ``"package.module:name"``, which is imported on
first use. So everything that is installed can be listed without importing torch.

Each reference names a *frozen dataclass*. Its fields are the settings: `ganzoo info` lists them
with the docstring under each field, and ``--set`` changes them. A field's annotation says its type
and its bounds, ``Annotated[int, Ge(1)]``; ``__post_init__`` checks what depends on several
settings, or what no bound can state. Its method is the work:

=============  ==========================================================================
record         the class that ``factory`` names has
=============  ==========================================================================
`Model`        ``build(data, loss) -> Game``
`Loss`         ``discriminator(real, fake)`` and ``generator(fake)`` or ``generator(fake, real)``
`Dataset`      ``fields() -> Mapping[str, Field]`` and ``load() -> Data``
`Penalty`      ``__call__(critic, real, fake, draw) -> scalar``
`Observer`     ``watch(started) -> function of each Step, then of Ended``
`Metric`       ``against(data) -> function of samples that gives each score by name``
=============  ==========================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal

from ganzoo.errors import GanzooError
from ganzoo.registry.field import Field as Field

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
REFERENCE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value.splitlines()) == 1


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
    "summary": (_is_line, "one line of text"),
    "title": (_is_line, "one line of text"),
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
"""Field, by its name or by its annotation -> whether a value fits, and what would."""


def _check(what: str, record: Record | Paper | Preset | Score) -> None:
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
    """The number on arXiv, such as ``"1406.2661"``."""
    url: str = ""
    """Where it can be read, for a paper that is not on arXiv."""

    def __post_init__(self) -> None:
        _check("paper", self)

    @property
    def link(self) -> str:
        """Address of the paper; empty where none is known."""
        return f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else self.url


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Settings of a model that belong together: ``ganzoo train vanilla-mlp --preset quick``."""

    name: str
    """Lower-case words joined by hyphens. ``paper`` is the paper's own setting, ``quick`` the best
    known for a minute on a laptop."""
    summary: str
    """One sentence: what it is for, and where it comes from."""
    loss: str | None = None
    """The loss it is made for; ``None``: the model's own."""
    penalty: str | None = None
    """The penalty it is made for; ``None``: the loss's own."""
    dataset: str | None = None
    """The dataset it is made for; ``None``: the model's own."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """By qualified key: ``{"trainer.lr": 1e-3, "model.width": 16}``."""

    def __post_init__(self) -> None:
        _check(f"preset {self.name}", self)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What every record says."""

    kind: ClassVar[str] = "name"
    """What one is called: ``"loss"``. Of any kind, in messages, it is a "name"."""
    plural: ClassVar[str]
    """What several are called: ``"losses"``, as in ``ganzoo list losses``. The hook that gives
    them is ``ganzoo_losses``."""
    several: ClassVar[bool] = False
    """Whether a run may have several; otherwise it has one at most."""
    methods: ClassVar[tuple[str, ...]]
    """What the class that ``factory`` names must have."""

    name: str
    """Lower-case words joined by hyphens: what a person types."""
    summary: str
    """One sentence for `ganzoo list`."""
    factory: str
    """``"package.module:name"`` of a frozen dataclass, imported on first use."""
    paper: Paper | None = None
    """Where the idea was published, for `ganzoo list` and `ganzoo info`."""

    def __post_init__(self) -> None:
        _check(f"{self.kind} {self.name}", self)

    @property
    def group(self) -> str:
        """What its settings are qualified with: ``model``, or ``metric.modes``."""
        return f"{self.kind}.{self.name}" if self.several else self.kind


@dataclass(frozen=True, kw_only=True)
class Model(Record):
    """An architecture and the game it plays."""

    kind: ClassVar[str] = "model"
    plural: ClassVar[str] = "models"
    methods: ClassVar[tuple[str, ...]] = ("build",)

    output: str | None = "logits"
    """What its discriminator gives: a loss fits when its ``input`` is the same word. Any real
    number is ``"logits"``, a reconstruction error is ``"energy"``. ``None``: the model brings its
    own objective and takes no loss."""
    needs: tuple[str, ...] = ()
    """Names that a batch must have, such as ``("image", "label")``."""
    loss: str | None = "bce"
    """The loss it is trained with unless the user says otherwise."""
    dataset: str = "mnist"
    """The dataset it is trained on unless the user says otherwise."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Settings that differ from the trainer's own, by qualified key: ``{"trainer.lr": 1e-4}``."""
    presets: tuple[Preset, ...] = ()
    """Sets of settings with a name each, for ``--preset``."""


@dataclass(frozen=True, kw_only=True)
class Loss(Record):
    """The objectives of discriminator and generator, as pure functions of the outputs."""

    kind: ClassVar[str] = "loss"
    plural: ClassVar[str] = "losses"
    methods: ClassVar[tuple[str, ...]] = ("discriminator", "generator")

    input: str = "logits"
    """What it takes from the discriminator: see `Model.output`."""
    penalty: str | None = None
    """The penalty it is used with unless the user says otherwise."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Settings it needs, by qualified key: they win over the model's."""


@dataclass(frozen=True, kw_only=True)
class Dataset(Record):
    """What to learn from."""

    kind: ClassVar[str] = "dataset"
    plural: ClassVar[str] = "datasets"
    methods: ClassVar[tuple[str, ...]] = ("fields", "load")

    fallback: str | None = None
    """The dataset to go on with where this one was not asked for by name and cannot be had."""
    size: int | None = None
    """How many samples it has. A run of so many epochs that goes on with the `fallback` then trains
    for as many steps as it would have here."""


class Penalty(Record):
    """A term added to the discriminator's objective, whatever the loss."""

    kind: ClassVar[str] = "penalty"
    plural: ClassVar[str] = "penalties"
    methods: ClassVar[tuple[str, ...]] = ("__call__",)


class Observer(Record):
    """Something that hears of a training run: a tracker, a logger."""

    kind: ClassVar[str] = "observer"
    plural: ClassVar[str] = "observers"
    several: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = ("watch",)


@dataclass(frozen=True)
class Score:
    """One of the numbers that a metric gives."""

    name: str
    """A word, as in Python. With its metric's before it, it is what tables call it:
    ``"modes.covered"``."""
    summary: str
    """One sentence: what it measures, in which unit."""
    better: Literal["higher", "lower"] | None = None
    """Which way is better; ``None``: neither by itself."""

    def __post_init__(self) -> None:
        _check(f"score {self.name}", self)


@dataclass(frozen=True, kw_only=True)
class Metric(Record):
    """A way to tell how good samples are."""

    kind: ClassVar[str] = "metric"
    plural: ClassVar[str] = "metrics"
    several: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = ("against",)

    scores: tuple[Score, ...]
    """What it gives. By the first, the best of a run's weights are kept."""
    samples: int = 10_000
    """How many its protocol takes."""
    least: int = 1
    """How many it needs: with fewer it would mean nothing."""
    unasked: bool = True
    """Whether it is taken wherever it fits; otherwise only where it is asked for by name."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.least <= self.samples:
            raise GanzooError(
                f"metric {self.name}: least is {self.least} and samples {self.samples}; "
                "expected 1 <= least <= samples"
            )

    def qualified(self, score: Score) -> str:
        """What tables call one of its scores."""
        return f"{self.name}.{score.name}"


KINDS: dict[str, type[Record]] = {
    cls.kind: cls for cls in (Model, Loss, Dataset, Penalty, Observer, Metric)
}
"""Every kind of record, in the order in which lists show them."""
_OTHERS = [k for k, cls in KINDS.items() if not cls.several and cls not in (Model, Dataset)]
PARTS = ("model", *_OTHERS, "dataset")
"""What a run has one of at most, in the order in which its files list them."""
TYPED = ("model", "dataset", *_OTHERS)
"""The same in the order in which a person names them."""
