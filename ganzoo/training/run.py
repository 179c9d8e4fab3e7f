"""Training as a person asks for it: from names and settings to a run's folder."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from ganzoo.engine.data import Data
from ganzoo.engine.events import Ended, Event, Started, Step
from ganzoo.errors import Diverged, GanzooError, UsageError
from ganzoo.registry.records import PARTS, Record
from ganzoo.registry.registry import Registry
from ganzoo.runs.best import Best
from ganzoo.runs.folder import Run, find
from ganzoo.runs.fresh import new_folder
from ganzoo.runs.look import Look
from ganzoo.runs.record import RunRecord
from ganzoo.runs.recorder import Recorder, newest_state
from ganzoo.runs.tensors import write_tensors
from ganzoo.training.building import Built, build
from ganzoo.training.interrupts import uninterrupted
from ganzoo.training.measuring import best_by
from ganzoo.training.plan import Plan, Request, asked_keys, plan
from ganzoo.training.recording import (
    command_of,
    other_parts,
    other_settings,
    plain_settings,
    record_of,
    recorded_request,
    warn_of_versions,
)
from ganzoo.training.trained import Trained, with_weights

logger = logging.getLogger("ganzoo")
Observe = Callable[[Event], None]


class Training:
    """A run that is ready to go. Iterate it: each `Step` is one round of moves.

    Stopping in the middle (Ctrl-C, ``break``) writes a checkpoint first. `finish` does without a
    loop.
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
        self._observers = [
            *observers,
            *(_watching(e.record, self.plan) for e in self.plan.observers),
        ]

    def __repr__(self) -> str:
        of = f"{self.record.model} on {self.record.dataset}"
        at = f"step {self.trainer.step:,} of {self.total:,}"
        return f"<Training {of}, {at}: {self.run.path}>"

    @property
    def data(self) -> Data:
        """What it learns from; the first field is the one that is learnt."""
        return self._built.data.led_by(self.trainer.game.makes(self._built.data.fields))

    @property
    def total(self) -> int:
        """Steps in the whole run."""
        return self.trainer.total

    def finish(self) -> Trained:
        """Train to the end without a loop, and load the run: ``training.finish().sample()``.

        After a loop that was left early it goes on from there.
        """
        if self.trainer.step < self.total:
            for _ in self:
                pass
        return with_weights(self.run, self.plan)

    def __iter__(self) -> Generator[Step, None, None]:
        with self.run.locked():
            try:
                with uninterrupted():
                    recorder = self._open()
            except KeyboardInterrupt:
                self.run.write_status("interrupted", self.trainer.step)
                raise
            status: Literal["finished", "interrupted", "failed"] = "failed"
            reason = ""  # where it is known
            whole = True  # whether we stand between two rounds
            try:
                with uninterrupted():
                    self._tell(self._started())
                steps = iter(self.trainer)
                while True:
                    with uninterrupted():
                        whole = False
                        step = next(steps, None)
                        if step is not None:
                            recorder.record(step)
                            self._tell(step)
                            if step.state is not None:  # last: observers have written theirs, too
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
                    recorder.keep_frames()  # they show how it went wrong
                kept = self.run.checkpoint_steps()
                raise Diverged(
                    f"{error}. Try anew with a smaller --set lr=...; "
                    f"{self.run.path} keeps the weights of step {kept[0] if kept else 0}"
                ) from error
            finally:
                with suppress(GanzooError):  # a full disk must not hide what went wrong
                    self.run.write_status(status, self.trainer.step, reason)
                self._tell(Ended(self.run.path, self.trainer.step, status))

    def _started(self) -> Started:
        chosen = {part: e.record.name for part in PARTS if (e := self.plan.entry(part))}
        settings = {**chosen, **{k: v.value for k, v in self.plan.values.items()}}
        learnt, extent = self._built.field, self.record.extent
        return Started(self.run.path, self.trainer.step, self.total, settings, learnt, extent)

    def _open(self) -> Recorder:
        """The folder, made or cut back to the checkpoint that training goes on from."""
        run, trainer = self.run, self.trainer
        if not self._resumed:
            run.create(self.record)
            self._resumed = True  # where it is iterated again, it goes on
        run.make_folders()
        state = newest_state(run) if self._resumed else None
        if state is not None:
            trainer.load_state(state)
        run.drop(after=trainer.step if state is not None else -1)
        run.write_record(self.record)
        run.write_status("running", trainer.step)
        logged, sampled = trainer.config.log_every, trainer.config.sample_every
        for table, every in ((run.metrics, logged), (run.timings, logged), (run.health, sampled)):
            # the row at the end of a shorter run is not one of a longer run's
            table.cut(partial(_stays, every=every, done=trainer.step, total=trainer.total))
        if trainer.step == 0 or run.real() is None:
            self._keep_data()
        chosen = self._built.measures
        scored = [name for measure in chosen for name in measure.names]
        by = best_by(chosen)
        best = Best(run, *by, trainer.config.evaluate_every) if by else None
        if chosen and best is None:
            names = ", ".join(measure.metric.name for measure in chosen)
            logger.warning(
                "No best weights are kept: neither higher nor lower is better of the first score "
                "of %s.", names
            )  # fmt: skip
        return Recorder(run, self._built.field, self.record.extent, scored, best)

    def _keep_data(self) -> None:
        """What the run needs or shows of the data: held-out inputs, and a look at real samples."""
        if self._built.held_out:
            write_tensors(self.run.inputs, self._built.held_out, {})
        real = self._built.real()
        self.run.write_real(Look(real, modes=self._built.data.modes))
        if real.drawable:
            real.save(self.run.samples / "real.png")

    def _keep(self, recorder: Recorder) -> None:
        """A checkpoint now, unless there is one or the weights are no longer worth keeping."""
        if self.trainer.step not in self.run.checkpoint_steps():
            with suppress(Diverged):
                self.trainer.check_weights()
                recorder.keep(self.trainer.step, self.trainer.state())

    def _tell(self, event: Event) -> None:
        for observe in list(self._observers):
            try:
                observe(event)
            except Exception as error:
                self._observers.remove(observe)
                name = getattr(observe, "__name__", type(observe).__name__)
                told = f"{type(error).__name__}: {error}"
                logger.warning("observer %s failed and is left out from here on (%s)", name, told)


def _stays(step: int, *, every: int, done: int, total: int) -> bool:
    """Whether a row does: at step 0 the run begins anew, and its first row comes again."""
    return done > 0 and step <= done and (step % every == 0 or step == total)


def _watching(record: Record, plan: Plan) -> Observe:
    """A plugin's observer as a function of every event: `Started` makes it watch."""
    observer = plan.make(record.group)
    hear: Callable[[Step | Ended], None] | None = None

    def tell(event: Event) -> None:
        nonlocal hear
        if isinstance(event, Started):
            hear = observer.watch(event)
            if hear is None:
                raise TypeError("watch() returned nothing; expected a function of each event")
        elif hear is not None:  # Ctrl-C may have come before it was
            hear(event)

    tell.__name__ = record.name
    return tell


def start(
    registry: Registry,
    settled: Plan,
    out: str | Path | None = None,
    observers: Sequence[Observe] = (),
) -> Training:
    """A new run of a plan. Its folder is made when it is iterated."""
    if out is not None:
        Run(Path(out)).check_free()  # before anything slow
    built = build(registry, settled)
    record = record_of(built)
    path = Path(out) if out is not None else new_folder(record.model, record.dataset)
    return Training(built, Run(path), record, observers)


def resume(
    registry: Registry,
    path: str | Path,
    request: Request,
    observers: Sequence[Observe] = (),
) -> Training:
    """A run from its last checkpoint.

    ``request`` may name what the run was made with, or a greater length; nothing else.

    Raises:
        UsageError: there is no such run, or it was made with other settings.
        BrokenFile: the run's files are damaged.
    """
    run = find(path)
    record = run.record
    silence = {("device", "auto"), ("threads", "0")}  # leaves it to the run
    request = replace(
        request,
        overrides=tuple(
            w for w in request.overrides if (w.key.rpartition(".")[2], str(w.value)) not in silence
        ),
    )
    differences = other_parts(record, request)
    if not differences:
        settled = plan(registry, request.over(recorded_request(record)))
        differences = other_settings(record, settled)
    if differences:
        raise UsageError(
            f"cannot resume {run.path} with other settings:\n  "
            + "\n  ".join(differences)
            + f"\nTo train anew with them: ganzoo train --config {run.path / 'run.json'} ..."
        )
    built = build(registry, settled)
    warn_of_versions(record, built.plan)
    now = (built.data.fields, built.trainer.steps_per_epoch)
    if now != (record.fields, record.steps_per_epoch):
        raise UsageError(f"cannot resume {run.path}: its data has changed since it was begun")
    if built.trainer.total < record.total:
        raise UsageError(
            f"{run.path} is a run of {record.total} steps; it can be made longer, not shorter "
            f"(you asked for {built.trainer.total})"
        )
    if built.trainer.total > record.total and built.trainer.length_matters:
        raise UsageError(
            f"{run.path} cannot be made longer: its learning rate follows a schedule over its "
            f"{record.total} steps"
        )
    record = replace(
        record,
        settings=plain_settings(built.plan),
        asked=asked_keys(built.plan),
        total=built.trainer.total,
        command=command_of(built.plan),
    )
    return Training(built, run, record, observers, resumed=True)
