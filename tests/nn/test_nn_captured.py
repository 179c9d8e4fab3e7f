"""Every network can be part of a captured step, and a seed determines its weights."""

from functools import partial

import pytest
import torch
from torch import nn

import ganzoo.nn as blocks
from ganzoo.engine.readback import NoReadBack

PICTURE, LABELS, Z = (1, 28, 28), torch.tensor([1, 3]), (2, 6)
CONDITIONAL = partial(blocks.ConditionalBatchNorm2d, classes=4)
STYLED = partial(blocks.AdaptiveInstanceNorm2d, style=6)
NETWORKS = {
    "dcgan generator": lambda: blocks.dcgan_generator(6, PICTURE, (3, 4), hidden=5),
    "dcgan discriminator": lambda: blocks.dcgan_discriminator(PICTURE, (3, 4), hidden=5),
    "heads": lambda: blocks.Heads(blocks.dcgan_trunk(PICTURE, (3, 4), 5), 5, real=1, label=4),
    "conditional": lambda: blocks.residual_generator(6, PICTURE, (3, 4), norm=CONDITIONAL),
    "projection": lambda: blocks.spectral_norm(
        blocks.Projection(blocks.residual_trunk(PICTURE, (3, 4), blocks=1), 4, 4)
    ),
    "unet": lambda: blocks.UNet(1, 1, (3, 4, 5)),
    "patches": lambda: blocks.patch_discriminator(1, (3, 4)),
    "translator": lambda: blocks.translator(PICTURE, 1, (3, 4), blocks=1),
    "styled": lambda: blocks.translator_decoder(1, (3, 4), blocks=1, block_norm=STYLED),
}


def inputs(name):
    if name == "dcgan generator":
        return (torch.randn(Z),)
    if name == "conditional":
        return torch.randn(Z), LABELS
    if name == "styled":
        return torch.randn(2, 4, 14, 14), torch.randn(Z)
    return (torch.randn(2, *PICTURE), *([LABELS] if name == "projection" else []))


def step(network, given):
    """Of a discriminator with a penalty, which needs second derivatives."""
    x = given[0].requires_grad_()
    y = network(x, *given[1:])
    (slope,) = torch.autograd.grad(y.square().sum(), x, create_graph=True)
    (y.mean() + slope.square().mean()).backward()


@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_is_read_back_and_each_parameter_is_trained(name):
    torch.manual_seed(0)
    network, given = NETWORKS[name](), inputs(name)
    with NoReadBack():
        step(network, given)
    for parameter, value in network.named_parameters():
        assert value.grad is not None, parameter
        assert value.grad.isfinite().all(), parameter


@pytest.mark.parametrize("name", NETWORKS)
def test_a_seed_determines_weights_and_outputs(name):
    def made():
        torch.manual_seed(3)
        network = NETWORKS[name]()
        return network.state_dict(), network(*inputs(name))

    (weights, y), (again, same) = made(), made()
    assert list(weights) == list(again)
    assert all(torch.equal(weights[k], again[k]) for k in weights)
    assert torch.equal(y, same)


@pytest.mark.parametrize("name", NETWORKS)
def test_evaluation_changes_no_state(name):
    network, given = NETWORKS[name]().eval(), inputs(name)
    before = {k: v.clone() for k, v in network.state_dict().items()}
    network(*given)
    assert all(torch.equal(v, before[k]) for k, v in network.state_dict().items())


def test_labels_are_weighed_without_reading_them():
    with NoReadBack():
        weights = blocks.label_weights(LABELS, 4)
        blocks.append_maps(torch.zeros(2, *PICTURE), weights)


@pytest.mark.parametrize("name", NETWORKS)
def test_norms_have_torch_s_eps(name):
    norms = (nn.BatchNorm1d, nn.BatchNorm2d, nn.InstanceNorm2d, nn.GroupNorm)
    assert {m.eps for m in NETWORKS[name]().modules() if isinstance(m, norms)} <= {1e-5}
