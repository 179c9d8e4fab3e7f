"""The number of a run's modes, which a diagnosis reads without loading torch."""

from __future__ import annotations

from pathlib import Path

from ganzoo.errors import BrokenFile
from ganzoo.files import open_file


def number_of_centres(path: Path) -> int:
    """How many centres of modes are kept with the real samples. 0 if there are none."""
    from safetensors import SafetensorError, safe_open

    try:
        open_file(path).close()
        with safe_open(path, framework="numpy") as real:
            shape = real.get_slice("centres").get_shape()
    except (OSError, BrokenFile, SafetensorError):  # missing, damaged, or none known
        return 0
    return int(shape[0]) if shape else 0
