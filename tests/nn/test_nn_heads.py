"""Heads and projection compute linear functions of the trunk's features."""

import pytest
import torch
from torch import nn

from ganzoo.nn import Heads, Projection, dcgan_trunk, residual_trunk, spectral_norm


def test_the_outputs_of_the_heads_are_one_tensor_that_can_be_taken_apart():
    torch.manual_seed(0)
    heads = Heads(nn.Linear(3, 5), 5, real=1, label=4)
    x = torch.randn(2, 3)
    outputs = heads(x)
    assert outputs.shape == (2, 5)
    named = heads.named(outputs)
    assert list(named) == ["real", "label"]
    features = heads.trunk(x)
    for name, values in named.items():
        torch.testing.assert_close(values, heads.heads[name](features))
    assert named["real"].shape == (2, 1)


def test_a_batch_of_real_and_fake_samples_is_split_like_any_other():
    heads = Heads(dcgan_trunk((1, 28, 28), (3, 4), 6, norm=None), 6, real=1, label=10)
    real, fake = torch.randn(2, 4, 1, 28, 28)
    on_real, on_fake = heads(torch.cat((real, fake))).chunk(2)
    torch.testing.assert_close(on_real, heads(real))
    torch.testing.assert_close(heads.named(on_fake)["label"], heads.named(heads(fake))["label"])


def test_projection_adds_the_product_of_features_and_the_label_s_row():
    head = Projection(nn.Identity(), 2, classes=3)
    with torch.no_grad():
        head.real.weight.copy_(torch.tensor([[1.0, 10.0]]))
        head.real.bias.fill_(100.0)
        head.rows.weight.copy_(torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))  # columns: classes
    phi = torch.tensor([[1.0, 2.0]])
    # psi is 1 + 20 + 100; the rows of V are (1, 4), (2, 5), (3, 6)
    values = [head(phi, torch.tensor([c])).item() for c in range(3)]
    assert values == [121 + 9, 121 + 12, 121 + 15]
    assert head(phi, torch.tensor([[0.5, 0.0, 0.5]])).item() == 121 + 12
    assert head(phi, torch.tensor([-1])).item() == 121  # without a label


def test_spectral_norm_reaches_all_layers_of_a_projection():
    torch.manual_seed(0)
    trunk = residual_trunk((1, 28, 28), (4, 6))
    discriminator = spectral_norm(Projection(trunk, 6, classes=10))
    names = {n for n, _ in discriminator.named_parameters() if n.endswith(("weight", "original"))}
    assert names
    assert all(name.endswith("parametrizations.weight.original") for name in names)
    assert discriminator(torch.randn(3, 1, 28, 28), torch.tensor([1, 2, 3])).shape == (3, 1)


@pytest.mark.parametrize("norm", [nn.BatchNorm2d, None])
def test_a_trunk_of_dcgan_ends_in_features(norm):
    trunk = dcgan_trunk((3, 32, 32), (3, 4, 5), 6, norm=norm)
    assert trunk(torch.randn(2, 3, 32, 32)).shape == (2, 6)
