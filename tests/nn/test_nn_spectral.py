"""Spectral norm divides by the largest singular value, and its vectors move in training only."""

import copy

import pytest
import torch
from torch import nn

from ganzoo.nn import normal_weights, orthogonal_weights, spectral_norm, xavier_weights


def largest(layer):
    """The largest singular value of a layer's weight, as a matrix of (outputs, rest)."""
    weight = layer.weight.detach()
    rows = weight.transpose(0, 1) if isinstance(layer, nn.ConvTranspose2d) else weight
    return torch.linalg.matrix_norm(rows.flatten(1), 2).item()


def network():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3),
        nn.BatchNorm2d(8),
        nn.ConvTranspose2d(8, 5, 4),
        nn.Sequential(nn.Linear(7, 6), nn.Embedding(4, 6)),
    )


def layers(stack):
    return [stack[0], stack[2], *stack[3]]


def test_each_layer_s_largest_singular_value_becomes_1():
    torch.manual_seed(0)
    stack = network().apply(orthogonal_weights(3.0))
    assert spectral_norm(stack) is stack
    for layer in layers(stack):
        for _ in range(50):
            layer.weight  # noqa: B018
        assert largest(layer) == pytest.approx(1, abs=0.01)
    assert isinstance(stack[1], nn.BatchNorm2d)
    assert stack[1].weight.eq(1).all()  # left alone


def test_applied_twice_it_changes_nothing_more():
    stack = spectral_norm(network())
    names = list(stack.state_dict())
    spectral_norm(stack)
    stack.apply(spectral_norm)
    assert list(stack.state_dict()) == names


def test_a_single_layer_is_normalised_too():
    layer = spectral_norm(nn.Linear(3, 4))
    assert [*layer.state_dict()] == [
        "bias",
        "parametrizations.weight.original",
        "parametrizations.weight.0._u",
        "parametrizations.weight.0._v",
    ]


def test_the_vectors_move_in_training_mode_only():
    torch.manual_seed(0)
    layer = spectral_norm(nn.Linear(20, 20))
    layer.parametrizations.weight.original.data.normal_()
    vectors = layer.parametrizations.weight[0]._u
    before = vectors.clone()
    layer.eval()(torch.randn(2, 20))
    assert torch.equal(vectors, before)
    layer.train()(torch.randn(2, 20))
    assert not torch.equal(vectors, before)


@pytest.mark.parametrize("weights", [normal_weights, orthogonal_weights, xavier_weights])
def test_an_initialiser_works_before_and_after(weights):
    torch.manual_seed(0)
    plain = nn.Conv2d(4, 6, 3)
    normalised = spectral_norm(copy.deepcopy(plain))
    torch.manual_seed(1)
    plain.apply(weights(2.0))
    torch.manual_seed(1)
    normalised.apply(weights(2.0))
    original = normalised.parametrizations.weight.original
    assert torch.equal(original, plain.weight)
    assert isinstance(original, nn.Parameter)
    assert largest(normalised.eval()) == pytest.approx(1, abs=0.1)  # without a training step


def test_the_gradient_of_a_normalised_network_is_bounded():
    torch.manual_seed(0)
    stack = nn.Sequential(nn.Linear(9, 30), nn.LeakyReLU(0.2), nn.Linear(30, 1))
    spectral_norm(stack.apply(normal_weights(5.0)))
    x = torch.randn(200, 9, requires_grad=True)
    for _ in range(50):
        stack(x)
    (slope,) = torch.autograd.grad(stack(x).sum(), x)
    assert slope.norm(dim=1).max() <= 1.01
