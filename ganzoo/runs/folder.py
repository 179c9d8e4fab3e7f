"""A run's folder.

=====================================  ===========================================================
``run.json``                           everything that reproduces the run (`RunRecord`)
``data.sums``                          checksums of the data that it learns from (`Fingerprint`)
``metrics.csv``                        seeded quantities, identical whenever the run is repeated
``timings.csv``                        how fast it was
``health.csv``                         diversity of samples, distance from the data (`health`)
``samples/step-N.png``                 a grid from the same latents each time, and ``real.png``
``samples/step-N.safetensors``         the sampling weights that made the grid
``samples/step-N.look.safetensors``    the samples as numbers, and the discriminator's surface
``samples/VIEW/``                      the same grids and numbers for each further view
``frames/step-N.safetensors``          a few samples at many steps up to N, for the animation
``checkpoints/step-N.safetensors``     all that training continues from, the last two
``checkpoints/best.safetensors``       the sampling weights with the best score, with evaluation
``evaluations.json``                   scores from `ganzoo evaluate`, with their protocol
``status.json``                        its status and step
``error.txt``                          the traceback of the last error of a plugin or of ganzoo
=====================================  ===========================================================
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.errors import BrokenFile, GanzooError, UsageError
from ganzoo.files import absolute, remove, shown
from ganzoo.prose.commands import shell_command
from ganzoo.runs.lock import locked
from ganzoo.runs.names import LOOK, step_name, steps_in, unfinished
from ganzoo.runs.record import RunRecord
from ganzoo.runs.status import UNKNOWN, Status, read_status, write_status
from ganzoo.runs.table import Table

if TYPE_CHECKING:
    from ganzoo.runs.look import Look  # which loads torch

KEPT = 2
"""Number of checkpoints to keep. If the newest is damaged, there is another."""


class Run:
    """A run's folder. Creating this object touches no files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        """The folder as it was named, for messages and commands."""
        self.folder = absolute(path)
        """The folder from the root, for files. A plugin may change the working directory."""
        self.metrics = Table(self.folder / "metrics.csv")
        self.timings = Table(self.folder / "timings.csv")
        self.health = Table(self.folder / "health.csv")
        self.samples = self.folder / "samples"
        self.frames = self.folder / "frames"
        self.checkpoints = self.folder / "checkpoints"
        self.real_file = self.samples / "real.safetensors"
        self.inputs = self.folder / "inputs.safetensors"
        self.best = self.checkpoints / "best.safetensors"
        self.evaluations = self.folder / "evaluations.json"
        self.trace = self.folder / "error.txt"

    @property
    def exists(self) -> bool:
        """Whether there is a run in this folder."""
        return os.path.exists(self.record_file)  # False for an invalid path, too

    @property
    def begun(self) -> bool:
        """Whether there is a run, unless it failed before it kept anything."""
        kept = self.metrics.path.exists() or self.checkpoint_steps() or self.sampled_steps()
        return self.exists and (bool(kept) or self.status()[0] != "failed")

    @property
    def record(self) -> RunRecord:
        """What was trained, read from ``run.json``."""
        return RunRecord.read(self.record_file)

    @property
    def record_file(self) -> Path:
        """The path of ``run.json``."""
        return self.folder / "run.json"

    def check_free(self) -> None:
        """Check that a new run can use this folder.

        Raises:
            UsageError: The path is a file, or the folder has a run or other files.
        """
        if self.exists and not self.begun:
            return
        if self.exists:
            files: list[str] = []
            with suppress(BrokenFile):
                files = self.record.files_for()
            resume = shell_command("train", "--resume", self.path, plugins=files)
            raise UsageError(
                f"{self.path} already holds a run. Resume it with `{resume}`, "
                "or choose another --out"
            )
        try:
            if self.path.exists() and not self.path.is_dir():
                raise UsageError(f"{self.path} is a file; --out names the folder for the run")
            if self.path.is_dir() and any(not p.name.startswith(".") for p in self.path.iterdir()):
                raise UsageError(f"{self.path} is not empty and holds no run; choose another --out")
        except OSError as error:
            raise UsageError(f"cannot read {self.path}: {error.strerror or error}") from error

    def create(self, record: RunRecord) -> None:
        """Create the folder with ``run.json`` in it.

        Raises:
            UsageError: See `check_free`.
            GanzooError: The file cannot be written.
        """
        self.check_free()
        self.write_record(record)  # first, because a run without it cannot be resumed

    def make_folders(self) -> None:
        """Create missing folders, and remove files that a kill left unfinished.

        Raises:
            GanzooError: They cannot be created, or they are links to elsewhere.
        """
        try:
            for folder in (self.samples, self.frames, self.checkpoints):
                folder.mkdir(parents=True, exist_ok=True)
                if folder.resolve() != self.folder.resolve() / folder.name:
                    raise GanzooError(
                        f"{shown(folder)} leads to {folder.resolve()}. A run removes old files in "
                        "it, so it must be a folder of the run. Move it here, or make the whole "
                        "run a link"
                    )
            for part in unfinished(self.folder):
                remove(part)
        except OSError as error:
            where = shown(Path(error.filename or self.folder))
            raise GanzooError(
                f"cannot create the folder {where}: {error.strerror or error}"
            ) from error

    def write_record(self, record: RunRecord) -> None:
        """Write ``run.json``."""
        record.write(self.record_file)

    @contextmanager
    def locked(self, wait: float = 1) -> Iterator[None]:
        """Lock the run for training. Wait some seconds, because `ganzoo runs` locks it briefly.

        Raises:
            UsageError: Another process is training it.
            GanzooError: It cannot be locked.
        """
        with locked(self.folder, wait):
            yield

    def write_status(self, status: str, step: int, error: str = "") -> None:
        """Write the run's status: ``running``, ``finished``, ``interrupted`` or ``failed``."""
        write_status(self._status, status, step, error)

    def status(self) -> tuple[str, int]:
        """The run's status and the step at which it was written.

        A run with the status running is ``killed`` if no process has locked it. The status is
        ``unknown`` if its file is damaged.
        """
        now = self._written()
        if now is None or now.status == "running":
            try:
                with self.locked(wait=0):
                    now = self._written()  # it may have ended since
            except GanzooError as error:  # locked, or it cannot be locked, as on a read-only disk
                if now is None and not isinstance(error, UsageError):
                    return UNKNOWN, 0
                return "running", now.step if now else 0
            if now is None:
                return UNKNOWN, 0
            if now.status == "running":
                return "killed", now.step
        return now.status, now.step

    @property
    def error(self) -> str | None:
        """The error of a failed run if it is known, or why the status is unknown."""
        try:
            return read_status(self._status).error or None
        except BrokenFile as error:
            return str(error)

    def _written(self) -> Status | None:
        with suppress(BrokenFile):
            return read_status(self._status)
        return None

    @property
    def _status(self) -> Path:
        return self.folder / "status.json"

    def real(self) -> Look | None:
        """Real samples to show next to generated ones, or ``None`` if they are missing."""
        from ganzoo.runs.look import read_look

        with suppress(BrokenFile):
            return read_look(self.real_file, self.record.extent)
        return None

    def write_real(self, look: Look) -> None:
        """Store real samples."""
        from ganzoo.runs.look import write_look

        write_look(self.real_file, look)

    def look(self, step: int, view: str = "") -> Look:
        """The samples and surface at a step with a grid.

        Raises:
            BrokenFile: The file is missing or damaged.
        """
        from ganzoo.runs.look import read_look

        record = self.record
        extent = record.views[view].extent if view else record.extent
        return read_look(self.grid(step, LOOK, view), extent)

    def write_look(self, step: int, look: Look, view: str = "") -> None:
        """Store the samples and surface of a step."""
        from ganzoo.runs.look import write_look

        write_look(self.grid(step, LOOK, view), look)

    def look_steps(self, view: str = "") -> list[int]:
        """Steps that have a look, newest first."""
        return steps_in(self.samples / view, LOOK)

    def grid(self, step: int, ending: str = ".png", view: str = "") -> Path:
        """The path of the grid at a step, or with another ending of another of its files.

        Here and in the other methods, ``view`` is a view after the first.
        """
        return self.samples / view / step_name(step, ending)

    def checkpoint(self, step: int) -> Path:
        """The path of the checkpoint at a step."""
        return self.checkpoints / step_name(step, ".safetensors")

    def checkpoint_steps(self) -> list[int]:
        """Steps that have a checkpoint, newest first."""
        return steps_in(self.checkpoints, ".safetensors")

    def sampled_steps(self) -> list[int]:
        """Steps whose sampling weights are kept, newest first."""
        return steps_in(self.samples, ".safetensors")

    def frame(self, last: int) -> Path:
        """The path of the file of frames whose last frame is of this step."""
        return self.frames / step_name(last, ".safetensors")

    def frame_files(self) -> list[int]:
        """The last step of each file of frames, newest first."""
        return steps_in(self.frames, ".safetensors")

    def drop(self, after: int) -> None:
        """Remove checkpoints and frames of later steps, which are damaged or will come again."""
        late = [self.checkpoint(step) for step in self.checkpoint_steps() if step > after]
        late += [self.frame(step) for step in self.frame_files() if step > after]
        for path in late:
            with suppress(OSError):
                remove(path)

    def prune(self) -> None:
        """Remove all but the last checkpoints."""
        for step in self.checkpoint_steps()[KEPT:]:
            with suppress(OSError):  # on Windows, while a process reads it; the next time does it
                remove(self.checkpoint(step))
