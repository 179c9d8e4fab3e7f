"""SNGAN's blocks and networks have the sizes, the order and the weights of the authors' code."""

from functools import partial

import pytest
import torch
from torch import nn

from ganzoo.nn import (
    ConditionalBatchNorm2d,
    SumPool,
    norm2d,
    residual_down,
    residual_generator,
    residual_trunk,
    residual_up,
)


def kinds(stack):
    return [type(m).__name__ for m in stack]


def convolutions(module):
    return [
        (m.in_channels, m.out_channels, m.kernel_size[0])
        for m in module.modules()
        if isinstance(m, nn.Conv2d)
    ]


def test_a_block_up():
    block = residual_up(3, 5)
    norm_and_relu = ["BatchNorm2d", "ReLU"]
    assert kinds(block.residual) == [
        *norm_and_relu, "Upsample", "Conv2d", *norm_and_relu, "Conv2d",
    ]  # fmt: skip
    assert convolutions(block) == [(3, 5, 3), (5, 5, 3), (3, 5, 1)]
    assert block(torch.randn(2, 3, 4, 6)).shape == (2, 5, 8, 12)


def test_blocks_down():
    block = residual_down(3, 5)
    assert kinds(block.residual) == ["ReLU", "Conv2d", "ReLU", "Conv2d", "AvgPool2d"]
    assert convolutions(block) == [(3, 3, 3), (3, 5, 3), (3, 5, 1)]
    assert block(torch.randn(2, 3, 8, 12)).shape == (2, 5, 4, 6)
    first = residual_down(3, 5, first=True)
    assert kinds(first.residual) == ["Conv2d", "ReLU", "Conv2d", "AvgPool2d"]
    assert convolutions(first) == [(3, 5, 3), (5, 5, 3), (3, 5, 1)]
    flat = residual_down(5, 5, halve=False)
    assert kinds(flat.residual) == ["ReLU", "Conv2d", "ReLU", "Conv2d"]
    assert convolutions(flat) == [(5, 5, 3), (5, 5, 3)]
    x = torch.randn(2, 5, 3, 3)
    assert torch.equal(flat.shortcut(x), x)


def test_a_shortcut_on_the_smaller_map_gives_the_same_numbers():
    torch.manual_seed(0)
    x = torch.randn(2, 3, 6, 6)
    pool, convolution = residual_down(3, 5).shortcut
    torch.testing.assert_close(pool(convolution(x)), convolution(pool(x)))
    convolution, double = residual_up(3, 5).shortcut
    torch.testing.assert_close(double(convolution(x)), convolution(double(x)))


@pytest.mark.parametrize("norm", [nn.BatchNorm2d, norm2d("none")])
def test_blocks_do_not_change_their_input(norm):
    for block in (residual_up(3, 5, norm=norm), residual_down(3, 5), residual_down(3, 3)):
        x = torch.randn(2, 3, 4, 4)
        before = x.clone()
        block(x)
        assert torch.equal(x, before)


def test_features_are_summed_over_places():
    x = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    assert SumPool()(x).tolist() == [[10.0]]


def test_at_32_pixels_the_networks_are_the_paper_s():
    generator = residual_generator(128, (3, 32, 32), (256, 256, 256))
    assert generator[0].out_features == 4 * 4 * 256
    assert convolutions(generator) == [
        *[(256, 256, 3), (256, 256, 3), (256, 256, 1)] * 3,
        (256, 3, 3),
    ]
    trunk = residual_trunk((3, 32, 32), (128, 128), blocks=2)
    assert convolutions(trunk) == [
        (3, 128, 3), (128, 128, 3), (3, 128, 1),
        (128, 128, 3), (128, 128, 3), (128, 128, 1),
        *[(128, 128, 3)] * 4,
    ]  # fmt: skip


@pytest.mark.parametrize(("shape", "widths"), [((1, 28, 28), (3, 4)), ((3, 32, 24), (3, 4, 5))])
def test_any_picture_that_can_be_halved(shape, widths):
    pictures = residual_generator(6, shape, widths)(torch.randn(2, 6))
    assert pictures.shape == (2, *shape)
    assert pictures.abs().max() <= 1
    assert residual_trunk(shape, widths)(pictures).shape == (2, widths[-1])


def test_a_label_changes_what_the_generator_draws():
    torch.manual_seed(0)
    norm = partial(ConditionalBatchNorm2d, classes=2)
    network = residual_generator(6, (1, 28, 28), (3, 4), norm=norm)
    norms = [m for m in network.modules() if isinstance(m, ConditionalBatchNorm2d)]
    assert len(norms) == 4  # two in each block; the last norm is a plain one
    with torch.no_grad():
        norms[0].gain[1] *= -1
    z = torch.randn(3, 6)
    zeros, ones = (network(z, torch.full((3,), c)) for c in (0, 1))
    assert not torch.allclose(zeros, ones)


def test_weights_have_xavier_s_variance_and_a_block_s_twice_that():
    torch.manual_seed(0)
    block = residual_down(32, 64)
    for layer, gain in ((block.residual[1], 2), (block.residual[3], 2), (block.shortcut[1], 1)):
        fans = (layer.in_channels + layer.out_channels) * layer.kernel_size[0] ** 2
        assert layer.weight.var().item() == pytest.approx(gain * 2 / fans, rel=0.1)
        assert not layer.bias.any()


@pytest.mark.parametrize("make", [residual_trunk, partial(residual_generator, 6)])
def test_what_does_not_fit_is_refused(make):
    with pytest.raises(ValueError, match=r"sides of 28 and 28 cannot be halved 3 times; .* of 8"):
        make((1, 28, 28), (3, 4, 5))
    with pytest.raises(ValueError, match=r"the shape of a picture, \(C, H, W\): \(28, 28\)"):
        make((28, 28), (3,))
    with pytest.raises(ValueError, match="at least one hidden map"):
        make((1, 28, 28), ())
