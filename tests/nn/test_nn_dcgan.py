"""DCGAN's stacks fit their pictures, keep the paper's rules, and keep their names."""

import pytest
import torch
from torch import nn

from ganzoo.nn import (
    dcgan_discriminator,
    dcgan_generator,
    dcgan_trunk,
    dcgan_widths,
    downsampling,
    norm2d,
    upsampling,
)

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)


def sides(stack, x):
    """Of the maps that the stack's convolutions make of x."""
    found = []
    for layer in stack:
        x = layer(x)
        if isinstance(layer, CONVOLUTIONS):
            found.append(x.shape[-1])
    return found


def named(stack, *kinds):
    """The numbers of the stack's layers of these kinds."""
    return [i for i, layer in enumerate(stack) if isinstance(layer, kinds)]


@pytest.mark.parametrize(
    ("side", "kernel", "maps"),
    [
        (28, 4, [7, 14, 28]),
        (32, 4, [4, 8, 16, 32]),
        (64, 6, [4, 8, 16, 32, 64]),
        (28, 5, [2, 4, 7, 14, 28]),
        (9, 3, [2, 3, 5, 9]),
    ],
)
def test_each_layer_doubles_or_halves_the_side(side, kernel, maps):
    widths = range(3, 2 + len(maps))  # all different
    generator = dcgan_generator(6, (3, side, side), widths, kernel=kernel)
    samples = generator(torch.randn(2, 6))
    assert samples.shape == (2, 3, side, side)
    assert samples.abs().max() <= 1
    assert sides(generator, torch.randn(2, 6)) == maps
    assert [m.num_features for m in generator if isinstance(m, nn.BatchNorm2d)] == [*widths][::-1]
    discriminator = dcgan_discriminator((3, side, side), widths, kernel=kernel, out=5)
    assert discriminator(samples).shape == (2, 5, 1, 1)
    assert sides(discriminator, samples) == [*maps[-2::-1], 1]


def test_norms_are_in_every_layer_but_the_picture_s_and_the_verdict_s():
    generator = dcgan_generator(6, (1, 28, 28), (3, 4))
    assert named(generator, nn.ConvTranspose2d) == [1, 4, 7]
    assert named(generator, nn.BatchNorm2d) == [2, 5]
    assert named(generator, nn.ReLU) == [3, 6]
    assert isinstance(generator[-1], nn.Tanh)
    discriminator = dcgan_discriminator((1, 32, 32), (3, 4, 5))
    assert named(discriminator, nn.Conv2d) == [0, 2, 5, 8]
    assert named(discriminator, nn.BatchNorm2d) == [3, 6]
    assert named(discriminator, nn.LeakyReLU) == [1, 4, 7]


def test_a_layer_has_a_bias_where_no_norm_follows():
    def have_bias(norm):
        generator = dcgan_generator(6, (1, 28, 28), (3, 4), norm=norm)
        discriminator = dcgan_discriminator((1, 28, 28), (3, 4), norm=norm)
        layers = [*generator, *discriminator]
        return [layers[i].bias is not None for i in named(layers, *CONVOLUTIONS)]

    assert have_bias(nn.BatchNorm2d) == [False, False, True, True, False, True]
    assert have_bias(norm2d("none")) == have_bias(None) == [True] * 6


def test_the_names_of_parameters_stay_as_checkpoints_have_them():
    batch_norm = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    generator = dcgan_generator(6, (1, 28, 28), (3, 4))
    assert list(generator.state_dict()) == [
        "1.weight", *(f"2.{name}" for name in batch_norm),
        "4.weight", *(f"5.{name}" for name in batch_norm),
        "7.weight", "7.bias",
    ]  # fmt: skip
    discriminator = dcgan_discriminator((1, 28, 28), (3, 4))
    assert list(discriminator.state_dict()) == [
        "0.weight", "0.bias",
        "2.weight", *(f"3.{name}" for name in batch_norm),
        "5.weight", "5.bias",
    ]  # fmt: skip


def test_a_hidden_layer_sees_the_whole_picture():
    generator = dcgan_generator(6, (1, 28, 28), (3, 4), hidden=5)
    kinds = [type(m).__name__ for m in generator[:5]]
    assert kinds == ["Linear", "BatchNorm1d", "ReLU", "Unflatten", "ConvTranspose2d"]
    assert (generator[0].in_features, generator[0].out_features) == (6, 5)
    assert generator[0].bias is None
    assert generator[4].in_channels == 5
    assert generator(torch.randn(2, 6)).shape == (2, 1, 28, 28)
    discriminator = dcgan_discriminator((1, 28, 28), (3, 4), out=2, hidden=5)
    kinds = [type(m).__name__ for m in discriminator[-4:]]
    assert kinds == ["Conv2d", "BatchNorm2d", "LeakyReLU", "Conv2d"]
    assert discriminator(torch.randn(2, 1, 28, 28)).shape == (2, 2, 1, 1)
    trunk = dcgan_trunk((1, 28, 28), (3, 4), 5)
    trunk.load_state_dict({k: v for k, v in discriminator.state_dict().items() if k[0] < "8"})
    x = torch.randn(2, 1, 28, 28)
    torch.testing.assert_close(trunk(x), discriminator[:-1](x).flatten(1))


def test_without_a_norm_a_hidden_layer_has_a_bias():
    for norm in (None, norm2d("none")):
        first = dcgan_generator(6, (1, 28, 28), (3, 4), hidden=5, norm=norm)[0]
        assert first.bias is not None


@pytest.mark.parametrize(
    ("side", "widths"),
    [(28, (3, 6)), (32, (3, 6, 12)), (64, (3, 6, 12, 24)), (20, (3, 6)), (6, (3,))],
)
def test_widths_double_until_the_map_is_small(side, widths):
    assert dcgan_widths(side, 3) == widths
    assert dcgan_generator(2, (1, side, side), widths)(torch.randn(2, 2)).shape[-1] == side


@pytest.mark.parametrize("side", [4, 27])
def test_a_side_that_cannot_be_halved_has_no_widths(side):
    with pytest.raises(ValueError, match=f"a side of {side} cannot be halved"):
        dcgan_widths(side, 3)


def test_convolutions_have_the_same_names_whatever_the_norm():
    def of_convolutions(kind):
        stack = dcgan_discriminator((1, 28, 28), (3, 4), norm=norm2d(kind))
        return named(stack, nn.Conv2d)

    assert {tuple(of_convolutions(kind)) for kind in ("batch", "layer", "none")} == {(0, 2, 5)}


def test_stacks_without_ends():
    up = upsampling(6, 5, 2, side=7, kernel=3)
    assert up(torch.randn(2, 6, 2, 2)).shape == (2, 2, 7, 7)
    assert isinstance(up[-1], nn.ConvTranspose2d)  # neither norm nor activation
    down = downsampling(2, 5, 6, kernel=3, activation=nn.Tanh)
    assert down(torch.randn(2, 2, 7, 7)).shape == (2, 6, 2, 2)
    assert isinstance(down[-1], nn.Tanh)


@pytest.mark.parametrize("make", [dcgan_discriminator, lambda *a, **k: dcgan_generator(6, *a, **k)])
def test_what_does_not_fit_is_refused(make):
    for shape in [(2,), (28, 28), (1, 28, 32)]:
        with pytest.raises(ValueError, match="a square picture"):
            make(shape, (3, 4))
    with pytest.raises(ValueError, match=r"kernel of 4 cannot halve a side of 7"):
        make((1, 28, 28), (3, 4, 5))
    with pytest.raises(ValueError, match="at least one hidden map"):
        make((1, 28, 28), ())


def test_upsampling_needs_two_ends():
    with pytest.raises(ValueError, match="two numbers of channels"):
        upsampling(3, side=28)
