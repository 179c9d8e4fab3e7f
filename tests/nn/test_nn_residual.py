"""Residual blocks add to their input, and reflect it at its borders."""

import pytest
import torch
from torch import nn

from ganzoo.nn import Reflect, Residual, residual_block


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_reflection_is_torch_s_with_its_gradient(n):
    torch.manual_seed(0)
    x = torch.randn(2, 3, 4, 5, requires_grad=True)
    ours, theirs = Reflect(n)(x), nn.ReflectionPad2d(n)(x)
    assert torch.equal(ours, theirs)
    weights = torch.randn_like(ours)
    of_ours, of_theirs = (torch.autograd.grad((y * weights).sum(), x) for y in (ours, theirs))
    torch.testing.assert_close(of_ours, of_theirs)


def test_a_block_is_the_sum_of_its_two_ways():
    block = Residual(nn.Linear(2, 3), nn.Linear(2, 3))
    x = torch.randn(4, 2)
    torch.testing.assert_close(block(x), block.residual(x) + block.shortcut(x))


@pytest.mark.parametrize("reflect", [True, False])
def test_a_block_of_zero_weights_passes_its_input_on(reflect):
    block = residual_block(3, reflect=reflect)
    kinds = [type(m) for m in block.residual]
    pad = [Reflect] * reflect
    assert kinds == [
        *pad, nn.Conv2d, nn.InstanceNorm2d, nn.ReLU,
        *pad, nn.Conv2d, nn.InstanceNorm2d, nn.Identity,
    ]  # fmt: skip
    for p in block.parameters():
        nn.init.zeros_(p)
    x = torch.randn(2, 3, 7, 7)
    assert torch.equal(block(x), x)


def test_a_block_keeps_the_input_that_it_is_given():
    x = torch.randn(2, 3, 7, 7)
    before = x.clone()
    residual_block(3, norm=None)(x)
    assert torch.equal(x, before)


def test_the_block_of_super_resolution():
    block = residual_block(3, norm=None, activation=nn.PReLU, reflect=False)
    assert [type(m) for m in block.residual] == [nn.Conv2d, nn.PReLU, nn.Conv2d, nn.Identity]
    assert all(m.bias is not None for m in block.residual if isinstance(m, nn.Conv2d))
    assert block(torch.randn(2, 3, 8, 8)).shape == (2, 3, 8, 8)
