"""A run's folder.

=====================================  ===========================================================
``run.json``                           everything that reproduces the run (`RunRecord`)
``metrics.csv``                        seeded quantities, identical whenever the run is repeated
``timings.csv``                        how fast it was
``health.csv``                         diversity of samples, distance from the data (`health`)
``samples/step-N.png``                 a grid from the same latents each time, and ``real.png``
``samples/step-N.safetensors``         the sampling weights that made the grid
``samples/step-N.look.safetensors``    the samples as numbers, and the discriminator's surface
``frames/step-N.safetensors``          a few samples at many steps up to N, for the animation
``checkpoints/step-N.safetensors``     all that training continues from, the last two
``checkpoints/best.safetensors``       the sampling weights with the best score, with evaluation
``evaluations.json``                   scores from `ganzoo evaluate`, with their protocol
``status.json``                        its status and step
=====================================  ===========================================================
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filelock

from ganzoo.errors import BrokenFile, GanzooError, UsageError
from ganzoo.files import write_whole
from ganzoo.runs.record import RunRecord
from ganzoo.runs.table import Table

if TYPE_CHECKING:
    from ganzoo.runs.look import Look  # which loads torch

ROOT = Path("runs")
"""The folder of runs for which the user chose none."""
LOOK = ".look.safetensors"
DEEP = 4
"""Number of folder levels in which ganzoo looks for runs."""
KEPT = 2
"""Number of checkpoints to keep. If the newest is damaged, there is another."""


class Run:
    """A run's folder. Creating this object touches no files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.metrics = Table(path / "metrics.csv")
        self.timings = Table(path / "timings.csv")
        self.health = Table(path / "health.csv")
        self.samples = path / "samples"
        self.frames = path / "frames"
        self.checkpoints = path / "checkpoints"
        self.inputs = path / "inputs.safetensors"
        self.best = self.checkpoints / "best.safetensors"
        self.evaluations = path / "evaluations.json"

    @property
    def exists(self) -> bool:
        """Whether there is a run in this folder."""
        return os.path.isfile(self._record)  # False for an invalid path, too

    @property
    def record(self) -> RunRecord:
        """What was trained, read from ``run.json``."""
        return RunRecord.read(self._record)

    @property
    def _record(self) -> Path:
        return self.path / "run.json"

    def check_free(self) -> None:
        """Check that a new run can use this folder.

        Raises:
            UsageError: The path is a file, or the folder has a run or other files.
        """
        if self.exists:
            raise UsageError(
                f"{self.path} already holds a run. Resume it with "
                f"`ganzoo train --resume {self.path}`, or choose another --out"
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
            GanzooError: They cannot be created.
        """
        try:
            for folder in (self.samples, self.frames, self.checkpoints):
                folder.mkdir(parents=True, exist_ok=True)
            for names in (".*.json.*", ".*.csv.*", "samples/.*", "frames/.*", "checkpoints/.*"):
                for part in self.path.glob(f"{names}.part"):
                    part.unlink(missing_ok=True)
        except OSError as error:
            raise GanzooError(
                f"cannot create the folder {self.path}: {error.strerror or error}"
            ) from error

    def write_record(self, record: RunRecord) -> None:
        """Write ``run.json``."""
        record.write(self._record)

    @contextmanager
    def locked(self, wait: float = 1) -> Iterator[None]:
        """Lock the run for training. Wait some seconds, because `ganzoo runs` locks it briefly.

        Raises:
            UsageError: Another process is training it.
        """
        lock = filelock.FileLock(self.path / ".lock")
        try:
            lock.acquire(timeout=wait)
        except filelock.Timeout:
            raise UsageError(f"another process is training {self.path}") from None
        except OSError as error:
            raise GanzooError(f"cannot write in {self.path}: {error.strerror or error}") from error
        try:
            yield
        finally:
            lock.release()

    def write_status(self, status: str, step: int, error: str = "") -> None:
        """Write the run's status: ``running``, ``finished``, ``interrupted`` or ``failed``."""
        said = {"status": status, "step": step, **({"error": error} if error else {})}
        content = json.dumps(said) + "\n"
        write_whole(self.path / "status.json", content.encode())

    def status(self) -> tuple[str, int]:
        """The run's status and the step at which it was written.

        A run with the status running is ``killed`` if no process has locked it.
        """
        status, step = self._written()
        if status == "running":
            with suppress(GanzooError), self.locked(wait=0):
                status, step = self._written()  # it may have ended since
                status = "killed" if status == "running" else status
        return status, step

    @property
    def error(self) -> str | None:
        """The error of a failed run, if it is known."""
        try:
            said = json.loads((self.path / "status.json").read_bytes())
            return str(said["error"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _written(self) -> tuple[str, int]:
        """Status and step in ``status.json``."""
        try:
            said: Mapping[str, Any] = json.loads((self.path / "status.json").read_bytes())
            return str(said["status"]), int(said["step"])
        except (OSError, ValueError, KeyError, TypeError):
            return "running", 0

    def real(self) -> Look | None:
        """Real samples to show next to generated ones, or ``None`` if they are missing."""
        from ganzoo.runs.look import read_look

        with suppress(BrokenFile):
            return read_look(self.samples / "real.safetensors", self.record.extent)
        return None

    def write_real(self, look: Look) -> None:
        """Store real samples."""
        from ganzoo.runs.look import write_look

        write_look(self.samples / "real.safetensors", look)

    def look(self, step: int) -> Look:
        """The samples and surface at a step with a grid.

        Raises:
            BrokenFile: The file is missing or damaged.
        """
        from ganzoo.runs.look import read_look

        return read_look(self.grid(step, LOOK), self.record.extent)

    def write_look(self, step: int, look: Look) -> None:
        """Store the samples and surface of a step."""
        from ganzoo.runs.look import write_look

        write_look(self.grid(step, LOOK), look)

    def look_steps(self) -> list[int]:
        """Steps that have a look, newest first."""
        return _steps(self.samples, LOOK)

    def grid(self, step: int, ending: str = ".png") -> Path:
        """The path of the grid at a step, or with another ending of another of its files."""
        return self.samples / _name(step, ending)

    def checkpoint(self, step: int) -> Path:
        """The path of the checkpoint at a step."""
        return self.checkpoints / _name(step, ".safetensors")

    def checkpoint_steps(self) -> list[int]:
        """Steps that have a checkpoint, newest first."""
        return _steps(self.checkpoints, ".safetensors")

    def sampled_steps(self) -> list[int]:
        """Steps whose sampling weights are kept, newest first."""
        return _steps(self.samples, ".safetensors")

    def frame(self, last: int) -> Path:
        """The path of the file of frames whose last frame is of this step."""
        return self.frames / _name(last, ".safetensors")

    def frame_files(self) -> list[int]:
        """The last step of each file of frames, newest first."""
        return _steps(self.frames, ".safetensors")

    def drop(self, after: int) -> None:
        """Remove checkpoints and frames of later steps, which are damaged or will come again."""
        late = [self.checkpoint(step) for step in self.checkpoint_steps() if step > after]
        late += [self.frame(step) for step in self.frame_files() if step > after]
        for path in late:
            with suppress(OSError):
                path.unlink()

    def prune(self) -> None:
        """Remove all but the last checkpoints."""
        for step in self.checkpoint_steps()[KEPT:]:
            with suppress(PermissionError):  # on Windows, while a process reads it
                self.checkpoint(step).unlink(missing_ok=True)


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
    if not root.is_dir():
        return []
    try:
        runs = list(_below(root, DEEP))
    except OSError as error:
        raise GanzooError(f"cannot read {root}: {error.strerror or error}") from error
    return sorted(runs, key=lambda r: (r.path / "run.json").stat().st_mtime, reverse=True)


def _below(folder: Path, deep: int) -> Iterator[Run]:
    for path in (p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")):
        if Run(path).exists:
            yield Run(path)
        elif deep > 1:
            yield from _below(path, deep - 1)


def _name(step: int, ending: str) -> str:
    return f"step-{step:08d}{ending}"


def _steps(folder: Path, ending: str) -> list[int]:
    stems = (p.name[len("step-") : -len(ending)] for p in folder.glob(f"step-*{ending}"))
    return sorted((int(s) for s in stems if s.isdigit()), reverse=True)
