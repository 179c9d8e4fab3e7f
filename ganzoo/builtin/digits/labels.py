r"""Scores from the labels that a classifier gives to samples, without its features.

The classifier gives each sample :math:`x` the probabilities :math:`p(y|x)` of the classes. Their
mean over all samples is :math:`p(y)`.

- *Confidence* is the mean of each sample's largest probability. A sample that could be a 4 or a 9
  lowers it.
- *Score* is high if each sample clearly belongs to one class and all classes occur. With ten
  classes, the maximum is 10. It is 1 if all samples look alike, whether they are clear or not.

  .. math:: \exp \mathbb{E}_x \, KL(p(y|x) \,\|\, p(y))

- *Divergence* compares the share :math:`q_y` of the samples with label :math:`y` with the expected
  share :math:`p_y`, in nats. It is 0 if the shares are equal.

  .. math:: KL(q \| p) = \sum_y q_y \log (q_y / p_y)

>>> score(tensor([[1.0, 0.0], [0.0, 1.0]])), score(tensor([[1.0, 0.0], [1.0, 0.0]]))
(2.0, 1.0)
>>> confidence(tensor([[0.75, 0.25], [0.0, 1.0]]))
0.875
>>> f"{divergence(tensor([0, 0, 0]), tensor([0.25, 0.75])):.4f}"  # log 4
'1.3863'

None of them compares samples of the same class. A generator that always repeats the same ten
perfect digits gets the best value of all three. Scores of the features notice this.

The score has the form of the Inception score, but never compare it with one. The Inception score
has 1,000 classes and is the mean over ten parts of the samples. Here all samples are one part.

Source: Salimans et al., "Improved Techniques for Training GANs", 2016, section 4,
https://arxiv.org/abs/1606.03498
"""

from __future__ import annotations

import torch
from torch import Tensor


def confidence(probabilities: Tensor) -> float:
    """Mean of the largest probability of each sample, from probabilities (N, classes)."""
    return probabilities.amax(1).mean().item()


def score(probabilities: Tensor) -> float:
    """The score, from 1 to the number of classes, from probabilities (N, classes)."""
    return relative_entropy(probabilities, probabilities.mean(0)).mean().exp().item()


def divergence(labels: Tensor, expected: Tensor) -> float:
    """KL divergence of the shares of labels (N,) from the expected shares (classes,), in nats."""
    shares = labels.bincount(minlength=len(expected)).double() / len(labels)
    return max(relative_entropy(shares, expected).item(), 0.0)  # rounding can make it negative


def relative_entropy(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) in nats over the last dimension. A term whose p is 0 is 0."""
    terms: Tensor = torch.special.xlogy(p, p) - torch.special.xlogy(p, q)
    return terms.sum(-1)
