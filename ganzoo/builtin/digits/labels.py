r"""What a classifier's labels tell of samples, without a look at their features.

It gives each sample :math:`x` the probabilities :math:`p(y|x)` of the classes. Over all samples
their mean is :math:`p(y)`.

- *Confidence* is the greatest probability, on average. A smudge that could be a 4 or a 9 lowers it.
- *Score* is great where each sample is clearly one class while all classes occur: 10 at best, of
  ten classes, and 1 where all samples look alike, be they clear or not.

  .. math:: \exp \mathbb{E}_x \, KL(p(y|x) \,\|\, p(y))

- *Divergence*, in nats, is that of the share :math:`q_y` of samples that get each label from the
  share :math:`p_y` that should. It is 0 where they agree.

  .. math:: KL(q \| p) = \sum_y q_y \log (q_y / p_y)

>>> score(tensor([[1.0, 0.0], [0.0, 1.0]])), score(tensor([[1.0, 0.0], [1.0, 0.0]]))
(2.0, 1.0)
>>> confidence(tensor([[0.75, 0.25], [0.0, 1.0]]))
0.875
>>> f"{divergence(tensor([0, 0, 0]), tensor([0.25, 0.75])):.4f}"  # log 4
'1.3863'

None of them compares samples of one class: the same ten perfect digits again and again get the best
of all three. For that there are the features.

The score has the form of the Inception score, but must not be put beside one, which has Inception's
1,000 classes and is the mean over ten parts of the samples. Here all are one part.

Source: Salimans et al., "Improved Techniques for Training GANs", 2016, section 4,
https://arxiv.org/abs/1606.03498
"""

from __future__ import annotations

import torch
from torch import Tensor


def confidence(probabilities: Tensor) -> float:
    """Mean of the greatest, of (N, classes)."""
    return probabilities.amax(1).mean().item()


def score(probabilities: Tensor) -> float:
    """From 1 to the number of classes, of (N, classes)."""
    return relative_entropy(probabilities, probabilities.mean(0)).mean().exp().item()


def divergence(labels: Tensor, expected: Tensor) -> float:
    """Of labels (N,) from the share that each should have (classes,)."""
    shares = labels.bincount(minlength=len(expected)).double() / len(labels)
    return max(relative_entropy(shares, expected).item(), 0.0)  # rounding can leave less than none


def relative_entropy(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) in nats over the last dimension. Where p is 0 it adds nothing."""
    terms: Tensor = torch.special.xlogy(p, p) - torch.special.xlogy(p, q)
    return terms.sum(-1)
