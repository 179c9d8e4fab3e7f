"""The model conforms, and its networks keep the paper's rules."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from ganzoo_dcgan.model import DCGAN
from torch import nn

import ganzoo
from ganzoo.testing import Check, checks


@pytest.mark.parametrize("check", checks("ganzoo-dcgan"), ids=str)
def test_it_conforms(check: Check) -> None:
    check()


class Logits:
    def discriminator(self, real: Any, fake: Any) -> Any: ...
    def generator(self, fake: Any) -> Any: ...


class PerSample:
    per_sample = True


def build(side: int = 28, channels: int = 1, penalty: Any = None, **settings: Any) -> Any:
    field = ganzoo.Field((channels, side, side), range=(-1.0, 1.0))
    return DCGAN(**settings).build({"image": field}, ganzoo.Objective(Logits(), penalty))


@pytest.mark.parametrize("side", [28, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_size_and_colour(side: int, channels: int) -> None:
    game = build(side, channels, width=4)
    images = game.sample(2, ganzoo.Draw(0), {})
    assert images.shape == (2, channels, side, side)
    assert game.discriminator(images).flatten(1).shape == (2, 1)


def test_at_64_pixels_and_full_width_the_channels_are_the_paper_s() -> None:
    game = build(64, 3, width=128)
    up = [m.in_channels for m in game.generator if isinstance(m, nn.ConvTranspose2d)]
    down = [m.out_channels for m in game.discriminator if isinstance(m, nn.Conv2d)]
    assert up == [100, 1024, 512, 256, 128]
    assert down == [128, 256, 512, 1024, 1]


def test_the_paper_s_rules() -> None:
    game = build(32)
    kinds = [type(m) for m in game.modules()]
    assert not {nn.MaxPool2d, nn.AvgPool2d, nn.Linear} & set(kinds)
    assert not isinstance(game.generator[-2], nn.BatchNorm2d)
    assert isinstance(game.generator[-1], nn.Tanh)
    assert not isinstance(game.discriminator[1], nn.BatchNorm2d)
    assert isinstance(game.discriminator[-1], nn.Conv2d)
    slopes = {m.negative_slope for m in game.modules() if isinstance(m, nn.LeakyReLU)}
    assert slopes == {0.2}
    hidden = [m for m in game.generator if isinstance(m, nn.ConvTranspose2d)][:-1]
    norms = [m for m in game.generator if isinstance(m, nn.BatchNorm2d)]
    assert len(norms) == len(hidden)
    weights = torch.cat([m.weight.flatten() for m in hidden])
    assert weights.mean().item() == pytest.approx(0, abs=1e-3)
    assert weights.std().item() == pytest.approx(0.02, rel=0.02)


@pytest.mark.parametrize("norm", ["batch", "layer"])
def test_a_fully_connected_layer(norm: str) -> None:
    game = build(28, width=4, latent=7, hidden=6, norm=norm)
    first, last = game.generator[0], game.discriminator[-1]
    assert (first.in_features, first.out_features) == (7, 6)
    assert (last.in_channels, last.out_channels, last.kernel_size) == (6, 1, (1, 1))
    images = game.sample(3, ganzoo.Draw(0), {})
    assert images.shape == (3, 1, 28, 28)
    assert game.discriminator(images).flatten(1).shape == (3, 1)
    normed = [m for m in game.discriminator if isinstance(m, (nn.BatchNorm2d, nn.GroupNorm))]
    assert len(normed) == 2  # all but the first layer and the last


def test_the_settings_are_the_paper_s() -> None:
    run = ganzoo.train("dcgan", dataset="mnist-5k", out="unused")
    settled = {k: v.value for k, v in run.plan.values.items()}
    assert (settled["trainer.lr"], settled["trainer.betas"]) == (2e-4, (0.5, 0.999))
    assert settled["trainer.batch_size"] == 128


@pytest.mark.parametrize("shape", [(2,), (1, 28, 32), (1, 30, 30), (2, 28, 28), (28, 28), ()])
def test_other_data_is_refused_with_what_it_takes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ganzoo.DoesNotFit, match="28, 32 or 64 pixels a side, grey or in colour"):
        DCGAN().build({"x": ganzoo.Field(shape)}, ganzoo.Objective(Logits()))


@pytest.mark.parametrize("bounds", [None, (0.0, 1.0), (-1.0, 2.0)])
def test_pictures_that_a_tanh_cannot_make_are_refused(bounds: tuple[float, float] | None) -> None:
    data = {"image": ganzoo.Field((1, 28, 28), range=bounds)}
    with pytest.raises(ganzoo.DoesNotFit, match="between -1 and 1; this data's range is"):
        DCGAN().build(data, ganzoo.Objective(Logits()))


def test_batch_norm_and_a_penalty_on_each_sample_s_slope_do_not_go_together() -> None:
    with pytest.raises(ganzoo.DoesNotFit, match=r"batch norm mixes samples.*model\.norm=layer"):
        build(penalty=PerSample())
    for norm in ("layer", "none"):
        game = build(penalty=PerSample(), norm=norm)
        norms = [m for m in game.discriminator if isinstance(m, nn.BatchNorm2d)]
        assert not norms
        a, b = ganzoo.Draw(0).normal(2, 4, 1, 28, 28)
        together = game.discriminator(torch.cat((a, b)))[:4]
        torch.testing.assert_close(together, game.discriminator(a))


def test_real_and_fake_go_through_batch_norm_apart() -> None:
    assert not build().joint
    assert build(norm="layer").joint


@pytest.mark.parametrize("bad", [{"latent": 0}, {"width": 0}])
def test_impossible_sizes_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ganzoo.UsageError, match=r"model\.(latent|width) is 0"):
        ganzoo.train("dcgan", settings=bad)
