"""``run.json``: everything that reproduces a run, in plain values."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge, Gt, MinLen, Predicate

from ganzoo.errors import BrokenFile, GanzooError
from ganzoo.files import read_whole, shown, unreadable, write_whole
from ganzoo.registry.details import NAME
from ganzoo.registry.records import Field
from ganzoo.runs.reading import FINITE, MOST, STRICT, Count, brief, damaged, fitted, parsed

FORMAT = 2
WHAT = "a run's record"
DTYPES = {
    "float32", "float", "float64", "double", "float16", "half", "bfloat16", "uint8", "int8",
    "int16", "short", "int32", "int", "int64", "long", "bool",
}  # fmt: skip
LARGEST = 2**31
"""Most numbers in a sample. Larger ones fit in no memory."""


def _possible(field: Field) -> bool:
    """Whether there can be such samples."""
    sizes = all(n > 0 for n in field.shape) and math.prod(field.shape) <= LARGEST
    ordered = field.range is None or field.range[0] < field.range[1]
    classes = field.classes is None or field.classes > 0
    return sizes and ordered and classes and field.dtype in DTYPES


def _is_command(text: str) -> bool:
    """Whether a shell could split it, and it trains something."""
    try:
        return "train" in shlex.split(text)
    except ValueError:
        return False


Samples = Annotated[Field, Predicate(_possible)]
Names = Mapping[str, str]
ViewName = Annotated[str, Predicate(lambda name: NAME.fullmatch(name) is not None)]


@dataclass(frozen=True)
class _Trainer:
    """The trainer's settings that are read without the trainer, as for a page."""

    __pydantic_config__ = FINITE

    seed: Count
    lr: Annotated[float, Ge(0)] = 0.0
    sample_every: Annotated[int, Ge(1)] = 1


def field_of(plain: Mapping[str, Any]) -> Field:
    """A field from its JSON values.

    Raises:
        ValueError: They are none.
    """
    field: Field = fitted(plain, Samples)
    return field


@dataclass(frozen=True)
class ViewRecord:
    """A view of the trained model: the names of fields, and how its samples are plotted."""

    __pydantic_config__ = STRICT

    makes: str
    """The field that comes out."""
    needs: tuple[str, ...] = ()
    """The fields that go in."""
    target: str | None = None
    """The field that has the right outputs, if there can be one."""
    extent: Annotated[float, Gt(0)] | None = None
    """Half the side of the square that plots of points show."""


@dataclass(frozen=True)
class RunRecord:
    """What was trained, with which settings, and by which versions."""

    __pydantic_config__ = STRICT

    model: str
    loss: str | None
    penalty: str | None
    """Several are joined by commas."""
    dataset: str
    settings: Mapping[str, Any]
    """The value of every setting by qualified key."""
    asked: tuple[str, ...]
    """Keys of the settings that the user set. The others are defaults."""
    distributions: Names
    """``model``, ``loss``, ... -> name of the distribution that provides it."""
    versions: Names
    """Versions of Python, torch, numpy and the distributions."""
    fields: Annotated[Mapping[str, Samples], MinLen(1)]
    """The data's fields, so that the model can be built again without the dataset."""
    total: Count
    """Steps in the whole run."""
    steps_per_epoch: Count
    extent: Annotated[float, Gt(0)] | None
    """Half the side of the square that plots of points show."""
    started: str
    """Local time of the start, ISO 8601."""
    command: Annotated[str, Predicate(_is_command)]
    """The command that repeats the run."""
    preset: str | None = None
    """The name of the model's preset, if the user chose one."""
    augmentation: str | None = None
    """What changed the pictures that the discriminator saw."""
    metrics: tuple[str, ...] = ()
    """Metrics that evaluated it during training."""
    observers: tuple[str, ...] = ()
    """Observers that follow it, by name. Functions that Python code passes are not recorded."""
    views: Mapping[ViewName, ViewRecord] = field(default_factory=dict)
    """What the model can show, by name. The first is the default. Empty in runs of earlier
    versions."""
    plugin_files: Mapping[str, str] = field(default_factory=dict)
    """Name in `distributions` -> the absolute path of the file, for plugins in a file."""
    hardware: str = ""
    """Hardware of the first machine. Empty in runs of earlier versions."""
    commit: str = ""
    """Commit of the code at the start, or ganzoo's version if the code was not a checkout."""
    fingerprint: str = ""
    """Checksum of ``data.sums``. Empty in runs of earlier versions."""
    format: int = field(default=FORMAT)

    @property
    def seed(self) -> int:
        """The run's seed."""
        return int(self.settings["trainer.seed"])

    @property
    def further(self) -> list[str]:
        """The names of the views after the first."""
        return list(self.views)[1:]

    def chosen(self, part: str) -> dict[str, str]:
        """Group of settings -> name, for all parts of a kind. Only penalties may be several."""
        names = (getattr(self, part) or "").split(",")
        several = len(names) > 1
        return {f"{part}.{name}" if several else part: name for name in names if name}

    def origin(self, group: str) -> str:
        """The distribution or file that provided ``loss`` or ``metric.modes``, or an empty text."""
        _, _, name = group.partition(".")
        if not name or group in self.distributions:
            return self.distributions.get(group, "")
        origins = (each.rpartition("/") for each in (*self.metrics, *self.observers))
        return next((origin for origin, _, last in origins if last == name), "")

    def files_for(self, *kinds: str) -> list[str]:
        """The plugin files for a printed command that uses these parts. By default, all parts."""
        of_kinds = {v for g, v in self.distributions.items() if g.partition(".")[0] in kinds}
        names = of_kinds if kinds else {*self.plugin_files}
        if "metric" in kinds:
            names |= {each.rpartition("/")[0] for each in self.metrics}
        return [str(shown(Path(file))) for name, file in self.plugin_files.items() if name in names]

    def write(self, path: Path) -> None:
        """Write it as JSON, atomically.

        Raises:
            GanzooError: It could not be read again, or it cannot be written.
        """
        content = (json.dumps(asdict(self), indent=2) + "\n").encode()
        try:
            self.parse(content, path)
        except BrokenFile as error:
            raise GanzooError(f"this run's record could not be read again: {error}") from error
        write_whole(path, content)

    @classmethod
    def read(cls, path: Path) -> RunRecord:
        """Read a record.

        Raises:
            BrokenFile: The file is unreadable, not JSON or not a record.
        """
        try:
            return cls.parse(read_whole(path, MOST), path)
        except FileNotFoundError as error:
            raise unreadable(path, error) from error

    @classmethod
    def parse(cls, content: bytes, path: Path) -> RunRecord:
        """The record in the content of the file at ``path``.

        Raises:
            BrokenFile: It is not a record.
        """
        version = parsed(content, _Version, path, WHAT).format
        if version != FORMAT:
            raise BrokenFile(
                f"{shown(path)} has format {brief(version)}; this version of ganzoo reads "
                f"{FORMAT}. Use the version that made it"
            )
        record: RunRecord = parsed(content, cls, path, WHAT)
        settings = record.settings.items()
        own = {k.removeprefix("trainer."): v for k, v in settings if k.startswith("trainer.")}
        try:
            fitted(own, _Trainer)
        except ValueError as error:
            raise damaged(path, WHAT, f"in the settings of the trainer, {error}") from error
        return record


@dataclass(frozen=True)
class _Version:
    format: Any
