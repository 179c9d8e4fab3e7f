"""Finds runs: one by its name, or all in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ganzoo.errors import GanzooError, UsageError
from ganzoo.runs.folder import Run

ROOT = Path("runs")
"""The folder of runs for which the user chose none."""
DEEP = 4
"""Number of folder levels in which ganzoo looks for runs."""


def find(path: str | Path) -> Run:
    """The run in a folder, or with this name under ``runs/``.

    Raises:
        UsageError: There is no such run.
    """
    for candidate in (Path(path), ROOT / path):
        run = Run(candidate)
        if run.exists:
            return run
    names = [str(r.path.relative_to(ROOT)) for r in all_runs()]
    known = f"; under {ROOT}/ there is {', '.join(names[:5])}" if names else ""
    what = "holds no run (no run.json)" if os.path.exists(path) else "does not exist"
    raise UsageError(f"no such run: {path} {what}{known}")


def all_runs(root: Path = ROOT) -> list[Run]:
    """The runs under a folder, newest first, including those of sweeps."""
    try:
        runs = list(_below(root, DEEP)) if root.is_dir() else []
    except OSError as error:
        raise GanzooError(f"cannot read {root}: {error.strerror or error}") from error
    return sorted(runs, key=_written_at, reverse=True)


def _written_at(run: Run) -> float:
    with suppress(OSError):  # it may be gone by now
        return run.record_file.stat().st_mtime
    return 0.0


def _below(folder: Path, deep: int) -> Iterator[Run]:
    for path in (p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")):
        if Run(path).exists:
            yield Run(path)
        elif deep > 1:
            yield from _below(path, deep - 1)
