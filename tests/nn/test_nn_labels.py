"""Labels become one-hot rows, weights stay, and both become maps for convolutions."""

import pytest
import torch

from ganzoo.nn import append_maps, label_weights


def test_class_numbers_become_one_hot_rows():
    weights = label_weights(torch.tensor([2, 0]), 3)
    assert weights.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert weights.dtype == torch.float32


def test_numbers_that_are_no_class_become_zeros():
    assert not label_weights(torch.tensor([-1, 3]), 3).any()


def test_weights_stay_as_they_are():
    mixed = torch.tensor([[0.25, 0.75], [1.0, 1.0]])
    assert torch.equal(label_weights(mixed, 2), mixed)
    attributes = torch.tensor([[1, 0], [1, 1]])
    assert label_weights(attributes, 2).tolist() == [[1.0, 0.0], [1.0, 1.0]]
    assert label_weights(attributes, 2).dtype == torch.float32


@pytest.mark.parametrize("shape", [(), (4, 2), (4, 3, 1)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected labels \(B,\) or \(B, 3\), not"):
        label_weights(torch.zeros(shape), 3)


def test_each_number_becomes_a_constant_map_after_the_picture_s_own():
    x = torch.randn(2, 1, 2, 3)
    joined = append_maps(x, torch.tensor([[5.0, 6.0], [7.0, 8.0]]))
    assert joined.shape == (2, 3, 2, 3)
    assert torch.equal(joined[:, :1], x)
    assert torch.equal(joined[0, 1], torch.full((2, 3), 5.0))
    assert torch.equal(joined[1, 2], torch.full((2, 3), 8.0))
