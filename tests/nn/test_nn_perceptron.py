"""A perceptron has the sizes, norms, activations and names that it says."""

from functools import partial

import pytest
import torch
from torch import nn

from ganzoo.nn import leaky_relu, perceptron


def kinds(module):
    return [type(m).__name__ for m in module]


def test_activations_stand_between_linear_layers():
    network = perceptron(3, 5, 7, 2)
    sizes = [(m.in_features, m.out_features) for m in network if isinstance(m, nn.Linear)]
    assert sizes == [(3, 5), (5, 7), (7, 2)]
    assert kinds(network) == ["Linear", "ReLU", "Linear", "ReLU", "Linear"]
    assert network(torch.zeros(4, 3)).shape == (4, 2)


def test_without_hidden_layers_it_is_linear():
    assert kinds(perceptron(3, 2)) == ["Linear"]


def test_a_norm_stands_before_each_activation_and_does_the_bias_s_work():
    norm = partial(nn.BatchNorm1d, eps=1e-2)
    network = perceptron(3, 5, 7, 2, norm=norm, activation=nn.Tanh)
    block = ["Linear", "BatchNorm1d", "Tanh"]
    assert kinds(network) == [*block, *block, "Linear"]
    assert [m.eps for m in network if isinstance(m, nn.BatchNorm1d)] == [1e-2, 1e-2]
    assert [m.num_features for m in network if isinstance(m, nn.BatchNorm1d)] == [5, 7]
    assert [m.bias is None for m in network if isinstance(m, nn.Linear)] == [True, True, False]


def test_no_norm_is_no_reason_to_leave_biases_out():
    network = perceptron(3, 5, 2, norm=nn.Identity)
    assert all(m.bias is not None for m in network if isinstance(m, nn.Linear))


def test_a_leaky_relu_leaks_a_fifth():
    assert torch.equal(leaky_relu()(torch.tensor([-1.0, 2.0])), torch.tensor([-0.2, 2.0]))


def test_the_names_of_parameters_stay_as_checkpoints_have_them():
    assert list(perceptron(3, 5, 7, 2).state_dict()) == [
        "0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias",
    ]  # fmt: skip
    assert list(perceptron(3, 5, 2, norm=partial(nn.BatchNorm1d, affine=False)).state_dict()) == [
        "0.weight", "1.running_mean", "1.running_var", "1.num_batches_tracked",
        "3.weight", "3.bias",
    ]  # fmt: skip


@pytest.mark.parametrize("sizes", [(), (3,)])
def test_one_size_is_no_perceptron(sizes):
    with pytest.raises(ValueError, match="at least two sizes"):
        perceptron(*sizes)
