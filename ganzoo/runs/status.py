"""``status.json``: a run's status, and the step at which it was written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ganzoo.files import write_whole
from ganzoo.runs.reading import EXACT, Count, read_json

UNKNOWN = "unknown"
"""The status of a run whose ``status.json`` is damaged."""


@dataclass(frozen=True)
class Status:
    """What the file says. A run that was killed is still called running."""

    __pydantic_config__ = EXACT

    status: Literal["running", "finished", "interrupted", "failed"]
    step: Count
    error: str = ""
    """Why the run failed, if it is known."""


def read_status(path: Path) -> Status:
    """The status in the file. A run without it was killed before its first step.

    Raises:
        BrokenFile: It is damaged.
    """
    try:
        status: Status = read_json(path, Status, "the status of a run")
    except FileNotFoundError:
        return Status("running", 0)
    return status


def write_status(path: Path, status: str, step: int, error: str = "") -> None:
    """Write the status. Letters that no file can hold are written as escapes."""
    error = error.encode("utf-8", "backslashreplace").decode()
    said = {"status": status, "step": step, **({"error": error} if error else {})}
    write_whole(path, (json.dumps(said) + "\n").encode())
