"""discogan computes its paper's equations."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from ganzoo_translation.discogan import DiscoGAN
from torch import Tensor, nn

import ganzoo
from ganzoo.builtin.bce import BCE


class PerSample:
    per_sample = True


def picture(domain: str, channels: int = 1, height: int = 8, width: int = 8) -> ganzoo.Field:
    return ganzoo.Field((channels, height, width), range=(-1.0, 1.0), domain=domain)


def build(a: ganzoo.Field, b: ganzoo.Field, penalty: Any = None, **settings: Any) -> Any:
    torch.manual_seed(0)
    objective = ganzoo.Objective(BCE(), penalty)
    return DiscoGAN(**{"width": 4, "code": 5, **settings}).build({"a": a, "b": b}, objective)


def batch_of(n: int = 4) -> dict[str, Tensor]:
    draw = ganzoo.Draw(5)
    return {"a": draw.normal(n, 1, 8, 8).tanh(), "b": draw.normal(n, 3, 8, 8).tanh()}


def test_equations_7_and_8() -> None:
    game, batch = build(picture("a"), picture("b", 3), reconstruction_weight=2.0), batch_of()
    game.eval()  # batch norm gives the same in each call
    a, b, g_ab, g_ba = batch["a"], batch["b"], game.to_b, game.to_a
    d_a, d_b = (lambda x: game.critic_a(x).sigmoid()), (lambda x: game.critic_b(x).sigmoid())
    const_a = (g_ba(g_ab(a)) - a).square().mean()
    const_b = (g_ab(g_ba(b)) - b).square().mean()
    gan_b, gan_a = -d_b(g_ab(a)).log().mean(), -d_a(g_ba(b)).log().mean()
    loss, scalars = game.generators_loss(batch, ganzoo.Draw(0))
    torch.testing.assert_close(loss, gan_b + 2 * const_a + gan_a + 2 * const_b)
    torch.testing.assert_close(scalars["reconstruction_a"], const_a)
    torch.testing.assert_close(scalars["reconstruction_b"], const_b)
    d_loss = -d_b(b).log().mean() - (1 - d_b(g_ab(a))).log().mean()
    d_loss += -d_a(a).log().mean() - (1 - d_a(g_ba(b))).log().mean()
    torch.testing.assert_close(game.discriminators_loss(batch, ganzoo.Draw(0))[0], d_loss)


def test_everything_passes_the_code_and_a_discriminator_judges_the_whole_picture() -> None:
    game, codes = build(picture("a"), picture("b", 3)), []
    game.to_b[0].register_forward_hook(lambda module, args, code: codes.append(code))
    assert game.to_b(batch_of()["a"]).shape == (4, 3, 8, 8)
    assert codes[0].shape == (4, 5)
    assert len(game.to_b) == 2, "nothing goes around the code"
    assert game.critic_b(batch_of()["b"]).shape == (4, 1, 1, 1)
    assert not any(isinstance(m, nn.InstanceNorm2d) for m in game.modules())


def test_other_pictures_and_penalties_are_refused() -> None:
    with pytest.raises(ganzoo.DoesNotFit, match="needs square pictures"):
        build(picture("a", width=16), picture("b", width=16))
    with pytest.raises(ganzoo.DoesNotFit, match="batch norm mixes samples"):
        build(picture("a"), picture("b"), penalty=PerSample())
