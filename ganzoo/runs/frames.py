"""The frames of a run's animation: a few samples at many steps, stored apart from the grids.

A file has all frames since the last checkpoint, so that not every frame needs its own file. It is
written just before its checkpoint, so a resumed run has all earlier frames.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganzoo.engine.events import Frame
from ganzoo.errors import BrokenFile
from ganzoo.files import shown
from ganzoo.pictures.samples import Samples
from ganzoo.registry.records import Field
from ganzoo.runs.folder import Run
from ganzoo.runs.look import Look, columns_of, samples_of, squared, surface_of
from ganzoo.runs.reading import Count, fitted
from ganzoo.runs.record import field_of
from ganzoo.runs.tensors import read_tensors, write_tensors


class Frames:
    """Frames that are not written yet."""

    def __init__(self, run: Run, field: Field) -> None:
        self._run = run
        self._field = field
        self._columns: int | None = None
        self._waiting: dict[int, dict[str, Tensor]] = {}

    def add(self, step: int, frame: Frame) -> None:
        """Add a frame, with pictures as bytes."""
        samples = Samples(frame.samples.nan_to_num(), self._field)
        tensors = {name: torch.from_numpy(array) for name, array in samples.arrays().items()}
        surface = None if frame.surface is None else squared(frame.surface.nan_to_num())
        if surface is not None:
            tensors["surface"] = torch.from_numpy(surface)
        self._columns = frame.columns
        self._waiting[step] = tensors

    def write(self) -> None:
        """Write the waiting frames, if any.

        Raises:
            GanzooError: The file cannot be written.
        """
        if not self._waiting:
            return
        steps = list(self._waiting)
        every = self._waiting.values()
        tensors = {name: torch.stack([t[name] for t in every]) for name in self._waiting[steps[0]]}
        plain: dict[str, Any] = {"field": asdict(self._field), "steps": steps}
        if self._columns is not None:
            plain |= {"columns": self._columns}
        write_tensors(self._run.frame(steps[-1]), tensors, plain)
        self._waiting.clear()


def read_frames(run: Run, wanted: Collection[int]) -> dict[int, Look]:
    """The run's frames at these steps, without missing and damaged ones."""
    extent = run.record.extent
    found: dict[int, Look] = {}
    for last in sorted(run.frame_files()):
        with suppress(BrokenFile):
            found |= frames_in(run.frame(last), extent, wanted)
    return found


def frames_in(path: Path, extent: float | None, wanted: Collection[int]) -> dict[int, Look]:
    """The frames in a file at these steps. ``extent`` is the run's.

    Raises:
        BrokenFile: The file is missing, damaged or another kind of file.
    """
    tensors, plain = read_tensors(path)
    try:
        (name,) = set(tensors) - {"surface"}
        learnt, surfaces = field_of(plain["field"]), tensors.get("surface")
        steps: list[int] = fitted(plain["steps"], list[Count])
        columns = columns_of(plain)
        return {
            step: Look(
                samples_of(tensors[name][i], learnt, extent, columns),
                None if surfaces is None else surface_of(surfaces[i]),
            )
            for i, step in enumerate(steps)
            if step in wanted
        }
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise BrokenFile(f"{shown(path)} has no frames ({error})") from error
