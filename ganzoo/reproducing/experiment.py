"""An experiment as a TOML file: its protocol, its systems, and their reported scores."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from ganzoo.errors import BrokenFile, UsageError, suggest
from ganzoo.files import read_whole
from ganzoo.runs.reading import MOST

FOLDER = Path(__file__).parent / "experiments"
STRICT = ConfigDict(extra="forbid")
SAID_ELSEWHERE = {"steps", "epochs", "seed"}
"""Settings that an experiment gives as `Experiment.steps` and `Experiment.seeds` instead."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A publication with scores."""

    __pydantic_config__ = STRICT

    paper: str
    """A short name, such as ``"PacGAN"``."""
    link: str
    where: str
    """Table or section."""
    protocol: str
    """How the scores were measured, because papers use one label for different things. It follows a
    colon and ends without a full stop."""


@dataclass(frozen=True, kw_only=True)
class Reported:
    """The scores of a system in one source."""

    __pydantic_config__ = STRICT

    source: str
    """A key of the experiment's ``sources``."""
    scores: dict[str, float | tuple[float, float]]
    """Qualified name -> mean, or a pair of mean and standard error."""


@dataclass(frozen=True, kw_only=True)
class System:
    """A model with settings that the experiment compares with others."""

    __pydantic_config__ = STRICT

    name: str
    model: str
    loss: str | None = None
    penalty: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    """By qualified key. They replace the experiment's."""
    reported: tuple[Reported, ...] = ()
    differs: tuple[str, ...] = ()
    """How this system's protocol differs from the paper's, each difference as a sentence."""

    @property
    def folder(self) -> str:
        """``PacGAN2`` -> ``pacgan2``."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the table, which shows one score."""

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
    """What is trained, how it is scored, and what papers report."""

    __pydantic_config__ = STRICT

    name: str = ""
    """The file's name without ``.toml``. It is not in the file."""
    title: str
    about: str
    """A paragraph about the question that it answers."""
    dataset: str
    metric: str
    samples: int
    """Number of samples that are scored."""
    steps: int
    """Steps of the full protocol. A scale shortens them."""
    seeds: int
    """Number of seeds in the protocol. They start at 0."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Settings of every system, by qualified key."""
    columns: tuple[Column, ...]
    """The first column's score selects a run's best weights."""
    sources: dict[str, Source] = field(default_factory=dict)
    systems: tuple[System, ...]
    differs: tuple[str, ...] = ()
    """How the protocol differs from the paper's, each difference as a sentence."""
    tried: tuple[str, ...] = ()
    """What was tried to close the gap to the paper's results, each attempt as a sentence."""
    needs: tuple[str, ...] = ()
    """Distributions of the plugins that it needs."""

    def __post_init__(self) -> None:
        for name in ("samples", "steps", "seeds"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected at least 1")
        if not self.columns or any(column.digits < 0 for column in self.columns):
            raise ValueError("expected columns, with 0 digits or more")
        for settings in (self.settings, *(system.settings for system in self.systems)):
            if taken := SAID_ELSEWHERE & {key.removeprefix("trainer.") for key in settings}:
                raise ValueError(
                    f"{taken.pop()} cannot be a setting; use the experiment's steps and seeds"
                )
        folders = [system.folder for system in self.systems]
        if not all(folders) or not folders or len(set(folders)) < len(folders):
            raise ValueError("expected systems of different names, of letters and digits")
        known = {reported.source for system in self.systems for reported in system.reported}
        if unknown := known - set(self.sources):
            raise ValueError(f"no source is called {unknown.pop()!r}")

    def scaled(self, scale: float) -> int:
        """Steps at a scale from 0 to 1.

        Raises:
            UsageError: the scale is outside that range.
        """
        if not 0 < scale <= 1:
            raise UsageError(f"--scale {scale}: expected more than 0 and at most 1")
        return max(1, round(self.steps * scale))


def names() -> list[str]:
    """The experiments that come with ganzoo."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read(name: str) -> Experiment:
    """An experiment by its name, or from the user's file.

    Raises:
        UsageError: it does not exist, or the file does not describe an experiment.
    """
    path = FOLDER / f"{name}.toml"
    if name.endswith(".toml"):
        path = Path(name)
    elif name not in names():
        raise UsageError(
            f"unknown experiment {name!r}{suggest(name, set(names()))}; expected a name or a "
            ".toml file"
        )
    try:
        content = tomllib.loads(read_whole(path, MOST).decode())
        return TypeAdapter(Experiment).validate_python({**content, "name": path.stem})
    except FileNotFoundError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except BrokenFile as error:
        raise UsageError(str(error)) from error
    except ValidationError as error:
        first = min(error.errors(), key=lambda e: e["type"] != "unexpected_keyword_argument")
        where = ".".join(map(str, first["loc"])) or "it"
        raise UsageError(f"{path} is not an experiment ({where}: {first['msg']})") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from None
