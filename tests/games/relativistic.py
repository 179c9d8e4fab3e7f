r"""Relativistic average: how much more real is a sample than the other kind is on average?

With :math:`d` the discriminator's raw output and :math:`\sigma` the sigmoid:

.. math::
    \tilde D(x) = \sigma(d(x) - E_z[d(G(z))]), \qquad \tilde D(G(z)) = \sigma(d(G(z)) - E_x[d(x)])

    L_D = -E_x[\log \tilde D(x)] - E_z[\log(1 - \tilde D(G(z)))]

    L_G = -E_z[\log \tilde D(G(z))] - E_x[\log(1 - \tilde D(x))]

The generator's loss takes the outputs on real samples, too, and is the discriminator's with the
two kinds exchanged.

Source: Jolicoeur-Martineau 2018, the loss called RaSGAN, https://arxiv.org/abs/1807.00734
"""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus


@dataclass(frozen=True)
class RelativisticAverage:
    """Losses of logits, of any shape; each is a scalar."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Real ones above the average fake, fake ones below the average real."""
        return softplus(fake.mean() - real).mean() + softplus(fake - real.mean()).mean()

    def generator(self, fake: Tensor, real: Tensor) -> Tensor:
        """The same with the kinds exchanged."""
        return self.discriminator(fake, real)
