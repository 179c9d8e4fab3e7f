"""The reference is exactly what the design and its lesson say."""

import math

import pytest
import torch
from torch import nn

import ganzoo
from ganzoo.builtin.bce import BCE
from ganzoo.builtin.vanilla_mlp import VanillaMLP

IMAGE = ganzoo.Field((1, 28, 28), range=(-1.0, 1.0))
POINT = ganzoo.Field((2,))


def build(field, **settings):
    return VanillaMLP(**settings).build({"x": field}, ganzoo.Objective(BCE()))


def layers(module):
    return [
        (m.in_features, m.out_features) if isinstance(m, nn.Linear) else type(m).__name__
        for m in module
    ]


def test_networks_for_mnist():
    game = build(IMAGE)
    assert layers(game.generator) == [
        (100, 128), "ReLU", (128, 256), "ReLU", (256, 512), "ReLU", (512, 784), "Tanh", "Unflatten",
    ]  # fmt: skip
    assert layers(game.discriminator) == [
        "Flatten", (784, 512), "ReLU", (512, 256), "ReLU", (256, 1),
    ]  # fmt: skip


def test_points_end_linear_because_tanh_cannot_reach_them():
    game = build(POINT)
    assert layers(game.generator)[-2:] == [(512, 2), "Unflatten"]
    assert game.sample(5, ganzoo.Draw(0), {}).shape == (5, 2)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 64, 64), (3, 5, 7), (2,), (7,)])
def test_ends_fit_any_data(shape):
    field = ganzoo.Field(shape, range=(-1.0, 1.0) if len(shape) == 3 else None)
    game = build(field)
    samples = game.sample(4, ganzoo.Draw(0), {})
    assert samples.shape == (4, *shape)
    assert game.discriminator(samples).shape == (4, 1)


def test_defaults_are_the_design_s():
    record = next(m for m in ganzoo.models() if m.name == "vanilla-mlp")
    assert (record.loss, record.dataset) == ("bce", "mnist")
    assert record.defaults == {
        "trainer.steps": 100 * (60_000 // 128),
        "trainer.batch_size": 128,
        "trainer.lr": 2e-4,
        "trainer.betas": (0.9, 0.999),
    }


def test_a_round_is_discriminator_then_generator_on_fresh_noise():
    game = build(IMAGE)
    moves = game.moves()
    assert [(m.name, m.trains, m.repeats) for m in moves] == [
        ("discriminator", ("discriminator",), 1),
        ("generator", ("generator",), 1),
    ]
    draw = ganzoo.Draw(0)
    noise = []
    game.generator.register_forward_pre_hook(lambda _, args: noise.append(args[0]))
    for move in moves:
        move.loss({"x": torch.zeros(8, 1, 28, 28)}, draw)
    assert [z.shape for z in noise] == [(8, 100), (8, 100)]
    assert not torch.equal(*noise)


def test_logs_are_losses_and_probabilities():
    game = build(IMAGE)
    loss, scalars = game.moves()[0].loss({"x": torch.zeros(8, 1, 28, 28)}, ganzoo.Draw(0))
    assert loss.item() == pytest.approx(2 * math.log(2), rel=0.1)  # an untrained D says about 1/2
    assert {name: round(v.item(), 1) for name, v in scalars.items()} == {
        "D(x)": 0.5,
        "D(G(z))": 0.5,
    }


@pytest.mark.parametrize("bad", [{"latent": 0}, {"generator": (5, 0)}, {"discriminator": (-1,)}])
def test_impossible_sizes_are_refused(bad):
    with pytest.raises(ganzoo.UsageError, match=r"model\..*; expected (each to be )?at least 1"):
        ganzoo.train("vanilla-mlp", settings={f"model.{key}": bad[key] for key in bad})
