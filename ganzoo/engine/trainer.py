"""The trainer plays rounds of moves and is an iterator of `Step`.

It prints nothing and writes nothing. It attaches everything that follows a round, such as a row of
metrics, a grid or a checkpoint, to that round's `Step`. The caller decides what to do with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from torch import Tensor

from ganzoo.engine.average import sampler_state, used
from ganzoo.engine.capture import Record
from ganzoo.engine.checks import checked_verdict
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.events import Frame, State, Step
from ganzoo.engine.feed import Feed
from ganzoo.engine.frames import frame_steps
from ganzoo.engine.game import Batch, Game, Move, View
from ganzoo.engine.parts import Parts
from ganzoo.engine.random import Draw, GlobalRandom, derive
from ganzoo.engine.rounds import Rounds, batches_in_round
from ganzoo.engine.sampling import Grid, compared, grid, sampled, sampling
from ganzoo.errors import Diverged, GanzooError
from ganzoo.registry.boundary import Guard, unguarded
from ganzoo.registry.records import Field

GetSamples = Callable[[str, int], tuple[Tensor, Batch]]
"""Returns samples of a view, and what to compare them with. See `compared`."""
Judge = Callable[[GetSamples], Mapping[str, float]]
"""Returns scores by name."""


def steps_per_epoch(moves: Sequence[Move], batches: int) -> int:
    """Rounds in an epoch of so many batches, at least 1."""
    return max(1, int(batches // batches_in_round(moves)))


class Trainer:
    """Trains a game on a feed. ``for step in trainer: ...`` continues from `load_state`.

    ``inputs`` are the held-out fields that views need. The discriminator is evaluated on the
    ``probes``, batches by name, with each grid, and on the ``mesh`` with each frame of the
    animation. ``judge`` scores samples. For ``record`` see `Rounds`. ``guard`` calls the game's own
    code.
    """

    def __init__(
        self,
        game: Game,
        feed: Feed,
        config: TrainerConfig,
        device: torch.device,
        inputs: Batch | None = None,
        probes: Mapping[str, Batch] | None = None,
        judge: Judge | None = None,
        mesh: Batch | None = None,
        record: Record | None = None,
        guard: Guard = unguarded,
    ) -> None:
        self.game = guard(game.to, device)
        self.feed = feed
        self.config = config
        self.device = device
        self.step = 0
        self._inputs = inputs or {}
        self._probes = probes or {}
        self._mesh = mesh
        self._judge = judge if config.evaluate_every else None
        self._guard = guard
        self._random = GlobalRandom(derive(config.seed, "global"), device)
        self.rounds = Rounds(game, config, device, record, guard)
        self.view = self.rounds.views[0]
        """The view that grids show."""
        self._name = self.view.field(feed.fields)
        self._made = self._field(self.view)
        label = self.view.label  # a code of the model means nothing to a critic of labels
        self._of_data = label is None or label.choices == feed.fields.get("label", label).choices
        self.progress = self.rounds.progress
        moves = [player.move for player in self.rounds.players]
        self.steps_per_epoch = steps_per_epoch(moves, feed.per_epoch)
        self.total = config.epochs * self.steps_per_epoch if config.epochs else config.steps
        self._average = self.rounds.average
        self._parts = Parts(game)
        self._framed = frozenset(frame_steps(self.total) if self._made.drawable else ())

    @property
    def grid(self) -> Grid:
        """The samples of a grid of the first view."""
        return self.grid_of(self.view)

    def grid_of(self, view: View) -> Grid:
        """The samples of a view's grid. Points need more than pictures."""
        return grid(view, self.config.samples or self._field(view).enough, self._inputs)

    @property
    def further(self) -> list[View]:
        """The views after the first whose samples have a picture."""
        return [view for view in self.rounds.views[1:] if self._field(view).drawable]

    @property
    def fixed_by(self) -> str:
        """Why the run depends on its length, or nothing if it does not."""
        if any(p.schedule is not None for p in self.rounds.players):
            return "its learning rate follows a schedule"
        return "it uses the share of the run that is done (draw.done)" if self.progress.read else ""

    def __iter__(self) -> Iterator[Step]:
        """One `Step` for the untrained game, and one after each round."""
        if self.step == 0:
            with self._random:
                event = self._report()
            yield event
        while self.step < self.total:
            with self._random:  # released at each yield, so the caller may draw, too
                batches = [next(self.feed) for _ in range(self.rounds.batches(self.step))]
                self.rounds.play(batches, self.step, self.total)
                self.step += 1
                event = self._report()
            yield event

    def draw(self, purpose: str) -> Draw:
        """The draw for a purpose, which begins with the same numbers each time."""
        self.progress.set(self.step, self.total)
        return Draw(derive(self.config.seed, purpose), self.device, self.progress)

    def sample(self, n: int, draw: Draw) -> Tensor:
        """``n`` samples from the sampling weights, (n, \\*shape) on the CPU. See `sampled`."""
        with self._average.in_place(self.game), sampling(self.game, self.device):
            return self._guard(sampled, self.view, self._made, n, draw, inputs=self._inputs)

    def draw_grid(self, view: View | None = None) -> Tensor:
        """The samples of a view's grid, from the same latents each time, (n, \\*shape) on the CPU.

        By default, it is the grid of the first view.
        """
        view, draw = view or self.view, self.draw("grid")
        shown, made = self.grid_of(view), self._field(view)
        with self._average.in_place(self.game), sampling(self.game, self.device):
            return self._guard(shown.sampled, made, draw, self._inputs)

    def draw_further(self) -> dict[str, Frame]:
        """The grids of the `further` views by name."""
        return {v.name: Frame(self.draw_grid(v), self.grid_of(v).columns) for v in self.further}

    def _field(self, view: View) -> Field:
        return self.feed.fields[view.field(self.feed.fields)]

    def scores(self) -> Mapping[str, float]:
        """The judge's scores of samples from the same latents each time."""
        assert self._judge is not None
        with self._average.in_place(self.game), sampling(self.game, self.device):
            return self._judge(self._to_score)

    def _to_score(self, name: str, n: int) -> tuple[Tensor, Batch]:
        """``n`` samples of a view, or as many as it has inputs."""
        view = next(view for view in self.rounds.views if view.name == name)
        n = min([n, *(len(self._inputs[need]) for need in view.needs)])
        draw = self.draw("evaluate")
        samples = self._guard(sampled, view, self._field(view), n, draw, inputs=self._inputs)
        return samples, compared(view, self.feed.fields, n, self._inputs)

    def verdicts(self, samples: Tensor) -> dict[str, Tensor]:
        """The discriminator's mean output on each sample of the probes and of a grid's ``samples``.

        The samples come with what they were given. Other fields that the discriminator may see come
        from the probes.
        """
        like = next(iter(self._probes.values()), {})
        index = torch.arange(len(samples))
        others = {k: v[(index % len(v)).to(v.device)] for k, v in like.items()}
        given = {k: v.to(self.device) for k, v in self.grid.given.items()}
        if others.get("label") is not None and not self._of_data:
            del given["label"]
        fake = {**others, **given, self._name: samples.to(self.device)}
        return self._judged({**self._probes, "fake": fake})

    def _judged(self, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        with sampling(self.game, self.device):
            verdicts = {
                name: self._guard(self.game.verdict, batch, self.draw(name))
                for name, batch in batches.items()
            }
        outputs = {name: checked_verdict(self.game, v) for name, v in verdicts.items()}
        return {name: means for name, means in outputs.items() if means is not None}

    def frame(self) -> Frame:
        """The animation's frame of this step, from the same latents each time."""
        draw, few = self.draw("frame"), grid(self.view, self._made.few, self._inputs)
        with self._average.in_place(self.game), sampling(self.game, self.device):
            samples = self._guard(few.in_one_batch, self._made, draw)
        outputs = self._judged({"surface": self._mesh}) if self._mesh else {}
        return Frame(samples, few.columns, outputs.get("surface"))

    def sampling_weights(self) -> dict[str, Tensor]:
        """Copies of the tensors that views use, by name, on the CPU."""
        with self._average.in_place(self.game):
            state = sampler_state(self.game, used(self.rounds.views))
            return {k: v.detach().cpu().clone() for k, v in state.items()}

    def state(self) -> State:
        """All that training continues from. It is not a copy, so write it before the next step."""
        tensors = {f"game/{k}": v for k, v in self.game.state_dict().items()}
        tensors |= {f"random/{k}": v for k, v in self._random.state.items()}
        rounds = self.rounds.state()
        plain = {"step": self.step, "drawn": self.feed.drawn, **rounds.plain}
        if self.progress.read:
            plain["reads_done"] = True
        return State({**tensors, **rounds.tensors}, plain)

    def load_state(self, state: State) -> None:
        """Continue from ``state``.

        Raises:
            GanzooError: The state belongs to another kind of device, to another game or to other
                optimizers.
        """
        began = next((kind for kind in ("cuda", "mps") if f"random/{kind}" in state.tensors), "cpu")
        if began != self.device.type:
            raise GanzooError(
                f"the checkpoint was written on {began}, and this is {self.device.type}. A run "
                "goes on only on a device of the same kind, because others draw other numbers"
            )
        try:
            self._load(state)
        except (KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
            why = " ".join(f"{error}".split())  # torch has a line for each weight
            raise GanzooError(f"the checkpoint belongs to another game: {why}") from error

    def _load(self, state: State) -> None:
        # copies, so that nothing depends on the memory that a file was read into
        own = State({k: v.clone() for k, v in state.tensors.items()}, state.plain)
        self.game.load_state_dict(own.under("game/"))
        self._random.state = own.under("random/")
        self.rounds.load(own)
        self.step = state.plain["step"]
        self.progress.read = bool(state.plain.get("reads_done"))
        self.feed.seek(state.plain["drawn"])

    def _report(self) -> Step:
        config, last = self.config, self.step == self.total
        metrics = samples = verdicts = scores = weights = state = None
        scoring, further = 0.0, {}
        if self.step and (last or self.step % config.log_every == 0):
            metrics = self._metrics()
            if self.step % config.log_every == 0:
                self.rounds.sums.clear()
        if last or self.step % config.sample_every == 0:
            samples, further = self.draw_grid(), self.draw_further()
            verdicts = self.verdicts(samples) if self._probes else None
            weights = self.sampling_weights()
        if self._judge and self.step and (last or self.step % config.evaluate_every == 0):
            begun = time.perf_counter()
            scores = self.scores()
            scoring = time.perf_counter() - begun
            weights = weights or self.sampling_weights()
        if last or self.step % config.checkpoint_every == 0:
            state = self.state
        if weights or state or self.step == 1:
            self._parts.check()
        if weights or state:
            self.check_weights()
        return Step(
            step=self.step,
            total=self.total,
            epoch=self.feed.drawn / self.feed.per_epoch,
            seen=self.feed.drawn * self.feed.batch_size,
            metrics=metrics,
            samples=samples,
            columns=None if samples is None else self.grid.columns,
            further=further,
            verdicts=verdicts,
            scores=scores,
            scoring=scoring,
            frame=self.frame() if self.step in self._framed else None,
            weights=weights,
            state=state,
        )

    def _metrics(self) -> dict[str, float]:
        means = self.rounds.sums.means()
        for name, value in means.items():
            if value - value != 0:  # infinite or NaN
                raise Diverged(f"{name} became {value} by step {self.step}")
        return means

    def check_weights(self) -> None:
        """Check that all parameters are finite numbers.

        Raises:
            Diverged: A parameter is not.
        """
        for name, value in self.game.named_parameters():
            if not bool(value.isfinite().all()):
                raise Diverged(f"weights {name} are not finite at step {self.step}")
