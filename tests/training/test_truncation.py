"""Truncation scales latents, and views that do not support it refuse it."""

from __future__ import annotations

import pytest
import torch
from conftest import TINY, Forks

import ganzoo
from ganzoo.engine.random import Draw, Interpolation, Repeated
from ganzoo.engine.view import View


def test_the_usual_latents_shrink() -> None:
    plain, short = Draw(0), Draw(0)
    short.truncation = 0.5
    loss = ganzoo.Objective(Plain())
    game = ganzoo.TwoPlayer(torch.nn.Identity(), torch.nn.Identity(), loss, 3)
    assert torch.equal(game.latents(4, short), 0.5 * game.latents(4, plain))
    assert Repeated(short, 2, 4).truncation == Interpolation(short, plain, 4).truncation == 0.5
    assert game.views()[0].truncates


class Plain:
    """A loss."""

    def discriminator(self, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        return fake.mean() - real.mean()

    def generator(self, fake: torch.Tensor) -> torch.Tensor:
        return -fake.mean()


class Uniform(ganzoo.TwoPlayer):
    """Its latents do not shrink."""

    def latents(self, n: int, draw: ganzoo.Draw) -> torch.Tensor:
        return draw.uniform(n, self.latent)


def test_other_latents_do_not_claim_to_shrink() -> None:
    game = Uniform(torch.nn.Identity(), torch.nn.Identity(), ganzoo.Objective(Plain()), 3)
    assert not game.views()[0].truncates


def test_a_run(forked: Forks) -> None:
    forked(*TINY, "--steps", "5", "--out", "run").ok()
    trained = ganzoo.load("run")
    plain = trained.sample(9).tensor
    assert torch.equal(trained.sample(9, truncation=1).tensor, plain)
    still = trained.sample(9, truncation=0).tensor
    assert torch.allclose(still, still[:1].expand_as(still))
    half = trained.sample(9, truncation=0.5).tensor
    assert half.std() < plain.std()
    ends = trained.walk(3, 4, 5, truncation=0.5).tensor
    assert torch.equal(ends[0], trained.sample(1, 3, truncation=0.5).tensor[0])
    for wrong in (-1, float("nan"), float("inf")):
        with pytest.raises(ganzoo.UsageError, match=r"truncation .*: expected 0 or more"):
            trained.sample(1, truncation=wrong)
    trained.views["samples"] = View("samples", trained.game.sample)
    with pytest.raises(ganzoo.UsageError, match="view samples of vanilla-mlp takes no truncation"):
        trained.sample(1, truncation=0.5)
    shown = forked("sample", "run", "-n", "4", "--truncation", "0.5").ok()
    assert "truncation0.5-seed0-n4.png" in shown.out
    forked("sample", "run", "--truncation", "-1").refused(2, "truncation -1.0: expected 0 or more")
