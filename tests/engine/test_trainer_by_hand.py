"""What a training attaches to each step, held against numbers that can be computed on paper.

The game has one weight. A round takes it from 1 to 0.9, to 0.8 and so on, because its gradient is
the mean of points that are all 1, and the rate is 0.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from one_weight import CPU, OneWeight, OnGPU
from torch import Tensor

from ganzoo.engine import trainer as of_trainer
from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.data import Data
from ganzoo.engine.events import State, Step
from ganzoo.engine.feed import Feed
from ganzoo.engine.game import Batch, Move, View
from ganzoo.engine.random import Draw, derive
from ganzoo.engine.trainer import GetSamples, Trainer
from ganzoo.errors import Diverged, GanzooError
from ganzoo.registry.records import Field
from ganzoo.registry.settings import Override, resolve, settings_of

SEED = 3
EDGES = {"edge": torch.tensor([[10.0], [20.0], [30.0]])}


def drawn(purpose: str, *shape: int) -> Tensor:
    return Draw(derive(SEED, purpose)).normal(*shape)


class Points(OneWeight):
    """Its points are the weight and noise, and the input if there is one."""

    def __init__(self, each: Callable[[Points], object] = lambda game: None) -> None:
        super().__init__()
        self.played = 0
        self.each = each
        self.needs: tuple[str, ...] = ()

    def moves(self) -> tuple[Move, ...]:
        def loss(batch: Batch, draw: Draw) -> tuple[Tensor, dict[str, Tensor]]:
            self.played += 1
            self.each(self)
            return self.w.value * batch["point"].mean(), {"global": torch.rand(())}

        return (Move("move", ("w",), loss),)

    def views(self) -> tuple[View, ...]:
        return (View("samples", self.sample, uses=("w",), needs=self.needs),)

    def sample(self, n: int, draw: Draw, given: Batch) -> Tensor:
        return self.w.value + draw.normal(n, 2) + given.get("edge", 0)

    def verdict(self, batch: Batch, draw: Draw) -> Tensor | None:
        return batch["point"][:, :1] + 10 * batch.get("k", torch.zeros(1))[:, None] + draw.normal(1)


class Silent(Points):
    """Has no discriminator."""

    def verdict(self, batch: Batch, draw: Draw) -> Tensor | None:
        return None


def trainer(game: Points | None = None, shape: tuple[int, ...] = (2,), **more: Any) -> Trainer:
    given = {name: more.pop(name) for name in ("inputs", "probes", "judge", "mesh") if name in more}
    data = Data(
        {"point": Field(shape), "k": Field(())},
        {"point": np.ones((8, *shape), np.float32), "k": np.ones(8, np.float32)},
    )
    usual = {"batch_size": 2, "optimizer": "sgd", "lr": 0.1, "device": "cpu", "seed": SEED}
    config = TrainerConfig(**{**usual, **more})
    played = game or Points()
    played.needs = tuple(given.get("inputs", ()))
    if played.needs:
        data = replace(
            data,
            fields={**data.fields, "edge": Field((1,))},
            arrays={**(data.arrays or {}), "edge": np.ones((8, 1), np.float32)},
        )
    return Trainer(played, Feed(data, 2, 0, CPU), config, CPU, **given)


PROBES = {"held out": {"point": torch.ones(3, 2), "k": torch.tensor([1.0, 2.0, 3.0])}}


def size_of_1500(sampled: GetSamples) -> dict[str, float]:
    return {"size": len(sampled("samples", 1_500)[0])}


def test_each_thing_comes_when_it_is_due() -> None:
    run = trainer(
        steps=7, log_every=2, sample_every=3, evaluate_every=4, checkpoint_every=5, samples=4,
        probes=PROBES, judge=size_of_1500,
    )  # fmt: skip
    steps = list(run)

    def due(name: str) -> list[int]:
        return [step.step for step in steps if getattr(step, name) is not None]

    assert [step.step for step in steps] == due("frame") == list(range(8))
    assert due("metrics") == [2, 4, 6, 7]
    assert due("samples") == due("verdicts") == [0, 3, 6, 7]
    assert due("scores") == [4, 7]
    assert due("state") == [0, 5, 7]
    assert due("weights") == [0, 3, 4, 6, 7]
    losses = [step.metrics["move_loss"] for step in steps if step.metrics]
    assert losses == pytest.approx([(1 + 0.9) / 2, (0.8 + 0.7) / 2, (0.6 + 0.5) / 2, 0.4])
    assert run.rounds.sums.counts["move_loss"] == 1  # a longer run goes on with it
    assert all(0 <= step.scoring < 60 for step in steps)
    assert {step.step for step in steps if step.scoring} == {4, 7}
    weights = [float(step.weights["w.value"]) for step in steps if step.weights]
    assert weights == pytest.approx([1, 0.7, 0.6, 0.4, 0.3])


def test_nothing_is_scored_unless_it_is_set() -> None:
    assert not [s for s in trainer(steps=3, judge=size_of_1500) if s.scores is not None]


def test_grids_frames_and_scores_have_latents_of_their_own_from_the_averaged_weights() -> None:
    judged: list[Tensor] = []

    def judge(sampled: GetSamples) -> Mapping[str, float]:
        judged.extend((sampled("samples", 5)[0], sampled("samples", 5)[0]))
        return {"mean": 0.0}

    run = trainer(steps=2, samples=4, ema=0.9, evaluate_every=50, judge=judge,
                  mesh={"point": torch.tensor([[7.0, 0.0]])})  # fmt: skip
    *_, last = run
    average = run.rounds.average.values["w.value"]
    assert run.game.w.value.item() == pytest.approx(0.8) != average.item()
    assert last.samples is not None
    assert last.frame is not None
    assert torch.equal(last.samples, average + drawn("grid", 1_000, 2)[:4])
    assert torch.equal(last.frame.samples, average + drawn("frame", 400, 2))
    assert last.frame.surface is not None
    assert torch.equal(last.frame.surface, 7 + drawn("surface", 1))
    draw = Draw(derive(SEED, "evaluate"))
    expected = [average + draw.normal(1_000, 2)[:5]] * 2
    assert all(torch.equal(a, b) for a, b in zip(judged, expected, strict=True))


def test_inputs_are_translated_in_grids_frames_and_scores() -> None:
    judged: list[Tensor] = []

    def judge(sampled: GetSamples) -> Mapping[str, float]:
        samples, given = sampled("samples", 1_000)
        judged.extend((samples, sampled("samples", 2)[0], given["input"]))
        return {}

    run = trainer(steps=1, inputs=EDGES, evaluate_every=50, judge=judge)
    *_, last = run
    assert run.grid.n == 3
    draw = Draw(derive(SEED, "evaluate"))
    expected = 0.9 + EDGES["edge"]
    assert last.samples is not None
    assert last.frame is not None
    torch.testing.assert_close(last.samples, expected + drawn("grid", 3, 2))
    torch.testing.assert_close(last.frame.samples, expected + drawn("frame", 3, 2))
    torch.testing.assert_close(judged[0], expected + draw.normal(3, 2))
    assert torch.equal(judged[1], judged[0][:2])
    assert torch.equal(judged[2], EDGES["edge"])


def test_the_discriminator_sees_the_probes_and_samples_with_their_other_fields() -> None:
    run = trainer(probes=PROBES)
    found = run.verdicts(torch.tensor([[float(i), 0.0] for i in range(5)]))
    noise = {name: drawn(name, 1) for name in ("held out", "fake")}
    assert list(found) == ["held out", "fake"]
    assert torch.equal(found["held out"], torch.tensor([11.0, 21.0, 31.0]) + noise["held out"])
    fake = torch.tensor([0 + 10, 1 + 20, 2 + 30, 3 + 10, 4 + 20.0]) + noise["fake"]
    assert torch.equal(found["fake"], fake)
    assert trainer(Silent(), probes=PROBES).verdicts(torch.ones(5, 2)) == {}
    *_, last = trainer(Silent(), steps=1, mesh={"point": torch.ones(1, 2)})
    assert last.verdicts is None
    assert last.frame is not None
    assert last.frame.surface is None


def test_what_is_judged_is_on_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    class Noting(Points):
        def verdict(self, batch: Batch, draw: Draw) -> None:
            seen.extend(tensor.device.type for tensor in batch.values())

    monkeypatch.setattr(of_trainer, "Draw", lambda *_: None)
    meta = torch.device("meta")
    run = trainer(Noting(), probes={"real": {k: v.to(meta) for k, v in PROBES["held out"].items()}})
    run.device = meta
    run.verdicts(torch.ones(5, 2))
    assert seen == ["meta"] * 4


def test_the_size_of_a_grid_and_what_has_frames() -> None:
    assert trainer().grid.n == 2_500
    assert trainer(samples=7).grid.n == 7
    assert trainer(shape=(3,)).grid.n == 64
    assert trainer()._framed
    assert not trainer(shape=(3,))._framed


def test_torch_s_own_draws_are_the_seed_s() -> None:
    *_, last = trainer(steps=1)
    generator = torch.Generator().manual_seed(derive(SEED, "global"))
    assert last.metrics is not None
    assert last.metrics["global"] == torch.rand((), generator=generator).item()


def test_kept_weights_are_on_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    run, there = trainer(), torch.ones(2).as_subclass(OnGPU)
    monkeypatch.setattr(of_trainer, "sampler_state", lambda game, used: {"w": there})
    (kept,) = run.sampling_weights().values()
    assert type(kept) is Tensor
    assert kept.data_ptr() != there.data_ptr()


def test_what_was_loaded_is_the_training_s_own() -> None:
    first, second = trainer(ema=0.9, steps=2), trainer(ema=0.9, steps=2)
    list(first)
    tensors = {k: v.clone() for k, v in first.state().tensors.items()}
    second.load_state(State(tensors, first.state().plain))
    for tensor in tensors.values():
        tensor.fill_(0)
    now = second.state().tensors
    assert all(torch.equal(now[k], v) for k, v in first.state().tensors.items())


def test_a_state_of_another_game_is_refused_in_one_line() -> None:
    state = trainer().state()
    tensors = {k: v for k, v in state.tensors.items() if not k.startswith("game/")}
    with pytest.raises(GanzooError, match=r"^the checkpoint belongs to another game: ") as caught:
        trainer().load_state(State(tensors, state.plain))
    assert "w.value" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "\t" not in str(caught.value)


# Parts


def adding(at: int, *names: str) -> Callable[[Points], None]:
    def each(game: Points) -> None:
        for name in names if game.played == at else ():
            game.register_buffer(name, torch.zeros(1))

    return each


@pytest.mark.parametrize(("at", "noticed"), [(1, 1), (2, 5), (6, 6), (7, 9)])
def test_parts_are_looked_at_first_and_when_something_is_kept(at: int, noticed: int) -> None:
    run = trainer(Points(adding(at, "new")), steps=9, checkpoint_every=5, sample_every=6)
    with pytest.raises(GanzooError, match=r"^Points has new since training began"):
        list(run)
    assert run.step == noticed


@pytest.mark.parametrize(("at", "noticed"), [(1, 5), (6, 6), (7, 9)])
def test_weights_that_are_not_finite_are_not_kept(at: int, noticed: int) -> None:
    def each(game: Points) -> None:
        if game.played == at:
            game.v.value.data.fill_(float("inf"))

    run = trainer(Points(each), steps=9, checkpoint_every=5, sample_every=6)
    with pytest.raises(Diverged, match=rf"^weights v\.value are not finite at step {noticed}$"):
        list(run)


def test_the_first_part_that_came_or_went_is_named() -> None:
    with pytest.raises(GanzooError, match=r"^Points has a since training began"):
        list(trainer(Points(adding(1, "c", "a", "b"))))
    both = Points(lambda game: (delattr(game, "old"), adding(1, "a")(game)))
    both.register_buffer("old", torch.zeros(1))
    with pytest.raises(GanzooError, match=r"^Points has a since training began"):
        list(trainer(both))
    game = Points(lambda game: delattr(game, "old"))
    game.register_buffer("old", torch.zeros(1))
    with pytest.raises(GanzooError, match=r"^Points does not have old since training began"):
        list(trainer(game))


# Events and settings


def test_a_state_by_prefix() -> None:
    one = torch.ones(1)
    state = State({"game/a": one, "game/b/c": one, "average/a": one}, {})
    assert list(state.under("game/")) == ["a", "b/c"]
    assert Step(step=1, total=2, epoch=0.0, seen=0).scoring == 0


def test_settings_that_depend_on_each_other() -> None:
    """The order of the arguments of a message is the order of its words."""
    TrainerConfig(evaluate_every=150, batch_size=6, accumulate=3)
    with pytest.raises(GanzooError, match=r"^trainer\.evaluate_every is 30; expected a multiple"):
        TrainerConfig(evaluate_every=30)
    with pytest.raises(GanzooError, match=r"^trainer\.evaluate_every is 75; expected a multiple"):
        TrainerConfig(evaluate_every=75)
    with pytest.raises(GanzooError, match=r"^trainer\.accumulate is 3; expected a divisor of"):
        TrainerConfig(accumulate=3)


def test_the_usual_settings_are_those_that_runs_have_had() -> None:
    assert TrainerConfig() == TrainerConfig(
        epochs=None, steps=10_000, batch_size=64, seed=0, device="auto", threads=0,
        optimizer="adam", lr=2e-4, betas=(0.9, 0.999), weight_decay=0.0, schedule="constant",
        critic_moves=1, clip_norm=0.0, accumulate=1, precision="float32", cuda_graph="auto",
        dynamics="alternating", ema=0.0, samples=0, held_out=64, log_every=50, sample_every=500,
        checkpoint_every=500, evaluate_every=0, workers=2,
    )  # fmt: skip


@pytest.mark.parametrize("key", ["ema", "betas"])
def test_a_share_is_less_than_one(key: str) -> None:
    def resolved(value: float) -> Any:
        given = [value, 0.5] if key == "betas" else value
        values = resolve(settings, [Override(key, given, "--set")])
        return values[f"trainer.{key}"].value

    settings = settings_of("trainer", TrainerConfig)
    for value in (0.0, 0.5, 0.999):
        assert resolved(value) in (value, (value, 0.5))
    for value in (-0.5, 1.0, 1.5):
        with pytest.raises(GanzooError, match="expected"):
            resolved(value)
