"""Where a run comes from: the machine, and the code."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import cache
from pathlib import Path

from ganzoo import __version__


def hardware(device: str) -> str:
    """What is used here for ``trainer.device``, as the system names it."""
    if device == "cuda":
        import torch

        return torch.cuda.get_device_name() if torch.cuda.is_available() else "a GPU elsewhere"
    name = platform.processor() or platform.machine()
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        name = next(
            line.partition(":")[2].strip() for line in told.splitlines() if "model name" in line
        )
    except (OSError, StopIteration):
        pass
    return f"{os.cpu_count()} cores of {name}"


@cache
def commit() -> str:
    """The commit of ganzoo's code, with its plugins; its version, where it is no checkout."""
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
        code = (":/ganzoo", ":/plugins")  # not the pages, which are being written
        changed = " with changes" if git("status", "--porcelain", "--", *code) else ""
        return f"commit {git('rev-parse', '--short=10', 'HEAD')}{changed}"
    except (OSError, subprocess.CalledProcessError):
        return f"ganzoo-core {__version__}"
