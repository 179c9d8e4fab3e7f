"""The names of a run's files, exactly as ganzoo writes them.

A person may keep files of their own in a run's folder. ganzoo removes only files with these names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ganzoo.files import PART

LOOK = ".look.safetensors"
STEP = re.compile(r"step-([0-9]{8,18})(\.png|\.safetensors|\.look\.safetensors)")
WRITTEN = {
    "": re.compile(
        r"(run|status)\.json|(metrics|timings|health)\.csv|inputs\.safetensors|data\.sums|error\.txt"
    ),
    "samples": re.compile(rf"real\.(png|safetensors)|{STEP.pattern}"),
    "samples/*": STEP,
    "frames": STEP,
    "checkpoints": re.compile(rf"best\.safetensors|{STEP.pattern}"),
}
"""Folders -> what a training writes in them."""


def step_name(step: int, ending: str) -> str:
    """``step-00000020.png``."""
    return f"step-{step:08d}{ending}"


def steps_in(folder: Path, ending: str) -> list[int]:
    """The steps that have a file with this ending, newest first."""
    found = [(STEP.fullmatch(path.name), path) for path in folder.glob(f"step-*{ending}")]
    steps = [(int(match[1]), path.name) for match, path in found if match]
    return sorted((n for n, name in steps if name == step_name(n, ending)), reverse=True)


def unfinished(folder: Path) -> Iterator[Path]:
    """The temporary files that a killed training has left in a run's folder."""
    for below, written in WRITTEN.items():
        for path in folder.glob(str(Path(below, ".*.part"))):
            if path.parent.is_symlink() and below.endswith("*"):  # it is no folder of the run
                continue
            match = PART.fullmatch(path.name)
            if match and written.fullmatch(match[1]):
                yield path
