r"""Relativistic: the discriminator compares real and fake samples with each other.

The usual generator only ever raises :math:`D(G(z))`. But the discriminator knows that half of its
input is real, so its verdict on real samples should fall when fakes become convincing. Comparing
the two achieves this. With the discriminator's raw output :math:`d`, `relativistic` compares a real
sample with the fake at the same place in the batch:

.. math:: L_D = -\mathbb{E}_{x,z}[\log \sigma(d(x) - d(G(z)))], \qquad
    L_G = -\mathbb{E}_{x,z}[\log \sigma(d(G(z)) - d(x))]

`relativistic-average` is less noisy, because it compares with the average of the other kind:

.. math::
    L_D &= -\mathbb{E}_x[\log \sigma(d(x) - \mathbb{E}_z d(G(z)))]
        - \mathbb{E}_z[\log(1 - \sigma(d(G(z)) - \mathbb{E}_x d(x)))] \\
    L_G &= -\mathbb{E}_z[\log \sigma(d(G(z)) - \mathbb{E}_x d(x))]
        - \mathbb{E}_x[\log(1 - \sigma(d(x) - \mathbb{E}_z d(G(z))))]

Both generators need the outputs on real samples. Each uses its discriminator's loss with the two
kinds exchanged. (The paper calls them RSGAN and RaSGAN.) Here only the difference of two outputs is
a probability, so displays call a single output a score.

>>> real, fake = [2.0, -1.0], [0.5, -3.0]
>>> sigma = lambda d: 1 / (1 + exp(-d))
>>> pairs = mean(-log(sigma(r - f)) for r, f in zip(real, fake))
>>> isclose(Relativistic().discriminator(tensor(real), tensor(fake)), pairs)
True
>>> isclose(Relativistic().generator(tensor(fake), tensor(real)), mean(
...     -log(sigma(f - r)) for r, f in zip(real, fake)))
True
>>> average = mean(-log(sigma(r - mean(fake))) for r in real) + mean(
...     -log(1 - sigma(f - mean(real))) for f in fake)
>>> isclose(RelativisticAverage().discriminator(tensor(real), tensor(fake)), average)
True
>>> isclose(RelativisticAverage().generator(tensor(fake), tensor(real)), mean(
...     -log(sigma(f - mean(real))) for f in fake) + mean(
...     -log(1 - sigma(r - mean(fake))) for r in real))
True

Source: Jolicoeur-Martineau, "The relativistic discriminator: a key element missing from standard
GAN", 2018, https://arxiv.org/abs/1807.00734
"""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus


@dataclass(frozen=True)
class Relativistic:
    """Scalar losses of the differences between paired outputs of any shape."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-log sigma(d(x) - d(G(z))), averaged over pairs."""
        return softplus(fake - real).mean()

    def generator(self, fake: Tensor, real: Tensor) -> Tensor:
        """The discriminator's loss with the two kinds exchanged."""
        return self.discriminator(fake, real)


@dataclass(frozen=True)
class RelativisticAverage:
    """Scalar losses of the differences from the other kind's average, for any shape."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Low if real samples score above the average fake, and fakes below the average real."""
        return softplus(fake.mean() - real).mean() + softplus(fake - real.mean()).mean()

    def generator(self, fake: Tensor, real: Tensor) -> Tensor:
        """The discriminator's loss with the two kinds exchanged."""
        return self.discriminator(fake, real)
