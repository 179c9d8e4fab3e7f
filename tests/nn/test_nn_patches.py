"""Each verdict of a patch discriminator depends on the patch that it says, and on nothing else."""

import pytest
import torch
from torch import nn

from ganzoo.nn import patch_discriminator, receptive_field

STACKS = {
    1: ((3, 4), {"strides": (1, 1), "kernel": 1, "last": 1}),
    16: ((3, 4), {"strides": (2, 1), "last": 4}),
    18: ((3, 4), {}),
    70: ((3, 4, 5, 6), {"strides": (2, 2, 2, 1), "last": 4}),
    94: ((3, 4, 5, 6), {"last": 4}),
}


@pytest.mark.parametrize("side", STACKS)
def test_the_receptive_field_is_where_the_gradient_is(side):
    torch.manual_seed(0)
    widths, keywords = STACKS[side]
    stack = patch_discriminator(2, widths, norm=None, **keywords)
    assert receptive_field(stack) == side
    x = torch.randn(1, 2, 256, 256, requires_grad=True)
    verdicts = stack(x)
    h = verdicts.shape[-1]
    (slope,) = torch.autograd.grad(verdicts[0, 0, h // 2, h // 2], x)
    rows, columns = slope.abs().sum((0, 1)).nonzero().T
    assert rows.max() - rows.min() + 1 == side
    assert columns.max() - columns.min() + 1 == side


@pytest.mark.parametrize(("side", "verdicts"), [(28, 7), (32, 8)])
def test_the_map_of_verdicts(side, verdicts):
    stack = patch_discriminator(2, (32, 64))
    assert stack(torch.randn(2, 2, side, side)).shape == (2, 1, verdicts, verdicts)


def test_all_hidden_layers_but_the_first_have_the_norm():
    stack = patch_discriminator(2, (3, 4, 5))
    assert [type(m) for m in stack] == [
        nn.Conv2d, nn.LeakyReLU,
        nn.Conv2d, nn.InstanceNorm2d, nn.LeakyReLU,
        nn.Conv2d, nn.InstanceNorm2d, nn.LeakyReLU,
        nn.Conv2d,
    ]  # fmt: skip
    assert [m.bias is not None for m in stack if isinstance(m, nn.Conv2d)] == [
        True, False, False, True,
    ]  # fmt: skip


def test_samples_are_not_mixed():
    stack = patch_discriminator(2, (3, 4))
    x = torch.randn(4, 2, 28, 28)
    torch.testing.assert_close(stack(x)[:2], stack(x[:2]))


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="expected 2 strides, one for each width"):
        patch_discriminator(2, (3, 4), strides=(2,))
    with pytest.raises(ValueError, match="at least one hidden map"):
        patch_discriminator(2, ())
