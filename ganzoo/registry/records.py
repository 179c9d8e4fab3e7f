"""Records, the plain values that hooks return. A record describes a model, a loss or another part.

Each kind of record has a class. Hooks, listings, the scaffold and the checks follow from `KINDS`.
A record never holds code. It holds a reference, ``"package.module:name"``, which is imported on
first use, so ganzoo can list everything that is installed without importing torch.

The reference of a command names a function, and any other names a *frozen dataclass*, whose fields
are the settings. `ganzoo info` lists them with the docstring under each field, and ``--set``
changes them. A field's annotation gives its type and its bounds, ``Annotated[int, Ge(1)]``.
``__post_init__`` checks the rest. The methods work:

=============  ==========================================================================
record         what the class has that ``factory`` names
=============  ==========================================================================
`Model`        ``build(data, loss) -> Game``
`Loss`         ``discriminator(real, fake)`` and ``generator(fake)`` or ``generator(fake, real)``
`Dataset`      ``fields() -> Mapping[str, Field]`` and ``load() -> Data``
`Penalty`      ``__call__(critic, real, fake, draw) -> scalar``
`Augmentation` ``__call__(samples, draw) -> samples``
`Observer`     ``watch(started)``, which returns a function of `Step` and `Ended`
`Metric`       ``against(data)``, which returns a function from samples to named scores
`Section`      ``show(run)``, which returns texts, tables, pictures and line charts, or ``None``
`Command`      no class, but a function that Typer can call, or a `typer.Typer`
=============  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ganzoo.errors import GanzooError
from ganzoo.registry.details import Paper as Paper
from ganzoo.registry.details import Preset as Preset
from ganzoo.registry.details import Score as Score
from ganzoo.registry.details import check
from ganzoo.registry.field import Field as Field


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
    of_run: ClassVar[bool] = True
    """Whether a run is made with it, so that it is named with the run and recorded in it."""
    configured: ClassVar[bool] = True
    """Whether ``factory`` names a frozen dataclass of settings."""
    methods: ClassVar[tuple[str, ...]]
    """Methods that the class named by ``factory`` must have."""

    name: str
    """The name that users type: lower-case words joined by hyphens."""
    summary: str
    """One sentence for `ganzoo list`."""
    factory: str
    """The reference ``"package.module:name"`` of its code, imported on first use."""
    paper: Paper | None = None
    """The paper that published the idea, for `ganzoo list` and `ganzoo info`."""

    def __post_init__(self) -> None:
        check(f"{self.kind} {self.name}", self)

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
    """The default penalty. Several are joined by commas: ``"r1,dragan"``."""
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


class Augmentation(Record):
    """A random change of real and fake pictures alike, before the discriminator sees them."""

    kind: ClassVar[str] = "augmentation"
    plural: ClassVar[str] = "augmentations"
    methods: ClassVar[tuple[str, ...]] = ("__call__",)


class Observer(Record):
    """A logger or tracker that receives the events of a run."""

    kind: ClassVar[str] = "observer"
    plural: ClassVar[str] = "observers"
    several: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = ("watch",)


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


class Section(Record):
    """A section of a run's page, and of the page that compares runs."""

    kind: ClassVar[str] = "section"
    plural: ClassVar[str] = "sections"
    several: ClassVar[bool] = True
    of_run: ClassVar[bool] = False
    methods: ClassVar[tuple[str, ...]] = ("show",)


BUILT_IN = (
    "train", "sample", "evaluate", "report", "compare", "reproduce", "diagnose", "list", "info",
    "runs", "plugins", "write",
)  # fmt: skip
"""The names of ganzoo's own commands. A test compares them with those of the command line."""


class Command(Record):
    """A command of ``ganzoo``."""

    kind: ClassVar[str] = "command"
    plural: ClassVar[str] = "commands"
    several: ClassVar[bool] = True
    of_run: ClassVar[bool] = False
    configured: ClassVar[bool] = False
    methods: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.name in BUILT_IN:
            raise GanzooError(f"command {self.name}: ganzoo has a command of this name")


KINDS: dict[str, type[Record]] = {
    cls.kind: cls
    for cls in (
        Model,
        Loss,
        Dataset,
        Penalty,
        Augmentation,
        Observer,
        Metric,
        Section,
        Command,
    )
}
"""Every kind of record, in the order of listings."""
_PARTS = [k for k, cls in KINDS.items() if cls.of_run and not cls.several]
_OTHERS = [k for k in _PARTS if k not in ("model", "dataset")]
PARTS = ("model", *_OTHERS, "dataset")
"""The kinds of which a run has at most one, in the order of its files."""
TYPED = ("model", "dataset", *_OTHERS)
"""The same kinds in the order of the command line."""
NAMED = {kind: cls for kind, cls in KINDS.items() if cls.of_run and cls.several}
"""The kinds of which a run may have several."""
