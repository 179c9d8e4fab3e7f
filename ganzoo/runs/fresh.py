"""A new folder for a run or sweep for which the user chose none."""

from __future__ import annotations

import itertools
from datetime import datetime
from pathlib import Path

from ganzoo.errors import GanzooError
from ganzoo.runs.finding import ROOT


def new_folder(model: str, dataset: str) -> Path:
    """Create a folder under ``runs/``, named after the model, the dataset and the time.

    Raises:
        GanzooError: It cannot be created.
    """
    stem = f"{model}-{dataset}-{datetime.now():%Y%m%d-%H%M%S}"
    for i in itertools.count():
        path = ROOT / (f"{stem}-{i}" if i else stem)
        try:
            path.mkdir(parents=True)  # claims it, because another run may begin in the same second
        except FileExistsError:
            continue
        except OSError as error:
            raise GanzooError(f"cannot create {path}: {error.strerror or error}") from error
        return path
    raise AssertionError("unreachable")
