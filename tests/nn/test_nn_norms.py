"""Each norm takes mean and variance over what its name says."""

import pytest
import torch

from ganzoo.nn import norm2d


@pytest.mark.parametrize(
    ("kind", "over"),
    [("batch", (0, 2, 3)), ("instance", (2, 3)), ("layer", (1, 2, 3))],
)
def test_a_norm_makes_mean_0_and_variance_1_over_its_axes_alone(kind, over):
    torch.manual_seed(0)
    x = 3 + 2 * torch.randn(4, 5, 6, 6) + torch.randn(4, 5, 1, 1)
    y = norm2d(kind)(5)(x)
    torch.testing.assert_close(y.mean(over), torch.zeros_like(y.mean(over)), atol=1e-5, rtol=0)
    variance = y.var(over, correction=0)
    torch.testing.assert_close(variance, torch.ones_like(variance), atol=1e-3, rtol=0)
    means = x.mean(over, keepdim=True)
    stds = x.std(over, correction=0, keepdim=True)
    torch.testing.assert_close(y, (x - means) / stds, atol=1e-3, rtol=0)


def test_none_changes_nothing():
    x = torch.randn(2, 3, 4, 4)
    assert torch.equal(norm2d("none")(3)(x), x)


def test_an_unknown_norm_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="'spectral'; expected batch, instance, layer, none"):
        norm2d("spectral")
