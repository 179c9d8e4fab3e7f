r"""WGAN-div's penalty: a high power of the gradient norm.

The Wasserstein distance needs a critic whose gradient norm is at most one, and a network can only
approximate that. The W-divergence needs no bound, because its definition contains the power:

.. math:: \sup_D \mathbb{E}_x[D(x)] - \mathbb{E}_z[D(G(z))] - k \mathbb{E}_u[\|\nabla_u D(u)\|^p]

(Real samples score high, as in `wgan`.) It is a true divergence for :math:`k > 0, p > 1`. The
critic minimises its negative, so this term is added to the critic's loss. The paper works best with
:math:`k = 2, p = 6`, and with :math:`u` on the lines between real and generated samples, as in
`gradient-penalty`.

>>> critic = lambda x: (x**2).sum(1) / 2  # its gradient at x is x
>>> real = tensor([[3.0, 4.0], [6.0, 8.0]])  # of length 5 and 10
>>> fake = tensor([[0.0, 0.0], [9.0, 12.0]])  # of length 0 and 15, on the same rays
>>> e1, e2 = Draw(0).uniform(2).tolist()
>>> slopes = [e1 * 5 + (1 - e1) * 0, e2 * 10 + (1 - e2) * 15]
>>> formula = 3 * mean(slope**4 for slope in slopes)
>>> isclose(Divergence(weight=3, power=4)(critic, real, fake, Draw(0)), formula)
True

Only k and p come from the paper. The loss `wgan-div` uses the optimizer settings of `wgan-gp`.

Source: Wu et al., "Wasserstein Divergence for GANs", 2017, https://arxiv.org/abs/1712.01026
"""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt
from torch import Tensor

import ganzoo
from ganzoo_wgan.slope import Critic, between, slope


@dataclass(frozen=True)
class Divergence:
    """A scalar term in the critic's loss."""

    weight: Annotated[float, Ge(0)] = 2.0
    """The factor k."""
    power: Annotated[float, Gt(1)] = 6.0
    """The exponent p."""

    per_sample = True

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor, draw: ganzoo.Draw) -> Tensor:
        """``real`` and ``fake`` are (B, \\*shape)."""
        at = between(real, fake, draw.uniform(len(real)))
        return self.weight * (slope(critic, at) ** self.power).mean()
