"""Plugins whose code is unlike the zoo's: their files are right, or refused with one line."""

from __future__ import annotations

import runpy
from pathlib import Path
from textwrap import indent

import numpy as np
import pytest
import torch
from conftest import Forks

PLUGIN = '''"""A lesson that says "no" at its "end"."""
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

import ganzoo


@ganzoo.hookimpl
def ganzoo_models():
    yield ganzoo.Model(name="own", summary="Own.", factory=f"{{__name__}}:Model", dataset="data",
                       defaults={{"trainer.steps": 20, "trainer.batch_size": 16}})


@ganzoo.hookimpl
def ganzoo_datasets():
    yield ganzoo.Dataset(name="data", summary="Own.", factory=f"{{__name__}}:Points")


def softplus(x):
    """Not torch's."""
    return 2 * x.relu()


def noisy(x, source: ganzoo.Draw):
    return x + 0.1 * source.normal(*x.shape)


def far(noise, rng):
    centre = rng.standard_normal(2)
    return centre + noise


@dataclass(frozen=True)
class Points:
    def fields(self):
        return {{"point": ganzoo.Field((2,))}}

    def load(self):
        rng = np.random.default_rng(0)
        points = rng.standard_normal((64, 2))
{load}
        return ganzoo.Data(self.fields(), arrays={{"point": points.astype(np.float32)}})


class Game(ganzoo.TwoPlayer):
    """Own."""

{game}


@dataclass(frozen=True)
class Model:
    latent: int = 4

    def build(self, data, loss):
        generator, discriminator = nn.Sequential(nn.Linear(4, 2)), nn.Sequential(nn.Linear(2, 1))
{build}
        return Game(generator, discriminator, loss, self.latent)
'''


def wrote(forked: Forks, load: str = "", game: str = "pass", build: str = "") -> str:
    """What the command said of a plugin with this code. The data of its file is checked."""
    text = PLUGIN.format(load=indent(load, " " * 8), game=indent(game, "    "),
                         build=indent(build, " " * 8))  # fmt: skip
    Path("own.py").write_text(text)
    result = forked("--plugin", "own.py", "write", "own", "-o", "my.py")
    assert "Traceback" not in result.err
    if result.status:
        return result.refused(2, "own cannot be written as one file: ").err
    found = runpy.run_path("my.py", run_name="written")["load"]()
    dataset = runpy.run_path("own.py", run_name="own")["Points"]()
    arrays = dataset.load().arrays.values()
    assert all(torch.equal(a, torch.as_tensor(b)) for a, b in zip(found, arrays, strict=True))
    assert np.isfinite(found[0].numpy()).all()
    return Path("my.py").read_text()


@pytest.mark.parametrize(
    "load",
    [
        "unused = rng.standard_normal(5)\npoints = rng.standard_normal((64, 2))",
        "points = far(rng.standard_normal((64, 2)), rng)",
        "rows = iter([1.0, 2.0])\npoints = next(rows) * points + next(rows)",
        "for i in range(3):\n    points = points + i\nelse:\n    points = 2 * points",
        "other = points\nother += 5",
        "points[:, 0] += 1",
    ],
    ids=["unused draw", "order of draws", "iterator", "for and else", "alias", "in place"],
)
def test_the_data_is_the_dataset_s(forked: Forks, load: str) -> None:
    wrote(forked, load=load)


@pytest.mark.parametrize(
    ("game", "words"),
    [
        ("def shown(self, samples, batch, draw):\n    return noisy(samples, draw)", "torch.randn"),
        ("def shown(self, samples, batch, draw):\n    return softplus(samples)", "called softplus"),
        ("@torch.no_grad()\ndef shown(self, samples, batch, draw):\n    return samples",
         "has the decorator torch.no_grad()"),
        ("twice = lambda self, x: 2 * x\n\n"
         "def shown(self, samples, batch, draw):\n    return self.twice(samples)", "is a lambda"),
        ("def shown(self, samples, batch, draw):\n    return (samples == samples) * samples", "=="),
        ("def sample(self, n, draw, given):\n    x = super().sample(n, draw, given)\n"
         "    y = x\n    y += 5\n    return x", "in place"),
    ],
    ids=["another name", "torch's name", "decorator", "lambda", "equal", "alias"],
)  # fmt: skip
def test_a_game(forked: Forks, game: str, words: str) -> None:
    assert words in " ".join(wrote(forked, game=game).split())


@pytest.mark.parametrize(
    ("build", "words"),
    [
        ("act = nn.ReLU()\ndiscriminator = nn.Sequential(discriminator, act, act)",
         "nn.ReLU(), nn.ReLU()"),
        ("for weight in generator.parameters():\n    nn.init.zeros_(weight)",
         "build() makes weights in a way that the file does not repeat (generator.0.weight)"),
        ("same = nn.Linear(4, 4)\ngenerator = nn.Sequential(same, same, nn.Linear(4, 2))",
         "stands in a network twice"),
    ],
    ids=["one activation", "weights", "one layer"],
)  # fmt: skip
def test_networks(forked: Forks, build: str, words: str) -> None:
    assert words in " ".join(wrote(forked, build=build).split())


def test_names_of_files(forked: Forks) -> None:
    for name in (".", "y.npz", "my"):
        forked("write", "vanilla-mlp", "--dataset", "ring", "-o", name).refused(2, "end in .py")
