"""Translators keep the side, and their halves fit together with a style or without."""

from functools import partial

import pytest
import torch
from torch import nn

from ganzoo.nn import (
    AdaptiveInstanceNorm2d,
    Residual,
    append_maps,
    norm2d,
    translator,
    translator_decoder,
    translator_encoder,
)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (4, 24, 40)])
def test_the_output_has_the_input_s_sides(shape):
    network = translator(shape, 3, (4, 5, 6), blocks=1)
    y = network(torch.randn(2, *shape))
    assert y.shape == (2, 3, *shape[1:])
    assert y.abs().max() <= 1


def test_the_paper_s_network():
    network = translator((3, 128, 128), 3, (64, 128, 256), blocks=6, edge=7)
    outside = [m for m in network if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))]
    assert [(m.in_channels, m.out_channels, m.kernel_size[0], m.stride[0]) for m in outside] == [
        (3, 64, 7, 1),
        (64, 128, 4, 2),
        (128, 256, 4, 2),
        (256, 128, 4, 2),
        (128, 64, 4, 2),
        (64, 3, 7, 1),
    ]
    assert sum(isinstance(m, Residual) for m in network) == 6


def test_the_halves_make_the_whole():
    torch.manual_seed(0)
    network = translator((1, 28, 28), 1, (4, 5, 6), blocks=2)
    x = torch.randn(2, 1, 28, 28)
    n = len(translator_encoder((1, 28, 28), (4, 5, 6)))
    content = network[:n](x)
    assert content.shape == (2, 6, 7, 7)
    assert torch.equal(network[n:](content), network(x))
    encoder = translator_encoder((1, 28, 28), (4, 5, 6), blocks=2)
    assert encoder(x).shape == (2, 6, 7, 7)


def test_nothing_differs_between_training_and_evaluation_or_among_samples():
    network = translator((1, 28, 28), 1, (4, 5, 6))
    x = torch.randn(4, 1, 28, 28)
    y = network(x)
    torch.testing.assert_close(network.eval()(x), y)
    torch.testing.assert_close(network(x[:2]), y[:2])
    assert not [*network.buffers()]  # no running statistics


def test_a_decoder_with_a_style():
    torch.manual_seed(0)
    style_norm = partial(AdaptiveInstanceNorm2d, style=8)
    decoder = translator_decoder(1, (4, 6), blocks=2, norm=norm2d("layer"), block_norm=style_norm)
    assert sum(isinstance(m, AdaptiveInstanceNorm2d) for m in decoder.modules()) == 4
    assert sum(isinstance(m, nn.GroupNorm) for m in decoder.modules()) == 1
    content, style = torch.randn(2, 6, 14, 14), torch.randn(2, 8)
    assert decoder(content, style).shape == (2, 1, 28, 28)
    assert not torch.allclose(decoder(content, style), decoder(content, -style))


def test_a_label_goes_in_as_maps():
    network = translator((1 + 3, 28, 28), 1, (4, 5))
    x = append_maps(torch.randn(2, 1, 28, 28), torch.eye(3)[:2])
    assert network(x).shape == (2, 1, 28, 28)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"sides of 30 and 30 cannot be halved 2 times; .* of 4"):
        translator((1, 30, 30), 1)
    with pytest.raises(ValueError, match="at least one hidden map"):
        translator((1, 28, 28), 1, ())
