"""The machine and the code that made a run."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import cache
from pathlib import Path

from ganzoo import __version__


def hardware(device: str) -> str:
    """The hardware behind ``trainer.device``, with the system's name for it."""
    if device == "cuda":
        import torch

        return torch.cuda.get_device_name() if torch.cuda.is_available() else "a GPU elsewhere"
    name = platform.processor() or platform.machine()
    try:
        about = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        name = next(
            line.partition(":")[2].strip() for line in about.splitlines() if "model name" in line
        )
    except (OSError, StopIteration):
        pass
    return f"{os.cpu_count()} cores of {name}"


@cache
def commit() -> str:
    """The commit of ganzoo and its plugins, or the version if the code is not a checkout."""
    folder = Path(__file__).parent

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "--no-optional-locks", *words],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return done.stdout.strip()

    try:
        git("ls-files", "--error-unmatch", Path(__file__).name)  # else the checkout is another's
        code = (":/ganzoo", ":/plugins")  # without the pages, which may be changing
        changed = " with changes" if git("status", "--porcelain", "--", *code) else ""
        return f"commit {git('rev-parse', '--short=10', 'HEAD')}{changed}"
    except (OSError, subprocess.CalledProcessError):
        return f"ganzoo-core {__version__}"
