r"""The Fréchet distance between two sets of features, which treats both as Gaussian.

A Gaussian has a mean :math:`\mu` and a covariance :math:`\Sigma`. The distance between two of them
has a closed form:

.. math:: d^2 = |\mu_1 - \mu_2|^2
    + \mathrm{tr}\left(\Sigma_1 + \Sigma_2 - 2 (\Sigma_1 \Sigma_2)^{1/2}\right)

The first term measures errors of the average, such as blur. The second measures errors of the
variation, such as a missing digit. By convention, the reported distance is :math:`d^2`:

>>> one = torch.eye(2)
>>> frechet(tensor([0.0, 0.0]), one, tensor([3.0, 4.0]), one)  # 3² + 4²
25.0
>>> frechet(tensor([0.0, 0.0]), one, tensor([0.0, 0.0]), 9 * one)  # (3 - 1)², in two dimensions
8.0

The distance depends on the network that computes the features. With Inception's features it is
called FID. With a digit classifier's features it is another quantity in another unit, so never
compare it with an FID. It also depends on the number of samples, and few samples make it too large.
Compare only distances from equally many samples.

The product under the root is not symmetric. But with the symmetric roots
:math:`A = \Sigma_1^{1/2}` and :math:`B = \Sigma_2^{1/2}`, the matrix
:math:`(AB)(AB)^\top = A \Sigma_2 A` has the eigenvalues of :math:`\Sigma_1 \Sigma_2`. So the trace
of the root is the sum of the singular values of :math:`AB`, which exists for any two covariances.

Source: Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
Equilibrium", 2017, equation 6, https://arxiv.org/abs/1706.08500.
The closed form is from Dowson and Landau, "The Fréchet Distance between Multivariate Normal
Distributions", 1982, https://doi.org/10.1016/0047-259X(82)90077-X
"""

from __future__ import annotations

import torch
from torch import Tensor


def moments(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (D,) and covariance (D, D) of features (N, D), in double precision."""
    exact = features.double()
    return exact.mean(0), exact.T.cov()


def frechet(mean1: Tensor, covariance1: Tensor, mean2: Tensor, covariance2: Tensor) -> float:
    """The squared distance, at least 0."""
    together = torch.linalg.svdvals(root(covariance1) @ root(covariance2)).sum()
    spread = covariance1.trace() + covariance2.trace() - 2 * together
    distance = (mean1 - mean2).square().sum() + spread
    return max(float(distance), 0.0)  # rounding can make it negative


def root(covariance: Tensor) -> Tensor:
    """The symmetric square root of a covariance (D, D)."""
    values, vectors = torch.linalg.eigh(covariance)
    symmetric: Tensor = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    return symmetric
