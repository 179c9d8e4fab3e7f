"""From one latent to another, and what is made of it."""

import math
from pathlib import Path

import pytest
import torch
from conftest import Forks, Ganzoo
from PIL import Image

import ganzoo as zoo
from ganzoo.engine.random import Draw, Interpolation, spherical


def test_the_way_is_the_formula_s():
    a, b = torch.tensor([3.0, 0.0]), torch.tensor([0.0, 1.0])
    walked = spherical(a, b, 4)
    for row, t in zip(walked.tolist(), (0, 1 / 3, 2 / 3, 1), strict=True):
        omega = math.pi / 2
        expected = [
            (math.sin((1 - t) * omega) * x + math.sin(t * omega) * y) / math.sin(omega)
            for x, y in zip(a.tolist(), b.tolist(), strict=True)
        ]
        assert row == pytest.approx(expected, abs=1e-6)


def test_lengths_stay_those_of_normal_vectors_where_a_straight_line_s_would_shrink():
    draw = Interpolation(Draw(1), Draw(2), block=4)
    norms = draw.normal(9, 1000).norm(dim=1)
    assert norms.tolist() == pytest.approx([1000**0.5] * 9, rel=0.1)


def test_the_ends_are_what_each_source_draws_first():
    uniform, whole = Interpolation(Draw(1), Draw(2), 4), Interpolation(Draw(1), Draw(2), 4)
    rows = uniform.uniform(5, 3)
    assert torch.allclose(rows[0], Draw(1).uniform(4, 3)[0], atol=1e-5)
    assert torch.allclose(rows[-1], Draw(2).uniform(4, 3)[0], atol=1e-5)
    assert bool(((rows >= 0) & (rows <= 1)).all())
    numbers = whole.integers(1000, 4).tolist()
    assert numbers[0] == numbers[1] == Draw(1).integers(1000, 4)[0]
    assert numbers[2] == numbers[3] == Draw(2).integers(1000, 4)[0]


def test_from_a_seed_to_itself_is_no_way():
    assert torch.equal(*Interpolation(Draw(1), Draw(1), 4).normal(2, 6))


def test_a_walk_s_ends_are_the_first_samples_of_its_seeds(trained: Path):
    run = zoo.load(trained)
    walk = run.walk(3, 4, frames=5)
    assert len(walk) == 5
    for row, seed in ((0, 3), (-1, 4)):
        assert torch.allclose(walk.tensor[row], run.sample(seed=seed).tensor[0], atol=1e-6)


@pytest.mark.usefixtures("infogan")
def test_labels_are_walked_between_where_a_game_mixes_them(tmp_path: Path):
    run = tmp_path / "infogan"
    settings = {"steps": 2, "threads": 1}
    for _ in zoo.train("coded-points", settings=settings, out=run):
        pass
    loaded = zoo.load(run)
    walk = loaded.walk_labels(0, 2, frames=3, seed=1).tensor
    for row, label in ((0, 0), (-1, 2)):
        kept = loaded.walk(1, 1, frames=3, label=label).tensor
        assert torch.allclose(walk[row], kept[0], atol=1e-6)
    assert not torch.equal(walk[1], walk[0])


def test_a_strip_and_a_film(trained: Path, forked: Forks):
    walk = ("sample", trained, "--interpolate", "1", "2", "--frames", "6")
    strip = Path(forked(*walk).ok().out.strip())
    assert strip.name == "walk-step40-seeds1-2-n6.png"
    forked(*walk, "--out", "walk.gif").ok()
    with Image.open("walk.gif") as film:
        assert film.n_frames == 6
        assert film.info["loop"] == 0
        first = film.convert("RGB").tobytes()
        film.seek(5)
        assert film.convert("RGB").tobytes() != first


def test_a_strip_of_pictures_is_one_row(tmp_path: Path):
    pictures = zoo.Samples(torch.zeros(5, 1, 32, 32), zoo.Field((1, 32, 32), range=(-1.0, 1.0)))
    wide, high = pictures.picture(columns=5).size
    assert wide > 4 * high > 0


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["--interpolate", "1", "2", "--frames", "1"], "greater than or equal to 2"),
        (["--interpolate", "1", "2", "--frames", "1001"], "1001 frames: expected 2 to 1,000"),
        (["--interpolate", "1", "2", "--seed", "1"], "--interpolate A B already sets the seeds"),
        (["--frames", "4"], "it needs --interpolate A B"),
        (["--interpolate", "1", "2", "--labels"], "vanilla-mlp takes no label"),
        (["--interpolate", "1", "2", "-n", "4"], "with --interpolate, set --frames instead"),
        (["--labels"], "it needs --interpolate A B"),
        (["--out", "a.gif"], "the name must end in .png or .npz"),
        (["--interpolate", "1", "2", "--out", "a.jpg"], "must end in .png, .npz or .gif"),
    ],
)
def test_what_makes_no_sense_is_refused(trained: Path, forked: Ganzoo, asked, told):
    result = forked("sample", trained, *asked)
    plain = " ".join(result.err.replace("│", " ").split())
    assert (result.status, result.out, told in plain) == (2, "", True), result
