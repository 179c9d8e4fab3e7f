"""Norms with a condition compute their formulas, and the condition reaches them."""

from functools import partial

import pytest
import torch
from torch import nn

from ganzoo.nn import (
    AdaptiveInstanceNorm2d,
    ConditionalBatchNorm2d,
    ConditionalSequential,
    dcgan_generator,
    residual_block,
)


def test_each_class_has_a_gain_and_a_bias_after_the_norm_of_the_whole_batch():
    norm = ConditionalBatchNorm2d(1, classes=2)
    with torch.no_grad():
        norm.gain.copy_(torch.tensor([[2.0], [3.0]]))
        norm.bias.copy_(torch.tensor([[10.0], [20.0]]))
    x = torch.tensor([1.0, 3.0]).reshape(2, 1, 1, 1)  # mean 2, variance 1 (over the batch)
    y = norm(x, torch.tensor([0, 1]))
    torch.testing.assert_close(y.flatten(), torch.tensor([8.0, 23.0]), atol=1e-3, rtol=0)
    mixed = norm(x, torch.tensor([[0.5, 0.5], [0.0, 1.0]]))  # gain 2.5 and bias 15, then class 1
    torch.testing.assert_close(mixed.flatten(), torch.tensor([12.5, 23.0]), atol=1e-3, rtol=0)


def test_at_the_start_it_is_plain_batch_norm_and_running_statistics_are_shared():
    torch.manual_seed(0)
    norm, plain = ConditionalBatchNorm2d(3, classes=4), nn.BatchNorm2d(3)
    x = 2 + torch.randn(8, 3, 5, 5)
    labels = torch.arange(8) % 4
    torch.testing.assert_close(norm(x, labels), plain(x))
    torch.testing.assert_close(norm.eval()(x, labels), plain.eval()(x))


def test_only_the_classes_of_the_batch_are_trained():
    norm = ConditionalBatchNorm2d(2, classes=3)
    norm(torch.randn(4, 2, 3, 3), torch.tensor([0, 2, 0, 2])).square().sum().backward()
    assert norm.gain.grad.any(1).tolist() == [True, False, True]


def test_a_style_sets_mean_and_deviation_of_each_channel_of_each_sample():
    torch.manual_seed(0)
    norm = AdaptiveInstanceNorm2d(3, style=2)
    x, style = 4 + 5 * torch.randn(2, 3, 20, 20), torch.randn(2, 2)
    y = norm(x, style)
    gain, bias = (style @ norm.linear.weight.T).chunk(2, 1)
    torch.testing.assert_close(y.mean((2, 3)), bias, atol=1e-4, rtol=0)
    torch.testing.assert_close(y.std((2, 3), correction=0), (1 + gain).abs(), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(norm(x, 0 * style), nn.InstanceNorm2d(3)(x))


def test_a_stack_passes_the_condition_to_the_layers_that_take_one():
    torch.manual_seed(0)
    norm = partial(AdaptiveInstanceNorm2d, style=2)
    inner = ConditionalSequential(nn.ReLU(), residual_block(3, norm=norm))
    stack = ConditionalSequential(nn.Conv2d(1, 3, 1), inner, nn.Tanh())
    x, style = torch.randn(4, 1, 6, 6), torch.randn(4, 2)
    y = stack(x, style)
    assert not torch.allclose(y, stack(x, style + 1))
    torch.testing.assert_close(y[:2], stack(x[:2], style[:2]))
    assert isinstance(stack[1:], ConditionalSequential)
    with pytest.raises(TypeError, match="style"):
        stack(x)


def test_without_a_condition_a_stack_is_a_sequential():
    layers = nn.Linear(2, 3), nn.Tanh()
    x = torch.randn(4, 2)
    assert torch.equal(ConditionalSequential(*layers)(x), nn.Sequential(*layers)(x))


def test_the_layers_of_any_stack_can_take_labels():
    norm = partial(ConditionalBatchNorm2d, classes=10)
    network = ConditionalSequential(*dcgan_generator(6, (1, 28, 28), (3, 4), norm=norm))
    z = torch.randn(2, 6)
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, ConditionalBatchNorm2d):
                layer.bias[7] += 1
    assert network(z, torch.tensor([7, 7])).shape == (2, 1, 28, 28)
    assert not torch.allclose(network(z, torch.tensor([7, 7])), network(z, torch.tensor([3, 3])))
