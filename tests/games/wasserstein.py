r"""The Wasserstein distance as a loss, for a critic that something else keeps smooth.

Among functions of slope at most one, the largest difference between the means on real and on
generated samples is the Wasserstein distance of the two distributions. The critic seeks that
function, the generator makes the distance small:

.. math:: L_D = E_z[D(G(z))] - E_x[D(x)], \qquad L_G = -E_z[D(G(z))]

What keeps the slope near one is the penalty in `gradient_penalty`; five moves of the critic for one
of the generator keep it near its optimum.

Source: Gulrajani et al. 2017, algorithm 1, https://arxiv.org/abs/1704.00028
"""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Wasserstein:
    """Losses of a critic's scores, of any shape; each is a scalar."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """D(G(z)) - D(x), each averaged."""
        return fake.mean() - real.mean()

    def generator(self, fake: Tensor) -> Tensor:
        """-D(G(z)), averaged."""
        return -fake.mean()
