"""Records, the plain values that hooks return. A record describes a model, a loss or another part.

Each kind of record has a class. Hooks, listings, the scaffold and the checks follow from `KINDS`.
A record never holds code. It holds a reference, ``"package.module:name"``, which is imported on
first use, so ganzoo can list everything that is installed without importing torch.

Each reference names a *frozen dataclass*. Its fields are the settings. `ganzoo info` lists them
with the docstring under each field, and ``--set`` changes them. A field's annotation gives its type
and its bounds, ``Annotated[int, Ge(1)]``. ``__post_init__`` checks the rest. The methods work:

=============  ==========================================================================
record         methods of the class that ``factory`` names
=============  ==========================================================================
`Model`        ``build(data, loss) -> Game``
`Loss`         ``discriminator(real, fake)`` and ``generator(fake)`` or ``generator(fake, real)``
`Dataset`      ``fields() -> Mapping[str, Field]`` and ``load() -> Data``
`Penalty`      ``__call__(critic, real, fake, draw) -> scalar``
`Observer`     ``watch(started)``, which returns a function of `Step` and `Ended`
`Metric`       ``against(data)``, which returns a function from samples to named scores
=============  ==========================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal

from ganzoo.errors import GanzooError
from ganzoo.registry.field import Field as Field
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
    """The identifier on arXiv, such as ``"1406.2661"``."""
    url: str = ""
    """The address of a paper that is not on arXiv."""

    def __post_init__(self) -> None:
        _check("paper", self)

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
    """The penalty to use. ``None`` means the loss's own."""
    dataset: str | None = None
    """The dataset to use. ``None`` means the model's own."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Values by qualified key, such as ``{"trainer.lr": 1e-3, "model.width": 16}``."""

    def __post_init__(self) -> None:
        _check(f"preset {self.name}", self)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What every record has."""

    kind: ClassVar[str] = "name"
    """The kind's name, such as ``"loss"``. Messages about any kind say "name"."""
    plural: ClassVar[str]
    """Its plural, such as ``"losses"`` in ``ganzoo list losses`` and in the hook
    ``ganzoo_losses``."""
    several: ClassVar[bool] = False
    """Whether a run may have several of this kind."""
    methods: ClassVar[tuple[str, ...]]
    """Methods that the class named by ``factory`` must have."""

    name: str
    """The name that users type: lower-case words joined by hyphens."""
    summary: str
    """One sentence for `ganzoo list`."""
    factory: str
    """The reference ``"package.module:name"`` of a frozen dataclass, imported on first use."""
    paper: Paper | None = None
    """The paper that published the idea, for `ganzoo list` and `ganzoo info`."""

    def __post_init__(self) -> None:
        _check(f"{self.kind} {self.name}", self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {self.summary}>"

    @property
    def group(self) -> str:
        """The prefix of its settings' keys, such as ``model`` or ``metric.modes``."""
        return f"{self.kind}.{self.name}" if self.several else self.kind


@dataclass(frozen=True, kw_only=True, repr=False)
class Model(Record):
    """An architecture and the game it plays."""

    kind: ClassVar[str] = "model"
    plural: ClassVar[str] = "models"
    methods: ClassVar[tuple[str, ...]] = ("build",)

    output: str | None = "logits"
    """What its discriminator outputs: ``"logits"`` for any real number, ``"energy"`` for a
    reconstruction error. A loss fits if its ``input`` is the same word. ``None`` means that the
    model has its own objective and takes no loss."""
    needs: tuple[str, ...] = ()
    """Names that a batch must contain, such as ``("image", "label")``."""
    loss: str | None = "bce"
    """The default loss."""
    dataset: str = "mnist"
    """The default dataset."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Settings in place of the trainer's own, by qualified key: ``{"trainer.lr": 1e-4}``."""
    presets: tuple[Preset, ...] = ()
    """Named sets of settings, for ``--preset``."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Loss(Record):
    """The objectives of discriminator and generator, as pure functions of the outputs."""

    kind: ClassVar[str] = "loss"
    plural: ClassVar[str] = "losses"
    methods: ClassVar[tuple[str, ...]] = ("discriminator", "generator")

    input: str = "logits"
    """What it takes from the discriminator. See `Model.output`."""
    penalty: str | None = None
    """The default penalty."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Settings that it needs, by qualified key. They override the model's."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Dataset(Record):
    """Data to learn from."""

    kind: ClassVar[str] = "dataset"
    plural: ClassVar[str] = "datasets"
    methods: ClassVar[tuple[str, ...]] = ("fields", "load")

    fallback: str | None = None
    """The dataset that replaces this one if it is unavailable and the user did not name it."""
    size: int | None = None
    """Its samples. If the `fallback` replaces it, epochs make as many steps as they would here."""


class Penalty(Record):
    """A term in the discriminator's objective that works with any loss."""

    kind: ClassVar[str] = "penalty"
    plural: ClassVar[str] = "penalties"
    methods: ClassVar[tuple[str, ...]] = ("__call__",)


class Observer(Record):
    """A logger or tracker that receives the events of a run."""

    kind: ClassVar[str] = "observer"
    plural: ClassVar[str] = "observers"
    several: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = ("watch",)


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
        _check(f"score {self.name}", self)


@dataclass(frozen=True, kw_only=True, repr=False)
class Metric(Record):
    """A measure of how good samples are."""

    kind: ClassVar[str] = "metric"
    plural: ClassVar[str] = "metrics"
    several: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = ("against",)

    scores: tuple[Score, ...]
    """The scores that it returns. The first selects a run's best weights."""
    samples: int = 10_000
    """Number of samples in its protocol."""
    least: int = 1
    """Smallest number of samples for which its scores mean something."""
    unasked: bool = True
    """Whether `ganzoo evaluate` uses it for all data that it fits. Otherwise users must name it."""
    wants: tuple[str, ...] = ()
    """What it compares each sample with: ``"label"`` (the requested class), ``"input"`` or
    ``"target"``. Its function then also gets these, as rows by name."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.least <= self.samples:
            raise GanzooError(
                f"metric {self.name}: least is {self.least} and samples {self.samples}. "
                "Expected 1 <= least <= samples"
            )

    def qualified(self, score: Score) -> str:
        """The name of one of its scores in tables."""
        return f"{self.name}.{score.name}"


KINDS: dict[str, type[Record]] = {
    cls.kind: cls for cls in (Model, Loss, Dataset, Penalty, Observer, Metric)
}
"""Every kind of record, in the order of listings."""
_OTHERS = [k for k, cls in KINDS.items() if not cls.several and cls not in (Model, Dataset)]
PARTS = ("model", *_OTHERS, "dataset")
"""The kinds of which a run has at most one, in the order of its files."""
TYPED = ("model", "dataset", *_OTHERS)
"""The same kinds in the order of the command line."""
