"""The samples of a seed are a sequence: fewer are the first of more, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import TINY, Forks
from torch import Tensor, nn

import ganzoo as zoo
from ganzoo.engine.random import Draw
from ganzoo.engine.sampling import block_size, sampled, sampling

POINT, PICTURE = zoo.Field((2,)), zoo.Field((1, 5, 5), range=(-1.0, 1.0))
NUMBERS = (1, 2, 3, 5, 7, 15, 16, 64, 127, 128, 129, 300, 999, 1_000, 1_001, 2_500)


class Sampler(zoo.Game):
    """A network of odd sizes, in which a matrix product rounds differently for other batches."""

    def __init__(self, field: zoo.Field, latent: int = 7) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.field, self.latent = field, latent
        sizes = (latent, 31, int(np.prod(field.shape)))
        self.generator = nn.Sequential(
            nn.Linear(sizes[0], sizes[1]), nn.BatchNorm1d(31), nn.Tanh(), nn.Linear(*sizes[1:])
        )

    def latents(self, n: int, draw: Draw) -> Tensor:
        return draw.normal(n, self.latent)

    def sample(self, n: int, draw: Draw, given: zoo.Batch) -> Tensor:
        made: Tensor = self.generator(self.latents(n, draw))
        return made.unflatten(1, self.field.shape)


class OfTwo(Sampler):
    """Its latents are fewer than the 16 numbers that torch draws together."""

    def __init__(self, field: zoo.Field) -> None:
        super().__init__(field, latent=2)


class Uniform(Sampler):
    def latents(self, n: int, draw: Draw) -> Tensor:
        return draw.uniform(n, self.latent)


class Several(Sampler):
    """Draws several tensors, and the second depends on how many numbers the first took."""

    def latents(self, n: int, draw: Draw) -> Tensor:
        kind = draw.integers(5, n)
        return draw.normal(n, self.latent) + kind[:, None] + draw.uniform(n, 1)


class Direct(Sampler):
    """Draws from torch itself: from the generator, from the global state, and by permuting."""

    def latents(self, n: int, draw: Draw) -> Tensor:
        z = torch.randn(n, self.latent, generator=draw.generator)
        z = nn.functional.dropout(z, 0.5, training=True)
        return z[draw.permutation(n)]


class Mixing(Sampler):
    """Each sample depends on all others of its batch."""

    def latents(self, n: int, draw: Draw) -> Tensor:
        z = draw.normal(n, self.latent)
        return z - z.mean(0)


class Labelled(Sampler):
    """Adds its label to the latent."""

    def views(self) -> Sequence[zoo.View]:
        return (zoo.View("samples", self.sample, label=zoo.Field((), "int64", classes=5)),)

    def sample(self, n: int, draw: Draw, given: zoo.Batch) -> Tensor:
        made: Tensor = self.generator(self.latents(n, draw) + given["label"][:, None])
        return made.unflatten(1, self.field.shape)


def first(game: Sampler, n: int, label: int | None = None) -> Tensor:
    with sampling(game, torch.device("cpu"), seed=3):
        labels = None if label is None else torch.tensor([label])
        return sampled(game.views()[0], game.field, n, Draw(1), labels)


@pytest.mark.parametrize("field", [POINT, PICTURE], ids=["points", "pictures"])
@pytest.mark.parametrize("kind", [Sampler, OfTwo, Uniform, Several, Direct, Mixing, Labelled])
def test_fewer_are_the_first_of_more(kind: type[Sampler], field: zoo.Field) -> None:
    game = kind(field)
    for label in (None, 3) if game.views()[0].label else (None,):
        whole = first(game, max(NUMBERS), label)
        assert whole.shape == (max(NUMBERS), *field.shape)
        for n in NUMBERS:
            assert torch.equal(first(game, n, label), whole[:n]), n
        size = block_size(field)
        assert not torch.equal(whole[:size], whole[size : 2 * size]), "blocks repeat each other"


class Translator(Sampler):
    """Adds noise to what it translates."""

    def views(self) -> Sequence[zoo.View]:
        return (zoo.View("translations", self.sample, needs=("image",)),)

    def sample(self, n: int, draw: Draw, given: zoo.Batch) -> Tensor:
        image: Tensor = given["image"]
        assert len(image) == n
        return image + draw.normal(*image.shape)


@pytest.mark.parametrize("most", [1, 70, 128, 200])
def test_so_are_translations_of_however_many_inputs(most: int) -> None:
    game, given = Translator(PICTURE), (torch.arange(most) * 100.0).reshape(-1, 1, 1, 1)
    given = given.expand(most, *PICTURE.shape)

    def translated(n: int) -> Tensor:
        return sampled(game.views()[0], PICTURE, n, Draw(1), inputs={"image": given})

    whole = translated(most)
    assert float((whole - given).abs().max()) < 50, "another input was translated"
    for n in {1, min(7, most), most}:
        assert torch.equal(translated(n), whole[:n])


def test_progress_is_told_in_samples() -> None:
    told: list[int] = []
    n = 2 * block_size(PICTURE) + 5
    sampled(Sampler(PICTURE).views()[0], PICTURE, n, Draw(1), tell=told.append)
    assert told == [128, 256, 261]


# Runs


@pytest.mark.parametrize("n", [1, 2, 63, 64, 1_001])
def test_a_run_s_samples_are_a_sequence(trained: Path, n: int) -> None:
    run = zoo.load(trained)
    assert torch.equal(run.sample(n, seed=1).tensor, run.sample(2_500, seed=1).tensor[:n])


def test_an_interpolation_ends_where_single_samples_are(trained: Path) -> None:
    run = zoo.load(trained)
    for frames in (2, 5, 16):
        walk = run.walk(3, 4, frames).tensor
        assert torch.equal(walk[:1], run.sample(1, seed=3).tensor)
        assert torch.equal(walk[-1:], run.sample(1, seed=4).tensor)


def test_so_are_they_on_the_command_line(trained: Path, forked: Forks) -> None:
    def numbers(*args: str) -> np.ndarray:
        out = Path(forked("sample", trained, *args, "--out", "numbers.npz").ok().out.strip())
        with np.load(out) as arrays:
            (values,) = arrays.values()
            return values

    whole = numbers("-n", "1001", "--seed", "1")
    for n in (1, 3, 1_000):
        assert np.array_equal(numbers("-n", str(n), "--seed", "1"), whole[:n])
    ends = numbers("--interpolate", "1", "2", "--frames", "3")
    assert np.array_equal(ends[0], whole[0])
    assert np.array_equal(ends[2], numbers("-n", "1", "--seed", "2")[0])


def test_so_are_a_run_s_grids(forked: Forks) -> None:
    few, many = Path("few"), Path("many")
    for run, samples in ((few, 3), (many, 1_002)):
        forked(*TINY, "--steps", "20", "--set", f"samples={samples}", "--out", run).ok()
    for step in zoo.load(few).steps:
        looks = [zoo.load(run, step).run.look(step).samples.tensor for run in (few, many)]
        assert [len(look) for look in looks] == [3, 1_002]
        assert torch.equal(looks[0], looks[1][:3]), step


@pytest.mark.usefixtures("infogan")
@pytest.mark.parametrize("label", [None, 0, 2])
def test_so_are_those_of_a_label(label: int | None, tmp_path: Path) -> None:
    settings = {"steps": 2, "threads": 1}
    zoo.train("coded-points", settings=settings, out=tmp_path / "run").finish()
    run = zoo.load(tmp_path / "run")
    whole = run.sample(1_100, 1, label).tensor
    assert torch.equal(run.sample(1, 1, label).tensor, whole[:1])
    assert torch.equal(run.sample(1_050, 1, label).tensor, whole[:1_050])
    assert torch.equal(run.walk(1, 2, 3, label).tensor[:1], whole[:1])
