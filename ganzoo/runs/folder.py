"""A run's folder.

=====================================  ===========================================================
``run.json``                           everything that reproduces the run (`RunRecord`)
``metrics.csv``                        seeded quantities: identical whenever the run is repeated
``timings.csv``                        how fast it went
``health.csv``                         how varied the samples are, how near the data (`health`)
``samples/step-N.png``                 a grid from the same latents each time, and ``real.png``
``samples/step-N.safetensors``         the sampling weights that made it
``samples/step-N.look.safetensors``    the samples as numbers, and the discriminator's surface
``frames/step-N.safetensors``          few samples at many steps up to N, for the animation
``checkpoints/step-N.safetensors``     all that training goes on from: the last two
``checkpoints/best.safetensors``       the sampling weights with the best score, if it is evaluated
``evaluations.json``                   what metrics said of it afterwards, with their protocol
``status.json``                        how far it is
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
"""Where runs lie that were not given a folder."""
LOOK = ".look.safetensors"
DEEP = 4
"""How many folders deep a run is looked for."""
KEPT = 2
"""Checkpoints that are kept whole: if the newest is damaged, there is another."""


class Run:
    """A run's folder. Making one of these touches nothing."""

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
        return os.path.isfile(self._record)  # False, too, where the name is no name

    @property
    def record(self) -> RunRecord:
        """What was trained, read from ``run.json``."""
        return RunRecord.read(self._record)

    @property
    def _record(self) -> Path:
        return self.path / "run.json"

    def check_free(self) -> None:
        """See that a new run can be put here.

        Raises:
            UsageError: the folder is a file, another run's, or holds something else.
        """
        if self.exists:
            raise UsageError(
                f"{self.path} already holds a run: resume it with "
                f"`ganzoo train --resume {self.path}`, or choose another --out"
            )
        try:
            if self.path.exists() and not self.path.is_dir():
                raise UsageError(f"{self.path} is a file; --out names the folder for the run")
            if self.path.is_dir() and any(not p.name.startswith(".") for p in self.path.iterdir()):
                raise UsageError(f"{self.path} is not empty and holds no run; choose another --out")
        except OSError as error:
            raise UsageError(f"cannot look into {self.path}: {error.strerror or error}") from error

    def create(self, record: RunRecord) -> None:
        """Make the folder, with ``run.json`` in it.

        Raises:
            UsageError: see `check_free`.
            GanzooError: it cannot be written.
        """
        self.check_free()
        self.write_record(record)  # first of all: without it, this would be no run to resume

    def make_folders(self) -> None:
        """Make the folders; those that are there stay, less what a kill left half written.

        Raises:
            GanzooError: they cannot be made.
        """
        try:
            for folder in (self.samples, self.frames, self.checkpoints):
                folder.mkdir(parents=True, exist_ok=True)
            for names in (".*.json.*", ".*.csv.*", "samples/.*", "frames/.*", "checkpoints/.*"):
                for part in self.path.glob(f"{names}.part"):
                    part.unlink(missing_ok=True)
        except OSError as error:
            raise GanzooError(
                f"cannot make the folder {self.path}: {error.strerror or error}"
            ) from error

    def write_record(self, record: RunRecord) -> None:
        """Write ``run.json``."""
        record.write(self._record)

    @contextmanager
    def locked(self, wait: float = 1) -> Iterator[None]:
        """Hold the run for training. ``wait`` seconds: `ganzoo runs` holds it for a moment.

        Raises:
            UsageError: another process trains it.
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
        """Say how far the run is: ``running``, ``finished``, ``interrupted`` or ``failed``."""
        said = {"status": status, "step": step, **({"error": error} if error else {})}
        content = json.dumps(said) + "\n"
        write_whole(self.path / "status.json", content.encode())

    def status(self) -> tuple[str, int]:
        """How the run stands and the step it was at when it last said so.

        A run that says it is running, but that no process holds, was ``killed``.
        """
        status, step = self._said()
        if status == "running":
            with suppress(GanzooError), self.locked(wait=0):
                status, step = self._said()  # it may have ended since
                status = "killed" if status == "running" else status
        return status, step

    @property
    def error(self) -> str | None:
        """What a run failed of, where it said so."""
        try:
            said = json.loads((self.path / "status.json").read_bytes())
            return str(said["error"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _said(self) -> tuple[str, int]:
        """The same as it stands in ``status.json``, whether or not a process holds the run."""
        try:
            said: Mapping[str, Any] = json.loads((self.path / "status.json").read_bytes())
            return str(said["status"]), int(said["step"])
        except (OSError, ValueError, KeyError, TypeError):
            return "running", 0

    def real(self) -> Look | None:
        """Real samples to look at beside the generated; ``None`` where none are left."""
        from ganzoo.runs.look import read_look

        with suppress(BrokenFile):
            return read_look(self.samples / "real.safetensors", self.record.extent)
        return None

    def write_real(self, look: Look) -> None:
        """Keep real samples."""
        from ganzoo.runs.look import write_look

        write_look(self.samples / "real.safetensors", look)

    def look(self, step: int) -> Look:
        """What there was to see at a step that has a grid.

        Raises:
            BrokenFile: it is missing or damaged.
        """
        from ganzoo.runs.look import read_look

        return read_look(self.grid(step, LOOK), self.record.extent)

    def write_look(self, step: int, look: Look) -> None:
        """Keep what there is to see at a step."""
        from ganzoo.runs.look import write_look

        write_look(self.grid(step, LOOK), look)

    def look_steps(self) -> list[int]:
        """Steps that have a look, newest first."""
        return _steps(self.samples, LOOK)

    def grid(self, step: int, ending: str = ".png") -> Path:
        """The grid at a step, or with another ending what belongs to it."""
        return self.samples / _name(step, ending)

    def checkpoint(self, step: int) -> Path:
        """The checkpoint at a step."""
        return self.checkpoints / _name(step, ".safetensors")

    def checkpoint_steps(self) -> list[int]:
        """Steps that have a checkpoint, newest first."""
        return _steps(self.checkpoints, ".safetensors")

    def sampled_steps(self) -> list[int]:
        """Steps whose sampling weights are kept, newest first."""
        return _steps(self.samples, ".safetensors")

    def frame(self, last: int) -> Path:
        """The file of the frames whose last is of that step."""
        return self.frames / _name(last, ".safetensors")

    def frame_files(self) -> list[int]:
        """The last step of each file of frames, newest first."""
        return _steps(self.frames, ".safetensors")

    def drop(self, after: int) -> None:
        """Remove checkpoints and frames of later steps: they are damaged, or will be made again."""
        late = [self.checkpoint(step) for step in self.checkpoint_steps() if step > after]
        late += [self.frame(step) for step in self.frame_files() if step > after]
        for path in late:
            with suppress(OSError):
                path.unlink()

    def prune(self) -> None:
        """Remove all but the last checkpoints."""
        for step in self.checkpoint_steps()[KEPT:]:
            with suppress(PermissionError):  # Windows, while someone reads it: the next time then
                self.checkpoint(step).unlink(missing_ok=True)


def find(path: str | Path) -> Run:
    """The run in a folder, or of that name under ``runs/``.

    Raises:
        UsageError: there is none.
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
    """The runs under a folder, newest first; those of a sweep lie in a folder of their own."""
    if not root.is_dir():
        return []
    try:
        runs = list(_below(root, DEEP))
    except OSError as error:
        raise GanzooError(f"cannot look into {root}: {error.strerror or error}") from error
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
