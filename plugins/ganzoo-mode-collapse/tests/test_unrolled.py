"""Looking ahead is what the paper says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from ganzoo_mode_collapse.unrolled import Unrolled, UnrolledGame
from mode_collapse_games import DRAW, Constant, Minimax, build, settled
from torch import Tensor, nn

import ganzoo


class Product(nn.Module):
    """d(x) = w x, which can be unrolled by hand."""

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight))

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * x


class Difference:
    """f = mean d(x) - mean d(G(z)) - (mean of d(x)^2) / 2."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return fake.mean() - real.mean() + real.square().mean() / 2

    def generator(self, fake: Tensor) -> Tensor:
        raise AssertionError("the generator's objective is the value itself")


def test_looking_ahead_by_hand() -> None:
    # With real samples r, fakes g and d(x) = w x: f(w, g) = w r - w g - (w r)^2 / 2, whose slope
    # in w is r - g - w r^2. All of it can be followed with numbers.
    r, g, w, rate, steps = 1.5, 0.4, 0.3, 0.2, 3

    def ahead(g: float) -> float:
        v = w
        for _ in range(steps):
            v += rate * (r - g - v * r**2)
        return v * r - v * g - (v * r) ** 2 / 2

    config = Unrolled(unroll=steps, rate=rate, latent=1)
    loss = ganzoo.Objective(Difference())
    game = UnrolledGame(Constant(torch.tensor([g])), Product(w), loss, config)
    value, _ = game.generator_loss({"point": torch.full((4, 1), r)}, DRAW)
    assert value.item() == pytest.approx(ahead(g))
    (slope,) = torch.autograd.grad(value, [game.generator.sample])
    by_differences = (ahead(g + 1e-5) - ahead(g - 1e-5)) / 2e-5
    assert slope.item() == pytest.approx(by_differences, rel=1e-4)
    v = w
    for _ in range(steps):
        v += rate * (r - g - v * r**2)
    assert slope.item() != pytest.approx(-v, rel=0.01), "what the steps would give as constants"


def test_the_gradient_of_the_networks_goes_through_the_steps() -> None:
    torch.manual_seed(0)  # differences are not slopes at the corner of a ReLU
    game = build(Unrolled(unroll=2, rate=0.5, latent=3, width=8)).double()
    real = ganzoo.Draw(1).normal(16, 2).double()

    def value() -> Tensor:
        loss, _ = game.generator_loss({"point": real}, Double(2))
        assert isinstance(loss, Tensor)
        return loss

    bias = game.generator[-1].bias
    (slope,) = torch.autograd.grad(value(), [bias])
    with torch.no_grad():
        for i in range(2):
            bias[i] += 1e-6
            more = moved(game, value)
            bias[i] -= 2e-6
            less = moved(game, value)
            bias[i] += 1e-6
            assert slope[i].item() == pytest.approx((more - less) / 2e-6, rel=1e-4)


class Double(ganzoo.Draw):
    def normal(self, *shape: int) -> Tensor:
        return super().normal(*shape).double()


def moved(game: Any, value: Callable[[], Tensor]) -> float:
    with torch.enable_grad():
        return value().item()


def test_without_steps_it_is_the_usual_minimax_game() -> None:
    game = build(Unrolled(unroll=0, latent=3, width=8))
    usual = ganzoo.TwoPlayer(
        game.generator, game.discriminator, ganzoo.Objective(Minimax()), latent=3
    )
    batch = {"point": ganzoo.Draw(1).normal(16, 2)}
    weights = [*game.generator.parameters()]
    one, other = (
        torch.autograd.grad(g.generator_loss(batch, ganzoo.Draw(2))[0], weights)
        for g in (game, usual)
    )
    assert any(slope.any() for slope in one)
    torch.testing.assert_close(one, other)
    ahead = build(Unrolled(unroll=1, latent=3, width=8))
    ahead.load_state_dict(game.state_dict())
    (slope, *_) = torch.autograd.grad(
        ahead.generator_loss(batch, ganzoo.Draw(2))[0], [*ahead.generator.parameters()]
    )
    assert not torch.allclose(slope, one[0], rtol=1e-3)


def test_looking_ahead_leaves_the_discriminator_as_it_is() -> None:
    game = build(Unrolled(rate=1.0))
    before = {name: value.clone() for name, value in game.discriminator.state_dict().items()}
    loss, _ = game.generator_loss({"point": DRAW.normal(8, 2)}, DRAW)
    loss.backward(inputs=[*game.generator.parameters()])
    for name, value in game.discriminator.state_dict().items():
        assert torch.equal(value, before[name])


def test_the_networks_of_unrolled_are_the_paper_s() -> None:
    game = build(Unrolled())
    sizes = [(m.in_features, m.out_features) for m in game.modules() if isinstance(m, nn.Linear)]
    assert sizes == [(256, 128), (128, 128), (128, 2), (2, 128), (128, 1)]
    weight = game.generator[2].weight
    torch.testing.assert_close(weight @ weight.T, 0.8**2 * torch.eye(128), atol=1e-5, rtol=0)
    x, (scale, *rest) = DRAW.normal(5, 2), game.discriminator
    torch.testing.assert_close(game.discriminator(x), nn.Sequential(*rest)(x / 4))
    assert torch.equal(scale(x), x / 4)
    first, second = game.moves()
    assert (first.rate, second.rate) == (0.1, 1)
    settings = settled("unrolled", settings={"dataset.size": 512})
    assert (settings["trainer.lr"], settings["trainer.betas"]) == (1e-3, (0.5, 0.999))
    assert settings["trainer.batch_size"] == 512
