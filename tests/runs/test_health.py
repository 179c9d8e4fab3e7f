"""What is measured of each grid: the formulas on small numbers, and what a run writes down."""

import math
from itertools import product
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
import torch
from conftest import Forks

import ganzoo
from ganzoo.pictures.samples import Samples
from ganzoo.runs.folder import Run
from ganzoo.runs.health import health
from ganzoo.runs.look import Look, read_look, squared, write_look

POINT = ganzoo.Field((2,))
FAKE = [(0.0, 0.0), (3.0, 4.0), (0.0, 1.0)]
REAL = [(0.0, 0.0), (6.0, 8.0)]
BEFORE = [(0.0, 2.0), (3.0, 4.0), (0.0, 2.0)]


def points(rows):
    return Samples(torch.tensor(rows), POINT)


def apart(xs, ys):
    return [math.dist(x, y) for x, y in product(xs, ys)]


def within(xs):
    return fmean(math.dist(x, y) for i, x in enumerate(xs) for j, y in enumerate(xs) if i != j)


def test_the_numbers_are_those_of_the_formulas():
    row = health(points(FAKE), Look(points(REAL)), points(BEFORE), {})
    spread = within(REAL)
    assert spread == 10
    assert row["diversity"] == pytest.approx(within(FAKE) / spread, abs=1e-6)
    energy = 2 * fmean(apart(FAKE, REAL)) - within(FAKE) - within(REAL)
    assert row["distance"] == pytest.approx(energy / spread, abs=1e-6)
    moved = fmean(math.dist(x, y) for x, y in zip(FAKE, BEFORE, strict=True))
    assert row["change"] == pytest.approx(moved / spread, abs=1e-6)


def test_samples_of_the_data_s_own_distribution_are_near_and_varied():
    data = ganzoo.load_data("ring").arrays["point"]
    real, same = Samples(torch.tensor(data[:2500]), POINT), torch.tensor(data[2500:5000])
    modes = ganzoo.load_data("ring").modes
    row = health(Samples(same, POINT), Look(real, modes=modes), None, {})
    assert row["diversity"] == pytest.approx(1, abs=0.05)
    assert abs(row["distance"]) < 0.02
    assert row["modes"] == 8
    assert row["good"] == pytest.approx(0.989, abs=0.01)
    assert math.isnan(row["change"])


def test_a_mode_counts_with_one_good_sample_and_not_with_a_bad_one():
    modes = ganzoo.Modes(np.array([[0.0, 0.0], [10.0, 0.0]]), sigma=1.0)
    seen = points([(2.9, 0.0), (6.9, 0.0)])
    row = health(seen, Look(points(REAL), modes=modes), None, {})
    assert (row["modes"], row["good"]) == (1, 0.5)


def test_equal_samples_have_no_diversity_and_equal_real_ones_no_scale():
    same = points([(1.0, 1.0)] * 3)
    assert health(same, Look(points(REAL)), None, {})["diversity"] == 0
    assert math.isnan(health(same, Look(same), None, {})["diversity"])


def test_verdicts_are_averaged():
    outputs = {"seen": torch.tensor([1.0, 2.0]), "fake": torch.tensor([-1.0])}
    row = health(points(FAKE), Look(points(REAL)), None, outputs)
    assert (row["seen"], row["fake"]) == (1.5, -1.0)


def test_a_mesh_becomes_a_square_and_what_was_packed_does_not():
    assert squared(torch.arange(9.0)).tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert squared(torch.arange(8.0)) is None


def test_a_run_of_points_keeps_what_there_was_to_see(trained: Path):
    run = Run(trained)
    rows = run.health.rows()
    assert [int(row["step"]) for row in rows] == [0, 20, 40] == sorted(run.look_steps())
    assert set(rows[0]) == {"step", "diversity", "distance", "change", "modes", "good"}
    real, look = run.real(), run.look(40)
    assert real.modes.centres.shape == (8, 2)
    assert look.samples.tensor.shape == (16, 2)
    assert torch.equal(look.samples.tensor, run.look(40).samples.tensor)
    assert look.surface.shape == (48, 48)
    assert run.look(0).surface.tolist() != look.surface.tolist()
    assert {"discriminator_gradient", "generator_gradient"} <= set(run.metrics.rows()[0])


def test_the_surface_is_the_discriminator_s(trained: Path, forked: Forks):
    """Low y comes first, and x runs along a row: by the weights of the last checkpoint."""
    from ganzoo.registry.registry import registry
    from ganzoo.runs.recorder import newest_state
    from ganzoo.training import loading as again

    run = Run(trained)
    game = again.load(registry(), trained).game
    state = newest_state(run)
    game.load_state_dict({k[5:]: v for k, v in state.tensors.items() if k.startswith("game/")})
    extent, surface = run.record.extent, run.look(40).surface
    for row, column in ((0, 0), (0, 47), (47, 0), (20, 31)):
        x, y = (-extent + 2 * extent * i / 47 for i in (column, row))
        with torch.no_grad():
            told = game.discriminator(torch.tensor([[x, y]], dtype=torch.float32))
        assert told.item() == pytest.approx(surface[row, column], abs=1e-4)


def test_a_run_of_pictures_asks_about_some_that_it_never_trains_on(forked: Forks):
    args = ("train", "vanilla-mlp", "--dataset", "mnist-5k", "--set", "dataset.size=200")
    small = ("--set", "model.generator=8", "--set", "model.discriminator=8", "--steps", "4")
    forked(*args, *small, "--batch-size", "20", "--out", "run").ok()
    rows = Run(Path("run")).health.rows()
    assert {"seen", "unseen", "fake"} <= set(rows[0])
    assert rows[-1]["seen"] != rows[-1]["unseen"]
    look = Run(Path("run")).look(4)
    assert look.surface is None
    kept = ganzoo.load("run").sample(64)
    assert look.samples.arrays()["images"].shape == kept.arrays()["images"].shape
    forked(*args, *small, "--set", "held_out=0", "--batch-size", "20", "--out", "all").ok()
    assert "seen" not in Run(Path("all")).health.rows()[0]


def test_a_look_is_read_as_it_was_written(trained: Path):
    run = Run(trained)
    look = run.look(20)
    write_look(Path("again.safetensors"), Look(look.samples, look.surface, run.real().modes))
    again = read_look(Path("again.safetensors"), run.record.extent)
    assert torch.equal(again.samples.tensor, look.samples.tensor)
    assert np.array_equal(again.surface, look.surface)
    assert np.array_equal(again.modes.centres, run.real().modes.centres)
    assert again.modes.sigma == 0.01


def test_a_damaged_look_is_told_and_does_not_hinder_a_resume(trained: Path, forked: Forks):
    run = Run(trained)
    run.grid(40, ".look.safetensors").write_bytes(b"no")
    with pytest.raises(ganzoo.BrokenFile, match=r"step-00000040\.look"):
        run.look(40)
    forked("train", "--resume", trained, "--steps", "60").ok()
    assert [int(row["step"]) for row in run.health.rows()] == [0, 20, 40, 60]


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"no")])
def test_real_samples_that_were_lost_come_again(trained: Path, forked: Forks, harm):
    run = Run(trained)
    before = run.real().samples.tensor.clone()  # not the file's own memory
    harm(trained / "samples" / "real.safetensors")
    assert run.real() is None
    forked("train", "--resume", trained, "--steps", "60").ok()
    assert torch.equal(run.real().samples.tensor, before)
    assert [int(row["step"]) for row in run.health.rows()] == [0, 20, 40, 60]


OTHERS = """
from dataclasses import dataclass
import ganzoo
import torch
from ganzoo.nn import perceptron

class Bound(ganzoo.TwoPlayer):
    def critic(self, batch):
        return lambda x: self.discriminator(x) + batch["label"][:, None]

@ganzoo.hookimpl
def ganzoo_models():
    yield ganzoo.Model(name="flat", summary="One number a sample.", factory="others:Flat")
    yield ganzoo.Model(name="bound", summary="Sees labels.", factory="others:Labelled")

@dataclass(frozen=True)
class Flat:
    def build(self, data, loss):
        discriminator = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Flatten(0))
        return ganzoo.TwoPlayer(torch.nn.Linear(2, 2), discriminator, loss, 2)

@dataclass(frozen=True)
class Labelled:
    def build(self, data, loss):
        generator = torch.nn.Sequential(torch.nn.Linear(2, 784), torch.nn.Unflatten(1, (1, 28, 28)))
        discriminator = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 1))
        return Bound(generator, discriminator, loss, 2)
"""


@pytest.mark.parametrize(("model", "dataset"), [("flat", "ring"), ("bound", "mnist-5k")])
def test_discriminators_of_other_kinds_are_asked_too(forked: Forks, model: str, dataset: str):
    Path("others.py").write_text(OTHERS)
    train = ("--plugin", "others.py", "train", model, "--dataset", dataset)
    forked(*train, "--steps", "2", "--set", "samples=100", "--out", "run").ok()
    assert len(Run(Path("run")).health.rows()) == 2
    if model == "flat":
        assert Run(Path("run")).look(2).surface is not None


def test_a_run_that_diverged_says_of_what(forked: Forks):
    args = ("train", "vanilla-mlp", "--dataset", "ring", "--set", "optimizer=sgd", "--steps", "60")
    forked(*args, "--set", "lr=1e30", "--set", "log_every=1", "--out", "run").refused(1, "became")
    assert "became" in Run(Path("run")).error
    assert Run(Path("run")).status()[0] == "failed"
