"""Initialisers change linear layers and convolutions, as they say, and nothing else."""

import pytest
import torch
from torch import nn

from ganzoo.nn import normal_weights, orthogonal_weights, xavier_weights

LAYERS = {
    "linear": lambda: nn.Linear(64, 128),
    "convolution": lambda: nn.Conv2d(16, 32, 4),
    "transposed": lambda: nn.ConvTranspose2d(32, 16, 4),
}


@pytest.mark.parametrize("layer", LAYERS)
def test_normal_weights_have_mean_0_and_their_standard_deviation(layer):
    torch.manual_seed(0)
    module = LAYERS[layer]().apply(normal_weights(0.5))
    error = 0.5 / module.weight.numel() ** 0.5  # 8,192 weights
    assert abs(module.weight.mean()) < 4 * error
    assert module.weight.std().item() == pytest.approx(0.5, abs=4 * error)
    assert not module.bias.any()


def test_orthogonal_weights_keep_lengths_but_for_their_gain():
    torch.manual_seed(0)
    module = nn.Linear(8, 20).apply(orthogonal_weights(0.8))
    product = module.weight.T @ module.weight
    torch.testing.assert_close(product, 0.64 * torch.eye(8))
    assert not module.bias.any()


def test_xavier_s_weights_are_uniform_with_the_variance_of_their_fans():
    torch.manual_seed(0)
    module = nn.Conv2d(16, 48, 3).apply(xavier_weights(1.5))
    variance = 1.5**2 * 2 / (9 * (16 + 48))
    assert module.weight.var().item() == pytest.approx(variance, rel=0.05)  # 6,912 weights
    assert module.weight.abs().max().item() == pytest.approx((3 * variance) ** 0.5, rel=0.01)
    assert not module.bias.any()


@pytest.mark.parametrize("initialiser", [normal_weights, orthogonal_weights, xavier_weights])
def test_biases_can_stay_as_they_are(initialiser):
    torch.manual_seed(0)
    module = nn.Linear(8, 20)
    weight, bias = (p.detach().clone() for p in module.parameters())
    module.apply(initialiser(zero_biases=False))
    assert torch.equal(module.bias, bias)
    assert not torch.equal(module.weight, weight)


@pytest.mark.parametrize("initialiser", [normal_weights(), orthogonal_weights(), xavier_weights()])
def test_layers_without_bias_and_all_other_modules_are_left_alone(initialiser):
    nn.Conv2d(3, 4, 2, bias=False).apply(initialiser)
    others = nn.Sequential(nn.BatchNorm2d(4), nn.Embedding(3, 2), nn.PReLU())
    before = {name: value.clone() for name, value in others.state_dict().items()}
    others.apply(initialiser)
    assert all(torch.equal(value, before[name]) for name, value in others.state_dict().items())
