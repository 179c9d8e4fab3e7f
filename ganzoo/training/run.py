"""A run: start it, iterate it, stop it, resume it."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from ganzoo.engine.data import Data
from ganzoo.engine.events import Ended, Started, Step
from ganzoo.errors import BrokenFile, Diverged, GanzooError, PluginFailed, UsageError, told
from ganzoo.prose.commands import shell_command
from ganzoo.registry.records import KINDS, PARTS
from ganzoo.registry.registry import Registry
from ganzoo.runs.best import Best
from ganzoo.runs.finding import find
from ganzoo.runs.folder import Run
from ganzoo.runs.fresh import new_folder
from ganzoo.runs.inputs import write_inputs
from ganzoo.runs.look import Look
from ganzoo.runs.record import RunRecord
from ganzoo.runs.recorder import Recorder, newest_state
from ganzoo.runs.trace import keep_trace
from ganzoo.training.building import Built, build
from ganzoo.training.fingerprint import check_beside, check_same, stated, with_advice
from ganzoo.training.interrupts import closed_at_exit, uninterrupted
from ganzoo.training.loading import with_weights
from ganzoo.training.measuring import best_by
from ganzoo.training.observing import Observe, Observers
from ganzoo.training.parts import available
from ganzoo.training.plan import Plan, Request, plan
from ganzoo.training.recording import (
    check_device,
    check_resumed,
    other_parts,
    other_settings,
    record_of,
    recorded_request,
    resumed_record,
    warn_of_versions,
)
from ganzoo.training.trained import Trained

logger = logging.getLogger("ganzoo")


class Training:
    """A run that is ready to train. Iterate over it to train, one `Step` for each round of moves.

    If you stop it early (Ctrl-C, ``break``), it writes a checkpoint first. `finish` trains without
    a loop.
    """

    def __init__(
        self,
        built: Built,
        run: Run,
        record: RunRecord,
        observers: Sequence[Observe] = (),
        *,
        resumed: bool = False,
    ) -> None:
        self.run = run
        self.record = record
        self.plan = built.plan
        self.trainer = built.trainer
        self._built = built
        self._resumed = resumed
        self._observers = Observers(run, self.plan, observers)

    def __repr__(self) -> str:
        of = f"{self.record.model} on {self.record.dataset}"
        at = f"step {self.trainer.step:,} of {self.total:,}"
        return f"<Training {of}, {at}: {self.run.path}>"

    @property
    def data(self) -> Data:
        """The data that it learns from. It learns to generate the first field."""
        return self._built.data.led_by(self.trainer.view.field(self._built.data.fields))

    @property
    def total(self) -> int:
        """Steps in the whole run."""
        return self.trainer.total

    def finish(self) -> Trained:
        """Train to the end without a loop, and load the run: ``training.finish().sample()``.

        If a loop has stopped early, it continues from there.
        """
        if self.trainer.step < self.total:
            for _ in self:
                pass
        return with_weights(self.run, self.plan)

    @closed_at_exit
    def __iter__(self) -> Generator[Step, None, None]:
        with self.run.locked():
            try:
                with uninterrupted():
                    self._open()
                    recorder = self._recorder()
            except KeyboardInterrupt:
                self.run.write_status("interrupted", self.trainer.step)
                raise
            except Exception as error:
                if self._keep_trace(error):
                    reason = told(error)
                    self.run.write_status("failed", self.trainer.step, reason)
                raise
            status: Literal["finished", "interrupted", "failed"] = "failed"
            reason = ""  # if it is known
            whole = True  # whether no round is unfinished
            try:
                with uninterrupted():
                    self._observers.tell(self._started())
                steps = self._built.steps()
                while True:
                    with uninterrupted():
                        whole = False
                        step = next(steps, None)
                        if step is not None:
                            recorder.record(step)
                            self._observers.tell(step)
                            if step.state is not None:  # last, after observers have written
                                recorder.keep(step.step, step.state())
                                self.run.write_status("running", step.step)
                        whole = True
                    if step is None:
                        break
                    yield step
                status = "finished"
            except (KeyboardInterrupt, GeneratorExit):
                status = "interrupted"
                if whole:
                    self._keep(recorder)
                raise
            except Diverged as error:
                reason = str(error)
                with suppress(GanzooError):
                    recorder.keep_frames()  # they show what went wrong
                kept = self.run.checkpoint_steps()
                raise Diverged(
                    f"{error}. Start again with a smaller --set lr=...; "
                    f"{self.run.path} keeps the weights of step {kept[0] if kept else 0}"
                ) from error
            except BrokenFile as error:  # of the data
                reason = str(error)
                raise with_advice(error, self.run) from error
            except Exception as error:
                reason = told(error)
                self._keep_trace(error)
                raise
            finally:
                with suppress(GanzooError):  # a full disk must not hide the first error
                    self.run.write_status(status, self.trainer.step, reason)
                self._observers.tell(Ended(self.run.folder, self.trainer.step, status))

    def _started(self) -> Started:
        chosen = {part: name for part in PARTS if (name := self.plan.name(part))}
        settings = {**chosen, **{k: v.value for k, v in self.plan.values.items()}}
        learnt, extent = self._built.field, self.record.extent
        return Started(self.run.folder, self.trainer.step, self.total, settings, learnt, extent)

    def _open(self) -> None:
        """Create the folder, or cut it back to the checkpoint that training continues from."""
        run, trainer = self.run, self.trainer
        if not self._resumed:
            run.create(self.record)
            self._resumed = True  # iterated again, it continues
        run.make_folders()
        with suppress(OSError):
            run.trace.unlink()  # of an earlier attempt
        state = newest_state(run) if self._resumed else None
        if state is not None:
            trainer.load_state(state)
        run.drop(after=trainer.step if state is not None else -1)
        self._built.fingerprint.write(run.path)
        run.write_record(self.record)
        run.write_status("running", trainer.step)
        logged, sampled = trainer.config.log_every, trainer.config.sample_every
        for table, every in ((run.metrics, logged), (run.timings, logged), (run.health, sampled)):
            # a longer run has no row at the end of the shorter one
            table.cut(partial(_stays, every=every, done=trainer.step, total=trainer.total))

    def _recorder(self) -> Recorder:
        """What writes the steps. If the run cannot begin, its status says why."""
        try:
            if self.trainer.step == 0 or self.run.real() is None:
                self._keep_data()
        except GanzooError as error:
            with suppress(GanzooError):  # a full disk must not hide the first error
                self.run.write_status("failed", self.trainer.step, str(error))
            raise
        chosen = self._built.measures
        scored = [name for measure in chosen for name in measure.names]
        by = best_by(chosen)
        best = Best(self.run, *by, self.trainer.config.evaluate_every) if by else None
        if chosen and best is None:
            names = ", ".join(measure.metric.name for measure in chosen)
            why = "the first score of %s has no better direction"
            logger.warning(f"No best weights are kept, because {why}.", names)
        return Recorder(self.run, self._built.field, self.record.extent, scored, best)

    def _keep_data(self) -> None:
        """Store the data that the run needs or shows: held-out inputs and real samples."""
        if self._built.held_out:
            view = self.trainer.view
            write_inputs(self.run, self._built.held_out, view, self._built.data.fields)
        real = self._built.real()
        self.run.write_real(Look(real, modes=self._built.data.modes))
        if real.drawable:
            real.save(self.run.samples / "real.png")

    def _keep_trace(self, error: Exception) -> bool:
        """Keep the traceback of an error of a plugin or of ganzoo, and return whether it was one
        of these."""
        if isinstance(error, GanzooError) and not isinstance(error, PluginFailed):
            return False
        kept = keep_trace(self.run, error)
        if isinstance(error, PluginFailed):
            error.kept = kept
        return kept is not None

    def _keep(self, recorder: Recorder) -> None:
        """Write a checkpoint, unless one exists for this step or the weights have diverged."""
        if self.trainer.step not in self.run.checkpoint_steps():
            with suppress(Diverged):
                self.trainer.check_weights()
                recorder.keep(self.trainer.step, self.trainer.state())


def _stays(step: int, *, every: int, done: int, total: int) -> bool:
    """Whether a row stays. At step 0 the run begins again, and its first row comes again."""
    return done > 0 and step <= done and (step % every == 0 or step == total)


def start(
    registry: Registry,
    settled: Plan,
    out: str | Path | None = None,
    observers: Sequence[Observe] = (),
) -> Training:
    """A new run of a plan. Its folder is created when you iterate over it.

    Raises:
        UsageError: ``out`` already has a run or other files, or the parts do not fit together.
        DataUnavailable: The dataset is unavailable.
    """
    if out is not None:
        Run(Path(out)).check_free()  # before anything slow
    built = build(registry, settled)
    record = record_of(built)
    path = Path(out) if out is not None else new_folder(record.model, record.dataset)
    check_beside(path.parent, built.fingerprint)
    return Training(built, Run(path), record, observers)


def resume(
    registry: Registry,
    path: str | Path,
    request: Request,
    observers: Sequence[Observe] = (),
) -> Training:
    """A run from its last checkpoint.

    ``request`` may only repeat the run's parts and settings, or set a greater length.

    Raises:
        UsageError: The run does not exist, or it has other settings.
        BrokenFile: The run's files are damaged.
    """
    run = find(path)
    record = run.record
    check_device(run, record)
    open_values = {("device", "auto"), ("threads", "0")}  # the run decides
    kept = (w for w in request.overrides if (w.key.split(".")[-1], str(w.value)) not in open_values)
    request = replace(request, overrides=tuple(kept))
    differences = other_parts(record, request)
    if not differences:
        whole, again = request.over(recorded_request(record)), ("train", "--resume", run.path)
        settled = plan(registry, available(registry, run, whole, KINDS, again))
        differences = other_settings(record, settled)
    if differences:
        words = "train", "--config", run.path / "run.json"
        raise UsageError(
            f"cannot resume {run.path} with other settings:\n  "
            + "\n  ".join(differences)
            + f"\nFor a new run: {shell_command(*words, plugins=record.files_for())} ..."
        )
    known = stated(settled)
    check_same(run, known, settled, "resume")  # before the data is loaded, if possible
    built = build(registry, settled, known)
    check_resumed(run, record, built)
    warn_of_versions(record, built.plan)
    return Training(built, run, resumed_record(record, built), observers, resumed=True)
