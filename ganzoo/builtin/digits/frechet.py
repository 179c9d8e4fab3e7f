r"""The Fréchet distance: how far apart two clouds of features are, as if both were Gaussian.

A Gaussian is its mean :math:`\mu` and its covariance :math:`\Sigma`, and the distance between two
has a closed form:

.. math:: d^2 = |\mu_1 - \mu_2|^2
    + \mathrm{tr}\left(\Sigma_1 + \Sigma_2 - 2 (\Sigma_1 \Sigma_2)^{1/2}\right)

The first term sees what is wrong on average, such as blur; the second what is missing or strange in
the variation, such as a digit that is never made. By custom :math:`d^2` is what is reported:

>>> one = torch.eye(2)
>>> frechet(tensor([0.0, 0.0]), one, tensor([3.0, 4.0]), one)  # 3² + 4²
25.0
>>> frechet(tensor([0.0, 0.0]), one, tensor([0.0, 0.0]), 9 * one)  # (3 - 1)², in two dimensions
8.0

It is a distance *in some network's features*. In Inception's it is called FID; in those of a digit
classifier it is another quantity, in another unit, and must never be put beside an FID. It depends
on the number of samples, too: few make it too large. Compare what was computed from equally many.

The root under the trace is of a product, which is not symmetric. But with the symmetric roots
:math:`A = \Sigma_1^{1/2}` and :math:`B = \Sigma_2^{1/2}`, the matrix
:math:`(AB)(AB)^\top = A \Sigma_2 A` has the eigenvalues of :math:`\Sigma_1 \Sigma_2`. So the trace
of the root is the sum of the singular values of :math:`AB`, which any two covariances have.

Source: Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
Equilibrium", 2017, equation 6, https://arxiv.org/abs/1706.08500; the closed form: Dowson and
Landau, "The Fréchet Distance between Multivariate Normal Distributions", 1982,
https://doi.org/10.1016/0047-259X(82)90077-X
"""

from __future__ import annotations

import torch
from torch import Tensor


def moments(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (D,) and covariance (D, D) of features (N, D), in double precision."""
    exact = features.double()
    return exact.mean(0), exact.T.cov()


def frechet(mean1: Tensor, covariance1: Tensor, mean2: Tensor, covariance2: Tensor) -> float:
    """The distance's square, 0 or greater."""
    together = torch.linalg.svdvals(root(covariance1) @ root(covariance2)).sum()
    spread = covariance1.trace() + covariance2.trace() - 2 * together
    distance = (mean1 - mean2).square().sum() + spread
    return max(float(distance), 0.0)  # rounding can leave less than none


def root(covariance: Tensor) -> Tensor:
    """The symmetric matrix whose square this one is."""
    values, vectors = torch.linalg.eigh(covariance)
    symmetric: Tensor = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    return symmetric
