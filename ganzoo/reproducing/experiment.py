"""An experiment as a TOML file: protocol, systems, and what was reported of them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from ganzoo.errors import UsageError, suggest

FOLDER = Path(__file__).parent / "experiments"
STRICT = ConfigDict(extra="forbid")
SAID_ELSEWHERE = {"steps", "epochs", "seed"}
"""Settings that are not an experiment's to set: `Experiment.steps` and `Experiment.seeds` are."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where numbers were published."""

    __pydantic_config__ = STRICT

    paper: str
    """A short name, such as ``"PacGAN"``."""
    link: str
    where: str
    """Table or section."""
    protocol: str
    """How it was done there, in a sentence: one label means different things in two papers."""


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What one source reports of a system."""

    __pydantic_config__ = STRICT

    source: str
    """A key of the experiment's ``sources``."""
    scores: dict[str, float | tuple[float, float]]
    """Qualified name -> mean, or mean and standard error."""


@dataclass(frozen=True, kw_only=True)
class System:
    """One of the things compared."""

    __pydantic_config__ = STRICT

    name: str
    model: str
    loss: str | None = None
    penalty: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    """By qualified key, over the experiment's."""
    reported: tuple[Reported, ...] = ()
    differs: tuple[str, ...] = ()
    """Where this system's protocol is not the paper's, each in a sentence."""

    @property
    def folder(self) -> str:
        """``PacGAN2`` -> ``pacgan2``."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A score as the table shows it."""

    __pydantic_config__ = STRICT

    score: str
    title: str
    digits: int = 2
    percent: bool = False

    def text(self, value: float) -> str:
        """``0.956`` -> ``95.6 %``."""
        if self.percent:
            return f"{100 * value:.{self.digits}f} %"
        return f"{value:.{self.digits}f}"


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """What is trained, how it is scored, and what others found."""

    __pydantic_config__ = STRICT

    name: str = ""
    """The file's; not in it."""
    title: str
    about: str
    """What question it asks, in a paragraph."""
    dataset: str
    metric: str
    samples: int
    """How many are scored."""
    steps: int
    """The protocol's; a scale shortens them."""
    seeds: int
    """How many the protocol takes: 0 to this, less one."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Of every system, by qualified key."""
    columns: tuple[Column, ...]
    """The first decides which of a run's weights were the best."""
    sources: dict[str, Source] = field(default_factory=dict)
    systems: tuple[System, ...]
    differs: tuple[str, ...] = ()
    """Where the protocol is not the paper's, each in a sentence."""
    tried: tuple[str, ...] = ()
    """What was tried where ours is not theirs, each in a sentence."""
    needs: tuple[str, ...] = ()
    """Distributions that give what it takes."""

    def __post_init__(self) -> None:
        for name in ("samples", "steps", "seeds"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least 1")
        if not self.columns or any(column.digits < 0 for column in self.columns):
            raise ValueError("expected columns, with 0 digits or more")
        for settings in (self.settings, *(system.settings for system in self.systems)):
            if taken := SAID_ELSEWHERE & {key.removeprefix("trainer.") for key in settings}:
                raise ValueError(f"{taken.pop()} is no setting here: steps and seeds are above")
        folders = [system.folder for system in self.systems]
        if not all(folders) or not folders or len(set(folders)) < len(folders):
            raise ValueError("expected systems of different names, of letters and digits")
        known = {reported.source for system in self.systems for reported in system.reported}
        if unknown := known - set(self.sources):
            raise ValueError(f"no source is called {unknown.pop()!r}")

    def scaled(self, scale: float) -> int:
        """Steps at a scale of 0 to 1.

        Raises:
            UsageError: it is none.
        """
        if not 0 < scale <= 1:
            raise UsageError(f"--scale {scale}: expected more than 0 and at most 1")
        return max(1, round(self.steps * scale))


def names() -> list[str]:
    """The experiments that come with ganzoo."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read(name: str) -> Experiment:
    """An experiment by its name, or from a file of one's own.

    Raises:
        UsageError: there is none, or the file is no experiment.
    """
    path = FOLDER / f"{name}.toml"
    if name.endswith(".toml"):
        path = Path(name)
    elif name not in names():
        raise UsageError(
            f"unknown experiment {name!r}{suggest(name, set(names()))}; or give a .toml file"
        )
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return TypeAdapter(Experiment).validate_python({**content, "name": path.stem})
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except ValidationError as error:
        first = min(error.errors(), key=lambda e: e["type"] != "unexpected_keyword_argument")
        where = ".".join(map(str, first["loc"])) or "it"
        raise UsageError(f"{path} is no experiment: {where}: {first['msg']}") from None
    except ValueError as error:
        raise UsageError(f"{path} is not TOML: {error}") from None
