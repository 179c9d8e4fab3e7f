"""``run.json``: everything that reproduces a run, in plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ganzoo.errors import BrokenFile
from ganzoo.files import write_whole
from ganzoo.registry.records import Field

FORMAT = 2
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "model": str, "loss": (str, type(None)), "penalty": (str, type(None)), "dataset": str,
    "settings": dict, "asked": list, "distributions": dict, "versions": dict, "fields": dict,
    "total": int, "steps_per_epoch": int, "extent": (int, float, type(None)), "started": str,
}  # fmt: skip
"""Type of each JSON value."""


def field_of(plain: Mapping[str, Any]) -> Field:
    """A field from its JSON values."""
    return Field(
        shape=tuple(int(n) for n in plain["shape"]),
        dtype=plain["dtype"],
        range=tuple(plain["range"]) if plain["range"] else None,
        classes=plain["classes"],
    )


@dataclass(frozen=True)
class RunRecord:
    """What was trained, with which settings, and by which versions."""

    model: str
    loss: str | None
    penalty: str | None
    dataset: str
    settings: Mapping[str, Any]
    """The value of every setting by qualified key."""
    asked: tuple[str, ...]
    """Keys of the settings that the user set. The others are defaults."""
    distributions: Mapping[str, str]
    """``model``, ``loss``, ... -> name of the distribution that provides it."""
    versions: Mapping[str, str]
    """Versions of Python, torch, numpy and the distributions."""
    fields: Mapping[str, Field]
    """The data's fields, so that the model can be built again without the dataset."""
    total: int
    """Steps in the whole run."""
    steps_per_epoch: int
    extent: float | None
    """Half the side of the square that plots of points show."""
    started: str
    """Local time of the start, ISO 8601."""
    command: str
    """The command that repeats the run."""
    preset: str | None = None
    """The name of the model's preset, if the user chose one."""
    metrics: tuple[str, ...] = ()
    """Metrics that evaluated it during training."""
    hardware: str = ""
    """Hardware of the first machine. Empty in runs of earlier versions."""
    commit: str = ""
    """Commit of the code at the start, or ganzoo's version if the code was not a checkout."""
    format: int = field(default=FORMAT)

    @property
    def seed(self) -> int:
        """The run's seed."""
        return int(self.settings["trainer.seed"])

    def write(self, path: Path) -> None:
        """Write it as JSON, atomically."""
        write_whole(path, (json.dumps(asdict(self), indent=2) + "\n").encode())

    @classmethod
    def read(cls, path: Path) -> RunRecord:
        """Read a record.

        Raises:
            BrokenFile: The file is unreadable, not JSON or not a record.
        """
        try:
            return cls.of(json.loads(path.read_bytes()), path)
        except OSError as error:
            raise BrokenFile(f"cannot read {path}: {error.strerror or error}") from error
        except ValueError as error:
            raise _damaged(path, error) from error

    @classmethod
    def of(cls, raw: Any, path: Path) -> RunRecord:
        """The record in the JSON value ``raw``, which is from ``path``.

        Raises:
            BrokenFile: It is not a record.
        """
        try:
            if not isinstance(raw, dict):
                raise ValueError("it is not a JSON object")
            if raw["format"] != FORMAT:
                raise BrokenFile(
                    f"{path} has format {raw['format']}; this version of ganzoo reads {FORMAT}. "
                    "Use the version that made it"
                )
            if wrong := [k for k, kind in TYPES.items() if not isinstance(raw[k], kind)]:
                raise ValueError(f"{wrong[0]} is {raw[wrong[0]]!r}")
            int(raw["settings"]["trainer.seed"])
            if not raw["fields"]:
                raise ValueError("it has no fields")
            fields = {name: field_of(plain) for name, plain in raw["fields"].items()}
            lists = {name: tuple(raw.get(name, ())) for name in ("asked", "metrics")}
            for name, listed in lists.items():
                if not all(isinstance(each, str) for each in listed):
                    raise ValueError(f"{name} is {raw[name]!r}")
            if not isinstance(raw.get("preset"), str | None):
                raise ValueError(f"preset is {raw['preset']!r}")
            return cls(**{**raw, "fields": fields, **lists})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> BrokenFile:
    problem = f"it has no {error}" if isinstance(error, KeyError) else error
    return BrokenFile(f"{path} is not a run's record, or is damaged ({problem})")
