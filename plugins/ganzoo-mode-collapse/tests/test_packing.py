"""Packs and moves at once are what the paper says."""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Any

import pytest
import torch
from ganzoo_mode_collapse.at_once import AtOnce
from ganzoo_mode_collapse.pac_dcgan import PacDCGAN
from ganzoo_mode_collapse.pacgan import Maxout, PacGAN
from ganzoo_mode_collapse.packing import Packed
from mode_collapse_games import COLOUR, DRAW, POINTS, SMALL, Constant, Minimax, build, settled
from torch import Tensor, nn

import ganzoo


class Seen(nn.Module):
    """A discriminator that remembers what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.packs: list[Tensor] = []
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, packs: Tensor) -> Tensor:
        self.packs += [packs.detach()]
        return self.weight * packs.flatten(1).sum(1, keepdim=True)


@pytest.mark.parametrize(
    ("config", "data"), [(PacGAN(pack=2), POINTS), (PacDCGAN(pack=2, width=1), COLOUR)], ids=repr
)
def test_a_collapse_shows_in_a_pack_and_in_no_single_sample(
    config: Any, data: dict[str, ganzoo.Field]
) -> None:
    game, (name, field) = build(config, data), *data.items()
    real = ganzoo.Draw(1).normal(6, *field.shape)
    game.generator, game.discriminator = Constant(real[0]), Seen()
    game.discriminator_loss({name: real}, DRAW)
    packs = torch.cat(game.discriminator.packs)  # three real ones, then three fake ones
    channels = field.shape[0]
    assert packs.shape == (6, 2 * channels, *field.shape[1:])
    left, right = packs[:, :channels], packs[:, channels:]
    assert torch.equal(torch.stack((left[:3], right[:3]), 1).flatten(0, 1), real)
    assert all(torch.equal(one, real[0]) for one in left[3:]), "each alone is a real one"
    same = [bool(torch.equal(one, other)) for one, other in zip(left, right, strict=True)]
    assert same == [False] * 3 + [True] * 3


@pytest.mark.parametrize("pack", [1, 2, 4])
def test_only_the_first_layer_grows_with_the_pack(pack: int) -> None:
    points, colour = build(PacGAN(pack)), build(PacDCGAN(pack, width=2), COLOUR)
    assert points.discriminator[0].linear.in_features == 2 * pack
    assert colour.discriminator[0].in_channels == 3 * pack
    alone = {"p": build(PacGAN(1)), "c": build(PacDCGAN(1, width=2), COLOUR)}
    for game, usual in ((points, alone["p"]), (colour, alone["c"])):
        shapes, usually = (
            [p.shape for p in [*g.generator.parameters(), *[*g.discriminator.parameters()][2:]]]
            for g in (game, usual)
        )
        assert shapes == usually


def test_a_batch_that_is_no_number_of_packs_is_refused() -> None:
    with pytest.raises(ganzoo.UsageError, match=r"model\.pack is 4, which does not divide .* 6"):
        build(PacGAN(pack=4)).discriminator_loss({"point": torch.zeros(6, 2)}, DRAW)


@pytest.mark.parametrize("n", [1, 7, 9])
def test_those_who_watch_get_a_verdict_on_any_number_of_samples(n: int) -> None:
    game = build(PacGAN(pack=3))
    nn.init.normal_(game.discriminator[0].linear.weight)  # so that verdicts differ at all
    points = ganzoo.Draw(1).normal(n, 2)
    told = game.verdict({"point": points}, DRAW)
    assert told.shape == (n, 1)
    if n == 9:
        assert torch.equal(told[::3], game.discriminator(points.reshape(3, 6)))
        assert torch.equal(told[0], told[2])
        assert not torch.equal(told[2], told[3])


def test_a_maxout_unit_is_the_greatest_of_its_linear_functions() -> None:
    unit = Maxout(2, units=3, pieces=5)
    x = DRAW.normal(4, 2)
    weight, bias = unit.linear.weight.view(5, 3, 2), unit.linear.bias.view(5, 3)
    for b in range(4):
        for u in range(3):
            lines = [weight[k, u] @ x[b] + bias[k, u] for k in range(5)]
            torch.testing.assert_close(unit(x)[b, u], max(lines))


def test_a_maxout_unit_has_the_gradient_of_its_greatest_line_and_the_gradient_s_own() -> None:
    unit = Maxout(2, units=3, pieces=5).double()
    x = DRAW.normal(4, 2).double().requires_grad_()
    assert torch.autograd.gradcheck(unit, x)
    assert torch.autograd.gradgradcheck(lambda x: unit(x) ** 2, x)  # as a gradient penalty needs


def test_the_settings_of_pacgan_are_the_paper_s() -> None:
    settings = settled("pacgan", settings={"dataset.size": 400})
    assert (settings["trainer.lr"], settings["trainer.betas"]) == (1e-4, (0.8, 0.999))
    assert settings["trainer.batch_size"] == 100 * settings["model.pack"]
    game = build(PacGAN())
    widths = [m.out_features for m in game.modules() if isinstance(m, nn.Linear)]
    assert widths == [400, 400, 400, 400, 2, 1000, 1000, 1000, 1]
    assert game.joint
    assert [(m.name, m.repeats) for m in game.moves()] == [("discriminator", 1), ("generator", 1)]


# At once


def slopes_of(game: Any, value: Tensor) -> tuple[Tensor, ...]:
    return torch.autograd.grad(value, [*game.generator.parameters()])


def test_at_once_the_generator_answers_the_discriminator_as_it_was() -> None:
    game, real = build(PacGAN(pack=2, generator=8, discriminator=6)), {"point": DRAW.normal(8, 2)}
    nn.init.normal_(game.discriminator[-1].weight)  # so that slopes are not nearly 0
    before = copy.deepcopy(game)
    game.discriminator_loss(real, ganzoo.Draw(5))
    with torch.no_grad():
        for weight in game.discriminator.parameters():
            weight += 0.1 * torch.randn_like(weight)  # its move
    value, scalars = game.generator_loss(real, ganzoo.Draw(6))
    assert not scalars

    z = ganzoo.Draw(5).normal(8, 2)
    packs = torch.cat([before.generator(z[0::2]), before.generator(z[1::2])], 1)
    expected = before.loss.generator(before.discriminator(packs))
    torch.testing.assert_close(value, expected)
    found, wanted = slopes_of(game, value), slopes_of(before, expected)
    torch.testing.assert_close(found, wanted)
    after = game.loss.generator(game.discriminator(packs.detach()))
    assert not torch.isclose(after, value, rtol=1e-3), "the move would have been seen"


def test_taking_turns_is_a_setting() -> None:
    assert type(build(PacGAN(at_once=False))) is Packed
    assert type(build(PacGAN())) is AtOnce


def test_at_once_a_batch_in_pieces_is_answered_piece_by_piece() -> None:
    game = build(PacGAN(pack=1, generator=8, discriminator=6)).eval()  # samples apart
    nn.init.normal_(game.discriminator[-1].weight)
    draw = ganzoo.Draw(5)
    pieces = [{"point": DRAW.normal(4, 2)}, {"point": DRAW.normal(4, 2)}]
    for piece in pieces:
        game.discriminator_loss(piece, draw)
    z = ganzoo.Draw(5)
    for piece in pieces:
        value, _ = game.generator_loss(piece, draw)
        expected = game.loss.generator(game.discriminator(game.generator(z.normal(4, 2))))
        torch.testing.assert_close(slopes_of(game, value), slopes_of(game, expected))


def test_players_that_move_at_once_move_equally_often() -> None:
    asked = {"trainer.critic_moves": 5, "dataset.size": 400}
    with pytest.raises(ganzoo.DoesNotFit, match=r"move 5 times .* --set model\.at_once=false"):
        ganzoo.train("pacgan", settings=asked, out="unused")
    ganzoo.train("pacgan", settings={**asked, "model.at_once": False}, out="unused")


def test_at_once_with_a_penalty() -> None:
    class Slope:
        def __call__(self, critic: Any, real: Tensor, fake: Tensor, draw: ganzoo.Draw) -> Tensor:
            assert real.shape == fake.shape == (4, 4)
            assert not fake.requires_grad
            return critic(real).square().mean()

    loss = ganzoo.Objective(Minimax(), Slope())
    game = PacGAN(pack=2, generator=8, discriminator=6).build(POINTS, loss)
    _, scalars = game.discriminator_loss({"point": DRAW.normal(8, 2)}, DRAW)
    assert "penalty" in scalars


# Pictures


def test_the_networks_of_pac_dcgan_are_the_paper_s() -> None:
    game = build(PacDCGAN(width=64), COLOUR)
    up = [m for m in game.generator if isinstance(m, nn.ConvTranspose2d)]
    down = [m for m in game.discriminator if isinstance(m, nn.Conv2d)]
    assert [m.out_channels for m in down] == [64, 128, 256, 512]
    assert [m.in_channels for m in up] == [512, 256, 128, 64]
    assert {m.kernel_size for m in (*up, *down)} == {(5, 5)}
    for network, start, sides in (
        (game.generator, DRAW.normal(2, 100), [2, 4, 7, 14, 28]),
        (game.discriminator, torch.zeros(2, 6, 28, 28), [14, 7, 4, 2]),
    ):
        maps = [start]
        for layer in network:
            maps.append(layer(maps[-1]))
        met = [x.shape[-1] for x in maps[1:] if x.ndim == 4]
        assert [met[0]] + [b for a, b in pairwise(met) if a != b] == sides
    assert isinstance(game.generator[-1], nn.Tanh)
    assert not isinstance(game.generator[-2], nn.BatchNorm2d)
    assert not isinstance(game.discriminator[1], nn.BatchNorm2d)
    assert sum(isinstance(m, nn.BatchNorm2d) for m in game.discriminator) == 3
    assert not game.joint, "batch norm would mix real packs with fake ones"
    assert [(m.name, m.repeats) for m in game.moves()] == [("discriminator", 1), ("generator", 2)]


def test_the_settings_of_pac_dcgan_are_the_paper_s() -> None:
    settings = settled("pac-dcgan", dataset="stacked-mnist-5k", settings=SMALL)
    assert (settings["trainer.lr"], settings["trainer.betas"]) == (2e-4, (0.5, 0.999))
    assert settings["trainer.batch_size"] == 64 * settings["model.pack"]
    assert settings["model.latent"] == 100


@pytest.mark.parametrize(
    "field",
    [
        ganzoo.Field((2,)),
        ganzoo.Field(()),
        ganzoo.Field((3, 32, 32), range=(-1, 1)),
        ganzoo.Field((1, 28, 28), range=(0, 1)),
    ],
    ids=str,
)
def test_other_pictures_are_refused(field: ganzoo.Field) -> None:
    with pytest.raises(ganzoo.DoesNotFit, match="28 x 28 pixels between -1 and 1; this data has"):
        build(PacDCGAN(), {"x": field})
