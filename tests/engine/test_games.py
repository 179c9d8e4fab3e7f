"""The contract, proven: small games of many kinds on the unchanged engine.

Every model and every loss of the test plugin `games` trains, samples and resumes exactly, and its
moves touch what they say. After that, for each, that it does what its paper says.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import games
import numpy as np
import pytest
import torch
from games.two_rings import TwoRings
from same_runs import assert_same
from torch import Tensor

import ganzoo
from ganzoo.engine.random import derive
from ganzoo.engine.trainer import steps_per_epoch
from ganzoo.registry.registry import Plugin, ask, registry
from ganzoo.runs.folder import Run
from ganzoo.runs.tensors import read_tensors

STEPS, LOG, GRID, CHECKPOINT = 24, 4, 12, 10
BROKEN_OFF, KILLED = (2, 13), 18
"""Steps to stop at: no checkpoint is due there; one comes before the first row of metrics, and the
killed run has rows after its checkpoint."""
SETTINGS = {
    "trainer.steps": STEPS,
    "trainer.batch_size": 16,
    "trainer.log_every": LOG,
    "trainer.sample_every": GRID,
    "trainer.checkpoint_every": CHECKPOINT,
    "trainer.samples": 32,
    "trainer.device": "cpu",
    "trainer.threads": 1,
    "dataset.size": 400,
}
Record = ganzoo.Model | ganzoo.Loss
PLUGIN = ask(Plugin("games", "games"), games)
CASES = [r for r in PLUGIN.records if isinstance(r, Record)]
every_game = pytest.mark.parametrize("record", CASES, ids=lambda r: r.name)


@pytest.fixture(scope="module", autouse=True)
def plugin() -> Iterator[None]:
    """The plugin, registered for these tests alone."""
    ganzoo.register(games)
    added = registry().plugins[-1]
    yield
    registry().plugins.remove(added)


def training(record: Record, out: Path, **settings: Any) -> ganzoo.Training:
    """A run of a model on the dataset it asks for, or of a loss with ``vanilla-mlp``."""
    own = {key.replace("__", "."): value for key, value in settings.items()}
    if isinstance(record, ganzoo.Model):
        return ganzoo.train(record.name, out=out, settings=SETTINGS | own)
    small = {"model.latent": 2, "model.generator": (16,), "model.discriminator": (16,)}
    return ganzoo.train(
        "vanilla-mlp", loss=record.name, dataset="ring", out=out, settings=SETTINGS | small | own
    )


def named(name: str) -> Record:
    return next(r for r in CASES if r.name == name)


def game_of(name: str, tmp_path: Path, **settings: Any) -> Any:
    """The untrained game."""
    return training(named(name), tmp_path / "unused", **settings).trainer.game


def first_batch(run: ganzoo.Training) -> dict[str, Tensor]:
    return next(run.trainer.feed)


@dataclass(frozen=True)
class Done:
    """What became of one run, and what a kill in its middle would have left."""

    whole: Path
    killed: Path
    steps: list[ganzoo.Step]
    samples: Tensor
    """By the trainer, right after the last step."""


Runs = Callable[[Record], Done]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Name -> that game's run, made once."""
    made: dict[str, Done] = {}

    def get(record: Record) -> Done:
        if record.name not in made:
            folder = tmp_path_factory.mktemp(record.name)
            run, steps = training(record, folder / "whole"), []
            for step in run:
                steps.append(replace(step, state=None))
                if step.step == KILLED:
                    shutil.copytree(folder / "whole", folder / "killed")
            samples = run.trainer.sample(8, ganzoo.Draw(derive(5, "sample")))
            made[record.name] = Done(folder / "whole", folder / "killed", steps, samples)
        return made[record.name]

    return get


def test_the_plugin_is_whole() -> None:
    assert PLUGIN.failure is None
    assert {r.name for r in CASES} >= {
        "wasserstein-penalised", "began", "adversarial-autoencoder",
        "coded-points", "cycle",
    }  # fmt: skip


@every_game
def test_it_trains(record: Record, done: Runs) -> None:
    steps = done(record).steps
    assert [s.step for s in steps] == list(range(STEPS + 1))
    rows = [s.metrics for s in steps if s.metrics]
    assert len(rows) == STEPS // LOG
    assert all(math.isfinite(value) for row in rows for value in row.values())
    weights = [s.weights for s in steps if s.weights]
    assert len(weights) == 1 + STEPS // GRID
    assert weights[0]
    assert any(not torch.equal(v, weights[-1][k]) for k, v in weights[0].items())


@every_game
def test_it_samples(record: Record, done: Runs) -> None:
    run = done(record)
    trained = ganzoo.load(run.whole)
    samples = trained.sample(8, seed=5).tensor
    assert samples.shape == (8, 2)
    assert bool(samples.isfinite().all())
    assert torch.equal(samples, trained.sample(8, seed=5).tensor)
    assert torch.equal(samples, run.samples), "not the weights that were trained"
    earlier = ganzoo.load(run.whole, step=0).sample(8, seed=5).tensor
    assert not torch.equal(samples, earlier)
    if not trained.view.needs:
        assert not torch.equal(samples, trained.sample(8, seed=6).tensor)


@every_game
@pytest.mark.parametrize("stop", BROKEN_OFF)
def test_it_resumes_exactly_after_a_break(
    record: Record, stop: int, done: Runs, tmp_path: Path
) -> None:
    for step in training(record, tmp_path / "run"):
        if step.step == stop:
            break
    assert Run(tmp_path / "run").status() == ("interrupted", stop)
    for _ in ganzoo.train(resume=tmp_path / "run"):
        pass
    assert_same(tmp_path / "run", done(record).whole)


@every_game
def test_it_resumes_exactly_after_a_kill(record: Record, done: Runs, tmp_path: Path) -> None:
    shutil.copytree(done(record).killed, tmp_path / "run")
    run = Run(tmp_path / "run")
    assert run.status() == ("killed", CHECKPOINT)
    assert max(run.checkpoint_steps()) == CHECKPOINT
    assert max(int(row["step"]) for row in run.metrics.rows()) > CHECKPOINT
    steps = [step.step for step in ganzoo.train(resume=tmp_path / "run")]
    assert steps == list(range(CHECKPOINT + 1, STEPS + 1))
    assert_same(tmp_path / "run", done(record).whole)


def test_a_translation_is_held_against_what_it_translates_to(tmp_path: Path) -> None:
    settings = SETTINGS | {"trainer.evaluate_every": LOG, "trainer.samples": 64}
    run = ganzoo.train("cycle", out=tmp_path / "run", settings=settings, metrics=["middle"])
    for _ in run:
        pass
    samples = ganzoo.load(tmp_path / "run").sample(64).tensor.numpy()
    b = TwoRings(size=400).load().arrays["b"]  # type: ignore[index]
    expected = float(np.linalg.norm(samples.mean(axis=0) - b.mean(axis=0)))
    found = ganzoo.evaluate(tmp_path / "run", ["middle"], step=STEPS)
    assert found[0].scores["middle.distance"] == pytest.approx(expected, rel=1e-5)
    rows = Run(tmp_path / "run").metrics.numbers()
    assert rows[-1]["middle.distance"] == pytest.approx(expected, rel=1e-5)


# Wasserstein distance with a gradient penalty


def test_the_critic_makes_five_moves_each_on_a_batch_of_its_own(done: Runs, tmp_path: Path) -> None:
    record = named("wasserstein-penalised")
    assert [s.seen for s in done(record).steps[:4]] == [0, 80, 160, 240]
    run = training(record, tmp_path / "run")
    assert [m.repeats for m in run.trainer.game.moves()] == [5, 1]
    assert run.trainer.config.betas == (0.0, 0.9)
    seen: list[Tensor] = []
    critic = run.trainer.game.discriminator
    critic.register_forward_pre_hook(
        lambda c, args: seen.append(args[0].detach()) if c.training else None
    )
    for step in run:
        if step.step == 1:
            break
    real = [x[:16] for x in seen if len(x) == 32]  # real and fake as one batch
    assert len(real) == 5
    assert len(torch.cat(real).unique(dim=0)) == 5 * 16


def test_the_user_wins_over_what_the_loss_asks_for(tmp_path: Path) -> None:
    run = training(named("wasserstein-penalised"), tmp_path / "run", trainer__critic_moves=2)
    assert steps_per_epoch(run.trainer.game.moves(), 10) == 5  # two batches a round


# BEGAN


def test_the_balance_follows_its_formula_and_stays_in_bounds(tmp_path: Path) -> None:
    rate, gamma = 0.5, 0.5
    run = training(named("began"), tmp_path / "run", model__rate=rate, model__gamma=gamma,
                   trainer__log_every=1, trainer__steps=100)  # fmt: skip
    game: Any = run.trainer.game
    k, path = 0.0, []
    for step in run:
        if step.metrics:
            assert step.metrics["k"] == pytest.approx(k, abs=1e-5)
            surplus = gamma * step.metrics["L(x)"] - step.metrics["generator_loss"]
            k = min(max(k + rate * surplus, 0), 1)
            assert step.metrics["M"] == pytest.approx(step.metrics["L(x)"] + abs(surplus), 1e-4)
        assert game.balance.item() == pytest.approx(k, abs=1e-5)
        path.append(game.balance.item())
    assert path[0] == 0
    assert max(path) > 0.1
    assert 0 <= min(path) <= max(path) <= 1
    assert max(abs(b - a) for a, b in pairwise(path)) > 1e-3


def test_the_balance_weighs_the_fakes(tmp_path: Path) -> None:
    run = training(named("began"), tmp_path / "run")
    game: Any = run.trainer.game
    batch = first_batch(run)
    losses = []
    for k in (0.0, 1.0):
        game.balance.fill_(k)
        losses.append(game.discriminator_loss(batch, ganzoo.Draw(0))[0].item())
    fake = game.generator(2 * ganzoo.Draw(0).uniform(16, 4) - 1)
    error = (fake - game.discriminator(fake)).abs().mean()
    assert losses[0] - losses[1] == pytest.approx(error.item(), rel=1e-4)


# Adversarial autoencoder


@pytest.mark.parametrize("radius", [0.2, 4.0])
def test_it_reconstructs_and_its_codes_take_the_priors_size(radius: float, tmp_path: Path) -> None:
    # by reconstruction alone, the codes would end about as large as the data: near 0.2, near 3
    fast = {"trainer__lr": 5e-3, "trainer__betas": (0.5, 0.999), "trainer__log_every": 25}
    run = training(
        named("adversarial-autoencoder"), tmp_path / "run",
        trainer__steps=300, dataset__radius=radius, **fast,
    )  # fmt: skip
    errors = [step.metrics["reconstruction_loss"] for step in run if step.metrics]
    assert errors[-1] < errors[0] / 3
    points = torch.cat([first_batch(run)["point"] for _ in range(20)])
    with torch.no_grad():
        codes = run.trainer.game.encoder(points)
    assert 0.5 < codes.std(dim=0).mean() < 1.5
    assert codes.mean(dim=0).norm() < 1


def test_the_moves_share_the_encoder_and_each_has_an_optimizer_of_its_own(done: Runs) -> None:
    run = Run(done(named("adversarial-autoencoder")).whole)
    _, plain = read_tensors(run.checkpoint(STEPS))
    assert set(plain["optimizers"]) == {"reconstruction", "discriminator", "generator"}


def test_the_autoencoder_takes_any_loss_and_penalty(tmp_path: Path) -> None:
    run = ganzoo.train("adversarial-autoencoder", loss="wasserstein-penalised",
                       settings=SETTINGS | {"trainer.steps": 2}, out=tmp_path / "run")  # fmt: skip
    assert [step.seen for step in run] == [0, 80, 160]


# InfoGAN


def test_the_information_rises_towards_the_entropy_of_the_code(tmp_path: Path) -> None:
    run = training(named("coded-points"), tmp_path / "run", trainer__steps=300, trainer__lr=2e-3,
                   trainer__log_every=50)  # fmt: skip
    bound = [step.metrics["information"] for step in run if step.metrics]
    assert bound[-1] > bound[0] + 1
    assert max(bound) <= math.log(8)


def test_the_code_is_what_the_recogniser_reads(tmp_path: Path) -> None:
    game = game_of("coded-points", tmp_path)
    code, latents = torch.arange(8), list[Tensor]()
    game.generator.register_forward_pre_hook(lambda _, args: latents.append(args[0]))
    assert game.sample(8, ganzoo.Draw(0), {"label": code}).shape == (8, 2)
    assert latents[0].shape == (8, 2 + 8)
    assert torch.equal(latents[0][:, 2:], torch.eye(8))
    _, logs = game.info_loss({"point": torch.zeros(16, 2)}, ganzoo.Draw(0))
    assert logs["information"] < 0.2  # nothing is known of it yet


# The image pool and the cycle


def test_the_pool_is_in_the_checkpoint_and_survives_a_resume(done: Runs, tmp_path: Path) -> None:
    shutil.copytree(done(named("cycle")).killed, tmp_path / "run")
    kept, _ = read_tensors(Run(tmp_path / "run").checkpoint(CHECKPOINT))
    assert kept["game/pool_a.filled"] == 50
    run = ganzoo.train(resume=tmp_path / "run")
    game: Any = run.trainer.game
    assert game.pool_a.filled == 0
    at_start: dict[str, Tensor] = {}

    def note(pool: torch.nn.Module, _: object) -> None:
        at_start.setdefault("images", pool.images.clone())

    game.pool_a.register_forward_pre_hook(note)
    next(iter(run))
    assert torch.equal(at_start["images"], kept["game/pool_a.images"])
    assert bool(at_start["images"].any(dim=1).all())


def test_sampling_translates_the_held_out_inputs(done: Runs) -> None:
    run = done(named("cycle")).whole
    trained = ganzoo.load(run)
    held_out = torch.as_tensor(TwoRings(size=400).load().held_out["a"])
    expected = trained.game.to_b(held_out).detach()[:8]
    assert torch.equal(trained.sample(8, seed=1).tensor, expected)
    assert torch.equal(trained.sample(8, seed=2).tensor, expected)
    with pytest.raises(ganzoo.UsageError, match="only 64 inputs for a-to-b"):
        trained.sample(65)
    back = torch.as_tensor(TwoRings(size=400).load().held_out["b"])
    expected = trained.game.to_a(back).detach()[:8]
    assert torch.equal(trained.sample(8, view="b-to-a").tensor, expected)
    with pytest.raises(ganzoo.UsageError, match="cycle has no view 'back'; it has a-to-b, b-to-a"):
        trained.sample(8, view="back")
    with pytest.raises(ganzoo.UsageError, match="the view a-to-b of cycle takes no label"):
        trained.sample(8, label=1)


def test_translating_there_and_back_gives_the_input_again(tmp_path: Path) -> None:
    run = training(named("cycle"), tmp_path / "run", trainer__steps=200, trainer__lr=2e-3,
                   trainer__log_every=50)  # fmt: skip
    cycle = [step.metrics["cycle"] for step in run if step.metrics]
    assert cycle[-1] < cycle[0] / 3
