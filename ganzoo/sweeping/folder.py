"""A sweep's folder: ``sweep.json``, which has what all runs have in common, and ``seed-K``.

A sweep over losses has a folder for each loss instead, each of which is a sweep over seeds.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from annotated_types import MinLen, Predicate

from ganzoo.errors import UsageError
from ganzoo.files import read_whole, unreadable, write_whole
from ganzoo.runs import reading
from ganzoo.runs.finding import ROOT
from ganzoo.runs.folder import Run

MOST = 1_000
"""The most seeds of a sweep. More are likely a typing mistake."""


def _is_name(text: str) -> bool:
    """Whether it names a folder in the sweep's own folder."""
    return text not in ("", ".", "..") and not re.search(r"[/\\:\0]", text)


Names = tuple[str, ...]
Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SweepRecord:
    """What ``sweep.json`` must have, to check it. `training.config` says what each means."""

    __pydantic_config__ = reading.EXACT

    model: str
    dataset: str
    loss: str | None = None
    penalty: str | None = None
    augmentation: str | None = None
    preset: str | None = None
    seeds: Annotated[tuple[reading.Count, ...], MinLen(1)]
    losses: tuple[Annotated[str, Predicate(_is_name)], ...] = ()
    observers: Names
    metrics: Names = ()
    settings: Values = field(default_factory=dict)
    asked: Names
    """Keys of the settings that the user set."""
    request: Values
    """What was requested, to compare it with a later request."""

    def __post_init__(self) -> None:
        if missing := [key for key in self.asked if key not in self.settings]:
            raise ValueError(f"it has no setting {missing[0]!r}")
        if not isinstance(self.request.get("settings", {}), Mapping):
            raise ValueError("the settings of its request are not a table")


@dataclass(frozen=True)
class Sweep:
    """A sweep's folder. Creating this object touches no files."""

    path: Path

    @property
    def exists(self) -> bool:
        """Whether there is a sweep in this folder."""
        return os.path.exists(self.file)

    @property
    def file(self) -> Path:
        """``sweep.json``, which is also a configuration: ``ganzoo train --config sweep.json``."""
        return self.path / "sweep.json"

    def run(self, seed: int) -> Run:
        """The run of a seed, which need not exist."""
        return Run(self.path / f"seed-{seed}")

    def parts(self) -> list[Sweep]:
        """The sweeps of each loss, or this sweep itself if it is over seeds."""
        return [Sweep(self.path / name) for name in self.read().get("losses", ())] or [self]

    def runs(self) -> list[Run]:
        """The runs that have started."""
        each = [part.run(seed) for part in self.parts() for seed in part.seeds()]
        return [run for run in each if run.exists]

    def seeds(self) -> list[int]:
        """The requested seeds."""
        return list(self.read()["seeds"])

    def read(self) -> dict[str, Any]:
        """The content of ``sweep.json``.

        Raises:
            BrokenFile: it is unreadable, or is not the record of a sweep.
        """
        try:
            content = read_whole(self.file, reading.MOST)
        except FileNotFoundError as error:
            raise unreadable(self.file, error) from error
        reading.parsed(content, SweepRecord, self.file, "the record of a sweep")
        return dict(json.loads(content))

    def write(self, content: Mapping[str, Any]) -> None:
        """Write ``sweep.json``.

        Raises:
            UsageError: it has text that no file can hold.
        """
        try:
            json.dumps(content, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise UsageError(f"a setting of the sweep is not valid text: {error}") from error
        write_whole(self.file, (json.dumps(content, indent=2) + "\n").encode())

    def check_free(self) -> None:
        """Check that a new sweep can use this folder.

        Raises:
            UsageError: the folder is a file, holds a run, or holds something else.
        """
        if Run(self.path).exists:
            raise UsageError(
                f"{self.path} holds a single run. A sweep needs its own folder: "
                "choose another --out"
            )
        Run(self.path).check_free()


def find_sweep(path: str | Path) -> Sweep | None:
    """The sweep in a folder, or of that name under ``runs/``. ``None`` if it is a run."""
    for folder in (Path(path), ROOT / path):
        if Run(folder).exists:
            return None
        if Sweep(folder).exists:
            return Sweep(folder)
    return None


def seeds_of(text: str) -> list[int]:
    """``0,3,7-9`` -> 0, 3, 7, 8, 9.

    Raises:
        UsageError: the text does not have that form.
    """
    seeds: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,19})\s*(?:-\s*(\d{1,19}))?\s*", part, re.ASCII)
        first, last = (int(n) for n in (match[1], match[2] or match[1])) if match else (1, 0)
        if last < first:
            raise UsageError(f"--seeds {text}: expected numbers and ranges, such as 0-9 or 0,3,7-9")
        if last - first >= MOST:
            raise UsageError(f"--seeds {text}: more than {MOST:,} seeds")
        seeds += range(first, last + 1)
    if len(seeds) > MOST or max(seeds) >= 2**63:
        raise UsageError(f"--seeds {text}: expected at most {MOST:,} seeds, each below 2**63")
    return sorted(set(seeds))


def spelt_seeds(seeds: Iterable[int]) -> str:
    """0, 3, 7, 8, 9 -> ``0,3,7-9``."""
    spans: list[list[int]] = []
    for seed in sorted(seeds):
        if spans and seed == spans[-1][1] + 1:
            spans[-1][1] = seed
        else:
            spans.append([seed, seed])
    return ",".join(_span(first, last) for first, last in spans)


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def differences(had: Mapping[str, Any], wanted: Mapping[str, Any]) -> Sequence[str]:
    """The differences of two requests (see `Sweep.read`), each as text."""
    one, two = ({**r, **r.get("settings", {}), "settings": None} for r in (had, wanted))
    return [
        f"{key}: the sweep has {then}, you requested {now}"
        for key in dict.fromkeys((*one, *two))
        if (then := _text(one.get(key))) != (now := _text(two.get(key)))
    ]


def _text(value: Any) -> str:
    return "nothing" if value in (None, []) else str(value)
