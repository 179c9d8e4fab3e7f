r"""Gradient penalty: the critic's slope should be one between real and generated samples.

.. math::
    \lambda E_{\hat x}[(\|\nabla_{\hat x} D(\hat x)\|_2 - 1)^2],
    \qquad \hat x = \epsilon x + (1 - \epsilon) G(z), \quad \epsilon \sim U[0, 1]

Source: Gulrajani et al. 2017, equation 3, https://arxiv.org/abs/1704.00028
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

import ganzoo


@dataclass(frozen=True)
class GradientPenalty:
    """Added to the critic's loss; a scalar."""

    weight: float = 10.0
    """The factor lambda."""

    def __call__(
        self, critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, draw: ganzoo.Draw
    ) -> Tensor:
        """``real`` and ``fake`` are (B, \\*shape)."""
        mix = draw.uniform(len(real), *[1] * (real.dim() - 1))  # one number for each sample
        between = (mix * real + (1 - mix) * fake).requires_grad_()
        (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
        length: Tensor = slope.flatten(1).norm(dim=1)  # (B, *shape) -> (B,)
        return self.weight * (length - 1).square().mean()
