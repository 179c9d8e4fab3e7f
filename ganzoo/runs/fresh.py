"""An empty folder for a run, or a sweep, that was given none."""

from __future__ import annotations

import itertools
from datetime import datetime
from pathlib import Path

from ganzoo.errors import GanzooError
from ganzoo.runs.folder import ROOT


def new_folder(model: str, dataset: str) -> Path:
    """Make one under ``runs/``, named by what is trained, on what, and when.

    Raises:
        GanzooError: it cannot be made.
    """
    stem = f"{model}-{dataset}-{datetime.now():%Y%m%d-%H%M%S}"
    for i in itertools.count():
        path = ROOT / (f"{stem}-{i}" if i else stem)
        try:
            path.mkdir(parents=True)  # which claims it: another may begin in the same second
        except FileExistsError:
            continue
        except OSError as error:
            raise GanzooError(f"cannot make {path}: {error.strerror or error}") from error
        return path
    raise AssertionError("unreachable")
