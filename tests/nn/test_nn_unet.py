"""The U-Net has skips, restores any side, and keeps its noise in evaluation mode."""

import pytest
import torch
from torch import nn

from ganzoo.nn import NoiseDropout, UNet, norm2d


@pytest.mark.parametrize("sides", [(28, 28), (32, 32), (31, 45), (8, 8)])
def test_the_output_has_the_input_s_sides(sides):
    network = UNet(2, 3, (4, 5, 6))
    y = network(torch.randn(2, 2, *sides))
    assert y.shape == (2, 3, *sides)
    assert y.abs().max() <= 1


def test_each_map_of_the_decoder_is_joined_with_the_encoder_s():
    network = UNet(2, 3, (4, 5, 6))
    halving = [m for m in network.encoder.modules() if isinstance(m, nn.Conv2d)]
    assert [(m.in_channels, m.out_channels) for m in halving] == [(2, 4), (4, 5), (5, 6)]
    doubling = [(m.in_channels, m.out_channels) for m in network.decoder]
    assert doubling == [(6, 5), (5 + 5, 4), (4 + 4, 3)]


def test_fine_lines_pass_the_smallest_map():
    torch.manual_seed(0)
    network = UNet(1, 1, (4, 5), noisy=0).eval()
    with torch.no_grad():
        network.encoder[-1][0].weight.zero_()  # nothing reaches the smallest map
    x = torch.zeros(1, 1, 28, 28)
    moved = x.clone()
    moved[0, 0, 10, 10] = 1
    changed = (network(moved) - network(x)).abs()[0, 0] > 1e-6
    rows, columns = changed.nonzero().T
    assert changed.any()
    assert rows.min() >= 7
    assert rows.max() <= 13  # only near the pixel
    assert columns.min() >= 7
    assert columns.max() <= 13


def test_the_noise_is_on_in_evaluation_mode_and_follows_torch_s_random_state():
    torch.manual_seed(0)
    network = UNet(1, 1, (4, 5, 6)).eval()
    x = torch.randn(2, 1, 28, 28)
    torch.manual_seed(1)
    first, second = network(x), network(x)
    assert not torch.allclose(first, second)
    torch.manual_seed(1)
    assert torch.equal(network(x), first)
    calm = UNet(1, 1, (4, 5, 6), noisy=0).eval()
    assert torch.equal(calm(x), calm(x))


def test_dropout_zeroes_its_share_and_scales_the_rest():
    torch.manual_seed(0)
    y = NoiseDropout(0.25).eval()(torch.ones(100_000))
    assert sorted(y.unique().tolist()) == pytest.approx([0, 4 / 3])
    assert y.mean().item() == pytest.approx(1, abs=0.01)


def test_the_order_is_the_paper_s():
    network = UNet(1, 1, (4, 5, 6, 7), noisy=2)
    assert [[type(m).__name__ for m in finish] for finish in network.finish[:-1]] == [
        ["BatchNorm2d", "NoiseDropout", "ReLU"],
        ["BatchNorm2d", "NoiseDropout", "ReLU"],
        ["BatchNorm2d", "ReLU"],
    ]
    normed = [any(isinstance(m, nn.BatchNorm2d) for m in e) for e in network.encoder]
    assert normed == [False, True, True, False]  # neither the first nor the innermost
    biases = [e[0].bias is not None for e in network.encoder]
    assert biases == [True, False, False, True]


@pytest.mark.parametrize("norm", [norm2d("instance"), norm2d("layer"), None])
def test_other_norms(norm):
    network = UNet(1, 1, (4, 5, 6), norm=norm)
    assert network(torch.randn(2, 1, 8, 8)).shape == (2, 1, 8, 8)  # down to 1 x 1


def test_one_width_is_enough_and_none_is_refused():
    assert UNet(1, 2, (4,))(torch.randn(2, 1, 6, 6)).shape == (2, 2, 6, 6)
    with pytest.raises(ValueError, match="at least one hidden map"):
        UNet(1, 2, ())
