r"""Gradient penalty: the critic's gradient norm is one between real and generated samples.

The optimal critic of the Wasserstein distance has a gradient norm of one almost everywhere on the
lines along which mass moves (proposition 1 of the paper). Those lines are unknown, so the penalty
uses lines between random pairs:

.. math::
    \lambda \mathbb{E}_{\hat x}[(\|\nabla_{\hat x} D(\hat x)\|_2 - 1)^2],
    \qquad \hat x = \epsilon x + (1 - \epsilon) G(z), \quad \epsilon \sim U[0, 1]

The penalty is two-sided, so a gradient that is too small costs as much as one that is too large.
ganzoo refuses a critic with batch norm, because its output on one sample depends on the others. The
authors' code takes :math:`\lambda = 0.1` for points in the plane and 10 for pictures.

>>> critic = lambda x: (x**2).sum(1) / 2  # its gradient at x is x
>>> real = tensor([[3.0, 4.0], [6.0, 8.0]])  # of length 5 and 10
>>> fake = tensor([[0.0, 0.0], [9.0, 12.0]])  # of length 0 and 15, on the same rays
>>> e1, e2 = Draw(0).uniform(2).tolist()
>>> slopes = [e1 * 5 + (1 - e1) * 0, e2 * 10 + (1 - e2) * 15]
>>> formula = 3 * mean((slope - 1) ** 2 for slope in slopes)
>>> isclose(GradientPenalty(weight=3)(critic, real, fake, Draw(0)), formula)
True

Source: Gulrajani et al., "Improved Training of Wasserstein GANs", 2017, equation 3,
https://arxiv.org/abs/1704.00028
"""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge
from torch import Tensor

import ganzoo
from ganzoo_wgan.slope import Critic, between, slope


@dataclass(frozen=True)
class GradientPenalty:
    """A scalar term in the critic's loss."""

    weight: Annotated[float, Ge(0)] = 10.0
    """The factor lambda."""

    per_sample = True

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor, draw: ganzoo.Draw) -> Tensor:
        """``real`` and ``fake`` are (B, \\*shape)."""
        at = between(real, fake, draw.uniform(len(real)))
        return self.weight * (slope(critic, at) - 1).square().mean()
