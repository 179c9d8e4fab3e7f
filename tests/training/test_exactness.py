"""A run that was stopped, however often and whenever, ends as if it had never been.

Weights are compared bit by bit, ``metrics.csv`` byte by byte. Kills are real: SIGKILL to a process.
"""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import TINY, Forks, Ganzoo
from picture_folder import PERCEPTRON, SMALL, pictures
from same_runs import assert_same, newest, state

import ganzoo as zoo


def go_on(args: tuple[str, ...], run: Path) -> tuple[str | Path, ...]:
    """What a person types after a crash: resume, or the same again where there is no run yet."""
    return ("train", "--resume", run) if (run / "run.json").exists() else (*args, "--out", run)


@pytest.mark.slow
def test_twenty_kills(forked: Forks, ganzoo: Ganzoo) -> None:
    args = (*TINY, "--steps", "1200")
    whole, run = Path("whole"), Path("run")
    forked(*args, "--out", whole).ok()
    rng = random.Random(20)
    kinds = ["at once", "starting", "at once", *rng.choices(["starting", "training"], [1, 2], k=14)]
    kinds += ["training"] * 3
    afresh = {5, 11, 16}  # these processes import torch themselves
    in_start, before_checkpoint = 0, 0
    for turn, kind in enumerate(kinds):
        had = newest(run)
        how = ganzoo if turn in afresh else forked
        process = how.start(*go_on(args, run))
        if kind == "at once":
            time.sleep(rng.uniform(0, 0.05))
        elif kind == "starting":
            time.sleep(rng.uniform(0, 3 if turn in afresh else 0.4))
        else:
            target = had + 10 * rng.randint(1, 3)
            process.until(lambda target=target: newest(run) >= target)  # type: ignore[misc]
            time.sleep(rng.uniform(0, 0.03))
        assert not process.ended(), process.read("err")
        process.signal(signal.SIGKILL)
        assert process.wait().status == -signal.SIGKILL
        in_start += newest(run) == had
        before_checkpoint += newest(run) < 0
    assert len(kinds) == 20
    assert before_checkpoint
    assert in_start - before_checkpoint
    assert newest(run) < 1200, "it was through before the last kill"
    forked(*go_on(args, run)).ok()
    assert_same(run, whole)


DYING = """
import os, signal
left = {left}
def dying(function):
    def before(*args, **kwargs):
        global left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return before
for name in ("mkdir", "fsync", "replace", "unlink"):
    setattr(os, name, dying(getattr(os, name)))
"""
"""Dies before a change to the disk, the n-th of the process."""


def test_kills_between_two_changes_to_the_disk(forked: Forks) -> None:
    args = (*TINY, "--steps", "60")
    forked(*args, "--out", "whole").ok()
    rng = random.Random(0)
    run = Path("run")
    for left in [1, 2, 3, 5, 8, *(rng.randint(1, 50) for _ in range(15))]:
        died = forked(*go_on(args, run), before=DYING.format(left=left))
        assert died.status in (0, -signal.SIGKILL), died
    forked(*go_on(args, run)).ok()
    assert_same(run, Path("whole"))
    assert not list(run.rglob("*.part"))


# Data that is read while it trains, by other processes

SOURCE = """
from dataclasses import dataclass
import ganzoo, numpy as np, torch
from torch import nn

@ganzoo.hookimpl
def ganzoo_datasets():
    yield ganzoo.Dataset(name="stream", summary="Own.", factory="own:Stream")

@ganzoo.hookimpl
def ganzoo_models():
    yield ganzoo.Model(name="noisy", summary="Own.", factory="own:Noisy", dataset="ring")

@ganzoo.hookimpl
def ganzoo_observers():
    yield ganzoo.Observer(name="meddler", summary="Own.", factory="own:Meddler")

@dataclass(frozen=True)
class Meddler:
    def watch(self, started):
        self.meddle(started)
        return self.meddle

    def meddle(self, event):
        torch.manual_seed(3)
        torch.rand(5)

@dataclass(frozen=True)
class Stream:
    def fields(self):
        return {"point": ganzoo.Field((2,))}

    def load(self):
        return ganzoo.Data(self.fields(), source=Points())

class Points:
    def __len__(self):
        return 100
    def item(self, index, rng):
        point = np.array([index / 50 - 1, 0]) + 0.1 * rng.standard_normal(2)
        return {"point": point.astype(np.float32)}

@dataclass(frozen=True)
class Noisy:
    def build(self, data, loss):
        def net(*sizes):
            one, two, three = sizes
            return nn.Sequential(nn.Linear(one, two), nn.BatchNorm1d(two), nn.ReLU(),
                                 nn.Dropout(0.3), nn.Linear(two, three))
        return ganzoo.TwoPlayer(net(2, 8, 2), net(2, 8, 1), loss, latent=2)
"""
OWN = ("--plugin", "own.py")


def stop_and_go(
    forked: Forks, args: tuple[str, ...], before: str = "", but: str = "nothing"
) -> None:
    """Killed twice and resumed, a run ends as one that was not."""
    forked(*args, "--steps", "60", "--out", "whole", before=before).ok()
    endless = (*args, "--steps", "60", "--out", "run")
    for step in (10, 30):
        process = forked.start(*endless, before=before)
        process.until(lambda step=step: newest(Path("run")) >= step)  # type: ignore[misc]
        process.signal(signal.SIGKILL)
        assert process.wait().status == -signal.SIGKILL
        root = OWN if args[0] == "--plugin" else ()
        endless = (*root, "train", "--resume", "run")
    forked(*endless, before=before).ok()
    assert_same(Path("run"), Path("whole"), but)


def test_streamed_pictures(forked: Forks) -> None:
    before = pictures(Path("pictures"))
    folder = ("--dataset", "image-folder", "--set", "root=pictures", "--batch-size", "8")
    stop_and_go(forked, (*PERCEPTRON, *folder), before, but="random/cpu")
    forked(*PERCEPTRON, *folder, "--steps", "60", "--out", "in memory").ok()
    metrics = [Path(run, "metrics.csv").read_bytes() for run in ("whole", "in memory")]
    assert metrics[0] == metrics[1]


def test_streamed_samples_with_randomness(forked: Forks) -> None:
    Path("own.py").write_text(SOURCE)
    args = (*OWN, *PERCEPTRON, "--dataset", "stream", "--batch-size", "8")
    stop_and_go(forked, args, but="random/cpu")
    forked(*args, "--steps", "60", "--set", "workers=0", "--out", "alone").ok()
    metrics = [Path(run, "metrics.csv").read_bytes() for run in ("whole", "alone")]
    assert metrics[0] == metrics[1]


def test_dropout_on_streamed_samples(forked: Forks) -> None:
    Path("own.py").write_text(SOURCE)
    stop_and_go(
        forked, (*OWN, "train", "noisy", "--dataset", "stream", "--batch-size", "8", *SMALL)
    )


def test_dropout_and_batch_norm(forked: Forks) -> None:
    Path("own.py").write_text(SOURCE)
    args = (*OWN, "train", "noisy", "--batch-size", "8", *SMALL, "--set", "ema=0.9")
    stop_and_go(forked, args)
    forked(*args, "--steps", "60", "--observer", "meddler", "--out", "meddled").ok()
    assert_same(Path("meddled"), Path("whole"))


# Within this process: what must not matter, and what must

SETTINGS: dict[str, Any] = {
    "model.latent": 2, "model.generator": [8], "model.discriminator": [8], "dataset.size": 320,
    "batch_size": 16, "threads": 1, "samples": 16, "log_every": 5, "sample_every": 20,
    "checkpoint_every": 10, "steps": 40,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _same_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def train(out: str, loss: str = "bce", observers: Any = (), **settings: Any) -> Path:
    for _ in begin(out, loss, observers, **settings):
        pass
    return Path(out)


def begin(out: str, loss: str = "bce", observers: Any = (), **settings: Any) -> zoo.Training:
    chosen = {**SETTINGS, **settings}
    return zoo.train(
        "vanilla-mlp", dataset="ring", loss=loss, settings=chosen, out=out, observers=observers
    )


def resume(run: Path, **settings: Any) -> Path:
    for _ in zoo.train(resume=run, settings=settings):
        pass
    return run


def until(training: zoo.Training, step: int) -> None:
    """Stop as Ctrl-C does."""
    for event in training:
        if event.step == step:
            break


VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "averaged": {"ema": 0.9},
    "in pieces": {"accumulate": 4},
    "clipped": {"clip_norm": 0.05},
    "falling rate": {"schedule": "linear"},
    "half the digits": {"precision": "bfloat16"},
    "rmsprop": {"optimizer": "rmsprop"},
    "sgd": {"optimizer": "sgd", "weight_decay": 0.1},
    "critic moves": {"critic_moves": 3},
    "minimax": {"loss": "minimax"},
    "two threads": {"threads": 2, "model.generator": [200], "batch_size": 64},
    "all at once": {
        "ema": 0.9, "accumulate": 2, "clip_norm": 0.05, "schedule": "linear", "critic_moves": 2,
        "precision": "bfloat16", "weight_decay": 0.01,
    },
}  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_way_of_training_resumes_exactly(variant: str) -> None:
    settings = VARIANTS[variant]
    whole = train("whole", **settings)
    until(begin("run", **settings), 17)
    assert newest(Path("run")) == 17
    for event in zoo.train(resume="run"):
        if event.step == 33:
            shutil.copytree("run", "killed")  # what SIGKILL would have left
            break
    assert newest(Path("killed")) == 30
    assert_same(resume(Path("run")), whole)
    assert_same(resume(Path("killed")), whole)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run with `SETTINGS`, of 40 steps."""
    return train(str(tmp_path_factory.mktemp("usual") / "run"))


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v not in ("plain", "two threads")])
def test_every_way_of_training_is_another(variant: str, usual: Path) -> None:
    plain, other = usual, train("other", **VARIANTS[variant])
    if variant != "averaged":
        assert (plain / "metrics.csv").read_bytes() != (other / "metrics.csv").read_bytes()
    grid = "samples/step-00000040.safetensors"
    assert (plain / grid).read_bytes() != (other / grid).read_bytes()


def test_the_seed_decides() -> None:
    one, same, other = (train(f"{i}", **{"trainer.seed": seed}) for i, seed in enumerate((7, 7, 8)))
    assert_same(one, same)
    assert (one / "metrics.csv").read_bytes() != (other / "metrics.csv").read_bytes()
    ours, theirs = state(one)[0], state(other)[0]
    assert not torch.equal(ours["game/generator.0.weight"], theirs["game/generator.0.weight"])


@pytest.mark.parametrize(("first", "then"), [(40, 80), (33, 57), (1, 12)])
def test_a_longer_run_is_as_if_it_had_been_asked_for(first: int, then: int) -> None:
    whole = train("whole", steps=then)
    run = resume(train("run", steps=first), steps=then)
    assert_same(run, whole)
    assert_same(resume(run), whole)  # and once more changes nothing


def test_a_longer_run_in_epochs() -> None:
    whole = train("whole", steps=80)
    run = train("run", steps=40)
    for _ in zoo.train(resume=run, settings={"epochs": 4}):
        pass
    assert_same(run, whole)


def same_weights(run: Path, other: Path) -> bool:
    assert (run / "metrics.csv").read_bytes() == (other / "metrics.csv").read_bytes()
    (ours, _), (theirs, _) = state(run), state(other)
    return all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize(
    "habits",
    [
        {"sample_every": 3},
        {"sample_every": 1000},
        {"samples": 5},
        {"checkpoint_every": 7},
        {"workers": 0},
    ],
    ids=lambda habits: " ".join(habits),
)
def test_looking_changes_nothing(habits: dict[str, int], usual: Path) -> None:
    assert same_weights(train("run", **habits), usual)


def test_how_often_is_logged_changes_no_weight(usual: Path) -> None:
    (ours, _), (theirs, _) = state(train("run", log_every=1)), state(usual)
    assert all(torch.equal(v, theirs[k]) for k, v in ours.items() if not k.startswith("metrics/"))


def test_an_observer_changes_nothing(usual: Path) -> None:
    def meddling(event: zoo.Event) -> None:
        torch.manual_seed(3)
        torch.rand(5)
        np.random.seed(3)
        if isinstance(event, zoo.Step):
            for values in (event.weights or {}).values():
                values.zero_()  # they are copies

    def failing(event: zoo.Event) -> None:
        if isinstance(event, zoo.Step) and event.step == 7:
            raise RuntimeError("sorry")

    run = train("run", observers=[meddling, failing])
    assert_same(run, usual)


def test_the_users_random_numbers_are_the_users(usual: Path) -> None:
    torch.manual_seed(5)
    expected = torch.rand(4)
    torch.manual_seed(5)
    drawn = []
    for event in begin("run"):
        if event.step % 10 == 0 and event.step:
            drawn.append(float(torch.rand(1)))
    assert_same(Path("run"), usual)
    assert drawn == expected.tolist()


def test_sampling_from_a_run_in_training_changes_nothing(usual: Path) -> None:
    for event in begin("run"):
        if event.step == 25:
            zoo.load("run").sample(10)
    assert_same(Path("run"), usual)
